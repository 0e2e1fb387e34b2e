#include "core/stamp.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/row_reading.hpp"
#include "core/sql_text.hpp"
#include "core/stamp_rule.hpp"
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
  require_fits(id, request);
}

std::string as_argument(const std::vector<std::string> &targets) {
  if (targets.size() == 1) return quote_literal(targets.front());
  std::string list;
  for (const std::string &target : targets) list += (list.empty() ? "" : ", ") + quote_literal(target);
  return "ARRAY[" + list + "]";
}

}  // namespace

void require_fits(const std::string &id, const StampRequest &request) {
  if (request.column_width && characters_in(id) > static_cast<std::size_t>(*request.column_width)) {
    throw Error(kStringDataRightTruncation,
                fmt::format("revision {} has {} characters, but {}.{} holds {}", in_quotes(id), characters_in(id),
                            request.version_table, kVersionColumn, *request.column_width),
                {},
                fmt::format("ALTER TABLE {} ALTER COLUMN {} TYPE character varying({}); makes room for it.",
                            request.version_table, kVersionColumn, std::max<std::size_t>(characters_in(id), 255)));
  }
}

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

namespace {

constexpr char kForce[] = "If newer revision files have it, load them first; force => true records it all the same.";

// The destinations as texts. NULL and an empty list are refused as stamp_targets refuses them.
std::vector<std::string> destinations_of(const StampRequest &request) {
  std::vector<std::string> destinations;
  for (const auto &revision : request.revisions) {
    if (!revision) stamp_targets(request);
    destinations.push_back(*revision);
  }
  if (destinations.empty()) stamp_targets(request);
  return destinations;
}

// What the graph cannot place: rows that no revision is known for.
bool is_foreign(const RevisionGraph &graph, const std::optional<std::string> &row) {
  const RowKind kind = read_row(graph, row).kind;
  return kind == RowKind::kUnknown || kind == RowKind::kWord;
}

// An id that could be a revision's, but that nothing in the graph goes by.
bool is_foreign_id(const RevisionGraph &graph, const std::string &id) {
  return !why_never_a_revision(id) && is_foreign(graph, id);
}

Rows planned(const RevisionGraph &graph, const Rows &before, const std::vector<std::string> &destinations, bool purge) {
  Rows after;
  for (std::string &row : plan_stamp(graph, before, destinations, purge).rows_after) after.emplace_back(std::move(row));
  return after;
}

Rows forced(const RevisionGraph &graph, const Rows &before, const std::vector<std::string> &destinations, bool purge) {
  Rows placed;
  Rows foreign;
  for (const auto &row : before) (is_foreign(graph, row) ? foreign : placed).push_back(row);
  std::vector<std::string> known;
  std::vector<std::string> unknown;
  for (const std::string &id : destinations) (is_foreign_id(graph, id) ? unknown : known).push_back(id);
  Rows after = known.empty() ? (purge ? Rows() : placed) : planned(graph, placed, known, purge);
  if (!purge) after.insert(after.end(), foreign.begin(), foreign.end());
  for (const std::string &id : unknown) {
    if (std::find(after.begin(), after.end(), std::optional(id)) == after.end()) after.emplace_back(id);
  }
  return after;
}

}  // namespace

Rows rows_after_stamp(const RevisionGraph &graph, const Rows &before, const StampRequest &request) {
  const std::vector<std::string> destinations = destinations_of(request);
  Rows after;
  if (request.force) {
    after = forced(graph, before, destinations, request.purge);
  } else {
    for (const std::string &id : destinations) {
      if (!is_foreign_id(graph, id)) continue;
      try {
        planned(graph, before, {id}, true);
      } catch (const Error &error) {
        if (error.sqlstate() != std::string_view(kUndefinedObject)) throw;
        throw Error(kUndefinedObject, error.message(), error.detail(),
                    error.hint().empty() ? kForce : error.hint() + " " + kForce);
      }
    }
    after = planned(graph, before, destinations, request.purge);
  }
  for (const auto &row : after) {
    if (row && std::find(before.begin(), before.end(), row) == before.end()) require_fits(*row, request);
  }
  return after;
}

std::vector<RowStep> steps_of_stamp(const Rows &before, const Rows &after, const StampRequest &request) {
  std::vector<RowStep> steps = steps_between(before, after);
  const auto kept = [](const RowStep &step) { return step.kind == RowStep::Kind::kKeep; };
  if (!request.purge || !request.has_reason || !std::all_of(steps.begin(), steps.end(), kept)) return steps;
  steps = steps_between(before, {});
  for (RowStep &step : steps_between({}, after)) steps.push_back(std::move(step));
  return steps;
}

}  // namespace migfix::core
