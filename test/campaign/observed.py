"""What was seen of an upgrade against the SQL of the same revisions: they must say the same of every object."""

from databases import Session
from project import OPAQUE

WRONG = ("missing", "different", "unexplained")


def structure(session):
    """Each object that should be there now: (type, name) to (definition, who made it so); and all rows that alarm."""
    rows = [dict(row) for row in session.sql("SELECT * FROM migfix_verify(show_structure => true)")]
    there = {
        (row["object_type"], row["object"]): (row["definition"], row["revision"])
        for row in rows
        if row["state"] in ("missing", "present", "different")
    }
    return there, [row for row in rows if row["state"] in WRONG]


def same_text(what, told, seen):
    return told == seen or what[0] == "view" or "%%" in (told or "") or what[0] == "extension" and told is None


def learnt(server, walk, one_run):
    """What a database exports that was upgraded under migfix's eyes, with nothing loaded; and what is wrong there."""
    dbname, wrong = server.create(), []
    with Session(dbname, guard=None) as session:
        session.sql("CREATE EXTENSION migfix")
        # A session of its own for each revision begins with any statement.
        session.sql(f'ALTER DATABASE "{dbname}" SET session_preload_libraries = migfix')
    if one_run:
        walk.project.upgrade(dbname)
    else:
        # One that does nothing looks like a stamp in a session of its own, and what follows it is not known to then.
        for revision in walk.order:
            if walk.project.statements[revision]:
                walk.project.upgrade(dbname, revision)
        walk.project.upgrade(dbname)
    with Session(dbname) as session:
        session.sql("SELECT * FROM migfix_load_sql(%s)", walk.project.offline_sql)
        told = session.sql("SELECT * FROM migfix_observed()")
        missing = set(walk.order) - {row["revision"] for row in told if row["used"]}
        # Nor are those recorded that do nothing and that nothing follows in their session.
        if missing - {one for one in walk.order if not walk.project.statements[one]}:
            wrong.append(f"not observed: {sorted(missing)}")
        export = session.values("SELECT migfix_export()::text")[0]
    server.drop(dbname)
    return export, wrong


def agree(server, walk, one_run):
    """Texts that say where the two disagree, and how many objects were held against each other.

    At each state of an upgrade that migfix does not see, so that all that a definition names is there for both:
    they are compared letter by letter. Left out is what SQL cannot tell, and only that: objects that come from what
    it hides (DO, CREATE TABLE AS, LIKE), and who changed an object last where that may have been such a statement.
    Nor are letters compared of a view's query: SQL has it as it was written where what it reads has changed since, and
    the eyes saw it with the names of that day; migfix_verify holds both against the view. Nor of an expression with %:
    `alembic upgrade --sql` doubles that. Nor of the comment that an extension brings along.
    """
    export, wrong = learnt(server, walk, one_run)
    count = 0
    dbname = server.create()
    for index, revision in enumerate(walk.order):
        walk.project.upgrade(dbname, revision)
        with Session(dbname) as session:
            session.sql("CREATE EXTENSION IF NOT EXISTS migfix")
            if not index:
                session.sql("SELECT * FROM migfix_load_sql(%s)", walk.project.offline_sql)
                session.sql(f'ALTER DATABASE "{dbname}" SET migfix.learn = off')
            session.sql("SELECT migfix_forget_observed()")
            by_sql, known = structure(session)
            session.sql("SELECT * FROM migfix_import(%s)", export)
            by_eye, alarms = structure(session)
        hidden = any(OPAQUE.match(text) for each in walk.applied(index + 1) for text in walk.project.statements[each])
        # Where SQL does not tell what a revision depends on, both find objects that none of the heads explains.
        wrong += [f"at {revision}, observed: {row}" for row in alarms if row not in known]
        for what in sorted(by_sql.keys() | by_eye.keys()):
            count += 1
            told, seen = by_sql.get(what), by_eye.get(what)
            if told is None and hidden:
                continue
            same = told is not None and seen is not None and same_text(what, told[0], seen[0]) and (hidden or told[1] == seen[1])
            if not same:
                wrong.append(f"at {revision}, {what}: loaded {told}, observed {seen}")
    server.drop(dbname)
    return wrong, count
