// When two tables, or two enums, of one schema are taken for the same: what the findings about duplicates and
// the notice at CREATE have in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace migfix::core {

inline constexpr int kFewestLabels = 2;   // one label alone is no likeness
inline constexpr int kFewestColumns = 3;  // id and name stand in many tables

/// The name without case and underscores: what a person takes for the same name. Of underscores alone: as it
/// is.
std::string plain_name(std::string_view name);

/// A number for plain_name(); different ones may have the same. Allocates nothing.
std::uint32_t plain_name_print(std::string_view name) noexcept;

/// A table that Alembic makes for itself: alembic_version and what people call its like, and _alembic_tmp_x,
/// which has x's columns until it takes its place (batch_alter_table).
bool is_table_of_alembic(std::string_view name) noexcept;

inline constexpr std::string_view kWhySameParts =
    "They may be one thing under two names, as a rename leaves it that was written as a new object.";
inline constexpr std::string_view kWhySimilarNames =
    "A name without quotes is read in lower case, so one of them is easily taken for the other.";

}  // namespace migfix::core
