#include "core/observed_state.hpp"

#include "core/comparison.hpp"

namespace migfix::core {

namespace {

// The catalogs know the normal form alone.
void take_text(const Expression &written, Expression &seen) {
  if (seen.empty() || written.text.empty()) return;
  seen.text = written.text;
  seen.columns = written.columns;
}

void take_texts(const std::vector<IndexElement> &written, std::vector<IndexElement> &seen) {
  if (written.size() != seen.size()) return;
  for (std::size_t i = 0; i < seen.size(); ++i) take_text(written[i].expression, seen[i].expression);
}

// By the kind of what was seen; of another kind nothing is taken.
struct Texts {
  const Definition &written;

  template <class Kind>
  const Kind *before(const Kind &) const {
    return std::get_if<Kind>(&written);
  }

  void operator()(Column &seen) const {
    const Column *was = before(seen);
    if (was == nullptr) return;
    take_text(was->default_value, seen.default_value);
    take_text(was->generated, seen.generated);
    seen.position = was->position;
    if (seen.identity_sequence.empty()) seen.identity_sequence = was->identity_sequence;
  }
  void operator()(Constraint &seen) const {
    const Constraint *was = before(seen);
    if (was == nullptr || was->what.index() != seen.what.index()) return;
    if (auto *check = std::get_if<Check>(&seen.what))
      take_text(std::get<Check>(was->what).expression, check->expression);
    if (auto *exclusion = std::get_if<Exclusion>(&seen.what)) {
      take_texts(std::get<Exclusion>(was->what).elements, exclusion->elements);
      take_text(std::get<Exclusion>(was->what).predicate, exclusion->predicate);
    }
  }
  void operator()(Index &seen) const {
    const Index *was = before(seen);
    if (was == nullptr) return;
    take_texts(was->elements, seen.elements);
    take_text(was->predicate, seen.predicate);
    seen.concurrently = was->concurrently;
  }
  void operator()(Domain &seen) const {
    const Domain *was = before(seen);
    if (was == nullptr) return;
    take_text(was->default_value, seen.default_value);
    for (auto &[name, check] : seen.checks)
      for (const auto &[other, written_check] : was->checks)
        if (name == other) take_text(written_check, check);
  }
  void operator()(View &seen) const {
    const View *was = before(seen);
    if (was == nullptr) return;
    take_text(was->query, seen.query);
    seen.source = was->source;
    seen.columns = was->columns;
  }
  void operator()(Function &seen) const { take_source(seen); }
  void operator()(Trigger &seen) const { take_source(seen); }
  template <class Other>
  void operator()(Other &) const {}

 private:
  template <class Kind>
  void take_source(Kind &seen) const {
    if (const Kind *was = before(seen); was != nullptr && seen.source.empty()) seen.source = was->source;
  }
};

// Its parts fall without being named.
void erase(SchemaModel &model, const ObjectId &id) {
  if (id.kind == ObjectKind::kTable || id.kind == ObjectKind::kView) {
    const QualifiedName table = name_of(id);
    for (const auto &parts : {model.columns_of(table), model.constraints_of(table), model.triggers_of(table),
                              model.indexes_of(table)})
      for (const ObjectId &part : parts) model.erase(part);
  }
  model.erase(id);
}

bool is_same(const Object &there, const Object &seen) {
  return there.definition.index() == seen.definition.index() && compare(there, seen).empty();
}

}  // namespace

void settle(SchemaModel &model, const std::vector<Observation> &observed) {
  for (const Observation &observation : observed) {
    if (!observation.object) {
      erase(model, observation.id);
      continue;
    }
    const Object *there = model.find(observation.id);
    if (there != nullptr && is_same(*there, *observation.object)) continue;
    Object seen = *observation.object;
    if (there != nullptr) std::visit(Texts{there->definition}, seen.definition);
    model.put(observation.id, std::move(seen));
  }
}

}  // namespace migfix::core
