#include "core/schema_mending.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/definition_sql.hpp"
#include "core/dependence.hpp"
#include "core/schema_match.hpp"
#include "core/schema_replay.hpp"
#include "core/stale_source.hpp"
#include "core/stand_in.hpp"
#include "core/type_words.hpp"

namespace migfix::core {

namespace {

constexpr const char *kStale =
    "the statement that makes it names what was renamed since, or takes columns by * that were changed: it "
    "must be written anew";

class SchemaMending {
 public:
  SchemaMending(const MendingRequest &request, SchemaModel &working)
      : request_(request), expected_(request.history.model()), working_(working) {}

  MendingSteps run() {
    const SchemaHistory &history = request_.history;
    std::vector<ObjectId> surplus = objects(Match::kSurplus);
    if (request_.drops_later)
      for (const auto &[id, chain] : request_.histories.all().chains())
        if (history.chain(id) == nullptr && working_.find(id) != nullptr) surplus.push_back(id);
    surplus.insert(surplus.end(), request_.leftovers.begin(), request_.leftovers.end());

    drop(surplus, true);
    make_and_alter(objects(Match::kMissing), objects(Match::kDifferent));
    drop(surplus, false);
    return std::move(done_);
  }

 private:
  void ask(std::string statement, std::string reason) {
    PlanStep step;
    step.action = PlanStep::Action::kPerson;
    step.statement = std::move(statement);
    step.reason = std::move(reason);
    done_.questions.push_back(std::move(step));
  }

  // What has parts goes before others are made, which may need the names; what others stand on goes after.
  static bool falls_first(ObjectKind kind) {
    return kind == ObjectKind::kTrigger || kind == ObjectKind::kView || kind == ObjectKind::kIndex ||
           kind == ObjectKind::kConstraint || kind == ObjectKind::kColumn || kind == ObjectKind::kTable;
  }

  bool is_off(const ObjectId &id) const {
    return request_.hands_off.count(id) != 0 ||
           (is_part(id) && request_.hands_off.count(id_of(ObjectKind::kTable, table_of(id))) != 0);
  }

  // Those that stand that way to what is expected.
  std::vector<ObjectId> objects(Match which) const {
    std::vector<ObjectId> ids;
    for (const auto &[id, chain] : request_.history.chains())
      if (!is_off(id) && match(expected_.find(id), working_.find(id)) == which) ids.push_back(id);
    return ids;
  }

  // `what` is what the statement is for, where its own reason does not say it.
  void add(const Mend &mend, const std::string &what) {
    const bool both = !what.empty() && !mend.reason.empty();
    std::string reason = what + (both ? "; " : "") + mend.reason;
    if (mend.statement.empty() || mend.person) {
      ask(mend.statement, std::move(reason));
      return;
    }
    PlanStep step;
    step.statement = mend.statement;
    step.new_label = mend.new_label;
    step.reason = std::move(reason);
    step.safe = mend.safe;
    done_.steps.push_back(std::move(step));
  }

  void drop(const std::vector<ObjectId> &surplus, bool first) {
    std::vector<ObjectId> order = creation_order(surplus, working_);
    std::reverse(order.begin(), order.end());
    for (const ObjectId &id : order) {
      if (falls_first(id.kind) != first) continue;
      const Object *real = working_.find(id);
      if (real == nullptr || falls_with_table(id, *real, surplus)) continue;
      const bool leftover =
          std::find(request_.leftovers.begin(), request_.leftovers.end(), id) != request_.leftovers.end();
      const std::string reason =
          leftover ? fmt::format("{} is left over: nothing uses it, and no revision that is applied makes it",
                                 object_in_words(id))
                   : fmt::format("{} should be gone", object_in_words(id));
      for (const Mend &mend : drop_sql(id, *real, request_.own_schema)) add(mend, reason);
      take(id);
    }
  }

  // Indexes and constraints on a column fall with it.
  void take(const ObjectId &id) {
    if (id.kind == ObjectKind::kColumn) {
      RevisionStatement drop;
      drop.effects.push_back(DropColumn{{table_of(id), false}, id.name, false, false});
      if (!apply(working_, drop)) {
        working_.take_changes();
        return;
      }
    }
    working_.erase(id);
  }

  static bool is_part(const ObjectId &id) { return !id.table.empty(); }

  static bool falls_with_table(const ObjectId &id, const Object &real, const std::vector<ObjectId> &surplus) {
    const auto falls = [&](const ObjectId &table) {
      return std::find(surplus.begin(), surplus.end(), table) != surplus.end();
    };
    const auto table = table_with(id, real);
    if (!table || !falls(*table)) return false;
    // A foreign key keeps the other table from falling.
    const auto *constraint = std::get_if<Constraint>(&real.definition);
    const auto *key = constraint == nullptr ? nullptr : std::get_if<ForeignKey>(&constraint->what);
    return key == nullptr || key->references == table_of(id) ||
           !falls(id_of(ObjectKind::kTable, key->references));
  }

  // What CREATE TABLE brings along.
  static bool is_made_with_table(const ObjectId &id, const Object &object,
                                 const std::set<ObjectId> &missing) {
    return is_part(id) && comes_with_table(object) &&
           missing.count(id_of(ObjectKind::kTable, table_of(id))) != 0;
  }

  // The statement that makes it; null where nothing but a definition does.
  static const std::string *source_of(const Definition &definition) {
    if (const auto *view = std::get_if<View>(&definition)) return &view->source;
    if (const auto *function = std::get_if<Function>(&definition)) return &function->source;
    const auto *trigger = std::get_if<Trigger>(&definition);
    return trigger == nullptr ? nullptr : &trigger->source;
  }

  bool is_stale(const std::string &source) const {
    return !source.empty() && core::is_stale(source, request_.histories.graph(),
                                             request_.histories.statements(), request_.target);
  }

  // It is there under another name, or something else has its name: true where that settles it.
  bool stands_in(const ObjectId &id, const Object &object, const std::string &reason) {
    const StandIn found = stand_in_for(id, object, working_, request_.histories.all(), request_.own_schema);
    for (const Mend &mend : found.mends) add(mend, reason);
    if (found.replaced) working_.erase(*found.replaced);
    if (found.freed) std::get<Column>(working_.change(*found.freed)->definition).identity = Identity::kNone;
    return found.settles;
  }

  void make(const ObjectId &id, const Object &object, const std::set<ObjectId> &missing) {
    const bool held_rows = id.kind == ObjectKind::kTable || id.kind == ObjectKind::kColumn;
    const std::string reason = fmt::format("{} is missing{}", object_in_words(id),
                                           held_rows ? "; what it held does not come back by this" : "");
    if (stands_in(id, object, fmt::format("{} is missing", object_in_words(id)))) return;
    const std::string *source = source_of(object.definition);
    if (source != nullptr && is_stale(*source))
      return ask(*source, fmt::format("{}, and {}", reason, kStale));
    std::vector<std::string> statements = create_sql(id, object, expected_, request_.own_schema);
    if (statements.empty() && source != nullptr)
      return ask({}, fmt::format("{}, and the statement that makes it is not known", reason));
    if (const auto *sequence = std::get_if<Sequence>(&object.definition);
        sequence != nullptr && !sequence->owner.empty() &&
        missing.count(column_id(sequence->owner, sequence->owner_column)) == 0) {
      const std::vector<std::string> owner = owner_sql(id, object, request_.own_schema);
      statements.insert(statements.end(), owner.begin(), owner.end());
    }
    for (const std::string &statement : statements) add({statement, true, {}}, reason);
  }

  void alter(const ObjectId &id, const Object &object) {
    const Object &real = *working_.find(id);
    if (const auto *view = std::get_if<View>(&object.definition); view != nullptr && is_stale(view->source))
      return ask(view->source, fmt::format("view {} differs, and {}", object_name_in_words(id), kStale));
    for (const Mend &mend : alter_sql(id, object, real, expected_, request_.own_schema, &working_))
      add(mend, {});
  }

  // What is done to a column of a parent is done to those of its partitions and children.
  bool comes_from_parents_column(const ObjectId &id, const std::set<ObjectId> &mended) const {
    if (id.kind != ObjectKind::kColumn) return false;
    const auto *table = expected_.find_as<Table>(id_of(ObjectKind::kTable, table_of(id)));
    return table != nullptr &&
           std::any_of(table->parents.begin(), table->parents.end(), [&](const QualifiedName &parent) {
             return mended.count(column_id(parent, id.name)) != 0 &&
                    mended.count(id_of(ObjectKind::kTable, table_of(id))) == 0;
           });
  }

  // A table is given to its parents when it has all columns.
  std::vector<ObjectId> in_order(const std::vector<ObjectId> &ids, const std::set<ObjectId> &missing) const {
    std::vector<ObjectId> order;
    std::vector<ObjectId> given;
    for (ObjectId &id : creation_order(ids, expected_)) {
      const auto *table = expected_.find_as<Table>(id);
      if (table != nullptr && missing.count(id) == 0 && !table->parents.empty()) {
        given.push_back(std::move(id));
        continue;
      }
      const bool behind = id.kind == ObjectKind::kConstraint || id.kind == ObjectKind::kIndex ||
                          id.kind == ObjectKind::kView || id.kind == ObjectKind::kTrigger;
      if (behind) order.insert(order.end(), given.begin(), given.end());
      if (behind) given.clear();
      order.push_back(std::move(id));
    }
    order.insert(order.end(), given.begin(), given.end());
    return order;
  }

  void make_and_alter(const std::vector<ObjectId> &missing, const std::vector<ObjectId> &different) {
    const std::set<ObjectId> all_missing(missing.begin(), missing.end());
    std::vector<ObjectId> both = missing;
    both.insert(both.end(), different.begin(), different.end());
    const std::set<ObjectId> all(both.begin(), both.end());
    for (const ObjectId &id : in_order(both, all_missing)) {
      const Object &object = *expected_.find(id);
      if (comes_from_parents_column(id, all)) {
        working_.put(id, object);
        continue;
      }
      if (all_missing.count(id) == 0)
        alter(id, object);
      else if (!is_made_with_table(id, object, all_missing))
        make(id, object, all_missing);
      working_.put(id, object);
    }
  }

  const MendingRequest &request_;
  const SchemaModel &expected_;
  SchemaModel &working_;
  MendingSteps done_;
};

}  // namespace

MendingSteps mend_schema(const MendingRequest &request, SchemaModel &working) {
  return SchemaMending(request, working).run();
}

}  // namespace migfix::core
