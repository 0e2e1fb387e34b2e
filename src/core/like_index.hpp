// What a session remembers of the tables, or the enums, that stand in the database: enough to find those that
// may double a new one, without reading a catalog.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace migfix::core {

/// Numbers only: what they stand for is looked at again wherever two of them are equal.
struct LikeEntry {
  std::uint32_t oid = 0;
  std::uint32_t schema = 0;
  std::uint32_t name_print = 0;   // plain_name_print()
  std::uint16_t parts = 0;        // how many columns or labels
  std::uint32_t parts_print = 0;  // of some or all of them; 0: not known yet
};

/// Ten thousand of them are filled in within a millisecond, and each question costs well below a microsecond.
class LikeIndex {
 public:
  /// In place of the entry with the same OID, if there is one.
  void put(const LikeEntry &entry);
  void erase(std::uint32_t oid);
  void clear();
  void reserve(std::size_t count);

  /// Null where there is none; valid until the next change.
  const LikeEntry *find(std::uint32_t oid) const noexcept;
  std::size_t size() const noexcept { return live_; }

  /// OIDs of that schema and name, ascending.
  std::vector<std::uint32_t> named(std::uint32_t schema, std::uint32_t name_print);

  /// OIDs of that schema with so many parts and their print (not 0), ascending.
  std::vector<std::uint32_t> with_parts(std::uint32_t schema, std::uint16_t parts, std::uint32_t parts_print);

  /// Takes out entries of that schema with so many parts whose print is not known, at most `most`, those that
  /// were put last first: to be put back with it.
  std::vector<LikeEntry> take_unread(std::uint32_t schema, std::uint16_t parts, std::size_t most);

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  enum Chain { kByOid, kByName, kByParts, kChains };
  struct Slot {
    LikeEntry entry;
    bool is_live;
    std::uint32_t next[kChains];
  };

  static std::uint32_t hash(Chain chain, const LikeEntry &entry) noexcept;
  static bool equal(Chain chain, const LikeEntry &a, const LikeEntry &b) noexcept;
  std::uint32_t at(std::uint32_t oid) const noexcept;
  void link(std::uint32_t slot) noexcept;
  void build(std::size_t heads);
  std::vector<LikeEntry> all_of(Chain chain, const LikeEntry &sample, std::size_t most, bool take);

  std::vector<Slot> slots_;                    // the dead ones are swept out by build()
  std::vector<std::uint32_t> heads_[kChains];  // a power of two of each
  std::size_t live_ = 0;
};

}  // namespace migfix::core
