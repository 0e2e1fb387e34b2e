#include "core/diagnosis.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "core/copies_findings.hpp"
#include "core/duplicate_rules.hpp"
#include "core/remedy.hpp"
#include "core/schema_words.hpp"
#include "core/sql_text.hpp"

namespace migfix::core {

namespace {

constexpr std::size_t kMostDrops = 50;

using Objects = std::vector<const SchemaObject *>;

bool identical(const Objects &objects) {
  return std::all_of(objects.begin(), objects.end(), [&](const SchemaObject *object) {
    return object->definition == objects[0]->definition;
  });
}

// Groups of one schema that say the same as groups of other schemas: one finding for all.
class Folded {
 public:
  void add(const Objects &group, std::string_view kind) {
    std::string key(group[0]->type == ObjectType::kTable ? "t" : "e");
    key += kind;
    for (const SchemaObject *object : group) (key += '\0') += object->name;
    groups_[key].push_back(group);
  }
  const std::map<std::string, std::vector<Objects>> &groups() const { return groups_; }

 private:
  std::map<std::string, std::vector<Objects>> groups_;
};

// "tables public.a and public.b", or "tables a and b in each of 3 schemas (t1, t2 and t3)".
std::string subject(const SchemaFacts &schema, const std::vector<Objects> &groups) {
  std::vector<std::string> names;
  const Objects &first = groups[0];
  for (const SchemaObject *object : first) {
    names.push_back(groups.size() == 1 ? object_name(schema, *object) : name_in_sql(object->name));
  }
  std::string text = fmt::format("{} {}", type_names(first[0]->type), list_of(names, 3));
  if (groups.size() > 1) {
    std::vector<std::string> schemas;
    for (const Objects &group : groups) schemas.push_back(schema.schemas[group[0]->schema].sql_name);
    text += fmt::format(" in each of {} schemas ({})", groups.size(), list_of(schemas, 3));
  }
  return text;
}

// DROP TYPE of the enum that nothing uses, where exactly one of the group is unused. IF EXISTS, because MF306
// offers to drop it too.
std::string drop_unused(const SchemaFacts &schema, const std::vector<Objects> &groups,
                        const std::string &words) {
  std::string fix;
  if (groups.size() > kMostDrops || groups[0][0]->type != ObjectType::kEnum) return no_fix(words);
  for (const Objects &group : groups) {
    Objects unused;
    std::copy_if(group.begin(), group.end(), std::back_inserter(unused),
                 [](const SchemaObject *object) { return !object->used; });
    if (unused.size() != 1) return no_fix(words);
    if (!fix.empty()) fix += '\n';
    fix += fmt::format("DROP TYPE IF EXISTS {};", object_name(schema, *unused[0]));
  }
  return fix;
}

void judge_likeness(const SchemaFacts &schema, std::vector<Finding> &findings) {
  std::map<std::tuple<std::uint32_t, ObjectType, std::string_view>, Objects> same_definition;
  std::map<std::tuple<std::uint32_t, ObjectType, std::string>, Objects> same_name;
  for (const SchemaObject &object : schema.objects) {
    same_name[{object.schema, object.type, plain_name(object.name)}].push_back(&object);
    if (object.parts >= (object.type == ObjectType::kEnum ? kFewestLabels : kFewestColumns)) {
      same_definition[{object.schema, object.type, object.definition}].push_back(&object);
    }
  }
  const auto by_name = [](const SchemaObject *a, const SchemaObject *b) { return a->name < b->name; };

  Folded equal_definitions;
  for (auto &[key, objects] : same_definition) {
    if (objects.size() < 2) continue;
    std::sort(objects.begin(), objects.end(), by_name);
    // Of names that differ only in case or underscores one is enough here: MF305 tells of them.
    Objects group;
    std::map<std::string, bool> seen;
    for (const SchemaObject *object : objects) {
      if (seen.emplace(plain_name(object->name), true).second) group.push_back(object);
    }
    if (group.size() > 1) equal_definitions.add(group, "");
  }
  for (const auto &[key, groups] : equal_definitions.groups()) {
    const bool table = groups[0][0]->type == ObjectType::kTable;
    findings.push_back(
        {"MF304", Severity::kNotice, "", groups.size() == 1 ? object_name(schema, *groups[0][0]) : "",
         fmt::format("{} have the same {}", subject(schema, groups), table ? "columns" : "labels"),
         std::string(kWhySameParts),
         drop_unused(schema, groups,
                     "none needed if they are two things; else move the uses to one of them and "
                     "drop the other")});
  }

  Folded similar_names;
  for (auto &[key, objects] : same_name) {
    if (objects.size() < 2) continue;
    std::sort(objects.begin(), objects.end(), by_name);
    similar_names.add(objects, identical(objects) ? "=" : "/");
  }
  for (const auto &[key, groups] : similar_names.groups()) {
    const Objects &first = groups[0];
    Finding finding{
        "MF305", Severity::kWarning, "", groups.size() == 1 ? object_name(schema, *first[0]) : "", "", "",
        ""};
    finding.message = subject(schema, groups) + " differ in name only by case or underscores";
    if (identical(first)) {
      finding.detail = "They are identical otherwise.";
    } else {
      const auto other = std::find_if(first.begin(), first.end(), [&](const SchemaObject *object) {
        return object->definition != first[0]->definition;
      });
      const std::string how = difference(schema, *first[0], **other);
      finding.detail =
          how.empty() ? "They differ otherwise too."
                      : fmt::format("They differ otherwise too: {} {}.", object_name(schema, **other), how);
    }
    finding.detail += fmt::format(" {}", kWhySimilarNames);
    finding.fix = drop_unused(schema, groups,
                              "find out which one the application uses (pg_stat_user_tables, the "
                              "models), then rename or drop the other");
    findings.push_back(std::move(finding));
  }
}

// --- MF306

// A DROP without CASCADE refuses a type that came into use meanwhile; that one is left alone.
std::string drop_everywhere(const std::string &name) {
  return do_block(fmt::format(
      "DECLARE unused regtype;\n"
      "BEGIN\n"
      "  FOR unused IN SELECT oid FROM pg_catalog.pg_type WHERE typtype = 'e' AND typname = {} LOOP\n"
      "    BEGIN\n"
      "      EXECUTE pg_catalog.format('DROP TYPE %s', unused);\n"
      "    EXCEPTION WHEN dependent_objects_still_exist THEN\n"
      "      NULL;\n"
      "    END;\n"
      "  END LOOP;\n"
      "END",
      quote_literal(name)));
}

void judge_unused(const SchemaFacts &schema, std::vector<Finding> &findings) {
  std::map<std::string_view, Objects> unused;
  for (const SchemaObject &object : schema.objects) {
    if (object.type == ObjectType::kEnum && !object.used) unused[object.name].push_back(&object);
  }
  for (const auto &[name, objects] : unused) {
    Finding finding{"MF306", Severity::kWarning, "", "", "", "", ""};
    if (objects.size() == 1) {
      finding.object = object_name(schema, *objects[0]);
      finding.message = fmt::format("enum {} is used by nothing", finding.object);
    } else {
      std::vector<std::string> schemas;
      for (const SchemaObject *object : objects) schemas.push_back(schema.schemas[object->schema].sql_name);
      finding.message = fmt::format("enum {} is used by nothing in each of {} schemas ({})",
                                    name_in_sql(name), objects.size(), list_of(schemas, 3));
    }
    finding.detail =
        "No column, array, domain, composite type, range or function has this type. It is what dropping its "
        "table leaves behind, and the next CREATE TYPE of that name fails (42710).";
    if (objects.size() > kMostDrops) {
      finding.fix = drop_everywhere(std::string(name));
    } else {
      for (const SchemaObject *object : objects) {
        if (!finding.fix.empty()) finding.fix += '\n';
        finding.fix += fmt::format("DROP TYPE {};", object_name(schema, *object));
      }
    }
    findings.push_back(std::move(finding));
  }
}

}  // namespace

std::vector<Finding> judge_duplicates(const Facts &facts) {
  std::vector<Finding> findings = judge_copies(facts);
  judge_likeness(facts.schema, findings);
  judge_unused(facts.schema, findings);
  return findings;
}

}  // namespace migfix::core
