#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/default_name.hpp"
#include "core/expression_names.hpp"
#include "core/schema_replay_steps.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

const std::string kBuiltIn = "pg_catalog";

template <std::size_t N>
bool is_one_of(const DataType &type, const std::array<std::string_view, N> &names) {
  return type.name.schema == kBuiltIn && !type.array &&
         std::find(names.begin(), names.end(), type.name.name) != names.end();
}

bool is_text(const DataType &type) {
  return is_one_of(type, std::to_array<std::string_view>({"text", "varchar", "bpchar"}));
}
bool is_number(const DataType &type) {
  return is_one_of(type,
                   std::to_array<std::string_view>({"int2", "int4", "int8", "numeric", "float4", "float8"}));
}
bool is_moment(const DataType &type) {
  return is_one_of(type, std::to_array<std::string_view>({"date", "timestamp", "timestamptz"}));
}
bool is_boolean(const DataType &type) {
  return is_one_of(type, std::to_array<std::string_view>({"bool"}));
}
bool is_other(const DataType &type) {
  return is_one_of(type, std::to_array<std::string_view>({"uuid", "bytea", "json", "jsonb", "interval"}));
}

std::string shown_type(const DataType &type) {
  return (type.shown.empty() ? shown(type.name) : type.shown) + (type.array ? "[]" : "");
}

}  // namespace

/// Whether it is sure that the server has no assignment cast from one type to the other (pg_cast): so for the
/// common built-in types and for enums of the model.
bool Replay::lacks_cast(const DataType &from, const DataType &to) const {
  if (from == to || from.name == to.name) return from.array != to.array && !is_text(to);
  const auto is_enum = [this](const DataType &type) {
    return !type.array && model_.find_as<Enum>(id_of(ObjectKind::kEnum, type.name)) != nullptr;
  };
  const auto is_known = [&](const DataType &type) {
    return is_text(type) || is_number(type) || is_moment(type) || is_boolean(type) || is_other(type) ||
           is_enum(type);
  };
  if (!is_known(from) || !is_known(to)) return false;
  if (is_text(to)) return false;
  if (is_number(from) && is_number(to)) return false;
  if (is_moment(from) && is_moment(to)) return false;
  const auto is = [](const DataType &type, const char *name) { return type.name.name == name; };
  return !((is(from, "json") && is(to, "jsonb")) || (is(from, "jsonb") && is(to, "json")));
}

namespace {

// The places in `text` where one of `names` stands as a column.
std::vector<Expression::ColumnUse> uses_in(const std::string &text, const std::set<std::string> &names) {
  std::vector<Expression::ColumnUse> uses;
  const std::vector<ExpressionToken> tokens = expression_tokens(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool is_part = i > 0 && (tokens[i - 1].is(".") || tokens[i - 1].is("::"));
    if (tokens[i].is_name() && !is_part && names.count(tokens[i].value) != 0)
      uses.push_back({static_cast<std::uint32_t>(tokens[i].begin),
                      static_cast<std::uint32_t>(tokens[i].length), tokens[i].value});
  }
  return uses;
}

}  // namespace

/// What used the column is analysed again. The server takes its own form of it for that, casts to the old
/// type included, and not what was written once (ATPostAlterTypeParse).
void Replay::forget_forms(const QualifiedName &table, const std::string &column) {
  const std::set<std::string> names = column_names(table);
  const auto forget = [&](Expression &expression) {
    if (expression.text.empty() || expression.normal.empty()) return false;
    if (columns_read(expression, names).count(column) == 0) return false;
    expression.text = std::move(expression.normal);
    expression.normal.clear();
    expression.columns = uses_in(expression.text, names);
    return true;
  };
  const auto forget_all = [&](std::vector<IndexElement> &elements, Expression &predicate) {
    bool changed = forget(predicate);
    for (IndexElement &element : elements) changed |= forget(element.expression);
    return changed;
  };
  std::vector<ObjectId> ids = model_.constraints_of(table);
  for (ObjectId &id : model_.indexes_of(table)) ids.push_back(std::move(id));
  for (const ObjectId &id : ids) {
    Object object = *model_.find(id);
    bool changed = false;
    if (auto *index = std::get_if<Index>(&object.definition)) {
      changed = forget_all(index->elements, index->predicate);
    } else if (auto *constraint = std::get_if<Constraint>(&object.definition)) {
      if (auto *check = std::get_if<Check>(&constraint->what)) changed = forget(check->expression);
      if (auto *exclusion = std::get_if<Exclusion>(&constraint->what)) {
        changed = forget_all(exclusion->elements, exclusion->predicate);
      }
    }
    if (changed) model_.put(id, std::move(object));
  }
}

void Replay::set_column_type(const ObjectId &id, const AlterColumnType &effect) {
  const Column old = column_at(id);
  const QualifiedName table = table_of(id);
  if (effect.using_text.empty() && lacks_cast(old.type, effect.type)) {
    refuse(
        "42804",
        "column " + in_quotes(id.name) + " cannot be cast automatically to type " + shown_type(effect.type),
        id);
  }
  if (!old.default_value.empty() && lacks_cast(old.type, effect.type)) {
    refuse("42804",
           "default for column " + in_quotes(id.name) + " cannot be cast automatically to type " +
               shown_type(effect.type),
           id);
  }
  const std::set<std::string> names = column_names(table);
  for (const ObjectId &other : model_.columns_of(table)) {
    if (other == id || columns_read(column_at(other).generated, names).count(id.name) == 0) continue;
    refuse("0A000", "cannot alter type of a column used by a generated column", id);
  }
  if (old.identity != Identity::kNone) {
    const std::string &name = effect.type.name.name;
    if (effect.type.name.schema != kBuiltIn || (name != "int2" && name != "int4" && name != "int8")) {
      refuse("22023", "identity column type must be smallint, integer, or bigint", id);
    }
  }
  Column &column = change_column(id);
  column.type = effect.type;
  column.collation = effect.collation;
  // A default keeps the form that it was stored in, with a cast that is not shown (ATExecAlterColumnType).
  if (!column.default_value.normal.empty()) column.default_value.text = column.default_value.normal;
  if (!column.generated.text.empty()) column.generated.normal.clear();
  if (column.identity != Identity::kNone) {
    SequenceOptions given;
    given.type = effect.type.name.name;
    column.identity_options = altered(column.identity_options, given);
  }
  forget_forms(table, id.name);
  doubt_views(table);
}

void Replay::operator()(const AlterColumnType &effect) {
  if (!has_table(effect.table, "ALTER COLUMN ... SET DATA TYPE")) return;
  const ObjectId id = column_of(effect.table.name, effect.column);
  if (is_inherited(effect.table.name, effect.column)) {
    refuse("42P16", "cannot alter inherited column " + in_quotes(effect.column), id);
  }
  for (const ObjectId &part : column_and_inherited(effect.table.name, effect.column))
    set_column_type(part, effect);
}

void Replay::operator()(const SetDefault &effect) {
  // Defaults of views' columns are not modelled.
  if (const auto there = model_.relation(effect.table.name); there && there->kind == ObjectKind::kView)
    return;
  if (!has_table(effect.table, "ALTER COLUMN ... SET DEFAULT")) return;
  const ObjectId id = column_of(effect.table.name, effect.column);
  const Column &old = column_at(id);
  const std::string named =
      "column " + in_quotes(effect.column) + " of relation " + in_quotes(effect.table.name.name);
  if (old.identity != Identity::kNone) refuse("42601", named + " is an identity column", id);
  if (!old.generated.empty()) refuse("42601", named + " is a generated column", id);
  for (const ObjectId &part : altered_columns(effect.table, effect.column)) {
    Column &column = change_column(part);
    column.default_value = effect.value;
    column.nextval = effect.nextval;
  }
}

void Replay::operator()(const SetNotNull &effect) {
  if (!has_table(effect.table,
                 effect.not_null ? "ALTER COLUMN ... SET NOT NULL" : "ALTER COLUMN ... DROP NOT NULL")) {
    return;
  }
  const QualifiedName &table = effect.table.name;
  const ObjectId id = column_of(table, effect.column);
  if (!effect.not_null) {
    if (column_at(id).identity != Identity::kNone) {
      refuse("42601",
             "column " + in_quotes(effect.column) + " of relation " + in_quotes(table.name) +
                 " is an identity column",
             id);
    }
    if (const auto primary = primary_key_of(table)) {
      const auto &columns = std::get<Key>(model_.find_as<Constraint>(*primary)->what).columns;
      if (std::find(columns.begin(), columns.end(), effect.column) != columns.end()) {
        refuse("42P16", "column " + in_quotes(effect.column) + " is in a primary key", id);
      }
    }
    const auto *definition = model_.find_as<Table>(id_of(ObjectKind::kTable, table));
    for (const QualifiedName &parent : definition->parents) {
      const auto *column = model_.find_as<Column>(column_id(parent, effect.column));
      if (definition->partition_bound.empty() || column == nullptr || !column->not_null) continue;
      refuse("42P16", "column " + in_quotes(effect.column) + " is marked NOT NULL in parent table", id);
    }
  }
  for (const ObjectId &part : altered_columns(effect.table, effect.column))
    change_column(part).not_null = effect.not_null;
}

void Replay::operator()(const SetIdentity &effect) {
  using Change = SetIdentity::Change;
  if (!has_table(effect.table, "ALTER COLUMN ... SET")) return;
  const QualifiedName &table = effect.table.name;
  const ObjectId id = column_of(table, effect.column);
  const Column &old = column_at(id);
  const std::string named = "column " + in_quotes(effect.column) + " of relation " + in_quotes(table.name);
  if (effect.change != Change::kAdd) {
    if (old.identity == Identity::kNone) {
      if (effect.change == Change::kDrop && effect.if_exists) return;
      refuse("55000", named + " is not an identity column", id);
    }
    Column &column = change_column(id);
    if (effect.change == Change::kDrop) {
      column.identity = Identity::kNone;
      column.identity_options = {};
      column.identity_sequence.clear();
      return;
    }
    if (effect.identity != Identity::kNone) column.identity = effect.identity;
    column.identity_options = altered(column.identity_options, effect.options);
    check_sequence(column.identity_options, id);
    return;
  }
  const std::string &type = old.type.name.name;
  if (old.type.name.schema != kBuiltIn || old.type.array ||
      (type != "int2" && type != "int4" && type != "int8")) {
    refuse("22023", "identity column type must be smallint, integer, or bigint", id);
  }
  if (!old.not_null) refuse("55000", named + " must be declared NOT NULL before identity can be added", id);
  if (old.identity != Identity::kNone) refuse("55000", named + " is already an identity column", id);
  if (!old.default_value.empty() || old.nextval) refuse("55000", named + " already has a default value", id);
  SequenceOptions options = completed(effect.options, type);
  options.type = type;
  check_sequence(options, id);
  std::string sequence = default_sequence_name(model_, table, effect.column);
  Column &column = change_column(id);
  column.identity = effect.identity;
  column.identity_options = options;
  column.identity_sequence = std::move(sequence);
}

void Replay::operator()(const DropGenerated &effect) {
  if (!has_table(effect.table, "ALTER COLUMN ... DROP EXPRESSION")) return;
  const ObjectId id = column_of(effect.table.name, effect.column);
  if (column_at(id).generated.empty()) {
    if (effect.if_exists) return;
    refuse("55000",
           "column " + in_quotes(effect.column) + " of relation " + in_quotes(effect.table.name.name) +
               " is not a stored generated column",
           id);
  }
  for (const ObjectId &part : column_and_inherited(effect.table.name, effect.column)) {
    change_column(part).generated = {};
  }
}

}  // namespace migfix::core
