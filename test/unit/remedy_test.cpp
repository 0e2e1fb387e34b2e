#include "core/remedy.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

Installation in(const std::string &schema) {
  Installation installation;
  installation.schema_name = schema;
  return installation;
}

TEST(CallName, QualifiesOutsidePublic) {
  EXPECT_EQ(call_name(in("public"), "migfix_undo"), "migfix_undo");
  EXPECT_EQ(call_name(in(""), "migfix_undo"), "migfix_undo");
  EXPECT_EQ(call_name(in("\"My Tools\""), "migfix_undo"), "\"My Tools\".migfix_undo");
  EXPECT_EQ(undo_call(in("tools"), 42), "SELECT * FROM tools.migfix_undo(42);");
}

TEST(StampCall, OneOrSeveral) {
  EXPECT_EQ(stamp_call(in("public"), {"h"}, true, "public.alembic_version"),
            "SELECT * FROM migfix_stamp('h', purge => true, version_table => 'public.alembic_version');");
  EXPECT_EQ(stamp_call(in("public"), {"a", "it's"}, false, ""),
            "SELECT * FROM migfix_stamp(ARRAY['a', 'it''s']);");
  EXPECT_EQ(stamp_call(in("public"), {"h"}, false, "\"a'b\".\"c\\d\""),
            "SELECT * FROM migfix_stamp('h', version_table => E'\"a''b\".\"c\\\\d\"');");
}

TEST(NameInSql, QuotesWhatIsNotPlain) {
  EXPECT_EQ(name_in_sql("alembic_version_pkc"), "alembic_version_pkc");
  EXPECT_EQ(name_in_sql("My_Table"), "\"My_Table\"");
  EXPECT_EQ(name_in_sql("a\"b_c"), "\"a\"\"b_c\"");
  EXPECT_EQ(name_in_sql("select"), "\"select\"");
  EXPECT_EQ(name_in_sql("current_user"), "\"current_user\"");
  EXPECT_EQ(name_in_sql("1_a"), "\"1_a\"");
  EXPECT_EQ(name_in_sql("a_\nb"), "\"a_\nb\"");
}

TEST(DoBlock, FindsAFreeTag) {
  EXPECT_EQ(do_block("BEGIN NULL; END"), "DO $migfix$\nBEGIN NULL; END\n$migfix$;");
  EXPECT_EQ(do_block("'$migfix$'"), "DO $migfix1$\n'$migfix$'\n$migfix1$;");
}

TEST(FindRevisionFirst, IsAllComment) {
  const std::string words = find_revision_first(in("public"), false, "a.\"x\ny\"");
  std::size_t lines = 0;
  for (std::size_t at = 0; at != std::string::npos; at = words.find('\n', at + 1), ++lines) {
    EXPECT_EQ(words.substr(at == 0 ? 0 : at + 1, 3), "-- ");
  }
  EXPECT_EQ(lines, 5u);
}

TEST(ShellWord, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(shell_word("1975ea83b712"), "1975ea83b712");
  EXPECT_EQ(shell_word("2026_01-02.a"), "2026_01-02.a");
  EXPECT_EQ(shell_word("it's $(here)"), "'it'\\''s $(here)'");
  EXPECT_EQ(shell_word("-x"), "'-x'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(LoadScriptsLines, NamesTheEnvironmentWhereItIsNotTheDefault) {
  EXPECT_EQ(load_scripts_lines("", "default"),
            "\\set scripts `cat alembic/versions/*.py`\nSELECT * FROM migfix_load_scripts(:'scripts');");
  EXPECT_EQ(load_scripts_lines("tools.", "a'b"),
            "\\set scripts `cat alembic/versions/*.py`\n"
            "SELECT * FROM tools.migfix_load_scripts(:'scripts', environment => 'a''b');");
}

}  // namespace
}  // namespace migfix::core
