#include "core/existing_object.hpp"

#include <fmt/format.h>

#include "core/remedy.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostSaid = 5;

const char *sqlstate_of(Clash clash) {
  switch (clash) {
    case Clash::kRelation:
      return "42P07";
    case Clash::kColumn:
      return "42701";
    case Clash::kSchema:
      return "42P06";
    default:
      return "42710";
  }
}

std::string subject(const ExistingObject &object) {
  const std::string name = in_quotes(object.name);
  switch (object.clash) {
    case Clash::kRelation:
      return "relation " + name;
    case Clash::kType:
      return "type " + name;
    case Clash::kColumn:
      return fmt::format("column {} of relation {}", name, in_quotes(object.table));
    case Clash::kConstraint:
      return fmt::format("constraint {} for relation {}", name, in_quotes(object.table));
    case Clash::kSchema:
      return "schema " + name;
  }
  return name;
}

void add_sentence(std::string &text, const std::string &sentence) {
  if (!text.empty()) text += ' ';
  text += sentence;
}

// A list in which items have commas of their own.
std::string joined(const std::vector<std::string> &items) {
  std::string text;
  for (std::size_t i = 0; i < items.size() && i < kMostSaid; ++i) text += (i > 0 ? "; " : "") + items[i];
  if (items.size() > kMostSaid) text += fmt::format("; and {} more", items.size() - kMostSaid);
  return text;
}

std::string verdict(const ExistingObject &object) {
  if (!object.there.empty()) return fmt::format("It is {}, not what is being created.", object.there);
  if (!object.likeness) {
    return object.why_not.empty()
               ? std::string()
               : fmt::format("Whether it is the same could not be found out: {}.", object.why_not);
  }
  const Likeness &likeness = *object.likeness;
  if (!likeness.differences.empty()) return fmt::format("It differs: {}.", joined(likeness.differences));
  if (!likeness.doubts.empty())
    return fmt::format("No difference was found, but that it is identical cannot be said: {}.",
                       joined(likeness.doubts));
  return "It is identical to what is being created.";
}

std::string came_to_be(const std::string &origin) {
  return origin.starts_with("created ") ? fmt::format("It was {}.", origin)
                                        : fmt::format("The log has it with {}.", origin);
}

std::string detail_of(const ExistingObject &object) {
  std::string detail;
  if (!object.origin.empty()) detail = came_to_be(object.origin);
  add_sentence(detail, verdict(object));
  if (object.does_more)
    add_sentence(detail, "The statement does more than that, which has not been done yet.");
  if (!object.owner.empty()) add_sentence(detail, fmt::format("It belongs to role {}.", object.owner));
  return detail;
}

std::string repair(const ExistingObject &object) {
  std::string call = fmt::format("SELECT * FROM {}migfix_repair(", object.functions);
  if (!object.version_table.empty()) call += "version_table => " + quote_literal(object.version_table);
  return call + ");";
}

void add_lines(std::string &hint, const std::string &words, const std::string &statements) {
  if (!hint.empty()) hint += '\n';
  hint += words + '\n' + statements;
}

}  // namespace

std::string thing_in_words(char kind, bool is_type) {
  if (is_type) {
    switch (kind) {
      case 'e':
        return "an enum";
      case 'd':
        return "a domain";
      case 'c':
        return "a composite type";
      case 'r':
      case 'm':
        return "a range type";
      default:
        return "a base type";
    }
  }
  switch (kind) {
    case 'r':
      return "a table";
    case 'p':
      return "a partitioned table";
    case 'v':
      return "a view";
    case 'm':
      return "a materialized view";
    case 'i':
    case 'I':
      return "an index";
    case 'S':
      return "a sequence";
    case 'f':
      return "a foreign table";
    case 'c':
      return "a composite type";
    default:
      return "another relation";
  }
}

Explanation explain(const ExistingObject &object) {
  Explanation explanation{
      sqlstate_of(object.clash), subject(object) + " already exists", detail_of(object), {}};
  std::string &hint = explanation.hint;
  if (object.came_too_late && can_be_skipped(object)) {
    add_lines(hint,
              "It could not be passed over, because the module came with this very statement. With this, "
              "sessions have it from their beginning; then run the migration again:",
              fmt::format("SELECT {}migfix_preload(true);", object.functions));
  }
  if (object.is_loaded) {
    add_lines(hint,
              "If a migration ends here, this brings version rows and schema in step; then run the "
              "migration again:",
              repair(object));
  } else {
    add_lines(hint,
              "If a migration ends here, let migfix know the revisions, in psql, and bring version rows and "
              "schema in step; then run the migration again:",
              load_scripts_lines(object.functions, "default") + "\n" + repair(object));
  }
  if (can_be_skipped(object) && !object.skips && object.may_set) {
    add_lines(hint, "Or let this database pass over whatever is identical, from the next session on:",
              fmt::format("ALTER DATABASE {} SET migfix.existing_object = 'skip_identical';\n"
                          "SELECT {}migfix_preload(true);",
                          object.database, object.functions));
  }
  if (!object.drop.empty())
    add_lines(hint, "Nothing uses the type that is there; if nobody needs it:", object.drop);
  return explanation;
}

bool can_be_skipped(const ExistingObject &object) {
  return object.there.empty() && object.likeness && object.likeness->identical() && object.may_act &&
         !object.does_more;
}

Explanation skipped(const ExistingObject &object) {
  Explanation notice{
      sqlstate_of(object.clash), subject(object) + " already exists and is identical, skipping", {}, {}};
  if (!object.origin.empty()) notice.detail = came_to_be(object.origin);
  if (!object.owner.empty()) add_sentence(notice.detail, fmt::format("It belongs to role {}.", object.owner));
  if (object.likeness && !object.likeness->besides.empty())
    add_sentence(notice.detail, fmt::format("There is besides: {}.", list_of(object.likeness->besides)));
  return notice;
}

}  // namespace migfix::core
