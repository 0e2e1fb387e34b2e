"""Both incidents mended by one call: from the broken state `SELECT * FROM migfix_repair();`, then `alembic upgrade
head`, and the schema is that of a clean upgrade, by pg_dump."""

import pathlib
import sys

import psycopg2
import pytest

from conftest import Database, Project
from test_duplicate_version_key import NEW_COLUMNS, SITUATIONS

sys.path.append(str(pathlib.Path(__file__).parent.parent / "campaign"))
import dump  # noqa: E402

HEADS = {"enum_already_exists": "002", "duplicate_version_key": "pg_add_audit_org_fields"}
CALL = "SELECT * FROM migfix_repair();"


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A function from an incident's name to the dump of a database that was upgraded without a fault."""
    maintenance = psycopg2.connect(dbname="postgres")
    maintenance.autocommit = True
    cursor = maintenance.cursor()
    known = {}

    def dump_of(project):
        name = project.path.name
        if name not in known:
            cursor.execute(f"CREATE DATABASE clean_{name}")
            database = Database(f"clean_{name}")
            Project(project.path, database).good("upgrade", "head")
            known[name] = dump.dump(database.name)
            database.connection.close()
            cursor.execute(f"DROP DATABASE clean_{name}")
        return known[name]

    yield dump_of
    maintenance.close()


def learn(project, source="scripts"):
    """Installs migfix after the accident, as most people will, and makes the revisions known to it."""
    database = project.database
    database.install()
    if source == "scripts":
        text = "".join(
            f"# file: {file.name}\n{file.read_text()}" for file in sorted((project.path / "versions").glob("*.py"))
        )
        database.sql("SELECT * FROM migfix_load_scripts(%s)", text)
    else:
        result = project.good("upgrade", "base:head", "--sql")
        text = "\n".join(line for line in result.out.splitlines() if not line.startswith("INFO "))
        database.sql("SELECT * FROM migfix_load_sql(%s)", text)


def call_of_the_report(database):
    """The last line of the report, which is a call to paste."""
    last = database.report().rstrip().splitlines()[-1]
    assert "SELECT * FROM migfix_repair(" in last, database.report()
    return last[last.index("SELECT") :]


def assert_mended(project, clean):
    """What the real Alembic does next, and what pg_dump shows then."""
    database = project.database
    project.good("upgrade", "head")
    assert database.versions() == [HEADS[project.path.name]]
    assert dump.dump(database.name).difference(clean(project)) == ""
    assert [one for one in database.findings() if one["severity"] == "error"] == []
    # Once more, nothing is to be done.
    assert database.sql(CALL) == []


def steps(plan):
    """What migfix itself is to do; what is left to `alembic upgrade` is named for the reader."""
    return [(step["action"], step["statement"], step["safe"]) for step in plan if step["action"] != "upgrade"]


def repair(project, clean):
    database = project.database
    planned = steps(database.sql("SELECT * FROM migfix_plan()"))
    assert planned, database.report()
    assert all(safe for _, _, safe in planned), planned
    assert steps(database.sql(CALL)) == planned
    assert_mended(project, clean)


# --- incident 1: type "processingstatus" already exists


def only_init_db(project):
    project.python("init_db.py")


def alembic_failed_too(project):
    project.python("init_db.py")
    assert "already exists" in project.alembic("upgrade", "head").out


def empty_version_table(project):
    project.python("init_db.py")
    project.good("ensure_version")


def only_the_enum(project):
    project.python("init_db.py")
    project.database.sql("DROP TABLE audio_files")


def table_lacks_a_column(project):
    project.python("init_db.py")
    project.database.sql("ALTER TABLE audio_files DROP COLUMN duration_seconds")


def one_column(project):
    project.python("init_db.py")
    project.database.sql("ALTER TABLE audio_files ADD COLUMN tag varchar(100)")


def one_column_and_its_index(project):
    one_column(project)
    project.database.sql("CREATE INDEX ix_audio_files_tag ON audio_files (tag)")


def columns_and_one_index(project):
    one_column(project)
    project.database.sql("ALTER TABLE audio_files ADD COLUMN category varchar(100)")
    project.database.sql("CREATE INDEX ix_audio_files_category ON audio_files (category)")


def all_by_hand(project):
    columns_and_one_index(project)
    project.database.sql("CREATE INDEX ix_audio_files_tag ON audio_files (tag)")


def stamped_head_unseen(project):
    """`alembic stamp head` as the hurried way out: the columns are missing and Alembic is content."""
    project.python("init_db.py")
    project.good("stamp", "head")


def rows_deleted(project):
    project.good("upgrade", "head")
    project.database.sql("DELETE FROM alembic_version")


def version_table_dropped(project):
    project.good("upgrade", "head")
    project.database.sql("DROP TABLE alembic_version")


def rows_deleted_below_head(project):
    project.good("upgrade", "001" if project.path.name == "enum_already_exists" else "pg_merge_all_heads")
    project.database.sql("DELETE FROM alembic_version")


FIRST = [only_init_db, alembic_failed_too, empty_version_table, only_the_enum, table_lacks_a_column, one_column,
         one_column_and_its_index, columns_and_one_index, all_by_hand, stamped_head_unseen, rows_deleted,
         version_table_dropped, rows_deleted_below_head]


# Told by the scripts and by the offline SQL in turn.
@pytest.mark.parametrize("break_it, source", [
    pytest.param(break_it, ["scripts", "sql"][place % 2], id=f"{break_it.__name__}-{['scripts', 'sql'][place % 2]}")
    for place, break_it in enumerate(FIRST)
])
def test_enum_already_exists(incident, clean, break_it, source):
    project = incident("enum_already_exists")
    break_it(project)
    learn(project, source)
    repair(project, clean)


def test_rows_of_the_program_stay(incident, clean):
    """Between init_db.py and the repair people have worked."""
    project = incident("enum_already_exists")
    project.python("init_db.py")
    database = project.database
    database.sql("INSERT INTO audio_files (filename, file_path) VALUES ('a.ogg', '/a.ogg'), ('b.ogg', '/b.ogg')")
    learn(project)
    repair(project, clean)
    assert database.values("SELECT filename FROM audio_files ORDER BY 1") == ["a.ogg", "b.ogg"]


# --- incident 2: duplicate key value violates unique constraint "alembic_version_pkc"


@pytest.mark.parametrize("situation", SITUATIONS)
def test_duplicate_version_key(incident, clean, situation):
    """After each way to get there; some of them leave rows and schema in step."""
    project = incident("duplicate_version_key")
    SITUATIONS[situation].play(project)
    learn(project)
    project.database.sql(CALL)
    if situation == "body_writes_the_row":
        # The script itself is wrong, and stays so: the guard has to absorb what it writes.
        project.database.sql(f'ALTER DATABASE "{project.database.name}" SET migfix.guard = heal')
    assert_mended(project, clean)


def recorded_merge(database):
    pass


def recorded_head(database):
    """The last of the old instructions: `alembic stamp head`, whatever the schema is."""
    database.sql("UPDATE alembic_version SET version_num = 'pg_add_audit_org_fields'")


def recorded_both(database):
    database.sql("INSERT INTO alembic_version VALUES ('pg_add_audit_org_fields')")


def recorded_branches(database):
    database.sql("DELETE FROM alembic_version")
    database.sql("INSERT INTO alembic_version VALUES ('pg_add_companies'), ('pg_add_departments')")


def recorded_nothing(database):
    database.sql("DELETE FROM alembic_version")


def recorded_nowhere(database):
    database.sql("DROP TABLE alembic_version")


COLUMNS = list(NEW_COLUMNS)
TYPES = ["uuid", "uuid", "uuid", "varchar(10)", "varchar(500)", "varchar(50)", "varchar(20)"]
SUBSETS = {
    "none": [],
    **{f"first {count}": COLUMNS[:count] for count in range(1, 7)},
    "the last alone": COLUMNS[-1:],
    "one in the middle": COLUMNS[3:4],
    "every second": COLUMNS[::2],
    "all but the first": COLUMNS[1:],
    "all": COLUMNS,
}
RECORDED = [recorded_merge, recorded_head, recorded_both, recorded_branches, recorded_nothing, recorded_nowhere]


# Each of the one with two of the other, so that each of the other is met with four.
MET = [
    pytest.param(recorded, there, id=f"{recorded.__name__}-{there}")
    for place, there in enumerate(SUBSETS)
    for recorded in (RECORDED[place % len(RECORDED)], RECORDED[(place + 3) % len(RECORDED)])
]


@pytest.mark.parametrize("recorded, there", MET)
def test_some_of_the_seven_columns(incident, clean, recorded, there):
    project = incident("duplicate_version_key")
    project.good("upgrade", "pg_merge_all_heads")
    database = project.database
    for name, column_type in zip(COLUMNS, TYPES):
        if name in SUBSETS[there]:
            database.sql(f"ALTER TABLE audit_logs ADD COLUMN {name} {column_type}")
    recorded(database)
    learn(project)
    # The merge changes no object: its two parents stand for the same schema.
    in_step = (recorded, there) in [(recorded_merge, "none"), (recorded_branches, "none"), (recorded_head, "all")]
    if in_step:
        assert steps(database.sql("SELECT * FROM migfix_plan()")) == []
        assert_mended(project, clean)
    else:
        assert [one for one in database.findings() if one["severity"] in ("error", "warning")] != []
        repair(project, clean)


def test_a_column_by_hand_with_another_type(incident, clean):
    """fix_audit_logs_schema.sql made it wider: narrowing it may fail, so it is not done without force."""
    project = incident("duplicate_version_key")
    project.good("upgrade", "pg_merge_all_heads")
    database = project.database
    database.sql("ALTER TABLE audit_logs ADD COLUMN company_id uuid, ADD COLUMN request_path text")
    learn(project)
    with pytest.raises(psycopg2.Error) as raised:
        database.sql(CALL)
    assert raised.value.pgcode == "55000"
    assert "request_path" in str(raised.value)
    assert database.versions() == ["pg_merge_all_heads"]
    assert set(database.columns("audit_logs")) & set(NEW_COLUMNS) == {"company_id", "request_path"}
    database.sql("SELECT * FROM migfix_repair(force => true)")
    assert_mended(project, clean)


# --- the report


@pytest.mark.parametrize("name, break_it", [
    ("enum_already_exists", only_init_db),
    ("enum_already_exists", one_column_and_its_index),
    ("duplicate_version_key", rows_deleted),
    ("duplicate_version_key", rows_deleted_below_head),
], ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_the_report_ends_with_the_call(incident, clean, name, break_it):
    project = incident(name)
    break_it(project)
    learn(project)
    database = project.database
    before = set(database.values("SELECT oid FROM pg_class"))
    call = call_of_the_report(database)
    assert set(database.values("SELECT oid FROM pg_class")) == before  # a report changes nothing
    result = database.paste(call)
    assert "NOTICE:  [1/" in result.out, result
    assert_mended(project, clean)
    assert "migfix_repair(" not in database.report()
