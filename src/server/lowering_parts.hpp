// What the parts of the lowering share. Parse trees are read in plain C++: only what may raise in the server
// goes through call().
#pragma once

#include "core/effect.hpp"
#include "server/expression_slice.hpp"

namespace migfix::server {

/// Thrown by a part: the statement, or this command of it, is opaque.
struct NotModelled {
  std::string why;
};

/// One statement, while its effects are collected.
class Lowering {
 public:
  Lowering(Tokens &tokens, const std::string &own_schema) : tokens_(tokens), own_schema_(own_schema) {}

  /// Begins with the next statement, which stands at bytes [begin, end) of the text.
  void start(const std::string &text, int begin, int end);
  /// Drops the effects that were found so far.
  void replace(core::Effect effect);
  void add(core::Effect effect) { effects_.push_back(std::move(effect)); }
  void no_change(core::NoChange::What what = core::NoChange::What::kNothing) { add(core::NoChange{what}); }
  /// `object`: what it alters, where that is known.
  void opaque(std::string why, std::optional<core::ObjectId> object = std::nullopt) {
    add(core::Opaque{std::move(why), std::move(object)});
  }
  /// From the next statement on names without a schema lead elsewhere: what they mean is not known.
  void lead_names_away(bool away) { names_lead_away_ = away; }
  bool names_lead_away() const { return names_lead_away_; }
  /// The server refuses it in a transaction block.
  void alone() { in_transaction_ = false; }
  /// True where any effect is more than NoChange.
  bool changes_schema() const;
  core::RevisionStatement take();

  Tokens &tokens() { return tokens_; }
  const std::string &text() const { return text_; }
  const std::string &own_schema() const { return own_schema_; }
  /// The statement's tokens.
  TokenRange range() { return {tokens_.at(begin_), tokens_.at(end_)}; }
  TokenRange from(int location) { return {tokens_.at(location), tokens_.at(end_)}; }

  /// Where names without a schema stand while the elements of CREATE SCHEMA are read.
  void set_default_schema(const char *schema) { default_schema_ = schema == nullptr ? "" : schema; }
  core::QualifiedName name(const char *schema, const char *name) const;
  core::QualifiedName name(const RangeVar *relation) const;
  /// A list of strings: [[database,] schema,] name. The last `rest` of them are not part of the name.
  core::QualifiedName name(const List *names, int rest = 0) const;
  /// The table itself, with the schema that a name without one leads to.
  OwnTable own_table(const RangeVar *relation) const;
  /// As a schema's name is kept: empty for the own one.
  std::string schema(const char *schema) const;

 private:
  Tokens &tokens_;
  const std::string &own_schema_;
  std::string default_schema_;
  std::string text_;
  int begin_ = 0;
  int end_ = 0;
  bool in_transaction_ = true;
  bool names_lead_away_ = false;
  std::vector<core::Effect> effects_;
};

inline std::string text_of(const char *text) {
  return text == nullptr ? std::string() : std::string(text);
}
std::vector<std::string> strings_of(const List *strings);
bool is_temporary(const RangeVar *relation);
/// "DROP POLICY": as the server names the statement.
const char *command_name(Node *statement);
/// A call of this function of pg_catalog, with that schema or with none.
bool is_function(const Node *node, const char *name);

// lowering_type.cpp
core::DataType lower_type(Lowering &lowering, const TypeName *type);
/// smallserial, serial, bigserial: the integer type; nothing where it is another.
std::optional<core::DataType> serial_type(const TypeName *type);
core::QualifiedName lower_collation(Lowering &lowering, const List *names);
/// Empty where it is a default one.
core::QualifiedName lower_operator_class(Lowering &lowering, const List *names, const char *method);

// lowering_sequence.cpp
/// Those of the options that say how the sequence counts.
core::SequenceOptions lower_sequence_options(Lowering &lowering, const List *options);
/// Whether there is a RESTART among them.
bool restarts(const List *options);
void lower_create_sequence(Lowering &lowering, const CreateSeqStmt *statement);
void lower_alter_sequence(Lowering &lowering, const AlterSeqStmt *statement);
/// The sequence of nextval('...'); nothing where it is another expression.
std::optional<core::QualifiedName> lower_nextval(const Lowering &lowering, const Node *expression);

// lowering_column.cpp
/// `created`: by CREATE TABLE, where nothing is left to be validated.
core::NewColumn lower_column(Lowering &lowering, const ColumnDef *definition, const OwnTable &table);
/// What stands after DEFAULT at `location`, up to what follows it in the column's or domain's list.
TokenRange default_range(Lowering &lowering, const Constraint *item, const List *list,
                         const CollateClause *collation);
bool is_null_constant(const Node *expression);

// lowering_constraint.cpp
core::NamedConstraint lower_constraint(Lowering &lowering, const Constraint *constraint,
                                       const OwnTable &table, const char *column, bool created);
core::Expression lower_check(Lowering &lowering, const Constraint *constraint, const OwnTable &table);

// lowering_index.cpp
/// The elements that stand between the parentheses of `range`, in the order of `elements`.
std::vector<core::IndexElement> lower_index_elements(Lowering &lowering,
                                                     const std::vector<const IndexElem *> &elements,
                                                     TokenRange range, const char *method,
                                                     const OwnTable &table);
void lower_create_index(Lowering &lowering, const IndexStmt *statement);

// lowering_table.cpp
void lower_create_table(Lowering &lowering, const CreateStmt *statement);
/// FOR VALUES ..., or DEFAULT.
std::string lower_partition_bound(Lowering &lowering, const PartitionBoundSpec *bound);

// lowering_alter_table.cpp
void lower_alter_table(Lowering &lowering, const AlterTableStmt *statement);

// lowering_user_type.cpp
void lower_create_enum(Lowering &lowering, const CreateEnumStmt *statement);
void lower_alter_enum(Lowering &lowering, const AlterEnumStmt *statement);
void lower_create_domain(Lowering &lowering, const CreateDomainStmt *statement);
void lower_alter_domain(Lowering &lowering, const AlterDomainStmt *statement);
void lower_create_composite(Lowering &lowering, const CompositeTypeStmt *statement);

// lowering_view.cpp
void lower_create_view(Lowering &lowering, const ViewStmt *statement);
void lower_create_materialized_view(Lowering &lowering, const CreateTableAsStmt *statement);

// lowering_object.cpp
void lower_drop(Lowering &lowering, const DropStmt *statement);
void lower_rename(Lowering &lowering, const RenameStmt *statement);
void lower_set_schema(Lowering &lowering, const AlterObjectSchemaStmt *statement);
void lower_comment(Lowering &lowering, const CommentStmt *statement);

// lowering_session.cpp
/// Statements about rows, the session, privileges and storage; false where it is none of them.
bool lower_session(Lowering &lowering, Node *statement);

}  // namespace migfix::server
