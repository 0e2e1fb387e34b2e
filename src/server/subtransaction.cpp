#include "server/subtransaction.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/memutils.h"
}

namespace migfix::server {

namespace {

bool must_pass(int sqlstate) {
  const int category = ERRCODE_TO_CATEGORY(sqlstate);
  return category == ERRCODE_OPERATOR_INTERVENTION || category == ERRCODE_TRANSACTION_ROLLBACK ||
         category == ERRCODE_INSUFFICIENT_RESOURCES || sqlstate == ERRCODE_LOCK_NOT_AVAILABLE;
}

bool is_refusal(int sqlstate) {
  switch (ERRCODE_TO_CATEGORY(sqlstate)) {
    case ERRCODE_DATA_EXCEPTION:
    case ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION:
    case ERRCODE_FEATURE_NOT_SUPPORTED:
    case ERRCODE_DEPENDENT_PRIVILEGE_DESCRIPTORS_STILL_EXIST:
    case ERRCODE_INVALID_CATALOG_NAME:
    case ERRCODE_INVALID_SCHEMA_NAME:
    case ERRCODE_PROGRAM_LIMIT_EXCEEDED:
      return true;
    default:
      return sqlstate == ERRCODE_INTERNAL_ERROR;
  }
}

// A report in memory that outlives the subtransaction (it may stand in that of an SPI connection).
ErrorData *keep(const ErrorData *data, MemoryContext context) {
  return call([&] {
    MemoryContext caller = MemoryContextSwitchTo(context);
    auto *copy = static_cast<ErrorData *>(palloc(sizeof(ErrorData)));
    *copy = *data;
    for (char **text : {&copy->message, &copy->detail, &copy->detail_log, &copy->hint, &copy->context,
                        &copy->backtrace, &copy->schema_name, &copy->table_name, &copy->column_name,
                        &copy->datatype_name, &copy->constraint_name, &copy->internalquery}) {
      if (*text != nullptr) *text = pstrdup(*text);
    }
    copy->assoc_context = context;
    MemoryContextSwitchTo(caller);
    return copy;
  });
}

}  // namespace

Subtransaction::Subtransaction() : context_(CurrentMemoryContext), owner_(CurrentResourceOwner) {
  call([&] {
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(context_);
  });
}

void Subtransaction::release() {
  call([&] {
    ReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(context_);
    CurrentResourceOwner = owner_;
  });
}

void Subtransaction::roll_back() {
  call([&] {
    RollbackAndReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(context_);
    CurrentResourceOwner = owner_;
  });
}

void warn_of_own_failure(const char *what, const std::string &why) {
  report(WARNING, fmt::format("{}: {}", what, why),
         "This is a failure of migfix itself; the statement goes on without it.",
         "Please report it, with what SELECT migfix_diagnose(); says.");
}

bool attempt(const char *what, const std::function<void()> &work) {
  const MemoryContext context = CurrentMemoryContext;
  Subtransaction subtransaction;
  std::string trouble;
  ErrorData *passing = nullptr;
  try {
    work();
    subtransaction.release();
    return true;
  } catch (const PgError &error) {
    trouble = error.data->message != nullptr ? error.data->message : "unknown error";
    if (must_pass(error.data->sqlerrcode)) passing = keep(error.data, context);
  } catch (const core::Error &) {
    subtransaction.roll_back();
    throw;
  } catch (const std::bad_alloc &) {
    subtransaction.roll_back();
    throw;
  } catch (const std::exception &error) {
    trouble = error.what();
  }
  subtransaction.roll_back();
  if (passing != nullptr) throw PgError{passing};
  warn_of_own_failure(what, trouble);
  return false;
}

bool tried(const std::function<void()> &work) {
  const MemoryContext context = CurrentMemoryContext;
  Subtransaction subtransaction;
  ErrorData *passing = nullptr;
  std::exception_ptr other;
  bool done = false;
  try {
    work();
    done = true;
  } catch (const PgError &error) {
    if (!is_refusal(error.data->sqlerrcode)) passing = keep(error.data, context);
  } catch (...) {
    other = std::current_exception();
  }
  subtransaction.roll_back();
  if (passing != nullptr) throw PgError{passing};
  if (other) std::rethrow_exception(other);
  return done;
}

}  // namespace migfix::server
