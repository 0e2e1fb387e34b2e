#include "core/python_string.hpp"

#include <cstddef>
#include <cstdint>

namespace migfix::core {
namespace {

void append_utf8(std::string &out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Decoder {
  std::string_view body;
  std::size_t pos = 0;
  DecodedString result;

  bool code_point(std::uint32_t code) {
    if (code == 0)
      result.reason = "a string with a null character";
    else if (code >= 0xD800 && code <= 0xDFFF)
      result.reason = "a string holds a lone surrogate";
    else if (code > 0x10FFFF)
      result.reason = "a string with an escape that is no character";
    else
      append_utf8(result.text, code);
    return result.reason.empty();
  }

  bool hexadecimal(std::size_t digits) {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < digits; ++i, ++pos) {
      const int digit = pos < body.size() ? hex_digit(body[pos]) : -1;
      if (digit < 0) {
        result.reason = "a string holds a broken escape";
        return false;
      }
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return code_point(code);
  }

  bool octal() {
    std::uint32_t code = 0;
    for (int i = 0; i < 3 && pos < body.size() && body[pos] >= '0' && body[pos] <= '7'; ++i, ++pos) {
      code = code * 8 + static_cast<std::uint32_t>(body[pos] - '0');
    }
    return code_point(code);
  }

  void newline() {
    if (body[pos] == '\r' && pos + 1 < body.size() && body[pos + 1] == '\n') ++pos;
    ++pos;
  }

  // `pos` stands behind a backslash.
  bool escape() {
    const char c = body[pos];
    if (c >= '0' && c <= '7') return octal();
    if (c == '\n' || c == '\r') {
      newline();
      return true;
    }
    ++pos;
    switch (c) {
      case '\\':
      case '\'':
      case '"':
        result.text += c;
        return true;
      case 'a':
        result.text += '\a';
        return true;
      case 'b':
        result.text += '\b';
        return true;
      case 'f':
        result.text += '\f';
        return true;
      case 'n':
        result.text += '\n';
        return true;
      case 'r':
        result.text += '\r';
        return true;
      case 't':
        result.text += '\t';
        return true;
      case 'v':
        result.text += '\v';
        return true;
      case 'x':
        return hexadecimal(2);
      case 'u':
        return hexadecimal(4);
      case 'U':
        return hexadecimal(8);
      case 'N':
        result.reason = "a string names a character with \\N";
        return false;
      default:
        result.text += '\\';
        result.text += c;
        return true;
    }
  }
};

}  // namespace

DecodedString decode_string(std::string_view literal) {
  bool raw = false;
  while (!literal.empty() && literal.front() != '\'' && literal.front() != '"') {
    raw = raw || literal.front() == 'r' || literal.front() == 'R';
    literal.remove_prefix(1);
  }
  const bool triple = literal.size() >= 6 && literal[1] == literal[0] && literal[2] == literal[0];
  const std::size_t marks = triple ? 3 : 1;
  Decoder decoder{literal.substr(marks, literal.size() - 2 * marks), 0, {}};
  const std::string_view body = decoder.body;
  decoder.result.text.reserve(body.size());
  while (decoder.pos < body.size()) {
    const char c = body[decoder.pos];
    if (c == '\r' || c == '\n') {
      decoder.newline();
      decoder.result.text += '\n';
    } else if (c == '\\' && !raw && decoder.pos + 1 < body.size()) {
      ++decoder.pos;
      if (!decoder.escape()) break;
    } else if (c == '\0') {
      decoder.result.reason = "a string with a null character";
      break;
    } else {
      decoder.result.text += c;
      ++decoder.pos;
    }
  }
  return decoder.result;
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
      return false;
    }
    i += length;
  }
  return true;
}

namespace {

// The length of the white space character at the front: str.isspace() of Python, in UTF-8.
std::size_t space_at(std::string_view text) {
  const auto c = static_cast<unsigned char>(text[0]);
  if (c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F)) return 1;
  static constexpr std::string_view kTwo[] = {"\xC2\x85", "\xC2\xA0"};
  static constexpr std::string_view kThree[] = {"\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9",
                                                "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
  for (const auto space : kTwo) {
    if (text.substr(0, 2) == space) return 2;
  }
  for (const auto space : kThree) {
    if (text.substr(0, 3) == space) return 3;
  }
  if (text.size() >= 3 && text.substr(0, 2) == "\xE2\x80" && static_cast<unsigned char>(text[2]) >= 0x80 &&
      static_cast<unsigned char>(text[2]) <= 0x8A) {
    return 3;
  }
  return 0;
}

}  // namespace

std::string_view strip(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = space_at(text);
    if (length == 0) break;
    text.remove_prefix(length);
  }
  while (!text.empty()) {
    std::size_t taken = 0;
    for (std::size_t length = 1; length <= 3 && length <= text.size(); ++length) {
      if (space_at(text.substr(text.size() - length)) == length) taken = length;
    }
    if (taken == 0) break;
    text.remove_suffix(taken);
  }
  return text;
}

}  // namespace migfix::core
