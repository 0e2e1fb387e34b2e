// JSON as text, for the targets alone: in the server, its own parser reads and writes it.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.hpp"

namespace migfix::core::fuzz {

/// Nothing where the text is no JSON, or more than this reads: integers alone, of escapes \" and \\ alone.
class JsonText {
 public:
  static std::optional<Json> read(std::string_view text) {
    JsonText reader(text);
    auto json = reader.value(0);
    reader.blanks();
    return json && reader.rest_.empty() ? json : std::nullopt;
  }

  static std::string write(const Json &json) {
    std::string text;
    write(json, text);
    return text;
  }

 private:
  static constexpr int kDeepest = 60;

  explicit JsonText(std::string_view text) : rest_(text) {}

  void blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  bool take(std::string_view word) {
    blanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::optional<std::string> text() {
    std::string result;
    for (; !rest_.empty(); rest_.remove_prefix(1)) {
      if (rest_.front() == '"') {
        rest_.remove_prefix(1);
        return result;
      }
      if (rest_.front() == '\\') {
        rest_.remove_prefix(1);
        if (rest_.empty()) break;
      }
      result += rest_.front();
    }
    return std::nullopt;
  }

  std::optional<Json> list(int depth) {
    Json::List items;
    if (take("]")) return Json(std::move(items));
    do {
      auto item = value(depth);
      if (!item) return std::nullopt;
      items.push_back(std::move(*item));
    } while (take(","));
    if (!take("]")) return std::nullopt;
    return Json(std::move(items));
  }

  std::optional<Json> members(int depth) {
    Json::Members members;
    if (take("}")) return Json(std::move(members));
    do {
      if (!take("\"")) return std::nullopt;
      auto name = text();
      if (!name || !take(":")) return std::nullopt;
      for (const auto &member : members)
        if (member.first == *name) return std::nullopt;
      auto item = value(depth);
      if (!item) return std::nullopt;
      members.emplace_back(std::move(*name), std::move(*item));
    } while (take(","));
    if (!take("}")) return std::nullopt;
    return Json(std::move(members));
  }

  std::optional<Json> value(int depth) {
    if (depth > kDeepest) return std::nullopt;
    if (take("null")) return Json();
    if (take("true")) return Json(true);
    if (take("false")) return Json(false);
    if (take("[")) return list(depth + 1);
    if (take("{")) return members(depth + 1);
    if (take("\"")) {
      auto string = text();
      if (!string) return std::nullopt;
      return Json(std::move(*string));
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc()) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return Json(number);
  }

  static void write(const std::string &string, std::string &text) {
    text += '"';
    for (const char c : string) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }

  static void write(const Json &json, std::string &text) {
    const char *separator = "";
    if (json.is_null()) {
      text += "null";
    } else if (const auto *flag = std::get_if<bool>(&json.value)) {
      text += *flag ? "true" : "false";
    } else if (const auto *number = std::get_if<std::int64_t>(&json.value)) {
      text += std::to_string(*number);
    } else if (const auto *string = std::get_if<std::string>(&json.value)) {
      write(*string, text);
    } else if (const auto *list = std::get_if<Json::List>(&json.value)) {
      text += '[';
      for (const Json &item : *list) {
        text += std::exchange(separator, ",\n");
        write(item, text);
      }
      text += ']';
    } else if (const auto *members = std::get_if<Json::Members>(&json.value)) {
      text += '{';
      for (const auto &[name, item] : *members) {
        text += std::exchange(separator, ", ");
        write(name, text);
        text += ": ";
        write(item, text);
      }
      text += '}';
    }
  }

  std::string_view rest_;
};

}  // namespace migfix::core::fuzz
