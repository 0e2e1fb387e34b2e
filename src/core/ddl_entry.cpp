#include "core/ddl_entry.hpp"

#include <string_view>

#include <fmt/format.h>

#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

const char *ddl_type(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kSchema:
      return "schema";
    case ObjectKind::kExtension:
      return "extension";
    case ObjectKind::kEnum:
    case ObjectKind::kDomain:
    case ObjectKind::kComposite:
      return "type";
    case ObjectKind::kSequence:
      return "sequence";
    case ObjectKind::kTable:
    case ObjectKind::kColumn:
    case ObjectKind::kConstraint:
      return "table";
    case ObjectKind::kIndex:
      return "index";
    case ObjectKind::kView:
      return "view";
    default:
      return "";  // their identities hold what no model has: arguments, the table
  }
}

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Their statements hold passwords.
bool holds_secrets(std::string_view type) {
  return type == "user mapping" || type == "server" || type == "subscription" ||
         type == "foreign-data wrapper" || type == "foreign server";
}

}  // namespace

bool is_logged(const DdlObject &object) {
  if (holds_secrets(object.type)) return false;
  if (object.in_extension || object.type == "default value" || ends_with(object.type, " of access method"))
    return false;
  if (!object.schema.empty())
    return !begins_with(object.schema, "pg_") && object.schema != "information_schema" &&
           object.schema != "migfix";
  const std::string_view identity = object.identity;
  if (identity.find(" on pg_temp") != identity.npos) return false;
  if (object.type == "rule" && begins_with(identity, "\"_RETURN\" on ")) return false;
  if (object.type == "schema" || object.type == "extension")
    return identity != "migfix" && !begins_with(identity, "pg_temp");
  return object.type != "event trigger" || !begins_with(identity, "migfix_");
}

bool is_creation(const DdlEntry &entry) {
  return begins_with(entry.command_tag, "CREATE ") || entry.command_tag == "SELECT INTO";
}

std::string origin_in_words(const DdlEntry &entry) {
  std::string within = "outside any migration";
  if (!entry.revision.empty())
    within = fmt::format("within revision {} of {}", in_quotes(clipped(entry.revision)), entry.version_table);
  else if (!entry.version_table.empty())
    within = fmt::format("within a downgrade of {}", entry.version_table);
  return fmt::format("{} {}, {}", is_creation(entry) ? "created" : entry.command_tag, who_and_when(entry),
                     within);
}

DdlName ddl_name(const ObjectId &id, const std::string &own_schema) {
  DdlName name;
  name.type = ddl_type(id.kind);
  if (name.type.empty()) return name;
  const bool is_part = id.kind == ObjectKind::kColumn || id.kind == ObjectKind::kConstraint;
  name.name = is_part ? id.table : id.name;
  if (is_part) name.part = id.name;
  if (id.kind != ObjectKind::kSchema && id.kind != ObjectKind::kExtension)
    name.schema = id.schema.empty() ? own_schema : id.schema;
  return name;
}

}  // namespace migfix::core
