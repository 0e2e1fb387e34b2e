// Remedies: the statements that fixes are made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/installation.hpp"

namespace migfix::core {

/// How a fix calls migfix's function `name`: as it is where its schema is on everybody's search_path
/// (public), else with the schema.
std::string call_name(const Installation &installation, std::string_view name);

/// `SELECT * FROM migfix_undo(42);`
std::string undo_call(const Installation &installation, std::int64_t log_id);

/// `SELECT * FROM migfix_stamp('h', purge => true, version_table => 'public.alembic_version');`, with an
/// array for several revisions. `version_table` is as SQL writes it; empty: left out.
std::string stamp_call(const Installation &installation, const std::vector<std::string> &revisions,
                       bool purge, std::string_view version_table);

/// The same; `functions` is the prefix of migfix's functions: empty, or a schema and a dot.
std::string stamp_call(std::string_view functions, const std::vector<std::string> &revisions, bool purge,
                       std::string_view version_table);

/// Lines for psql that load an environment's revision files.
std::string load_scripts_lines(std::string_view functions, std::string_view environment);

/// `SELECT * FROM migfix_repair(version_table => 'public.alembic_version');`, of several tables one call for
/// all.
std::string repair_call(const Installation &installation, const std::vector<std::string> &version_tables);

/// `SELECT * FROM migfix_plan(version_table => 'public.alembic_version');`
std::string plan_call(const Installation &installation, std::string_view version_table);

/// `SELECT * FROM migfix_findings('t1.alembic_version');`
std::string findings_call(const Installation &installation, std::string_view version_table);

/// The words for where the revision must be found by a person: a comment of several lines that ends in a
/// stamp of `<its id>` and an upgrade. `version_table` as in stamp_call.
std::string find_revision_first(const Installation &installation, bool purge, std::string_view version_table);

/// A revision id as a word for a shell, quoted where it needs to be.
std::string shell_word(std::string_view id);

/// A raw name as SQL writes it. Quotes more than the server would (it does not know all the keywords), which
/// is never wrong.
std::string name_in_sql(std::string_view raw);

/// `ARRAY['a', 'b']`
std::string array_of(const std::vector<std::string> &items);

/// `DO $migfix$ … $migfix$;` with a tag that the body does not hold.
std::string do_block(std::string_view body);

}  // namespace migfix::core
