#include "server/held_literals.hpp"

#include "server/expression_slice.hpp"
#include "server/tree_walk.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

// Does the input function of that type run functions of its owner's? Types of PostgreSQL's own and those that
// are written in C, which a superuser makes, do not; nor enums. A domain's own CHECK is not run by analysis,
// only one that is part of something else.
bool input_runs_functions(Oid type, bool is_part) {
  if (type < FirstNormalObjectId) return false;
  switch (get_typtype(type)) {
    case TYPTYPE_BASE: {
      const Oid element = get_element_type(type);
      return OidIsValid(element) && input_runs_functions(element, true);
    }
    case TYPTYPE_ENUM:
      return false;
    case TYPTYPE_DOMAIN:
      return is_part || input_runs_functions(getBaseType(type), false);
    default:
      return true;
  }
}

bool begins_literal(std::string_view token) {
  if (token.empty()) return false;
  if (token[0] == '\'') return true;
  if (token[0] == '$') return token.size() > 1 && (token[1] < '0' || token[1] > '9');
  if (token.size() < 2) return false;
  if (token[0] == 'e' || token[0] == 'E') return token[1] == '\'';
  return (token[0] == 'u' || token[0] == 'U') && token.size() > 2 && token[1] == '&' && token[2] == '\'';
}

Const *typeless_constant(const char *text, int location) {
  // As make_const() in parser/parse_node.c has it.
  Const *constant = makeConst(UNKNOWNOID, -1, InvalidOid, -2, CStringGetDatum(text), false, false);
  constant->location = location;
  return constant;
}

}  // namespace

struct HeldLiterals::Taking {
  HeldLiterals *literals;
  int *found;  // where literals stand in the text
  int count;
  int room;

  void note(int location) {
    if (count == room) {
      room = room == 0 ? 16 : 2 * room;
      const Size size = sizeof(int) * static_cast<Size>(room);
      found = static_cast<int *>(found == nullptr ? palloc(size) : repalloc(found, size));
    }
    found[count++] = location;
  }
};

// A parameter's number; the same for the same literal, so that equal expressions stay equal. Negative: those
// of the text itself are not.
int HeldLiterals::add(const Literal &literal) {
  for (int i = 0; i < count_; ++i) {
    if (literals_[i].is_cast == literal.is_cast && strcmp(literals_[i].text, literal.text) == 0)
      return -i - 1;
  }
  if (count_ == room_) {
    room_ = room_ == 0 ? 16 : 2 * room_;
    const Size size = sizeof(Literal) * static_cast<Size>(room_);
    literals_ = static_cast<Literal *>(literals_ == nullptr ? palloc(size) : repalloc(literals_, size));
  }
  literals_[count_++] = literal;
  return -count_;
}

const HeldLiterals::Literal *HeldLiterals::of(int number) const {
  return number < 0 && -number <= count_ ? &literals_[-number - 1] : nullptr;
}

// The literal becomes a parameter in the place where it stands.
bool HeldLiterals::take_cast(Node *node, void *state) {
  auto *taking = static_cast<Taking *>(state);
  if (node == nullptr) return false;
  if (IsA(node, A_ArrayExpr)) {
    ListCell *cell;
    const List *elements = reinterpret_cast<A_ArrayExpr *>(node)->elements;
    foreach (cell, elements) take_cast(static_cast<Node *>(lfirst(cell)), state);
    return false;
  }
  auto *constant = reinterpret_cast<A_Const *>(node);
  if (!IsA(node, A_Const) || constant->isnull || !IsA(&constant->val, String)) return take_from(node, state);
  const Literal literal{strVal(&constant->val), true, constant->location};
  taking->note(literal.location);
  static_assert(sizeof(ParamRef) <= sizeof(A_Const));
  auto *parameter = reinterpret_cast<ParamRef *>(node);
  parameter->type = T_ParamRef;
  parameter->number = taking->literals->add(literal);
  parameter->location = literal.location;
  return false;
}

// What stands in the parentheses of a type goes to a function in C, as text.
bool HeldLiterals::note_modifier(Node *node, void *state) {
  if (node == nullptr) return false;
  if (!IsA(node, A_Const)) return walk_parsed(node, note_modifier, state);
  static_cast<Taking *>(state)->note(reinterpret_cast<A_Const *>(node)->location);
  return false;
}

bool HeldLiterals::take_from(Node *node, void *state) {
  auto *taking = static_cast<Taking *>(state);
  if (node == nullptr) return false;
  if (IsA(node, TypeName)) return note_modifier(node, state);
  if (IsA(node, TypeCast)) {
    auto *cast = reinterpret_cast<TypeCast *>(node);
    return take_cast(cast->arg, state) || take_from(reinterpret_cast<Node *>(cast->typeName), state);
  }
  if (asks_for_constants(node))
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("its literals cannot be held back")));
  auto *constant = reinterpret_cast<A_Const *>(node);
  if (!IsA(node, A_Const) || constant->isnull || !IsA(&constant->val, String))
    return walk_parsed(node, take_from, state);
  const Literal literal{strVal(&constant->val), false, constant->location};
  taking->note(literal.location);
  auto *parameter = reinterpret_cast<ParamRef *>(node);
  parameter->type = T_ParamRef;
  parameter->number = taking->literals->add(literal);
  parameter->location = literal.location;
  return false;
}

void HeldLiterals::take(const std::string &sql, Node *tree) {
  Taking taking{this, nullptr, 0, 0};
  call([&] { take_from(tree, &taking); });
  std::sort(taking.found, taking.found + taking.count);
  Tokens tokens(sql);
  for (int i = 0; i < tokens.count(); ++i) {
    const int begin = tokens.begin(i);
    if (begins_literal(std::string_view(sql).substr(begin, tokens.end(i) - begin)) &&
        !std::binary_search(taking.found, taking.found + taking.count, begin))
      call([] {
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("a literal of the text was not found in its tree")));
      });
  }
}

Node *HeldLiterals::named(ParseState *state, ParamRef *reference) {
  const auto *literals = static_cast<const HeldLiterals *>(state->p_ref_hook_state);
  if (literals->of(reference->number) == nullptr) return nullptr;
  auto *parameter = makeNode(Param);
  parameter->paramkind = PARAM_EXTERN;
  parameter->paramid = reference->number;
  parameter->paramtype = UNKNOWNOID;
  parameter->paramtypmod = -1;
  parameter->location = reference->location;
  return reinterpret_cast<Node *>(parameter);
}

Node *HeldLiterals::coerced(ParseState *state, Param *parameter, Oid type, std::int32_t modifiers,
                            int location) {
  const Literal *literal = static_cast<const HeldLiterals *>(state->p_ref_hook_state)->of(parameter->paramid);
  if (literal == nullptr || parameter->paramtype != UNKNOWNOID) return nullptr;
  if (input_runs_functions(type, false))
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("a literal of type %s may run functions of others", format_type_be(type))));
  auto *constant = reinterpret_cast<Node *>(typeless_constant(literal->text, parameter->location));
  return coerce_type(state, constant, UNKNOWNOID, type, modifiers,
                     literal->is_cast ? COERCION_EXPLICIT : COERCION_ASSIGNMENT,
                     literal->is_cast ? COERCE_EXPLICIT_CAST : COERCE_IMPLICIT_CAST, location);
}

void HeldLiterals::answer(ParseState *state) {
  state->p_paramref_hook = named;
  state->p_coerce_param_hook = coerced;
  state->p_ref_hook_state = this;
}

Node *HeldLiterals::typeless(Node *node, void *state) {
  if (node == nullptr) return nullptr;
  const auto *literals = static_cast<const HeldLiterals *>(state);
  if (IsA(node, Param)) {
    const auto *parameter = reinterpret_cast<const Param *>(node);
    const Literal *literal = literals->of(parameter->paramid);
    if (parameter->paramkind != PARAM_EXTERN || literal == nullptr) return node;
    return reinterpret_cast<Node *>(typeless_constant(literal->text, parameter->location));
  }
  if (IsA(node, Query)) return reinterpret_cast<Node *>(literals->put_back(reinterpret_cast<Query *>(node)));
  return changed_expression(node, typeless, state);
}

Node *HeldLiterals::put_back(Node *expression) const {
  return typeless(expression, const_cast<HeldLiterals *>(this));
}

Query *HeldLiterals::put_back(Query *query) const {
  return changed_query(query, typeless, const_cast<HeldLiterals *>(this));
}

}  // namespace migfix::server
