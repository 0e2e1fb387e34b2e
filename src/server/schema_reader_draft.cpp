#include "server/schema_reader_draft.hpp"

#include "server/subtransaction.hpp"

extern "C" {
#include "nodes/nodes.h"
#include "nodes/pg_list.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

constexpr Oid kNone = InvalidOid;

}  // namespace

SchemaDraft::SchemaDraft() {
  writers_ = call([] {
    return AllocSetContextCreate(CurrentMemoryContext, "migfix expression writers", ALLOCSET_SMALL_SIZES);
  });
}

SchemaDraft::~SchemaDraft() {
  MemoryContextDelete(writers_);
}

core::Object &SchemaDraft::add(Oid schema, core::ObjectId id, core::Definition definition) {
  return objects[schema].emplace_back(std::move(id), core::Object{std::move(definition), {}}).second;
}

core::Object *SchemaDraft::noted(Oid catalog, Oid oid, int part) const {
  const auto found = commented_.find({catalog, oid, part});
  return found == commented_.end() ? nullptr : found->second;
}

std::vector<Oid> SchemaDraft::noted_oids() const {
  std::vector<Oid> oids;
  for (const auto &[key, object] : commented_) {
    if (key.part == 0) oids.push_back(key.oid);
  }
  return oids;
}

void SchemaDraft::each_noted(
    const std::function<void(Oid catalog, Oid oid, int part, core::Object &)> &visit) const {
  for (const auto &[key, object] : commented_) visit(key.catalog, key.oid, key.part, *object);
}

void SchemaDraft::finish() {
  const MemoryContext context = CurrentMemoryContext;
  MemoryContext short_lived =
      call([&] { return AllocSetContextCreate(context, "migfix schema reader", ALLOCSET_DEFAULT_SIZES); });
  while (!later_.empty()) {
    tried([&] {
      const NameScope scope;
      while (!later_.empty()) {
        const Work work = std::move(later_.front());
        later_.pop_front();
        check_for_interrupts();
        MemoryContextSwitchTo(short_lived);
        work();
        MemoryContextSwitchTo(context);
        MemoryContextReset(short_lived);
      }
    });
  }
  MemoryContextDelete(short_lived);
}

std::string SchemaDraft::expression(Oid relation, void *tree) {
  if (!writer_ || written_ != relation) {
    std::vector<std::string> names;
    std::string table;
    if (relation == kNone) {
      names.emplace_back("value");
    } else {
      table = relations[relation].name;
      for (const DraftColumn &column : relations[relation].columns) names.push_back(column.name);
    }
    writer_.reset();
    MemoryContextReset(writers_);
    MemoryContext caller = MemoryContextSwitchTo(writers_);
    writer_.emplace(names, table);
    MemoryContextSwitchTo(caller);
    written_ = relation;
  }
  return writer_->text(tree);
}

std::string SchemaDraft::expression(Oid relation, const std::string &stored) {
  return expression(relation, call([&] { return stringToNode(stored.c_str()); }));
}

std::string SchemaDraft::constant(const std::string &stored) {
  const auto known = constants_.find(stored);
  if (known != constants_.end()) return known->second;
  std::string text = expression(kNone, stored);
  constants_.emplace(stored, text);
  return text;
}

std::vector<int> numbers_in(std::string_view text) {
  std::vector<int> numbers;
  std::size_t at = 0;
  while (at < text.size()) {
    const bool negative = text[at] == '-';
    if (negative) ++at;
    if (at >= text.size() || text[at] < '0' || text[at] > '9') {
      ++at;
      continue;
    }
    int number = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') number = number * 10 + (text[at++] - '0');
    numbers.push_back(negative ? -number : number);
  }
  return numbers;
}

std::vector<Oid> oids_in(std::string_view text) {
  std::vector<Oid> oids;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] < '0' || text[at] > '9') {
      ++at;
      continue;
    }
    Oid oid = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9')
      oid = oid * 10 + static_cast<Oid>(text[at++] - '0');
    oids.push_back(oid);
  }
  return oids;
}

std::string SchemaDraft::column_name(Oid relation, int number) const {
  const auto found = relations.find(relation);
  if (found != relations.end()) {
    const auto &columns = found->second.columns;
    return number >= 1 && number <= static_cast<int>(columns.size()) ? columns[number - 1].name
                                                                     : std::string();
  }
  const char *name = call([&] { return get_attname(relation, static_cast<AttrNumber>(number), true); });
  return name == nullptr ? std::string() : std::string(name);
}

std::vector<std::string> SchemaDraft::names(Oid relation, std::string_view numbers) const {
  std::vector<std::string> names;
  for (const int number : numbers_in(numbers)) names.push_back(column_name(relation, number));
  return names;
}

core::QualifiedName SchemaDraft::relation_name(Oid relation) {
  const auto found = relations.find(relation);
  if (found == relations.end()) return types.relation(relation);
  return {schemas[found->second.schema], found->second.name};
}

}  // namespace migfix::server
