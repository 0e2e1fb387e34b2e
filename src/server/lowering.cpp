#include "server/lowering.hpp"

#include "server/lowering_parts.hpp"
#include "server/scannable.hpp"
#include "server/statement_parser.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "nodes/value.h"
#include "parser/parser.h"
#include "tcop/utility.h"
#include "utils/guc.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

// More than this is not given to the grammar, whose tree takes up to a hundred times the text's memory.
constexpr std::size_t kMostParsed = 8 << 20;
constexpr std::string_view kBlank = " \t\r\f\v\n";

// Memory for one call, and silence: the scanner has notices about long names.
class Workspace {
 public:
  Workspace() : caller_(CurrentMemoryContext), messages_(client_min_messages) {
    context_ = call([] {
      return AllocSetContextCreate(CurrentMemoryContext, "migfix lowering", ALLOCSET_DEFAULT_SIZES);
    });
    MemoryContextSwitchTo(context_);
    client_min_messages = ERROR;
  }
  ~Workspace() {
    client_min_messages = messages_;
    MemoryContextSwitchTo(caller_);
    // The report of an error that passes stands in it; it goes with the caller's context then.
    if (std::uncaught_exceptions() == exceptions_) MemoryContextDelete(context_);
  }
  Workspace(const Workspace &) = delete;
  Workspace &operator=(const Workspace &) = delete;

 private:
  MemoryContext caller_;
  MemoryContext context_ = nullptr;
  int messages_;
  int exceptions_ = std::uncaught_exceptions();
};

core::RevisionStatement opaque_text(const std::string &text, std::string why) {
  core::RevisionStatement statement;
  statement.text = text;
  statement.effects.push_back(core::Opaque{std::move(why)});
  return statement;
}

void lower_statement(Lowering &lowering, Node *statement);

// An element of CREATE SCHEMA. What is kept with its source has none of its own here.
void lower_element(Lowering &lowering, Node *element) {
  try {
    if (IsA(element, ViewStmt) || IsA(element, CreateTrigStmt))
      throw NotModelled{fmt::format("{} within CREATE SCHEMA is not modelled", command_name(element))};
    lower_statement(lowering, element);
  } catch (const NotModelled &reason) {
    lowering.opaque(reason.why);
  }
}

// CREATE SCHEMA s <elements>: their names without a schema stand in s. The server makes them by kind
// (transformCreateSchemaStmt, parse_utilcmd.c).
void lower_create_schema(Lowering &lowering, const CreateSchemaStmt *statement) {
  const char *name = statement->schemaname;
  if (name == nullptr && statement->authrole != nullptr && statement->authrole->roletype == ROLESPEC_CSTRING)
    name = statement->authrole->rolename;
  if (name == nullptr) throw NotModelled{"a schema named after the current user is not modelled"};
  lowering.add(core::CreateSchema{name, statement->if_not_exists});
  lowering.set_default_schema(name);
  const auto rank = [](const Node *element) {
    if (IsA(element, CreateSeqStmt)) return 0;
    return IsA(element, CreateStmt) ? 1 : 2;
  };
  ListCell *cell;
  for (int turn = 0; turn <= 2; ++turn) {
    foreach (cell, statement->schemaElts) {
      auto *element = static_cast<Node *>(lfirst(cell));
      if (rank(element) == turn) lower_element(lowering, element);
    }
  }
}

void lower_create_trigger(Lowering &lowering, const CreateTrigStmt *statement) {
  lowering.add(core::CreateTrigger{
      lowering.name(statement->relation), statement->trigname, {lowering.text()}, statement->replace});
}

void lower_other(Lowering &lowering, Node *statement) {
  if (lower_session(lowering, statement)) return;
  if (IsA(statement, DoStmt)) throw NotModelled{"a DO block"};
  if (IsA(statement, CallStmt)) throw NotModelled{"a call of a procedure"};
  throw NotModelled{fmt::format("{} is not modelled", command_name(statement))};
}

void lower_statement(Lowering &lowering, Node *statement) {
  switch (nodeTag(statement)) {
    case T_CreateStmt:
      return lower_create_table(lowering, reinterpret_cast<const CreateStmt *>(statement));
    case T_AlterTableStmt:
      return lower_alter_table(lowering, reinterpret_cast<const AlterTableStmt *>(statement));
    case T_IndexStmt:
      return lower_create_index(lowering, reinterpret_cast<const IndexStmt *>(statement));
    case T_CreateEnumStmt:
      return lower_create_enum(lowering, reinterpret_cast<const CreateEnumStmt *>(statement));
    case T_AlterEnumStmt:
      return lower_alter_enum(lowering, reinterpret_cast<const AlterEnumStmt *>(statement));
    case T_CreateDomainStmt:
      return lower_create_domain(lowering, reinterpret_cast<const CreateDomainStmt *>(statement));
    case T_AlterDomainStmt:
      return lower_alter_domain(lowering, reinterpret_cast<const AlterDomainStmt *>(statement));
    case T_CompositeTypeStmt:
      return lower_create_composite(lowering, reinterpret_cast<const CompositeTypeStmt *>(statement));
    case T_CreateSeqStmt:
      return lower_create_sequence(lowering, reinterpret_cast<const CreateSeqStmt *>(statement));
    case T_AlterSeqStmt:
      return lower_alter_sequence(lowering, reinterpret_cast<const AlterSeqStmt *>(statement));
    case T_ViewStmt:
      return lower_create_view(lowering, reinterpret_cast<const ViewStmt *>(statement));
    case T_CreateTableAsStmt: {
      const auto *create = reinterpret_cast<const CreateTableAsStmt *>(statement);
      if (create->objtype != OBJECT_MATVIEW) throw NotModelled{"CREATE TABLE ... AS is not modelled"};
      return lower_create_materialized_view(lowering, create);
    }
    case T_CreateFunctionStmt: {
      const auto *create = reinterpret_cast<const CreateFunctionStmt *>(statement);
      return lowering.add(
          core::CreateFunction{lowering.name(create->funcname), {lowering.text()}, create->replace});
    }
    case T_CreateTrigStmt:
      return lower_create_trigger(lowering, reinterpret_cast<const CreateTrigStmt *>(statement));
    case T_CreateSchemaStmt:
      return lower_create_schema(lowering, reinterpret_cast<const CreateSchemaStmt *>(statement));
    case T_CreateExtensionStmt: {
      const auto *create = reinterpret_cast<const CreateExtensionStmt *>(statement);
      return lowering.add(core::CreateExtension{create->extname, create->if_not_exists});
    }
    case T_DropStmt:
      return lower_drop(lowering, reinterpret_cast<const DropStmt *>(statement));
    case T_RenameStmt:
      return lower_rename(lowering, reinterpret_cast<const RenameStmt *>(statement));
    case T_AlterObjectSchemaStmt:
      return lower_set_schema(lowering, reinterpret_cast<const AlterObjectSchemaStmt *>(statement));
    case T_CommentStmt:
      return lower_comment(lowering, reinterpret_cast<const CommentStmt *>(statement));
    default:
      return lower_other(lowering, statement);
  }
}

// The statement's slice of the text, without the blanks around it.
std::pair<int, int> slice_of(const std::string &text, const RawStmt *statement) {
  const auto begin = static_cast<std::size_t>(std::max(statement->stmt_location, 0));
  const std::size_t length =
      statement->stmt_len > 0 ? static_cast<std::size_t>(statement->stmt_len) : text.size() - begin;
  const std::string_view slice = std::string_view(text).substr(begin, length);
  const std::size_t first = std::min(slice.find_first_not_of(kBlank), slice.size());
  const std::size_t last = slice.find_last_not_of(kBlank);
  return {static_cast<int>(begin + first),
          static_cast<int>(begin + (last == std::string_view::npos ? first : last + 1))};
}

core::RevisionStatement lower_one(Lowering &lowering, const std::string &text, const RawStmt *statement) {
  const auto [begin, end] = slice_of(text, statement);
  lowering.start(text, begin, end);
  try {
    const bool away = lowering.names_lead_away();
    lower_statement(lowering, statement->stmt);
    if (away && lowering.changes_schema()) throw NotModelled{"its names follow the search path that was set"};
  } catch (const NotModelled &reason) {
    lowering.replace(core::Opaque{reason.why});
  } catch (const PgError &error) {
    // Out of a type's modifiers, or of a tree that is too deep: neither holds anything that an error leaves.
    if (!is_error_of_text(*error.data)) throw;
    lowering.replace(core::Opaque{text_of(error.data->message)});
  }
  return lowering.take();
}

}  // namespace

void Lowering::start(const std::string &text, int begin, int end) {
  begin_ = begin;
  end_ = end;
  text_ = text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  default_schema_.clear();
  in_transaction_ = true;
  effects_.clear();
}

void Lowering::replace(core::Effect effect) {
  effects_.clear();
  effects_.push_back(std::move(effect));
}

bool Lowering::changes_schema() const {
  return std::any_of(effects_.begin(), effects_.end(), [](const core::Effect &effect) {
    return !std::holds_alternative<core::NoChange>(effect);
  });
}

core::RevisionStatement Lowering::take() {
  core::RevisionStatement statement;
  statement.text = std::move(text_);
  statement.effects = std::move(effects_);
  statement.in_transaction = in_transaction_;
  if (statement.effects.empty()) statement.effects.push_back(core::NoChange{});
  return statement;
}

std::string Lowering::schema(const char *schema) const {
  return schema == nullptr || own_schema_ == schema ? std::string() : std::string(schema);
}

core::QualifiedName Lowering::name(const char *schema, const char *name) const {
  return {schema == nullptr ? this->schema(default_schema_.c_str()) : this->schema(schema), text_of(name)};
}

core::QualifiedName Lowering::name(const RangeVar *relation) const {
  return name(relation->schemaname, relation->relname);
}

core::QualifiedName Lowering::name(const List *names, int rest) const {
  const int count = list_length(names) - rest;
  if (count < 1) throw NotModelled{"a name is not complete"};
  return name(count > 1 ? strVal(list_nth(names, count - 2)) : nullptr, strVal(list_nth(names, count - 1)));
}

std::vector<std::string> strings_of(const List *strings) {
  std::vector<std::string> texts;
  ListCell *cell;
  foreach (cell, strings) texts.emplace_back(strVal(lfirst(cell)));
  return texts;
}

OwnTable Lowering::own_table(const RangeVar *relation) const {
  if (relation->schemaname != nullptr) return {relation->schemaname, relation->relname};
  return {default_schema_.empty() ? own_schema_.c_str() : default_schema_.c_str(), relation->relname};
}

bool is_temporary(const RangeVar *relation) {
  return relation->relpersistence == RELPERSISTENCE_TEMP ||
         (relation->schemaname != nullptr && strcmp(relation->schemaname, "pg_temp") == 0);
}

const char *command_name(Node *statement) {
  return call([&] { return CreateCommandName(statement); });
}

bool is_function(const Node *node, const char *name) {
  if (node == nullptr || !IsA(node, FuncCall)) return false;
  const List *names = reinterpret_cast<const FuncCall *>(node)->funcname;
  const int count = list_length(names);
  return strcmp(strVal(llast(names)), name) == 0 &&
         (count == 1 || (count == 2 && strcmp(strVal(linitial(names)), "pg_catalog") == 0));
}

std::vector<core::RevisionStatement> lower(const std::string &text, const std::string &own_schema,
                                           bool &names_lead_away) {
  if (text.size() > kMostParsed) return {opaque_text(text, "it is too large to be read")};
  if (text.find('\0') != std::string::npos) return {opaque_text(text, "there is a zero byte in it")};
  if (const auto run = unscannable_run(text))
    return {opaque_text(text, fmt::format("{} operator characters in one run", run->length))};
  std::vector<core::RevisionStatement> lowered;
  const Workspace workspace;
  const char *sql = text.c_str();
  const List *statements = NIL;
  try {
    statements = call([&] {
      error_context_stack = nullptr;  // a caller in PL/pgSQL would move the error's cursor into its own text
      return raw_parser(sql, RAW_PARSE_DEFAULT);
    });
  } catch (const PgError &error) {
    if (!is_error_of_text(*error.data)) throw;
    return {opaque_text(text, text_of(error.data->message))};
  }
  Tokens tokens(text);
  Lowering lowering(tokens, own_schema);
  lowering.lead_names_away(names_lead_away);
  ListCell *cell;
  foreach (cell, statements) lowered.push_back(lower_one(lowering, text, lfirst_node(RawStmt, cell)));
  names_lead_away = lowering.names_lead_away();
  return lowered;
}

core::RevisionStatement lower_parsed(const std::string &text, const void *statement, const std::string &own_schema) {
  Tokens tokens(text);
  Lowering lowering(tokens, own_schema);
  return lower_one(lowering, text, static_cast<const RawStmt *>(statement));
}

}  // namespace migfix::server
