#include "core/json_members.hpp"

#include "core/error.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"

#include <fmt/format.h>

namespace migfix::core {

namespace {

constexpr std::size_t kLongestName = 63;

template <class Type>
const Type &typed(const Json &json, std::string_view where, const char *what) {
  const Type *value = std::get_if<Type>(&json.value);
  if (value == nullptr) refuse_json(where, what);
  return *value;
}

}  // namespace

void refuse_json(std::string_view where, const std::string &why) {
  throw Error(kInvalidParameterValue, "this is no export of migfix",
              fmt::format("{}: {}.", clipped(where, 300), why));
}

bool json_flag(const Json &json, std::string_view where) {
  return typed<bool>(json, where, "it must be true or false");
}

std::int64_t json_number(const Json &json, std::string_view where) {
  return typed<std::int64_t>(json, where, "it must be a whole number");
}

const std::string &json_text(const Json &json, std::string_view where) {
  return typed<std::string>(json, where, "it must be a text");
}

const Json::List &json_list(const Json &json, std::string_view where) {
  return typed<Json::List>(json, where, "it must be an array");
}

const Json::Members &json_members(const Json &json, std::string_view where) {
  return typed<Json::Members>(json, where, "it must be an object");
}

const std::string &json_name(const Json &json, std::string_view where) {
  const std::string &name = json_text(json, where);
  if (name.empty()) refuse_json(where, "a name must not be empty");
  if (name.size() > kLongestName) refuse_json(where, "a name has at most 63 bytes");
  return name;
}

void MemberReader::finish() const {
  for (const auto &[key, json] : members_)
    if (!known_.contains(key)) refuse_json(where_, fmt::format("{} is not known", in_quotes(clipped(key))));
}

}  // namespace migfix::core
