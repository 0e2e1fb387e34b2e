#include "core/revision_script.hpp"

#include <optional>
#include <utility>

#include "core/operation_reader.hpp"
#include "core/python_interpreter.hpp"
#include "core/python_string.hpp"
#include "core/python_syntax.hpp"

namespace migfix::core {
namespace {

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

// The id that Alembic takes from the file's name where there is no `revision`: re.match(r"([a-f0-9]+)\.py$").
std::optional<std::string> legacy_id(const ScriptFile &file) {
  if (!file.named) return std::nullopt;
  std::string_view name = file.name;
  const std::size_t slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.size() <= 3 || name.substr(name.size() - 3) != ".py") return std::nullopt;
  name.remove_suffix(3);
  if (name.find_first_not_of("abcdef0123456789") != std::string_view::npos) return std::nullopt;
  return std::string(name);
}

// Reads one file. Each step that fails adds a problem, and the revision is not loaded.
class Reader {
 public:
  Reader(const ScriptFile &file, ScriptLoad &load, const std::function<void()> &check_interrupt)
      : file_(file), load_(load), check_interrupt_(check_interrupt) {}

  void read();

 private:
  void problem(ScriptProblemKind kind, std::uint32_t line, std::string reason) {
    load_.problems.push_back({kind, file_.name, line == 0 ? file_.line : line, std::move(reason)});
  }

  bool read_identity(const PythonModule &module, bool star_import);
  bool read_revision(bool star_import);
  bool read_down_revision(bool star_import);
  bool read_ids(std::string_view name, std::vector<std::string> &ids);
  bool one_id(std::string_view name, const Value &value, std::string &id);
  void read_docstring(const PythonModule &module);
  bool not_static(std::string_view name, const Value &value);

  const ScriptFile &file_;
  ScriptLoad &load_;
  const std::function<void()> &check_interrupt_;
  PythonScope scope_;
  RevisionScript script_;
};

bool Reader::not_static(std::string_view name, const Value &value) {
  const std::string how = value.is(ValueKind::kUnknown) ? value.text : "is computed";
  problem(ScriptProblemKind::kNotStatic, value.line,
          std::string(name) + " cannot be read without running the file: it " + how);
  return false;
}

bool Reader::one_id(std::string_view name, const Value &value, std::string &id) {
  if (value.is(ValueKind::kString)) {
    id = value.text;
    return true;
  }
  if (value.is(ValueKind::kNone) || value.is(ValueKind::kBool) || value.is(ValueKind::kInteger) ||
      value.is(ValueKind::kFloat) || value.is(ValueKind::kTuple) || value.is(ValueKind::kList) ||
      value.is(ValueKind::kSet) || value.is(ValueKind::kDict)) {
    problem(ScriptProblemKind::kInvalid, value.line,
            std::string(name) + " holds something that is no string");
    return false;
  }
  return not_static(name, value);
}

bool Reader::read_ids(std::string_view name, std::vector<std::string> &ids) {
  const ValuePtr value = scope_.find(name);
  if (!value || value->is(ValueKind::kNone)) return true;
  if (value->is(ValueKind::kTuple) || value->is(ValueKind::kList) || value->is(ValueKind::kSet)) {
    for (const ValuePtr &item : value->items) {
      if (!one_id(name, *item, ids.emplace_back())) return false;
    }
    return true;
  }
  return one_id(name, *value, ids.emplace_back());
}

bool Reader::read_revision(bool star_import) {
  const ValuePtr value = scope_.find("revision");
  if (!value) {
    if (star_import) {
      problem(ScriptProblemKind::kNotStatic, 0,
              "revision may come from an \"import *\", which is not followed");
      return false;
    }
    if (auto id = legacy_id(file_)) {
      script_.revision = std::move(*id);
      return true;
    }
    if (scope_.find("down_revision")) {
      problem(ScriptProblemKind::kInvalid, 0,
              file_.named
                  ? "revision is not assigned, and the file's name is no revision id"
                  : "revision is not assigned; an id that stands in the file's name alone needs a line "
                    "\"# file: NAME\" before it");
    } else {
      problem(ScriptProblemKind::kNoRevision, 0,
              "this is no revision: neither revision nor down_revision is assigned");
    }
    return false;
  }
  std::string id;
  if (!one_id("revision", *value, id)) return false;
  if (id.empty()) {
    problem(ScriptProblemKind::kInvalid, value->line, "revision is an empty string");
    return false;
  }
  for (const char c : {'+', '-', '@'}) {
    if (id.find(c) == std::string::npos) continue;
    problem(ScriptProblemKind::kInvalid, value->line,
            "character \"" + std::string(1, c) + "\" is not allowed in revision identifier " + quoted(id));
    return false;
  }
  script_.revision = std::move(id);
  return true;
}

bool Reader::read_down_revision(bool star_import) {
  const ValuePtr value = scope_.find("down_revision");
  if (!value) {
    problem(star_import ? ScriptProblemKind::kNotStatic : ScriptProblemKind::kInvalid, 0,
            star_import ? "down_revision may come from an \"import *\", which is not followed"
                        : "down_revision is not assigned");
    return false;
  }
  if (value->is(ValueKind::kString) && value->text.empty()) {
    problem(ScriptProblemKind::kNotice, value->line,
            "down_revision is an empty string: Alembic up to 1.8 takes it for a base, later versions fail");
    return true;
  }
  return read_ids("down_revision", script_.down_revision);
}

bool Reader::read_identity(const PythonModule &module, bool star_import) {
  if (!read_revision(star_import) || !read_down_revision(star_import) ||
      !read_ids("branch_labels", script_.branch_labels) || !read_ids("depends_on", script_.depends_on)) {
    return false;
  }
  for (const auto *ids : {&script_.down_revision, &script_.depends_on}) {
    for (const std::string &id : *ids) {
      if (id != script_.revision) continue;
      problem(ScriptProblemKind::kInvalid, 0, "revision " + quoted(id) + " refers to itself");
      return false;
    }
  }
  read_docstring(module);
  return true;
}

void Reader::read_docstring(const PythonModule &module) {
  std::string_view doc;
  if (const ValuePtr assigned = scope_.find("__doc__")) {
    if (assigned->is(ValueKind::kString)) doc = assigned->text;
  } else if (!module.body.empty() && module.body[0].kind == StatementKind::kExpression) {
    const Expr &first = module.at(module.body[0].value);
    if (first.kind == ExprKind::kString) doc = first.text;
  }
  doc = strip(doc);
  script_.message = doc.substr(0, doc.find("\n\n"));
  constexpr std::string_view kDate = "Create Date:";
  for (std::size_t at = 0; at < doc.size();) {
    const std::size_t end = std::min(doc.find('\n', at), doc.size());
    const std::string_view line = strip(doc.substr(at, end - at));
    if (line.substr(0, kDate.size()) == kDate) script_.create_date = strip(line.substr(kDate.size()));
    at = end + 1;
  }
}

void Reader::read() {
  if (!is_utf8(file_.text)) {
    problem(ScriptProblemKind::kSyntax, 0, "this is no UTF-8 text");
    return;
  }
  const PythonParse parse = parse_python(file_.text, check_interrupt_, file_.line);
  if (parse.problem) {
    problem(ScriptProblemKind::kSyntax, parse.problem->line, parse.problem->reason);
    return;
  }
  const std::size_t budget = 4 * file_.text.size() + 1'000'000;
  bool star_import = false;
  {
    PythonInterpreter interpreter(parse.module, check_interrupt_, budget);
    interpreter.run(parse.module.body, scope_);
    star_import = interpreter.saw_star_import();
  }
  if (!read_identity(parse.module, star_import)) return;
  const ValuePtr upgrade = scope_.find("upgrade");
  script_.has_upgrade = upgrade != nullptr;
  script_.has_downgrade = scope_.find("downgrade") != nullptr;
  if (upgrade) script_.operations = read_operations(parse.module, *upgrade, scope_, budget, check_interrupt_);
  script_.file = file_.name;
  script_.named = file_.named;
  script_.line = file_.line;
  load_.revisions.push_back(std::move(script_));
}

}  // namespace

const char *script_problem_kind_name(ScriptProblemKind kind) {
  switch (kind) {
    case ScriptProblemKind::kSyntax:
      return "syntax";
    case ScriptProblemKind::kNoRevision:
      return "no revision";
    case ScriptProblemKind::kNotStatic:
      return "not static";
    case ScriptProblemKind::kInvalid:
      return "invalid";
    case ScriptProblemKind::kNotice:
      break;
  }
  return "notice";
}

void read_revision_script(const ScriptFile &file, ScriptLoad &load,
                          const std::function<void()> &check_interrupt) {
  Reader(file, load, check_interrupt).read();
}

ScriptLoad read_scripts(std::string_view text, const std::function<void()> &check_interrupt) {
  ScriptLoad load;
  for (const ScriptFile &file : split_scripts(text, check_interrupt)) {
    if (strip(file.text).empty() && !file.named) continue;
    if (check_interrupt) check_interrupt();
    read_revision_script(file, load, check_interrupt);
  }
  return load;
}

}  // namespace migfix::core
