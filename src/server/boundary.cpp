#include "server/boundary.hpp"

#include "core/visible.hpp"

namespace migfix::server {

namespace {

char *copy_or_null(const std::string &text) noexcept { return text.empty() ? nullptr : strdup(text.c_str()); }

char *copy_on_one_line(const std::string &text) noexcept {
  try {
    return copy_or_null(core::visible(text));
  } catch (const std::bad_alloc &) {
    return copy_or_null(text);
  }
}

// Moves malloc'd text into the current memory context, so that the raise leaves nothing behind.
char *adopt(char *text) {
  if (text == nullptr) return nullptr;
  char *copy = pstrdup(text);
  free(text);
  return copy;
}

}  // namespace

void Failure::set(const core::Error &error) noexcept {
  const char *code = error.sqlstate();
  sqlstate = MAKE_SQLSTATE(code[0], code[1], code[2], code[3], code[4]);
  message = copy_on_one_line(error.message());
  detail = copy_or_null(error.detail());
  hint = copy_or_null(error.hint());
}

void Failure::set(int state, const char *text) noexcept {
  sqlstate = state;
  message = strdup(text);
}

void raise(Failure &failure) {
  if (failure.pg != nullptr) ReThrowError(failure.pg);
  const char *message = adopt(failure.message);
  const char *detail = adopt(failure.detail);
  const char *hint = adopt(failure.hint);
  ereport(ERROR, (errcode(failure.sqlstate), errmsg("%s", message != nullptr ? message : "out of memory"),
                  detail != nullptr ? errdetail("%s", detail) : 0, hint != nullptr ? errhint("%s", hint) : 0));
  pg_unreachable();
}

void report(int level, const std::string &message, const std::string &detail, const std::string &hint) {
  const std::string on_one_line = core::visible(message);
  const char *what = on_one_line.c_str();
  const char *why = detail.empty() ? nullptr : detail.c_str();
  const char *help = hint.empty() ? nullptr : hint.c_str();
  call([&] {
    ereport(level, (errmsg("%s", what), why != nullptr ? errdetail("%s", why) : 0,
                    help != nullptr ? errhint("%s", help) : 0));
  });
}

}  // namespace migfix::server
