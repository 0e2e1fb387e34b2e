"""Revision files in the styles that Alembic's templates and people have written, for scripts_test.py."""

import sys

# What stands in a file's header, by the age of Alembic's template (see doc of each release's script.py.mako).
DOC = '"""{message}\n\nRevision ID: {rev}\nRevises: {revises}\nCreate Date: 2024-05-06 07:08:09.123456\n\n"""\n'
BODY = "\n\ndef upgrade(){arrow}:\n    {up}\n\n\ndef downgrade(){arrow}:\n    pass\n"
IMPORTS = "from alembic import op\nimport sqlalchemy as sa\n"
IDENTIFIERS = "revision = {rev_repr}\ndown_revision = {down}\n"
LABELS = "branch_labels = {labels}\ndepends_on = {deps}\n"
COMMENT = "\n# revision identifiers, used by Alembic.\n"

TEMPLATES = {
    "0.2": DOC + COMMENT + IDENTIFIERS + "\n" + IMPORTS + BODY,
    "0.7": DOC + COMMENT + IDENTIFIERS + LABELS + "\n" + IMPORTS + BODY,
    "0.8.8": DOC + IMPORTS + "\n" + COMMENT + IDENTIFIERS + LABELS + BODY,
    "1.8": DOC + IMPORTS + "\n" + COMMENT + IDENTIFIERS + LABELS + BODY,
    "1.11.2": DOC + "from typing import Sequence, Union\n\n" + IMPORTS + "\n" + COMMENT
              + "revision: str = {rev_repr}\ndown_revision: Union[str, None] = {down}\n"
              + "branch_labels: Union[str, Sequence[str], None] = {labels}\ndepends_on: Union[str, Sequence[str], None] = {deps}\n" + BODY,
    "1.15": DOC + "from typing import Sequence, Union\n\n" + IMPORTS + "\n" + COMMENT
            + "revision: str = {rev_repr}\ndown_revision: Union[str, Sequence[str], None] = {down}\n"
            + "branch_labels: Union[str, Sequence[str], None] = {labels}\ndepends_on: Union[str, Sequence[str], None] = {deps}\n"
            + "\n\ndef upgrade(){arrow}:\n    \"\"\"Upgrade schema.\"\"\"\n    {up}\n\n\ndef downgrade(){arrow}:\n    \"\"\"Downgrade schema.\"\"\"\n    pass\n",
    "future": DOC + "from __future__ import annotations\n\n" + IMPORTS + COMMENT + IDENTIFIERS + LABELS + BODY,
    "cookie": "# -*- coding: utf-8 -*-\n" + DOC + COMMENT + IDENTIFIERS + LABELS + IMPORTS + BODY,
}

HEAD = "revision = 'r1'\ndown_revision = None\n"

# (file name, text): each as a file of its own, compared with what Alembic makes of it.
FILES = [
    ("plain.py", "revision = 'r1'\ndown_revision = None\n"),
    ("double.py", 'revision = "r1"\ndown_revision = "r0"\n'),
    ("triple.py", 'revision = """r1"""\ndown_revision = \'\'\'r0\'\'\'\n'),
    ("raw.py", "revision = r'r1'\ndown_revision = u'r\\x30'\n"),
    ("implicit.py", "revision = 'r' '1'\ndown_revision = ('r'\n   'x' \"0\")\n"),
    ("plus.py", "revision = 'r' + '1'\ndown_revision = 'a' + ('b' + 'c')\n"),
    ("constant.py", "PREFIX = 'r'\nrevision = PREFIX + '1'\ndown_revision = PREFIX + '0'\n"),
    ("annotated.py", "from typing import Union\nrevision: str = 'r1'\ndown_revision: Union[str, None] = None\ndepends_on: str\n"),
    ("union.py", "from __future__ import annotations\nrevision: str | None = 'r1'\ndown_revision: tuple[str, ...] = ('a', 'b')\n"),
    ("tuple.py", "revision, down_revision = 'r1', None\n"),
    ("nested.py", "(revision, (down_revision, depends_on)), branch_labels = ('r1', ('r0', None)), ['x']\n"),
    ("chain.py", "revision = identifier = 'r1'\ndown_revision = depends_on = None\n"),
    ("bare_tuple.py", "revision = 'r1'\ndown_revision = 'a', 'b'\n"),
    ("one_tuple.py", "revision = 'r1'\ndown_revision = ('a',)\n"),
    ("list.py", "revision = 'r1'\ndown_revision = ['a', 'b']\ndepends_on = ['c']\nbranch_labels = ['x', 'y']\n"),
    ("set.py", "revision = 'r1'\ndown_revision = None\nbranch_labels = {'x', 'y'}\ndepends_on = {'q'}\n"),
    ("empty.py", "revision = 'r1'\ndown_revision = ()\nbranch_labels = []\ndepends_on = ()\n"),
    ("last.py", "revision = 'old'\nrevision = 'r1'\ndown_revision = 'x'\ndown_revision = None\n"),
    ("augmented.py", "revision = 'r'\nrevision += '1'\ndown_revision = ('a',)\ndown_revision += ('b',)\n"),
    ("equal_if.py", "import sys\nif sys.argv:\n    revision = 'r1'\nelse:\n    revision = 'r1'\ndown_revision = None\n"),
    ("true_if.py", "if True:\n    revision = 'r1'\nelse:\n    revision = 'r2'\ndown_revision = None\n"),
    ("type_checking.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import x.y\n" + HEAD),
    ("conditional.py", "revision = 'r1' if True else 'r2'\ndown_revision = None if '' else 'a'\n"),
    ("starred.py", "A = ['a', 'b']\nrevision = 'r1'\ndown_revision = (*A, 'c')\n"),
    ("index.py", "A = ['a', 'b']\nD = {'x': 'y'}\nrevision = A[1]\ndown_revision = D['x']\n"),
    ("builtin.py", "revision = 'r1'\ndown_revision = tuple(['a'])\nbranch_labels = frozenset(('x',))\ndepends_on = list()\n"),
    ("with.py", "import contextlib\nwith contextlib.nullcontext():\n    revision = 'r1'\ndown_revision = None\n"),
    ("semicolon.py", "revision = 'r1'; down_revision = None; branch_labels = 'x'\n"),
    ("continuation.py", "revision = \\\n    'r1'\ndown_revision \\\n  = None\n"),
    ("comments.py", "revision = 'r1'  # revision = 'no'\ndown_revision = (  # comment\n  'a',  # b\n)\n"),
    ("text_inside.py", '"""doc\n\nrevision = "no"\n"""\nX = """\nrevision = \'no\'\ndown_revision = \'no\'\n"""\n' + HEAD),
    ("nested_names.py", HEAD + "def upgrade():\n    revision = 'no'\n    down_revision = 'no'\nclass A:\n    revision = 'no'\n"),
    ("deleted.py", "revision = 'r1'\ndown_revision = None\ndepends_on = 'a'\ndel depends_on\n"),
    ("bom.py", "\ufeffrevision = 'r1'\ndown_revision = None\n"),
    ("bom_cookie.py", "\ufeff# -*- coding: utf-8 -*-\n\"\"\"d\u00e9j\u00e0 vu\"\"\"\nrevision = 'r1'\ndown_revision = None\n"),
    ("crlf.py", '"""first\r\nline two\r\n\r\nsecond\r\n"""\r\nrevision = \'r1\'\r\ndown_revision = (\r\n\'a\',\r\n)\r\n'),
    ("cr.py", "revision = 'r1'\rdown_revision = None\r"),
    ("formfeed.py", "\f\nrevision = 'r1'\n\fdown_revision = None\n"),
    ("tabs.py", "if True:\n\trevision = 'r1'\n\tif True:\n\t\tdown_revision = None\n"),
    ("unicode.py", '"""\u00fcber \u2014 caf\u00e9"""\nrevision = \'r1\'\ndown_revision = None\nbranch_labels = "\\u00fc"\nn\u00e4me = 1\n'),
    ("no_newline.py", "revision = 'r1'\ndown_revision = None"),
    ("doc_paragraphs.py", '"""\n  a message\nof two lines\n\nsecond\n\nthird\n"""\n' + HEAD),
    ("doc_crlf.py", '"""a message\r\n\r\nRevision ID: x\r\n"""\r\nrevision = \'r1\'\r\ndown_revision = None\r\n'),
    ("doc_assigned.py", '__doc__ = "set by hand"\n' + HEAD),
    ("doc_implicit.py", '"a " "b"\n' + HEAD),
    ("doc_none.py", "f'no doc'\n" + HEAD),
    # Python 3.13 takes the blanks out of the line between before Alembic sees it.
    *([("doc_space.py", '"""message   \n \n  next"""\n' + HEAD)] if sys.version_info < (3, 13) else []),
    ("empty_down.py", "revision = 'r1'\ndown_revision = ''\n"),
    ("abc123.py", "down_revision = None\n"),
    ("helper.py", "def helper():\n    return 1\n"),
    ("nothing.py", ""),
    ("int.py", "revision = 12\ndown_revision = None\n"),
    ("int_down.py", "revision = 'r1'\ndown_revision = 12\n"),
    ("illegal.py", "revision = 'a-b'\ndown_revision = None\n"),
    ("loop.py", "revision = 'r1'\ndown_revision = 'r1'\n"),
    ("dep_loop.py", "revision = 'r1'\ndown_revision = None\ndepends_on = ('x', 'r1')\n"),
    ("missing_down.py", "revision = 'r1'\n"),
    ("syntax.py", "revision = 'r1'\ndown_revision = (\n"),
    ("python2.py", "revision = 'r1'\ndown_revision = None\nprint 'x'\n"),
    ("modern.py", HEAD + "def upgrade():\n    match x:\n        case {'a': [1, *_], **k} if k: pass\n        case A(b=1) | None: revision = 1\n    if (n := 3) > 2: pass\n"
                  "    async def f(a, /, b=1, *args: int, c, **kw) -> dict[str, int]:\n        async with a as b, c: pass\n        return [x async for x in y if x]\n"
                  "    lambda *a, k=1, **q: (yield)\n    x = a if b else c; y = not -x ** ~2 // 3 @ 4\n    print(f'{x!r:>{width}} {\"a\"}', *a, **b, sep='')\n"
                  "    try: pass\n    except* E: pass\n    with (open('a') as f, open('b')): pass\n    d = {**a, 'b': {1, 2}, 'c': {k: v for k, v in z}}\n"
                  "    x[1:2, ..., ::3] = 0x1F + 1_000j + 1e-5\n    global g\n    nonlocal_ = 1\n    assert x, 'y'\n    raise A from B\n"),
    ("shadow.py", "match = [1]\ntype = 2\ncase = 3\nmatch[0:1]\n" + HEAD),
    ("decorated.py", "import functools\n" + HEAD + "@functools.lru_cache(maxsize=None)\ndef upgrade() -> None: pass\n@functools.wraps\nclass A(object, metaclass=type): x: int = 1\n"),
]

# What cannot be read statically: Alembic loads it, we say why we do not.
COMPUTED = [
    ("file.py", "import os\nrevision = os.path.basename(__file__)\ndown_revision = None\n"),
    ("fstring.py", "x = 1\nrevision = f'r{x}'\ndown_revision = None\n"),
    ("format.py", "revision = 'r%d' % 1\ndown_revision = None\n"),
    ("globals.py", "globals()['revision'] = 'r1'\ndown_revision = None\n"),
    ("loop_assign.py", "for revision in ['r1']:\n    pass\ndown_revision = None\n"),
    ("different_if.py", "import sys\nif sys.argv:\n    revision = 'r1'\nelse:\n    revision = 'r2'\ndown_revision = None\n"),
    ("one_if.py", "import sys\nrevision = 'r1'\nif len(sys.argv) > 99:\n    revision = 'r2'\ndown_revision = None\n"),
    ("try.py", "try:\n    revision = 'r1'\nexcept Exception:\n    revision = 'r2'\ndown_revision = None\n"),
    ("append.py", "revision = 'r1'\ndown_revision = ['a']\ndown_revision.append('b')\n"),
    ("function.py", "def f():\n    return 'r1'\nrevision = f()\ndown_revision = None\n"),
    ("comprehension.py", "revision = 'r1'\ndown_revision = [x for x in ('a', 'b')]\n"),
    ("walrus.py", "revision = (x := 'r1')\ndown_revision = None\n"),
    ("lower.py", "revision = 'R1'.lower()\ndown_revision = None\n"),
    ("bytes.py", "revision = b'r1'.decode()\ndown_revision = None\n"),
]
