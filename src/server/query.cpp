#include "server/query.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
}

namespace migfix::server {

namespace {

// Names in our own SQL must mean PostgreSQL's own objects, whatever path the session has.
class PinnedSearchPath {
 public:
  PinnedSearchPath() {
    level_ = call([] {
      const int level = NewGUCNestLevel();
      set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
                        true, 0, false);
      // Queries over the catalogs look dear to the planner and are not: compiling them takes longer.
      set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
      return level;
    });
  }
  ~PinnedSearchPath() { AtEOXact_GUC(true, level_); }
  PinnedSearchPath(const PinnedSearchPath &) = delete;
  PinnedSearchPath &operator=(const PinnedSearchPath &) = delete;

 private:
  int level_;
};

// An SPI connection. After an error it is left to the end of the (sub)transaction, which knows what the
// broken statement still holds.
class Connection {
 public:
  Connection() : exceptions_(std::uncaught_exceptions()) {
    if (call([] { return SPI_connect(); }) != SPI_OK_CONNECT)
      throw std::runtime_error("SPI_connect failed");
  }
  ~Connection() {
    if (std::uncaught_exceptions() == exceptions_) SPI_finish();
  }
  Connection(const Connection &) = delete;
  Connection &operator=(const Connection &) = delete;

 private:
  int exceptions_;
};

SPIPlanPtr prepare(const char *sql, int parameters, SnapshotKind snapshot) {
  // Reports over the catalogs are planned anew each time: a generic plan, made for parameters that nobody
  // knows, reads them for one schema where the whole database is meant. The guard's own small statements are
  // not worth that.
  const int options = snapshot == SnapshotKind::kActive ? CURSOR_OPT_CUSTOM_PLAN : 0;
  return call([&] {
    auto *types = static_cast<Oid *>(palloc(sizeof(Oid) * (parameters + 1)));
    for (int i = 0; i < parameters; ++i) types[i] = TEXTOID;
    SPIPlanPtr plan = SPI_prepare_cursor(sql, parameters, types, options);
    if (plan == nullptr) elog(ERROR, "SPI_prepare_cursor failed: %s", SPI_result_code_string(SPI_result));
    return plan;
  });
}

int execute(SPIPlanPtr plan, const std::vector<Value> &parameters, SnapshotKind snapshot) {
  const std::size_t count = parameters.size();
  return call([&] {
    auto *values = static_cast<Datum *>(palloc0(sizeof(Datum) * (count + 1)));
    auto *nulls = static_cast<char *>(palloc0(count + 1));
    for (std::size_t i = 0; i < count; ++i) {
      const Value &parameter = parameters[i];
      nulls[i] = parameter.has_value() ? ' ' : 'n';
      if (parameter.has_value())
        values[i] = PointerGetDatum(cstring_to_text_with_len(parameter->data(), parameter->size()));
    }
    switch (snapshot) {
      case SnapshotKind::kActive:
        return SPI_execute_plan(plan, values, nulls, true, 0);
      case SnapshotKind::kLatest:
        return SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(), InvalidSnapshot, true, false,
                                    0);
      case SnapshotKind::kNew:
        break;
    }
    return SPI_execute_plan(plan, values, nulls, false, 0);
  });
}

// What writes each column as text, looked up once for all rows.
FmgrInfo *output_functions(TupleDesc form) {
  return call([&] {
    auto *writers = static_cast<FmgrInfo *>(palloc(sizeof(FmgrInfo) * (form->natts + 1)));
    for (int column = 0; column < form->natts; ++column) {
      Oid function = InvalidOid;
      bool is_variable = false;
      getTypeOutputInfo(TupleDescAttr(form, column)->atttypid, &function, &is_variable);
      fmgr_info(function, &writers[column]);
    }
    return writers;
  });
}

// Runs inside call().
char **row_texts(HeapTuple row, TupleDesc form, FmgrInfo *writers) {
  const int columns = form->natts;
  auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * (columns + 1)));
  auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * (columns + 1)));
  auto **texts = static_cast<char **>(palloc(sizeof(char *) * (columns + 1)));
  heap_deform_tuple(row, form, values, nulls);
  for (int column = 0; column < columns; ++column)
    texts[column] = nulls[column] ? nullptr : OutputFunctionCall(&writers[column], values[column]);
  return texts;
}

std::uint64_t answer(SPIPlanPtr plan, const std::vector<Value> &parameters, SnapshotKind snapshot,
                     const std::function<void(const RowView &)> &each) {
  const int code = execute(plan, parameters, snapshot);
  if (code < 0) throw std::runtime_error(fmt::format("SPI: {}", SPI_result_code_string(code)));
  const std::uint64_t processed = SPI_processed;
  SPITupleTable *table = SPI_tuptable;
  if (!each || table == nullptr) return processed;

  const TupleDesc form = table->tupdesc;
  const int columns = form->natts;
  FmgrInfo *writers = output_functions(form);
  MemoryContext row_context = call([] {
    return AllocSetContextCreate(CurrentMemoryContext, "migfix row", ALLOCSET_SMALL_SIZES);
  });
  for (std::uint64_t i = 0; i < processed; ++i) {
    char **values = call([&] {
      CHECK_FOR_INTERRUPTS();
      MemoryContext caller = MemoryContextSwitchTo(row_context);
      char **texts = row_texts(table->vals[i], form, writers);
      MemoryContextSwitchTo(caller);
      return texts;
    });
    each(RowView(values, columns));
    MemoryContextReset(row_context);
  }
  MemoryContextDelete(row_context);
  return processed;
}

}  // namespace

std::uint64_t run(Statement &statement, const std::vector<Value> &parameters, SnapshotKind snapshot,
                  const std::function<void(const RowView &)> &each) {
  Connection connection;
  PinnedSearchPath path;
  if (statement.plan == nullptr) {
    SPIPlanPtr plan = prepare(statement.sql, statement.parameters, snapshot);
    call([&] { SPI_keepplan(plan); });
    statement.plan = plan;
  }
  return answer(static_cast<SPIPlanPtr>(statement.plan), parameters, snapshot, each);
}

std::uint64_t run_once(const std::string &sql, const std::vector<Value> &parameters, SnapshotKind snapshot,
                       const std::function<void(const RowView &)> &each) {
  Connection connection;
  PinnedSearchPath path;
  return answer(prepare(sql.c_str(), static_cast<int>(parameters.size()), snapshot), parameters, snapshot, each);
}

std::vector<Row> select(Statement &statement, const std::vector<Value> &parameters, SnapshotKind snapshot) {
  std::vector<Row> rows;
  run(statement, parameters, snapshot, [&](const RowView &view) {
    Row row;
    for (int column = 0; column < view.count(); ++column) row.push_back(view.value(column));
    rows.push_back(std::move(row));
  });
  return rows;
}

RightsOf::RightsOf(Oid role) {
  GetUserIdAndSecContext(&role_, &context_);
  SetUserIdAndSecContext(role, context_ | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
}

RightsOf::~RightsOf() { SetUserIdAndSecContext(role_, context_); }

void require_writable(const char *function) {
  call([&] {
    PreventCommandIfReadOnly(function);
    PreventCommandIfParallelMode(function);
    PreventCommandDuringRecovery(function);
  });
}

std::string quote_name(const char *name) {
  return call([&] { return quote_identifier(name); });
}

}  // namespace migfix::server
