// Names and types as SQL writes them, and as people say them.
#pragma once

#include <string>
#include <string_view>

#include "core/definition.hpp"

namespace migfix::core {

/// A raw name as people read it: quoted only where its letters need it, keywords are not.
std::string name_in_words(std::string_view raw);

/// The same with its schema in front; the version table's own schema is left out.
std::string name_in_words(const QualifiedName &name);

/// `column audio_files.tag`, `index ix_tag`, `constraint t.t_pkey`, `enum other.kind`.
std::string object_in_words(const ObjectId &id);

/// The same without the kind: `audio_files.tag`.
std::string object_name_in_words(const ObjectId &id);

/// As SQL writes it, with the schema in front: `own_schema` (raw) where the name has none.
std::string name_in_sql(const QualifiedName &name, std::string_view own_schema);

/// `character varying(64)`, `timestamp(3) with time zone`, `t1.kind[]`. Names of pg_catalog stand alone; all
/// others are qualified, those without a schema with `own_schema` (raw).
std::string type_in_sql(const DataType &type, std::string_view own_schema);

/// `varchar(64)`, `timestamptz(3)`, `integer`, `kind[]`: the version table's own schema is left out.
std::string type_in_words(const DataType &type);

/// What two types are compared by: the modifiers in one spelling (`numeric(12)` is `numeric(12,0)`).
std::string type_compared(const DataType &type);

}  // namespace migfix::core
