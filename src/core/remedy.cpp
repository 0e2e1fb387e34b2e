#include "core/remedy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/finding.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostListed = 20;  // version tables in one call

}  // namespace

std::string call_name(const Installation &installation, std::string_view name) {
  if (installation.schema_name.empty() || installation.schema_name == "public") return std::string(name);
  return fmt::format("{}.{}", installation.schema_name, name);
}

std::string undo_call(const Installation &installation, std::int64_t log_id) {
  return fmt::format("SELECT * FROM {}({});", call_name(installation, "migfix_undo"), log_id);
}

std::string stamp_call(const Installation &installation, const std::vector<std::string> &revisions,
                       bool purge, std::string_view version_table) {
  return stamp_call(call_name(installation, ""), revisions, purge, version_table);
}

std::string stamp_call(std::string_view functions, const std::vector<std::string> &revisions, bool purge,
                       std::string_view version_table) {
  std::string call = fmt::format("SELECT * FROM {}migfix_stamp({}", functions,
                                 revisions.size() == 1 ? quote_literal(revisions[0]) : array_of(revisions));
  if (purge) call += ", purge => true";
  if (!version_table.empty()) call += ", version_table => " + quote_literal(version_table);
  return call + ");";
}

std::string load_scripts_lines(std::string_view functions, std::string_view environment) {
  return fmt::format(
      "\\set scripts `cat alembic/versions/*.py`\nSELECT * FROM {}migfix_load_scripts(:'scripts'{});",
      functions, environment == "default" ? "" : ", environment => " + quote_literal(environment));
}

std::string repair_call(const Installation &installation, const std::vector<std::string> &version_tables) {
  const std::string name = call_name(installation, "migfix_repair");
  if (version_tables.size() == 1)
    return fmt::format("SELECT * FROM {}(version_table => {});", name, quote_literal(version_tables.front()));
  if (version_tables.size() <= kMostListed)
    return fmt::format("SELECT r.* FROM unnest({}) AS t, {}(version_table => t) AS r;",
                       array_of(version_tables), name);
  return fmt::format(
      "SELECT r.* FROM (SELECT DISTINCT version_table FROM {}() WHERE fix LIKE '%migfix_repair%') AS t, "
      "{}(version_table => t.version_table) AS r;",
      call_name(installation, "migfix_findings"), name);
}

std::string plan_call(const Installation &installation, std::string_view version_table) {
  return fmt::format("SELECT * FROM {}(version_table => {});", call_name(installation, "migfix_plan"),
                     quote_literal(version_table));
}

std::string findings_call(const Installation &installation, std::string_view version_table) {
  return fmt::format("SELECT * FROM {}({});", call_name(installation, "migfix_findings"),
                     quote_literal(version_table));
}

std::string find_revision_first(const Installation &installation, bool purge,
                                std::string_view version_table) {
  return no_fix(
      "the database alone cannot tell the revision id; find it, then stamp it:\n"
      "1. alembic history: look for the last revision whose tables, columns and enums are all there\n"
      "2. " +
      stamp_call(installation, {"<its id>"}, purge, version_table) + "\n3. alembic upgrade head");
}

std::string shell_word(std::string_view id) {
  const bool plain = !id.empty() && id.front() != '-' && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
  if (plain) return std::string(id);
  std::string quoted = "'";
  for (const char c : id) {
    if (c == '\'') quoted += "'\\'";
    quoted += c;
  }
  return quoted + "'";
}

std::string name_in_sql(std::string_view raw) {
  const bool word = !raw.empty() && !(raw.front() >= '0' && raw.front() <= '9') &&
                    std::all_of(raw.begin(), raw.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
                    });
  // Every reserved word that has an underscore in it starts with one of these.
  const bool reserved =
      raw.find('_') == std::string_view::npos || raw.starts_with("current_") || raw.starts_with("session_");
  if (word && !reserved) return std::string(raw);
  std::string quoted = "\"";
  for (const char c : raw) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + "\"";
}

std::string array_of(const std::vector<std::string> &items) {
  std::string array = "ARRAY[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) array += ", ";
    array += quote_literal(items[i]);
  }
  return array + "]";
}

std::string do_block(std::string_view body) {
  std::string tag = "$migfix$";
  for (int i = 1; body.find(tag) != std::string_view::npos; ++i) tag = fmt::format("$migfix{}$", i);
  return fmt::format("DO {}\n{}\n{};", tag, body, tag);
}

}  // namespace migfix::core
