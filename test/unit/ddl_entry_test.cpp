#include "core/ddl_entry.hpp"

#include <gtest/gtest.h>

namespace migfix::core::test {
namespace {

DdlEntry entry(const std::string &tag) {
  DdlEntry entry;
  entry.logged_at = "2026-11-21 10:03:07+00";
  entry.session_role = entry.current_role = "appuser";
  entry.application_name = "init_db.py";
  entry.pid = 4711;
  entry.command_tag = tag;
  return entry;
}

bool logged(const char *type, const char *schema, const char *identity, bool in_extension = false) {
  return is_logged({type, schema, identity, in_extension});
}

TEST(IsLogged, WhatIsAUsers) {
  EXPECT_TRUE(logged("table", "public", "public.t"));
  EXPECT_TRUE(logged("schema", "", "app"));
  EXPECT_TRUE(logged("extension", "", "pg_trgm"));
  EXPECT_TRUE(logged("trigger", "", "migfix_like on public.t"));
  EXPECT_TRUE(logged("rule", "", "r on public.t"));
  EXPECT_TRUE(logged("table", "", ""));  // GRANT names none
}

TEST(IsLogged, NotTheServersNorTemporaryNorMigfixs) {
  EXPECT_FALSE(logged("table", "pg_catalog", "pg_catalog.t"));
  EXPECT_FALSE(logged("table", "information_schema", "information_schema.t"));
  EXPECT_FALSE(logged("table", "pg_temp", "pg_temp.t"));
  EXPECT_FALSE(logged("trigger", "", "tr on pg_temp.t"));
  EXPECT_FALSE(logged("function", "public", "public.f()", true));
  EXPECT_FALSE(logged("table", "migfix", "migfix.ddl_log"));
  EXPECT_FALSE(logged("schema", "", "migfix"));
  EXPECT_FALSE(logged("extension", "", "migfix"));
  EXPECT_FALSE(logged("event trigger", "", "migfix_ddl_end"));
}

TEST(IsLogged, NotWhatIsMadeWithAPassword) {
  for (const char *type :
       {"user mapping", "server", "foreign server", "subscription", "foreign-data wrapper"})
    EXPECT_FALSE(logged(type, "", "for alice on server s")) << type;
}

TEST(IsLogged, NotWhatStandsAndFallsWithAnother) {
  EXPECT_FALSE(logged("default value", "", "for public.t.c"));
  EXPECT_FALSE(logged("rule", "", "\"_RETURN\" on public.v"));
  EXPECT_FALSE(
      logged("operator of access method", "", "operator 1 (public.t, public.t) of public.ops USING btree"));
}

TEST(Origin, SaysWhoWhenAndWithinWhat) {
  DdlEntry created = entry("CREATE TYPE");
  EXPECT_EQ(
      origin_in_words(created),
      "created 2026-11-21 10:03:07+00 by role appuser (application \"init_db.py\", pid 4711), outside any "
      "migration");
  created.version_table = "public.alembic_version";
  created.revision = "002";
  created.current_role = "deployer";
  EXPECT_EQ(
      origin_in_words(created),
      "created 2026-11-21 10:03:07+00 by role appuser as deployer (application \"init_db.py\", pid 4711), "
      "within revision \"002\" of public.alembic_version");
}

TEST(Origin, OfWhatWasOnlyTouched) {
  DdlEntry altered = entry("ALTER TABLE");
  altered.version_table = "public.alembic_version";
  EXPECT_EQ(
      origin_in_words(altered),
      "ALTER TABLE 2026-11-21 10:03:07+00 by role appuser (application \"init_db.py\", pid 4711), within a "
      "downgrade of public.alembic_version");
  EXPECT_FALSE(is_creation(altered));
  EXPECT_TRUE(is_creation(entry("CREATE TABLE AS")));
  EXPECT_TRUE(is_creation(entry("SELECT INTO")));
}

TEST(DdlName, PartsAreLookedForByTheirTable) {
  const DdlName column = ddl_name({ObjectKind::kColumn, "", "t", "c"}, "app");
  EXPECT_EQ(column.type, "table");
  EXPECT_EQ(column.schema, "app");
  EXPECT_EQ(column.name, "t");
  EXPECT_EQ(column.part, "c");
  const DdlName type = ddl_name({ObjectKind::kEnum, "other", "", "kind"}, "app");
  EXPECT_EQ(type.type, "type");
  EXPECT_EQ(type.schema, "other");
  EXPECT_EQ(type.part, "");
  EXPECT_EQ(ddl_name({ObjectKind::kSchema, "", "", "s"}, "app").schema, "");
  EXPECT_EQ(ddl_name({ObjectKind::kTrigger, "", "t", "tr"}, "app").type, "");
}

}  // namespace
}  // namespace migfix::core::test
