#include "core/schema_model.hpp"
#include "server/lowering_parts.hpp"
#include "server/server_version.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "nodes/value.h"
}

namespace migfix::server {

namespace {

// One ALTER TABLE, whose commands are told apart in its text where one needs it.
class AlteredTable {
 public:
  AlteredTable(Lowering &lowering, const AlterTableStmt *statement)
      : lowering_(lowering),
        statement_(statement),
        target_{lowering.name(statement->relation), statement->missing_ok, !statement->relation->inh},
        table_(lowering.own_table(statement->relation)) {}

  void command(int number);

 private:
  TokenRange command_range();
  void add_column(const AlterTableCmd *command);
  void alter_type(const AlterTableCmd *command);
  void set_default(const AlterTableCmd *command);
  void set_identity(const AlterTableCmd *command);
  void add_constraint(const AlterTableCmd *command);
  void alter_constraint(const AlterTableCmd *command);
  void partition(const AlterTableCmd *command);
  void other(const AlterTableCmd *command);

  Lowering &lowering_;
  const AlterTableStmt *statement_;
  core::TableTarget target_;
  OwnTable table_;
  int number_ = 0;
  std::vector<TokenRange> ranges_;  // of the commands; empty: not asked for yet
};

TokenRange AlteredTable::command_range() {
  Tokens &tokens = lowering_.tokens();
  if (!ranges_.empty()) return ranges_[static_cast<std::size_t>(number_)];
  const TokenRange all = lowering_.from(statement_->relation->location);
  int first = tokens.after_name(all.first);
  while (tokens.is(first, '*') || tokens.is(first, ')')) ++first;  // t *, ONLY (t)
  std::vector<TokenRange> commands = tokens.items({first, all.last});
  if (static_cast<int>(commands.size()) != list_length(statement_->cmds))
    throw NotModelled{"the commands of ALTER TABLE could not be told apart"};
  ranges_ = std::move(commands);
  return ranges_[static_cast<std::size_t>(number_)];
}

void AlteredTable::add_column(const AlterTableCmd *command) {
  lowering_.add(core::AddColumn{target_, command->missing_ok,
                                lower_column(lowering_, castNode(ColumnDef, command->def), table_)});
}

void AlteredTable::alter_type(const AlterTableCmd *command) {
  const auto *definition = castNode(ColumnDef, command->def);
  core::AlterColumnType effect;
  effect.table = target_;
  effect.column = command->name;
  effect.type = lower_type(lowering_, definition->typeName);
  if (definition->collClause != nullptr)
    effect.collation = lower_collation(lowering_, definition->collClause->collname);
  if (definition->raw_default != nullptr) {
    Tokens &tokens = lowering_.tokens();
    const TokenRange range = command_range();
    effect.using_text = tokens.text({tokens.find_word(range, "using") + 1, range.last});
  }
  lowering_.add(std::move(effect));
}

void AlteredTable::set_default(const AlterTableCmd *command) {
  core::SetDefault effect;
  effect.table = target_;
  effect.column = command->name;
  if (command->def != nullptr) {
    effect.nextval = lower_nextval(lowering_, command->def);
    if (!effect.nextval) {
      const TokenRange range = command_range();
      const int word = lowering_.tokens().find_word(range, "default");
      effect.value = slice_expression(lowering_.tokens(), {word + 1, range.last}, command->def, table_);
    }
  }
  lowering_.add(std::move(effect));
}

void AlteredTable::set_identity(const AlterTableCmd *command) {
  core::SetIdentity effect;
  effect.table = target_;
  effect.column = command->name;
  const auto kind = [](int code) {
    return code == 'd' ? core::Identity::kByDefault : core::Identity::kAlways;
  };
  if (command->subtype == AT_DropIdentity) {
    effect.change = core::SetIdentity::Change::kDrop;
    effect.if_exists = command->missing_ok;
  } else if (command->subtype == AT_AddIdentity) {
    const auto *constraint = castNode(Constraint, command->def);
    effect.identity = kind(constraint->generated_when);
    effect.options = lower_sequence_options(lowering_, constraint->options);
  } else {
    const auto *options = castNode(List, command->def);
    effect.change = core::SetIdentity::Change::kAlter;
    effect.options = lower_sequence_options(lowering_, options);
    ListCell *cell;
    foreach (cell, options) {
      const auto *option = lfirst_node(DefElem, cell);
      if (strcmp(option->defname, "generated") == 0) effect.identity = kind(intVal(option->arg));
    }
    if (restarts(options)) lowering_.no_change(core::NoChange::What::kRows);
  }
  lowering_.add(std::move(effect));
}

void AlteredTable::add_constraint(const AlterTableCmd *command) {
  const auto *constraint = castNode(Constraint, command->def);
  lowering_.add(
      core::AddConstraint{target_, lower_constraint(lowering_, constraint, table_, nullptr, false)});
}

void AlteredTable::alter_constraint(const AlterTableCmd *command) {
  const auto *constraint = castNode(AlteredConstraint, command->def);
  if (!alters_deferral_alone(constraint)) throw NotModelled{"this form of ALTER CONSTRAINT is not modelled"};
  lowering_.add(core::AlterConstraint{
      target_, constraint->conname, {constraint->deferrable, constraint->initdeferred}});
}

void AlteredTable::partition(const AlterTableCmd *command) {
  const auto *partition = castNode(PartitionCmd, command->def);
  core::AlterTable effect;
  effect.table = {lowering_.name(partition->name), false};
  effect.parent = target_.name;
  if (command->subtype == AT_AttachPartition) {
    effect.partition_bound = lower_partition_bound(lowering_, partition->bound);
  } else {
    effect.change = core::AlterTable::Change::kDropParent;
    if (partition->concurrent) lowering_.alone();
  }
  lowering_.add(std::move(effect));
}

// What changes neither an object nor a row.
void AlteredTable::other(const AlterTableCmd *command) {
  switch (command->subtype) {
    case AT_SetStatistics:
    case AT_SetOptions:
    case AT_ResetOptions:
    case AT_SetStorage:
    case AT_SetCompression:
    case AT_ChangeOwner:
    case AT_ClusterOn:
    case AT_DropCluster:
    case AT_DropOids:
    case AT_SetAccessMethod:
    case AT_SetTableSpace:
    case AT_SetRelOptions:
    case AT_ResetRelOptions:
    case AT_ReplaceRelOptions:
    case AT_EnableTrig:
    case AT_EnableAlwaysTrig:
    case AT_EnableReplicaTrig:
    case AT_DisableTrig:
    case AT_EnableTrigAll:
    case AT_DisableTrigAll:
    case AT_EnableTrigUser:
    case AT_DisableTrigUser:
    case AT_EnableRule:
    case AT_EnableAlwaysRule:
    case AT_EnableReplicaRule:
    case AT_DisableRule:
    case AT_ReplicaIdentity:
    case AT_EnableRowSecurity:
    case AT_DisableRowSecurity:
    case AT_ForceRowSecurity:
    case AT_NoForceRowSecurity:
      return lowering_.no_change(core::NoChange::What::kProperty);
    default:
      throw NotModelled{"a command of ALTER TABLE is not modelled"};
  }
}

void AlteredTable::command(int number) {
  number_ = number;
  const auto *command = list_nth_node(AlterTableCmd, statement_->cmds, number);
  if (statement_->objtype != OBJECT_TABLE) return other(command);
  switch (command->subtype) {
    case AT_AddColumn:
      return add_column(command);
    case AT_DropColumn:
      return lowering_.add(
          core::DropColumn{target_, command->name, command->missing_ok, command->behavior == DROP_CASCADE});
    case AT_AlterColumnType:
      return alter_type(command);
    case AT_ColumnDefault:
      return set_default(command);
    case AT_SetNotNull:
    case AT_DropNotNull:
      return lowering_.add(core::SetNotNull{target_, command->name, command->subtype == AT_SetNotNull});
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_DropIdentity:
      return set_identity(command);
    case AT_DropExpression:
      return lowering_.add(core::DropGenerated{target_, command->name, command->missing_ok});
    case AT_AddConstraint:
      return add_constraint(command);
    case AT_DropConstraint:
      return lowering_.add(core::DropConstraint{target_, command->name, command->missing_ok,
                                                command->behavior == DROP_CASCADE});
    case AT_ValidateConstraint:
      return lowering_.add(core::ValidateConstraint{target_, command->name});
    case AT_AlterConstraint:
      return alter_constraint(command);
    case AT_AddInherit:
    case AT_DropInherit:
      return lowering_.add(core::AlterTable{target_,
                                            command->subtype == AT_AddInherit
                                                ? core::AlterTable::Change::kAddParent
                                                : core::AlterTable::Change::kDropParent,
                                            lowering_.name(castNode(RangeVar, command->def)),
                                            {}});
    case AT_AttachPartition:
    case AT_DetachPartition:
    case AT_DetachPartitionFinalize:
      return partition(command);
    case AT_SetLogged:
    case AT_SetUnLogged:
      return lowering_.add(core::AlterTable{target_,
                                            command->subtype == AT_SetLogged
                                                ? core::AlterTable::Change::kSetLogged
                                                : core::AlterTable::Change::kSetUnlogged,
                                            {},
                                            {}});
    default:
      return other(command);
  }
}

const char *kind_name(ObjectType type) {
  switch (type) {
    case OBJECT_INDEX:
      return "ALTER INDEX";
    case OBJECT_SEQUENCE:
      return "ALTER SEQUENCE";
    case OBJECT_VIEW:
      return "ALTER VIEW";
    case OBJECT_MATVIEW:
      return "ALTER MATERIALIZED VIEW";
    case OBJECT_FOREIGN_TABLE:
      return "ALTER FOREIGN TABLE";
    case OBJECT_TYPE:
      return "ALTER TYPE ... ATTRIBUTE";
    default:
      return "ALTER TABLE";
  }
}

// Of what is not a table, and is altered by commands that are not modelled.
std::optional<core::ObjectId> altered_object(const Lowering &lowering, const AlterTableStmt *statement) {
  switch (statement->objtype) {
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
      return core::id_of(core::ObjectKind::kView, lowering.name(statement->relation));
    case OBJECT_TYPE:
      return core::id_of(core::ObjectKind::kComposite, lowering.name(statement->relation));
    default:
      return std::nullopt;
  }
}

}  // namespace

void lower_alter_table(Lowering &lowering, const AlterTableStmt *statement) {
  if (is_temporary(statement->relation)) throw NotModelled{"a temporary table is not modelled"};
  AlteredTable table(lowering, statement);
  for (int i = 0; i < list_length(statement->cmds); ++i) {
    try {
      table.command(i);
    } catch (const NotModelled &command) {
      lowering.opaque(statement->objtype == OBJECT_TABLE
                          ? command.why
                          : fmt::format("a command of {} is not modelled", kind_name(statement->objtype)),
                      altered_object(lowering, statement));
    }
  }
}

}  // namespace migfix::server
