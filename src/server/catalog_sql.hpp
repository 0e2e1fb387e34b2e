// Conditions that the SQL over the catalogs shares: string literals, to be put between others.
//
// How such SQL stays set-wise where there are ten thousand schemas, whatever the planner takes their number
// for: membership is `IN (SELECT unnest($1::oid[]))` or `NOT IN (SELECT …)`, which is one hash table;
// `= ANY ($1::oid[])` would read the array anew for every row.
#pragma once

/// Is the pg_namespace row `n` a schema of the user's: none of the server's, of migfix or of an extension?
#define MIGFIX_USER_SCHEMA                                                                        \
  " n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'migfix') AND n.oid NOT IN (" \
  "SELECT m.objid FROM pg_depend AS m WHERE m.classid = 'pg_namespace'::regclass"                 \
  " AND m.refclassid = 'pg_extension'::regclass AND m.deptype = 'e') "

/// Is the pg_class row `c` none that belongs to an extension?
#define MIGFIX_USER_RELATION                                                                 \
  " c.oid NOT IN (SELECT m.objid FROM pg_depend AS m WHERE m.classid = 'pg_class'::regclass" \
  " AND m.refclassid = 'pg_extension'::regclass AND m.deptype = 'e') "

/// The same of the pg_type row `t`.
#define MIGFIX_USER_TYPE                                                                    \
  " t.oid NOT IN (SELECT m.objid FROM pg_depend AS m WHERE m.classid = 'pg_type'::regclass" \
  " AND m.refclassid = 'pg_extension'::regclass AND m.deptype = 'e') "

/// The OID of this database.
#define MIGFIX_THIS_DATABASE "(SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())"

/// How every point in time is written, in the session's TimeZone.
#define MIGFIX_TIME_FORMAT "'YYYY-MM-DD HH24:MI:SSOF'"
