#include "server/server_text.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
}

namespace migfix::server {

std::string to_utf8(const std::string &text) {
  const char *bytes = text.c_str();
  const int length = static_cast<int>(text.size());
  const char *converted = call([&] { return pg_server_to_any(bytes, length, PG_UTF8); });
  return converted == bytes ? text : std::string(converted);
}

std::optional<std::string> from_utf8(const std::string &text) {
  if (text.find('\0') != std::string::npos) return std::nullopt;
  const char *bytes = text.c_str();
  const int length = static_cast<int>(text.size());
  if (GetDatabaseEncoding() == PG_SQL_ASCII) return text;
  if (!call([&] { return pg_verify_mbstr(PG_UTF8, bytes, length, true); })) return std::nullopt;
  if (GetDatabaseEncoding() == PG_UTF8) return text;
  struct Converted {
    char *text;
    bool whole;
  };
  const Converted converted = call([&] {
    const Oid procedure = FindDefaultConversionProc(PG_UTF8, GetDatabaseEncoding());
    if (!OidIsValid(procedure)) return Converted{nullptr, false};
    const Size room = static_cast<Size>(length) * MAX_CONVERSION_GROWTH + 1;
    auto *out = static_cast<unsigned char *>(MemoryContextAllocHuge(CurrentMemoryContext, room));
    const int done = pg_do_encoding_conversion_buf(
        procedure, PG_UTF8, GetDatabaseEncoding(),
        reinterpret_cast<unsigned char *>(const_cast<char *>(bytes)), length, out, static_cast<int>(room), true);
    return Converted{reinterpret_cast<char *>(out), done == length};
  });
  if (!converted.whole) return std::nullopt;
  std::string result(converted.text);
  call([&] { pfree(converted.text); });
  return result;
}

}  // namespace migfix::server
