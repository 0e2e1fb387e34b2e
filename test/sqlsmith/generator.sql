-- In a copy of the database that is only read by sqlsmith, for what there is to write statements with: takes out of
-- the catalog what they shall not have. The statements run elsewhere.
\set ON_ERROR_STOP on
SET allow_system_table_mods = on;

-- What would end or hold the run, write files, or leave something behind after the rollback.
DELETE FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
   AND proname ~ ('^(pg_(terminate|cancel)_backend|pg_sleep.*|pg_reload_conf|pg_rotate_logfile.*|pg_promote|pg_switch_wal'
                  '|pg_backup_.*|pg_(start|stop)_backup|pg_create_.*|pg_drop_replication_slot|pg_copy_.*_slot'
                  '|pg_replication_.*|pg_logical_.*|pg_wal_replay_.*|pg_stat_reset.*|pg_log_.*|pg_ls_.*|pg_read_.*'
                  '|pg_file_.*|pg_.*advisory.*|pg_stop_making_pinned_objects|pg_import_system_collations|pg_nextoid'
                  '|binary_upgrade_.*|lo_.*|lowrite|loread|query_to_xml.*|cursor_to_xml.*|database_to_xml.*'
                  '|schema_to_xml.*|table_to_xml.*|set_config)$');

-- sqlsmith takes a polymorphic type for one that a value can have, and three statements of four would be refused.
DELETE FROM pg_operator WHERE oprleft::regtype::text ~ '^any' OR oprright::regtype::text ~ '^any';
-- (It calls no function that returns a set, and needs unnest itself.)
DELETE FROM pg_proc WHERE NOT proretset AND (prorettype::regtype::text ~ '^any'
    OR EXISTS (SELECT FROM unnest(proargtypes) type WHERE type::regtype::text ~ '^any'));

-- PostgreSQL's own that end in XX000: a value of the type unknown, any number for a type modifier.
DELETE FROM pg_proc WHERE proname ~ 'typmodout$' OR prorettype = 'unknown'::regtype
    OR 'unknown'::regtype = ANY (proargtypes);
