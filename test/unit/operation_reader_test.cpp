#include "core/operation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/revision_script.hpp"

namespace migfix::core {
namespace {

const std::string kHeader =
    "from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\nrevision = "
    "'a'\ndown_revision = None\n";

std::vector<ScriptOperation> operations(const std::string &file) {
  ScriptLoad load = read_scripts("# file: f.py\n" + file);
  if (load.revisions.size() != 1) {
    ADD_FAILURE() << (load.problems.empty() ? file : load.problems[0].reason);
    return {};
  }
  return load.revisions[0].operations;
}

std::vector<ScriptOperation> upgrade(const std::string &body) {
  return operations(kHeader + "def upgrade():\n" + body);
}

// SQL and, in angle brackets, the reasons of what is opaque; one after the other.
std::string sql(const std::vector<ScriptOperation> &found) {
  std::string out;
  for (const ScriptOperation &operation : found) {
    if (operation.is_opaque()) out += "<" + operation.opaque + "> ";
    for (const OperationSql &statement : operation.sql) {
      std::string text;
      for (const char c : statement.sql) {
        if ((c == ' ' || c == '\n') && !text.empty() && (text.back() == ' ' || text.back() == '(')) continue;
        text += c == '\n' ? ' ' : c;
      }
      out += text + "; ";
    }
  }
  if (!out.empty()) out.pop_back();
  return out;
}

TEST(OperationReader, EveryWayToImportOp) {
  const std::string tail = "revision = 'a'\ndown_revision = None\ndef upgrade():\n  ";
  EXPECT_EQ(sql(operations("from alembic import op\n" + tail + "op.drop_table('t')\n")), "DROP TABLE t;");
  EXPECT_EQ(sql(operations("from alembic import op as o\n" + tail + "o.drop_table('t')\n")), "DROP TABLE t;");
  EXPECT_EQ(sql(operations("import alembic.op as x\n" + tail + "x.drop_table('t')\n")), "DROP TABLE t;");
  EXPECT_EQ(sql(operations("import alembic.op\n" + tail + "alembic.op.drop_table('t')\n")), "DROP TABLE t;");
  EXPECT_EQ(sql(operations("import alembic\n" + tail + "alembic.op.drop_table('t')\n")), "DROP TABLE t;");
  EXPECT_EQ(sql(operations("from alembic.op import drop_table as dt\n" + tail + "dt('t')\n")),
            "DROP TABLE t;");
  EXPECT_EQ(sql(operations("try:\n  from alembic import op\nexcept ImportError:\n  op = None\n" + tail +
                           "op.drop_table('t')\n")),
            "DROP TABLE t;");
}

TEST(OperationReader, TablesWithEnums) {
  const auto found = upgrade(
      "  op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('e', sa.Enum('x', "
      "\"y'z\", name='kind'), nullable=False))\n");
  EXPECT_EQ(sql(found),
            "CREATE TYPE kind AS ENUM ('x', 'y''z'); CREATE TABLE t (id SERIAL NOT NULL, e kind NOT NULL, "
            "PRIMARY KEY (id) );");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, OperationKind::kCreateTable);
  EXPECT_EQ(found[0].object, "t");
  EXPECT_EQ(found[0].line, 7U);
  EXPECT_FALSE(found[0].sql[0].once.empty());
  EXPECT_TRUE(found[0].sql[1].once.empty());
}

TEST(OperationReader, AnEnumIsSentOnceARun) {
  const auto table = [](const std::string &name) {
    return "  op.create_table('" + name + "', sa.Column('e', sa.Enum('x', name='kind')))\n";
  };
  const auto first = upgrade(table("t") + table("u"));
  const auto second = upgrade(table("v"));
  EnumMemo run;
  EXPECT_EQ(statements_of(first, run).size(), 3U);
  EXPECT_EQ(statements_of(second, run).size(), 1U);
  EnumMemo alone;
  EXPECT_EQ(statements_of(second, alone).size(), 2U);
}

TEST(OperationReader, EnumsMadeByHand) {
  const auto found = upgrade(
      "  e = postgresql.ENUM('x', name='kind', create_type=False)\n  e.create(op.get_bind())\n  "
      "op.create_table('t', sa.Column('e', e))\n"
      "  sa.Enum(name='other').drop(op.get_bind(), checkfirst=True)\n");
  EXPECT_EQ(sql(found), "CREATE TYPE kind AS ENUM ('x'); CREATE TABLE t (e kind ); DROP TYPE other;");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].kind, OperationKind::kCreateType);
  EXPECT_TRUE(found[0].sql[0].check_first);
  EXPECT_EQ(found[2].object, "other");
}

TEST(OperationReader, NamesBoundEarlierAreFollowed) {
  EXPECT_EQ(
      sql(operations(
          kHeader +
          "KIND = sa.Enum('x', name='kind')\nT = 't'\ndef more():\n  op.add_column(T, sa.Column('k', KIND))\n"
          "def upgrade():\n  n = T + '_2'\n  op.drop_table(n)\n  more()\nT = 'later'\n")),
      "DROP TABLE later_2; ALTER TABLE later ADD COLUMN k kind;");
}

TEST(OperationReader, BatchesAreSentWhenTheyEnd) {
  EXPECT_EQ(sql(upgrade("  with op.batch_alter_table('t', schema='s') as b:\n    b.drop_column('x')\n    "
                        "op.execute('SELECT 1')\n    b.drop_constraint(b.f('c'), type_='unique')\n")),
            "SELECT 1; ALTER TABLE s.t DROP COLUMN x; ALTER TABLE s.t DROP CONSTRAINT c;");
  EXPECT_EQ(
      sql(upgrade("  with op.batch_alter_table('t', recreate='always') as b:\n    b.drop_column('x')\n")),
      "<the table is made anew and its rows are copied>");
  EXPECT_EQ(sql(upgrade("  with op.get_context().autocommit_block():\n    op.execute('VACUUM')\n")),
            "VACUUM;");
}

TEST(OperationReader, WhatMayNotRunIsOpaque) {
  EXPECT_EQ(sql(upgrade("  if x():\n    op.drop_table('t')\n")),
            "<what it does is not in upgrade() itself> <stands in an if statement (line 7)>");
  EXPECT_EQ(sql(upgrade("  for t in 'a', 'b':\n    op.drop_table('t')\n")), "<stands in a loop (line 7)>");
  EXPECT_EQ(sql(upgrade("  try:\n    op.drop_table('t')\n  finally:\n    op.drop_table('u')\n")),
            "<stands in a try statement (line 7)> <stands in a try statement (line 7)>");
  EXPECT_EQ(sql(upgrade("  if op.get_bind().info:\n    return\n  op.drop_table('t')\n")),
            "<may not be reached: line 8 can return before it>");
  EXPECT_EQ(sql(upgrade("  [op.drop_table(t) for t in 'ab']\n")),
            "<the argument \"table_name\" uses the name \"t\">");
  EXPECT_EQ(sql(upgrade("  raise NotImplementedError\n  op.drop_table('t')\n")), "<it raises an exception>");
  EXPECT_EQ(sql(operations(kHeader + "@decorator\ndef upgrade():\n  op.drop_table('t')\n")),
            "<the function \"upgrade\" has a decorator>");
  EXPECT_EQ(sql(operations(kHeader + "from x import upgrade\n")),
            "<upgrade is no function that is defined in the file>");
  EXPECT_EQ(sql(operations(kHeader + "def upgrade(engine_name):\n  globals()['upgrade_' + engine_name]()\n")),
            "<which function is called is computed>");
}

TEST(OperationReader, TheDialectIsPostgresql) {
  EXPECT_EQ(sql(upgrade("  bind = op.get_bind()\n  if bind.dialect.name == 'postgresql':\n    "
                        "op.drop_table('t')\n  else:\n    op.drop_table('u')\n")),
            "DROP TABLE t;");
  EXPECT_EQ(
      sql(upgrade(
          "  if op.get_context().dialect.name in ('mysql', 'sqlite'):\n    return\n  op.drop_table('t')\n")),
      "DROP TABLE t;");
  EXPECT_EQ(sql(upgrade("  if op.get_bind().engine.name != 'sqlite' and flag:\n    op.drop_table('t')\n")),
            "<stands in an if statement (line 7)>");
}

TEST(OperationReader, ComputedPartsHaveTheirReason) {
  EXPECT_EQ(sql(upgrade("  op.execute(f'DROP TABLE {t}')\n")), "<the SQL is an f-string>");
  EXPECT_EQ(sql(upgrade("  op.execute('SELECT :x')\n")), "<its SQL has the parameter \":x\">");
  EXPECT_EQ(sql(upgrade("  op.add_column('t', sa.Column('g', Geometry('POINT')))\n")),
            "<the type calls \"Geometry\" (column \"g\")>");
  EXPECT_EQ(sql(upgrade("  op.add_column('t', sa.Column('g', sa.Integer, server_default=5))\n")),
            "<the server default is no literal of the kind that belongs there>");
  EXPECT_EQ(sql(upgrade("  op.create_table('t', *columns())\n")),
            "<\"op.create_table\" is passed computed arguments>");
  EXPECT_EQ(sql(upgrade("  op.bulk_insert(t, [{'a': 1}])\n")), "<it inserts rows>");
  EXPECT_EQ(sql(upgrade("  op.drop_table('t', surprise=1)\n")),
            "<\"op.drop_table\" has the argument \"surprise\", which is not known here>");
  EXPECT_EQ(
      sql(upgrade("  op.create_index('" + std::string(64, 'x') + "', 't', ['a'])\n")),
      "<the name \"" + std::string(64, 'x') + "\" has more than 63 characters, which SQLAlchemy rejects>");
  const auto found = upgrade("  op.create_table('known', sa.Column('g', Geometry()))\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].object, "known");
  EXPECT_TRUE(found[0].sql.empty());
}

TEST(OperationReader, NothingIsSaidOfWhatDoesNothing) {
  EXPECT_TRUE(
      upgrade("  '''docs'''\n  pass\n  print('x')\n  x = sa.table('t')\n  logging.info('x')\n").empty());
  EXPECT_TRUE(operations(kHeader).empty());
}

TEST(OperationReader, RecursionAndRepetitionEnd) {
  EXPECT_EQ(sql(operations(kHeader + "def f():\n  f()\ndef upgrade():\n  f()\n")),
            "<functions call each other too deeply>");
  std::string file = kHeader;
  for (int i = 0; i < 12; ++i) {
    file += "def f" + std::to_string(i) + "():\n";
    for (int k = 0; k < 10; ++k) file += "  f" + std::to_string(i + 1) + "()\n";
  }
  file += "def upgrade():\n  f0()\n";
  EXPECT_LE(operations(file).size(), 200'001U);
}

}  // namespace
}  // namespace migfix::core
