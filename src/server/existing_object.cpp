#include "server/existing_object.hpp"

#include <numeric>

#include "core/definition_fields.hpp"
#include "core/normalizing.hpp"
#include "core/schema_replay.hpp"
#include "server/environment_cache.hpp"
#include "server/existing_hint.hpp"
#include "server/extension.hpp"
#include "server/latest_snapshot.hpp"
#include "server/lowering.hpp"
#include "server/query.hpp"
#include "server/schema_reader.hpp"
#include "server/server_forms.hpp"
#include "server/settings.hpp"
#include "server/statement_names.hpp"
#include "server/statement_text.hpp"
#include "server/subtransaction.hpp"
#include "server/unlike_parts.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/index.h"
#include "catalog/pg_class.h"
#include "commands/extension.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

using core::ObjectId;
using core::ObjectKind;
using core::SchemaModel;

// What is held against what is there, and how.
struct Work {
  const Node *command;
  const TakenName &taken;
  std::string schema;  // raw
  core::RevisionStatement statement;
  std::vector<Oid> relations;  // that the statement names, and what is there
  std::vector<Oid> types;
};

// Another session that changes or drops it holds a lock that no reader gets beside: what PostgreSQL will say
// depends on how that ends.
bool is_being_changed(const TakenName &taken) {
  const bool relation_is_there = taken.clash != core::Clash::kType && taken.clash != core::Clash::kSchema;
  return call([&] {
    const auto free = [](Oid relation) {
      return !OidIsValid(relation) || ConditionalLockRelationOid(relation, AccessShareLock);
    };
    return !free(taken.table) || !free(relation_is_there ? taken.there : InvalidOid);
  });
}

void add_once(std::vector<Oid> &oids, Oid oid) {
  if (OidIsValid(oid) && std::find(oids.begin(), oids.end(), oid) == oids.end()) oids.push_back(oid);
}

void add_what_is_there(Work &work) {
  if (work.taken.clash == core::Clash::kType) {
    add_once(work.types, work.taken.there);
    return add_once(work.relations, call([&] { return get_typ_typrelid(work.taken.there); }));
  }
  const char kind = call([&] { return get_rel_relkind(work.taken.there); });
  const bool is_index = kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX;
  add_once(work.relations,
           is_index ? call([&] { return IndexGetRelation(work.taken.there, true); }) : work.taken.there);
}

std::string raw_name(const char *name) {
  return name == nullptr ? std::string() : std::string(name);
}

core::QualifiedName table_name(const Work &work) {
  return {{}, raw_name(call([&] { return get_rel_name(work.taken.table); }))};
}

// What effect number `part` of the statement creates.
ObjectId created_by(const Work &work, std::size_t part) {
  const core::Effect &effect = work.statement.effects[part];
  if (const auto *column = std::get_if<core::AddColumn>(&effect))
    return core::column_id(column->table.name, column->column.name);
  if (const auto *constraint = std::get_if<core::AddConstraint>(&effect))
    return core::constraint_id(constraint->table.name, constraint->constraint.name);
  const core::QualifiedName name{{}, work.taken.name};
  switch (nodeTag(work.command)) {
    case T_CreateEnumStmt:
      return core::id_of(ObjectKind::kEnum, name);
    case T_CreateDomainStmt:
      return core::id_of(ObjectKind::kDomain, name);
    case T_CompositeTypeStmt:
      return core::id_of(ObjectKind::kComposite, name);
    case T_CreateSeqStmt:
      return core::id_of(ObjectKind::kSequence, name);
    case T_IndexStmt:
      return core::id_of(ObjectKind::kIndex, name);
    case T_ViewStmt:
    case T_CreateTableAsStmt:
      return core::id_of(ObjectKind::kView, name);
    default:
      return core::id_of(ObjectKind::kTable, name);
  }
}

void erase_sequences_of(SchemaModel &model, const core::QualifiedName &table, const std::string &column) {
  std::vector<ObjectId> owned;
  for (const auto &[id, object] : model.objects()) {
    const auto *sequence = std::get_if<core::Sequence>(&object.definition);
    if (sequence != nullptr && sequence->owner == table &&
        (column.empty() || sequence->owner_column == column))
      owned.push_back(id);
  }
  for (const ObjectId &id : owned) model.erase(id);
}

void erase_all(SchemaModel &model, const std::vector<ObjectId> &ids) {
  for (const ObjectId &id : ids) model.erase(id);
}

void erase_relation(SchemaModel &model, const core::QualifiedName &name) {
  for (int i = 0; i < 2; ++i) {
    const auto id = i == 0 ? model.relation(name) : model.type(name);
    if (!id) continue;
    if (id->kind == ObjectKind::kTable) {
      erase_all(model, model.columns_of(name));
      erase_all(model, model.constraints_of(name));
      erase_all(model, model.indexes_of(name));
      erase_sequences_of(model, name, {});
    }
    model.erase(*id);
  }
}

bool adds_primary_key(const core::RevisionStatement &statement) {
  const auto is_primary = [](const core::NamedConstraint &constraint) {
    const auto *key = std::get_if<core::Key>(&constraint.constraint.what);
    return key != nullptr && key->primary;
  };
  return std::any_of(statement.effects.begin(), statement.effects.end(), [&](const core::Effect &effect) {
    if (const auto *added = std::get_if<core::AddConstraint>(&effect)) return is_primary(added->constraint);
    const auto *added = std::get_if<core::AddColumn>(&effect);
    return added != nullptr &&
           std::any_of(added->column.constraints.begin(), added->column.constraints.end(), is_primary);
  });
}

// The table as it was before its columns or constraints were added. All of its constraints give up their
// names, but for a primary key that may be referred to: what the server would choose is the name that is
// there.
void erase_added(SchemaModel &model, const Work &work) {
  const core::QualifiedName table = table_name(work);
  const bool keeps_key = !adds_primary_key(work.statement);
  for (const ObjectId &id : model.constraints_of(table)) {
    const auto *key = std::get_if<core::Key>(&model.find_as<core::Constraint>(id)->what);
    if (keeps_key && key != nullptr && key->primary) continue;
    model.erase(id);
  }
  for (const core::Effect &effect : work.statement.effects) {
    const auto *added = std::get_if<core::AddColumn>(&effect);
    if (added == nullptr) continue;
    erase_sequences_of(model, table, added->column.name);
    model.erase(core::column_id(table, added->column.name));
  }
}

// PostgreSQL reads these before it comes to the name: nothing is said where it would not get that far.
bool is_read_first(const Work &work, const ObjectId &id, const core::Object &object) {
  const bool matters =
      id.kind == ObjectKind::kIndex || id.kind == ObjectKind::kView || !work.taken.of_statement;
  const auto *constraint = std::get_if<core::Constraint>(&object.definition);
  const bool is_check = constraint != nullptr && std::holds_alternative<core::Check>(constraint->what);
  return matters || (is_check && work.taken.clash == core::Clash::kConstraint);
}

bool is_understood(const core::Object &object) {
  if (const auto *view = std::get_if<core::View>(&object.definition)) return !view->query.normal.empty();
  const std::vector<core::Field> fields = core::fields_of(object);
  return std::all_of(fields.begin(), fields.end(), [](const core::Field &field) {
    return field.known || field.name == "referenced columns" || field.name == "partition by" ||
           field.name == "partition bound";
  });
}

// ALTER TABLE adds columns first, whatever the order.
std::vector<std::size_t> in_turn(const std::vector<core::Effect> &effects) {
  std::vector<std::size_t> turns(effects.size());
  std::iota(turns.begin(), turns.end(), std::size_t{0});
  std::stable_partition(turns.begin(), turns.end(), [&](std::size_t part) {
    return std::holds_alternative<core::AddColumn>(effects[part]);
  });
  return turns;
}

// False where PostgreSQL would refuse something else first.
bool compare(const Work &work, core::ExistingObject &object) {
  const SchemaModel real = read_objects(work.relations, work.types, work.schema);
  SchemaModel expected = real;
  const bool alters = IsA(work.command, AlterTableStmt);
  if (alters)
    erase_added(expected, work);
  else if (IsA(work.command, IndexStmt))
    expected.erase(core::id_of(ObjectKind::kIndex, {{}, work.taken.name}));
  else
    erase_relation(expected, {{}, work.taken.name});
  if (!work.taken.of_statement || (alters && work.taken.clash == core::Clash::kRelation)) {
    const auto in_the_way = expected.relation({{}, work.taken.name});
    if (in_the_way) expected.erase(*in_the_way);
  }
  expected.take_changes();
  ServerForms forms(work.schema, search_path_now());
  for (const std::size_t part : in_turn(work.statement.effects)) {
    if (core::apply(expected, work.statement.effects[part])) return false;
    const std::vector<ObjectId> created = expected.take_changes();
    core::normalize(expected, created, forms);
    expected.take_changes();
    for (const ObjectId &id : created) {
      const core::Object *made = expected.find(id);
      if (made != nullptr && is_read_first(work, id, *made) && !is_understood(*made)) return false;
    }
    if (!object.there.empty()) continue;
    core::Likeness likeness = core::likeness_of(expected, created, real, created_by(work, part));
    if (!alters || static_cast<int>(part) == work.taken.part)
      object.likeness = std::move(likeness);
    else if (!likeness.identical())
      object.does_more = true;
  }
  const auto *type = real.find_as<core::Enum>(core::id_of(ObjectKind::kEnum, {{}, work.taken.name}));
  if (type != nullptr && !type->used && IsA(work.command, CreateEnumStmt))
    object.drop =
        fmt::format("DROP TYPE {}.{};", quote_name(work.schema.c_str()), quote_name(work.taken.name));
  return true;
}

void compare_schema(const Work &work, core::ExistingObject &object) {
  const auto *create = reinterpret_cast<const CreateSchemaStmt *>(work.command);
  object.likeness.emplace();
  if (create->schemaElts != NIL) object.likeness->doubts.emplace_back("its elements are not compared");
  if (create->authrole == nullptr) return;
  std::string owner;
  has_owners_rights(work.taken, owner);
  const char *asked = call([&] { return get_rolespec_name(create->authrole); });
  if (owner.empty()) owner = raw_name(call([] { return GetUserNameFromId(GetUserId(), true); }));
  if (owner != asked)
    object.likeness->differences.push_back(fmt::format("owner {} expected, {} found", asked, owner));
}

bool lower_into(Work &work, const ParsedCommand &parsed, core::ExistingObject &object) {
  if (IsA(work.command, CreateTableAsStmt) &&
      reinterpret_cast<const CreateTableAsStmt *>(work.command)->objtype != OBJECT_MATVIEW) {
    object.why_not = "CREATE TABLE ... AS is not modelled";
    return false;
  }
  if (parsed.text.empty()) {
    object.why_not = "its text is not known, because the module came with it";
    return false;
  }
  work.statement = lower_parsed(parsed.text, parsed.statement, work.schema);
  for (const core::Effect &effect : work.statement.effects) {
    if (const auto *opaque = std::get_if<core::Opaque>(&effect)) {
      object.why_not = opaque->why;
      return false;
    }
  }
  // What has the name is none that it could be held against: only whether the rest would be let through
  // counts.
  if (auto *index = std::get_if<core::CreateIndex>(&work.statement.effects.front());
      index != nullptr && !object.there.empty())
    index->name.name.clear();
  return true;
}

bool look(const Node *command, const TakenName &taken, core::ExistingObject &object) {
  if (is_being_changed(taken)) return false;
  Work work{command, taken, raw_name(call([&] { return get_namespace_name(taken.schema); })), {}, {}, {}};
  if (work.schema.empty()) return false;
  object.there = other_thing(command, taken);
  if (taken.clash == core::Clash::kSchema) {
    compare_schema(work, object);
    return true;
  }
  const ParsedCommand parsed = parse_command(command);
  List *read = NIL;
  Node *tree = parsed.statement != nullptr
                   ? parsed.statement->stmt
                   : call([&] { return static_cast<Node *>(copyObjectImpl(command)); });
  if (!call([&] { return qualify_names(tree, taken.schema, &read); })) return false;
  for (int i = 0; i < list_length(read); ++i) add_once(work.relations, list_nth_oid(read, i));
  add_what_is_there(work);
  if (!lower_into(work, parsed, object)) return true;
  const LatestSnapshot snapshot;
  if (!compare(work, object)) return false;
  if (object.likeness) {
    for (const auto &reasons : {unlike_in_statement(command), unlike_in_catalogs(command, taken)})
      object.likeness->doubts.insert(object.likeness->doubts.end(), reasons.begin(), reasons.end());
  }
  return true;
}

// Makes the command pass over what is there, where it can say so itself.
bool pass_over(Node *command) {
  switch (nodeTag(command)) {
    case T_CreateStmt:
      return reinterpret_cast<CreateStmt *>(command)->if_not_exists = true;
    case T_IndexStmt:
      return reinterpret_cast<IndexStmt *>(command)->if_not_exists = true;
    case T_CreateSeqStmt:
      return reinterpret_cast<CreateSeqStmt *>(command)->if_not_exists = true;
    case T_CreateSchemaStmt:
      return reinterpret_cast<CreateSchemaStmt *>(command)->if_not_exists = true;
    case T_AlterTableStmt: {
      const List *parts = reinterpret_cast<AlterTableStmt *>(command)->cmds;
      ListCell *cell;
      foreach (cell, parts) {
        if (lfirst_node(AlterTableCmd, cell)->subtype != AT_AddColumn) return false;
      }
      foreach (cell, parts) lfirst_node(AlterTableCmd, cell)->missing_ok = true;
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

bool look_at_existing(const Node *command, const TakenName &taken, core::ExistingObject &object) {
  if (!may_create(command, taken) || !may_read_catalogs()) return false;
  object.clash = taken.clash;
  object.name = taken.name;
  if (OidIsValid(taken.table)) object.table = raw_name(call([&] { return get_rel_name(taken.table); }));
  bool good = false;
  const bool done = tried([&] { good = look(command, taken, object); });
  if (!done || !good) return false;
  object.may_act = has_owners_rights(taken, object.owner);
  fill_hint(taken, object);
  return true;
}

bool ignores_existing() {
  return creating_extension || IsBinaryUpgrade || on_existing() == OnExisting::kOff ||
         !IsTransactionState() || RecoveryInProgress() || IsParallelWorker();
}

bool may_run_alone() {
  return !call([] { return IsInTransactionBlock(true); });
}

void explain_existing(const Node *command) {
  TakenName taken;
  if (ignores_existing() || !find_taken_name(command, taken)) return;
  // The server says this before anything else.
  if (XactReadOnly) return;
  if (IsA(command, IndexStmt) && reinterpret_cast<const IndexStmt *>(command)->concurrent && !may_run_alone())
    return;
  bool passes_over = false;
  core::ExistingObject object;
  attempt("migfix could not look at what is there already", [&] {
    if (!look_at_existing(command, taken, object)) return;
    object.skips = on_existing() == OnExisting::kSkipIdentical;
    object.came_too_late = object.skips && noted_statement().text == nullptr;
    passes_over =
        object.came_too_late && core::can_be_skipped(object) && pass_over(const_cast<Node *>(command));
    if (passes_over) return;
    const core::Explanation said = core::explain(object);
    char sqlstate[6] = {};
    said.sqlstate.copy(sqlstate, 5);
    throw core::Error(sqlstate, said.message, said.detail, said.hint);
  });
  if (!passes_over) return;
  const core::Explanation said = core::skipped(object);
  report(NOTICE, said.message, said.detail);
}

}  // namespace migfix::server
