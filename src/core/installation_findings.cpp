#include "core/diagnosis.hpp"

#include <fmt/format.h>

#include "core/remedy.hpp"
#include "core/sql_text.hpp"
#include "core/version_shape_findings.hpp"

namespace migfix::core {

namespace {

constexpr char kUnguarded[] =
    "Changes of its rows are neither checked nor logged: a version can be recorded twice, and nobody can "
    "tell "
    "later who did it.";

void judge_guard(const Facts &facts, const VersionTable &table, std::vector<Finding> &findings) {
  if (table.kind != RelationKind::kTable || !holds_versions(table)) return;  // MF112 tells of those
  const std::string protect = fmt::format("SELECT {}({});", call_name(facts.installation, "migfix_protect"),
                                          quote_literal(table.name));
  switch (table.guard) {
    case GuardState::kOn:
      return;
    case GuardState::kMissing:
      findings.push_back({"MF901", Severity::kError, table.name, "",
                          fmt::format("the guard is missing on {}", table.name), kUnguarded, protect});
      return;
    case GuardState::kTakenOff: {
      std::string detail = kUnguarded;
      if (table.taken_off) {
        detail += fmt::format(" migfix_unprotect was called at {}", who_and_when(*table.taken_off));
        detail += table.taken_off->reason.empty() ? "." : fmt::format(": {}.", table.taken_off->reason);
      }
      findings.push_back({"MF901", Severity::kWarning, table.name, "",
                          fmt::format("the guard was taken off {}", table.name), detail, protect});
      return;
    }
    case GuardState::kDisabled: {
      std::string fix;
      for (const std::string &trigger : table.disabled_triggers) {
        if (!fix.empty()) fix += '\n';
        fix += fmt::format("ALTER TABLE {} ENABLE TRIGGER {};", table.name, trigger);
      }
      findings.push_back({"MF902", Severity::kError, table.name, "",
                          fmt::format("the guard on {} is disabled ({} {})", table.name,
                                      table.disabled_triggers.size() == 1 ? "trigger" : "triggers",
                                      list_of(table.disabled_triggers)),
                          kUnguarded, fix.empty() ? protect : fix});
      return;
    }
  }
}

void judge_event_trigger(const EventTrigger &trigger, std::vector<Finding> &findings) {
  if (trigger.there && trigger.enabled) return;
  const std::string name = name_in_sql(trigger.name);
  Finding finding{"MF903", Severity::kError, "", name, "", "", ""};
  finding.message = fmt::format("event trigger {} is {}", name, trigger.there ? "disabled" : "missing");
  finding.detail = trigger.event == "sql_drop"
                       ? "The drop of a version table is not logged, so its rows cannot be brought back."
                       : "A version table that is created now gets no guard, and DDL is not watched.";
  finding.detail += " Event triggers belong to superusers: run the fix as one.";
  finding.fix = trigger.there ? fmt::format("ALTER EVENT TRIGGER {} ENABLE;", name)
                              : fmt::format(
                                    "CREATE EVENT TRIGGER {0} ON {1} EXECUTE FUNCTION {2}();\n"
                                    "ALTER EXTENSION migfix ADD EVENT TRIGGER {0};",
                                    name, trigger.event, trigger.function);
  findings.push_back(std::move(finding));
}

void judge_setting(const GuardSetting &setting, std::vector<Finding> &findings) {
  const bool off = setting.value == "off";
  std::string detail;
  if (off) {
    detail = "There the guard neither checks nor logs any change of version rows.";
  } else if (setting.value == "observe") {
    detail = "There the guard logs what happens to version rows and rejects nothing.";
  } else {
    detail =
        "There the guard passes over a version that is recorded twice, so that the migration goes on; what "
        "wrote it "
        "the first time stays to be found.";
  }
  findings.push_back({"MF904", off ? Severity::kWarning : Severity::kNotice, "", "",
                      fmt::format("migfix.guard is {} for {}", setting.value, setting.where), detail,
                      setting.fix});
}

void judge_not_checked(const Facts &facts, std::vector<Finding> &findings) {
  const auto fix_or_words = [](const std::string &fix) {
    return fix.empty() ? no_fix("ask a role that may see it to run the diagnosis") : fix;
  };
  for (const VersionTable &table : facts.version_tables) {
    if (table.not_checked.empty()) continue;
    findings.push_back(
        {"MF905", Severity::kWarning, table.name, "",
         fmt::format("the rows of {} could not be checked: {}", table.name, table.not_checked),
         "Nothing is known of what it records; that it is not reported otherwise does not mean that "
         "it is in order.",
         fix_or_words(table.not_checked_fix)});
  }
  for (const NotChecked &not_checked : facts.installation.not_checked) {
    findings.push_back({"MF905", Severity::kWarning, "", not_checked.object,
                        fmt::format("could not check {}: {}", not_checked.what, not_checked.why),
                        "What depends on it is not in this report, which does not mean that it is in order.",
                        fix_or_words(not_checked.fix)});
  }
}

// 0.10.0 is newer than 0.9.0.
bool older(const std::string &a, const std::string &b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    unsigned long x = 0, y = 0;
    for (; i < a.size() && a[i] != '.'; ++i) x = x * 10 + static_cast<unsigned char>(a[i] - '0') % 10;
    for (; j < b.size() && b[j] != '.'; ++j) y = y * 10 + static_cast<unsigned char>(b[j] - '0') % 10;
    if (x != y) return x < y;
    ++i, ++j;
  }
  return false;
}

void judge_versions(const Installation &installation, std::vector<Finding> &findings) {
  const std::string &library = installation.library_version;
  const std::string &sql = installation.sql_version;
  if (library.empty() || sql.empty() || library == sql) return;
  Finding finding{"MF906", Severity::kWarning, "", "", "", "", ""};
  finding.message =
      fmt::format("the loaded library of migfix is version {}, its SQL objects are version {}", library, sql);
  if (older(sql, library)) {
    finding.detail = "A newer package was installed, but this database was not brought up to it.";
    finding.fix = "ALTER EXTENSION migfix UPDATE;";
  } else {
    finding.detail = "This session loaded the library before the newer package was installed.";
    finding.fix = no_fix("connect again; where that does not help, install the package of version " + sql +
                         " on this server");
  }
  findings.push_back(std::move(finding));
}

}  // namespace

std::vector<Finding> judge_installation(const Facts &facts) {
  std::vector<Finding> findings;
  for (const VersionTable &table : facts.version_tables) judge_guard(facts, table, findings);
  for (const EventTrigger &trigger : facts.installation.event_triggers)
    judge_event_trigger(trigger, findings);
  for (const GuardSetting &setting : facts.installation.guard_settings) judge_setting(setting, findings);
  judge_not_checked(facts, findings);
  judge_versions(facts.installation, findings);
  return findings;
}

}  // namespace migfix::core
