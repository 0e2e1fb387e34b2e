"""What happens to version rows and schemas. Each corruption takes a Scene, damages its database and answers a
Damage, or raises NotHere. All of them are in KINDS."""

import re

import psycopg2

import hand_damage
from project import Failed, is_data
from scene import Damage, NotHere

# --- version rows alone


def rows_lost(scene):
    if not scene.index:
        raise NotHere
    scene.session.sql("DROP TABLE alembic_version")
    return Damage("the version table was dropped")


def rows_cleared(scene):
    if not scene.index:
        raise NotHere
    scene.session.sql(scene.rng.choice(["DELETE FROM alembic_version", "TRUNCATE alembic_version"]))
    return Damage("the version rows were deleted")


def rows_stale(scene):
    earlier = scene.below()
    scene.session.set_versions(scene.walk.heads(earlier))
    return Damage(f"rows put back to {scene.walk.heads(earlier)}, state {earlier}")


def rows_ahead(scene):
    later = scene.above()
    ensure_table(scene)
    scene.session.set_versions(scene.walk.heads(later))
    return Damage(f"rows moved on to {scene.walk.heads(later)}, state {later}")


def rows_overlapping(scene):
    able = sorted(set().union(*(scene.walk.graph.below[head] for head in scene.heads)) if scene.heads else ())
    if not able:
        raise NotHere
    more = scene.rng.sample(able, scene.rng.randint(1, min(2, len(able))))
    scene.session.set_versions([*scene.heads, *more])
    return Damage(f"ancestors {more} recorded beside {scene.heads}")


def rows_duplicated(scene):
    if not scene.index:
        raise NotHere
    twice = scene.rng.choice(scene.heads)
    scene.session.sql("ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc")
    scene.session.sql("INSERT INTO alembic_version VALUES (%s)", twice)
    return Damage(f"the key was dropped and {twice} recorded twice")


def rows_unknown(scene):
    if not scene.index:
        raise NotHere
    unknown = f"{scene.rng.getrandbits(48):012x}"
    if scene.rng.random() < 0.5:
        scene.session.set_versions([*scene.heads[1:], unknown])
        return Damage(f"{scene.heads[0]} overwritten by {unknown}, which nobody knows")
    scene.session.sql("INSERT INTO alembic_version VALUES (%s)", unknown)
    return Damage(f"{unknown}, which nobody knows, recorded beside {scene.heads}")


def rows_of_newer_code(scene):
    """The database was upgraded by newer code than what migfix has loaded: neither the rows nor the objects of that
    code can be judged."""
    known = scene.below()
    heads = scene.heads
    if scene.watched or not known or set(heads) & scene.walk.applied(known):
        raise NotHere
    newer = scene.walk.dumps[scene.index].items - scene.walk.dumps[known].items
    if not newer:
        raise NotHere
    return Damage(f"the rows {heads} and some objects are of newer code than what is loaded",
                  beside="unknown rows beside objects of newer code", decided_by_target=False,
                  loaded=scene.walk.applied(known))


def ensure_table(scene):
    """`alembic ensure_version`, which the guard sees."""
    scene.session.sql("RESET migfix.guard")
    scene.session.sql("CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32) NOT NULL"
                      " CONSTRAINT alembic_version_pkc PRIMARY KEY)")
    scene.session.sql("SET migfix.guard = off")


# --- objects that came past Alembic

NAME = r'(?:"(?:[^"]|"")+"|\w+)'
ON_TABLE = re.compile(
    rf"^(?:ALTER TABLE(?: ONLY)?|CREATE (?:UNIQUE )?INDEX {NAME} ON(?: ONLY)?|COMMENT ON TABLE|COMMENT ON COLUMN|"
    rf"CREATE TABLE|CREATE UNLOGGED TABLE|ALTER SEQUENCE {NAME}\.{NAME} OWNED BY) ({NAME}\.{NAME})",
    re.MULTILINE,
)
# What create_all makes: no views, functions, triggers or extensions.
OF_METADATA = ("TABLE", "SEQUENCE", "SEQUENCE OWNED BY", "DEFAULT", "CONSTRAINT", "FK CONSTRAINT", "CHECK CONSTRAINT",
               "INDEX", "COMMENT", "TABLE ATTACH", "INDEX ATTACH")


def create_all(scene):
    """The program's create_all at a later revision: types and tables that are missing come into being as they are
    at that revision, with their indexes and constraints; a table that is there is passed over, whatever it lacks."""
    if scene.index == len(scene.walk.order):
        raise NotHere
    later = scene.above()
    made = make_missing(scene, scene.walk.dumps[later])
    if not made:
        raise NotHere
    between = scene.walk.applied(later) - scene.walk.applied(scene.index)
    hidden = [one for one in scene.walk.order if one in between and scene.walk.hides(one)]
    told = f"create_all of state {later} ({scene.walk.heads(later)}) made {', '.join(made)}"
    twice = [name for name in renamed_to(scene, between) if f"table {name}" in made]
    if twice:
        return Damage(told, beside=f"{', '.join(twice)} is a new name, and the table is there under its old one too",
                      decided_by_target=False)
    return Damage(
        told,
        beside=f"{', '.join(hidden)} changed rows, among revisions whose objects were made past Alembic" if hidden else None,
    )


def renamed_to(scene, revisions):
    """The new names that these revisions give to tables."""
    for revision in revisions:
        for statement in scene.project.statements[revision]:
            found = re.match(rf"ALTER TABLE .* RENAME TO ({NAME})$", statement)
            if found:
                yield found.group(1).strip('"')


def make_missing(scene, target):
    """The names of what was made."""
    here = scene.walk.dumps[scene.index]
    there = {(block.kind, block.schema, block.name) for block in here.blocks}
    missing = [block for block in target.blocks if (block.kind, block.schema, block.name) not in there]
    schemas = {block.schema for block in here.blocks} | {"public"}
    tables = {
        ON_TABLE.search(block.text).group(1) for block in missing if block.kind == "TABLE" and block.schema in schemas
    }
    wanted = []
    for block in missing:
        found = ON_TABLE.search(block.text)
        if block.kind in ("TYPE", "DOMAIN"):
            wanted.append(block)
        elif block.kind in OF_METADATA and found and found.group(1) in tables:
            wanted.append(block)
        elif block.kind == "SEQUENCE" and not found:
            wanted.append(block)
    text = "\n".join(block.text for block in wanted)
    made = []
    for block in wanted:
        if block.kind == "SEQUENCE" and text.count(block.name) == block.text.count(block.name):
            continue  # nothing of what is made uses it
        try:
            scene.session.sql(block.text)
        except psycopg2.Error:
            continue  # it needs something that only a revision makes
        if block.kind in ("TABLE", "TYPE", "INDEX"):
            made.append(f"{block.kind.lower()} {block.name}")
    return made


def half_applied(scene):
    """The first statements of the next revision have run, each for itself, and then it broke off."""
    if scene.index == len(scene.walk.order):
        raise NotHere
    revision = scene.walk.order[scene.index]
    statements = scene.project.statements[revision]
    if not statements:
        raise NotHere
    count = scene.rng.randint(1, len(statements))
    for statement in statements[:count]:
        scene.session.sql(statement)
    # Whether a statement that changes rows was the last to run, or would have been the next, no one can see.
    edge = statements[count - 1 : count + 1]
    beside = f"{revision} broke off beside a statement that changes rows" if any(map(is_data, edge)) else None
    return Damage(f"{count} of {len(statements)} statements of {revision} have run, it is not recorded", beside,
                  decided_by_target=False, rows_unseen=all(map(is_data, statements[count:])))


def leftover_enum(scene):
    """A downgrade whose revision forgets the type that it made."""
    revision = scene.walk.graph.revisions[scene.walk.order[scene.index - 1]]
    scene.project.downgrade(scene.dbname, (revision.down or ("base",))[0])
    return Damage(f"downgrade of {revision.id}, which left its type behind")


def can_leave_enum(walk, index):
    if not index:
        return False
    revision = walk.graph.revisions[walk.order[index - 1]]
    is_last = walk.heads(index) == [revision.id] and len(revision.down) == min(index - 1, 1)
    return revision.leaves_enum and is_last and not revision.depends_on


KINDS = {
    function.__name__: function
    for function in (rows_lost, rows_cleared, rows_stale, rows_ahead, rows_overlapping, rows_duplicated, rows_unknown,
                     rows_of_newer_code, create_all, half_applied, leftover_enum)
} | hand_damage.KINDS
# No one can put these right but a person: a repair would be a guess.
NEVER_REPAIRED = {"rows_of_newer_code"}
# Those, and what may be left to a person each time.
MAY_ALWAYS_BE_REFUSED = NEVER_REPAIRED | {"altered_enum"}


def fits(kind, walk, index):
    """Whether the kind can be tried at that state at all."""
    if kind == "leftover_enum":
        return can_leave_enum(walk, index)
    if kind in ("create_all", "half_applied", "rows_ahead"):
        return index < len(walk.order)
    return index > 0


def damage(kind, scene):
    """Does it, or raises NotHere."""
    try:
        return KINDS[kind](scene)
    except Failed as error:
        raise AssertionError(f"{kind} could not be done: {error}") from error
