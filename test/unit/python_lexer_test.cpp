#include "core/python_lexer.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "core/python_string.hpp"

namespace migfix::core {
namespace {

// The tokens as one line: kind letters and texts.
std::string tokens(std::string_view source) {
  PythonLexer lexer(source);
  std::string out;
  for (;;) {
    const Token token = lexer.next();
    if (!out.empty()) out += ' ';
    switch (token.kind) {
      case TokenKind::kEnd:
        return out + "END";
      case TokenKind::kNewline:
        out += "NL";
        break;
      case TokenKind::kIndent:
        out += "IN";
        break;
      case TokenKind::kDedent:
        out += "DE";
        break;
      case TokenKind::kError:
        out += "ERROR(" + lexer.error() + ")";
        break;
      case TokenKind::kString:
        out += "S:" + std::string(token.text);
        break;
      case TokenKind::kFormatted:
        out += "F:" + std::string(token.text);
        break;
      case TokenKind::kBytes:
        out += "B:" + std::string(token.text);
        break;
      case TokenKind::kNumber:
        out += "#" + std::string(token.text);
        break;
      default:
        out += token.text;
    }
  }
}

TEST(PythonLexer, JoinsLinesByBracketsAndBackslash) {
  EXPECT_EQ(tokens("a = (1,\n  # comment\n\n 2)\nb = \\\n 3\n"), "a = ( #1 , #2 ) NL b = #3 NL END");
  EXPECT_EQ(tokens("\\\n\n\\\n\na"), "a NL END");
}

TEST(PythonLexer, Indentation) {
  EXPECT_EQ(tokens("if x:\n\ty\n\n  # c\n\tif z:\n\t\tw\nv"),
            "if x : NL IN y NL if z : NL IN w NL DE DE v NL END");
  EXPECT_EQ(tokens("if x:\n    y\n  z\n"),
            "if x : NL IN y NL ERROR(the indentation matches no line above) DE z NL END");
  EXPECT_EQ(tokens("\f\n\fa\n"), "a NL END");
}

TEST(PythonLexer, LineEndsAndByteOrderMark) {
  EXPECT_EQ(tokens("\xEF\xBB\xBF"
                   "a\r\nb\rc"),
            "a NL b NL c NL END");
  PythonLexer lexer("a\r\n\r\nb\rc\n");
  std::vector<std::uint32_t> lines;
  for (Token token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
    if (token.kind == TokenKind::kName) lines.push_back(token.line);
  }
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{1, 3, 4}));
}

TEST(PythonLexer, StringPrefixesAndQuotes) {
  EXPECT_EQ(tokens("r'\\' 'x'\n"), "S:r'\\' ' x ERROR(a string is not closed) NL END");
  EXPECT_EQ(tokens("u'c' Rb'd' b\"e\" f'g' tR'h' ur'i'\n"),
            "S:u'c' B:Rb'd' B:b\"e\" F:f'g' F:tR'h' ur S:'i' NL END");
  EXPECT_EQ(tokens("'''a\n'b''c\n''' '' \"\"\"\"\"\""), "S:'''a\n'b''c\n''' S:'' S:\"\"\"\"\"\" NL END");
  EXPECT_EQ(tokens("'a\\\nb'"), "S:'a\\\nb' NL END");
}

TEST(PythonLexer, FormattedStringsNest) {
  for (const std::string text :
       {"f'{a}'", "f'{{'", "f'{a!r:>{b}}'", "f'{d[\"k\"]}'", "f'{d['k']}'", "f'{f'{f'{1}'}'}'", "f'{x:{y}}' ",
        "f'{lambda_(a={1: 2})}'", "f\"\"\"{\na\n}\"\"\"", "f'{x:'", "f'\\N{DASH}'"}) {
    const std::string out = tokens(text);
    if (text == "f'{x:'")
      EXPECT_EQ(out.substr(0, 5), "ERROR") << out;
    else
      EXPECT_EQ(out.substr(0, 2), "F:") << text << " gave " << out;
  }
}

TEST(PythonLexer, NumbersAndOperators) {
  EXPECT_EQ(tokens("1_000 0x1F 1e-5 .5j 1.e+3 a.b...c->d:=e**=f//g!=h<>i"),
            "#1_000 #0x1F #1e-5 #.5j #1.e+3 a . b ... c -> d := e **= f // g != h <> i NL END");
}

TEST(PythonLexer, Faults) {
  EXPECT_EQ(tokens("a = $\n"), "a = ERROR(an unexpected character stands here) NL END");
  EXPECT_EQ(tokens(")"), "ERROR(')' closes nothing) NL END");
  EXPECT_EQ(tokens("(]\n"), "( ERROR(']' does not match '(') NL END");
  EXPECT_EQ(tokens("'''abc\n"), "ERROR(a string is not closed) END");
  EXPECT_EQ(tokens("a = (1,\ndef f():\n  pass\n"),
            "a = ( #1 , ERROR('(' is never closed) def f ( ) : NL IN pass NL DE END");
  EXPECT_EQ(tokens("(1"), "( #1 ERROR('(' is never closed) END");
  EXPECT_EQ(tokens(std::string("a\0b", 3)), "a ERROR(a null byte stands in the text) b NL END");
}

TEST(PythonLexer, NestingIsLimited) {
  const std::string deep = tokens(std::string(1'000'000, '('));
  EXPECT_NE(deep.find("ERROR(brackets are nested too deeply) END"), std::string::npos);
  std::string indents;
  for (int i = 0; i < 200; ++i) indents += std::string(static_cast<std::size_t>(i), ' ') + "if x:\n";
  EXPECT_NE(tokens(indents).find("too many levels of indentation"), std::string::npos);
  std::string fields = "f'";
  for (int i = 0; i < 100'000; ++i) fields += "{f'";
  EXPECT_NE(tokens(fields).find("ERROR(a string is not closed)"), std::string::npos);
}

TEST(PythonLexer, CanBeInterrupted) {
  int calls = 0;
  std::string source;
  for (int i = 0; i < 50'000; ++i) source += "a = 1\n";
  PythonLexer lexer(source, [&] {
    if (++calls == 3) throw std::runtime_error("cancelled");
  });
  EXPECT_THROW(
      {
        while (lexer.next().kind != TokenKind::kEnd) {
        }
      },
      std::runtime_error);
}

TEST(PythonString, Escapes) {
  EXPECT_EQ(decode_string("'a\\n\\t\\x41\\u00fc\\U0001F600\\101\\q\\'\\\nz'").text,
            "a\n\tA\xC3\xBC\xF0\x9F\x98\x80"
            "A\\q'z");
  EXPECT_EQ(decode_string("r'a\\n'").text, "a\\n");
  EXPECT_EQ(decode_string("'''a\r\nb\rc'''").text, "a\nb\nc");
  EXPECT_EQ(decode_string("''").text, "");
  EXPECT_EQ(decode_string("\"\"\"\"a\"\"\"").text, "\"a");
  for (const std::string bad : {"'\\N{DASH}'", "'\\ud800'", "'\\x4'", "'\\U00110000'", "'\\0'"}) {
    EXPECT_FALSE(decode_string(bad).reason.empty()) << bad;
  }
}

TEST(PythonString, Utf8) {
  EXPECT_TRUE(is_utf8("a\xC3\xBC\xE2\x80\x94\xF0\x9F\x98\x80"));
  for (const std::string bad :
       {"\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xE2\x28\xA1", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(PythonString, StripTakesPythonsWhiteSpace) {
  EXPECT_EQ(strip(" \t\r\n\x0b\x0c\x1c\xC2\xA0\xE3\x80\x80x y\xE2\x80\x83\xC2\x85 "), "x y");
  EXPECT_EQ(strip("  "), "");
  EXPECT_EQ(strip("\xE2\x80\x8B"), "\xE2\x80\x8B");
}

}  // namespace
}  // namespace migfix::core
