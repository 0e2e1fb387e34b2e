// migfix_load_scripts: learns revisions from the text of their files.
#include "core/revision_script.hpp"
#include "server/load_answer.hpp"
#include "server/server_text.hpp"
#include "server/statement_parser.hpp"

namespace migfix::server {

namespace {

constexpr char kNoText[] = "has a character that the database cannot hold";

std::string shown(const std::string &utf8) { return from_utf8(utf8).value_or("(unreadable)"); }

// `first_line`, of the file: a statement's line counts within it, so that it stays when files are joined otherwise.
StoredStatement opaque_statement(const core::ScriptOperation &operation, std::uint32_t first_line, std::string why) {
  StoredStatement statement;
  statement.operation = core::operation_kind_name(operation.kind);
  statement.object = from_utf8(operation.object).value_or("");
  statement.opaque = std::move(why);
  statement.line = operation.line - first_line + 1;
  return statement;
}

// SQL that the script holds itself: its statements, each with what it does.
void add_executed(const core::ScriptOperation &operation, const std::string &text, std::uint32_t first_line,
                  std::vector<StoredStatement> &statements) {
  const ParsedText parsed = parse_text(text);
  if (!parsed.error.empty()) {
    statements.push_back(opaque_statement(operation, first_line, shown(operation.call) + ": " + parsed.error));
    return;
  }
  for (const StatementInText &said : parsed.statements) {
    StoredStatement statement = opaque_statement(operation, first_line, {});
    if (said.operation != core::OperationKind::kOther) {
      statement.operation = core::operation_kind_name(said.operation);
      statement.object = said.object;
    }
    statement.statement = said.text;
    statements.push_back(std::move(statement));
  }
}

void add_statements(const core::ScriptOperation &operation, std::uint32_t first_line,
                    std::vector<StoredStatement> &statements) {
  if (operation.is_opaque()) {
    statements.push_back(opaque_statement(operation, first_line, shown(operation.call) + ": " + shown(operation.opaque)));
    return;
  }
  for (const core::OperationSql &sql : operation.sql) {
    const auto text = from_utf8(sql.sql);
    const auto once = from_utf8(sql.once);
    if (!text || !once) {
      statements.push_back(opaque_statement(operation, first_line, shown(operation.call) + ": its SQL " + kNoText));
      continue;
    }
    if (operation.kind == core::OperationKind::kExecute) {
      add_executed(operation, *text, first_line, statements);
      continue;
    }
    StoredStatement statement = opaque_statement(operation, first_line, {});
    statement.statement = *text;
    statement.once = *once;
    statement.check_first = sql.check_first;
    statements.push_back(std::move(statement));
  }
}

// A name as the database can keep it; else says why it cannot.
bool keep(const std::string &utf8, std::string &name, std::string &why) {
  const auto text = from_utf8(utf8);
  why = text ? why_not_kept(*text).value_or("") : kNoText;
  if (!why.empty()) return false;
  name = *text;
  return true;
}

bool keep(const std::vector<std::string> &utf8, std::vector<std::string> &names, std::string &why) {
  names.resize(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (!keep(utf8[i], names[i], why)) return false;
  }
  return true;
}

// Nothing, and `why`, where one of its names cannot be kept.
std::optional<StoredRevision> stored(const core::RevisionScript &script, std::string &why) {
  StoredRevision revision;
  core::Revision &names = revision.revision;
  if (!keep(script.revision, names.revision, why) || !keep(script.down_revision, names.down_revision, why) ||
      !keep(script.depends_on, names.depends_on, why) || !keep(script.branch_labels, names.branch_labels, why))
    return std::nullopt;
  names.message = from_utf8(script.message).value_or("");
  if (script.named) revision.file = shown(script.file);
  for (const core::ScriptOperation &operation : script.operations) add_statements(operation, script.line, revision.statements);
  return revision;
}

}  // namespace

MIGFIX_FUNCTION(migfix_load_scripts) {
  require_writable("migfix_load_scripts()");
  const auto scripts = text_argument(fcinfo, 0);
  if (!scripts) throw core::Error(core::kNullValueNotAllowed, "scripts must not be NULL");
  const std::string environment = environment_argument(fcinfo, 1);
  const core::ScriptLoad load = core::read_scripts(to_utf8(*scripts), check_for_interrupts);
  if (load.revisions.empty() && load.problems.empty()) {
    throw core::Error(core::kInvalidParameterValue, "the text holds no script", {},
                      "In psql, where the revision files are: \\set scripts `tail -n +1 alembic/versions/*.py`");
  }

  std::vector<StoredRevision> revisions;
  std::vector<const core::RevisionScript *> scripts_of;  // the same revisions
  std::vector<std::pair<const core::RevisionScript *, std::string>> unreadable;  // and why
  for (const core::RevisionScript &script : load.revisions) {
    std::string why;
    auto revision = stored(script, why);
    if (!revision) {
      unreadable.emplace_back(&script, std::move(why));
      continue;
    }
    revisions.push_back(std::move(*revision));
    scripts_of.push_back(&script);
  }
  const auto loaded = store_revisions(environment, RevisionSource::kScripts, revisions);

  LoadAnswer answer(fcinfo);
  for (std::size_t i = 0; i < revisions.size(); ++i)
    answer.add_revision(shown(scripts_of[i]->file), revisions[i], loaded[i], scripts_of[i]->line);
  for (const auto &[script, why] : unreadable)
    answer.add_problem(shown(script->file), {}, "invalid", script->line, "a name in it " + why);
  for (const core::ScriptProblem &problem : load.problems) {
    answer.add_problem(shown(problem.file), {}, core::script_problem_kind_name(problem.kind), problem.line,
                       shown(problem.reason));
  }
  answer.add_absent(environment, revisions);
  answer.add_graph_problems(environment);
  return static_cast<Datum>(0);
}

}  // namespace migfix::server
