#include "core/diagnosis.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/remedy.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostAlters = 5;

std::string comma_list(const std::vector<std::string> &items) {
  std::string list;
  for (const std::string &item : items) {
    if (!list.empty()) list += ", ";
    list += item;
  }
  return list;
}

void judge_schema(const Privileges &privileges, const MissingPrivileges &missing,
                  std::vector<Finding> &findings) {
  std::vector<std::string> lacks;
  if (missing.schema_usage) lacks.emplace_back("USAGE");
  if (missing.schema_create) lacks.emplace_back("CREATE");
  if (lacks.empty()) return;
  Finding finding{"MF501", Severity::kError, missing.version_table, missing.schema_name, "", "", ""};
  finding.message = fmt::format("role {} has no {} privilege on schema {}", privileges.role_name,
                                list_of(lacks), missing.schema_name);
  finding.detail =
      missing.schema_usage
          ? "Alembic does not see the version table there; it starts from base, or fails with "
            "\"permission denied for schema\" (42501)."
          : "A migration that creates a table, an enum or a view there fails with \"permission denied "
            "for schema\" (42501), and so does Alembic when it creates its version table.";
  finding.fix = fmt::format("GRANT {} ON SCHEMA {} TO {};", comma_list(lacks), missing.schema_name,
                            privileges.role_name);
  findings.push_back(std::move(finding));
}

void judge_table(const Privileges &privileges, const MissingPrivileges &missing,
                 std::vector<Finding> &findings) {
  if (missing.on_version_table.empty()) return;
  Finding finding{"MF502", Severity::kError, missing.version_table, "", "", "", ""};
  finding.message = fmt::format("role {} has no {} privilege on {}", privileges.role_name,
                                list_of(missing.on_version_table), missing.version_table);
  finding.detail =
      missing.on_version_table.front() == "SELECT"
          ? "Every Alembic command fails with \"permission denied for table\" (42501)."
          : "The body of a migration runs, then recording it fails with \"permission denied for table\" "
            "(42501), and everything is rolled back. A merge needs DELETE, a branch INSERT.";
  finding.fix = fmt::format("GRANT {} ON {} TO {};", comma_list(missing.on_version_table),
                            missing.version_table, privileges.role_name);
  findings.push_back(std::move(finding));
}

// All that one owner has, in all the schemas asked about.
struct Owned {
  const ForeignOwner *owner = nullptr;
  std::vector<std::string> schemas;
  std::vector<std::string> objects;
  std::size_t count = 0;
};

// Sequences of serial and identity columns follow their table, and members of an extension stay as they are.
std::string alter_all(const Owned &owned, const std::string &role_name) {
  return do_block(fmt::format(
      "DECLARE\n"
      "  found record;\n"
      "BEGIN\n"
      "  FOR found IN\n"
      "    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN "
      "'SEQUENCE'\n"
      "             WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name\n"
      "      FROM pg_catalog.pg_class c\n"
      "     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relowner = {0}::regrole\n"
      "       AND c.relnamespace = ANY ({1}::regnamespace[])\n"
      "       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d\n"
      "                        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid\n"
      "                          AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))\n"
      "    UNION ALL\n"
      "    SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.oid::regtype::text\n"
      "      FROM pg_catalog.pg_type t\n"
      "     WHERE t.typowner = {0}::regrole AND t.typnamespace = ANY ({1}::regnamespace[])\n"
      "       AND (t.typtype IN ('e', 'd', 'r')\n"
      "            OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c\n"
      "                                            WHERE c.oid = t.typrelid AND c.relkind = 'c'))\n"
      "       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d\n"
      "                        WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid\n"
      "                          AND d.deptype = 'e')\n"
      "  LOOP\n"
      "    EXECUTE pg_catalog.format('ALTER %s %s OWNER TO %s', found.kind, found.name, {2});\n"
      "  END LOOP;\n"
      "END",
      quote_literal(owned.owner->owner_name), array_of(owned.schemas), quote_literal(role_name)));
}

Finding judge_owner(const Privileges &privileges, const Owned &owned) {
  const ForeignOwner &owner = *owned.owner;
  Finding finding{"MF503", Severity::kWarning, "", owned.objects.size() == 1 ? owned.objects[0] : "", "", "",
                  ""};
  finding.message =
      fmt::format("role {} does not own {} in {} {}, which role {} owns", privileges.role_name,
                  count_of(owned.count, "object"), owned.schemas.size() == 1 ? "schema" : "schemas",
                  list_of(owned.schemas, 3), owner.owner_name);
  std::vector<std::string> named = owned.objects;
  named.resize(std::max(named.size(), owned.count));
  finding.detail =
      fmt::format("A migration that alters or drops one of them fails with \"must be owner of\" (42501): {}.",
                  list_of(named, std::min<std::size_t>(kMostAlters, owned.objects.size())));
  if (!owner.superuser) {
    finding.fix = fmt::format("GRANT {} TO {};", owner.owner_name, privileges.role_name);
    return finding;
  }
  finding.detail += fmt::format(
      " Role {} is a superuser, so membership in it is no answer: the objects are handed over, by a "
      "superuser.",
      owner.owner_name);
  if (owned.count > kMostAlters || owned.objects.size() < owned.count) {
    finding.fix = alter_all(owned, privileges.role_name);
    return finding;
  }
  for (const std::string &object : owned.objects) {
    if (!finding.fix.empty()) finding.fix += ' ';
    finding.fix += fmt::format("ALTER {} OWNER TO {};", object, privileges.role_name);
  }
  return finding;
}

}  // namespace

std::vector<Finding> judge_privileges(const Facts &facts) {
  const Privileges &privileges = facts.privileges;
  std::vector<Finding> findings;
  std::set<std::string> schemas;
  for (const MissingPrivileges &missing : privileges.missing) {
    if (schemas.insert(missing.schema_name).second) judge_schema(privileges, missing, findings);
    judge_table(privileges, missing, findings);
  }
  std::map<std::string, Owned> owners;
  for (const ForeignOwner &owner : privileges.foreign_owners) {
    if (owner.objects.empty()) continue;
    Owned &owned = owners[owner.owner];
    if (owned.owner == nullptr) owned.owner = &owner;
    owned.schemas.push_back(owner.schema_name);
    owned.objects.insert(owned.objects.end(), owner.objects.begin(), owner.objects.end());
    owned.count += owner.count;
  }
  for (const auto &[name, owned] : owners) findings.push_back(judge_owner(privileges, owned));
  return findings;
}

}  // namespace migfix::core
