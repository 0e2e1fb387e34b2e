// Reads scripts with the core and prints what it found as JSON, for scripts_test.py. Input: any number of
// texts, each after a line with its length in bytes; output: one line for each.
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/revision_script.hpp"

namespace {

using namespace migfix::core;

std::string json(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(c));
      out += buffer;
    } else {
      out += c;
    }
  }
  return out + '"';
}

template <typename Items, typename Write>
std::string list(const Items &items, Write write) {
  std::string out = "[";
  for (const auto &item : items) {
    if (out.size() > 1) out += ", ";
    out += write(item);
  }
  return out + "]";
}

std::string json_list(const std::vector<std::string> &items) {
  return list(items, [](const std::string &item) { return json(item); });
}

std::string json_operation(const ScriptOperation &operation) {
  return "{\"kind\": " + json(operation_kind_name(operation.kind)) +
         ", \"line\": " + std::to_string(operation.line) + ", \"call\": " + json(operation.call) +
         ", \"object\": " + json(operation.object) + ", \"opaque\": " + json(operation.opaque) +
         ", \"sql\": " +
         list(operation.sql, [](const OperationSql &statement) { return json(statement.sql); }) + "}";
}

std::string json_revision(const RevisionScript &script, EnumMemo &memo) {
  return "{\"file\": " + json(script.file) + ", \"revision\": " + json(script.revision) +
         ", \"down_revision\": " + json_list(script.down_revision) +
         ", \"branch_labels\": " + json_list(script.branch_labels) +
         ", \"depends_on\": " + json_list(script.depends_on) + ", \"message\": " + json(script.message) +
         ", \"create_date\": " + json(script.create_date) +
         ", \"operations\": " + list(script.operations, json_operation) +
         ", \"statements\": " + json_list(statements_of(script.operations, memo)) + "}";
}

std::string json_problem(const ScriptProblem &problem) {
  return "{\"kind\": " + json(script_problem_kind_name(problem.kind)) + ", \"file\": " + json(problem.file) +
         ", \"line\": " + std::to_string(problem.line) + ", \"reason\": " + json(problem.reason) + "}";
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::string text(std::stoul(line), '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    const ScriptLoad load = read_scripts(text);
    EnumMemo memo;
    std::cout << "{\"revisions\": "
              << list(load.revisions,
                      [&](const RevisionScript &script) { return json_revision(script, memo); })
              << ", \"problems\": " << list(load.problems, json_problem) << "}" << std::endl;
  }
  return 0;
}
