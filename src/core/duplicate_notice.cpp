#include "core/duplicate_notice.hpp"

#include <fmt/format.h>

#include "core/duplicate_rules.hpp"
#include "core/schema_words.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostTold = 5;  // objects of one command

std::vector<const DoubledObject *> twins_of(const Doubling &doubling, TwinKind kind) {
  std::vector<const DoubledObject *> twins;
  for (const DoubledObject &twin : doubling.twins) {
    if (twin.kind == kind) twins.push_back(&twin);
  }
  return twins;
}

std::string clause(const Doubling &doubling, TwinKind kind, const std::vector<const DoubledObject *> &twins) {
  std::vector<std::string> names;
  for (const DoubledObject *twin : twins) names.push_back(twin->name);
  switch (kind) {
    case TwinKind::kHides:
      return fmt::format("hides {} on this session's search_path", list_of(names));
    case TwinKind::kHiddenBy:
      return fmt::format("is hidden by {} on this session's search_path", list_of(names));
    case TwinKind::kSimilarName:
      return fmt::format("differs in name from {} only by case or underscores", list_of(names));
    case TwinKind::kSameParts:
      break;
  }
  if (doubling.more) names.emplace_back("others");
  return fmt::format("has the same {} as {}", doubling.type == ObjectType::kTable ? "columns" : "labels",
                     list_of(names));
}

constexpr TwinKind kTwinKinds[] = {TwinKind::kHides, TwinKind::kHiddenBy, TwinKind::kSimilarName,
                                   TwinKind::kSameParts};

// "table app.users hides public.users on this session's search_path"
std::string message_of(const Doubling &doubling) {
  std::string text = fmt::format("{} {} ", type_name(doubling.type), doubling.name);
  bool first = true;
  for (const TwinKind kind : kTwinKinds) {
    const auto twins = twins_of(doubling, kind);
    if (twins.empty()) continue;
    if (!first) text += ", and ";
    text += clause(doubling, kind, twins);
    first = false;
  }
  return text;
}

// How the twin differs from the new object, for after its name; empty where it does not.
std::string how_it_differs(const Doubling &doubling, const DoubledObject &twin) {
  if (twin.kind == TwinKind::kSameParts) return {};
  return difference(doubling.parts, twin.parts);
}

// "The two are identical.", or how they differ; of several twins one sentence each.
std::string comparison_of(const Doubling &doubling) {
  if (doubling.twins.size() == 1) {
    const DoubledObject &twin = doubling.twins[0];
    const std::string otherwise = twin.kind == TwinKind::kSimilarName ? " otherwise" : "";
    const std::string how = how_it_differs(doubling, twin);
    if (!how.empty())
      return fmt::format("They differ{}: {} {}.", otherwise.empty() ? "" : " otherwise too", twin.name, how);
    if (twin.kind == TwinKind::kSameParts) return "They are identical but for their names.";
    return fmt::format("{} are identical{}.", otherwise.empty() ? "The two" : "They", otherwise);
  }
  if (twins_of(doubling, TwinKind::kSameParts).size() == doubling.twins.size())
    return "They are identical but for their names.";
  std::vector<std::string> identical;
  std::string differing;
  for (const DoubledObject &twin : doubling.twins) {
    const std::string how = how_it_differs(doubling, twin);
    if (how.empty())
      identical.push_back(twin.name);
    else
      differing += fmt::format("{}{} {}", differing.empty() ? "" : "; ", twin.name, how);
  }
  if (identical.empty()) return fmt::format("They differ: {}.", differing);
  return fmt::format("It is identical with {}, but for the name where that differs.{}", list_of(identical),
                     differing.empty() ? "" : " The rest differ: " + differing + ".");
}

std::string detail_of(const Doubling &doubling) {
  std::string detail = comparison_of(doubling);
  const auto hidden = twins_of(doubling, TwinKind::kHides);
  const auto hiding = twins_of(doubling, TwinKind::kHiddenBy);
  if (!hidden.empty() || !hiding.empty()) {
    detail += fmt::format(" A migration that says {} without a schema means {}.", doubling.bare_name,
                          hidden.empty() ? hiding[0]->name : doubling.name);
  }
  if (!twins_of(doubling, TwinKind::kSimilarName).empty()) detail += fmt::format(" {}", kWhySimilarNames);
  if (!twins_of(doubling, TwinKind::kSameParts).empty()) detail += fmt::format(" {}", kWhySameParts);
  return detail;
}

// A new enum is used by nothing, so that it can go without a loss; and once something uses it, DROP TYPE
// refuses. A table can hold rows as soon as it is there: no DROP is offered.
std::string hint_of(const std::vector<Doubling> &doublings, std::string_view functions) {
  const Doubling &first = doublings[0];
  if (doublings.size() == 1 && first.type == ObjectType::kEnum && first.is_new)
    return fmt::format(
        "If one of them is enough, this takes the new one away as long as nothing uses it:\nDROP TYPE {};",
        first.name);
  return fmt::format(
      "If that was not meant, all that stands twice, and what to do about it:\nSELECT * FROM {}"
      "migfix_duplicates();",
      functions);
}

}  // namespace

Notice duplicate_notice(const std::vector<Doubling> &doublings, std::string_view functions) {
  Notice notice;
  notice.hint = hint_of(doublings, functions);
  if (doublings.size() == 1) {
    notice.message = message_of(doublings[0]);
    notice.detail = detail_of(doublings[0]);
    return notice;
  }
  ObjectCount count;
  for (const Doubling &doubling : doublings)
    ++(doubling.type == ObjectType::kTable ? count.tables : count.enums);
  notice.message = fmt::format("{} of this command double others", count.text());
  for (std::size_t i = 0; i < doublings.size() && i < kMostTold; ++i) {
    if (i > 0) notice.detail += '\n';
    notice.detail += fmt::format("{} {}", as_sentence(message_of(doublings[i])), comparison_of(doublings[i]));
  }
  if (doublings.size() > kMostTold)
    notice.detail += fmt::format("\nSo do {} more.", doublings.size() - kMostTold);
  return notice;
}

}  // namespace migfix::core
