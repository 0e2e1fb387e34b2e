#include "core/report.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "core/schema_findings.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kLabel = 7;  // "  why: "

// Characters, where the text is UTF-8 or of one byte each: good enough to wrap by.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

// `text` in lines of at most kColumns, the first one after `first`, the others after `indent`. A word that is
// longer than a line stays whole.
void wrap(std::vector<std::string> &lines, const std::string &first, const std::string &indent,
          std::string_view text) {
  std::string line = first;
  bool empty = true;
  for (std::size_t start = 0; start <= text.size();) {
    std::size_t end = start;
    while (end < text.size() && text[end] != ' ' && !is_line_end(text[end])) ++end;
    const std::string_view word = text.substr(start, end - start);
    if (!empty && width_of(line) + 1 + width_of(word) > kColumns) {
      lines.push_back(line);
      line = indent;
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
    start = end + 1;
  }
  lines.push_back(line);
}

// Follows SQL text up to a line's end: is the next line inside a literal or a quoted name?
class Quotes {
 public:
  bool inside() const { return quote_ != '\0'; }

  void pass(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (quote_ != '\0') {
        if (escapes_ && c == '\\') {
          ++i;
        } else if (c == quote_) {
          quote_ = '\0';  // a doubled quote opens it again at once
        }
      } else if (c == '\'' || c == '"') {
        // In E'it''s' the second literal is the same one.
        if (!(escapes_ && i > 0 && line[i - 1] == '\'')) {
          escapes_ = c == '\'' && i > 0 && (line[i - 1] == 'E' || line[i - 1] == 'e');
        }
        quote_ = c;
      } else if (line.substr(i, 2) == "--") {
        return;
      }
    }
  }

 private:
  char quote_ = '\0';
  bool escapes_ = false;
};

void add_fix(std::vector<std::string> &lines, const std::string &fix) {
  const std::string indent(kLabel, ' ');
  bool label = true;
  Quotes quotes;
  for (std::size_t start = 0; start <= fix.size();) {
    std::size_t end = fix.find('\n', start);
    if (end == std::string::npos) end = fix.size();
    const std::string line = fix.substr(start, end - start);
    start = end + 1;
    if (quotes.inside()) {
      lines.push_back(line);  // blanks before it would change the literal
      quotes.pass(line);
    } else if (line.starts_with("--")) {
      if (!label) {
        wrap(lines, indent, indent + "--   ", line);
      } else {
        wrap(lines, "  fix: ", indent + "--   ", line);
      }
      label = false;
    } else {
      if (label) lines.push_back("  fix:");
      label = false;
      lines.push_back(indent + line);
      quotes.pass(line);
    }
  }
}

std::string rows_text(const VersionTable &table) {
  if (table.rows.empty()) return table.name + " is empty";
  std::vector<std::string> versions;
  for (const auto &version : table.rows)
    versions.push_back(version ? in_quotes(*version) : std::string("NULL"));
  return fmt::format("{} records {}", table.name, list_of(versions));
}

std::string all_well(const Facts &facts) {
  if (facts.version_tables.empty()) {
    return "No findings: there is no version table yet, and nothing that a first migration could collide "
           "with.";
  }
  std::vector<std::string> tables;
  for (const VersionTable &table : facts.version_tables) tables.push_back(rows_text(table));
  return fmt::format("No findings: {} checked; {}.",
                     count_of(tables.size(), "version table was", "version tables were"), list_of(tables, 3));
}

std::string upper(std::string text) {
  for (char &c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// RFC 8259, section 7. Bytes from 0x80 on pass: the text is in the database's encoding.
std::string json(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          result += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
          result += c;
        }
    }
  }
  return result + '"';
}

int status_of(const std::vector<Finding> &findings) {
  if (findings.empty()) return 0;
  const bool unchecked = std::any_of(findings.begin(), findings.end(),
                                     [](const Finding &finding) { return finding.code == "MF905"; });
  return unchecked ? 2 : 1;
}

}  // namespace

std::vector<std::string> report_text(const Facts &facts, const std::vector<Finding> &findings) {
  std::vector<std::string> lines;
  wrap(lines, "", "  ",
       fmt::format("migfix {}: database {}, checked {} as role {}", facts.installation.library_version,
                   facts.database, facts.checked_at, facts.role));
  lines.emplace_back();
  if (findings.empty()) {
    wrap(lines, "", "  ", all_well(facts));
    return lines;
  }
  std::size_t counts[3] = {};
  for (const Finding &finding : findings) {
    ++counts[static_cast<int>(finding.severity)];
    const std::string head = fmt::format("{} {}  ", upper(severity_name(finding.severity)), finding.code);
    wrap(lines, head, std::string(head.size(), ' '), finding.message);
    if (!finding.detail.empty()) wrap(lines, "  why: ", std::string(kLabel, ' '), finding.detail);
    if (!finding.fix.empty()) add_fix(lines, finding.fix);
    lines.emplace_back();
  }
  lines.push_back(fmt::format("{}, {}, {}", count_of(counts[0], "error"), count_of(counts[1], "warning"),
                              count_of(counts[2], "notice")));
  if (const std::string repair = repair_of_all(facts); !repair.empty()) {
    lines.emplace_back();
    lines.push_back("-- This mends what can be mended without a decision, all or nothing:");
    lines.push_back(repair);
  }
  return lines;
}

std::string report_json(const Facts &facts, const std::vector<Finding> &findings) {
  std::string tables;
  for (const VersionTable &table : facts.version_tables) {
    if (!tables.empty()) tables += ',';
    std::string rows = "null";
    if (table.not_checked.empty()) {
      rows = "[";
      for (const auto &version : table.rows) {
        if (rows.size() > 1) rows += ',';
        rows += version ? json(*version) : std::string("null");
      }
      rows += ']';
    }
    tables += fmt::format("{{\"name\":{},\"rows\":{}}}", json(table.name), rows);
  }
  std::string items;
  for (const Finding &finding : findings) {
    if (!items.empty()) items += ',';
    items += fmt::format(
        "{{\"code\":{},\"severity\":{},\"version_table\":{},\"object\":{},\"message\":{},\"detail\":{},"
        "\"fix\":{}}}",
        json(finding.code), json(severity_name(finding.severity)), json(finding.version_table),
        json(finding.object), json(finding.message), json(finding.detail), json(finding.fix));
  }
  return fmt::format(
      "{{\"migfix\":{},\"database\":{},\"checked_at\":{},\"role\":{},\"status\":{},\"version_tables\":[{}],"
      "\"findings\":[{}]}}",
      json(facts.installation.library_version), json(facts.database), json(facts.checked_at),
      json(facts.role), status_of(findings), tables, items);
}

std::vector<Finding> at_least(const std::vector<Finding> &findings, Severity severity) {
  std::vector<Finding> bad;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(bad),
               [&](const Finding &finding) { return finding.severity <= severity; });
  sort_findings(bad);
  return bad;
}

}  // namespace migfix::core
