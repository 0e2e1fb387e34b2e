// The SQL functions that report: migfix_diagnose, migfix_findings, migfix_assert, migfix_duplicates.
#include "core/assertion.hpp"
#include "core/diagnosis.hpp"
#include "core/report.hpp"
#include "core/sql_text.hpp"
#include "server/facts_reader.hpp"
#include "server/installation_catalog.hpp"
#include "server/result_rows.hpp"
#include "server/schema_catalog.hpp"

extern "C" {
#include "utils/acl.h"
}

namespace migfix::server {

namespace {

// The role argument; the current role where it is NULL. An unknown one raises 42704.
Oid role_argument(FunctionCallInfo fcinfo, int index) {
  if (PG_ARGISNULL(index)) return GetUserId();
  return call([&] { return get_role_oid(NameStr(*PG_GETARG_NAME(index)), false); });
}

std::string word_argument(FunctionCallInfo fcinfo, int index, const char *name) {
  std::optional<std::string> word = text_argument(fcinfo, index);
  if (!word) throw core::Error(core::kNullValueNotAllowed, fmt::format("{} must not be null", name));
  return *word;
}

Value value_or_null(const std::string &text) {
  return text.empty() ? Value() : Value(text);
}

}  // namespace

MIGFIX_FUNCTION(migfix_diagnose) {
  const std::string format = word_argument(fcinfo, 0, "format");
  if (format != "text" && format != "json") {
    throw core::Error(core::kInvalidParameterValue,
                      fmt::format("unrecognized format {}", core::in_quotes(format)),
                      "Valid formats are text and json.");
  }
  const Oid role = role_argument(fcinfo, 2);
  ResultRows result(fcinfo);
  const core::Facts facts = read_facts(oid_argument(fcinfo, 1), role);
  const std::vector<core::Finding> findings = core::diagnose(facts);
  if (format == "json") {
    result.add({core::report_json(facts, findings)});
  } else {
    for (const std::string &line : core::report_text(facts, findings)) result.add({line});
  }
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_findings) {
  const Oid role = role_argument(fcinfo, 1);
  ResultRows result(fcinfo);
  const core::Facts facts = read_facts(oid_argument(fcinfo, 0), role);
  for (const core::Finding &finding : core::diagnose(facts)) {
    result.add({finding.code, core::severity_name(finding.severity), value_or_null(finding.version_table),
                value_or_null(finding.object), finding.message, value_or_null(finding.detail),
                value_or_null(finding.fix)});
  }
  return static_cast<Datum>(0);
}

MIGFIX_FUNCTION(migfix_assert) {
  const std::string word = word_argument(fcinfo, 0, "severity");
  const std::optional<core::Severity> severity = core::severity_named(word);
  if (!severity) {
    throw core::Error(core::kInvalidParameterValue,
                      fmt::format("unrecognized severity {}", core::in_quotes(word)),
                      "Valid severities are error, warning and notice.");
  }
  const core::Facts facts = read_facts(oid_argument(fcinfo, 1), GetUserId());
  if (const auto failed = core::failed_assertion(core::diagnose(facts), *severity, facts.installation))
    throw *failed;
  PG_RETURN_VOID();
}

MIGFIX_FUNCTION(migfix_duplicates) {
  ResultRows result(fcinfo);
  core::Facts facts;
  const std::vector<CatalogTable> tables = read_version_table_catalog(InvalidOid);
  facts.schema = read_schema_catalog(InvalidOid, oids_of(tables));
  facts.installation = read_installation();
  std::vector<core::Finding> findings = core::judge_duplicates(facts);
  core::sort_findings(findings);
  for (const core::Finding &finding : findings) {
    result.add({finding.code, core::severity_name(finding.severity), value_or_null(finding.object),
                finding.message, value_or_null(finding.detail), value_or_null(finding.fix)});
  }
  return static_cast<Datum>(0);
}

}  // namespace migfix::server
