#include "core/revision_script.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace migfix::core {
namespace {

using List = std::vector<std::string>;

ScriptLoad load(const std::string &text, const std::string &name = "x.py") {
  return read_scripts("# file: " + name + "\n" + text);
}

// The one revision of a text; a test failure if there is none.
RevisionScript script(const std::string &text, const std::string &name = "x.py") {
  ScriptLoad result = load(text, name);
  if (result.revisions.size() != 1) {
    ADD_FAILURE() << text << (result.problems.empty() ? "" : result.problems[0].reason);
    return {};
  }
  return result.revisions[0];
}

// "kind, line: reason" of the one problem of a text that holds no revision.
std::string problem(const std::string &text, const std::string &name = "x.py") {
  const ScriptLoad result = load(text, name);
  EXPECT_TRUE(result.revisions.empty()) << text;
  if (result.problems.size() != 1) return "none";
  const ScriptProblem &found = result.problems[0];
  EXPECT_EQ(found.file, name);
  return std::string(script_problem_kind_name(found.kind)) + ", " + std::to_string(found.line) + ": " +
         found.reason;
}

TEST(RevisionScript, IdentifiersInEveryStyle) {
  const auto identity = [](const std::string &text) {
    const RevisionScript found = script(text);
    std::string out = found.revision;
    for (const auto *list : {&found.down_revision, &found.branch_labels, &found.depends_on}) {
      out += " [";
      for (const std::string &id : *list) out += (out.back() == '[' ? "" : ",") + id;
      out += "]";
    }
    return out;
  };
  EXPECT_EQ(identity("revision = 'a'\ndown_revision = None\n"), "a [] [] []");
  EXPECT_EQ(identity("revision: str = \"a\"\ndown_revision: 'Union[str, None]' = ('b',)\ndepends_on: str\n"),
            "a [b] [] []");
  EXPECT_EQ(
      identity("revision, down_revision = 'a', ['b', 'c']\nbranch_labels = {'l'}\ndepends_on = 'd', 'e'\n"),
      "a [b,c] [l] [d,e]");
  EXPECT_EQ(identity("P = 'x'\nrevision = P + 'a' 'b'\ndown_revision = branch_labels = depends_on = ()\n"),
            "xab [] [] []");
  EXPECT_EQ(identity("revision = 'b'\nrevision = 'a'\ndown_revision = 'x'\ndown_revision = None\n"),
            "a [] [] []");
  EXPECT_EQ(identity("if a:\n  revision = 'a'\nelse:\n  revision = 'a'\ndown_revision = None\n"),
            "a [] [] []");
  EXPECT_EQ(identity("try:\n  revision = 'a'\nexcept E as e:\n  revision = 'a'\ndown_revision = None\n"),
            "a [] [] []");
  EXPECT_EQ(identity("revision = 'a'\ndown_revision = 'b' if 1 else 'c'\ndepends_on = 'x'\ndel depends_on\n"),
            "a [b] [] []");
}

TEST(RevisionScript, MessageAndDate) {
  const RevisionScript found = script(
      "\"\"\"  Add it\nto all\n\nRevision ID: a\nCreate Date: 2024-01-02 03:04:05\n\"\"\"\nrevision = "
      "'a'\ndown_revision = None\n");
  EXPECT_EQ(found.message, "Add it\nto all");
  EXPECT_EQ(found.create_date, "2024-01-02 03:04:05");
  EXPECT_EQ(script("\"\"\"a\r\n\r\nb\"\"\"\r\nrevision = 'a'\r\ndown_revision = None\r\n").message, "a");
  EXPECT_EQ(script("'''no''' + ''\nrevision = 'a'\ndown_revision = None\n").message, "");
  EXPECT_EQ(script("revision = 'a'\n'''late'''\ndown_revision = None\n").message, "");
}

TEST(RevisionScript, WhatIsComputedIsSaidToBe) {
  EXPECT_EQ(problem("revision = f'a'\ndown_revision = None\n"),
            "not static, 1: revision cannot be read without running the file: it is an f-string");
  EXPECT_EQ(problem("import os\nrevision = os.getpid()\ndown_revision = None\n"),
            "not static, 2: revision cannot be read without running the file: it is computed");
  EXPECT_EQ(problem("revision = 'a'\ndown_revision = previous()\n"),
            "not static, 2: down_revision cannot be read without running the file: it calls \"previous\"");
  EXPECT_EQ(
      problem("if x:\n  revision = 'a'\nelse:\n  revision = 'b'\ndown_revision = None\n"),
      "not static, 1: revision cannot be read without running the file: it is assigned in an if statement");
  EXPECT_EQ(
      problem("revision = 'a'\nif x:\n  revision = 'b'\ndown_revision = None\n"),
      "not static, 2: revision cannot be read without running the file: it is assigned in an if statement");
  EXPECT_EQ(problem("for revision in 'a': pass\ndown_revision = None\n"),
            "not static, 1: revision cannot be read without running the file: it is assigned in a loop");
  EXPECT_EQ(
      problem("revision = 'a'\ndown_revision = ['b']\ndown_revision.append('c')\n"),
      "not static, 3: down_revision cannot be read without running the file: it is changed by a method");
  EXPECT_EQ(problem("revision = 'a'\ndown_revision = ('b', X)\n"),
            "not static, 2: down_revision cannot be read without running the file: it uses the name \"X\"");
  EXPECT_EQ(problem("from .base import *\ndown_revision = None\n"),
            "not static, 1: revision may come from an \"import *\", which is not followed");
  EXPECT_EQ(
      problem("match x:\n  case 1:\n    revision = 'a'\ndown_revision = None\n"),
      "not static, 1: revision cannot be read without running the file: it is assigned in a match statement");
}

TEST(RevisionScript, WhatAlembicRejects) {
  EXPECT_EQ(problem("def f(): pass\n"),
            "no revision, 1: this is no revision: neither revision nor down_revision is assigned");
  EXPECT_EQ(problem("revision = 'a'\n"), "invalid, 1: down_revision is not assigned");
  EXPECT_EQ(problem("down_revision = None\n"),
            "invalid, 1: revision is not assigned, and the file's name is no revision id");
  EXPECT_EQ(problem("revision = 5\ndown_revision = None\n"),
            "invalid, 1: revision holds something that is no string");
  EXPECT_EQ(problem("revision = 'a'\ndown_revision = 5\n"),
            "invalid, 2: down_revision holds something that is no string");
  EXPECT_EQ(problem("\nrevision = 'a@b'\ndown_revision = None\n"),
            "invalid, 2: character \"@\" is not allowed in revision identifier \"a@b\"");
  EXPECT_EQ(problem("revision = ''\ndown_revision = None\n"), "invalid, 1: revision is an empty string");
  EXPECT_EQ(problem("revision = 'a'\ndown_revision = ('b', 'a')\n"),
            "invalid, 1: revision \"a\" refers to itself");
  EXPECT_EQ(problem("revision = 'a'\ndown_revision = (\n"), "syntax, 2: '(' is never closed");
  EXPECT_EQ(problem("revision = '\xFF'\n"), "syntax, 1: this is no UTF-8 text");
  EXPECT_EQ(problem(std::string("revision = 'a'\0", 15)), "syntax, 1: a null byte stands in the text");
}

TEST(RevisionScript, LegacyNamesAndEmptyDownRevision) {
  EXPECT_EQ(script("down_revision = None\n", "versions/1a2b3c.py").revision, "1a2b3c");
  EXPECT_EQ(problem("down_revision = None\n", "1a2b3c_add.py"),
            "invalid, 1: revision is not assigned, and the file's name is no revision id");
  const ScriptLoad result = load("revision = 'a'\ndown_revision = ''\n");
  ASSERT_EQ(result.revisions.size(), 1U);
  EXPECT_TRUE(result.revisions[0].down_revision.empty());
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].kind, ScriptProblemKind::kNotice);
  EXPECT_EQ(result.problems[0].line, 2U);
}

TEST(RevisionScript, TheRestIsLoaded) {
  const ScriptLoad result = read_scripts(
      "# file: a\nrevision = 'a'\ndown_revision = None\n# file: b\nrevision = (\n# file: c\nrevision = "
      "f()\ndown_revision = None\n"
      "# file: d\nrevision = 'd'\ndown_revision = 'a'\n");
  ASSERT_EQ(result.revisions.size(), 2U);
  EXPECT_EQ(result.revisions[1].revision, "d");
  EXPECT_EQ(result.problems.size(), 2U);
}

TEST(RevisionScript, GrowthIsBounded) {
  std::string doubling = "a = '" + std::string(1000, 'x') + "'\n";
  for (int i = 0; i < 200; ++i) doubling += "a = a + a\n";
  EXPECT_EQ(problem(doubling + "revision = a\ndown_revision = None\n").substr(0, 10), "not static");
  std::string nested = "t = ()\n";
  for (int i = 0; i < 20'000; ++i) nested += "t = (t, t)\n";
  EXPECT_EQ(problem(nested + "revision = 'a'\ndown_revision = t\n"),
            "invalid, 20000: down_revision holds something that is no string");
  std::string deep = "t = ()\n";
  for (int i = 0; i < 20'000; ++i) deep += "t = (t,)\n";
  EXPECT_EQ(problem(deep + "revision = 'a'\ndown_revision = t\n").substr(0, 7), "invalid");
}

TEST(RevisionScript, CanBeInterrupted) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "# file: f\nrevision = 'a'\ndown_revision = None\n";
  int calls = 0;
  EXPECT_THROW(read_scripts(text,
                            [&] {
                              if (++calls == 1000) throw std::runtime_error("cancelled");
                            }),
               std::runtime_error);
}

}  // namespace
}  // namespace migfix::core
