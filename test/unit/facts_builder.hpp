// Facts for tests, in few words.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/facts.hpp"
#include "core/finding.hpp"

namespace migfix::core::test {

inline LogEntry entry(std::int64_t id, Operation operation, std::optional<std::string> old_version,
                      std::optional<std::string> new_version, std::int64_t change = 0) {
  LogEntry entry;
  entry.log_id = id;
  entry.change_id = change == 0 ? id : change;
  entry.logged_at = "2026-11-21 10:03:07+00";
  entry.transaction_id = std::to_string(1000 + entry.change_id);
  entry.version_table = "public.alembic_version";
  entry.operation = operation;
  entry.old_version = std::move(old_version);
  entry.new_version = std::move(new_version);
  entry.session_role = entry.current_role = "appuser";
  entry.application_name = "alembic";
  entry.pid = 4711;
  entry.statement = "UPDATE alembic_version SET …";
  return entry;
}

inline VersionTable version_table(const std::string &schema, std::vector<std::optional<std::string>> rows) {
  VersionTable table;
  table.name = schema + ".alembic_version";
  table.schema = table.schema_name = schema;
  table.table = "alembic_version";
  table.owner = "appuser";
  table.column_type = "character varying(32)";
  table.column_width = 32;
  table.rows = std::move(rows);
  return table;
}

/// Facts with nothing to find; schema names are plain words.
class FactsBuilder {
 public:
  FactsBuilder() {
    facts.database = "appdb";
    facts.checked_at = "2026-11-22 03:12:08+00";
    facts.role = facts.privileges.role = facts.privileges.role_name = "appuser";
    facts.installation.schema_name = "public";
    facts.installation.library_version = facts.installation.sql_version = "0.1.0";
  }

  std::uint32_t schema(const std::string &name) {
    const auto [at, is_new] = schemas_.emplace(name, static_cast<std::uint32_t>(facts.schema.schemas.size()));
    if (is_new) facts.schema.schemas.push_back({name, name});
    return at->second;
  }

  /// `parts` are the columns or labels; the digest follows from them.
  SchemaObject &object(ObjectType type, const std::string &schema_name, const std::string &name, Parts parts,
                       bool used = true) {
    SchemaObject object;
    object.type = type;
    object.oid = ++last_oid_;
    object.schema = schema(schema_name);
    object.name = name;
    for (const std::string &part : parts) object.definition += part + "\n";
    object.parts = static_cast<int>(parts.size());
    object.used = used;
    facts.schema.objects.push_back(object);
    parts_[object.oid] = std::move(parts);
    return facts.schema.objects.back();
  }
  SchemaObject &table(const std::string &schema_name, const std::string &name, Parts parts = {"id integer"}) {
    return object(ObjectType::kTable, schema_name, name, std::move(parts));
  }
  SchemaObject &enumeration(const std::string &schema_name, const std::string &name,
                            Parts parts = {"on", "off"}, bool used = true) {
    return object(ObjectType::kEnum, schema_name, name, std::move(parts), used);
  }

  void path(const std::string &owner, const std::vector<std::string> &names) {
    SearchPath path;
    path.owner = owner;
    for (const std::string &name : names) path.schemas.push_back(schema(name));
    facts.schema.search_paths.push_back(path);
  }

  /// Lets the facts read parts; this object must outlive their use.
  Facts &with_parts() {
    facts.schema.parts_of = [this](const SchemaObject &object) {
      ++parts_read;
      return parts_.at(object.oid);
    };
    return facts;
  }

  Facts facts;
  int parts_read = 0;

 private:
  std::map<std::string, std::uint32_t> schemas_;
  std::map<std::uint32_t, Parts> parts_;
  std::uint32_t last_oid_ = 16383;
};

inline std::vector<std::string> codes(const std::vector<Finding> &findings) {
  std::vector<std::string> codes;
  for (const Finding &finding : findings) codes.push_back(finding.code);
  return codes;
}

using Codes = std::vector<std::string>;

}  // namespace migfix::core::test
