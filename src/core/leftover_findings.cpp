#include "core/diagnosis.hpp"

#include <fmt/format.h>

#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

Finding judge_index(const InvalidIndex &index) {
  Finding finding{"MF401", Severity::kWarning, "", index.name, "", "", ""};
  if (index.build_pid != 0) {
    finding.severity = Severity::kNotice;
    finding.message =
        fmt::format("index {} on {} is being built now by pid {}", index.name, index.table, index.build_pid);
    finding.detail = "It is invalid until that session has finished. Queries do not use it yet.";
    finding.fix = no_fix("wait for it; pg_stat_progress_create_index shows how far it is");
    return finding;
  }
  finding.message = fmt::format("index {} on {} is invalid", index.name, index.table);
  if (index.partitioned) {
    finding.detail =
        "It was created ON ONLY the partitioned table, and at least one partition has no index attached to "
        "it. CREATE INDEX IF NOT EXISTS passes over it.";
    finding.fix =
        index.constraint
            ? no_fix(
                  "it belongs to a constraint: create the same constraint on every partition that lacks "
                  "it, then ALTER INDEX ... ATTACH PARTITION each of their indexes; it becomes valid with "
                  "the last one")
            : fmt::format("DROP INDEX {};", index.name);
    if (!index.constraint) {
      finding.detail +=
          " Either attach an index for each partition (ALTER INDEX ... ATTACH PARTITION), or drop it, with "
          "what is "
          "attached already, and run the migration again.";
    }
    return finding;
  }
  finding.detail =
      "CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY failed or was ended half-way: every write keeps the "
      "index up to date, no query uses it, and CREATE INDEX IF NOT EXISTS passes over it.";
  if (index.constraint) {
    finding.detail +=
        " It belongs to a constraint, so it is built again in place; run this outside a transaction.";
    finding.fix = fmt::format("REINDEX INDEX CONCURRENTLY {};", index.name);
  } else {
    finding.detail += " Drop it outside a transaction, then run the migration that creates it again.";
    finding.fix = fmt::format("DROP INDEX CONCURRENTLY {};", index.name);
  }
  return finding;
}

Finding judge_constraint(const UnvalidatedConstraint &constraint) {
  Finding finding{"MF402", Severity::kWarning, "", constraint.table, "", "", ""};
  finding.message = fmt::format("constraint {} on {}{} is not validated", constraint.name,
                                constraint.domain ? "domain " : "", constraint.table);
  finding.detail = fmt::format(
      "It was added NOT VALID ({}): {} were there before were never checked. The fix fails if one of them "
      "breaks "
      "it, and names the constraint.",
      constraint.definition, constraint.domain ? "values that" : "rows that");
  finding.fix = fmt::format("ALTER {} {} VALIDATE CONSTRAINT {};", constraint.domain ? "DOMAIN" : "TABLE",
                            constraint.table, constraint.name);
  return finding;
}

std::string who_holds(const LockHolder &holder) {
  std::string who = fmt::format("pid {}", holder.pid);
  if (!holder.role.empty()) who += ", role " + holder.role;
  if (!holder.application_name.empty()) who += ", application " + in_quotes(holder.application_name);
  if (!holder.client_address.empty()) who += ", from " + holder.client_address;
  return who;
}

std::string since_words(const LockHolder &holder) {
  return holder.since.empty() ? std::string() : " since " + holder.since;
}

// Says in `finding` what the session does, and what can be done about it.
void mend_session(Finding &finding, const LockHolder &holder) {
  const bool idle = holder.state.starts_with("idle in transaction");
  if (!holder.state.empty()) finding.detail += fmt::format(" Its state is \"{}\".", holder.state);
  const std::string terminate = fmt::format("SELECT pg_terminate_backend({});", holder.pid);
  if (idle && holder.may_end) {
    finding.detail += " Ending it rolls back all that its transaction has done, DDL included.";
    finding.fix = terminate;
  } else if (idle) {
    finding.detail += " Ending it rolls back all that its transaction has done, DDL included.";
    finding.fix =
        no_fix(fmt::format("this role may not end that session; {}, or a superuser, may run:\n{}",
                           holder.role.empty() ? "its own role" : "role " + holder.role, terminate));
  } else if (holder.state.empty()) {
    finding.fix = no_fix(
        "this role may not see what that session does; a member of pg_read_all_stats can "
        "(pg_stat_activity)");
  } else {
    finding.fix = no_fix(
        "it is at work, perhaps on a migration: wait for it; ending it would roll back all that its "
        "transaction has done");
  }
}

Finding judge_lock(const LockHolder &holder) {
  Finding finding{
      "MF403", holder.writes ? Severity::kWarning : Severity::kNotice, holder.version_table, "", "", "", ""};
  finding.message = fmt::format("a session holds {} on {} ({}){}", holder.mode, holder.version_table,
                                who_holds(holder), since_words(holder));
  finding.detail =
      holder.writes
          ? "It has written version rows in a transaction that is still open. Another writer waits for "
            "it, and what it wrote is not seen here."
          : "It has read the version table in a transaction that is still open. DDL on the table waits "
            "for it.";
  mend_session(finding, holder);
  return finding;
}

Finding judge_runner(const LockHolder &holder) {
  Finding finding{"MF404", Severity::kNotice, holder.version_table, "", "", "", ""};
  finding.detail =
      "It holds the runner lock to the end of its transaction. Another runner waits for it, at most "
      "migfix.runner_timeout, and its changes are not seen here.";
  if (holder.pid == 0) {
    finding.message = fmt::format("a prepared transaction is migrating {}", holder.version_table);
    finding.fix = no_fix(
        "COMMIT PREPARED or ROLLBACK PREPARED it, as who has prepared it decides; which there are:\n"
        "SELECT * FROM pg_prepared_xacts;");
    return finding;
  }
  finding.message = fmt::format("a runner is migrating {} now ({}){}", holder.version_table, who_holds(holder),
                                since_words(holder));
  mend_session(finding, holder);
  return finding;
}

}  // namespace

std::vector<Finding> judge_leftovers(const Facts &facts) {
  std::vector<Finding> findings;
  for (const InvalidIndex &index : facts.leftovers.indexes) findings.push_back(judge_index(index));
  for (const UnvalidatedConstraint &constraint : facts.leftovers.constraints) {
    findings.push_back(judge_constraint(constraint));
  }
  for (const LockHolder &holder : facts.leftovers.lock_holders) findings.push_back(judge_lock(holder));
  for (const LockHolder &holder : facts.leftovers.runners) findings.push_back(judge_runner(holder));
  return findings;
}

}  // namespace migfix::core
