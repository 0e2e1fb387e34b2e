#include "core/like_index.hpp"

#include <algorithm>
#include <utility>

namespace migfix::core {

namespace {

constexpr std::size_t kFewestHeads = 64;
constexpr std::size_t kAll = static_cast<std::size_t>(-1);

std::uint32_t mixed(std::uint64_t value) noexcept {
  value *= 0x9E3779B97F4A7C15ULL;
  return static_cast<std::uint32_t>(value >> 32);
}

std::vector<std::uint32_t> oids_of(const std::vector<LikeEntry> &entries) {
  std::vector<std::uint32_t> oids;
  for (const LikeEntry &entry : entries) oids.push_back(entry.oid);
  std::sort(oids.begin(), oids.end());
  return oids;
}

}  // namespace

std::uint32_t LikeIndex::hash(Chain chain, const LikeEntry &entry) noexcept {
  const std::uint64_t schema = entry.schema;
  switch (chain) {
    case kByOid:
      return mixed(entry.oid);
    case kByName:
      return mixed((schema << 32) ^ entry.name_print);
    default:
      return mixed((schema << 32) ^ mixed(entry.parts_print) ^ entry.parts);
  }
}

bool LikeIndex::equal(Chain chain, const LikeEntry &a, const LikeEntry &b) noexcept {
  switch (chain) {
    case kByOid:
      return a.oid == b.oid;
    case kByName:
      return a.schema == b.schema && a.name_print == b.name_print;
    default:
      return a.schema == b.schema && a.parts == b.parts && a.parts_print == b.parts_print;
  }
}

std::uint32_t LikeIndex::at(std::uint32_t oid) const noexcept {
  if (heads_[kByOid].empty()) return kNone;
  LikeEntry sample;
  sample.oid = oid;
  const std::size_t head = hash(kByOid, sample) & (heads_[kByOid].size() - 1);
  for (std::uint32_t slot = heads_[kByOid][head]; slot != kNone; slot = slots_[slot].next[kByOid]) {
    if (slots_[slot].is_live && slots_[slot].entry.oid == oid) return slot;
  }
  return kNone;
}

const LikeEntry *LikeIndex::find(std::uint32_t oid) const noexcept {
  const std::uint32_t slot = at(oid);
  return slot == kNone ? nullptr : &slots_[slot].entry;
}

void LikeIndex::link(std::uint32_t slot) noexcept {
  for (int chain = 0; chain < kChains; ++chain) {
    std::uint32_t &head =
        heads_[chain][hash(static_cast<Chain>(chain), slots_[slot].entry) & (heads_[chain].size() - 1)];
    slots_[slot].next[chain] = std::exchange(head, slot);
  }
}

void LikeIndex::build(std::size_t heads) {
  std::erase_if(slots_, [](const Slot &slot) { return !slot.is_live; });
  std::size_t size = kFewestHeads;
  while (size < heads) size *= 2;
  for (auto &chain : heads_) chain.assign(size, kNone);
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) link(static_cast<std::uint32_t>(slot));
}

void LikeIndex::reserve(std::size_t count) {
  slots_.reserve(count);
  build(count);
}

void LikeIndex::put(const LikeEntry &entry) {
  erase(entry.oid);
  if (slots_.size() >= heads_[kByOid].size()) build(2 * live_ + kFewestHeads);
  slots_.push_back({entry, true, {}});
  link(static_cast<std::uint32_t>(slots_.size() - 1));
  ++live_;
}

void LikeIndex::erase(std::uint32_t oid) {
  const std::uint32_t slot = at(oid);
  if (slot == kNone) return;
  slots_[slot].is_live = false;
  --live_;
}

void LikeIndex::clear() {
  *this = LikeIndex();
}

// What is dead is left out of the chain on the way.
std::vector<LikeEntry> LikeIndex::all_of(Chain chain, const LikeEntry &sample, std::size_t most, bool take) {
  std::vector<LikeEntry> found;
  if (heads_[chain].empty()) return found;
  std::uint32_t *link = &heads_[chain][hash(chain, sample) & (heads_[chain].size() - 1)];
  while (*link != kNone && found.size() < most) {
    Slot &slot = slots_[*link];
    if (slot.is_live && equal(chain, slot.entry, sample)) {
      found.push_back(slot.entry);
      if (take) {
        slot.is_live = false;
        --live_;
      }
    }
    if (slot.is_live)
      link = &slot.next[chain];
    else
      *link = slot.next[chain];
  }
  return found;
}

std::vector<std::uint32_t> LikeIndex::named(std::uint32_t schema, std::uint32_t name_print) {
  return oids_of(all_of(kByName, {0, schema, name_print, 0, 0}, kAll, false));
}

std::vector<std::uint32_t> LikeIndex::with_parts(std::uint32_t schema, std::uint16_t parts,
                                                 std::uint32_t parts_print) {
  return oids_of(all_of(kByParts, {0, schema, 0, parts, parts_print}, kAll, false));
}

std::vector<LikeEntry> LikeIndex::take_unread(std::uint32_t schema, std::uint16_t parts, std::size_t most) {
  return all_of(kByParts, {0, schema, 0, parts, 0}, most, true);
}

}  // namespace migfix::core
