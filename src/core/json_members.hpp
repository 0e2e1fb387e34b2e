// Members of a JSON object, written and read by one description of them: `io("not_null", column.not_null)`.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/json.hpp"

namespace migfix::core {

/// Throws 22023: what stands at `where` is not as it must be.
[[noreturn]] void refuse_json(std::string_view where, const std::string &why);

/// The typed value of a JSON; each throws 22023 where it has another type.
bool json_flag(const Json &json, std::string_view where);
std::int64_t json_number(const Json &json, std::string_view where);
const std::string &json_text(const Json &json, std::string_view where);
const Json::List &json_list(const Json &json, std::string_view where);
const Json::Members &json_members(const Json &json, std::string_view where);

/// A name of an object: 1 to 63 bytes.
const std::string &json_name(const Json &json, std::string_view where);

class MemberWriter {
 public:
  static constexpr bool kReads = false;

  /// Left out where it is null.
  void put(const char *name, Json json) {
    if (!json.is_null()) members_.emplace_back(name, std::move(json));
  }
  Json::Members take() { return std::move(members_); }

 private:
  Json::Members members_;
};

class MemberReader {
 public:
  static constexpr bool kReads = true;

  MemberReader(const Json &json, std::string where)
      : members_(json_members(json, where)), where_(std::move(where)) {}

  /// Null where it is not there.
  const Json *find(const char *name) {
    known_.insert(name);
    for (const auto &[key, json] : members_)
      if (key == name) return &json;
    return nullptr;
  }
  /// Throws 22023 where it is not there.
  const Json &get(const char *name) {
    const Json *json = find(name);
    if (json == nullptr) refuse_json(where_, std::string("\"") + name + "\" is missing");
    return *json;
  }
  std::string at(const char *name) const { return where_ + "." + name; }
  const std::string &where() const { return where_; }
  /// Throws 22023 for a member that nobody asked for.
  void finish() const;

 private:
  const Json::Members &members_;
  std::string where_;
  std::set<std::string> known_;
};

}  // namespace migfix::core
