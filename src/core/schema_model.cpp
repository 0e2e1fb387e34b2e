#include "core/schema_model.hpp"

#include <algorithm>

namespace migfix::core {

namespace {

constexpr char kBuiltIn[] = "pg_catalog";

bool is_type(ObjectKind kind) {
  return kind == ObjectKind::kEnum || kind == ObjectKind::kDomain || kind == ObjectKind::kComposite ||
         kind == ObjectKind::kTable || kind == ObjectKind::kView;
}

bool is_relation(ObjectKind kind) {
  return kind == ObjectKind::kTable || kind == ObjectKind::kView || kind == ObjectKind::kSequence ||
         kind == ObjectKind::kIndex || kind == ObjectKind::kComposite;
}

}  // namespace

SchemaModel::Names SchemaModel::names_of(const ObjectId &id, const Object &object) {
  Names names;
  if (is_relation(id.kind)) names.relations.push_back(name_of(id));
  if (is_type(id.kind)) names.types.push_back(name_of(id));
  const auto uses = [&names](const DataType &used) {
    if (used.name.schema != kBuiltIn) names.used.push_back(used.name);
  };
  if (const auto *column = std::get_if<Column>(&object.definition)) {
    if (!column->identity_sequence.empty()) names.relations.push_back({id.schema, column->identity_sequence});
    uses(column->type);
    if (column->nextval) names.used.push_back(*column->nextval);
  } else if (const auto *constraint = std::get_if<Constraint>(&object.definition)) {
    names.constraints.push_back(name_of(id));
    if (const auto *key = std::get_if<ForeignKey>(&constraint->what)) {
      names.used.push_back(key->references);
    } else if (!std::holds_alternative<Check>(constraint->what)) {
      names.relations.push_back(name_of(id));
    }
  } else if (const auto *index = std::get_if<Index>(&object.definition)) {
    names.used.push_back(index->table);
  } else if (const auto *table = std::get_if<Table>(&object.definition)) {
    names.used = table->parents;
  } else if (const auto *view = std::get_if<View>(&object.definition)) {
    names.used = view->reads;
  } else if (const auto *sequence = std::get_if<Sequence>(&object.definition)) {
    if (!sequence->owner.empty()) names.used.push_back(sequence->owner);
  } else if (const auto *domain = std::get_if<Domain>(&object.definition)) {
    uses(domain->type);
    for (const auto &[name, check] : domain->checks) names.constraints.push_back({id.schema, name});
  } else if (const auto *composite = std::get_if<Composite>(&object.definition)) {
    for (const auto &[name, attribute] : composite->attributes) uses(attribute);
  }
  return names;
}

void SchemaModel::note(const ObjectId &id, const Names &names) const {
  for (const QualifiedName &name : names.relations) relations_.insert_or_assign(name, id);
  for (const QualifiedName &name : names.types) types_.insert_or_assign(name, id);
  for (const QualifiedName &name : names.used) users_[name].insert(id);
  for (const QualifiedName &name : names.constraints) ++constraint_names_[name];
}

void SchemaModel::forget(const ObjectId &id, const Names &names) const {
  for (auto [held, gone] : {std::pair(&relations_, &names.relations), std::pair(&types_, &names.types)}) {
    for (const QualifiedName &name : *gone) {
      const auto found = held->find(name);
      if (found != held->end() && found->second == id) held->erase(found);
    }
  }
  for (const QualifiedName &name : names.used) {
    const auto found = users_.find(name);
    if (found == users_.end()) continue;
    found->second.erase(id);
    if (found->second.empty()) users_.erase(found);
  }
  for (const QualifiedName &name : names.constraints) {
    const auto found = constraint_names_.find(name);
    if (found != constraint_names_.end() && --found->second == 0) constraint_names_.erase(found);
  }
}

void SchemaModel::settle() const {
  if (!open_) return;
  Names now = names_of(open_->first, objects_.at(open_->first));
  if (now == open_->second) return;
  forget(open_->first, open_->second);
  note(open_->first, now);
  open_->second = std::move(now);
}

void SchemaModel::close() {
  settle();
  open_.reset();
}

const Object *SchemaModel::find(const ObjectId &id) const {
  const auto found = objects_.find(id);
  return found == objects_.end() ? nullptr : &found->second;
}

void SchemaModel::put(const ObjectId &id, Object object) {
  close();
  const auto found = objects_.find(id);
  note_change(id, found == objects_.end() ? nullptr : &found->second);
  if (found != objects_.end()) {
    forget(id, names_of(id, found->second));
    found->second = std::move(object);
    note(id, names_of(id, found->second));
    return;
  }
  note(id, names_of(id, object));
  objects_.emplace(id, std::move(object));
}

bool SchemaModel::erase(const ObjectId &id) {
  close();
  const auto found = objects_.find(id);
  if (found == objects_.end()) return false;
  const ObjectId erased = id;  // `id` may be the key itself
  note_change(erased, &found->second);
  forget(erased, names_of(erased, found->second));
  objects_.erase(found);
  return true;
}

Object *SchemaModel::change(const ObjectId &id) {
  close();
  const auto found = objects_.find(id);
  if (found == objects_.end()) return nullptr;
  note_change(id, &found->second);
  open_.emplace(id, names_of(id, found->second));
  return &found->second;
}

std::optional<ObjectId> SchemaModel::relation(const QualifiedName &name) const {
  settle();
  const auto found = relations_.find(name);
  return found == relations_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<ObjectId> SchemaModel::type(const QualifiedName &name) const {
  settle();
  const auto found = types_.find(name);
  return found == types_.end() ? std::nullopt : std::optional(found->second);
}

bool SchemaModel::has_constraint_named(const QualifiedName &name) const {
  settle();
  return constraint_names_.find(name) != constraint_names_.end();
}

std::vector<ObjectId> SchemaModel::users_of(const QualifiedName &name) const {
  settle();
  const auto found = users_.find(name);
  if (found == users_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<ObjectId> SchemaModel::columns_of(const QualifiedName &table) const {
  std::vector<std::pair<std::uint32_t, ObjectId>> placed;
  for (ObjectId &id : parts_of(ObjectKind::kColumn, table)) {
    const std::uint32_t position = find_as<Column>(id)->position;
    placed.emplace_back(position, std::move(id));
  }
  std::sort(placed.begin(), placed.end());
  std::vector<ObjectId> ids;
  ids.reserve(placed.size());
  for (auto &[position, id] : placed) ids.push_back(std::move(id));
  return ids;
}

std::vector<ObjectId> SchemaModel::constraints_of(const QualifiedName &table) const {
  return parts_of(ObjectKind::kConstraint, table);
}

std::vector<ObjectId> SchemaModel::triggers_of(const QualifiedName &table) const {
  return parts_of(ObjectKind::kTrigger, table);
}

std::vector<ObjectId> SchemaModel::indexes_of(const QualifiedName &table) const {
  std::vector<ObjectId> ids;
  for (ObjectId &id : users_of(table)) {
    const auto *index = find_as<Index>(id);
    if (index != nullptr && index->table == table) ids.push_back(std::move(id));
  }
  return ids;
}

std::vector<ObjectId> SchemaModel::take_changes() {
  std::vector<ObjectId> taken;
  taken.reserve(changes_.size());
  while (!changes_.empty()) taken.push_back(std::move(changes_.extract(changes_.begin()).value()));
  return taken;
}

void SchemaModel::start() {
  journal_.clear();
  keeps_journal_ = true;
}

void SchemaModel::keep() {
  journal_.clear();
  keeps_journal_ = false;
}

void SchemaModel::undo() {
  keeps_journal_ = false;
  std::vector<Before> journal;
  journal.swap(journal_);
  for (auto entry = journal.rbegin(); entry != journal.rend(); ++entry) {
    if (entry->object) {
      put(entry->id, std::move(*entry->object));
    } else {
      erase(entry->id);
    }
    if (entry->first_change) changes_.erase(entry->id);
  }
}

std::vector<ObjectId> SchemaModel::parts_of(ObjectKind kind, const QualifiedName &table) const {
  std::vector<ObjectId> ids;
  for (auto at = objects_.lower_bound({kind, table.schema, table.name, {}}); at != objects_.end(); ++at) {
    const ObjectId &id = at->first;
    if (id.kind != kind || id.schema != table.schema || id.table != table.name) break;
    ids.push_back(id);
  }
  return ids;
}

void SchemaModel::note_change(const ObjectId &id, const Object *before) {
  const bool first = changes_.insert(id).second;
  if (!keeps_journal_) return;
  journal_.push_back({id, before == nullptr ? std::nullopt : std::optional(*before), first});
}

}  // namespace migfix::core
