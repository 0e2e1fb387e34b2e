#include <algorithm>
#include <utility>

#include "core/default_name.hpp"
#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

using Labels = std::vector<std::string>;

Labels::iterator label_in(Labels &labels, const std::string &label) {
  return std::find(labels.begin(), labels.end(), label);
}

}  // namespace

std::optional<ObjectId> Replay::type_of_kind(const QualifiedName &name, ObjectKind kind) const {
  const auto there = model_.type(name);
  if (!there) {
    if (may_be_elsewhere(name)) return std::nullopt;
    refuse("42704", "type " + in_quotes(shown(name)) + " does not exist", id_of(kind, name));
  }
  if (there->kind != kind) {
    const std::string written =
        kind == ObjectKind::kEnum ? name.name + " is not an enum" : in_quotes(name.name) + " is not a domain";
    refuse("42809", written, *there);
  }
  return there;
}

void Replay::operator()(const CreateEnum &effect) {
  claim_type(effect.name, ObjectKind::kEnum);
  const ObjectId id = id_of(ObjectKind::kEnum, effect.name);
  if (std::set<std::string>(effect.labels.begin(), effect.labels.end()).size() != effect.labels.size()) {
    refuse("23505", "duplicate key value violates unique constraint \"pg_enum_typid_label_index\"", id);
  }
  model_.put(id, {Enum{effect.labels}, {}});
}

void Replay::operator()(const AddEnumValue &effect) {
  const auto id = type_of_kind(effect.name, ObjectKind::kEnum);
  if (!id) return;
  Labels labels = model_.find_as<Enum>(*id)->labels;
  if (label_in(labels, effect.label) != labels.end()) {
    if (effect.if_not_exists) return;
    refuse("42710", "enum label " + in_quotes(effect.label) + " already exists", *id);
  }
  auto place = labels.end();
  if (!effect.neighbour.empty()) {
    place = label_in(labels, effect.neighbour);
    if (place == labels.end())
      refuse("22023", in_quotes(effect.neighbour) + " is not an existing enum label", *id);
    if (!effect.before) ++place;
  }
  labels.insert(place, effect.label);
  std::get<Enum>(model_.change(*id)->definition).labels = std::move(labels);
}

void Replay::operator()(const RenameEnumValue &effect) {
  const auto id = type_of_kind(effect.name, ObjectKind::kEnum);
  if (!id) return;
  Labels labels = model_.find_as<Enum>(*id)->labels;
  const auto place = label_in(labels, effect.from);
  if (place == labels.end()) refuse("22023", in_quotes(effect.from) + " is not an existing enum label", *id);
  if (label_in(labels, effect.to) != labels.end()) {
    refuse("42710", "enum label " + in_quotes(effect.to) + " already exists", *id);
  }
  *place = effect.to;
  std::get<Enum>(model_.change(*id)->definition).labels = std::move(labels);
  // A column's default is the label itself, whatever that is called.
  for (const ObjectId &user : model_.users_of(effect.name)) {
    const auto *column = model_.find_as<Column>(user);
    if (column == nullptr || column->default_value.text.empty()) continue;
    Expression &value = change_column(user).default_value;
    value.normal.clear();
    const std::string from = quote_literal(effect.from);
    if (value.text.starts_with(from)) value.text.replace(0, from.size(), quote_literal(effect.to));
  }
}

void Replay::operator()(const CreateDomain &effect) {
  claim_type(effect.name, ObjectKind::kDomain);
  Domain domain = effect.domain;
  std::set<std::string> names;
  for (auto &[name, check] : domain.checks) {
    if (name.empty()) {
      name = default_domain_check_name(model_, effect.name, names);
    } else if (names.count(name) != 0) {
      refuse(
          "42710",
          "constraint " + in_quotes(name) + " for domain " + in_quotes(effect.name.name) + " already exists",
          id_of(ObjectKind::kDomain, effect.name));
    }
    names.insert(name);
  }
  // Its base type's default is copied (DefineDomain).
  const auto *base = model_.find_as<Domain>(id_of(ObjectKind::kDomain, domain.type.name));
  if (base != nullptr && !domain.type.array && domain.default_value.empty())
    domain.default_value = base->default_value;
  model_.put(id_of(ObjectKind::kDomain, effect.name), {std::move(domain), {}});
}

void Replay::operator()(const AlterDomain &effect) {
  using Change = AlterDomain::Change;
  const auto id = type_of_kind(effect.name, ObjectKind::kDomain);
  if (!id) return;
  const auto found_in = [&](const Domain &domain) {
    return std::find_if(domain.checks.begin(), domain.checks.end(),
                        [&](const auto &check) { return check.first == effect.constraint; });
  };
  const Domain &old = *model_.find_as<Domain>(*id);
  const bool there = found_in(old) != old.checks.end();
  const std::string quoted = in_quotes(effect.constraint);
  if (effect.change == Change::kAddCheck) {
    if (there) {
      refuse("42710",
             "constraint " + quoted + " for domain " + in_quotes(effect.name.name) + " already exists", *id);
    }
    std::string name =
        effect.constraint.empty() ? default_domain_check_name(model_, effect.name) : effect.constraint;
    std::get<Domain>(model_.change(*id)->definition).checks.emplace_back(std::move(name), effect.expression);
    return;
  }
  if (effect.change == Change::kDropConstraint || effect.change == Change::kValidate) {
    if (!there) {
      if (effect.if_exists) return;
      refuse("42704",
             "constraint " + quoted + " of domain " + in_quotes(effect.name.name) + " does not exist", *id);
    }
    if (effect.change == Change::kValidate) return;
    const auto place = found_in(old) - old.checks.begin();
    auto &checks = std::get<Domain>(model_.change(*id)->definition).checks;
    checks.erase(checks.begin() + place);
    return;
  }
  auto &domain = std::get<Domain>(model_.change(*id)->definition);
  if (effect.change == Change::kSetDefault) {
    domain.default_value = effect.expression;
  } else {
    domain.not_null = effect.change == Change::kSetNotNull;
  }
}

void Replay::operator()(const CreateComposite &effect) {
  claim_type(effect.name, ObjectKind::kComposite);
  claim_relation(effect.name, ObjectKind::kComposite);
  model_.put(id_of(ObjectKind::kComposite, effect.name), {effect.composite, {}});
}

}  // namespace migfix::core
