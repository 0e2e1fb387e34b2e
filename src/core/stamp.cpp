#include "core/stamp.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/sql_text.hpp"
#include "core/version_id.hpp"
#include "core/version_table.hpp"

namespace migfix::core {

namespace {

constexpr std::string_view kBase = "base";

// Characters, not bytes, of UTF-8 text; of any other encoding at least not more than there are.
std::size_t characters_in(const std::string &text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

void check_id(const std::string &id, const StampRequest &request) {
  if (const auto why = why_never_a_revision(id)) {
    throw Error(kInvalidParameterValue, fmt::format("{} is not the id of a revision", in_quotes(id)),
                as_sentence(*why), "Give the id itself, as \"alembic history\" lists it.");
  }
  if (request.column_width && characters_in(id) > static_cast<std::size_t>(*request.column_width)) {
    throw Error(kStringDataRightTruncation,
                fmt::format("revision {} has {} characters, but {}.{} holds {}", in_quotes(id), characters_in(id),
                            request.version_table, kVersionColumn, *request.column_width),
                {},
                fmt::format("ALTER TABLE {} ALTER COLUMN {} TYPE character varying({}); makes room for it.",
                            request.version_table, kVersionColumn, std::max<std::size_t>(characters_in(id), 255)));
  }
}

std::string as_argument(const std::vector<std::string> &targets) {
  if (targets.size() == 1) return quote_literal(targets.front());
  std::string list;
  for (const std::string &target : targets) list += (list.empty() ? "" : ", ") + quote_literal(target);
  return "ARRAY[" + list + "]";
}

}  // namespace

std::vector<std::string> stamp_targets(const StampRequest &request) {
  if (request.revisions.empty())
    throw Error(kInvalidParameterValue, "no revision is given", {}, "Give a revision's id, or 'base' for none.");
  std::vector<std::string> targets;
  bool base = false;
  for (const auto &revision : request.revisions) {
    if (!revision) {
      throw Error(kNullValueNotAllowed, "a revision must not be NULL", {}, "Give a revision's id, or 'base' for none.");
    }
    if (*revision == kBase) {
      base = true;
      continue;
    }
    check_id(*revision, request);
    if (std::find(targets.begin(), targets.end(), *revision) == targets.end()) targets.push_back(*revision);
  }
  if (base && !targets.empty())
    throw Error(kInvalidParameterValue, "\"base\" cannot be stamped together with revisions",
                "It stands for a database in which no revision is applied.");
  return targets;
}

Rows rows_after_stamp(const Rows &before, const StampRequest &request, const std::string &functions) {
  const std::vector<std::string> targets = stamp_targets(request);
  Rows after;
  if (targets.empty()) return after;
  const auto recorded = [&](const std::string &target) {
    return std::find(before.begin(), before.end(), std::optional<std::string>(target)) != before.end();
  };
  const bool all_recorded = std::all_of(targets.begin(), targets.end(), recorded);
  if (!request.purge) {
    // Alembic leaves a table alone that has the revision already, whatever else it has.
    if (all_recorded) return before;
    if (!before.empty() && !request.force) {
      std::vector<std::string> rows;
      for (const auto &row : before) rows.push_back(row ? in_quotes(*row) : "NULL");
      throw Error(kObjectNotInPrerequisiteState,
                  fmt::format("{} already records {}", request.version_table, list_of(rows)),
                  "Whether that is replaced or kept depends on how the revisions descend from each other, which migfix "
                  "does not know here.",
                  fmt::format("To replace every row:\nSELECT * FROM {0}migfix_stamp({1}, purge => true, version_table => {2});\n"
                              "To record it beside them, as the head of another branch:\n"
                              "SELECT * FROM {0}migfix_stamp({1}, force => true, version_table => {2});",
                              functions, as_argument(targets), quote_literal(request.version_table)));
    }
    after = before;
  }
  for (const std::string &target : targets) {
    if (request.purge || !recorded(target)) after.emplace_back(target);
  }
  return after;
}

}  // namespace migfix::core
