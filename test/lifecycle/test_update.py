"""ALTER EXTENSION … UPDATE: whoever comes from an older version has what CREATE EXTENSION makes, object by object.

Every migfix--VERSION.sql and migfix--OLD--NEW.sql at the root is taken. The version that comes next, which is not there
yet, is made up in the throw-away server's extension directory.
"""

import contextlib
import os
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT = re.search(r"default_version = '([^']+)'", (ROOT / "migfix.control").read_text())[1]
SCRIPTS = sorted(path.name for path in ROOT.glob("migfix--*.sql"))
INSTALLABLE = [name[len("migfix--"):-len(".sql")] for name in SCRIPTS if name.count("--") == 1]
UPDATES = [name[len("migfix--"):-len(".sql")].split("--") for name in SCRIPTS if name.count("--") == 2]
NEXT = "999.0.0"

MEMBERS = """
SELECT pg_describe_object(d.classid, d.objid, 0) AS object, d.classid, d.objid
FROM pg_depend AS d JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE e.extname = 'migfix' AND d.deptype = 'e'
"""
# Whatever of an object could differ; numbers of objects and of columns that were dropped do not count.
QUERIES = {
    "comments": f"SELECT object, obj_description(objid, classid::regclass::text::name) FROM ({MEMBERS}) AS m",
    "column comments": f"SELECT object, a.attname, col_description(objid, a.attnum) FROM ({MEMBERS}) AS m JOIN"
                       " pg_attribute AS a ON classid = 'pg_class'::regclass AND a.attrelid = objid AND a.attnum > 0",
    "functions": f"SELECT object, pg_get_functiondef(objid) FROM ({MEMBERS}) AS m WHERE classid = 'pg_proc'::regclass",
    "rights on functions": f"SELECT object, proacl::text, pg_get_userbyid(proowner) FROM ({MEMBERS}) AS m"
                           " JOIN pg_proc AS p ON classid = 'pg_proc'::regclass AND p.oid = objid",
    "rights on relations": f"SELECT object, relkind, relacl::text, relrowsecurity FROM ({MEMBERS}) AS m"
                           " JOIN pg_class AS c ON classid = 'pg_class'::regclass AND c.oid = objid",
    "rights on schemas": f"SELECT object, nspacl::text FROM ({MEMBERS}) AS m JOIN pg_namespace AS n"
                         " ON classid = 'pg_namespace'::regclass AND n.oid = objid",
    "rights at the start": f"SELECT object, i.objsubid, i.initprivs::text FROM ({MEMBERS}) AS m"
                           " JOIN pg_init_privs AS i ON i.classoid = classid AND i.objoid = objid",
    "columns": f"SELECT object, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl::text,"
               " a.attstorage, a.attcollation::regcollation::text, pg_get_expr(f.adbin, f.adrelid),"
               " row_number() OVER (PARTITION BY object ORDER BY a.attnum)"
               f" FROM ({MEMBERS}) AS m JOIN pg_attribute AS a ON classid = 'pg_class'::regclass AND a.attrelid = objid"
               " AND a.attnum > 0 AND NOT a.attisdropped"
               " LEFT JOIN pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum",
    "constraints": f"SELECT object, conname, pg_get_constraintdef(o.oid) FROM ({MEMBERS}) AS m"
                   " JOIN pg_constraint AS o ON classid = 'pg_class'::regclass AND o.conrelid = objid",
    "indexes": f"SELECT object, pg_get_indexdef(i.indexrelid) FROM ({MEMBERS}) AS m"
               " JOIN pg_index AS i ON classid = 'pg_class'::regclass AND i.indrelid = objid",
    "triggers": f"SELECT object, pg_get_triggerdef(t.oid), t.tgenabled FROM ({MEMBERS}) AS m"
                " JOIN pg_trigger AS t ON classid = 'pg_class'::regclass AND t.tgrelid = objid",
    "event triggers": f"SELECT object, evtevent, evtfoid::regproc::text, evtenabled, evttags FROM ({MEMBERS}) AS m"
                      " JOIN pg_event_trigger AS e ON classid = 'pg_event_trigger'::regclass AND e.oid = objid",
    "sequences": f"SELECT object, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle FROM ({MEMBERS}) AS m"
                 " JOIN pg_sequence AS s ON classid = 'pg_class'::regclass AND s.seqrelid = objid",
    "what a dump takes along": "SELECT c.oid::regclass::text, x.condition FROM pg_extension AS e,"
                               " unnest(e.extconfig, e.extcondition) AS x(oid, condition) JOIN pg_class AS c"
                               " ON c.oid = x.oid WHERE extname = 'migfix'",
    "extension": "SELECT extversion, extrelocatable, extnamespace::regnamespace::text FROM pg_extension"
                 " WHERE extname = 'migfix'",
}


def objects(database):
    """What stands there, in an order that is the same everywhere."""
    found = {what: sorted(map(repr, (tuple(row.values()) for row in database.sql(query))))
             for what, query in QUERIES.items()}
    # Else the comparison of nothing with nothing would do.
    for what in ("comments", "column comments", "functions", "rights on functions", "columns", "constraints", "indexes",
                 "triggers", "event triggers", "sequences", "what a dump takes along", "rights at the start"):
        assert found[what], what
    return found


def fill(database):
    database.version_table("alembic_version", "001")
    database.sql("UPDATE alembic_version SET version_num = '002'; CREATE TABLE people (id int)")


def guard_works(database):
    assert database.guarded() == ["alembic_version"]
    assert database.error("INSERT INTO alembic_version VALUES ('002')").pgcode == "23505"
    before = len(database.log())
    database.sql("UPDATE alembic_version SET version_num = '003'; UPDATE alembic_version SET version_num = '002'")
    assert len(database.log()) == before + 2
    logged = "SELECT count(*) FROM migfix.ddl_log"
    entries = database.value(logged)
    database.sql("CREATE TABLE seen (id int); DROP TABLE seen")
    assert database.value(logged) == entries + 2
    assert "MF906" not in database.codes()


def test_every_version_is_there():
    assert DEFAULT in INSTALLABLE
    for old, new in UPDATES:
        assert {old, new} <= set(INSTALLABLE), f"migfix--{old}--{new}.sql begins or ends at no version"
    reached = {DEFAULT}
    while more := {old for old, new in UPDATES if new in reached} - reached:
        reached |= more
    assert reached == set(INSTALLABLE), "from each version there is a way to the present one"


@pytest.mark.parametrize("version", INSTALLABLE)
def test_an_updated_database_is_as_a_new_one(make_database, version):
    fresh, updated = make_database("update_fresh"), make_database("update_old")
    fresh.sql("CREATE EXTENSION migfix")
    updated.sql(f"CREATE EXTENSION migfix VERSION '{version}'")
    fill(updated)
    log = [(entry["log_id"], entry["operation"], entry["new_version"]) for entry in updated.log()]
    other = updated.session()
    other.sql("UPDATE alembic_version SET version_num = '001'; UPDATE alembic_version SET version_num = '002'")
    log += [(4, "update", "001"), (5, "update", "002")] if log[-1][0] == 3 else []
    updated.sql("ALTER EXTENSION migfix UPDATE")
    assert objects(updated) == objects(fresh)
    assert [(entry["log_id"], entry["operation"], entry["new_version"]) for entry in updated.log()][:len(log)] == log
    guard_works(updated)
    other.sql("UPDATE alembic_version SET version_num = '004'; UPDATE alembic_version SET version_num = '002'")


def test_a_version_that_is_not_there(database):
    database.sql("CREATE EXTENSION migfix")
    before = objects(database)
    assert database.error("ALTER EXTENSION migfix UPDATE TO '9.9.9'").pgcode == "22023"
    database.notices()
    database.sql(f"ALTER EXTENSION migfix UPDATE TO '{DEFAULT}'")
    assert any("already installed" in notice for notice in database.notices())
    assert objects(database) == before
    fill(database)
    guard_works(database)


@contextlib.contextmanager
def next_version(database, script):
    """A script that leads on from the present version, where the throw-away server looks for such."""
    # extension_destdir is Debian's own, up to 17.
    destination = database.value("SELECT coalesce(current_setting('extension_destdir', true),"
                                 " split_part(current_setting('extension_control_path', true), ':', 1))")
    if not destination or destination == "$system":
        pytest.skip("this server has no extension directory of its own (extension_destdir, extension_control_path)")
    found = list(pathlib.Path(destination).rglob("migfix.control"))
    assert len(found) == 1, found
    path = found[0].parent / f"migfix--{DEFAULT}--{NEXT}.sql"
    path.write_text(script)
    os.chmod(path, 0o644)
    try:
        yield
    finally:
        path.unlink()


STEP = f"""
\\echo Use "ALTER EXTENSION migfix UPDATE" to load this file. \\quit
CREATE TABLE migfix.later (id int PRIMARY KEY, alembic_version text);
SELECT pg_catalog.pg_extension_config_dump('migfix.later', '');
ALTER TABLE migfix.version_log ADD COLUMN later text;
ALTER TABLE migfix.later RENAME COLUMN alembic_version TO version;
ALTER TABLE migfix.later RENAME TO latest;
ALTER TABLE migfix.latest DROP COLUMN version;
CREATE FUNCTION @extschema@.migfix_latest() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION @extschema@.migfix_latest() RENAME TO migfix_last;
-- As a version table is made, and one that is guarded is altered.
CREATE TABLE migfix.alembic_version (version_num varchar(32) PRIMARY KEY);
DROP TABLE migfix.alembic_version;
"""


def test_the_next_version(database):
    """migfix's own event triggers fire for the script's statements; they neither refuse nor log nor guard them."""
    database.sql("CREATE EXTENSION migfix")
    fill(database)
    other = database.session()
    other.sql("UPDATE alembic_version SET version_num = '001'; UPDATE alembic_version SET version_num = '002'")
    log, ddl_log = database.log(), database.sql("SELECT * FROM migfix.ddl_log ORDER BY log_id")
    with next_version(database, STEP):
        database.notices()
        database.sql("BEGIN")
        database.sql("CREATE TABLE before (id int)")
        database.sql("UPDATE alembic_version SET version_num = '003'")
        database.sql(f"ALTER EXTENSION migfix UPDATE TO '{NEXT}'")
        database.sql("CREATE TABLE after (id int)")
        database.sql("UPDATE alembic_version SET version_num = '004'")
        database.sql("COMMIT")
    assert not [notice for notice in database.notices() if "migfix could not" in notice]
    members = set(database.values(f"SELECT object FROM ({MEMBERS}) AS m"))
    assert {"table migfix.latest", "function migfix_last()"} <= members
    new = database.sql("SELECT * FROM migfix.ddl_log WHERE log_id > %s ORDER BY log_id", ddl_log[-1]["log_id"])
    assert {entry["object_identity"] for entry in new} <= {"public.before", "public.after", "migfix"}
    assert [(entry["object_identity"], entry["revision"]) for entry in new if entry["object_identity"] != "migfix"] == [
        ("public.before", "003"), ("public.after", "004")]
    now = database.log()
    assert [{name: value for name, value in entry.items() if name != "later"} for entry in now][:len(log)] == log
    assert [entry["new_version"] for entry in now[len(log):]] == ["003", "004"]
    assert database.codes().count("MF906") == 1  # the library is the older one
    # Sessions from before it go on, and the guard is on as ever.
    for session, version in ((other, "005"), (database, "006"), (database.session(), "007")):
        assert session.error("INSERT INTO alembic_version VALUES ('head')").pgcode == "23514"
        session.sql("UPDATE alembic_version SET version_num = %s", version)
        session.sql("CREATE TABLE once (id int); DROP TABLE once")
    assert database.guarded() == ["alembic_version"]
    assert [entry["new_version"] for entry in database.log()][-3:] == ["005", "006", "007"]
    database.sql("DROP EXTENSION migfix")


def test_an_update_that_fails_leaves_the_version_before(database):
    database.sql("CREATE EXTENSION migfix")
    fill(database)
    before = objects(database)
    with next_version(database, STEP + "SELECT 1 / 0;\n"):
        assert database.error(f"ALTER EXTENSION migfix UPDATE TO '{NEXT}'").pgcode == "22012"
    assert objects(database) == before
    guard_works(database)
