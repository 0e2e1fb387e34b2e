#include "server/settings.hpp"

#include "server/server_version.hpp"

extern "C" {
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/varlena.h"
}

namespace migfix::server {

namespace {

int guard = static_cast<int>(core::GuardMode::kEnforce);
char *version_tables = nullptr;

// The names of migfix.version_tables as a list of NUL-terminated strings that ends with an empty one;
// made by the check hook, so that readers need not parse.
struct NameList {
  int count;
  char names[FLEXIBLE_ARRAY_MEMBER][NAMEDATALEN];
};
NameList *names = nullptr;

int existing_object = static_cast<int>(OnExisting::kExplain);
bool log_ddl = true;
bool report_duplicates = true;
bool learn = true;
int runner_timeout = 5 * 60 * 1000;

const config_enum_entry kGuardModes[] = {
    {"enforce", static_cast<int>(core::GuardMode::kEnforce), false},
    {"heal", static_cast<int>(core::GuardMode::kHeal), false},
    {"observe", static_cast<int>(core::GuardMode::kObserve), false},
    {"off", static_cast<int>(core::GuardMode::kOff), false},
    {nullptr, 0, false},
};

const config_enum_entry kExistingObjectModes[] = {
    {"explain", static_cast<int>(OnExisting::kExplain), false},
    {"skip_identical", static_cast<int>(OnExisting::kSkipIdentical), false},
    {"off", static_cast<int>(OnExisting::kOff), false},
    {nullptr, 0, false},
};

bool check_version_tables(char **value, void **extra, GucSource) {
  char *raw = pstrdup(*value);
  List *parsed = NIL;
  if (!SplitIdentifierString(raw, ',', &parsed) || parsed == NIL) {
    GUC_check_errdetail("It must be a comma-separated list of table names, without schemas.");
    return false;
  }
  ListCell *part;
  foreach (part, parsed) {
    if (strchr(static_cast<const char *>(lfirst(part)), '.') == nullptr) continue;
    GUC_check_errdetail("\"%s\": a name is given without its schema and guarded in every schema.",
                        static_cast<const char *>(lfirst(part)));
    return false;
  }
  const int count = list_length(parsed);
  auto *list = static_cast<NameList *>(setting_memory(offsetof(NameList, names) + sizeof(NameData) * count));
  if (list == nullptr) return false;
  list->count = 0;
  ListCell *cell;
  foreach (cell, parsed) {
    const char *name = static_cast<const char *>(lfirst(cell));
    bool known = false;
    for (int i = 0; i < list->count; ++i) known = known || strcmp(list->names[i], name) == 0;
    if (!known) strlcpy(list->names[list->count++], name, NAMEDATALEN);
  }
  *extra = list;
  return true;
}

void assign_version_tables(const char *, void *extra) { names = static_cast<NameList *>(extra); }

}  // namespace

void define_settings() {
  DefineCustomEnumVariable(
      "migfix.guard", "What the guard on version tables does.",
      "enforce rejects what breaks Alembic, heal absorbs a version that is recorded already, observe only "
      "logs, off does nothing.",
      &guard, guard, kGuardModes, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomStringVariable("migfix.version_tables", "Names of the tables in which Alembic keeps versions.",
                             "A comma-separated list without schemas; a table of that name is guarded in "
                             "every schema.",
                             &version_tables, "alembic_version", PGC_SUSET, GUC_LIST_INPUT,
                             check_version_tables, assign_version_tables, nullptr);
  DefineCustomEnumVariable("migfix.existing_object",
                           "What a CREATE meets when its object is there already.",
                           "explain adds to the server's error what is known of the object, skip_identical passes "
                           "over what is the same, off leaves the server's error as it is.",
                           &existing_object, existing_object, kExistingObjectModes, PGC_SUSET, 0, nullptr,
                           nullptr, nullptr);
  DefineCustomBoolVariable("migfix.log_ddl", "Whether DDL is logged in migfix.ddl_log.", nullptr, &log_ddl, log_ddl, PGC_SUSET,
                           0, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("migfix.report_duplicates",
                           "Whether a CREATE that doubles an object is reported.", nullptr,
                           &report_duplicates, report_duplicates, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomBoolVariable("migfix.learn", "Whether what a revision does is recorded when Alembic runs it.",
                           "What it did is what migfix_export() gives, and counts for more than what was loaded.",
                           &learn, learn, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("migfix.runner_timeout", "How long a second runner waits for the first.",
                          "0 turns the runner lock off.", &runner_timeout, runner_timeout, 0, INT_MAX,
                          PGC_SUSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
  MarkGUCPrefixReserved("migfix");
}

bool logs_ddl() { return log_ddl; }
bool learns() { return learn; }

bool reports_duplicates() { return report_duplicates; }

core::GuardMode guard_mode() { return static_cast<core::GuardMode>(guard); }

int runner_timeout_ms() { return runner_timeout; }

OnExisting on_existing() { return static_cast<OnExisting>(existing_object); }

std::vector<std::string> version_table_names() {
  std::vector<std::string> result;
  for (int i = 0; i < names->count; ++i) result.emplace_back(names->names[i]);
  return result;
}

bool is_version_table_name(const char *name) {
  for (int i = 0; i < names->count; ++i) {
    if (strcmp(names->names[i], name) == 0) return true;
  }
  return false;
}

bool may_switch_guard(Oid role) {
  return call([&] {
    return superuser_arg(role) || pg_parameter_aclcheck("migfix.guard", role, ACL_SET) == ACLCHECK_OK;
  });
}

}  // namespace migfix::server
