#include "core/folding.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "core/remedy.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostAlone = 3;   // up to so many stay as they are
constexpr std::size_t kMostFixes = 50;  // up to so many statements are written out

bool part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         c == '"' || static_cast<unsigned char>(c) >= 0x80;
}

// `text` with each whole occurrence of `name` replaced.
std::string without(const std::string &text, std::string_view name, std::string_view placeholder) {
  if (name.empty()) return text;
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if (at < done || (at > 0 && part_of_name(text[at - 1])) || (end < text.size() && part_of_name(text[end])))
      continue;
    result.append(text, done, at - done).append(placeholder);
    done = end;
  }
  return result.append(text, done);
}

// `schema` of `schema.name`, quoted parts respected; empty where there is no dot.
std::string_view schema_of(std::string_view name) {
  bool quoted = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '"') quoted = !quoted;
    if (name[i] == '.' && !quoted) return name.substr(0, i);
  }
  return {};
}

std::string sameness(const Finding &finding) {
  std::string text = without(finding.message, finding.version_table, "\x01");
  text = without(text, finding.object, "\x02");
  text = without(text, schema_of(finding.version_table), "\x03");
  text = without(text, schema_of(finding.object), "\x03");
  return fmt::format("{}{}{}", finding.code, severity_name(finding.severity), text);
}

bool is_comment(const std::string &fix) {
  return fix.starts_with("--");
}

// Past the number that can be written out, migfix finds the tables itself, as many at a time as one
// transaction can lock.
std::string protect_all(const Facts &facts, const std::vector<const Finding *> &group) {
  const std::string protect = call_name(facts.installation, "migfix_protect");
  if (group.size() > kMostFixes) return fmt::format("SELECT {}();  -- again until it answers 0", protect);
  std::set<std::string> tables;
  for (const Finding *finding : group) tables.insert(finding->version_table);
  return fmt::format("SELECT {}(t::regclass) FROM unnest({}) t;", protect, array_of({tables.begin(), tables.end()}));
}

std::string fix_of_all(const Facts &facts, const std::vector<const Finding *> &group) {
  const Finding &first = *group[0];
  std::vector<std::string> fixes;
  for (const Finding *finding : group) {
    if (std::find(fixes.begin(), fixes.end(), finding->fix) == fixes.end()) fixes.push_back(finding->fix);
    if (fixes.size() > kMostFixes) break;
  }
  if (fixes.size() == 1) return fixes[0];
  if (first.code == "MF901") return protect_all(facts, group);
  const bool statements = std::none_of(fixes.begin(), fixes.end(), is_comment);
  if (statements && fixes.size() <= kMostFixes) {
    std::string all;
    for (const std::string &fix : fixes) (all += all.empty() ? "" : "\n") += fix;
    return all;
  }
  const Finding &second = *group[1];
  const std::string others =
      second.version_table.empty()
          ? fmt::format("the same, with its own name, for {}", count_of(group.size() - 1, "other object"))
          : fmt::format("that is for {}; for each other one see\n{}", first.version_table,
                        findings_call(facts.installation, second.version_table));
  return first.fix + "\n" + no_fix(others);
}

Finding folded(const Facts &facts, const std::vector<const Finding *> &group) {
  Finding finding = *group[0];
  std::vector<std::string> others;
  bool same_detail = true;
  for (std::size_t i = 1; i < group.size(); ++i) {
    others.push_back(group[i]->version_table.empty() ? group[i]->object : group[i]->version_table);
    same_detail = same_detail && group[i]->detail == group[0]->detail;
  }
  finding.message += "; the same is true of " + list_of(others, kMostAlone - 1);
  const std::string &name = finding.version_table.empty() ? finding.object : finding.version_table;
  if (!same_detail && !finding.detail.empty())
    finding.detail = fmt::format("Of {}: {}", name, finding.detail);
  finding.fix = fix_of_all(facts, group);
  finding.version_table.clear();
  finding.object.clear();
  return finding;
}

}  // namespace

std::vector<Finding> fold(const Facts &facts, std::vector<Finding> findings) {
  std::unordered_map<std::string, std::vector<std::size_t>> groups;
  std::vector<std::string> keys(findings.size());
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].version_table.empty() && findings[i].object.empty()) continue;
    keys[i] = sameness(findings[i]);
    groups[keys[i]].push_back(i);
  }
  std::vector<Finding> result;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto found = groups.find(keys[i]);
    if (found == groups.end() || found->second.size() <= kMostAlone) {
      result.push_back(findings[i]);
    } else if (found->second.front() == i) {
      std::vector<const Finding *> group;
      for (const std::size_t member : found->second) group.push_back(&findings[member]);
      result.push_back(folded(facts, group));
    }
  }
  return result;
}

}  // namespace migfix::core
