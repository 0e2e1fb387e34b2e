// What is wrong with the shape of one version table: a part of judge_version_rows.
#pragma once

#include <string>
#include <vector>

#include "core/finding.hpp"
#include "core/version_table.hpp"

namespace migfix::core {

/// Is it a table, so that keys, column types and the guard are its own?
bool is_plain_table(const VersionTable &table);

/// Can Alembic read versions from it: a column version_num of a text type?
bool holds_versions(const VersionTable &table);

/// The rows as Alembic compares them: a char(n) column pads with blanks that count for nothing in SQL.
std::vector<std::optional<std::string>> versions_of(const VersionTable &table);

/// Statements that leave one of each set of equal rows.
std::string delete_duplicates(const VersionTable &table);

/// MF107, MF109 and MF112.
std::vector<Finding> judge_version_shape(const VersionTable &table);

}  // namespace migfix::core
