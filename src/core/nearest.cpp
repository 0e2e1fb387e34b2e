#include "core/nearest.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/sql_text.hpp"
#include "core/utf8.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kWordBits = 64;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string folded(std::string_view text) {
  std::string result(trimmed(text));
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

// Edit distance of one pattern to many texts, a machine word for each character of a text (Myers 1999,
// in Hyyrö's form): 100,000 ids take milliseconds.
class Pattern {
 public:
  explicit Pattern(std::string_view text) : length_(std::min(text.size(), kWordBits)) {
    for (std::size_t i = 0; i < length_; ++i)
      places_[static_cast<unsigned char>(text[i])] |= std::uint64_t{1} << i;
  }

  std::size_t length() const noexcept { return length_; }

  std::size_t distance(std::string_view text, std::size_t most) const noexcept {
    const std::size_t difference = text.size() > length_ ? text.size() - length_ : length_ - text.size();
    if (difference > most) return most + 1;
    if (length_ == 0) return text.size();
    std::uint64_t up = ~std::uint64_t{0};
    std::uint64_t down = 0;
    const std::uint64_t last = std::uint64_t{1} << (length_ - 1);
    std::size_t distance = length_;
    for (const char c : text) {
      const std::uint64_t same = places_[static_cast<unsigned char>(lower(c))];
      const std::uint64_t zero = (((same & up) + up) ^ up) | same | down;
      std::uint64_t plus = down | ~(zero | up);
      std::uint64_t minus = up & zero;
      if ((plus & last) != 0) ++distance;
      if ((minus & last) != 0) --distance;
      plus = (plus << 1) | 1;
      minus <<= 1;
      up = minus | ~(zero | plus);
      down = plus & zero;
    }
    return std::min(distance, most + 1);
  }

 private:
  std::array<std::uint64_t, 256> places_{};
  std::size_t length_;
};

}  // namespace

std::size_t edit_distance(std::string_view one, std::string_view other, std::size_t most) {
  return Pattern(folded(one)).distance(other, most);
}

std::vector<std::string> nearest_names(const RevisionGraph &graph, std::string_view text, bool with_labels,
                                       std::size_t most) {
  struct Candidate {
    std::size_t distance;
    std::size_t place;  // in the graph's sorted names: decides ties
  };
  const std::string wanted = folded(text.substr(0, 4 * kWordBits));
  if (wanted.empty() || most == 0) return {};
  const Pattern pattern(wanted);
  const std::size_t limit = std::max<std::size_t>(1, pattern.length() / 3);
  const auto less = [](const Candidate &a, const Candidate &b) {
    return a.distance != b.distance ? a.distance < b.distance : a.place < b.place;
  };
  std::vector<Candidate> best;  // sorted, at most `most`
  const auto names = graph.names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].is_label && !with_labels) continue;
    const std::string_view name = names[i].text;
    const std::size_t common = std::min(name.size(), wanted.size());
    std::size_t distance = pattern.distance(name, limit);
    // A name cut short, or with something behind it, counts as one edit.
    if (distance > 1 && common >= 4 && wanted.size() != name.size() &&
        std::equal(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(common), wanted.begin(),
                   [](char a, char b) { return lower(a) == b; }))
      distance = 1;
    if (distance > limit) continue;
    const Candidate candidate{distance, i};
    if (best.size() == most && !less(candidate, best.back())) continue;
    best.insert(std::upper_bound(best.begin(), best.end(), candidate, less), candidate);
    if (best.size() > most) best.pop_back();
  }
  std::vector<std::string> result;
  for (const Candidate &candidate : best) result.emplace_back(names[candidate.place].text);
  return result;
}

std::string did_you_mean(const std::vector<std::string> &names) {
  if (names.empty()) return {};
  std::string text = "Did you mean ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += in_quotes(clipped(names[i]));
  }
  return text + "?";
}

}  // namespace migfix::core
