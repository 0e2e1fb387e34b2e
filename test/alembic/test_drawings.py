"""migfix_graph('dot') and migfix_graph('mermaid'), drawn by Graphviz and by mermaid themselves: what they show is
read out of their SVG and compared with the graph, so that no name is lost, changed or taken for markup.

mermaid is its own npm package, fetched by npm, of one version and with one digest. Where npm cannot fetch it, its
tests are skipped and say so.
"""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import tarfile
import xml.etree.ElementTree

import psycopg2
import pytest

MERMAID = "mermaid@11.12.3"
MERMAID_SHA512 = "wN5ZSgJQIC+CHJut9xaKWsknLxaFBwCPwPkGTSUYrTiHORWvpT8RxGk849HPnpUAQ+/9BPRqYb80jTpearrHzQ=="
BUNDLE = "package/dist/mermaid.min.js"
ROOT = pathlib.Path(__file__).parents[2]
TIMEOUT = 180  # seconds for anything that runs outside
SVG = "{http://www.w3.org/2000/svg}"

# revision, down_revision, depends_on, branch_labels, message
PLAIN = [
    ("a1", [], [], [], "create users"),
    ("a2", ["a1"], [], [], None),
    ("b1", ["a2"], [], ["billing"], "billing"),
    ("c1", ["a2"], [], ["search", "index"], "search"),
    ("c2", ["c1"], [], [], "more of it"),
    ("m1", ["b1", "c2"], [], [], "merge"),
    ("x1", [], [], ["lib"], "a library"),
    ("x2", ["x1"], [], [], None),
    ("a3", ["m1"], ["x1"], [], "needs the library"),
    ("n1", ["m1"], ["lib"], [], "so does this"),
]

# What means something to Graphviz, to mermaid, to Markdown, to HTML or to a terminal.
HOSTILE = [
    'say "hi"', "it's", "back\\slash", "\\N \\G \\l\\r\\n", "a<b>c</b>", "<br/>x", "&amp; &#60; &eacute; R&D",
    "#quot; #35; #", "; -- 1", "{brace} [square] (round) |pipe|", "a --> b", "end", "subgraph x", "class a b",
    "%% comment", "1. one", "2) two", "- dash", "+ plus", "=== x", "---", "# heading", "> quote", "`tick`", "```",
    "__init__ _x_ add_column", "*a* **b**", "~~gone~~", "$$x^2$$", "fa:fa-car", "https://example.org/?a=1&b=2",
    "![i](u) [l](u)", "\u00e9\u6f22\u5b57\U0001f600", "\u05d0\u05d1 \u202e x", "a\u2028b\u0085c", "a\u00a0b", "`md`: _y_ *z*",
    "x" * 60, "drop table \"a\".\"b\";", "<script>alert(1)</script>", "@{shape: rect}", "graph TD", "?!=~^",
]



def register(database, revisions):
    for revision in revisions:
        states = database.values("SELECT state FROM migfix_register(%s, %s, %s, %s, %s)", *revision)
        assert states[0] == "added", revision


def expected_nodes(revisions):
    """The lines of each revision's box, by its id. Labels, heads and so on as `alembic history` marks them."""
    children = [parent for revision in revisions for parent in revision[1]]
    boxes = {}
    for revision, parents, _, labels, message in revisions:
        marks = [*labels]
        marks += ["head"] if revision not in children else []
        marks += ["branchpoint"] if children.count(revision) > 1 else []
        marks += ["mergepoint"] if len(parents) > 1 else []
        boxes[revision] = [" ".join([revision, *(f"({mark})" for mark in marks)])] + ([message] if message else [])
    return boxes


def expected_edges(revisions, tables):
    owner = {label: revision for revision, _, _, labels, _ in revisions for label in labels}
    edges = [(parent, revision) for revision, parents, *_ in revisions for parent in parents]
    edges += [(owner.get(name, name), revision) for revision, _, needed, *_ in revisions for name in needed]
    return sorted(edges + [(table, revision) for table, stands in tables.items() for revision in stands])


def assert_shows(revisions, tables, nodes, edges):
    """`nodes`: lines by name of box, r0, r1, ... in the order of loading, then t0, ...; `edges`: pairs of names."""
    texts = [*expected_nodes(revisions).values(), *([table] for table in tables)]
    names = [f"r{i}" for i in range(len(revisions))] + [f"t{i}" for i in range(len(tables))]
    shown = {name: [line.replace("\u00a0", " ") for line in lines] for name, lines in nodes.items()}
    assert shown == {name: [line.replace("\u00a0", " ") for line in lines] for name, lines in zip(names, texts)}
    named = dict(zip(names, [*(revision[0] for revision in revisions), *tables]))
    assert sorted((named[start], named[end]) for start, end in edges) == expected_edges(revisions, tables)


def drawn(database, drawing):
    return "".join(line + "\n" for line in database.values("SELECT migfix_graph(%s)", drawing))


def by_dot(text):
    """The boxes and the edges that Graphviz draws."""
    process = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, timeout=TIMEOUT)
    # A plain environment may lack the fonts; that is no matter of the text.
    complaints = [line for line in process.stderr.decode().splitlines() if "font" not in line.lower()]
    assert (process.returncode, complaints) == (0, []), text
    nodes, edges = {}, []
    for group in xml.etree.ElementTree.fromstring(process.stdout).iter(f"{SVG}g"):
        title = group.findtext(f"{SVG}title")
        if group.get("class") == "node":
            nodes[title] = [line.text for line in group.iter(f"{SVG}text")]
        elif group.get("class") == "edge":
            start, end = title.split("->")
            edges.append((end, start) if end.startswith("t") else (start, end))
    return nodes, edges


@pytest.fixture(scope="session")
def mermaid(tmp_path_factory):
    """mermaid's bundle. Fetched once, and kept under build/."""
    directory = ROOT / "build" / MERMAID
    bundle = directory / BUNDLE
    if not bundle.exists():
        fetched = tmp_path_factory.mktemp("npm")
        command = ["npm", "pack", "--loglevel=error", "--cache=cache", "--fetch-retries=1", "--fetch-timeout=20000", MERMAID]
        npm = subprocess.run(command, cwd=fetched, capture_output=True, text=True, timeout=TIMEOUT)
        if npm.returncode != 0:
            pytest.skip(f"npm cannot fetch {MERMAID}: {' '.join(npm.stderr.split())[:200]}")
        (package,) = fetched.glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        assert digest == MERMAID_SHA512, f"{package.name} is not the package that it should be"
        directory.mkdir(parents=True, exist_ok=True)
        with tarfile.open(package) as archive:
            archive.extract(BUNDLE, directory)
    return bundle


def by_mermaid(bundle, text, path):
    """The boxes and the edges that mermaid draws."""
    diagram = path / "drawing.mmd"
    diagram.write_text(text)
    script = pathlib.Path(__file__).parent / "render_mermaid.js"
    # Where Debian keeps its packages for Node.js, whose own one looks there unasked.
    env = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}
    process = subprocess.run(["node", script, bundle, diagram], capture_output=True, text=True, timeout=TIMEOUT, env=env)
    assert process.returncode == 0, f"{process.stderr}\n{text}"
    picture = json.loads(process.stdout)
    return picture["nodes"], [tuple(edge.split(" ")) for edge in picture["edges"]]


def plain(database):
    """The small graph, with version tables on it. Returns its revisions, and where each table stands."""
    register(database, PLAIN)
    schema = '"Te nant <b>&amp; ""1"" |x|"'
    tables = {"public.alembic_version": ["x1", "c1"], f"{schema}.alembic_version": ["a3"]}
    database.sql(f"CREATE SCHEMA {schema}")
    for table, stands in tables.items():
        database.sql(f"CREATE TABLE {table} (version_num varchar(32) PRIMARY KEY)")
        for revision in stands:
            database.sql(f"INSERT INTO {table} VALUES (%s)", revision)
    return PLAIN, dict(sorted(tables.items()))


def hostile(database):
    """Every text as a message and in a label, and as an id where it may be one. Returns as plain() does."""
    revisions = []
    ids = 0
    for number, text in enumerate(HOSTILE):
        parents = [revisions[-1][0]] if number % 5 else []
        revisions.append((f"r{number}", parents, [], [f"{text} {number}"], text))
        register(database, revisions[-1:])
        as_id = (text, [f"r{number}"], [], [], None)
        try:
            register(database, [as_id])
        except psycopg2.errors.InvalidParameterValue:  # a step or a range on the command line
            continue
        revisions.append(as_id)
        ids += 1
    assert ids > 30
    return revisions, {}


@pytest.mark.parametrize("graph", [plain, hostile])
def test_dot_shows_the_graph(database, graph):
    database.install()
    revisions, tables = graph(database)
    assert_shows(revisions, tables, *by_dot(drawn(database, "dot")))


@pytest.mark.parametrize("graph", [plain, hostile])
def test_mermaid_shows_the_graph(database, mermaid, tmp_path, graph):
    database.install()
    revisions, tables = graph(database)
    assert_shows(revisions, tables, *by_mermaid(mermaid, drawn(database, "mermaid"), tmp_path))
