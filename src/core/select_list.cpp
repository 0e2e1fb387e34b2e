#include "core/select_list.hpp"

#include <algorithm>
#include <array>

#include "core/expression_text.hpp"

namespace migfix::core {

namespace {

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size> &words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 3> kSetOperations = {"union", "intersect", "except"};
constexpr std::array<std::string_view, 9> kAfterFrom = {"where", "group",  "having", "window", "order",
                                                        "limit", "offset", "fetch",  "for"};

}  // namespace

std::optional<SelectList> select_list(std::string_view query) {
  const std::string text = loose_form(query);
  if (!text.starts_with("select")) return std::nullopt;
  SelectList list;
  std::string part;
  enum class In { kItems, kFrom, kRest } in = In::kItems;
  int depth = 0;
  const auto end_part = [&] {
    while (!part.empty() && part.front() == ' ') part.erase(0, 1);
    while (!part.empty() && part.back() == ' ') part.pop_back();
    if (in == In::kItems) list.items.push_back(part);
    if (in == In::kFrom) list.from = part;
    part.clear();
  };
  for (std::size_t i = 6; i < text.size();) {
    const char c = text[i];
    std::size_t end = i + 1;
    if (c == '\'' || c == '"') {
      end = text.find(c, i + 1);
      end = end == std::string::npos ? text.size() : end + 1;
    } else if (is_name(c)) {
      while (end < text.size() && is_name(text[end])) ++end;
    }
    const std::string word = text.substr(i, end - i);
    i = end;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (depth == 0 && contains(kSetOperations, word)) return std::nullopt;
    if (depth == 0 && in == In::kItems && word == "distinct" && list.items.empty()) return std::nullopt;
    const bool ends_items = depth == 0 && in == In::kItems && (word == "," || word == "from");
    const bool ends_from = depth == 0 && in != In::kRest && contains(kAfterFrom, word);
    if (!ends_items && !ends_from) {
      part += word;
      continue;
    }
    end_part();
    if (word == "from") in = In::kFrom;
    if (ends_from) in = In::kRest;
  }
  end_part();
  return list;
}

bool is_replaceable(std::string_view from, std::string_view to) {
  const std::optional<SelectList> now = select_list(from);
  const std::optional<SelectList> then = select_list(to);
  if (!now || !then || now->from != then->from || now->items.size() > then->items.size()) return false;
  return std::equal(now->items.begin(), now->items.end(), then->items.begin());
}

}  // namespace migfix::core
