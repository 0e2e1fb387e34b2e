#include "core/copies_findings.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "core/families.hpp"
#include "core/schema_words.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostOdd = 5;       // odd schemas that are described
constexpr std::size_t kMostOddNames = 3;  // objects described of each

// One type and name, and the objects that have it.
struct Key {
  ObjectType type;
  std::string_view name;
  std::vector<const SchemaObject *> objects;  // by schema
};

class Copying {
 public:
  explicit Copying(const Facts &facts) : schema_(facts.schema) {
    std::unordered_map<std::string_view, std::size_t> known[2];
    by_schema_.resize(schema_.schemas.size());
    for (const SchemaObject &object : schema_.objects) {
      auto &names = known[object.type == ObjectType::kTable ? 0 : 1];
      const auto [key, is_new] = names.emplace(object.name, keys_.size());
      if (is_new) keys_.push_back({object.type, object.name, {}});
      keys_[key->second].objects.push_back(&object);
      by_schema_[object.schema].push_back({key->second, &object});
    }
    for (auto &members : by_schema_) {
      std::erase_if(members, [&](const Member &member) { return keys_[member.key].objects.size() < 2; });
    }
    for (Key &key : keys_) {
      std::sort(key.objects.begin(), key.objects.end(),
                [](const SchemaObject *a, const SchemaObject *b) { return a->schema < b->schema; });
    }
  }

  void judge(std::vector<Finding> &findings) {
    judge_paths(findings);
    judge_families(findings);
  }

 private:
  struct Member {
    std::size_t key;
    const SchemaObject *object;
  };
  struct Hiding {
    std::vector<const SchemaObject *> objects;  // the first one hides the others
    std::size_t path;
  };

  void judge_paths(std::vector<Finding> &findings) {
    // Many roles get the same path.
    std::map<std::vector<std::uint32_t>, std::size_t> known;
    std::vector<std::vector<std::string>> owners;
    for (const SearchPath &path : schema_.search_paths) {
      if (path.schemas.size() < 2) continue;
      const auto [at, is_new] = known.emplace(path.schemas, owners.size());
      if (is_new) owners.emplace_back();
      owners[at->second].push_back(path.owner);
    }
    std::map<std::size_t, std::vector<Hiding>> hidings;
    std::unordered_map<std::size_t, std::vector<const SchemaObject *>> on_path;
    for (const auto &[schemas, path] : known) {
      on_path.clear();
      for (const std::uint32_t schema : schemas) {
        for (const Member &member : by_schema_[schema]) {
          auto &objects = on_path[member.key];
          if (std::find(objects.begin(), objects.end(), member.object) == objects.end()) {
            objects.push_back(member.object);
          }
        }
      }
      for (const auto &[key, objects] : on_path) {
        if (objects.size() > 1) hidings[key].push_back({objects, path});
      }
    }
    for (const auto &[key, of] : hidings) {
      findings.push_back(hiding_finding(keys_[key], of, known, owners));
      // All of its schemas on one path: there is nothing left to tell about copies.
      for (const Hiding &hiding : of) {
        if (hiding.objects.size() == keys_[key].objects.size()) told_.insert(key);
      }
    }
  }

  Finding hiding_finding(const Key &key, const std::vector<Hiding> &hidings,
                         const std::map<std::vector<std::uint32_t>, std::size_t> &known,
                         const std::vector<std::vector<std::string>> &owners) const {
    const Hiding &first = hidings.front();
    const SchemaObject &visible = *first.objects[0];
    const SchemaObject &hidden = *first.objects[1];
    Finding finding{"MF302", Severity::kWarning, "", object_name(schema_, visible), "", "", ""};
    std::vector<std::string> others;
    for (std::size_t i = 1; i < first.objects.size(); ++i)
      others.push_back(object_name(schema_, *first.objects[i]));
    finding.message =
        fmt::format("{} hides {} on one search_path", object_text(schema_, visible), list_of(others));
    for (const auto &[schemas, path] : known) {
      if (path != first.path) continue;
      std::vector<std::string> names;
      for (const std::uint32_t schema : schemas) names.push_back(schema_.schemas[schema].sql_name);
      finding.detail = fmt::format("The search_path of {} is {}.", list_of(owners[path], 3), list_of(names));
    }
    finding.detail += " " + comparison(visible, first.objects);
    finding.detail +=
        fmt::format(" A migration that says {} without a schema means the first one.", key.name);
    if (hidings.size() > 1) {
      finding.detail += fmt::format(" The same name is hidden in the same way on {}.",
                                    count_of(hidings.size() - 1, "other search_path"));
    }
    finding.fix = fix_of(visible, hidden, hidings.size() == 1 && first.objects.size() == 2);
    return finding;
  }

  std::string comparison(const SchemaObject &visible,
                         const std::vector<const SchemaObject *> &objects) const {
    for (const SchemaObject *object : objects) {
      if (object->definition == visible.definition) continue;
      const std::string how = difference(schema_, visible, *object);
      return fmt::format("They differ{}{}.", how.empty() ? "" : ": ",
                         how.empty() ? "" : object_name(schema_, *object) + " " + how);
    }
    return objects.size() == 2 ? "The two are identical." : "They are identical.";
  }

  std::string fix_of(const SchemaObject &visible, const SchemaObject &hidden, bool only_pair) const {
    if (visible.type == ObjectType::kEnum && only_pair) {
      if (!hidden.used) return fmt::format("DROP TYPE {};", object_name(schema_, hidden));
      if (!visible.used) return fmt::format("DROP TYPE {};", object_name(schema_, visible));
    }
    return no_fix(
        visible.type == ObjectType::kEnum
            ? "both may be in use; write the schema before the name in migrations, or take one schema off "
              "the search_path"
            : "which of them holds the data only its owner knows; write the schema before the name, or "
              "take one schema off the search_path");
  }

  void judge_families(std::vector<Finding> &findings) const {
    std::vector<Copies> copies;
    for (std::size_t key = 0; key < keys_.size(); ++key) {
      if (keys_[key].objects.size() < 2 || told_.contains(key)) continue;
      Copies one{key, {}};
      for (const SchemaObject *object : keys_[key].objects) one.schemas.push_back(object->schema);
      copies.push_back(std::move(one));
    }
    for (const Family &family : families_of(std::move(copies))) findings.push_back(family_finding(family));
  }

  // The schemas of a family: those that hold at least half of its names.
  std::vector<std::uint32_t> members_of(const Family &family) const {
    std::map<std::uint32_t, std::size_t> held;
    for (const std::size_t key : family.keys) {
      for (const SchemaObject *object : keys_[key].objects) ++held[object->schema];
    }
    std::vector<std::uint32_t> members;
    for (const auto &[schema, count] : held) {
      if (count * 2 >= family.keys.size()) members.push_back(schema);
    }
    return members.size() < 2 ? family.schemas : members;
  }

  // The definition that most of them have; the first such one where several are equally frequent.
  static const SchemaObject &usual(const std::vector<const SchemaObject *> &objects) {
    std::unordered_map<std::string_view, std::size_t> counts;
    std::size_t most = 0;
    for (const SchemaObject *object : objects) most = std::max(most, ++counts[object->definition]);
    return **std::find_if(objects.begin(), objects.end(),
                          [&](const SchemaObject *object) { return counts[object->definition] == most; });
  }

  Finding family_finding(const Family &family) const {
    const std::vector<std::uint32_t> members = members_of(family);
    ObjectCount count;
    std::map<std::uint32_t, std::vector<std::size_t>> odd;  // schema, keys
    std::unordered_map<std::size_t, const SchemaObject *> usual_of;
    for (const std::size_t key : family.keys) {
      std::vector<const SchemaObject *> here;
      for (const SchemaObject *object : keys_[key].objects) {
        if (std::binary_search(members.begin(), members.end(), object->schema)) here.push_back(object);
      }
      if (here.empty()) continue;
      count.add(*here[0]);
      const SchemaObject &model = usual(here);
      usual_of[key] = &model;
      std::size_t at = 0;
      for (const std::uint32_t schema : members) {
        if (at < here.size() && here[at]->schema == schema) {
          if (here[at++]->definition != model.definition) odd[schema].push_back(key);
        } else {
          odd[schema].push_back(key);
        }
      }
    }
    return worded(family, members, count, odd, usual_of);
  }

  Finding worded(const Family &family, const std::vector<std::uint32_t> &members, const ObjectCount &count,
                 const std::map<std::uint32_t, std::vector<std::size_t>> &odd,
                 const std::unordered_map<std::size_t, const SchemaObject *> &usual_of) const {
    std::vector<std::string> schemas;
    for (const std::uint32_t schema : members) schemas.push_back(schema_.schemas[schema].sql_name);
    const bool pair = members.size() == 2;
    Finding finding{"MF303", odd.empty() ? Severity::kNotice : Severity::kWarning, "", "", "", "", ""};
    if (family.keys.size() == 1) {
      const Key &key = keys_[family.keys[0]];
      if (pair) finding.severity = Severity::kNotice;
      finding.object = object_name(schema_, *usual_of.at(family.keys[0]));
      finding.message = fmt::format("{} {} stands in {}: {}", type_name(key.type), in_quotes(key.name),
                                    count_of(members.size(), "schema"), list_of(schemas, 3));
    } else {
      finding.message = pair ? fmt::format("{} stand in both {} and {}", count.text(), schemas[0], schemas[1])
                             : fmt::format("{} stand in each of {} schemas", count.text(), members.size());
    }
    if (odd.empty()) {
      finding.detail = pair ? "The two are identical." : "They are identical everywhere.";
      if (family.keys.size() > 1 && !pair)
        finding.detail += fmt::format(" The schemas are {}.", list_of(schemas, 3));
      finding.fix =
          no_fix("none needed where they are copies for tenants; else write the schema before the name");
      return finding;
    }
    if (!pair) {
      finding.message += odd.size() == 1 ? "; 1 of the schemas differs"
                                         : fmt::format("; {} of the schemas differ", odd.size());
    } else {
      finding.message += ", and differ";
    }
    std::size_t told = 0;
    for (const auto &[schema, keys] : odd) {
      if (told++ == kMostOdd) break;
      finding.detail += odd_text(schema, keys, usual_of, pair) + " ";
    }
    if (odd.size() > kMostOdd) {
      finding.detail += fmt::format("{} differ too. ", count_of(odd.size() - kMostOdd, "more schema"));
    }
    finding.detail += pair ? "A migration that fits one of them may fail on the other."
                           : "A migration that fits the others may fail there.";
    finding.fix = no_fix(
        "how a schema got out of step only its history tells; run its own pending migrations, or write one "
        "that "
        "brings it in step");
    return finding;
  }

  std::string odd_text(std::uint32_t schema, const std::vector<std::size_t> &keys,
                       const std::unordered_map<std::size_t, const SchemaObject *> &usual_of,
                       bool pair) const {
    std::vector<std::string> texts;
    for (const std::size_t key : keys) {
      if (texts.size() >= kMostOddNames) {
        texts.emplace_back();  // counted, not described
        continue;
      }
      const auto &objects = keys_[key].objects;
      const auto found =
          std::lower_bound(objects.begin(), objects.end(), schema,
                           [](const SchemaObject *o, std::uint32_t s) { return o->schema < s; });
      if (found == objects.end() || (*found)->schema != schema) {
        texts.push_back(fmt::format("{} has no {} {}", schema_.schemas[schema].sql_name,
                                    type_name(keys_[key].type), keys_[key].name));
        continue;
      }
      const std::string how = difference(schema_, *usual_of.at(key), **found);
      texts.push_back(how.empty() ? fmt::format("{} differs", object_text(schema_, **found))
                                  : fmt::format("{} {}", object_text(schema_, **found), how));
      if (pair) texts.back() += ", against " + object_name(schema_, *usual_of.at(key));
    }
    return list_of(texts, kMostOddNames) + ".";
  }

  const SchemaFacts &schema_;
  std::vector<Key> keys_;
  std::vector<std::vector<Member>> by_schema_;  // those of names that stand in several
  std::unordered_set<std::size_t> told_;        // keys that MF302 has told all about
};

}  // namespace

std::vector<Finding> judge_copies(const Facts &facts) {
  std::vector<Finding> findings;
  Copying(facts).judge(findings);
  return findings;
}

}  // namespace migfix::core
