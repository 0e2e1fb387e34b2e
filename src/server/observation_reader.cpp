#include "server/observation_reader.hpp"

#include "core/dependence.hpp"
#include "server/latest_snapshot.hpp"
#include "server/observed_identity.hpp"
#include "server/query.hpp"
#include "server/schema_reader_draft.hpp"
#include "server/sql_array.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_extension_d.h"
#include "catalog/pg_namespace_d.h"
#include "commands/comment.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
}

namespace migfix::server {

namespace {

using core::ObjectKind;

// $1, $2, $3: what was touched. For each: what is to be read for it (a relation, a type or a function), under
// which number the object that it is or belongs to is noted, or a kind that is beyond definitions.
constinit Statement roots_of{
    "WITH t AS (SELECT * FROM unnest($1::oid[], $2::oid[], $3::int[]) WITH ORDINALITY"
    "  AS t (catalog, oid, part, place)),"
    " found AS ("
    "  SELECT place, 'r' AS what, c.oid AS root, c.relnamespace AS schema,"
    "   CASE c.relkind WHEN 'c' THEN 'pg_type'::regclass ELSE 'pg_class'::regclass END::oid AS catalog,"
    "   CASE c.relkind WHEN 'c' THEN c.reltype ELSE c.oid END AS oid, part"
    "   FROM t JOIN pg_class AS c ON c.oid = t.oid"
    "   WHERE t.catalog IN ('pg_class'::regclass, 'pg_inherits'::regclass) AND c.relkind IN ('r', 'p', 'v', "
    "'m', 'c', 'S')"
    "  UNION ALL SELECT place, 'r', i.indrelid, c.relnamespace, 'pg_class'::regclass, i.indexrelid, 0"
    "   FROM t JOIN pg_index AS i ON i.indexrelid = t.oid JOIN pg_class AS c ON c.oid = i.indrelid"
    "   WHERE t.catalog = 'pg_class'::regclass"
    "  UNION ALL SELECT place, 'r', d.refobjid, c.relnamespace, 'pg_class'::regclass, d.refobjid, "
    "d.refobjsubid"
    "   FROM t JOIN pg_class AS s ON s.oid = t.oid AND s.relkind = 'S'"
    "   JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.objsubid = 0"
    "    AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i' JOIN pg_class AS c ON c.oid = d.refobjid"
    "   WHERE t.catalog = 'pg_class'::regclass"
    "  UNION ALL SELECT place, 'r', a.adrelid, c.relnamespace, 'pg_class'::regclass, a.adrelid, a.adnum"
    "   FROM t JOIN pg_attrdef AS a ON a.oid = t.oid JOIN pg_class AS c ON c.oid = a.adrelid"
    "   WHERE t.catalog = 'pg_attrdef'::regclass"
    "  UNION ALL SELECT place, 'r', k.conrelid, k.connamespace, 'pg_constraint'::regclass, k.oid, 0"
    "   FROM t JOIN pg_constraint AS k ON k.oid = t.oid"
    "   WHERE t.catalog = 'pg_constraint'::regclass AND k.conrelid <> 0"
    "  UNION ALL SELECT place, 't', k.contypid, k.connamespace, 'pg_type'::regclass, k.contypid, 0"
    "   FROM t JOIN pg_constraint AS k ON k.oid = t.oid"
    "   WHERE t.catalog = 'pg_constraint'::regclass AND k.contypid <> 0"
    "  UNION ALL SELECT place, 'r', g.tgrelid, c.relnamespace, 'pg_trigger'::regclass, g.oid, 0"
    "   FROM t JOIN pg_trigger AS g ON g.oid = t.oid JOIN pg_class AS c ON c.oid = g.tgrelid"
    "   WHERE t.catalog = 'pg_trigger'::regclass"
    "  UNION ALL SELECT place, 'r', r.ev_class, c.relnamespace, 'pg_class'::regclass, r.ev_class, 0"
    "   FROM t JOIN pg_rewrite AS r ON r.oid = t.oid JOIN pg_class AS c ON c.oid = r.ev_class"
    "   WHERE t.catalog = 'pg_rewrite'::regclass AND r.rulename = '_RETURN'"
    "  UNION ALL SELECT place, 'r', y.typrelid, y.typnamespace, 'pg_type'::regclass, y.oid, 0"
    "   FROM t JOIN pg_type AS y ON y.oid = t.oid JOIN pg_class AS c ON c.oid = y.typrelid AND c.relkind = "
    "'c'"
    "   WHERE t.catalog = 'pg_type'::regclass"
    "  UNION ALL SELECT place, 't', y.oid, y.typnamespace, 'pg_type'::regclass, y.oid, 0"
    "   FROM t JOIN pg_type AS y ON y.oid = t.oid"
    "   WHERE t.catalog = 'pg_type'::regclass AND y.typtype IN ('e', 'd')"
    "  UNION ALL SELECT place, 'f', p.oid, p.pronamespace, 'pg_proc'::regclass, p.oid, 0"
    "   FROM t JOIN pg_proc AS p ON p.oid = t.oid WHERE t.catalog = 'pg_proc'::regclass AND p.prokind <> 'a'"
    "  UNION ALL SELECT place, 'foreign table', c.oid, c.relnamespace, 0, 0, 0"
    "   FROM t JOIN pg_class AS c ON c.oid = t.oid WHERE t.catalog = 'pg_class'::regclass AND c.relkind = 'f'"
    "  UNION ALL SELECT place, 'aggregate', p.oid, p.pronamespace, 0, 0, 0"
    "   FROM t JOIN pg_proc AS p ON p.oid = t.oid WHERE t.catalog = 'pg_proc'::regclass AND p.prokind = 'a'"
    "  UNION ALL SELECT place, 'rule', r.oid, c.relnamespace, 0, 0, 0"
    "   FROM t JOIN pg_rewrite AS r ON r.oid = t.oid JOIN pg_class AS c ON c.oid = r.ev_class"
    "   WHERE t.catalog = 'pg_rewrite'::regclass AND r.rulename <> '_RETURN'"
    "  UNION ALL SELECT place, 'range type', y.oid, y.typnamespace, 0, 0, 0"
    "   FROM t JOIN pg_type AS y ON y.oid = t.oid WHERE t.catalog = 'pg_type'::regclass AND y.typtype = 'r')"
    " SELECT f.place, f.what, f.root, f.schema, n.nspname, f.catalog, f.oid, f.part"
    " FROM found AS f JOIN pg_namespace AS n ON n.oid = f.schema"
    " WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'migfix')",
    3};

// $1: relations. The sequences of their identity columns, which are parts of these.
constinit Statement identities_of{
    "SELECT s.oid FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'"
    " WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass"
    " AND d.refobjid = ANY ($1::oid[]) AND d.refobjsubid > 0 AND d.deptype = 'i'",
    1};

struct Key {
  Oid catalog;
  Oid oid;
  int part;
  friend auto operator<=>(const Key &, const Key &) = default;
};

// 1 + statement; 0: none.
struct Touch {
  std::size_t last = 0;
  std::size_t made = 0;
};

// What is read for a few objects is planned once for a session: to plan it anew, as reports over all catalogs
// are, would cost more than all the rest. Nothing but indexes on numbers of objects is of use here.
class KeptPlans {
 public:
  KeptPlans()
      : level_(call([] {
          const int level = NewGUCNestLevel();
          set_config_option("plan_cache_mode", "force_generic_plan", PGC_USERSET, PGC_S_SESSION,
                            GUC_ACTION_SAVE, true, 0, false);
          return level;
        })) {}
  ~KeptPlans() { AtEOXact_GUC(true, level_); }
  KeptPlans(const KeptPlans &) = delete;
  KeptPlans &operator=(const KeptPlans &) = delete;

 private:
  int level_;
};

class Reader {
 public:
  Reader(std::vector<SeenStatement> &statements, std::size_t count)
      : statements_(statements), count_(count) {}

  void read() {
    const LatestSnapshot snapshot;
    const KeptPlans plans;
    collect();
    find_roots();
    if (!draft_.schemas.empty()) {
      read_relations(draft_, {});
      read_types(draft_);
      read_sequences(draft_);
      read_constraints(draft_);
      read_views(draft_);
      read_routines(draft_);
      read_comments(draft_);
      draft_.finish();
      place_objects();
    }
    place_loose_objects();
    place_gone();
    for (std::size_t i = 0; i < count_; ++i) finish(i);
  }

 private:
  // The last statement that touched each.
  void collect() {
    for (std::size_t i = 0; i < count_; ++i) {
      if (statements_[i].is_read) continue;
      for (const auto &touched : statements_[i].touched) {
        const Key key{touched.what.catalog, touched.what.oid, touched.what.part};
        last_[key] = i;
        if (!touched.what.is_new) continue;
        made_at_[key] = i;
        if (touched.what.part == 0) made_[key.oid] = i;
      }
    }
  }

  void find_roots() {
    std::vector<Oid> catalogs;
    std::vector<Oid> oids;
    std::vector<Oid> parts;  // small numbers as well
    std::vector<Key> keys;
    for (const auto &[key, statement] : last_) {
      catalogs.push_back(key.catalog);
      oids.push_back(key.oid);
      parts.push_back(static_cast<Oid>(std::max(key.part, 0)));
      keys.push_back(key);
    }
    if (keys.empty()) return;
    SchemaDraft::Only wanted;
    std::set<Oid> beside;
    run(roots_of, {sql_array(catalogs), sql_array(oids), sql_array(parts)}, SnapshotKind::kActive,
        [&](const RowView &row) {
          const Key &key = keys[static_cast<std::size_t>(row.integer(0)) - 1];
          const std::size_t statement = last_[key];
          const std::string what = row.string(1);
          const auto root = static_cast<Oid>(row.integer(2));
          if (what.size() > 1) {
            statements_[statement].beyond.insert(what);
            return;
          }
          if (what == "r" && is_beside_migrations(root)) return;
          draft_.schemas[static_cast<Oid>(row.integer(3))] = row.string(4);
          (what == "r" ? wanted.relations : what == "t" ? wanted.types : wanted.functions).push_back(root);
          Touch &touch = noted_[{static_cast<Oid>(row.integer(5)), static_cast<Oid>(row.integer(6)),
                                 static_cast<int>(row.integer(7))}];
          touch.last = std::max(touch.last, statement + 1);
          if (const auto made = made_at_.find(key); made != made_at_.end()) touch.made = made->second + 1;
        });
    if (!wanted.relations.empty()) {
      const std::string relations = sql_array(wanted.relations);
      run(identities_of, {relations}, SnapshotKind::kActive,
          [&](const RowView &row) { wanted.relations.push_back(static_cast<Oid>(row.integer(0))); });
    }
    for (auto *oids_of_kind : {&wanted.relations, &wanted.types, &wanted.functions}) {
      std::sort(oids_of_kind->begin(), oids_of_kind->end());
      oids_of_kind->erase(std::unique(oids_of_kind->begin(), oids_of_kind->end()), oids_of_kind->end());
    }
    draft_.only = std::move(wanted);
  }

  // Parts of a table that is new are new, whether they were touched besides or not.
  std::size_t maker_of(const core::ObjectId &id, const core::Object &object) const {
    const auto table = core::table_with(id, object);
    if (!table) return 0;
    const auto found = new_tables_.find({table->schema, table->name});
    return found == new_tables_.end() ? 0 : found->second;
  }

  void place_objects() {
    std::unordered_map<const core::Object *, Touch> touched;
    draft_.each_noted([&](Oid catalog, Oid oid, int part, core::Object &object) {
      const auto found = noted_.find({catalog, oid, part});
      if (found == noted_.end()) return;
      Touch &touch = touched[&object];
      touch.last = std::max(touch.last, found->second.last);
      touch.made = std::max(touch.made, found->second.made);
    });
    for (const auto &[oid, relation] : draft_.relations) {
      const auto made = made_.find(oid);
      if (made != made_.end() && relation.kind != 'S')
        new_tables_[{draft_.schemas[relation.schema], relation.name}] = made->second + 1;
    }
    for (auto &[schema, objects] : draft_.objects) {
      for (auto &[id, object] : objects) {
        const auto found = touched.find(&object);
        const Touch touch = found == touched.end() ? Touch() : found->second;
        const std::size_t maker = maker_of(id, object);
        const std::size_t last = std::max(touch.last, maker);
        if (const std::size_t made = std::max(touch.made, maker); made > 0) remade_.emplace(made - 1, id);
        if (last > 0) put(last - 1, id, std::move(object));
      }
    }
  }

  // Schemas and extensions stand in no schema.
  void place_loose_objects() {
    for (const auto &[key, statement] : last_) {
      if (key.catalog != NamespaceRelationId && key.catalog != ExtensionRelationId) continue;
      const auto id = object_id_of(key.catalog, key.oid, 0);
      if (!id) continue;
      core::Object object;
      if (id->kind == ObjectKind::kExtension) object.definition = core::Extension();
      const Oid catalog = key.catalog;
      const Oid oid = key.oid;
      const char *comment = call([&] { return GetComment(oid, catalog, 0); });
      if (comment != nullptr) object.comment = comment;
      put(statement, *id, std::move(object));
    }
  }

  void place_gone() {
    for (std::size_t i = 0; i < count_; ++i) {
      if (statements_[i].is_read) continue;
      for (const auto &gone : statements_[i].gone)
        if (!remade_.contains({i, gone.what})) placed_[i].try_emplace(gone.what, std::nullopt);
    }
  }

  void put(std::size_t statement, const core::ObjectId &id, core::Object object) {
    placed_[statement].insert_or_assign(id, std::move(object));
  }

  void finish(std::size_t i) {
    SeenStatement &statement = statements_[i];
    if (statement.is_read) return;
    statement.is_read = true;
    for (auto &[id, object] : placed_[i]) statement.objects.push_back({id, std::move(object)});
  }

  std::vector<SeenStatement> &statements_;
  const std::size_t count_;
  SchemaDraft draft_;
  std::map<Key, std::size_t> last_;                          // what was touched: by which statement last
  std::unordered_map<Oid, std::size_t> made_;                // what is new: by which statement
  std::map<Key, std::size_t> made_at_;                       // the same, of parts too
  std::map<Key, Touch> noted_;                               // as the draft notes objects
  std::set<std::pair<std::size_t, core::ObjectId>> remade_;  // an old one fell in the same statement
  std::map<std::pair<std::string, std::string>, std::size_t> new_tables_;  // 1 + statement
  std::map<std::size_t, std::map<core::ObjectId, std::optional<core::Object>>> placed_;
};

}  // namespace

void read_objects(std::vector<SeenStatement> &statements, std::size_t count) {
  bool some = false;
  for (std::size_t i = 0; i < count; ++i) {
    SeenStatement &statement = statements[i];
    if (statement.touched.empty() && statement.gone.empty()) statement.is_read = true;
    some |= !statement.is_read;
  }
  if (some) Reader(statements, count).read();
}

}  // namespace migfix::server
