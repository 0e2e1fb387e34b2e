#include <algorithm>

#include "core/expression_names.hpp"

namespace migfix::core {

namespace {

using Token = ExpressionToken;

/// A name, and how good it is (as in FigureColnameInternal): 0 none, 1 a type's or "case", 2 a column's or a
/// function's.
struct Figured {
  std::string name;
  int strength = 0;
};

class Figure {
 public:
  explicit Figure(std::string_view text) : tokens_(expression_tokens(text)) {}

  Figured all() const { return of(0, tokens_.size()); }

 private:
  bool opens(std::size_t i) const {
    return tokens_[i].is("(") || tokens_[i].is("[") || tokens_[i].is("case");
  }
  bool closes(std::size_t i) const {
    return tokens_[i].is(")") || tokens_[i].is("]") || tokens_[i].is("end");
  }

  /// The place after what `from` opens.
  std::size_t after(std::size_t from, std::size_t end) const {
    int depth = 0;
    for (std::size_t i = from; i < end; ++i) {
      if (opens(i)) ++depth;
      if (closes(i) && --depth == 0) return i + 1;
    }
    return end;
  }

  /// Places of tokens that stand within no brackets.
  std::vector<std::size_t> open_places(std::size_t from, std::size_t end) const {
    std::vector<std::size_t> places;
    for (std::size_t i = from; i < end;) {
      places.push_back(i);
      i = opens(i) ? std::max(after(i, end), i + 1) : i + 1;
    }
    return places;
  }

  bool is_any(std::size_t i, std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return tokens_[i].is(word); });
  }

  Figured of(std::size_t from, std::size_t end) const {
    if (from >= end) return {};
    if (tokens_[from].is("(") && after(from, end) == end) return within_brackets(from + 1, end - 1);
    const std::vector<std::size_t> places = open_places(from, end);
    for (const std::size_t i : places) {
      if (tokens_[i].kind == Token::Kind::kOperator) return {};
      if (is_any(i, {"and", "or", "not", "is", "isnull", "notnull", "in", "like", "ilike", "similar",
                     "between"})) {
        return {};
      }
    }
    for (std::size_t n = places.size(); n-- > 1;) {
      const std::size_t i = places[n];
      if (tokens_[i].is("collate")) return of(from, i);
      if (tokens_[i].is("at") && i + 1 < end && tokens_[i + 1].is("time")) return {"timezone", 2};
      if (tokens_[i].is("::")) return cast(of(from, i), i + 1, end);
    }
    return plain(from, end);
  }

  Figured within_brackets(std::size_t from, std::size_t end) const {
    for (const std::size_t i : open_places(from, end)) {
      if (tokens_[i].is(",")) return {"row", 2};
    }
    return of(from, end);
  }

  Figured cast(Figured argument, std::size_t from, std::size_t end) const {
    if (argument.strength == 2) return argument;
    const std::string name = type_name(from, end);
    return name.empty() ? argument : Figured{name, 1};
  }

  /// A type's name as the grammar makes it: the last part, the standard's words as the catalog names them.
  std::string type_name(std::size_t from, std::size_t end) const {
    if (from >= end || !tokens_[from].is_name()) return {};
    std::size_t last = from;
    while (last + 2 < end && tokens_[last + 1].is(".")) last += 2;
    const Token &name = tokens_[last];
    if (last != from || name.kind == Token::Kind::kQuotedName) return name.value;
    if (name.is("int") || name.is("integer")) return "int4";
    if (name.is("bigint")) return "int8";
    if (name.is("smallint")) return "int2";
    if (name.is("boolean")) return "bool";
    if (name.is("real")) return "float4";
    if (name.is("double") || name.is("float")) return "float8";
    if (name.is("decimal") || name.is("dec")) return "numeric";
    if (name.is("character") || name.is("char")) {
      return from + 1 < end && tokens_[from + 1].is("varying") ? "varchar" : "bpchar";
    }
    if (name.is("timestamp") || name.is("time")) {
      for (std::size_t i = from; i < end; ++i) {
        if (tokens_[i].is("with")) return name.value + "tz";
      }
    }
    return name.value;
  }

  Figured plain(std::size_t from, std::size_t end) const {
    const Token &first = tokens_[from];
    if (first.is("case")) return of_case(from, end);
    if (first.is("(")) return indirection(from, end);  // (x).field, (x)[1]
    if (!first.is_name()) return {};
    const std::size_t last = last_part(from, end);
    if (last + 1 >= end) return {tokens_[last].value, 2};
    if (tokens_[last + 1].is("["))
      return first.is("array") ? Figured{"array", 2} : Figured{tokens_[last].value, 2};
    if (!tokens_[last + 1].is("(")) {
      return tokens_[end - 1].kind == Token::Kind::kString ? Figured{type_name(from, end), 1} : Figured{};
    }
    if (first.is("cast")) return of_cast(last + 2, after(last + 1, end) - 1);
    if (first.is("trim") && last == from) {
      if (tokens_[last + 2].is("leading")) return {"ltrim", 2};
      return {tokens_[last + 2].is("trailing") ? "rtrim" : "btrim", 2};
    }
    return {tokens_[last].value, 2};
  }

  std::size_t last_part(std::size_t from, std::size_t end) const {
    std::size_t last = from;
    while (last + 2 < end && tokens_[last + 1].is(".") && tokens_[last + 2].is_name()) last += 2;
    return last;
  }

  Figured indirection(std::size_t from, std::size_t end) const {
    const std::size_t close = after(from, end);
    std::string field;
    for (std::size_t i = close; i + 1 < end; ++i) {
      if (tokens_[i].is(".") && tokens_[i + 1].is_name()) field = tokens_[i + 1].value;
    }
    return field.empty() ? of(from, close) : Figured{field, 2};
  }

  Figured of_cast(std::size_t from, std::size_t end) const {
    for (const std::size_t i : open_places(from, end)) {
      if (tokens_[i].is("as")) return cast(of(from, i), i + 1, end);
    }
    return {};
  }

  Figured of_case(std::size_t from, std::size_t end) const {
    const std::size_t close = after(from, end);
    for (const std::size_t i : open_places(from + 1, close - 1)) {
      if (!tokens_[i].is("else")) continue;
      const Figured other = of(i + 1, close - 1);
      if (other.strength == 2) return other;
    }
    return {"case", 1};
  }

  std::vector<Token> tokens_;
};

}  // namespace

std::string figured_name(std::string_view text) {
  return Figure(text).all().name;
}

}  // namespace migfix::core
