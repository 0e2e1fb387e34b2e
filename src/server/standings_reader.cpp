#include "server/standings_reader.hpp"

#include <span>

#include "server/environment_cache.hpp"
#include "server/named_version_table.hpp"
#include "server/revision_effects.hpp"
#include "server/rights.hpp"
#include "server/schema_reader.hpp"
#include "server/schema_state.hpp"

extern "C" {
#include "catalog/namespace.h"
}

namespace migfix::server {

namespace {

// Schemas whose models stand in memory at a time.
constexpr std::size_t kMostAtOnce = 500;

// Version tables that one replay serves.
struct Group {
  core::EnvironmentPtr environment;
  core::StatementsOf statements;
  std::unique_ptr<ServerForms> forms;
  std::unique_ptr<core::SchemaHistories> histories;
  std::vector<const CatalogTable *> tables;
};

void replay(Group &group) {
  group.forms = std::make_unique<ServerForms>(group.tables.front()->facts.schema);
  group.histories =
      std::make_unique<core::SchemaHistories>(group.environment->graph, group.statements, *group.forms);
}

// Statements that name the schema of one table by its name mean something else there than for the others.
bool names(const Group &group, const std::string &schema) {
  const std::vector<std::string> others = other_schemas(group.histories->all());
  return std::find(others.begin(), others.end(), schema) != others.end();
}

// None, and `hidden`, where there are statements that the role may not know.
std::vector<std::unique_ptr<Group>> groups_of(const std::vector<CatalogTable> &tables, bool &hidden) {
  const bool may_know = may_know_statements();
  std::map<std::string, std::unique_ptr<Group>> shared;  // by environment
  std::vector<std::unique_ptr<Group>> groups;
  for (const CatalogTable &table : tables) {
    const core::VersionTable &facts = table.facts;
    if (facts.environment == nullptr || !facts.not_checked.empty()) continue;
    std::unique_ptr<Group> &group = shared[facts.environment->name];
    if (group == nullptr) {
      group = std::make_unique<Group>();
      group->environment = facts.environment;
      group->statements = read_effects(*facts.environment, {});
      group->tables.push_back(&table);
      if (!says_nothing(group->statements)) {
        if (!may_know) {
          hidden = true;
          return {};
        }
        replay(*group);
      }
      group->tables.clear();
    }
    if (group->histories == nullptr) continue;
    if (!names(*group, facts.schema)) {
      group->tables.push_back(&table);
      continue;
    }
    auto own = std::make_unique<Group>();
    own->environment = facts.environment;
    own->tables.push_back(&table);
    own->statements = read_effects(*facts.environment, facts.schema);
    replay(*own);
    groups.push_back(std::move(own));
  }
  for (auto &[name, group] : shared)
    if (!group->tables.empty()) groups.push_back(std::move(group));
  return groups;
}

// Where no version table is there: the one that Alembic would create in this session.
std::optional<CatalogTable> table_to_come() {
  if (environment_names().empty()) return std::nullopt;
  NamedVersionTable named;
  try {
    named = named_version_table(std::nullopt);
  } catch (const core::Error &) {
    return std::nullopt;  // no schema to create it in
  }
  if (OidIsValid(named.relation)) return std::nullopt;
  CatalogTable table;
  const char *schema = named.schema.c_str();
  table.schema = call([&] { return get_namespace_oid(schema, true); });
  table.facts.name = named.name;
  table.facts.schema = named.schema;
  table.facts.table = named.table;
  table.facts.environment = environment_of(named.name, {});
  remember(table.facts);
  return table;
}

// `request`: all but the schemas.
void read_batch(Group &group, std::span<const CatalogTable *const> batch, SchemaRequest &request,
                std::map<Oid, core::SchemaStanding> &by_table) {
  request.schemas.clear();
  for (const CatalogTable *table : batch) request.schemas.push_back(table->schema);
  const std::map<Oid, core::SchemaModel> models = read_schemas(request);
  for (const CatalogTable *table : batch) {
    check_for_interrupts();
    const auto model = models.find(table->schema);
    if (model == models.end()) continue;
    core::SchemaStanding standing = core::schema_standing(plan_request(
        *group.histories, model->second, *group.environment, table->facts, OidIsValid(table->oid)));
    standing.environment = group.environment->name;
    by_table.emplace(table->oid, std::move(standing));
  }
}

}  // namespace

std::vector<core::SchemaStanding> read_standings(const std::vector<CatalogTable> &all,
                                                 std::vector<core::NotChecked> &not_checked) {
  std::vector<CatalogTable> tables = all;
  if (tables.empty())
    if (auto table = table_to_come()) tables.push_back(std::move(*table));
  SchemaRequest request;
  for (const CatalogTable &table : tables) request.left_out.insert(table.oid);
  std::map<Oid, core::SchemaStanding> by_table;
  bool hidden = false;
  const auto groups = groups_of(tables, hidden);
  if (hidden) {
    const char *role = call([] { return GetUserNameFromId(GetUserId(), false); });
    not_checked.push_back({"the schema against the revisions",
                           fmt::format("role {} has no SELECT privilege on migfix.revision_statement", role),
                           "migfix.revision_statement", grant_to_know_statements()});
    return {};
  }
  for (const auto &group : groups) {
    request.others = other_schemas(group->histories->all());
    for (std::size_t begin = 0; begin < group->tables.size(); begin += kMostAtOnce) {
      const std::span batch(group->tables.data() + begin,
                            std::min(kMostAtOnce, group->tables.size() - begin));
      read_batch(*group, batch, request, by_table);
    }
  }
  std::vector<core::SchemaStanding> standings;
  for (const CatalogTable &table : tables)
    if (const auto found = by_table.find(table.oid); found != by_table.end())
      standings.push_back(std::move(found->second));
  return standings;
}

}  // namespace migfix::server
