#include <limits>

#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

std::int64_t highest(const std::string &type) {
  if (type == "int2") return std::numeric_limits<std::int16_t>::max();
  if (type == "int4") return std::numeric_limits<std::int32_t>::max();
  return std::numeric_limits<std::int64_t>::max();
}

std::int64_t lowest(const std::string &type) {
  return -highest(type) - 1;
}

const char *shown_type(const std::string &type) {
  if (type == "int2") return "smallint";
  return type == "int4" ? "integer" : "bigint";
}

}  // namespace

SequenceOptions completed(const SequenceOptions &given, const std::string &default_type) {
  SequenceOptions all = given;
  all.resets_minimum = all.resets_maximum = false;
  if (all.type.empty()) all.type = default_type;
  all.increment = given.increment.value_or(1);
  const bool ascends = *all.increment > 0;
  all.maximum = given.maximum.value_or(ascends ? highest(all.type) : -1);
  all.minimum = given.minimum.value_or(ascends ? 1 : lowest(all.type));
  all.start = given.start.value_or(ascends ? *all.minimum : *all.maximum);
  all.cache = given.cache.value_or(1);
  all.cycle = given.cycle.value_or(false);
  return all;
}

SequenceOptions altered(const SequenceOptions &old, const SequenceOptions &given) {
  SequenceOptions all = completed(old, "int8");
  const std::string old_type = all.type;
  if (given.increment) all.increment = given.increment;
  if (!given.type.empty() && given.type != old_type) {
    all.type = given.type;
    if (*all.maximum == highest(old_type)) all.maximum = highest(all.type);
    if (*all.minimum == lowest(old_type)) all.minimum = lowest(all.type);
  }
  if (given.maximum || given.resets_maximum) all.maximum = given.maximum;
  if (given.minimum || given.resets_minimum) all.minimum = given.minimum;
  if (given.start) all.start = given.start;
  if (given.cache) all.cache = given.cache;
  if (given.cycle) all.cycle = given.cycle;
  return completed(all, all.type);
}

void check_sequence(const SequenceOptions &options, const ObjectId &id) {
  const auto refuse = [&id](std::string message) { throw Refused{{"22023", std::move(message), id}}; };
  const auto number = [](std::int64_t value) { return "(" + std::to_string(value) + ")"; };
  const std::int64_t minimum = *options.minimum;
  const std::int64_t maximum = *options.maximum;
  const std::string range =
      std::string(" is out of range for sequence data type ") + shown_type(options.type);
  if (*options.increment == 0) refuse("INCREMENT must not be zero");
  if (maximum > highest(options.type) || maximum < lowest(options.type)) {
    refuse("MAXVALUE " + number(maximum) + range);
  }
  if (minimum > highest(options.type) || minimum < lowest(options.type)) {
    refuse("MINVALUE " + number(minimum) + range);
  }
  if (minimum >= maximum) {
    refuse("MINVALUE " + number(minimum) + " must be less than MAXVALUE " + number(maximum));
  }
  if (*options.start < minimum) {
    refuse("START value " + number(*options.start) + " cannot be less than MINVALUE " + number(minimum));
  }
  if (*options.start > maximum) {
    refuse("START value " + number(*options.start) + " cannot be greater than MAXVALUE " + number(maximum));
  }
}

void Replay::check_sequence_owner(const QualifiedName &owner, const std::string &column) const {
  if (owner.empty()) return;
  const auto table = model_.relation(owner);
  if (!table) {
    if (may_be_elsewhere(owner)) return;
    refuse_missing_relation(owner);
  }
  if (table->kind == ObjectKind::kSequence || table->kind == ObjectKind::kIndex) {
    refuse("42809", "sequence cannot be owned by relation " + in_quotes(owner.name), *table);
  }
  if (table->kind == ObjectKind::kTable) column_of(owner, column);
}

void Replay::operator()(const CreateSequence &effect) {
  if (effect.if_not_exists && model_.relation(effect.name)) return;
  const ObjectId id = id_of(ObjectKind::kSequence, effect.name);
  Sequence sequence;
  sequence.options = completed(effect.options, "int8");
  check_sequence(sequence.options, id);
  claim_relation(effect.name, ObjectKind::kSequence);
  check_sequence_owner(effect.owner, effect.owner_column);
  sequence.owner = effect.owner;
  sequence.owner_column = effect.owner_column;
  model_.put(id, {std::move(sequence), {}});
}

void Replay::operator()(const AlterSequence &effect) {
  const auto there = model_.relation(effect.name);
  if (!there) {
    if (effect.if_exists || may_be_elsewhere(effect.name)) return;
    refuse_missing_relation(effect.name);
  }
  if (there->kind == ObjectKind::kColumn) {  // of an identity
    Column &column = change_column(*there);
    column.identity_options = altered(column.identity_options, effect.options);
    check_sequence(column.identity_options, *there);
    return;
  }
  if (there->kind != ObjectKind::kSequence)
    refuse_wrong_kind(*there, ObjectKind::kSequence, effect.name.name);
  if (effect.changes_owner) check_sequence_owner(effect.owner, effect.owner_column);
  auto &sequence = std::get<Sequence>(model_.change(*there)->definition);
  sequence.options = altered(sequence.options, effect.options);
  check_sequence(sequence.options, *there);
  if (effect.changes_owner) {
    sequence.owner = effect.owner;
    sequence.owner_column = effect.owner_column;
  }
}

}  // namespace migfix::core
