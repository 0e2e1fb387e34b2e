// Where C++ (which throws) and PostgreSQL (which longjmps) meet; nowhere else.
//
// Every header of the standard library and of fmt that the server side uses is included here, before
// postgres.h, whose macros break some of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"

extern "C" {
#include "postgres.h"
#include "fmgr.h"
#include "miscadmin.h"
}

namespace migfix::server {

/// An error that the server raised, caught by call(). Deliberately no std::exception: a handler for those
/// must not swallow it.
struct PgError {
  ErrorData *data;
};

/// Keeps the server's handler chain as it was when the scope began.
class HandlerScope {
 public:
  HandlerScope() : jump_(PG_exception_stack), context_(error_context_stack) {}
  ~HandlerScope() {
    PG_exception_stack = jump_;
    error_context_stack = context_;
  }
  HandlerScope(const HandlerScope &) = delete;
  HandlerScope &operator=(const HandlerScope &) = delete;

 private:
  sigjmp_buf *jump_;
  ErrorContextCallback *context_;
};

/// Runs server code that may raise; what it raises is thrown as PgError (std::bad_alloc where the report
/// itself could not be copied). `fn` is jumped over when the server raises, so it creates nothing that has
/// a destructor: it captures by reference and hands back palloc'd memory or plain values.
template <typename Fn>
auto call(Fn fn) -> std::invoke_result_t<Fn &> {
  static_assert(std::is_trivially_destructible_v<Fn>, "capture by reference: a longjmp leaves this closure");
  const MemoryContext caller = CurrentMemoryContext;
  {
    HandlerScope scope;
    sigjmp_buf here;
    if (sigsetjmp(here, 0) == 0) {
      PG_exception_stack = &here;
      return fn();
    }
  }
  MemoryContextSwitchTo(caller);
  {
    HandlerScope scope;  // copying the report can itself run out of memory
    sigjmp_buf here;
    if (sigsetjmp(here, 0) == 0) {
      PG_exception_stack = &here;
      ErrorData *data = CopyErrorData();
      FlushErrorState();
      throw PgError{data};
    }
  }
  FlushErrorState();
  throw std::bad_alloc();
}

/// What is left of a C++ exception once its handler has ended: plain storage, owned by malloc.
struct Failure {
  ErrorData *pg = nullptr;
  int sqlstate = 0;
  char *message = nullptr;
  char *detail = nullptr;
  char *hint = nullptr;

  void set(const core::Error &error) noexcept;
  void set(int state, const char *text) noexcept;
};

/// Raises the failure in PostgreSQL. Nothing that owns memory may be alive in the calling frame.
[[noreturn]] void raise(Failure &failure);

/// Runs `fn` (any C++) and turns what it throws into an error of PostgreSQL.
template <typename Result, typename Fn>
Result enter(Fn &&fn) {
  Failure failure;
  try {
    return fn();
  } catch (const PgError &error) {
    failure.pg = error.data;
  } catch (const core::Error &error) {
    failure.set(error);
  } catch (const std::bad_alloc &) {
    failure.set(ERRCODE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &error) {
    failure.set(ERRCODE_INTERNAL_ERROR, error.what());
  }
  raise(failure);  // outside of the handlers: a raise inside one leaks the exception
}

/// Sends a message below ERROR to the client and the server's log.
void report(int level, const std::string &message, const std::string &detail = {},
            const std::string &hint = {});

/// Lets Ctrl-C and shutdown through; to be called in loops that do no server call.
inline void check_for_interrupts() {
  if (InterruptPending) call([] { CHECK_FOR_INTERRUPTS(); });
}

}  // namespace migfix::server

/// Defines the C symbol `name`, the entry of the SQL function of that name, with the body that follows:
/// `MIGFIX_FUNCTION(migfix_undo) { … fcinfo … }`. The body may throw.
#define MIGFIX_FUNCTION(name)                                                       \
  static Datum name##_body(FunctionCallInfo fcinfo);                                \
  _Pragma("GCC visibility push(default)") extern "C" {                              \
    PG_FUNCTION_INFO_V1(name);                                                      \
    Datum name(PG_FUNCTION_ARGS) {                                                  \
      return ::migfix::server::enter<Datum>([&] { return name##_body(fcinfo); });   \
    }                                                                               \
  }                                                                                 \
  _Pragma("GCC visibility pop") static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
