#include "server/server_forms.hpp"

#include "server/code_of_others.hpp"
#include "server/expression_deparser.hpp"
#include "server/held_literals.hpp"
#include "server/query.hpp"
#include "server/schema_reader_types.hpp"
#include "server/server_forms_query.hpp"
#include "server/server_version.hpp"
#include "server/subtransaction.hpp"

extern "C" {
#include "access/sysattr.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid_d.h"
#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_type.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/varlena.h"
}

namespace migfix::server {

namespace {

constexpr const char *kCatalog = "pg_catalog";

// A column as the parser's hook finds it.
struct KnownColumn {
  const char *name;
  Oid type;
  std::int32_t modifiers;
  Oid collation;
};

struct KnownColumns : HeldLiterals {
  const KnownColumn *columns;
  int count;
};

// The parser asks for names that no table of its query has, and here there is no table at all.
Node *column_named(ParseState *state, ColumnRef *reference, Node *found) {
  if (found != nullptr) return nullptr;
  const auto *known = static_cast<const KnownColumns *>(
      static_cast<const HeldLiterals *>(state->p_ref_hook_state));
  const auto *last = static_cast<const Node *>(llast(reference->fields));
  if (!IsA(last, String)) return nullptr;
  for (int i = 0; i < known->count; ++i) {
    const KnownColumn &column = known->columns[i];
    if (strcmp(column.name, strVal(last)) != 0 || !OidIsValid(column.type)) continue;
    return reinterpret_cast<Node *>(
        makeVar(1, static_cast<AttrNumber>(i + 1), column.type, column.modifiers, column.collation, 0));
  }
  // The one system column that a check may name.
  if (strcmp(strVal(last), "tableoid") == 0)
    return reinterpret_cast<Node *>(makeVar(1, TableOidAttributeNumber, OIDOID, -1, InvalidOid, 0));
  return nullptr;
}

// The expression of `SELECT (<expression>)`; an error of the text where it is anything else.
Node *only_expression(const char *sql) {
  List *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
  if (list_length(statements) == 1) {
    auto *select = reinterpret_cast<SelectStmt *>(linitial_node(RawStmt, statements)->stmt);
    if (IsA(select, SelectStmt) && list_length(select->targetList) == 1 && select->fromClause == NIL &&
        select->whereClause == nullptr && select->intoClause == nullptr && select->op == SETOP_NONE &&
        select->groupClause == NIL && select->sortClause == NIL && select->distinctClause == NIL)
      return linitial_node(ResTarget, select->targetList)->val;
  }
  ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("this is not one expression")));
}

struct Target {
  Oid type;
  std::int32_t modifiers;
};

// What the server does with the expression of a default or a generated column (cookDefault in
// catalog/heap.c), a check (cookConstraint there), a predicate and an index (transformIndexStmt in
// parser/parse_utilcmd.c, ComputeIndexAttrs in commands/indexcmds.c). Runs inside call().
Node *analyzed(const char *sql, Node *raw, KnownColumns &columns, core::NormalForms::Purpose purpose,
               const Target &target) {
  using Purpose = core::NormalForms::Purpose;
  ParseState *state = make_parsestate(nullptr);
  state->p_sourcetext = sql;
  columns.answer(state);
  state->p_post_columnref_hook = column_named;
  const ParseExprKind kind = purpose == Purpose::kIndexed     ? EXPR_KIND_INDEX_EXPRESSION
                             : purpose == Purpose::kCondition ? EXPR_KIND_CHECK_CONSTRAINT
                             : columns.count == 0             ? EXPR_KIND_COLUMN_DEFAULT
                                                              : EXPR_KIND_GENERATED_COLUMN;
  Node *tree = transformExpr(state, raw, kind);
  if (purpose == Purpose::kCondition) tree = coerce_to_boolean(state, tree, "CHECK");
  if (purpose == Purpose::kValue) {
    if (!OidIsValid(target.type))
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("the type is not there")));
    tree = coerce_to_target_type(state, tree, exprType(tree), target.type, target.modifiers,
                                 COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
    if (tree == nullptr)
      ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("the expression is of another type")));
  }
  assign_expr_collations(state, tree);
  while (purpose == Purpose::kIndexed && IsA(tree, CollateExpr))
    tree = reinterpret_cast<Node *>(reinterpret_cast<CollateExpr *>(tree)->arg);
  free_parsestate(state);
  return columns.put_back(tree);
}

// A query, and the names that its columns get.
struct RawQuery {
  RawStmt *statement;
  List *names;
};

// Runs inside call().
RawQuery only_query(const char *sql) {
  List *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
  if (list_length(statements) != 1)
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("this is not one query")));
  auto *statement = linitial_node(RawStmt, statements);
  List *names = NIL;
  if (IsA(statement->stmt, ViewStmt)) {
    auto *view = reinterpret_cast<ViewStmt *>(statement->stmt);
    names = view->aliases;
    statement->stmt = view->query;
  } else if (IsA(statement->stmt, CreateTableAsStmt)) {
    auto *view = reinterpret_cast<CreateTableAsStmt *>(statement->stmt);
    names = view->into->colNames;
    statement->stmt = view->query;
  }
  if (!IsA(statement->stmt, SelectStmt))
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("this is not a query")));
  statement->stmt_len = 0;
  return {statement, names};
}

// Runs inside call(). Null where a table cannot be locked.
Query *analyzed_query(const char *sql, const RawQuery &raw, HeldLiterals &literals) {
  if (!lock_relations(raw.statement)) return nullptr;
  ParseState *state = make_parsestate(nullptr);
  state->p_sourcetext = sql;
  literals.answer(state);
  Query *query = transformTopLevelStmt(state, raw.statement);
  if (query->commandType != CMD_SELECT)
    ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("this is not a query")));
  query = literals.put_back(query);
  name_columns(query, raw.names);
  free_parsestate(state);
  return query;
}

// search_path as a session in which Alembic works has it: the own schema first, then what new sessions get.
std::string path_behind(const OwnSchema &own) {
  std::string path = own.quoted();
  const char *reset = call([] { return GetConfigOptionResetString("search_path"); });
  List *names = call([&] {
    List *parts = NIL;
    return SplitIdentifierString(pstrdup(reset), ',', &parts) ? parts : NIL;
  });
  for (int i = 0; i < list_length(names); ++i) {
    std::string name = static_cast<const char *>(list_nth(names, i));
    if (name == "$user") name = call([] { return GetUserNameFromId(GetUserId(), false); });
    path += ", " + quote_name(name.c_str());
  }
  return path + ", pg_temp";
}

std::string type_sql(const core::DataType &type, const std::string &own) {
  // Its modifiers are words of the grammar.
  if (type.name.schema == kCatalog && type.name.name == "interval")
    return "interval" + type.modifiers + (type.array ? "[]" : "");
  const std::string &schema = type.name.schema.empty() ? own : type.name.schema;
  std::string sql = schema.empty() ? std::string() : quote_name(schema.c_str()) + '.';
  // Not quote_name(): `char` and `bit` without quotes are keywords that mean something else.
  sql += '"';
  for (const char c : type.name.name) {
    if (c == '"') sql += c;
    sql += c;
  }
  return sql + '"' + type.modifiers + (type.array ? "[]" : "");
}

void add_type(std::string &key, const core::DataType &type) {
  key += type.name.schema;
  key += '\x01';
  key += type.name.name;
  key += '\x01';
  key += type.modifiers;
  key += type.array ? '\x02' : '\x03';
}

}  // namespace

ServerForms::ServerForms(const std::string &own_schema)
    : ServerForms(own_schema, path_behind(OwnSchema(own_schema))) {}

ServerForms::ServerForms(const std::string &own_schema, std::string path)
    : own_(own_schema), path_(path_behind(own_)), expression_path_(std::move(path)) {
  memory_ = call([] {
    return AllocSetContextCreate(CurrentMemoryContext, "migfix normal forms", ALLOCSET_DEFAULT_SIZES);
  });
}

ServerForms::~ServerForms() {
  MemoryContextDelete(memory_);
}

const ServerForms::TypeFacts &ServerForms::facts_of(const core::DataType &type) {
  std::string key;
  add_type(key, type);
  const auto [at, is_new] = types_.try_emplace(key);
  TypeFacts &facts = at->second;
  if (!is_new) return facts;
  const auto look_up = [&](const std::string &sql) {
    return tried([&] {
      const NameScope scope(path_.c_str());
      call([&] {
        MemoryContextSwitchTo(memory_);
        int32 modifiers = -1;
        typenameTypeIdAndMod(nullptr, parse_type_name(sql.c_str()), &facts.oid, &modifiers);
        facts.modifiers = modifiers;
        facts.collation = get_typcollation(facts.oid);
      });
    });
  };
  if (!look_up(type_sql(type, own_.name())) && type.name.schema.empty()) look_up(type_sql(type, {}));
  MemoryContextReset(memory_);
  return facts;
}

core::DataType ServerForms::resolved(const core::DataType &type) {
  std::string key;
  add_type(key, type);
  const auto [at, is_new] = resolved_.try_emplace(key, type);
  if (!is_new || !type.name.schema.empty()) return at->second;
  const RightsOf rights(BOOTSTRAP_SUPERUSERID);
  core::DataType bare;
  bare.name = type.name;
  const std::string sql = type_sql(bare, {});
  std::optional<core::DataType> found;
  tried([&] {
    const NameScope scope(path_.c_str());
    const Oid oid = call([&] {
      MemoryContextSwitchTo(memory_);
      return typenameTypeId(nullptr, parse_type_name(sql.c_str()));
    });
    found = TypeReader().type(oid, -1);
  });
  MemoryContextReset(memory_);
  if (found) {
    own_.localize(found->name);
    at->second.name = found->name;
    if (!found->shown.empty()) at->second.shown = found->shown;
  }
  return at->second;
}

std::optional<std::string> ServerForms::expression(const std::string &text, const Columns &columns,
                                                   Purpose purpose, const core::DataType &target) {
  std::string key = text;
  key += static_cast<char>('0' + static_cast<int>(purpose));
  add_type(key, target);
  for (const auto &[name, type] : columns) {
    key += name;
    key += '\x01';
    add_type(key, type);
  }
  const auto known = expressions_.find(key);
  if (known != expressions_.end()) return known->second;

  const RightsOf rights(BOOTSTRAP_SUPERUSERID);
  const std::string sql = "SELECT (" + text + "\n)";
  std::vector<std::string> names;
  std::vector<KnownColumn> found;
  names.reserve(columns.size());
  for (const auto &[name, type] : columns) {
    names.push_back(name);
    const TypeFacts &facts = facts_of(type);
    found.push_back({names.back().c_str(), facts.oid, facts.modifiers, facts.collation});
  }
  Target to{InvalidOid, -1};
  if (purpose == Purpose::kValue) {
    const TypeFacts &facts = facts_of(target);
    to = {facts.oid, facts.modifiers};
  }
  std::optional<std::string> form;
  tried([&] {
    MemoryContextSwitchTo(memory_);
    KnownColumns all{{}, found.data(), static_cast<int>(found.size())};
    Node *tree = nullptr;
    {
      const NameScope scope(expression_path_.c_str());
      Node *raw = call([&] { return only_expression(sql.c_str()); });
      all.take(sql, raw);
      const NoCodeOfOthers barred;
      tree = call([&] { return analyzed(sql.c_str(), raw, all, purpose, to); });
    }
    const NameScope scope;
    form = own_.without(ExpressionDeparser(names).text(tree));
  });
  MemoryContextReset(memory_);
  expressions_.emplace(std::move(key), form);
  return form;
}

std::optional<std::string> ServerForms::query(const std::string &text) {
  const auto known = queries_.find(text);
  if (known != queries_.end()) return known->second;
  const RightsOf rights(BOOTSTRAP_SUPERUSERID);
  std::optional<std::string> form;
  tried([&] {
    MemoryContextSwitchTo(memory_);
    Query *query = nullptr;
    {
      const NameScope scope(expression_path_.c_str());
      HeldLiterals literals;
      const RawQuery raw = call([&] { return only_query(text.c_str()); });
      literals.take(text, raw.statement->stmt);
      const NoCodeOfOthers barred;
      query = call([&] { return analyzed_query(text.c_str(), raw, literals); });
    }
    if (query == nullptr) return;
    const NameScope scope;
    form = own_.without(call([&] { return write_query(query); }));
  });
  MemoryContextReset(memory_);
  queries_.emplace(text, form);
  return form;
}

}  // namespace migfix::server
