// A set of revisions of one graph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace migfix::core {

/// A revision's place in its graph: 0 for the one that was loaded first.
using Node = std::uint32_t;

/// Members are nodes of one graph of `size` revisions; one bit each.
class NodeSet {
 public:
  NodeSet() = default;
  explicit NodeSet(std::size_t size) : words_((size + 63) / 64), size_(size) {}

  bool contains(Node node) const noexcept { return ((words_[node / 64] >> (node % 64)) & 1U) != 0; }

  /// True if it was not in the set yet.
  bool insert(Node node) noexcept {
    std::uint64_t &word = words_[node / 64];
    const std::uint64_t bit = std::uint64_t{1} << (node % 64);
    const bool is_new = (word & bit) == 0;
    word |= bit;
    return is_new;
  }

  void erase(Node node) noexcept { words_[node / 64] &= ~(std::uint64_t{1} << (node % 64)); }

  NodeSet &operator|=(const NodeSet &other) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  NodeSet &operator&=(const NodeSet &other) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  NodeSet &operator-=(const NodeSet &other) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }

  std::size_t count() const noexcept {
    std::size_t total = 0;
    for (const std::uint64_t word : words_) total += static_cast<std::size_t>(__builtin_popcountll(word));
    return total;
  }
  bool empty() const noexcept {
    for (const std::uint64_t word : words_)
      if (word != 0) return false;
    return true;
  }

  /// The members, in the order in which they were loaded.
  std::vector<Node> nodes() const {
    std::vector<Node> result;
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
        result.push_back(static_cast<Node>(i * 64 + static_cast<std::size_t>(__builtin_ctzll(word))));
    return result;
  }

  /// How many revisions the graph has (not how many are members).
  std::size_t graph_size() const noexcept { return size_; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

}  // namespace migfix::core
