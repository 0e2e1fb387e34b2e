// MF2xx, MF301: the schema against the revisions.
#include <fmt/format.h>

#include "core/finding.hpp"
#include "core/remedy.hpp"
#include "core/schema_findings.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostNames = 5;
constexpr std::size_t kMostDifferences = 10;

std::vector<std::string> shown(const std::vector<std::string> &ids) {
  std::vector<std::string> quoted;
  for (const std::string &id : ids) quoted.push_back(in_quotes(clipped(id)));
  return quoted;
}

class Judge {
 public:
  Judge(const Facts &facts, const SchemaStanding &standing, std::vector<Finding> &findings)
      : facts_(facts), standing_(standing), findings_(findings) {}

  void judge() {
    if (!standing_.unrecorded.empty()) judge_unrecorded();
    if (!standing_.unapplied.empty()) judge_unapplied();
    if (!standing_.partial.empty()) judge_partial();
    if (!standing_.differences.empty()) judge_differences();
    if (!standing_.unexplained.empty()) judge_unexplained();
    if (!standing_.collisions.empty()) judge_collisions();
  }

 private:
  Finding &add(const char *code, Severity severity) {
    findings_.push_back({code, severity, standing_.version_table, "", "", "", fix()});
    return findings_.back();
  }

  std::string fix() const {
    if (standing_.mending == SchemaStanding::Mending::kSafe)
      return repair_call(facts_.installation, {standing_.version_table});
    std::string words = "what would mend it needs a decision:\n";
    for (std::size_t i = 0; i < standing_.decisions.size() && i < kMostNames; ++i)
      words += standing_.decisions[i] + "\n";
    words += plan_call(facts_.installation, standing_.version_table);
    return no_fix(words);
  }

  static std::string revisions(const std::vector<std::string> &ids) {
    return fmt::format("{} {}", ids.size() == 1 ? "revision" : "revisions", list_of(shown(ids), kMostNames));
  }

  void judge_unrecorded() {
    Finding &finding = add("MF201", Severity::kError);
    finding.message =
        fmt::format("the schema has what {} {}, and {} does not record {}", revisions(standing_.unrecorded),
                    standing_.unrecorded.size() == 1 ? "makes" : "make", standing_.version_table,
                    standing_.unrecorded.size() == 1 ? "it" : "them");
    finding.detail =
        fmt::format("The next alembic upgrade runs {} again, and fails on what is there already.",
                    standing_.unrecorded.size() == 1 ? "it" : "them");
  }

  void judge_unapplied() {
    Finding &finding = add("MF202", Severity::kError);
    const bool one = standing_.unapplied.size() == 1;
    finding.message = fmt::format("{} records {}, and the schema has nothing of {}", standing_.version_table,
                                  revisions(standing_.unapplied), one ? "it" : "them");
    finding.detail = fmt::format(
        "Alembic takes {} for done: what {} never comes, and later revisions that build upon "
        "it fail.",
        one ? "it" : "them", one ? "it makes" : "they make");
  }

  void judge_partial() {
    Finding &finding = add("MF203", Severity::kError);
    std::vector<std::string> ids;
    for (const auto &partial : standing_.partial) ids.push_back(partial.revision);
    finding.message =
        fmt::format("{} {} partly applied and not recorded", revisions(ids), ids.size() == 1 ? "is" : "are");
    finding.detail =
        "Neither running it again nor recording it is right: the one fails on what is there, the other "
        "leaves out what is not.";
    for (std::size_t i = 0; i < standing_.partial.size() && i < kMostNames; ++i)
      finding.detail += fmt::format(" {}: {}.", in_quotes(clipped(standing_.partial[i].revision)),
                                    standing_.partial[i].evidence);
  }

  void judge_differences() {
    Finding &finding = add("MF204", Severity::kError);
    const std::size_t count = standing_.differences.size();
    finding.message =
        count == 1 ? fmt::format("the schema is not what the recorded revisions make: {}",
                                 standing_.differences.front())
                   : fmt::format("the schema is not what the recorded revisions make, in {} places", count);
    finding.detail =
        "Somebody changed it by hand, or a revision was recorded without having run to its end. A later "
        "revision may fail on it.";
    if (count > 1) finding.detail += fmt::format(" {}.", list_of(standing_.differences, kMostDifferences));
  }

  void judge_unexplained() {
    Finding &finding = add("MF205", Severity::kNotice);
    std::vector<std::string> names;
    for (const ObjectId &id : standing_.unexplained) names.push_back(object_in_words(id));
    finding.message = fmt::format("no revision explains {}", list_of(names, kMostNames));
    finding.detail =
        "They were made by hand or by another program, or by a statement that cannot be followed";
    finding.detail += standing_.opaque == 0 ? "." : fmt::format(" ({} in all).", standing_.opaque);
    finding.fix = no_fix(
        "nothing needs to be done; migfix touches none of them. Alembic's autogenerate would propose "
        "to drop tables that the models do not have");
  }

  void judge_collisions() {
    const auto &collisions = standing_.collisions;
    Finding &finding = add("MF301", Severity::kError);
    const auto &first = collisions.front();
    finding.message = fmt::format("the next alembic upgrade would fail in revision {} with {}: {}",
                                  in_quotes(clipped(first.revision)), first.sqlstate, first.message);
    finding.detail = fmt::format("The statement is: {}.", first.statement);
    for (std::size_t i = 1; i < collisions.size(); ++i)
      finding.detail += fmt::format(" Then, in {}, {}: {}.", in_quotes(clipped(collisions[i].revision)),
                                    collisions[i].sqlstate, collisions[i].message);
    if (standing_.mending == SchemaStanding::Mending::kNothing)
      finding.fix = no_fix(
          "no statement of migfix's mends it: what is in the way was made by somebody else; rename or "
          "drop it, or change the revision");
  }

  const Facts &facts_;
  const SchemaStanding &standing_;
  std::vector<Finding> &findings_;
};

}  // namespace

std::vector<Finding> judge_schemas(const Facts &facts) {
  std::vector<Finding> findings;
  for (const SchemaStanding &standing : facts.standings) Judge(facts, standing, findings).judge();
  return findings;
}

const SchemaStanding *standing_of(const Facts &facts, const std::string &version_table) {
  if (version_table.empty()) return facts.standings.size() == 1 ? &facts.standings.front() : nullptr;
  for (const SchemaStanding &standing : facts.standings)
    if (standing.version_table == version_table) return &standing;
  return nullptr;
}

std::string repair_of_all(const Facts &facts) {
  std::vector<std::string> tables;
  for (const SchemaStanding &standing : facts.standings)
    if (standing.mending == SchemaStanding::Mending::kSafe) tables.push_back(standing.version_table);
  if (tables.empty()) return {};
  if (facts.standings.size() == 1)
    return fmt::format("SELECT * FROM {}();", call_name(facts.installation, "migfix_repair"));
  return repair_call(facts.installation, tables);
}

}  // namespace migfix::core
