#include "core/comparison.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/definition_clause.hpp"
#include "core/definition_fields.hpp"
#include "core/definition_line.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

Difference plain(const std::string &field, const std::string &expected, const std::string &found) {
  return {field, expected, found, false, fmt::format("{} expected, {} found", expected, found)};
}

/// Of `labels` those that are among `others`, in their order.
std::vector<std::string> common(const std::vector<std::string> &labels,
                                const std::vector<std::string> &others) {
  const std::set<std::string> there(others.begin(), others.end());
  std::vector<std::string> both;
  std::copy_if(labels.begin(), labels.end(), std::back_inserter(both),
               [&](const std::string &label) { return there.contains(label); });
  return both;
}

void compare_labels(const std::vector<std::string> &expected, const std::vector<std::string> &real,
                    std::vector<Difference> &differences) {
  const std::set<std::string> found(real.begin(), real.end());
  const std::set<std::string> wanted(expected.begin(), expected.end());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string &label = expected[i];
    if (found.contains(label)) continue;
    std::string said = fmt::format("label {} missing", in_quotes(label));
    if (i > 0) {
      said += " after " + in_quotes(expected[i - 1]);
    } else if (expected.size() > 1) {
      said += " before " + in_quotes(expected[1]);
    }
    differences.push_back({"labels", quote_literal(label), "", false, said});
  }
  for (const std::string &label : real) {
    if (wanted.contains(label)) continue;
    differences.push_back({"labels", "", quote_literal(label), false,
                           fmt::format("label {} is one too many", in_quotes(label))});
  }
  const std::vector<std::string> right = common(expected, real);
  const std::vector<std::string> order = common(real, expected);
  if (right != order) {
    Difference difference = plain("labels", labels_text(right), labels_text(order));
    difference.said =
        fmt::format("labels in the order {} expected, {} found", difference.expected, difference.found);
    differences.push_back(std::move(difference));
  }
}

/// Checks of a domain are in one of the two alone; all other fields are in both, or do not count in one.
Difference one_sided(const Field &field, bool is_expected) {
  const std::string none = "no " + field.name;
  return is_expected ? plain(field.name, field.shown, none) : plain(field.name, none, field.shown);
}

bool is_check(const Field &field) {
  return field.name.starts_with("check ");
}

const Field *find(const std::vector<Field> &fields, const std::string &name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field &field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

void compare_fields(const Field &expected, const Field &real, std::vector<Difference> &differences) {
  const bool known = expected.known && real.known;
  if (known ? expected.compared == real.compared : expected.loose == real.loose) return;
  Difference difference = plain(expected.name, expected.shown, real.shown);
  // Where there is nothing at all on one side, nothing needs to be understood on the other.
  difference.uncertain = !known && !expected.loose.empty() && !real.loose.empty();
  if (difference.uncertain) difference.said += ", which cannot be compared";
  differences.push_back(std::move(difference));
}

/// Most of what is compared are plain columns that are the same: seen without writing out their fields.
bool same_plain_column(const Object &expected, const Object &real) {
  const auto *const a = std::get_if<Column>(&expected.definition);
  const auto *const b = std::get_if<Column>(&real.definition);
  if (a == nullptr || b == nullptr || expected.comment != real.comment) return false;
  const bool plain = a->generated.empty() && b->generated.empty() && a->identity == Identity::kNone &&
                     b->identity == Identity::kNone;
  const bool same_default =
      a->default_value.normal == b->default_value.normal &&
      (!a->default_value.normal.empty() || (a->default_value.empty() && b->default_value.empty()));
  return plain && same_default && a->type == b->type && a->not_null == b->not_null &&
         a->nextval == b->nextval && a->collation == b->collation;
}

bool of_other_kind(const Object &expected, const Object &real) {
  const auto *const a = std::get_if<Constraint>(&expected.definition);
  const auto *const b = std::get_if<Constraint>(&real.definition);
  return a != nullptr && b != nullptr && constraint_kind(*a) != constraint_kind(*b);
}

std::vector<Difference> differences_of(const Object &expected, const Object &real) {
  std::vector<Difference> differences;
  if (same_plain_column(expected, real)) return differences;
  // An extension brings its own comment; only one that a revision wrote counts.
  if (std::holds_alternative<Extension>(expected.definition) && expected.comment.empty()) return differences;
  if (of_other_kind(expected, real)) {
    differences.push_back(
        plain("kind", definition_line({expected.definition, {}}), definition_line({real.definition, {}})));
    return differences;
  }
  const std::vector<Field> wanted = fields_of(expected);
  const std::vector<Field> found = fields_of(real);
  for (const Field &field : wanted) {
    const Field *const other = find(found, field.name);
    if (field.name == "labels") {
      compare_labels(std::get<Enum>(expected.definition).labels, std::get<Enum>(real.definition).labels,
                     differences);
    } else if (other != nullptr) {
      // One of these says it all.
      if (field.name == "identity options" && (field.compared.empty() || other->compared.empty())) continue;
      if (field.name == "referenced columns" && !differences.empty() &&
          differences.back().field == "references") {
        continue;
      }
      compare_fields(field, *other, differences);
    } else if (is_check(field)) {
      differences.push_back(one_sided(field, true));
    }
  }
  for (const Field &field : found) {
    if (is_check(field) && find(wanted, field.name) == nullptr)
      differences.push_back(one_sided(field, false));
  }
  return differences;
}

}  // namespace

std::vector<Difference> compare(const Object &expected, const Object &real) {
  std::vector<Difference> differences = differences_of(expected, real);
  // Nobody knows what it should be.
  if (!expected.certain)
    for (Difference &difference : differences) difference.uncertain = true;
  return differences;
}

bool differs(const std::vector<Difference> &differences) {
  return std::any_of(differences.begin(), differences.end(),
                     [](const Difference &difference) { return !difference.uncertain; });
}

std::string words(const ObjectId &id, const Difference &difference) {
  return fmt::format("{}: {}", object_in_words(id), difference.said);
}

}  // namespace migfix::core
