#include "core/existing_object.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

ExistingObject enum_there() {
  ExistingObject object;
  object.clash = Clash::kType;
  object.name = "mood";
  object.likeness.emplace();
  object.version_table = "public.alembic_version";
  object.is_loaded = true;
  object.database = "appdb";
  return object;
}

ExistingObject of(Clash clash) {
  ExistingObject object;
  object.clash = clash;
  object.name = "a";
  object.table = "t";
  return object;
}

TEST(Explain, SaysWhatPostgresqlSays) {
  const auto said = [](Clash clash) {
    const Explanation explanation = explain(of(clash));
    return explanation.sqlstate + ": " + explanation.message;
  };
  EXPECT_EQ(said(Clash::kRelation), "42P07: relation \"a\" already exists");
  EXPECT_EQ(said(Clash::kType), "42710: type \"a\" already exists");
  EXPECT_EQ(said(Clash::kColumn), "42701: column \"a\" of relation \"t\" already exists");
  EXPECT_EQ(said(Clash::kConstraint), "42710: constraint \"a\" for relation \"t\" already exists");
  EXPECT_EQ(said(Clash::kSchema), "42P06: schema \"a\" already exists");
}

TEST(Explain, WhoMadeItAndHowItCompares) {
  ExistingObject object = enum_there();
  EXPECT_EQ(explain(object).detail, "It is identical to what is being created.");
  object.origin = "created 2026-11-21 10:03:07+00 by role appuser (pid 4711), outside any migration";
  EXPECT_EQ(explain(object).detail,
            "It was created 2026-11-21 10:03:07+00 by role appuser (pid 4711), outside any migration. It is "
            "identical "
            "to what is being created.");
  object.origin = "ALTER TABLE 2026-11-21 10:03:07+00 by role appuser (pid 4711), outside any migration";
  EXPECT_TRUE(explain(object).detail.starts_with("The log has it with ALTER TABLE 2026-11-21"));
  object.likeness->differences = {"label \"b\" missing after \"a\"", "label \"c\" is one too many"};
  object.owner = "appuser";
  object.origin.clear();
  EXPECT_EQ(explain(object).detail,
            "It differs: label \"b\" missing after \"a\"; label \"c\" is one too many. It belongs to role "
            "appuser.");
  object.likeness->differences.assign(7, "x");
  object.owner.clear();
  EXPECT_EQ(explain(object).detail, "It differs: x; x; x; x; x; and 2 more.");
  object.likeness->differences.clear();
  object.likeness->doubts = {"it has trigger x"};
  EXPECT_EQ(explain(object).detail,
            "No difference was found, but that it is identical cannot be said: it has trigger x.");
  object.likeness.reset();
  object.why_not = "CREATE TABLE ... AS is not modelled";
  EXPECT_EQ(explain(object).detail,
            "Whether it is the same could not be found out: CREATE TABLE ... AS is not modelled.");
  object.there = thing_in_words('v', false);
  EXPECT_EQ(explain(object).detail, "It is a view, not what is being created.");
}

TEST(Explain, TheHintBeginsWithWhatLosesNothing) {
  ExistingObject object = enum_there();
  EXPECT_EQ(
      explain(object).hint,
      "If a migration ends here, this brings version rows and schema in step; then run the migration again:\n"
      "SELECT * FROM migfix_repair(version_table => 'public.alembic_version');");
  object.drop = "DROP TYPE public.mood;";
  object.may_set = true;
  object.functions = "tools.";
  EXPECT_EQ(
      explain(object).hint,
      "If a migration ends here, this brings version rows and schema in step; then run the migration again:\n"
      "SELECT * FROM tools.migfix_repair(version_table => 'public.alembic_version');\n"
      "Or let this database pass over whatever is identical, from the next session on:\n"
      "ALTER DATABASE appdb SET migfix.existing_object = 'skip_identical';\n"
      "SELECT tools.migfix_preload(true);\n"
      "Nothing uses the type that is there; if nobody needs it:\nDROP TYPE public.mood;");
  object.is_loaded = false;
  object.drop.clear();
  object.likeness->doubts = {"it has trigger x"};
  EXPECT_EQ(explain(object).hint,
            "If a migration ends here, let migfix know the revisions, in psql, and bring version rows and "
            "schema in "
            "step; then run the migration again:\n"
            "\\set scripts `cat alembic/versions/*.py`\n"
            "SELECT * FROM tools.migfix_load_scripts(:'scripts');\n"
            "SELECT * FROM tools.migfix_repair(version_table => 'public.alembic_version');");
}

TEST(Explain, AModuleThatCameTooLate) {
  ExistingObject object = enum_there();
  object.skips = object.came_too_late = true;
  EXPECT_TRUE(explain(object).hint.starts_with("It could not be passed over"));
  EXPECT_NE(explain(object).hint.find("\nSELECT migfix_preload(true);\n"), std::string::npos);
  object.likeness->differences = {"x"};
  EXPECT_TRUE(explain(object).hint.starts_with("If a migration ends here"));
}

TEST(Skipping, OnlyWhatIsTheSameForCertain) {
  EXPECT_TRUE(can_be_skipped(enum_there()));
  const auto but = [](auto change) {
    ExistingObject object = enum_there();
    change(object);
    return can_be_skipped(object);
  };
  EXPECT_FALSE(but([](ExistingObject &object) { object.likeness.reset(); }));
  EXPECT_FALSE(but([](ExistingObject &object) { object.likeness->differences = {"x"}; }));
  EXPECT_FALSE(but([](ExistingObject &object) { object.likeness->doubts = {"x"}; }));
  EXPECT_FALSE(but([](ExistingObject &object) { object.there = "a view"; }));
  EXPECT_FALSE(but([](ExistingObject &object) { object.may_act = false; }));
  EXPECT_FALSE(but([](ExistingObject &object) { object.does_more = true; }));
  EXPECT_TRUE(but([](ExistingObject &object) { object.likeness->besides = {"index i"}; }));
}

TEST(Skipping, SaysWhatIsThere) {
  ExistingObject object = enum_there();
  EXPECT_EQ(skipped(object).message, "type \"mood\" already exists and is identical, skipping");
  EXPECT_EQ(skipped(object).detail, "");
  object.owner = "appuser";
  object.origin = "created yesterday";
  object.likeness->besides = {"index i"};
  EXPECT_EQ(skipped(object).detail,
            "It was created yesterday. It belongs to role appuser. There is besides: index i.");
}

}  // namespace
}  // namespace migfix::core
