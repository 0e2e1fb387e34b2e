#include "core/json_members.hpp"

#include "core/error.hpp"
#include "core/sql_text.hpp"
#include "core/utf8.hpp"

#include <fmt/format.h>

namespace migfix::core {

namespace {

constexpr std::size_t kLongestName = 63;

template <class Type>
const Type &typed(const Json &json, const std::string &where, const char *what) {
  const Type *value = std::get_if<Type>(&json.value);
  if (value == nullptr) refuse_json(where, fmt::format("it must be {}", what));
  return *value;
}

}  // namespace

void refuse_json(const std::string &where, const std::string &why) {
  throw Error(kInvalidParameterValue, "this is no export of migfix", fmt::format("{}: {}.", clipped(where, 300), why));
}

bool json_flag(const Json &json, const std::string &where) {
  return typed<bool>(json, where, "true or false");
}

std::int64_t json_number(const Json &json, const std::string &where) {
  return typed<std::int64_t>(json, where, "a whole number");
}

const std::string &json_text(const Json &json, const std::string &where) {
  return typed<std::string>(json, where, "a text");
}

const Json::List &json_list(const Json &json, const std::string &where) {
  return typed<Json::List>(json, where, "an array");
}

const Json::Members &json_members(const Json &json, const std::string &where) {
  return typed<Json::Members>(json, where, "an object");
}

const std::string &json_name(const Json &json, const std::string &where) {
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
