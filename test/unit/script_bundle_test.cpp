#include "core/script_bundle.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/revision_script.hpp"

namespace migfix::core {
namespace {

const std::string kDefs = "\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n";

std::string identifiers(const std::string &revision, const std::string &down) {
  return "revision = '" + revision + "'\ndown_revision = " + down + "\n";
}

std::string with_docstring(const std::string &revision, const std::string &down) {
  return "\"\"\"message " + revision + "\n\nRevision ID: " + revision + "\nRevises: " + down +
         "\nCreate Date: 2024-01-01\n\n\"\"\"\n" +
         "from alembic import op\nimport sqlalchemy as sa\n\n# revision identifiers, used by Alembic.\n" +
         identifiers(revision, down) + kDefs;
}

std::vector<std::string> revisions(const std::string &text) {
  std::vector<std::string> out;
  const ScriptLoad load = read_scripts(text);
  for (const RevisionScript &script : load.revisions) out.push_back(script.revision);
  for (const ScriptProblem &problem : load.problems)
    out.push_back("(" + problem.file + ":" + std::to_string(problem.line) + " " + problem.reason + ")");
  return out;
}

using List = std::vector<std::string>;

TEST(ScriptBundle, TemplatesComeApart) {
  EXPECT_EQ(revisions(with_docstring("a", "None") + with_docstring("b", "'a'") + with_docstring("c", "'b'")),
            (List{"a", "b", "c"}));
}

TEST(ScriptBundle, FilesWithoutDocstringOrImport) {
  EXPECT_EQ(revisions(identifiers("a", "None") + kDefs + identifiers("b", "'a'") + kDefs), (List{"a", "b"}));
  EXPECT_EQ(revisions("from alembic import op\n" + identifiers("a", "None") + "from alembic import op\n" +
                      identifiers("b", "'a'")),
            (List{"a", "b"}));
  EXPECT_EQ(revisions("\"\"\"one\"\"\"\n" + identifiers("a", "None") + "\"\"\"two\"\"\"\n" +
                      identifiers("b", "'a'")),
            (List{"a", "b"}));
}

TEST(ScriptBundle, DocstringBelongsToItsFile) {
  const ScriptLoad load = read_scripts(with_docstring("a", "None") + "\"\"\"second\"\"\"\nimport x\n" +
                                       identifiers("b", "'a'") + kDefs);
  ASSERT_EQ(load.revisions.size(), 2U);
  EXPECT_EQ(load.revisions[0].message, "message a");
  EXPECT_EQ(load.revisions[1].message, "second");
}

TEST(ScriptBundle, OrderOfIdentifiersDoesNotMatter) {
  const std::string swapped = "down_revision = 'a'\nrevision = 'b'\n" + kDefs;
  EXPECT_EQ(revisions(identifiers("a", "None") + kDefs + swapped), (List{"a", "b"}));
  EXPECT_EQ(revisions("\"\"\"x\"\"\"\n" + identifiers("a", "None") + kDefs + "\"\"\"y\"\"\"\n" + swapped),
            (List{"a", "b"}));
  EXPECT_EQ(revisions("revision, down_revision = 'a', None\n" + kDefs +
                      "revision, down_revision = 'b', 'a'\n" + kDefs),
            (List{"a", "b"}));
}

TEST(ScriptBundle, ASecondAssignmentAloneIsTheLastOne) {
  EXPECT_EQ(revisions("revision = 'old'\n" + identifiers("a", "None") + kDefs), (List{"a"}));
  EXPECT_EQ(revisions(identifiers("a", "None") + "revision = 'b'\n" + kDefs), (List{"b"}));
  EXPECT_EQ(revisions(identifiers("a", "None") + kDefs + "revision = 'b'\n"), (List{"b"}));
}

TEST(ScriptBundle, TextThatLooksLikeAFileIsNone) {
  const std::string inner =
      "    x = '''\n\"\"\"doc\n\nRevision ID: z\n\"\"\"\nrevision = 'z'\ndown_revision = None\n'''\n";
  EXPECT_EQ(revisions(with_docstring("a", "None") + "def more():\n" + inner + with_docstring("b", "'a'")),
            (List{"a", "b"}));
}

TEST(ScriptBundle, CodeBehindTheFunctionsStaysWithItsFile) {
  const std::string tail = "\n\nif __name__ == '__main__':\n    upgrade()\nLAST = 1\n";
  const std::string text =
      with_docstring("a", "None") + tail + "# -*- coding: utf-8 -*-\n" + with_docstring("b", "'a'");
  const auto files = split_scripts(text);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_NE(files[0].text.find("LAST = 1"), std::string_view::npos);
  EXPECT_EQ(files[1].text.substr(0, 5), "# -*-");
  EXPECT_EQ(files[1].line, 27U);
}

TEST(ScriptBundle, FutureImportsAndByteOrderMarksBeginFiles) {
  const std::string future = "from __future__ import annotations\n";
  EXPECT_EQ(revisions(future + identifiers("a", "None") + future + identifiers("b", "None")),
            (List{"a", "b"}));
  EXPECT_EQ(revisions("\"\"\"d\"\"\"\n" + future + identifiers("a", "None") + "\"\"\"e\"\"\"\n" + future +
                      identifiers("b", "None")),
            (List{"a", "b"}));
  EXPECT_EQ(revisions("\xEF\xBB\xBF" + identifiers("a", "None") + "\xEF\xBB\xBF" + identifiers("b", "None")),
            (List{"a", "b"}));
}

TEST(ScriptBundle, MarkersNameFiles) {
  const std::string text = "# file: one.py\n" + identifiers("a", "None") + identifiers("b", "None") +
                           "# file:  versions/two.py \r\nx = (\n" + "==> three.py <==\n" +
                           identifiers("c", "None");
  EXPECT_EQ(revisions(text), (List{"b", "c", "(versions/two.py:1 '(' is never closed)"}));
  const ScriptLoad load = read_scripts(text);
  EXPECT_EQ(load.revisions[0].file, "one.py");
  EXPECT_EQ(load.revisions[1].file, "three.py");
}

TEST(ScriptBundle, WhatStandsBeforeTheFirstMarkerIsReadToo) {
  EXPECT_EQ(revisions(with_docstring("a", "None") + with_docstring("b", "'a'") + "# file: c.py\n" +
                      identifiers("c", "None")),
            (List{"a", "b", "c"}));
}

TEST(ScriptBundle, ABrokenFileDoesNotTakeTheOthersAlong) {
  const std::string unclosed_string =
      "\"\"\"message\n\nRevision ID: x\n\"\"\"\nX = '''\n" + identifiers("x", "None");
  EXPECT_EQ(revisions(with_docstring("a", "None") + unclosed_string + with_docstring("b", "'a'")),
            (List{"a", "b", "(script 2:26 a string is not closed)"}));
  const std::string unclosed_bracket =
      "\"\"\"m\n\nRevision ID: x\n\"\"\"\nX = (1,\n" + identifiers("x", "None") + kDefs;
  EXPECT_EQ(revisions(with_docstring("a", "None") + unclosed_bracket + with_docstring("b", "'a'")),
            (List{"a", "b", "(script 2:27 ')' is missing)"}));
  const std::string syntax =
      "\"\"\"m\n\nRevision ID: x\n\"\"\"\nprint 'x'\n" + identifiers("x", "None") + kDefs;
  EXPECT_EQ(revisions(with_docstring("a", "None") + syntax + with_docstring("b", "'a'")),
            (List{"a", "b", "(script 2:26 the statement does not end here)"}));
}

TEST(ScriptBundle, AFileWithoutAFinalLineEnd) {
  const auto cut = [](std::string text) {
    text.pop_back();
    return text;
  };
  EXPECT_EQ(revisions(cut(with_docstring("a", "None")) + cut(with_docstring("b", "'a'")) +
                      with_docstring("c", "'b'")),
            (List{"a", "b", "c"}));
  const std::string comment = with_docstring("a", "None") + "    # ### end Alembic commands ###";
  EXPECT_EQ(revisions(comment + with_docstring("b", "'a'")), (List{"a", "b"}));
  EXPECT_EQ(revisions(comment + with_docstring("b", "'a'") + comment + with_docstring("x", "1 +")),
            (List{"a", "b", "a", "(script 4:76 this is no expression)"}));
}

TEST(ScriptBundle, NothingIsNothing) {
  EXPECT_TRUE(split_scripts("").empty());
  EXPECT_TRUE(split_scripts(" \n\n").empty());
}

TEST(ScriptBundle, SeveralStatementsOnALine) {
  const auto files = split_scripts(
      "revision = 'a'; down_revision = None\n"
      "revision = 'b'; down_revision = 'a'; depends_on = 'x'\n"
      "def upgrade(): pass; pass\n"
      "revision = 'c'; down_revision = 'b'\n");
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[1].line, 2u);
  EXPECT_EQ(files[2].line, 4u);
}

TEST(ScriptBundle, StatementsBehindAColonBeginNoFile) {
  EXPECT_EQ(split_scripts("revision = 'a'\ndown_revision = None\nif x: revision = 'b'; down_revision = 'a'\n")
                .size(),
            1u);
}

}  // namespace
}  // namespace migfix::core
