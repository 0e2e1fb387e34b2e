#include "server/unlike_parts.hpp"

#include "server/extension.hpp"
#include "server/query.hpp"
#include "server/server_version.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

using Reasons = std::vector<std::string>;

// $1: the relation, $2: migfix itself. By indexes alone.
constinit Statement of_relation{
    "SELECT 'it has storage parameters (' || array_to_string(c.reloptions, ', ') || ')' FROM pg_class AS c"
    " WHERE c.oid = $1::oid AND c.reloptions IS NOT NULL"
    " UNION ALL SELECT 'it stands in a tablespace of its own' FROM pg_class AS c"
    " WHERE c.oid = $1::oid AND c.reltablespace <> 0"
    " UNION ALL SELECT 'default_tablespace is set' FROM pg_class AS c"
    " WHERE c.oid = $1::oid AND c.relkind NOT IN ('v', 'S') AND current_setting('default_tablespace') <> ''"
    " UNION ALL SELECT 'it has row level security' FROM pg_class AS c"
    " WHERE c.oid = $1::oid AND (c.relrowsecurity OR c.relforcerowsecurity)"
    " UNION ALL SELECT 'it has a replica identity' FROM pg_class AS c"
    " WHERE c.oid = $1::oid AND c.relkind IN ('r', 'p') AND c.relreplident <> 'd'"
    " UNION ALL SELECT 'it is a table of a type' FROM pg_class AS c WHERE c.oid = $1::oid AND c.reloftype <> "
    "0"
    " UNION ALL SELECT 'its access method is ' || m.amname FROM pg_class AS c JOIN pg_am AS m ON m.oid = "
    "c.relam"
    " WHERE c.oid = $1::oid AND m.amtype = 't' AND m.amname <> current_setting('default_table_access_method')"
    " UNION ALL SELECT 'it is a partition or child' FROM pg_inherits AS i WHERE i.inhrelid = $1::oid"
    " UNION ALL SELECT format('it has trigger %I', t.tgname) FROM pg_trigger AS t"
    " WHERE t.tgrelid = $1::oid AND NOT t.tgisinternal AND NOT EXISTS (SELECT FROM pg_depend AS m"
    "  WHERE m.classid = 'pg_proc'::regclass AND m.objid = t.tgfoid AND m.refclassid = "
    "'pg_extension'::regclass"
    "  AND m.refobjid = $2::oid AND m.deptype = 'e')"
    " UNION ALL SELECT format('it has rule %I', r.rulename) FROM pg_rewrite AS r"
    " WHERE r.ev_class = $1::oid AND r.rulename <> '_RETURN'"
    " UNION ALL SELECT format('it has policy %I', p.polname) FROM pg_policy AS p WHERE p.polrelid = $1::oid"
    " UNION ALL SELECT format('the index of constraint %I has parameters or a tablespace of its own', "
    "k.conname)"
    " FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conindid"
    " WHERE k.conrelid = $1::oid AND k.contype IN ('p', 'u', 'x')"
    "  AND (c.reloptions IS NOT NULL OR c.reltablespace <> 0)"
    " UNION ALL SELECT format('constraint %I has an operator of a schema of its own', k.conname)"
    " FROM pg_constraint AS k WHERE k.contype = 'x' AND (k.conrelid = $1::oid OR k.conindid = $1::oid)"
    "  AND EXISTS (SELECT FROM pg_operator AS o WHERE o.oid = ANY (k.conexclop)"
    "   AND o.oprnamespace <> 'pg_catalog'::regnamespace)"
    // What only 18 has.
    " UNION ALL SELECT format('constraint %I is not enforced', k.conname) FROM pg_constraint AS k"
    " WHERE k.conrelid = $1::oid AND to_jsonb(k) ->> 'conenforced' = 'false'"
    " UNION ALL SELECT format('constraint %I is one of periods', k.conname) FROM pg_constraint AS k"
    " WHERE k.conrelid = $1::oid AND to_jsonb(k) ->> 'conperiod' = 'true'",
    2};

// $1: the relation, $2: the column, or '' for all of them.
constinit Statement of_columns{
    "SELECT format('column %I is inherited', a.attname) FROM pg_attribute AS a"
    " WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND ($2 = '' OR a.attname = "
    "$2::name)"
    " AND a.attinhcount > 0"
    " UNION ALL SELECT format('column %I has storage settings of its own', a.attname)"
    " FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid"
    " WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND ($2 = '' OR a.attname = "
    "$2::name)"
    " AND (a.attstorage <> t.typstorage OR a.attcompression <> '')"
    " UNION ALL SELECT format('column %I is computed when it is read', a.attname) FROM pg_attribute AS a"
    " WHERE a.attrelid = $1::oid AND a.attnum > 0 AND a.attgenerated = 'v' AND ($2 = '' OR a.attname = "
    "$2::name)",
    2};

// $1: the domain.
constinit Statement of_domain{
    "SELECT format('its constraint %I is not validated', k.conname) FROM pg_constraint AS k"
    " WHERE k.contypid = $1::oid AND NOT k.convalidated",
    1};

// $1: the index.
constinit Statement of_index{
    "SELECT 'it is not ready' FROM pg_index AS i WHERE i.indexrelid = $1::oid AND NOT (i.indisready AND "
    "i.indislive)",
    1};

// $1: the sequence.
constinit Statement of_sequence{
    "SELECT 'it is unlogged' FROM pg_class AS c WHERE c.oid = $1::oid AND c.relpersistence = 'u'", 1};

void collect(Statement &statement, const std::vector<Value> &parameters, Reasons &reasons) {
  run(statement, parameters, SnapshotKind::kLatest,
      [&](const RowView &row) { reasons.push_back(row.string(0)); });
}

void of_constraint(const Constraint *constraint, Reasons &reasons) {
  // Of an identity column's sequence all but its name is compared.
  const bool is_identity = constraint->contype == CONSTR_IDENTITY;
  const bool has_options = constraint->options != NIL && !is_identity;
  if (has_options || constraint->indexspace != nullptr)
    reasons.emplace_back("parameters or a tablespace are given for the index of a constraint");
  ListCell *cell;
  foreach (cell, is_identity ? constraint->options : NIL) {
    if (strcmp(lfirst_node(DefElem, cell)->defname, "sequence_name") == 0)
      reasons.emplace_back("a name is given for the sequence of an identity column");
  }
  foreach (cell, constraint->exclusions) {
    const auto *operators = static_cast<const List *>(lsecond(static_cast<const List *>(lfirst(cell))));
    if (list_length(operators) > 1) reasons.emplace_back("an operator is given with its schema");
  }
  if (constraint->indexname != nullptr) reasons.emplace_back("an index is to become the constraint's");
}

void of_column(const ColumnDef *column, Reasons &reasons) {
  if (column->compression != nullptr || column->fdwoptions != NIL || has_storage_clause(column))
    reasons.emplace_back("storage settings are given for a column");
  ListCell *cell;
  foreach (cell, column->constraints) of_constraint(lfirst_node(Constraint, cell), reasons);
}

void of_create_table(const CreateStmt *statement, Reasons &reasons) {
  if (statement->options != NIL) reasons.emplace_back("storage parameters are given");
  if (statement->tablespacename != nullptr) reasons.emplace_back("a tablespace is given");
  if (statement->accessMethod != nullptr) reasons.emplace_back("an access method is given");
  if (statement->partbound != nullptr || statement->inhRelations != NIL)
    reasons.emplace_back("a partition or child follows its parent");
  ListCell *cell;
  foreach (cell, statement->tableElts) {
    const auto *element = static_cast<const Node *>(lfirst(cell));
    if (IsA(element, ColumnDef)) of_column(reinterpret_cast<const ColumnDef *>(element), reasons);
    if (IsA(element, Constraint)) of_constraint(reinterpret_cast<const Constraint *>(element), reasons);
  }
}

void of_alter_table(const AlterTableStmt *statement, Reasons &reasons) {
  ListCell *cell;
  foreach (cell, statement->cmds) {
    const auto *part = lfirst_node(AlterTableCmd, cell);
    if (part->subtype == AT_AddColumn) {
      of_column(castNode(ColumnDef, part->def), reasons);
    } else if (part->subtype == AT_AddConstraint) {
      of_constraint(castNode(Constraint, part->def), reasons);
    } else {
      reasons.emplace_back("the statement alters more than it adds");
    }
  }
}

}  // namespace

std::vector<std::string> unlike_in_statement(const Node *command) {
  Reasons reasons;
  switch (nodeTag(command)) {
    case T_CreateStmt:
      of_create_table(reinterpret_cast<const CreateStmt *>(command), reasons);
      break;
    case T_AlterTableStmt:
      of_alter_table(reinterpret_cast<const AlterTableStmt *>(command), reasons);
      break;
    case T_IndexStmt: {
      const auto *create = reinterpret_cast<const IndexStmt *>(command);
      if (create->options != NIL) reasons.emplace_back("storage parameters are given");
      if (create->tableSpace != nullptr) reasons.emplace_back("a tablespace is given");
      if (!create->relation->inh) reasons.emplace_back("ONLY is given");
      break;
    }
    case T_ViewStmt: {
      const auto *create = reinterpret_cast<const ViewStmt *>(command);
      if (create->options != NIL) reasons.emplace_back("options are given");
      if (create->withCheckOption != NO_CHECK_OPTION) reasons.emplace_back("a check option is given");
      break;
    }
    case T_CreateTableAsStmt:
      reasons.emplace_back("what it holds is not compared");
      break;
    case T_CreateSeqStmt:
      if (reinterpret_cast<const CreateSeqStmt *>(command)->sequence->relpersistence ==
          RELPERSISTENCE_UNLOGGED)
        reasons.emplace_back("it is to be unlogged");
      break;
    case T_CompositeTypeStmt:
      reasons.emplace_back("collations of its attributes are not compared");
      break;
    default:
      break;
  }
  return reasons;
}

std::vector<std::string> unlike_in_catalogs(const Node *command, const TakenName &taken) {
  Reasons reasons;
  const std::string there = std::to_string(taken.there);
  switch (taken.clash) {
    case core::Clash::kColumn:
      collect(of_columns, {there, std::string(taken.name)}, reasons);
      break;
    case core::Clash::kType:
      if (IsA(command, CreateDomainStmt)) collect(of_domain, {there}, reasons);
      break;
    case core::Clash::kRelation:
      collect(of_relation, {there, std::to_string(extension_oid())}, reasons);
      if (IsA(command, CreateStmt)) collect(of_columns, {there, std::string()}, reasons);
      if (IsA(command, IndexStmt)) collect(of_index, {there}, reasons);
      if (IsA(command, CreateSeqStmt)) collect(of_sequence, {there}, reasons);
      break;
    default:
      break;
  }
  return reasons;
}

}  // namespace migfix::server
