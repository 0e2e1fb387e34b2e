// What the catalogs say of tables and enums that may double each other: of all of them where that is read in
// a few milliseconds, else of one schema.
#pragma once

#include "core/like_index.hpp"
#include "server/catalog_walk.hpp"

namespace migfix::server {

using LikeEntries = std::vector<core::LikeEntry>;

/// Tables that may have a twin (no partition, none of a temporary schema, none of the server); their columns
/// are not read. Nothing where pg_class is too large to be read through.
std::optional<LikeEntries> all_tables(bool even_if_large);

/// The same of one schema. Nothing where more than `most` relations stand there, or very much else.
std::optional<LikeEntries> tables_in(Oid schema, int most);

/// The same of those with these OIDs, ascending.
LikeEntries tables_with(const std::vector<Oid> &oids);

class ColumnReader {
 public:
  ColumnReader();

  /// Two tables of one schema have equal texts exactly if their columns (name, type with modifiers, NOT NULL,
  /// in order) are equal. The same rule as SchemaFacts::objects has.
  std::string text(Oid table);

  /// The columns' names alone, in order.
  std::string names(Oid table);
  static void add_name(const char *name, std::string &names);

 private:
  template <typename Each>
  void each_column(Oid table, Each each);

  CatalogWalk walk_;
};

struct EnumEntries {
  LikeEntries enums;
  std::vector<std::pair<std::uint32_t, Oid>> labels;  // hash in the server's cache of labels; its enum
};

/// Enums that have labels. Nothing where pg_enum is too large to be read through.
std::optional<EnumEntries> all_enums();

/// The same of one schema. Nothing where more than `most` types stand there, or very much else.
std::optional<EnumEntries> enums_in(Oid schema, int most);

class EnumReader {
 public:
  EnumReader();

  /// Adds the enum; nothing where it is none of the user's.
  void add(Oid type, EnumEntries &entries);

  /// The same where its schema and name are known.
  void add(Oid type, Oid schema, std::string_view name, EnumEntries &entries);

 private:
  friend std::optional<EnumEntries> all_enums();
  struct Label {
    std::uint32_t hash;
    Oid type;
    std::uint32_t print;
  };
  static Label label_of(const void *row);
  std::vector<Label> labels_of(Oid type);
  void add(Oid type, const std::vector<Label> &labels, EnumEntries &entries);
  static void put(Oid type, Oid schema, std::string_view name, const std::vector<Label> &labels,
                  EnumEntries &entries);

  CatalogWalk labels_;
  std::optional<CatalogWalk> types_;
};

/// The labels in order: two enums have equal texts exactly if they have the same.
std::string labels_text(Oid type);

/// Never 0, which means that it is not known.
std::uint32_t print_of(std::string_view text);

}  // namespace migfix::server
