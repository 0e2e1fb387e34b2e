"""migfix_load_sql with what Alembic itself prints: the graph is that of Alembic's own ScriptDirectory, and the
statements are those that the bodies sent."""

import random
import subprocess
import time

import psycopg2.errors
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

ENV = """\
from alembic import context

context.configure(dialect_name="postgresql", literal_binds=True, **{options!r})
with context.begin_transaction():
    context.run_migrations()
"""

AUTOCOMMIT = "with op.get_context().autocommit_block():\n    "


def execute(*texts, before=""):
    """A body that sends the texts."""
    return before + "\n".join(f"op.execute({text!r})" for text in texts)


FUNCTION = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n\n  RETURN 1;\nEND;\n$$"
ATOMIC = "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END"
RULE = "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)"
OTHER_UPDATE = "UPDATE alembic_version SET version_num='zzz' WHERE alembic_version.version_num = 'old'"
OTHER_DELETE = "DELETE FROM alembic_version WHERE alembic_version.version_num = 'old'"

# Bodies, and the statements that they send; None stands for one that the server cannot parse.
BODIES = [("pass", [])]
BODIES += [
    (execute(text), [text])
    for text in (
        "SELECT 1",
        "-- Running upgrade x -> y\n\nSELECT 1",
        "-- Running downgrade x -> y\nSELECT 1",
        "/* Running; /* nested; */ */ SELECT 1",
        "SELECT \"a;b\", $tag$;\n$$;$tag$, E'\\\\\\';'",
        FUNCTION,
        ATOMIC,
        RULE,
        OTHER_UPDATE,
        OTHER_DELETE,
    )
]
BODIES += [
    (execute("SELECT 1; SELECT 2 ;"), ["SELECT 1", "SELECT 2"]),
    (execute("\n  SELECT 'a;\n\n-- Running upgrade x -> y\n\nb',\t1\n\n  FROM t\n"),
     ["SELECT 'a;\n\n-- Running upgrade x -> y\n\nb',    1\n\n  FROM t"]),
    (execute("SELECT 1 -- the end", "SELECT 2"), ["SELECT 1 -- the end", "SELECT 2"]),
    (execute("ALTER TYPE t ADD VALUE 'v'", "SELECT 3", before=AUTOCOMMIT), ["ALTER TYPE t ADD VALUE 'v'", "SELECT 3"]),
    (execute("CREATE INDEX CONCURRENTLY i ON t (a)", before=AUTOCOMMIT), ["CREATE INDEX CONCURRENTLY i ON t (a)"]),
    (execute("SELEC 1", "SELECT 1"), [None, "SELECT 1"]),
]

SETTINGS = [
    {},
    {"transaction_per_migration": True},
    {"transactional_ddl": False},
    {"version_table": "schema version", "version_table_schema": "App"},
    {"version_table": "versions", "transaction_per_migration": True, "version_table_pk": False},
]


def configure(project, **options):
    (project.path / "env.py").write_text(ENV.format(options=options))


def printed(project, *arguments, rc=0, hash_seed="0"):
    """What Alembic prints, without its log."""
    process = subprocess.run(
        ["/usr/bin/python3", "-m", "alembic", *arguments, "--sql"],
        cwd=project.path,
        env=project.database.env("alembic", PYTHONHASHSEED=hash_seed, PYTHONIOENCODING="utf-8"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    assert process.returncode == rc, process.stderr.decode()
    return process.stdout.decode()


def load(database, sql):
    return database.sql("SELECT * FROM migfix_load_sql(%s)", sql)


def revisions_of(rows):
    return [row["revision"] for row in rows if row["state"] in ("added", "replaced", "unchanged")]


def problems_of(rows):
    return [row for row in rows if row["state"] not in ("added", "replaced", "unchanged")]


def statements(database, revision):
    return database.values(
        "SELECT statement FROM migfix.revision_statement WHERE environment = 'default' AND revision = %s"
        " ORDER BY position",
        revision,
    )


def graph(database):
    rows = database.sql("SELECT * FROM migfix.revision WHERE environment = 'default'")
    return {row["revision"]: (sorted(row["down_revision"]), sorted(row["depends_on"])) for row in rows}


def alembic_graph(project, order):
    """The same from Alembic. A dependency shows in the SQL if it is a row when its revision is run: if nothing
    that ran before follows it."""
    directory = ScriptDirectory.from_config(Config(project.path / "alembic.ini"))
    scripts = {script.revision: script for script in directory.walk_revisions()}
    assert sorted(order) == sorted(scripts)
    answer, heads = {}, set()
    for revision in order:
        script = scripts[revision]
        down = set(script._versioned_down_revisions)
        dependencies = set(script._resolved_dependencies)
        answer[revision] = (sorted(down), sorted((dependencies & heads) - down))
        heads = (heads - down - dependencies) | {revision}
    return answer


def generate(project, rng, count):
    """Revisions with branches, merges, dependencies, labels and several bases, and random bodies. Returns the
    statements of each."""
    below = {}  # revision: everything below it, itself included
    labels = {}
    sent = {}
    for number in range(count):
        name = f"r{number:03d}"
        ids = list(below)
        parents = []
        for parent in rng.sample(ids, min(len(ids), rng.choice([0, 1, 1, 1, 1, 1, 2, 3]))):
            if all(parent not in below[other] and other not in below[parent] for other in parents):
                parents.append(parent)
        if parents and rng.random() < 0.5:  # near the top rather than anywhere
            parents = [ids[-1]]
        mine = {name}.union(*(below[parent] for parent in parents))
        dependencies = []
        for one in rng.sample(ids, min(len(ids), rng.choice([0, 0, 0, 1, 2]))):
            # Alembic stumbles over a dependency that another one, or a parent, implies, or that implies a parent.
            others = parents + dependencies
            if one not in mine and all(one not in below[other] and other not in below[one] for other in others):
                dependencies.append(one)
        more = {}
        if dependencies:
            # A label stands for the revision that carries it.
            more["depends_on"] = tuple(labels.get(one, one) for one in dependencies)
            mine = mine.union(*(below[one] for one in dependencies))
        if not parents and rng.random() < 0.5:
            labels[name] = f"label{number}"
            more["branch_labels"] = (labels[name],)
        body, sent[name] = rng.choice(BODIES)
        down = None if not parents else parents[0] if len(parents) == 1 else tuple(parents)
        project.revision(name, down, upgrade=body, **more)
        below[name] = mine
    return sent


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("options", SETTINGS, ids=lambda options: "+".join(options) or "default")
def test_generated_projects(project, options, seed):
    project.database.install()
    configure(project, **options)
    sent = generate(project, random.Random(seed), 40)
    sql = printed(project, "upgrade", "base:heads", hash_seed=str(seed))
    rows = load(project.database, sql)
    order = revisions_of(rows)
    assert graph(project.database) == alembic_graph(project, order)
    for revision, expected in sent.items():
        assert statements(project.database, revision) == expected, revision
    broken = sum(None in expected for expected in sent.values())
    assert [row["state"] for row in problems_of(rows)] == ["syntax"] * broken
    lines = sql.split("\n")
    for row in rows:
        if row["state"] == "added":
            assert lines[row["line"] - 1].endswith(f"-> {row['revision']}")
            assert row["statements"] + row["opaque"] == len(sent[row["revision"]])
        else:
            assert lines[row["line"] - 1] == "SELEC 1;"
    # Where a statement stands counts from its revision's marker on.
    marker = {row["revision"]: row["line"] for row in rows if row["state"] == "added"}
    for row in project.database.sql("SELECT * FROM migfix.revision_statement WHERE statement IS NOT NULL"):
        first = lines[marker[row["revision"]] + row["line"] - 2]
        assert row["statement"].split("\n")[0] in first


def test_what_it_is_about(project):
    project.database.install()
    project.revision(
        "a",
        upgrade="import sqlalchemy as sa\n"
        "op.create_table('t', sa.Column('e', sa.Enum('x', 'y', name='kind')), schema='App')\n"
        "op.create_index('i', 't', ['e'], schema='App')\n"
        "op.add_column('t', sa.Column('n', sa.Integer), schema='App')\n"
        "op.alter_column('t', 'n', nullable=False, schema='App')\n"
        "op.create_check_constraint('c', 't', 'n > 0', schema='App')\n"
        "op.drop_constraint('c', 't', schema='App')\n"
        "op.drop_column('t', 'n', schema='App')\n"
        "op.execute('DELETE FROM only_here')\n"
        "op.rename_table('t', 'u', schema='App')\n"
        "op.drop_table('u', schema='App')\n"
        "op.execute('DROP TYPE kind')\n"
        "op.execute('VACUUM')",
    )
    load(project.database, printed(project, "upgrade", "base:heads"))
    rows = project.database.sql("SELECT operation, object FROM migfix.revision_statement ORDER BY position")
    assert [(row["operation"], row["object"]) for row in rows] == [
        ("create type", "kind"),
        ("create table", '"App".t'),
        ("create index", '"App".i'),
        ("add column", '"App".t'),
        ("alter column", '"App".t'),
        ("add constraint", '"App".t'),
        ("drop constraint", '"App".t'),
        ("drop column", '"App".t'),
        ("data", "only_here"),
        ("rename table", '"App".t'),
        ("drop table", '"App".u'),
        ("drop type", "kind"),
        ("other", None),
    ]


def line(project, count):
    for number in range(count):
        project.revision(f"r{number}", f"r{number - 1}" if number else None, upgrade=f"op.execute('SELECT {number}')")


def test_loading_again(project):
    project.database.install()
    line(project, 3)
    load(project.database, printed(project, "upgrade", "base:heads"))
    rows = load(project.database, printed(project, "upgrade", "base:heads"))
    assert [row["state"] for row in rows] == ["unchanged"] * 3
    # A branch beside r1 moves the lines of what follows, and nothing else.
    project.revision("q", "r0", upgrade="op.execute('SELECT 1')\nop.execute('SELECT 2')")
    project.revision("r1", "r0", upgrade="op.execute('SELECT 11')")
    rows = load(project.database, printed(project, "upgrade", "base:heads"))
    assert {row["revision"]: row["state"] for row in rows} == {
        "r0": "unchanged", "q": "added", "r1": "replaced", "r2": "unchanged",
    }
    assert statements(project.database, "r1") == ["SELECT 11"]


def test_range(project):
    project.database.install()
    line(project, 5)
    load(project.database, printed(project, "upgrade", "base:r1"))
    rows = load(project.database, printed(project, "upgrade", "r1:r4"))
    assert [(row["revision"], row["state"]) for row in rows] == [("r2", "added"), ("r3", "added"), ("r4", "added")]
    assert graph(project.database) == alembic_graph(project, ["r0", "r1", "r2", "r3", "r4"])


def test_range_whose_parent_is_unknown(project):
    project.database.install()
    line(project, 3)
    rows = load(project.database, printed(project, "upgrade", "r0:r2"))
    assert revisions_of(rows) == ["r1", "r2"]
    assert [(row["revision"], row["state"]) for row in problems_of(rows)] == [("r1", "missing parent")]


@pytest.mark.parametrize(
    "arguments, script",
    [(("downgrade", "r2:base"), "a downgrade script"), (("downgrade", "r2:r1"), "a downgrade script"),
     (("stamp", "base:r2"), "a stamp script"), (("stamp", "r0:r2"), "a stamp script")],
)
def test_other_scripts_are_refused(project, arguments, script):
    project.database.install()
    line(project, 3)
    with pytest.raises(Exception) as caught:
        load(project.database, printed(project, *arguments))
    assert caught.value.pgcode == "22023"
    assert f"the text is {script}" in str(caught.value)
    assert "alembic upgrade base:heads --sql" in caught.value.diag.message_hint
    assert graph(project.database) == {}


def test_nothing_to_upgrade(project):
    project.database.install()
    line(project, 3)
    for arguments in (("upgrade", "r2:r2"), ("upgrade", "base:base")):
        with pytest.raises(Exception, match='the text is no output of "alembic upgrade --sql"') as caught:
            load(project.database, printed(project, *arguments))
        assert caught.value.pgcode == "22023"


@pytest.mark.parametrize("options", SETTINGS, ids=lambda options: "+".join(options) or "default")
def test_migration_that_reads(project, options):
    project.database.install()
    configure(project, **options)
    line(project, 2)
    project.revision("r2", "r1", upgrade="op.execute('SELECT 1')\nop.get_bind().execute('SELECT 1').fetchall()")
    project.revision("r3", "r2")
    rows = load(project.database, printed(project, "upgrade", "base:heads", rc=1))
    assert revisions_of(rows) == ["r0", "r1"]
    (broken,) = problems_of(rows)
    assert (broken["revision"], broken["state"]) == ("r2", "broken off")
    assert "as it does where a migration reads from the database" in broken["reason"]
    # With both streams in one file Alembic's own last word is there.
    both = project.alembic("upgrade", "base:heads", "--sql")
    assert both.rc == 1
    rows = load(project.database, both.out)
    assert revisions_of(rows) == ["r0", "r1"]
    (broken,) = [row for row in problems_of(rows) if row["state"] == "broken off"]
    assert broken["reason"] == (
        "not loaded: Alembic stopped there: AttributeError: 'NoneType' object has no attribute 'fetchall'"
    )


def test_cut_off_anywhere(project):
    """Whatever is missing at the end: what was loaded is right, and that something is missing is said, but for
    the blank lines at the end."""
    project.database.install()
    project.revision("a", upgrade="op.execute(\"SELECT 'it''s; $$'\")")
    project.revision("b", "a", upgrade="op.execute('DO $$ BEGIN PERFORM 1; END $$')")
    project.revision("c", "a", upgrade=execute("-- Running upgrade a -> z\nSELECT 1"))
    project.revision("m", ("b", "c"), upgrade="op.execute('SELECT (1)')")
    sql = printed(project, "upgrade", "base:heads")
    first = sql.index("-- Running upgrade  -> a") + len("-- Running upgrade  -> a")
    load(project.database, sql)
    whole = graph(project.database)
    sent = {revision: statements(project.database, revision) for revision in whole}
    end = len(sql.rstrip().rstrip(";"))
    for cut in range(first, len(sql)):
        project.database.sql("TRUNCATE migfix.revision, migfix.revision_statement")
        rows = load(project.database, sql[:cut])
        known = graph(project.database)
        assert known == {revision: whole[revision] for revision in known}, sql[:cut]
        for revision in known:
            assert statements(project.database, revision) == sent[revision], sql[:cut]
        broken = [row for row in rows if row["state"] == "broken off"]
        assert len(broken) == (1 if cut < end else 0), sql[:cut]


def test_log_among_the_sql(project):
    project.database.install()
    line(project, 3)
    result = project.good("upgrade", "base:heads", "--sql")
    assert "INFO  Running upgrade r0 -> r1" in result.out
    rows = load(project.database, result.out)
    assert graph(project.database) == alembic_graph(project, ["r0", "r1", "r2"])
    (log,) = problems_of(rows)
    assert log["state"] == "not SQL" and "6 lines of Alembic's log" in log["reason"]
    assert "2>alembic.log" in log["reason"]


def test_print_in_a_migration(project):
    project.database.install()
    project.revision("a", upgrade="print(\"it's beginning\")\nop.execute('SELECT 1')\nprint(\"that's it\")")
    # A quote that is printed turns literals inside out up to the next one; then an id is a number with junk.
    project.revision("0b", "a", upgrade="print(\"it's so\")\nop.execute('SELECT 2')\nprint('done')\nop.execute('SELECT 3')")
    rows = load(project.database, printed(project, "upgrade", "base:heads"))
    assert graph(project.database) == alembic_graph(project, ["a", "0b"])
    assert statements(project.database, "a") == ["SELECT 1"]
    assert statements(project.database, "0b") == ["SELECT 2", "SELECT 3"]
    assert [(row["revision"], row["state"], row["reason"]) for row in problems_of(rows)] == [
        ("a", "not SQL", "no SQL, passed over: it's beginning"),
        ("a", "not SQL", "no SQL, passed over: that's it"),
        ("0b", "not SQL", "no SQL, passed over: it's so"),
        ("0b", "not SQL", "no SQL, passed over: done"),
    ]


def test_print_beside_an_id_with_a_quote(project):
    """Two things that are read by their text alone, one behind the other."""
    project.database.install()
    project.revision("it's", upgrade="print('done')")
    project.revision("b", "it's", upgrade="print('done')")
    project.revision("c", "b", upgrade="op.execute('SELECT 1')\nprint('done')")
    rows = load(project.database, printed(project, "upgrade", "base:heads"))
    assert graph(project.database) == alembic_graph(project, ["it's", "b", "c"])
    assert statements(project.database, "c") == ["SELECT 1"]
    assert [row["state"] for row in problems_of(rows)] == ["not SQL"] * 3 + ["quote"]


def test_stray_quote_costs_one_statement(project):
    project.database.install()
    project.revision("a", upgrade="op.execute(\"SELECT 'abc\")")
    project.revision("b", "a", upgrade="op.execute('SELECT (1')\nop.execute('SELECT 2')")
    project.revision("c", "b", upgrade="op.execute('DO $$ x')")
    rows = load(project.database, printed(project, "upgrade", "base:heads"))
    assert graph(project.database) == alembic_graph(project, ["a", "b", "c"])
    assert [(row["revision"], row["state"]) for row in problems_of(rows)] == [
        ("a", "syntax"), ("b", "syntax"), ("c", "syntax"),
    ]
    assert statements(project.database, "b") == [None, "SELECT 2"]


def test_odd_ids(project):
    project.database.install()
    ids = ["it's", "a 'quoted' one", "bücher", "x" * 40, "a, b", 'dou"ble', "$$", "back\\slash", "ende"]
    for number, name in enumerate(ids):
        project.revision(name, ids[number - 1] if number else None, upgrade=f"op.execute('SELECT {number}')")
    project.revision("other", "it's", depends_on=("a, b",))
    project.revision("merge", ("ende", "other"))
    rows = load(project.database, printed(project, "upgrade", "base:heads"))
    order = revisions_of(rows)
    assert graph(project.database) == alembic_graph(project, order)
    for number, name in enumerate(ids):
        assert statements(project.database, name) == [f"SELECT {number}"]
    assert {row["state"] for row in problems_of(rows)} == {"quote", "too long"}


@pytest.mark.parametrize("change", [lambda sql: "\ufeff" + sql, lambda sql: sql.replace("\n", "\r\n"),
                                    lambda sql: "\ufeff" + sql.replace("\n", "\r\n"),
                                    lambda sql: sql.rstrip(), lambda sql: sql.rstrip().rstrip(";"),
                                    lambda sql: sql.replace("  ->", " ->").replace(" \n", "\n")],
                         ids=["BOM", "CRLF", "BOM and CRLF", "no line end", "no last semicolon", "blanks stripped"])
def test_another_shape_of_the_text(project, change):
    project.database.install()
    project.revision("a", upgrade=execute("SELECT 'x\ny'"))
    project.revision("b", "a", upgrade=execute("SELECT 2"))
    sql = printed(project, "upgrade", "base:heads")
    load(project.database, sql)
    rows = load(project.database, change(sql))
    assert [(row["revision"], row["state"]) for row in rows] == [("a", "unchanged"), ("b", "unchanged")]


def test_scripts_keep_what_the_sql_does_not_tell(project):
    project.database.install()
    project.revision("d", branch_labels=("lib",))
    project.revision("a")
    project.revision("b", "a", depends_on=("lib",), upgrade="op.execute('SELECT 1')")
    files = "".join(
        f"# file: {path.name}\n{path.read_text()}" for path in sorted((project.path / "versions").glob("*.py"))
    )
    project.database.sql("SELECT * FROM migfix_load_scripts(%s)", files)
    load(project.database, printed(project, "upgrade", "base:heads"))
    assert graph(project.database)["b"] == (["a"], ["lib"])
    assert project.database.values("SELECT branch_labels FROM migfix.revision WHERE revision = 'd'") == [["lib"]]


@pytest.mark.parametrize(
    "body", ["repeat('SELECT 1;', 3000000)", "'SELECT 1' || repeat(', 1', 10000000)"], ids=["statements", "one statement"]
)
def test_cancel(database, body):
    database.install()
    database.sql("SET statement_timeout = '300ms'")
    started = time.monotonic()
    with pytest.raises(psycopg2.errors.QueryCanceled):
        database.sql(f"SELECT * FROM migfix_load_sql(E'-- Running upgrade  -> a\\n\\n' || {body})")
    assert time.monotonic() - started < 10
    assert database.values("SELECT count(*) FROM migfix.revision") == [0]
