#include "server/trigger_call.hpp"

#include "server/version_relation.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/rel.h"
}

namespace migfix::server {

TriggerCall::TriggerCall(FunctionCallInfo fcinfo, const char *function) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    throw core::Error("39P01", fmt::format("{} can only be called as a trigger", function), {},
                      "SELECT migfix_protect('alembic_version'); puts the guard on a version table.");
  }
  data_ = reinterpret_cast<TriggerData *>(fcinfo->context);
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
