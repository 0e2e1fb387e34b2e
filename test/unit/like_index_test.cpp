#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "core/like_index.hpp"

namespace migfix::core {
namespace {

using Oids = std::vector<std::uint32_t>;

Oids oids_of(const std::vector<LikeEntry> &entries) {
  Oids oids;
  for (const LikeEntry &entry : entries) oids.push_back(entry.oid);
  return oids;
}

TEST(LikeIndex, FindsByNameAndParts) {
  LikeIndex index;
  EXPECT_TRUE(index.named(1, 7).empty());
  EXPECT_EQ(index.find(12), nullptr);
  index.put({12, 1, 7, 3, 99});
  index.put({11, 1, 7, 3, 98});
  index.put({13, 2, 7, 3, 99});
  index.put({14, 1, 8, 4, 99});
  index.put({15, 1, 9, 3, 99});
  EXPECT_EQ(index.named(1, 7), (Oids{11, 12}));
  EXPECT_EQ(index.named(2, 7), (Oids{13}));
  EXPECT_EQ(index.with_parts(1, 3, 99), (Oids{12, 15}));
  EXPECT_EQ(index.with_parts(1, 4, 99), (Oids{14}));
  EXPECT_TRUE(index.with_parts(2, 4, 99).empty());
  ASSERT_NE(index.find(14), nullptr);
  EXPECT_EQ(index.find(14)->parts, 4);
}

TEST(LikeIndex, PutReplacesAndEraseTakesOut) {
  LikeIndex index;
  index.put({12, 1, 7, 3, 99});
  index.put({12, 2, 8, 3, 99});
  EXPECT_EQ(index.size(), 1u);
  EXPECT_TRUE(index.named(1, 7).empty());
  EXPECT_EQ(index.named(2, 8), (Oids{12}));
  index.erase(12);
  index.erase(12);
  EXPECT_EQ(index.size(), 0u);
  EXPECT_TRUE(index.named(2, 8).empty());
  EXPECT_TRUE(index.with_parts(2, 3, 99).empty());
  EXPECT_EQ(index.find(12), nullptr);
}

TEST(LikeIndex, UnreadOnesAreTakenOutTheLastFirst) {
  LikeIndex index;
  for (std::uint32_t oid = 1; oid <= 5; ++oid) index.put({oid, 1, oid, 3, 0});
  index.put({6, 1, 6, 4, 0});
  index.put({7, 1, 7, 3, 99});
  EXPECT_EQ(oids_of(index.take_unread(1, 3, 2)), (Oids{5, 4}));
  EXPECT_EQ(index.find(5), nullptr);
  EXPECT_EQ(oids_of(index.take_unread(1, 3, 10)), (Oids{3, 2, 1}));
  EXPECT_TRUE(index.take_unread(1, 3, 10).empty());
  EXPECT_EQ(index.size(), 2u);
  index.put({5, 1, 5, 3, 99});
  EXPECT_EQ(index.with_parts(1, 3, 99), (Oids{5, 7}));
}

TEST(LikeIndex, ClearedItStartsAfresh) {
  LikeIndex index;
  index.reserve(100);
  index.put({12, 1, 7, 3, 99});
  index.clear();
  EXPECT_EQ(index.size(), 0u);
  EXPECT_TRUE(index.named(1, 7).empty());
  index.put({12, 1, 7, 3, 99});
  EXPECT_EQ(index.named(1, 7), (Oids{12}));
}

// Against reading a plain map through: few keys, so that all of them meet, and enough for it to grow.
TEST(LikeIndex, AgreesWithReadingThrough) {
  std::mt19937 random(20261123);
  LikeIndex index;
  std::map<std::uint32_t, LikeEntry> plain;
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  for (int step = 0; step < 30000; ++step) {
    const LikeEntry entry{1 + below(400), 1 + below(3), below(20), static_cast<std::uint16_t>(below(4)),
                          below(5)};
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        index.put(entry);
        plain[entry.oid] = entry;
        break;
      case 3:
        index.erase(entry.oid);
        plain.erase(entry.oid);
        break;
      case 4: {
        const std::size_t most = below(4);
        const auto is_unread = [&](const LikeEntry &other) {
          return other.schema == entry.schema && other.parts == entry.parts && other.parts_print == 0;
        };
        const auto unread = static_cast<std::size_t>(std::count_if(
            plain.begin(), plain.end(), [&](const auto &one) { return is_unread(one.second); }));
        const auto taken = index.take_unread(entry.schema, entry.parts, most);
        ASSERT_EQ(taken.size(), std::min(most, unread));
        for (const LikeEntry &one : taken) {
          ASSERT_TRUE(is_unread(plain.at(one.oid)));
          plain.erase(one.oid);
        }
        break;
      }
      default: {
        Oids named;
        Oids alike;
        for (const auto &[oid, one] : plain) {
          if (one.schema != entry.schema) continue;
          if (one.name_print == entry.name_print) named.push_back(oid);
          if (one.parts == entry.parts && one.parts_print == entry.parts_print) alike.push_back(oid);
        }
        ASSERT_EQ(index.named(entry.schema, entry.name_print), named);
        if (entry.parts_print != 0) {
          ASSERT_EQ(index.with_parts(entry.schema, entry.parts, entry.parts_print), alike);
        }
        ASSERT_EQ(index.find(entry.oid) != nullptr, plain.contains(entry.oid));
      }
    }
    ASSERT_EQ(index.size(), plain.size());
  }
}

}  // namespace
}  // namespace migfix::core
