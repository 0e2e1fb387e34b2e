#include "server/ddl_event.hpp"

#include "server/dropped_members.hpp"

extern "C" {
#include "executor/executor.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/tuplestore.h"
}

namespace migfix::server {

namespace {

// The columns of pg_event_trigger_ddl_commands() and pg_event_trigger_dropped_objects(), from 1.
struct Commands {
  enum : int { kClass = 1, kObject, kPart, kTag, kType, kSchema, kIdentity, kInExtension };
};
struct Drops {
  enum : int { kClass = 1, kObject, kPart, kOriginal, kNormal, kTemporary, kType, kSchema, kName, kIdentity };
};

// The rows of a function of the server that event triggers may call. It is called directly: the executor
// would cost more than everything else that is done for a command.
class EventRows {
 public:
  explicit EventRows(Oid function) {
    call([&] {
      FmgrInfo *info = static_cast<FmgrInfo *>(palloc0(sizeof(FmgrInfo)));
      fmgr_info(function, info);
      auto *answer = makeNode(ReturnSetInfo);
      answer->econtext = CreateStandaloneExprContext();
      answer->allowedModes = SFRM_Materialize;
      answer->returnMode = SFRM_ValuePerCall;
      LOCAL_FCINFO(arguments, 0);
      InitFunctionCallInfoData(*arguments, info, 0, InvalidOid, nullptr, reinterpret_cast<Node *>(answer));
      FunctionCallInvoke(arguments);
      rows_ = answer->setResult;
      context_ = answer->econtext;
      slot_ = MakeSingleTupleTableSlot(answer->setDesc, &TTSOpsMinimalTuple);
    });
  }
  ~EventRows() = default;  // the memory is that of the call
  EventRows(const EventRows &) = delete;
  EventRows &operator=(const EventRows &) = delete;

  bool next() {
    return call([&] {
      if (!tuplestore_gettupleslot(rows_, true, false, slot_)) return false;
      slot_getallattrs(slot_);
      return true;
    });
  }
  Oid oid(int column) const { return DatumGetObjectId(value(column)); }
  std::int32_t integer(int column) const { return DatumGetInt32(value(column)); }
  bool flag(int column) const { return DatumGetBool(value(column)); }
  // A tuplestore has its texts as they were put in: plain, and in the row.
  std::string string(int column) const {
    const Datum datum = value(column);
    if (datum == 0) return {};
    const auto *text = reinterpret_cast<const struct varlena *>(DatumGetPointer(datum));
    return {VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)};
  }
  void end() {
    call([&] {
      ExecDropSingleTupleTableSlot(slot_);
      tuplestore_end(rows_);
      FreeExprContext(context_, true);
    });
  }

 private:
  Datum value(int column) const { return slot_->tts_isnull[column - 1] ? 0 : slot_->tts_values[column - 1]; }

  Tuplestorestate *rows_ = nullptr;
  ExprContext *context_ = nullptr;
  TupleTableSlot *slot_ = nullptr;
};

std::string lower(std::string text) {
  for (char &c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

std::vector<DdlEvent> created_or_altered() {
  std::vector<DdlEvent> events;
  std::set<std::tuple<Oid, Oid, std::int32_t>> seen;
  EventRows rows(F_PG_EVENT_TRIGGER_DDL_COMMANDS);
  while (rows.next()) {
    const Oid object = rows.oid(Commands::kObject);
    // A command has several parts for one object: a serial column makes its sequence and alters it.
    if (OidIsValid(object) &&
        !seen.emplace(rows.oid(Commands::kClass), object, rows.integer(Commands::kPart)).second)
      continue;
    DdlEvent event;
    event.command_tag = rows.string(Commands::kTag);
    event.object = {lower(rows.string(Commands::kType)), rows.string(Commands::kSchema),
                    rows.string(Commands::kIdentity), rows.flag(Commands::kInExtension)};
    events.push_back(std::move(event));
  }
  rows.end();
  return events;
}

std::vector<DdlEvent> dropped(const std::string &command_tag) {
  std::vector<DdlEvent> events;
  EventRows rows(F_PG_EVENT_TRIGGER_DROPPED_OBJECTS);
  while (rows.next()) {
    if (rows.flag(Drops::kTemporary) || !(rows.flag(Drops::kOriginal) || rows.flag(Drops::kNormal))) continue;
    if (was_member(rows.oid(Drops::kClass), rows.oid(Drops::kObject))) continue;
    events.push_back(
        {command_tag,
         {rows.string(Drops::kType), rows.string(Drops::kSchema), rows.string(Drops::kIdentity), false}});
  }
  rows.end();
  forget_dropped_members();
  return events;
}

}  // namespace migfix::server
