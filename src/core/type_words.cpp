#include "core/type_words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/remedy.hpp"

namespace migfix::core {

namespace {

constexpr std::string_view kCatalog = "pg_catalog";

struct BuiltIn {
  std::string_view name;   // pg_type.typname
  std::string_view sql;    // what stands before the modifiers
  std::string_view after;  // and after them
  std::string_view words;  // the short name that people use, before the modifiers
};

constexpr std::array<BuiltIn, 16> kBuiltIns = {{
    {"varchar", "character varying", "", "varchar"},
    {"bpchar", "character", "", "char"},
    {"timestamp", "timestamp", " without time zone", "timestamp"},
    {"timestamptz", "timestamp", " with time zone", "timestamptz"},
    {"time", "time", " without time zone", "time"},
    {"timetz", "time", " with time zone", "timetz"},
    {"bool", "boolean", "", "bool"},
    {"int2", "smallint", "", "smallint"},
    {"int4", "integer", "", "integer"},
    {"int8", "bigint", "", "bigint"},
    {"float4", "real", "", "real"},
    {"float8", "double precision", "", "double precision"},
    {"varbit", "bit varying", "", "varbit"},
    {"bit", "bit", "", "bit"},
    {"numeric", "numeric", "", "numeric"},
    {"interval", "interval", "", "interval"},
}};

const BuiltIn *built_in(const DataType &type) {
  if (type.name.schema != kCatalog) return nullptr;
  // Without a length these are what no keyword can say: `character` means character(1).
  if (type.modifiers.empty() && (type.name.name == "bpchar" || type.name.name == "bit")) return nullptr;
  const auto *const found = std::find_if(kBuiltIns.begin(), kBuiltIns.end(),
                                         [&](const BuiltIn &known) { return known.name == type.name.name; });
  return found == kBuiltIns.end() ? nullptr : found;
}

bool plain_letters(std::string_view raw) {
  return !raw.empty() && !(raw.front() >= '0' && raw.front() <= '9') && raw.front() != '$' &&
         std::all_of(raw.begin(), raw.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
                  static_cast<unsigned char>(c) >= 0x80;
         });
}

std::string one_spelling(const DataType &type) {
  if (type.name.schema == kCatalog && type.name.name == "interval") return type.modifiers;
  std::string modifiers = type.modifiers;
  std::erase(modifiers, ' ');
  const bool numeric = type.name.schema == kCatalog && type.name.name == "numeric";
  if (numeric && !modifiers.empty() && modifiers.find(',') == std::string::npos && modifiers.back() == ')') {
    modifiers.insert(modifiers.size() - 1, ",0");
  }
  return modifiers;
}

}  // namespace

std::string name_in_words(std::string_view raw) {
  if (plain_letters(raw)) return std::string(raw);
  std::string quoted = "\"";
  for (const char c : raw) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + "\"";
}

std::string name_in_words(const QualifiedName &name) {
  if (name.schema.empty()) return name_in_words(std::string_view(name.name));
  return fmt::format("{}.{}", name_in_words(std::string_view(name.schema)),
                     name_in_words(std::string_view(name.name)));
}

std::string object_name_in_words(const ObjectId &id) {
  const QualifiedName whole{id.schema, id.table.empty() ? id.name : id.table};
  std::string words = name_in_words(whole);
  if (!id.table.empty()) words += "." + name_in_words(std::string_view(id.name));
  return words;
}

std::string object_in_words(const ObjectId &id) {
  return fmt::format("{} {}", object_kind_name(id.kind), object_name_in_words(id));
}

std::string name_in_sql(const QualifiedName &name, std::string_view own_schema) {
  return fmt::format("{}.{}", name_in_sql(name.schema.empty() ? own_schema : std::string_view(name.schema)),
                     name_in_sql(std::string_view(name.name)));
}

std::string type_in_sql(const DataType &type, std::string_view own_schema) {
  std::string sql;
  if (const BuiltIn *known = built_in(type); known != nullptr) {
    sql = fmt::format("{}{}{}", known->sql, type.modifiers, known->after);
  } else if (type.name.schema == kCatalog) {
    // `bit` and `char` without quotes are the keywords, which mean something else.
    const bool word = plain_letters(type.name.name) && type.name.name != "bit" && type.name.name != "char";
    sql = (word ? type.name.name : name_in_sql(std::string_view(type.name.name))) + type.modifiers;
  } else {
    sql = name_in_sql(type.name, own_schema) + type.modifiers;
  }
  return type.array ? sql + "[]" : sql;
}

std::string type_in_words(const DataType &type) {
  std::string words;
  const std::string modifiers = one_spelling(type);
  if (const BuiltIn *known = built_in(type); known != nullptr) {
    words = fmt::format("{}{}", known->words, modifiers);
  } else if (type.name.schema == kCatalog) {
    words =
        (type.name.name == "char" ? "\"char\"" : name_in_words(std::string_view(type.name.name))) + modifiers;
  } else {
    words = name_in_words(type.name) + modifiers;
  }
  return type.array ? words + "[]" : words;
}

std::string type_compared(const DataType &type) {
  return fmt::format("{}.{}{}{}", name_in_words(std::string_view(type.name.schema)),
                     name_in_words(std::string_view(type.name.name)), one_spelling(type),
                     type.array ? "[]" : "");
}

}  // namespace migfix::core
