#include "core/provenance.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/schema_findings.hpp"
#include "core/sql_text.hpp"
#include "core/type_words.hpp"
#include "core/version_history.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostQueries = 100;
constexpr std::size_t kMostObjects = 20;  // looked at for one finding
constexpr std::size_t kMostGroups = 3;    // told in one finding
constexpr std::size_t kMostNames = 5;
constexpr std::size_t kMostStamps = 3;  // looked for in a report: each reads the whole log

// Objects that one transaction has made within one revision, or outside any.
struct Group {
  DdlEntry entry;
  std::vector<std::string> names;
};

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

bool is_together(const DdlEntry &a, const DdlEntry &b) {
  return a.transaction_id == b.transaction_id && a.revision == b.revision && is_creation(a) == is_creation(b);
}

class Tracer {
 public:
  explicit Tracer(const Facts &facts) : facts_(facts) {}

  void trace(Finding &finding) {
    const SchemaStanding *standing =
        finding.version_table.empty() ? nullptr : standing_of(facts_, finding.version_table);
    if (standing == nullptr) return;
    if (finding.code == "MF201" || finding.code == "MF203")
      tell(finding, *standing, standing->there);
    else if (finding.code == "MF205")
      tell(finding, *standing, standing->unexplained);
    else if (finding.code == "MF301")
      tell(finding, *standing, in_the_way(*standing));
    else if (finding.code == "MF202")
      tell_stamps(finding, *standing);
  }

 private:
  static std::vector<ObjectId> in_the_way(const SchemaStanding &standing) {
    std::vector<ObjectId> ids;
    for (const auto &collision : standing.collisions)
      if (std::find(ids.begin(), ids.end(), collision.object) == ids.end()) ids.push_back(collision.object);
    return ids;
  }

  bool may_ask() { return queries_++ < kMostQueries; }

  void tell(Finding &finding, const SchemaStanding &standing, const std::vector<ObjectId> &ids) {
    if (!facts_.ddl.entry_of) return;
    std::vector<Group> groups;
    std::size_t looked_at = 0;
    for (const ObjectId &id : ids) {
      const DdlName name = ddl_name(id, standing.schema);
      if (name.type.empty()) continue;
      if (++looked_at > kMostObjects || !may_ask()) break;
      const auto entry = facts_.ddl.entry_of(name);
      if (!entry) continue;
      const auto group = std::find_if(groups.begin(), groups.end(),
                                      [&](const Group &one) { return is_together(one.entry, *entry); });
      if (group != groups.end())
        group->names.push_back(object_in_words(id));
      else if (groups.size() < kMostGroups)
        groups.push_back({*entry, {object_in_words(id)}});
    }
    for (const Group &group : groups)
      finding.detail +=
          " " + capitalized(list_of(group.names, kMostNames)) + ": " + origin_in_words(group.entry) + ".";
  }

  // A version change without DDL ran nothing: somebody stamped.
  void tell_stamps(Finding &finding, const SchemaStanding &standing) {
    if (!facts_.ddl.ran_ddl) return;
    const auto table =
        std::find_if(facts_.version_tables.begin(), facts_.version_tables.end(),
                     [&](const VersionTable &one) { return one.name == standing.version_table; });
    if (table == facts_.version_tables.end()) return;
    for (const std::string &revision : standing.unapplied) {
      const LogEntry *entry = recorded_by(table->log, revision);
      if (entry == nullptr) continue;
      if (stamps_++ >= kMostStamps) break;
      if (facts_.ddl.ran_ddl(entry->transaction_id).value_or(true)) continue;
      finding.detail +=
          recorded_sentence(table->log, revision) + " No DDL ran in that transaction: it left no trace.";
    }
  }

  const Facts &facts_;
  std::size_t queries_ = 0;
  std::size_t stamps_ = 0;
};

}  // namespace

void trace(const Facts &facts, std::vector<Finding> &findings) {
  Tracer tracer(facts);
  for (Finding &finding : findings) tracer.trace(finding);
}

void trace(const DdlMemory &log, const std::string &own_schema, std::vector<VerifiedObject> &objects) {
  if (!log.entry_of) return;
  std::size_t queries = 0;
  for (VerifiedObject &object : objects) {
    if (object.state != VerifiedObject::State::kUnexplained) continue;
    const DdlName name = ddl_name(object.id, own_schema);
    if (name.type.empty()) continue;
    if (++queries > kMostQueries) return;
    if (const auto entry = log.entry_of(name)) {
      if (!object.detail.empty()) object.detail += "; ";
      object.detail += origin_in_words(*entry);
    }
  }
}

}  // namespace migfix::core
