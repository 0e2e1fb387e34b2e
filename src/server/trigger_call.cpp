#include "server/trigger_call.hpp"

#include "core/sql_text.hpp"
#include "server/version_relation.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/rel.h"
}

namespace migfix::server {

namespace {

bool is_of(TriggerKind kind, TriggerEvent event) {
  switch (kind) {
    case TriggerKind::kBeforeRow:
      return TRIGGER_FIRED_BEFORE(event) && TRIGGER_FIRED_FOR_ROW(event) && !TRIGGER_FIRED_BY_DELETE(event);
    case TriggerKind::kAfterRow:
      return TRIGGER_FIRED_AFTER(event) && TRIGGER_FIRED_FOR_ROW(event);
    case TriggerKind::kBeforeTruncate:
      return TRIGGER_FIRED_BEFORE(event) && TRIGGER_FIRED_FOR_STATEMENT(event) &&
             TRIGGER_FIRED_BY_TRUNCATE(event);
  }
  return false;
}

const char *words_for(TriggerKind kind) {
  switch (kind) {
    case TriggerKind::kBeforeRow:
      return "BEFORE INSERT OR UPDATE FOR EACH ROW";
    case TriggerKind::kAfterRow:
      return "AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW";
    case TriggerKind::kBeforeTruncate:
      return "BEFORE TRUNCATE FOR EACH STATEMENT";
  }
  return "";
}

}  // namespace

TriggerCall::TriggerCall(FunctionCallInfo fcinfo, const char *function, TriggerKind kind) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    throw core::Error("39P01", fmt::format("{} can only be called as a trigger", function), {},
                      "SELECT migfix_protect('alembic_version'); puts the guard on a version table.");
  }
  data_ = reinterpret_cast<TriggerData *>(fcinfo->context);
  const Form_pg_class form = data_->tg_relation->rd_rel;
  if (form->relkind != RELKIND_RELATION) {
    throw core::Error(core::kWrongObjectType, fmt::format("{} is not an ordinary table", relation_name(table())),
                      fmt::format("Trigger {} calls {}.", core::in_quotes(data_->tg_trigger->tgname), function));
  }
  if (!is_of(kind, data_->tg_event)) {
    throw core::Error("39P01",
                      fmt::format("{} must be called by a trigger {}", function, words_for(kind)),
                      fmt::format("Trigger {} of {} calls it otherwise.",
                                  core::in_quotes(data_->tg_trigger->tgname), relation_name(table())),
                      "SELECT migfix_protect('alembic_version'); puts the guard on a version table.");
  }
  attribute_ = version_attribute(data_->tg_relation);
}

Oid TriggerCall::table() const { return RelationGetRelid(data_->tg_relation); }

std::optional<std::string> TriggerCall::old_version() const {
  return update() || remove() ? version_of(data_->tg_trigtuple) : std::nullopt;
}

std::optional<std::string> TriggerCall::new_version() const {
  if (insert()) return version_of(data_->tg_trigtuple);
  return update() ? version_of(data_->tg_newtuple) : std::nullopt;
}

Datum TriggerCall::unchanged() const {
  return PointerGetDatum(update() ? data_->tg_newtuple : data_->tg_trigtuple);
}

std::optional<std::string> TriggerCall::version_of(HeapTuple row) const {
  if (attribute_ == 0 || row == nullptr) return std::nullopt;
  const char *version = call([&]() -> const char * {
    bool null = true;
    const Datum value = heap_getattr(row, attribute_, RelationGetDescr(data_->tg_relation), &null);
    return null ? nullptr : TextDatumGetCString(value);
  });
  return version != nullptr ? std::optional<std::string>(version) : std::nullopt;
}

}  // namespace migfix::server
