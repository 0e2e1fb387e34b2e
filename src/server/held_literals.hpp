// String literals that are kept from the parser until it says which type they are to become.
#pragma once

#include "server/boundary.hpp"

extern "C" {
#include "parser/parse_node.h"
}

namespace migfix::server {

/// Analysis calls the input function of a literal's type. Those of arrays, composite types and ranges call on
/// for their parts, at last the CHECKs of domains and the functions of ranges: code of whoever made the type,
/// which would run with the rights of whoever has the text analysed. So the literals of a raw tree become
/// parameters without a type; the parser asks for each of them what it becomes as soon as it knows the type,
/// and there the ones of such a type are refused (0A000). All that is asked about a type is what never
/// changes in it, so nothing can be swapped in between.
class HeldLiterals {
 public:
  /// Takes the string literals out of `tree`, which is what `sql` was parsed to. Throws where one of the text
  /// was not found in the tree: it would not be asked for.
  void take(const std::string &sql, Node *tree);

  /// Has the parser ask. What else uses the parser's hooks leaves these two alone, and has this object at the
  /// beginning of its state. Inside call().
  void answer(ParseState *state);

  /// The literals that nothing gave a type are put back into what the parser made. Inside call().
  Node *put_back(Node *expression) const;
  Query *put_back(Query *query) const;

 private:
  struct Literal {
    const char *text;
    bool is_cast;  // written as `'x'::t`, `CAST ('x' AS t)` or `t 'x'`, or an element of ARRAY['x']::t[]
    int location;
  };
  struct Taking;
  const Literal *of(int number) const;
  int add(const Literal &literal);
  static bool take_from(Node *node, void *taking);
  static bool take_cast(Node *node, void *taking);
  static bool note_modifier(Node *node, void *taking);
  static Node *named(ParseState *state, ParamRef *reference);
  static Node *coerced(ParseState *state, Param *parameter, Oid type, std::int32_t modifiers, int location);
  static Node *typeless(Node *node, void *literals);

  Literal *literals_ = nullptr;
  int count_ = 0;
  int room_ = 0;
};

}  // namespace migfix::server
