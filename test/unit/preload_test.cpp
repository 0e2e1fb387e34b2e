#include "core/preload.hpp"

#include <gtest/gtest.h>

namespace migfix::core {
namespace {

using What = PreloadChange::What;
using List = std::vector<std::string>;
const std::string kLibrary = "$libdir/migfix";

PreloadLists lists(std::optional<List> database, List server = {}) {
  PreloadLists lists;
  lists.database = std::move(database);
  lists.server = std::move(server);
  return lists;
}

TEST(NamesLibrary, WithAndWithoutAPath) {
  EXPECT_TRUE(names_library("migfix", "migfix"));
  EXPECT_TRUE(names_library("$libdir/migfix", "migfix"));
  EXPECT_TRUE(names_library("/usr/lib/postgresql/15/lib/migfix.so", "migfix"));
  EXPECT_FALSE(names_library("migfix2", "migfix"));
  EXPECT_FALSE(names_library("migfix/other", "migfix"));
}

TEST(PreloadOn, GoesBehindWhatIsThere) {
  const PreloadChange change = preload_change(lists(List{"a"}, {"b"}), true, kLibrary);
  EXPECT_EQ(change.what, What::kSet);
  EXPECT_EQ(change.list, (List{"a", kLibrary}));
  EXPECT_EQ(preload_change(lists(std::nullopt, {"b"}), true, kLibrary).list, (List{"b", kLibrary}));
  EXPECT_EQ(preload_change(lists(List{}, {"b"}), true, kLibrary).list, List{kLibrary});
}

TEST(PreloadOn, TwiceIsOnce) {
  EXPECT_EQ(preload_change(lists(List{"a", "migfix"}), true, kLibrary).what, What::kNothing);
  EXPECT_EQ(preload_change(lists(std::nullopt, {kLibrary}), true, kLibrary).what, What::kNothing);
}

TEST(PreloadOff, TakesItOutAndNothingElse) {
  EXPECT_EQ(preload_change(lists(List{"a", "migfix", "b"}), false, kLibrary).list, (List{"a", "b"}));
  EXPECT_EQ(preload_change(lists(List{"migfix"}), false, kLibrary).what, What::kReset);
  EXPECT_EQ(preload_change(lists(List{"b", "migfix"}, {"b"}), false, kLibrary).what, What::kReset);
  EXPECT_EQ(preload_change(lists(List{"migfix"}, {"b"}), false, kLibrary).what, What::kReset);
  EXPECT_EQ(preload_change(lists(List{"a"}), false, kLibrary).what, What::kNothing);
  EXPECT_EQ(preload_change(lists(std::nullopt, {"migfix"}), false, kLibrary).what, What::kNothing);
}

TEST(PreloadInWords, SaysWhatItMeans) {
  PreloadLists before = lists(std::nullopt);
  const PreloadChange on = preload_change(before, true, kLibrary);
  EXPECT_EQ(preload_in_words(before, on, true, "appdb", "tools."),
            "New sessions of database appdb load migfix when they begin, so that migfix sees their first "
            "statement. "
            "Sessions that are open stay as they are. Where the library is removed later, nobody can connect "
            "to the "
            "database any more: before that, run SELECT tools.migfix_preload(false); in it.");
  before.roles = {"role app"};
  EXPECT_TRUE(preload_in_words(before, on, true, "appdb", "")
                  .ends_with("Not those of role app, which has a session_preload_libraries without it."));
  const PreloadLists there = lists(List{"migfix"});
  EXPECT_TRUE(preload_in_words(there, {}, true, "appdb", "")
                  .starts_with("New sessions of database appdb already load"));
  EXPECT_TRUE(preload_in_words(there, preload_change(there, false, kLibrary), false, "appdb", "")
                  .starts_with("New sessions of database appdb load migfix only when they first need it"));
  const PreloadLists of_server = lists(std::nullopt, {"migfix"});
  EXPECT_NE(preload_in_words(of_server, {}, false, "appdb", "").find("server's configuration"),
            std::string::npos);
}

}  // namespace
}  // namespace migfix::core
