#include "core/diagnosis.hpp"

#include <iterator>

#include "core/folding.hpp"
#include "core/provenance.hpp"
#include "core/schema_findings.hpp"
#include "core/visible.hpp"

namespace migfix::core {

std::vector<Finding> diagnose(const Facts &facts) {
  std::vector<Finding> findings;
  for (const auto judge : {judge_version_rows, judge_environments, judge_schemas, judge_duplicates,
                           judge_leftovers, judge_privileges, judge_installation}) {
    std::vector<Finding> found = judge(facts);
    findings.insert(findings.end(), std::make_move_iterator(found.begin()),
                    std::make_move_iterator(found.end()));
  }
  sort_findings(findings);
  findings = fold(facts, std::move(findings));
  trace(facts, findings);
  sort_findings(findings);
  for (Finding &finding : findings) {
    finding.message = visible(finding.message);
    finding.detail = visible(finding.detail);
    finding.fix = visible_sql(finding.fix);
  }
  return findings;
}

}  // namespace migfix::core
