#include "server/statement_parser.hpp"

#include "server/scannable.hpp"
#include "server/server_version.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "nodes/parsenodes.h"
#include "nodes/value.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

using core::OperationKind;
using Kind = core::SqlPiece::Kind;

// More than this is not given to the grammar, whose tree takes up to a hundred times the text's memory.
constexpr std::size_t kMostParsed = 8 << 20;

// What call() hands back: palloc'd texts.
struct Facts {
  Kind kind;
  core::VersionWrite::Kind write;
  const char *table;
  const char *from;
  const char *to;
  OperationKind operation;
  const char *object;
  int statements;
};

const char *qualified(const RangeVar *relation) {
  return quote_qualified_identifier(relation->schemaname, relation->relname);
}

// A name as a list of strings: schema.name, or name.
const char *qualified(List *names) {
  if (list_length(names) > 2 || names == NIL) return nullptr;
  const char *schema = list_length(names) == 2 ? strVal(linitial(names)) : nullptr;
  return quote_qualified_identifier(schema, strVal(llast(names)));
}

bool is_version_column(const Node *node) {
  if (node == nullptr || !IsA(node, ColumnRef)) return false;
  const auto *fields = reinterpret_cast<const ColumnRef *>(node)->fields;
  const auto *last = static_cast<const Node *>(llast(fields));
  return IsA(last, String) && strcmp(strVal(last), core::kVersionColumn) == 0;
}

const char *literal_of(const void *node) {
  if (node == nullptr || !IsA(node, A_Const)) return nullptr;
  const auto *constant = static_cast<const A_Const *>(node);
  return !constant->isnull && IsA(&constant->val, String) ? strVal(&constant->val) : nullptr;
}

// The literal of WHERE version_num = '...'.
const char *version_condition(const Node *where) {
  if (where == nullptr || !IsA(where, A_Expr)) return nullptr;
  const auto *expression = reinterpret_cast<const A_Expr *>(where);
  if (expression->kind != AEXPR_OP || list_length(expression->name) != 1 ||
      strcmp(strVal(linitial(expression->name)), "=") != 0 || !is_version_column(expression->lexpr))
    return nullptr;
  return literal_of(expression->rexpr);
}

void read(const InsertStmt *statement, Facts &facts) {
  facts.operation = OperationKind::kData;
  facts.object = qualified(statement->relation);
  const auto *source = reinterpret_cast<const SelectStmt *>(statement->selectStmt);
  if (list_length(statement->cols) != 1 || source == nullptr || !IsA(source, SelectStmt) ||
      list_length(source->valuesLists) != 1 || statement->withClause != nullptr ||
      statement->onConflictClause != nullptr)
    return;
  const auto *column = linitial_node(ResTarget, statement->cols);
  const auto *row = static_cast<const List *>(linitial(source->valuesLists));
  if (strcmp(column->name, core::kVersionColumn) != 0 || column->indirection != NIL || list_length(row) != 1)
    return;
  facts.to = literal_of(linitial(row));
  if (facts.to == nullptr) return;
  facts.kind = Kind::kVersionWrite;
  facts.write = core::VersionWrite::Kind::kInsert;
  facts.table = facts.object;
}

void read(const UpdateStmt *statement, Facts &facts) {
  facts.operation = OperationKind::kData;
  facts.object = qualified(statement->relation);
  if (list_length(statement->targetList) != 1 || statement->fromClause != NIL ||
      statement->withClause != nullptr)
    return;
  const auto *target = linitial_node(ResTarget, statement->targetList);
  facts.to = strcmp(target->name, core::kVersionColumn) == 0 ? literal_of(target->val) : nullptr;
  facts.from = version_condition(statement->whereClause);
  if (facts.to == nullptr || facts.from == nullptr || target->indirection != NIL) return;
  facts.kind = Kind::kVersionWrite;
  facts.write = core::VersionWrite::Kind::kUpdate;
  facts.table = facts.object;
}

void read(const DeleteStmt *statement, Facts &facts) {
  facts.operation = OperationKind::kData;
  facts.object = qualified(statement->relation);
  if (statement->usingClause != NIL || statement->withClause != nullptr) return;
  facts.from = version_condition(statement->whereClause);
  if (facts.from == nullptr) return;
  facts.kind = Kind::kVersionWrite;
  facts.write = core::VersionWrite::Kind::kDelete;
  facts.table = facts.object;
}

void read(const TransactionStmt *statement, Facts &facts) {
  if (statement->options != NIL || statement->chain) return;
  if (statement->kind == TRANS_STMT_BEGIN || statement->kind == TRANS_STMT_START) facts.kind = Kind::kBegin;
  if (statement->kind == TRANS_STMT_COMMIT) facts.kind = Kind::kCommit;
}

void read(const CreateStmt *statement, Facts &facts) {
  facts.operation = OperationKind::kCreateTable;
  facts.object = qualified(statement->relation);
  ListCell *cell;
  foreach (cell, statement->tableElts) {
    const auto *element = static_cast<const Node *>(lfirst(cell));
    if (!IsA(element, ColumnDef)) continue;
    const auto *column = reinterpret_cast<const ColumnDef *>(element);
    if (strcmp(column->colname, core::kVersionColumn) != 0) continue;
    facts.kind = Kind::kCreateVersionTable;
    facts.table = facts.object;
  }
}

void read(const DropStmt *statement, Facts &facts) {
  if (statement->removeType == OBJECT_TABLE) facts.operation = OperationKind::kDropTable;
  if (statement->removeType == OBJECT_INDEX) facts.operation = OperationKind::kDropIndex;
  if (statement->removeType == OBJECT_TYPE) facts.operation = OperationKind::kDropType;
  if (facts.operation == OperationKind::kOther || list_length(statement->objects) != 1) return;
  auto *object = static_cast<Node *>(linitial(statement->objects));
  facts.object = IsA(object, TypeName) ? qualified(reinterpret_cast<TypeName *>(object)->names)
                                       : qualified(reinterpret_cast<List *>(object));
  if (facts.operation != OperationKind::kDropTable) return;
  facts.kind = Kind::kDropTable;
  facts.table = facts.object;
}

OperationKind kind_of(AlterTableType type) {
  switch (type) {
    case AT_AddColumn:
      return OperationKind::kAddColumn;
    case AT_DropColumn:
      return OperationKind::kDropColumn;
    case AT_AddConstraint:
      return OperationKind::kAddConstraint;
    case AT_DropConstraint:
      return OperationKind::kDropConstraint;
    case AT_ColumnDefault:
    case AT_DropNotNull:
    case AT_SetNotNull:
    case AT_AlterColumnType:
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_DropIdentity:
      return OperationKind::kAlterColumn;
    default:
      return OperationKind::kOther;
  }
}

void read(const AlterTableStmt *statement, Facts &facts) {
  facts.object = qualified(statement->relation);
  if (statement->objtype != OBJECT_TABLE) return;
  ListCell *cell;
  foreach (cell, statement->cmds) {
    const OperationKind kind = kind_of(lfirst_node(AlterTableCmd, cell)->subtype);
    if (cell != list_head(statement->cmds) && kind != facts.operation) {
      facts.operation = OperationKind::kOther;
      return;
    }
    facts.operation = kind;
  }
}

void read(const RenameStmt *statement, Facts &facts) {
  if (statement->relation != nullptr) facts.object = qualified(statement->relation);
  if (statement->renameType == OBJECT_TABLE) facts.operation = OperationKind::kRenameTable;
  if (statement->renameType == OBJECT_COLUMN && statement->relationType == OBJECT_TABLE)
    facts.operation = OperationKind::kAlterColumn;
}

void read(const IndexStmt *statement, Facts &facts) {
  facts.operation = OperationKind::kCreateIndex;
  if (statement->idxname != nullptr)
    facts.object = quote_qualified_identifier(statement->relation->schemaname, statement->idxname);
}

void read(const Node *statement, Facts &facts) {
  switch (nodeTag(statement)) {
    case T_InsertStmt:
      return read(reinterpret_cast<const InsertStmt *>(statement), facts);
    case T_UpdateStmt:
      return read(reinterpret_cast<const UpdateStmt *>(statement), facts);
    case T_DeleteStmt:
      return read(reinterpret_cast<const DeleteStmt *>(statement), facts);
    case T_TransactionStmt:
      return read(reinterpret_cast<const TransactionStmt *>(statement), facts);
    case T_CreateStmt:
      return read(reinterpret_cast<const CreateStmt *>(statement), facts);
    case T_DropStmt:
      return read(reinterpret_cast<const DropStmt *>(statement), facts);
    case T_AlterTableStmt:
      return read(reinterpret_cast<const AlterTableStmt *>(statement), facts);
    case T_RenameStmt:
      return read(reinterpret_cast<const RenameStmt *>(statement), facts);
    case T_IndexStmt:
      return read(reinterpret_cast<const IndexStmt *>(statement), facts);
    case T_CreateEnumStmt:
      facts.operation = OperationKind::kCreateType;
      facts.object = qualified(reinterpret_cast<const CreateEnumStmt *>(statement)->typeName);
      return;
    case T_CreateDomainStmt:
      facts.operation = OperationKind::kCreateType;
      facts.object = qualified(reinterpret_cast<const CreateDomainStmt *>(statement)->domainname);
      return;
    case T_CreateRangeStmt:
      facts.operation = OperationKind::kCreateType;
      facts.object = qualified(reinterpret_cast<const CreateRangeStmt *>(statement)->typeName);
      return;
    case T_CompositeTypeStmt:
      facts.operation = OperationKind::kCreateType;
      facts.object = qualified(reinterpret_cast<const CompositeTypeStmt *>(statement)->typevar);
      return;
    case T_AlterEnumStmt:
      facts.object = qualified(reinterpret_cast<const AlterEnumStmt *>(statement)->typeName);
      return;
    case T_CommentStmt:
      facts.operation = OperationKind::kComment;
      return;
    case T_CopyStmt:
    case T_TruncateStmt:
      facts.operation = OperationKind::kData;
      return;
    default:
      return;
  }
}

std::string text_of(const char *text) {
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

bool is_error_of_text(const ErrorData &error) {
  const int category = ERRCODE_TO_CATEGORY(error.sqlerrcode);
  return category == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION || category == ERRCODE_DATA_EXCEPTION ||
         category == ERRCODE_PROGRAM_LIMIT_EXCEEDED || category == ERRCODE_FEATURE_NOT_SUPPORTED;
}

std::size_t cursor_byte(const ErrorData &error, const char *text, std::size_t length) {
  if (error.cursorpos <= 1) return 0;
  const int characters = error.cursorpos - 1;
  return static_cast<std::size_t>(
      call([&] { return pg_mbcharcliplen(text, static_cast<int>(length), characters); }));
}

ParsedStatement parse_statement(const std::string &text) {
  ParsedStatement parsed;
  if (text.size() > kMostParsed) return parsed;
  const char *sql = text.c_str();
  Facts facts{};
  facts.kind = Kind::kOther;
  facts.operation = OperationKind::kOther;
  try {
    call([&] {
      error_context_stack = nullptr;  // a caller in PL/pgSQL would move the error's cursor into its own text
      List *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
      facts.statements = list_length(statements);
      if (facts.statements == 1) read(linitial_node(RawStmt, statements)->stmt, facts);
    });
  } catch (const PgError &error) {
    if (!is_error_of_text(*error.data)) throw;
    parsed.kind = Kind::kUnreadable;
    parsed.error = text_of(error.data->message);
    parsed.error_byte = cursor_byte(*error.data, sql, text.size());
    return parsed;
  }
  parsed.kind = facts.kind;
  parsed.statements = facts.statements;
  parsed.write = {facts.write, text_of(facts.table), text_of(facts.from), text_of(facts.to)};
  parsed.operation = facts.operation;
  parsed.object = text_of(facts.object);
  return parsed;
}

namespace {

struct FactsInText {
  Facts facts;
  int location;
  int length;
};

struct FactsOfText {
  FactsInText *items;
  int count;
};

FactsOfText read_text(const char *sql) {
  return call([&] {
    error_context_stack = nullptr;
    List *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
    FactsOfText read_facts{nullptr, list_length(statements)};
    read_facts.items = static_cast<FactsInText *>(palloc0(sizeof(FactsInText) * (read_facts.count + 1)));
    for (int i = 0; i < read_facts.count; ++i) {
      auto *statement = list_nth_node(RawStmt, statements, i);
      FactsInText &item = read_facts.items[i];
      item.facts.operation = OperationKind::kOther;
      read(statement->stmt, item.facts);
      item.location = statement->stmt_location;
      item.length = statement->stmt_len > 0 ? statement->stmt_len
                                            : static_cast<int>(strlen(sql)) - statement->stmt_location;
      const char *begin = CleanQuerytext(sql, &item.location, &item.length);
      item.location = static_cast<int>(begin - sql);
    }
    return read_facts;
  });
}

}  // namespace

ParsedText parse_text(const std::string &text) {
  ParsedText parsed;
  if (text.size() > kMostParsed) {
    parsed.statements.push_back({text, OperationKind::kOther, {}});
    return parsed;
  }
  if (const auto run = unscannable_run(text)) {
    parsed.error = fmt::format("{} operator characters in one run", run->length);
    return parsed;
  }
  MemoryContext context = call(
      [] { return AllocSetContextCreate(CurrentMemoryContext, "migfix parse", ALLOCSET_DEFAULT_SIZES); });
  MemoryContext caller = MemoryContextSwitchTo(context);
  try {
    const FactsOfText facts = read_text(text.c_str());
    for (int i = 0; i < facts.count; ++i) {
      const FactsInText &item = facts.items[i];
      parsed.statements.push_back(
          {text.substr(static_cast<std::size_t>(item.location), static_cast<std::size_t>(item.length)),
           item.facts.operation, text_of(item.facts.object)});
    }
  } catch (const PgError &error) {
    MemoryContextSwitchTo(caller);
    if (!is_error_of_text(*error.data)) throw;
    parsed.error = text_of(error.data->message);
  }
  MemoryContextSwitchTo(caller);
  call([&] { MemoryContextDelete(context); });
  return parsed;
}

}  // namespace migfix::server
