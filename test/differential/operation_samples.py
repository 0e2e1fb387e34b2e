"""Bodies of upgrade(): written by hand for what is rare, generated for what is wide."""

HEADER = '''"""sample"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy import Column, Integer, String, ForeignKey, text, func
revision = 'r1'
down_revision = None
'''

# Each is the body of upgrade(), or a whole file's text behind the header if it begins with a newline.
LITERAL = [
    "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))",
    "op.create_table('t', Column('id', Integer(), primary_key=True, autoincrement=False), Column('n', String(3)))",
    "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True, nullable=True))",
    "op.create_table('t', sa.Column('id', sa.BigInteger, nullable=True), sa.PrimaryKeyConstraint('id', name=op.f('pk_t')))",
    "op.create_table('t', sa.Column('a', sa.Integer, primary_key=True), sa.Column('b', sa.Integer, primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, primary_key=True), sa.Column('b', sa.Integer, primary_key=True, autoincrement=True))",
    "op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer), sa.PrimaryKeyConstraint('b', 'a'))",
    "op.create_table('t', sa.Column('a', sa.Integer, primary_key=True), sa.Column('b', sa.Integer), sa.PrimaryKeyConstraint('b'))",
    "op.create_table('t', sa.Column('a', sa.Integer, primary_key=True), sa.PrimaryKeyConstraint(name='pk'))",
    "op.create_table('t', sa.Column('a', sa.Numeric(10, 2), primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.Float, primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.SmallInteger, primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.Sequence('s'), primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.Sequence('s', optional=True), primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.Identity(start=5, increment=2), primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.Identity(always=True, cycle=True, maxvalue=9), nullable=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, server_default=sa.Identity(True)))",
    "op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer, sa.Computed('a * 2', persisted=True)))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.Computed('1')))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.ForeignKey('u.id'), primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.ForeignKey('u.id'), primary_key=True, autoincrement='ignore_fk'))",
    "op.create_table('t', sa.Column('a', sa.Integer, default=5, primary_key=True), sa.Column('b', sa.Integer, default=lambda: 3))",
    "op.create_table('t', sa.Column('a', sa.Integer, server_default='5', primary_key=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.CheckConstraint('a > 0', name='ck'), nullable=False))",
    "op.create_table('t', sa.Column('a', sa.Integer, unique=True), sa.Column('b', sa.Integer, index=True), sa.Column('c', sa.Text, index=True, unique=True))",
    "op.create_table('t', sa.Column('a', sa.Integer, index=True), schema='Sch.x')",
    "op.create_table('a_rather_long_table_name_that_goes_on_and_on', sa.Column('and_a_long_column_name_as_well_indeed', sa.Integer, index=True))",
    "op.create_table('Ta\"ble', sa.Column('select', sa.Integer), sa.Column('Cap', sa.Integer), sa.Column('a b', sa.Integer), sa.Column('9x', sa.Text), sa.Column('x$', sa.Text), sa.Column('$x', sa.Text), sa.Column('\u00e4', sa.Text))",
    "op.create_table('t', sa.Column('a', sa.Integer), comment=\"it's\", schema='s')",
    "op.create_table('t', sa.Column('a', sa.Integer, comment='100% \\\\ of'), comment='x')",
    "op.create_table('t', sa.Column('a', sa.Integer), prefixes=['TEMPORARY'], postgresql_on_commit='delete_rows')",
    "op.create_table('t', sa.Column('a', sa.Integer), postgresql_partition_by='RANGE (a)', postgresql_tablespace='Fast')",
    "op.create_table('t', sa.Column('a', sa.Integer), postgresql_inherits=('p', 'Q'), postgresql_with_oids=False, mysql_engine='InnoDB')",
    "op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer), sa.UniqueConstraint('a', 'b', name='uq', deferrable=True, initially='DEFERRED'), sa.CheckConstraint('a > b', name='ck'), sa.ForeignKeyConstraint(['a', 'b'], ['s.u.x', 's.u.y'], name='fk', ondelete='CASCADE', onupdate='SET NULL', match='FULL'))",
    "op.create_table('t', sa.Column('a', sa.Integer, sa.ForeignKey('u.id', name='fk', ondelete='set null', use_alter=False, deferrable=False), unique=True), sa.CheckConstraint(sa.text('a > 1')), sa.UniqueConstraint('a'))",
    "op.create_table('t', sa.Column('a', sa.Integer), sa.Index('ix', 'a'), sa.Index('iy', sa.text('lower(a)'), unique=True, postgresql_using='btree'))",
    "op.create_table('t', sa.Column('r', postgresql.TSRANGE()), postgresql.ExcludeConstraint(('r', '&&'), name='ex'))",
    "op.create_table('t', sa.Column('e', sa.Enum('a', \"b'c\", name='e1')), sa.Column('f', sa.Enum('a', \"b'c\", name='e1')))",
    "op.create_table('t', sa.Column('e', postgresql.ENUM('a', 'b', name='e2', create_type=False)))",
    "op.create_table('t', sa.Column('e', sa.Enum('a', 'b', name='e2', schema='S'), nullable=False, server_default='a'))",
    "op.create_table('t', sa.Column('e', sa.Enum('a', 'b', name='e2', inherit_schema=True)), schema='s')",
    "op.create_table('t', sa.Column('e', sa.Enum('a', 'bbbb', name='e2', native_enum=False)), sa.Column('f', sa.Enum('a', native_enum=False, length=20)))",
    "op.create_table('t', sa.Column('e', postgresql.ARRAY(sa.Enum('a', name='in_array'))), sa.Column('g', sa.ARRAY(sa.String(3), dimensions=2)))",
    "op.create_table('t', sa.Column('e', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')), sa.Column('f', sa.Text().with_variant(sa.String(5), 'mysql')))",
    "op.create_table('t', sa.Column('e', sa.Enum('a', name='meta_e', metadata=sa.MetaData())))",
    "op.create_table('one', sa.Column('e', sa.Enum('a', name='shared')))\n    op.create_table('two', sa.Column('e', sa.Enum('a', name='shared')))\n    op.create_table('three', sa.Column('e', sa.Enum('a', name='shared', schema='x')))",
    "e = postgresql.ENUM('a', 'b', name='local')\n    e.create(op.get_bind(), checkfirst=True)\n    op.add_column('t', sa.Column('x', e, nullable=False, server_default='a'))",
    "e = sa.Enum('a', name='loc')\n    e.create(op.get_bind())\n    e.drop(op.get_bind(), checkfirst=False)",
    "sa.Enum('a', 'b', name='direct').create(op.get_bind(), checkfirst=False)",
    "bind = op.get_bind()\n    postgresql.ENUM(name='gone').drop(bind)\n    bind.execute('SELECT 1')\n    bind.execute(sa.text('UPDATE x SET y = 1'))",
    "op.create_table('t', sa.Column('c', sa.String(collation='de_DE')), sa.Column('d', postgresql.ARRAY(sa.String(9, 'C'))))",
    "op.add_column('t', sa.Column('x', sa.Integer, sa.ForeignKey('u.id', name='fk'), nullable=False), schema='a.b')",
    "op.add_column('t', sa.Column('x', sa.Integer, unique=True))",
    "op.add_column('t', sa.Column('x', sa.Integer, index=True, comment='hm'))",
    "op.add_column('t', sa.Column('id', sa.Integer, primary_key=True))",
    "op.add_column('t', sa.Column('x', sa.Boolean(), server_default=sa.false(), nullable=False))",
    "op.add_column('t', sa.Column('x', sa.Boolean(), sa.CheckConstraint('x'), server_default=sa.true()))",
    "op.add_column('t', sa.Column('x', sa.Integer, sa.Identity()))",
    "op.add_column('t', sa.Column('x', sa.Integer, sa.Computed('y + 1')))",
    "op.add_column('t', sa.Column('e', sa.Enum('a', name='never_made')))",
    "op.drop_column('t', 'Weird col', schema='s')",
    "op.drop_table('t')\n    op.drop_table('T', schema='S')",
    "op.rename_table('a', 'B', schema='s')",
    "op.alter_column('t', 'c', nullable=False)\n    op.alter_column('t', 'c', nullable=True, existing_type=sa.Integer())",
    "op.alter_column('t', 'c', type_=sa.String(9), existing_type=sa.Text(), postgresql_using='c::text', nullable=False, server_default='x', comment='y', new_column_name='D', schema='s')",
    "op.alter_column('t', 'c', server_default=None)\n    op.alter_column('t', 'c', server_default=sa.text('now()'))\n    op.alter_column('t', 'c', server_default=sa.func.now())",
    "op.alter_column('t', 'c', comment=None, existing_comment='z')",
    "op.alter_column('t', 'c', server_default=sa.Identity(start=3), existing_server_default=None)",
    "op.alter_column('t', 'c', server_default=None, existing_server_default=sa.Identity())",
    "op.alter_column('t', 'c', existing_type=sa.Integer(), existing_nullable=True)",
    "op.alter_column('t', 'c', type_=postgresql.ENUM('a', name='e'), postgresql_using='c::e')",
    "op.create_index('ix', 't', ['a', 'B'], unique=True, schema='s')",
    "op.create_index('ix', 't', [sa.text('lower(a)'), 'b'], postgresql_using='GIN', postgresql_where=sa.text(\"a = 'x'\"), postgresql_with={'fillfactor': 50}, postgresql_ops={'b': 'text_pattern_ops', 'lower(a)': 'x_ops'})",
    "op.create_index('ix', 't', ['a'], postgresql_concurrently=True, postgresql_include=['b', 'C'], postgresql_tablespace='ts')",
    "op.create_index('ix', 't', [sa.func.lower(sa.column('a')), sa.literal_column('b DESC')], postgresql_where='c IS NULL')",
    "op.create_index(op.f('ix_" + "x" * 70 + "'), 't', ['a'])",
    "op.drop_index('ix', table_name='t', schema='s')\n    op.drop_index('ix', postgresql_concurrently=True)\n    op.drop_index(op.f('Ix'), 't')",
    "op.create_foreign_key('fk', 't', 'u', ['a'], ['id'], ondelete='CASCADE', source_schema='s', referent_schema='r')",
    "op.create_foreign_key(None, 't', 't', ['a', 'b'], ['c', 'd'], deferrable=True, initially='deferred', postgresql_not_valid=True, match='FULL', onupdate='RESTRICT')",
    "op.create_unique_constraint('uq', 't', ['a', 'b'], schema='s', deferrable=False)\n    op.create_unique_constraint(None, 't', ['a'])",
    "op.create_check_constraint('ck', 't', 'a > 0')\n    op.create_check_constraint('ck', 't', sa.text('a ~ E\\'x\\\\:y\\''), postgresql_not_valid=True)",
    "op.create_primary_key('pk', 't', ['a', 'b'], schema='s')\n    op.create_primary_key(None, 't', ('a',))",
    "op.create_exclude_constraint('ex', 't', ('period', '&&'), ('grp', '='), where='grp > 1', using='gist')",
    "op.drop_constraint('fk', 't', type_='foreignkey', schema='s')\n    op.drop_constraint('uq', 't')\n    op.drop_constraint('pk', 't', 'primary')",
    "op.create_table_comment('t', \"a 'quoted' one\", schema='s')\n    op.drop_table_comment('t', existing_comment='x')",
    "op.execute('CREATE EXTENSION IF NOT EXISTS pgcrypto')\n    op.execute(sa.text(\"SELECT '10:30'::time, 'x'::text\"))",
    "op.execute('''\n    UPDATE t SET a = 1;\n    -- comment; here\n    DELETE FROM t WHERE x = 'a;b'\n    ''')",
    "op.execute('A' + 'B' 'C' + text_part)\n\ntext_part = ' D'\n",
    "op.execute(sa.schema.CreateSequence(sa.Sequence('seq')))\n    op.execute(sa.schema.DropSequence(sa.Sequence('seq', schema='s')))",
    "op.execute(sa.schema.CreateSequence(sa.Sequence('seq', start=4, increment=2)))\n    op.execute(sa.schema.CreateSequence(sa.Sequence('q', increment=2, cycle=True)))",
    "op.execute(sa.schema.CreateSchema('New'))",
    "with op.batch_alter_table('t', schema='s') as b:\n        b.add_column(sa.Column('x', sa.Integer))\n        b.drop_column('y')\n        b.alter_column('z', nullable=False, type_=sa.Text())\n        b.create_index('ix', ['x'], unique=True)\n        b.drop_index('iy')\n        b.create_unique_constraint('uq', ['x'])\n        b.create_check_constraint('ck', 'x > 0')\n        b.create_foreign_key(b.f('fk'), 'u', ['x'], ['id'], ondelete='CASCADE', referent_schema='q')\n        b.drop_constraint('old', type_='unique')\n        b.create_primary_key('pk', ['x'])\n        b.create_table_comment('hi')",
    "with op.batch_alter_table('t') as b:\n        b.add_column(sa.Column('x', sa.Integer))\n        op.execute('SELECT 1')\n        b.drop_column('y')",
    "with op.batch_alter_table('t') as b, op.batch_alter_table('u') as c:\n        b.drop_column('x')\n        c.drop_column('y')",
    "\nstatus = sa.Enum('on', 'off', name='status')\nLEN = 12\n\ndef _more():\n    op.drop_column('t', 'z')\n\ndef upgrade():\n    \"\"\"docs\"\"\"\n    op.create_table('t', sa.Column('s', status), sa.Column('n', sa.String(LEN)))\n    _more()\n    return\n    op.drop_table('never')\n",
    "if op.get_bind().dialect.name == 'postgresql':\n        op.execute('SELECT 1')\n    elif op.get_bind().dialect.name == 'sqlite':\n        op.execute('SELECT 2')\n    else:\n        op.execute('SELECT 3')",
    "if op.get_context().dialect.name != 'postgresql':\n        return\n    op.drop_table('x')",
    "op.add_column('t', *[sa.Column('x', sa.Integer)], **{'schema': 's'})",
    "op.create_table('t', *(sa.Column('x', sa.Integer), sa.Column('y', sa.Integer)))",
    "op.create_table(sa.sql.quoted_name('plain', True), sa.Column(sa.sql.quoted_name('Q', False), sa.Integer), sa.Column('q', sa.Integer, quote=True))",
    "op.add_column('t', sa.Column('x', sa.DateTime(), server_default=sa.func.current_timestamp()))\n    op.add_column('t', sa.Column('y', sa.DateTime(), server_default=sa.sql.func.timezone('utc', sa.func.now())))\n    op.add_column('t', sa.Column('z', postgresql.UUID(), server_default=sa.func.gen_random_uuid()))",
    "op.add_column('t', sa.Column('x', sa.Integer, server_default=sa.literal_column('3')))\n    op.add_column('t', sa.Column('y', sa.Integer, server_default=sa.Sequence('sq', schema='s').next_value()))\n    op.add_column('t', sa.Column('z', sa.Text, server_default=sa.null()))",
    "op.add_column('t', sa.Column('x', sa.Text, server_default=''))\n    op.alter_column('t', 'c', server_default='')",
    "op.add_column('t', sa.Column('d', sa.Text, server_default='back\\\\slash'))",
]

# Whole bodies that must come out opaque: (body, number of operations).
OPAQUE = [
    ("for t in ('a', 'b'):\n        op.drop_table(t)", 1),
    ("if sa.inspect(op.get_bind()).has_table('x'):\n        op.drop_table('x')\n        op.drop_table('y')", 2),
    ("if sa.inspect(op.get_bind()).has_table('x'):\n        return\n    op.drop_table('x')", 1),
    ("try:\n        op.drop_table('x')\n    except Exception:\n        pass", 1),
    ("op.execute(f'DROP TABLE {x}')", 1),
    ("op.execute('DROP TABLE %s' % x)", 1),
    ("op.bulk_insert(sa.table('t', sa.column('a')), [{'a': 1}])", 1),
    ("op.execute(sa.table('t', sa.column('a')).update().values(a=1))", 1),
    ("op.add_column('t', sa.Column('x', Geometry()))", 1),
    ("[op.drop_table(t) for t in tables]", 1),
    ("op.execute(\"SELECT :a\")", 1),
    ("conn = op.get_bind()\n    rows = conn.execute(sa.text('SELECT 1')).fetchall()", 1),
    ("with op.batch_alter_table('t', recreate='always') as b:\n        b.drop_column('x')", 1),
    ("globals()['upgrade_%s' % engine]()", 1),
    ("while True:\n        op.execute('x')", 1),
    ("helper(op)", 1),
]

# What Alembic or SQLAlchemy itself rejects must come out opaque too.
REJECTED = [
    "op.create_index('ix_" + "x" * 70 + "', 't', ['a'])",
    "op.create_unique_constraint('uq_" + "x" * 70 + "', 't', ['a'])",
    "op.create_foreign_key('fk', 't', 'u', ['a'], ['b'], ondelete='EXPLODE')",
    "op.create_foreign_key('fk', 't', 'u', ['a'], ['b'], initially='SOMETIME')",
    "op.add_column('t', sa.Column('x', sa.Integer, sa.Computed('1', persisted=False)))",
    "op.drop_constraint(None, 't')",
    "op.add_column('t', sa.Column('x'))",
    "op.create_table('t', sa.Column('e', sa.Enum('a')))",
    "op.create_table('t', sa.Column('a', sa.Integer), sa.PrimaryKeyConstraint('b'))",
    "op.create_table('t', sa.Column('a', sa.Text, primary_key=True, autoincrement=True))",
    "op.add_column('t', sa.Column('x', sa.Integer, server_default=5))",
    "op.alter_column('t', 'c', postgresql_using='x')",
    "op.create_table('t', sa.Column('x', sa.Integer, surprise=1))",
    "op.create_index('ix', 't', ['a'], postgresql_using='g i n')",
    "op.drop_table('')",
    "op.create_index('ix', 't', [5])",
    "with op.batch_alter_table('t') as b:\n        b.add_column(sa.Column('x', sa.Integer), insert_after='y')",
]

TYPES = [
    "sa.Integer", "sa.Integer()", "sa.INTEGER()", "sa.BigInteger()", "sa.SmallInteger()", "sa.String()", "sa.String(64)",
    "sa.String(length=255)", "sa.VARCHAR(30)", "sa.Unicode(20)", "sa.UnicodeText()", "sa.Text()", "sa.CHAR(3)", "sa.Boolean()",
    "sa.Date()", "sa.DateTime()", "sa.DateTime(timezone=True)", "sa.TIMESTAMP()", "sa.TIMESTAMP(timezone=True)", "sa.Time()",
    "sa.Time(timezone=True)", "sa.Interval()", "sa.Interval(second_precision=3)", "sa.Numeric()", "sa.Numeric(10)",
    "sa.Numeric(10, 2)", "sa.Numeric(precision=12, scale=4, asdecimal=False)", "sa.DECIMAL(8, 3)", "sa.Float()", "sa.Float(53)",
    "sa.REAL()", "sa.LargeBinary()", "sa.LargeBinary(length=10)", "sa.PickleType()", "sa.JSON()", "sa.types.JSON()",
    "postgresql.JSONB(astext_type=sa.Text())", "postgresql.JSON()", "postgresql.UUID()", "postgresql.UUID(as_uuid=True)",
    "postgresql.INET()", "postgresql.CIDR()", "postgresql.MACADDR()", "postgresql.BYTEA()", "postgresql.TSVECTOR()",
    "postgresql.HSTORE(text_type=sa.Text())", "postgresql.DOUBLE_PRECISION(precision=53)", "postgresql.TIMESTAMP(precision=3)",
    "postgresql.TIMESTAMP(True, 6)", "postgresql.TIME(timezone=True, precision=0)", "postgresql.INTERVAL(fields='YEAR TO MONTH')",
    "postgresql.INTERVAL(precision=2)", "postgresql.BIT(5)", "postgresql.BIT()", "postgresql.BIT(varying=True)",
    "postgresql.BIT(8, varying=True)", "postgresql.ARRAY(sa.Integer())", "postgresql.ARRAY(sa.String(5), dimensions=2)",
    "sa.ARRAY(sa.Text())", "postgresql.INT4RANGE()", "postgresql.TSTZRANGE()", "postgresql.OID()", "postgresql.MONEY()",
    "postgresql.REGCLASS()", "postgresql.MACADDR8()", "sa.FLOAT(precision=24)", "sa.NVARCHAR(7)", "sa.CLOB()", "sa.BLOB()",
    "sa.sql.sqltypes.String(4)", "String(9)", "Integer()", "sa.VARBINARY(3)", "postgresql.NUMERIC(5, 1)", "postgresql.VARCHAR(5)",
]

DEFAULTS = [
    "'x'", "\"it's\"", "''", "sa.text('0')", "sa.text(\"'a'::character varying\")", "sa.func.now()", "sa.text('now()')",
    "sa.false()", "sa.true()", "text('CURRENT_TIMESTAMP')", "func.current_timestamp()", "sa.func.coalesce(1, 'a', None)",
    "sa.literal_column(\"'q'\")", "None", "sa.func.uuid_generate_v4()", "sa.FetchedValue()", "sa.func.NOW()",
    "sa.func.random()", "sa.func.localtime()", "sa.func.concat('a', 'b')",
]

NAMES = ["id", "name", "user", "order", "Email", "created_at", "x1", "status", "desc", "a b", "table", "with", "window", "value",
         "data", "group", "index", "type", "offset", "end", "left", "user_id", "parent", "is", "default", "grant", "zone"]


def enum(rng):
    labels = rng.sample(["on", "off", "new", "it's", "UP", "a b", ""], rng.randint(1, 4))
    cls = rng.choice(["sa.Enum", "postgresql.ENUM", "sa.Enum"])
    args = [repr(label) for label in labels] + ["name=%r" % rng.choice(["status", "kind", "Mode", "order"])]
    if rng.random() < 0.2:
        args.append("schema='s'")
    if cls == "postgresql.ENUM" and rng.random() < 0.3:
        args.append("create_type=False")
    if cls == "sa.Enum" and rng.random() < 0.15:
        args.append("native_enum=False")
    text = "%s(%s)" % (cls, ", ".join(args))
    return "postgresql.ARRAY(%s)" % text if rng.random() < 0.1 and "native_enum" not in text else text


def column(rng, name, key=False):
    args = [repr(name), enum(rng) if rng.random() < 0.15 else rng.choice(TYPES)]
    if rng.random() < 0.15:
        args.append("sa.ForeignKey(%s)" % ", ".join(
            [repr(rng.choice(["users.id", "s.users.id", "Order.Id"]))]
            + rng.sample(["name='fk_%s'" % rng.randint(0, 9), "ondelete='CASCADE'", "deferrable=True", "onupdate='NO ACTION'"],
                         rng.randint(0, 2))))
    if rng.random() < 0.08:
        args.append("sa.CheckConstraint('x > 0'%s)" % rng.choice(["", ", name='ck_x'"]))
    if rng.random() < 0.5:
        args.append("nullable=%s" % rng.choice(["True", "False"]))
    if rng.random() < 0.25:
        args.append("server_default=%s" % rng.choice(DEFAULTS))
    if key:
        args.append("primary_key=True")
    if rng.random() < 0.1:
        args.append("autoincrement=%s" % rng.choice(["False", "'auto'"]))
    for option in ("unique=True", "index=True", "comment='c %'", "default=3", "onupdate=func.now()", "doc='d'"):
        if rng.random() < 0.06:
            args.append(option)
    return "sa.Column(%s)" % ", ".join(args)


def table(rng):
    names = rng.sample(NAMES, rng.randint(1, 7))
    parts = []
    flagged = rng.random() < 0.5
    for i, name in enumerate(names):
        parts.append(column(rng, name, key=flagged and i < rng.choice([1, 1, 2])))
    if not flagged and rng.random() < 0.8:
        parts.append("sa.PrimaryKeyConstraint(%s%s)" % (", ".join(repr(n) for n in names[:rng.choice([1, 1, 2])]),
                                                     rng.choice(["", ", name='pk_t'", ", name=op.f('pk_t')"])))
    if rng.random() < 0.3:
        parts.append("sa.UniqueConstraint(%s%s)" % (", ".join(repr(n) for n in rng.sample(names, min(2, len(names)))),
                                                   rng.choice(["", ", name='uq_t'"])))
    if rng.random() < 0.3:
        parts.append("sa.ForeignKeyConstraint([%r], [%r]%s)" % (
            rng.choice(names), rng.choice(["o.id", "s.o.id"]), rng.choice(["", ", ondelete='SET NULL'", ", name=op.f('fk')"])))
    if rng.random() < 0.2:
        parts.append("sa.CheckConstraint(%s)" % rng.choice(["'a > 1'", "sa.text('b > 1'), name='ck'"]))
    if rng.random() < 0.5:
        constraints = parts[len(names):]
        rng.shuffle(constraints)
        parts[len(names):] = constraints
    keywords = rng.sample(["schema='s'", "comment='hello'", "mysql_charset='utf8'", "prefixes=['UNLOGGED']",
                           "postgresql_tablespace='x'"], rng.choice([0, 0, 0, 1, 2]))
    return "op.create_table(%s)" % ", ".join([repr(rng.choice(["t", "Tab", "order", "some_table"]))] + parts + keywords)


def call(rng):
    name = lambda: repr(rng.choice(NAMES))
    schema = lambda: rng.choice(["", "", ", schema='s'", ", schema='My.S'"])
    kind = rng.randrange(12)
    if kind < 3:
        return table(rng)
    if kind < 5:
        return "op.add_column(%s, %s%s)" % (name(), column(rng, rng.choice(NAMES)), schema())
    if kind == 5:
        options = rng.sample(["nullable=True", "nullable=False", "type_=%s" % rng.choice(TYPES), "new_column_name=%s" % name(),
                              "comment='x'", "server_default=%s" % rng.choice([d for d in DEFAULTS if "Fetched" not in d]),
                              "existing_type=%s" % rng.choice(TYPES), "existing_nullable=False"], rng.randint(1, 5))
        options = [o for i, o in enumerate(options) if o.split("=")[0] not in [p.split("=")[0] for p in options[:i]]]
        return "op.alter_column(%s, %s, %s%s)" % (name(), name(), ", ".join(options), schema())
    if kind == 6:
        elements = [rng.choice([name(), name(), "sa.text('lower(x)')", "sa.func.lower(sa.column('x'))"]) for _ in range(rng.randint(1, 3))]
        elements = list(dict.fromkeys(elements))
        options = rng.sample(["unique=True", "postgresql_using='gin'", "postgresql_where=sa.text('x > 1')",
                              "postgresql_concurrently=True", "unique=False", "postgresql_with={'fillfactor': 70}"], rng.choice([0, 1, 2]))
        options = [o for i, o in enumerate(options) if o.split("=")[0] not in [p.split("=")[0] for p in options[:i]]]
        return "op.create_index(%s, %s, [%s]%s%s)" % (rng.choice(["'ix_a'", "op.f('ix_b')"]), name(), ", ".join(elements),
                                                     "".join(", " + o for o in options), schema())
    if kind == 7:
        return "op.create_foreign_key(%s, %s, %s, [%s], ['id']%s)" % (
            rng.choice(["None", "'fk_x'", "op.f('fk_y')"]), name(), name(), name(),
            "".join(", " + o for o in rng.sample(["ondelete='CASCADE'", "source_schema='s'", "referent_schema='R'", "use_alter=False"], rng.randint(0, 2))))
    if kind == 8:
        return "op.create_unique_constraint(%s, %s, [%s]%s)" % (rng.choice(["None", "'uq'"]), name(), name(), schema())
    if kind == 9:
        return rng.choice(["op.drop_column(%s, %s%s)" % (name(), name(), schema()), "op.drop_table(%s%s)" % (name(), schema()),
                           "op.drop_index('ix_x', table_name=%s%s)" % (name(), schema()), "op.rename_table(%s, %s%s)" % (name(), name(), schema())])
    if kind == 10:
        return "op.drop_constraint(%s, %s, type_=%r%s)" % (name(), name(), rng.choice(["unique", "foreignkey", "check", "primary"]), schema())
    return rng.choice(["op.execute(%r)" % rng.choice(["SELECT 1", "UPDATE t SET a = 'x:y'", "ALTER TYPE e ADD VALUE 'z'", "SELECT a::text, b"]),
                       "op.create_check_constraint('ck', %s, 'x > 0'%s)" % (name(), schema()),
                       "%s.create(op.get_bind(), checkfirst=%s)" % ("sa.Enum('a', 'b', name=%s)" % name(), rng.choice(["True", "False"]))])


def body(rng):
    return "\n    ".join(call(rng) for _ in range(rng.randint(1, 5)))
