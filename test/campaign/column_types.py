"""Column types as revisions write them, with defaults and values that fit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Type:
    source: str
    family: str
    defaults: tuple = ()

    def value(self, number):
        """A value that no other number gives, as Python source and as SQL; None where none is offered."""
        return {
            "int": (str(number), str(number)),
            "numeric": (f"{number}.5", f"{number}.5"),
            "text": (f"'v{number}'", f"'v{number}'"),
            "bool": ("True", "true"),
        }.get(self.family)


WHOLE = ('"0"', 'sa.text("7")', '"1"')
WORDS = ('"draft"', "sa.text(\"'it''s'\")", '""', "sa.text(\"'new'::character varying\")")
MOMENTS = ("sa.func.now()", 'sa.text("now()")', 'sa.text("CURRENT_TIMESTAMP")', "sa.text(\"timezone('utc', now())\")")

INTEGER = Type("sa.Integer()", "int", WHOLE)
BIGINT = Type("sa.BigInteger()", "int", WHOLE)
TEXT = Type("sa.Text()", "text", WORDS)
UUID = Type("postgresql.UUID()", "uuid", ('sa.text("gen_random_uuid()")',))
JSONB = Type("postgresql.JSONB()", "json", ("sa.text(\"'{}'::jsonb\")", '"{}"', "sa.text(\"jsonb_build_object('a', 1)\")"))
PERIOD = Type("postgresql.TSTZRANGE()", "range")

TYPES = [
    INTEGER,
    BIGINT,
    Type("sa.SmallInteger()", "int", WHOLE),
    Type("sa.String(50)", "text", WORDS),
    Type("sa.String(length=255)", "text", WORDS),
    Type("sa.String(12)", "text", WORDS),
    Type("sa.String()", "text", WORDS),
    TEXT,
    Type("sa.Unicode(80)", "text", WORDS),
    Type("sa.CHAR(3)", "char", ('"EUR"',)),
    Type("sa.Boolean()", "bool", ('sa.text("true")', "sa.false()", '"false"', 'sa.text("1 = 1")')),
    Type("sa.DateTime()", "moment", MOMENTS),
    Type("sa.DateTime(timezone=True)", "moment", MOMENTS),
    Type("postgresql.TIMESTAMP(precision=3, timezone=True)", "moment", MOMENTS),
    Type("sa.Date()", "day", ('sa.text("CURRENT_DATE")', '"2020-01-31"')),
    Type("sa.Time()", "time", ('"08:30"',)),
    Type("sa.Interval()", "interval", ("sa.text(\"interval '1 day'\")", '"2 hours"')),
    Type("sa.Numeric(12, 2)", "numeric", ('"0.00"', 'sa.text("1.5")', 'sa.text("(2 + 3)::numeric")')),
    Type("sa.Numeric()", "numeric", ('"0"',)),
    Type("sa.Float()", "float", ('sa.text("1e-3")', '"0.5"')),
    Type("sa.REAL()", "float", ('"0"',)),
    Type("sa.LargeBinary()", "bytes", ("sa.text(\"'\\\\\\\\x00'::bytea\")",)),
    UUID,
    JSONB,
    Type("sa.JSON()", "plain json", ('"[]"',)),
    Type("postgresql.ARRAY(sa.Integer())", "array", ('"{}"', 'sa.text("ARRAY[]::integer[]")', "sa.text(\"'{1,2}'\")")),
    Type("postgresql.ARRAY(sa.String(20))", "array", ('"{}"',)),
    Type("postgresql.INET()", "net", ("sa.text(\"'127.0.0.1'::inet\")",)),
    Type("postgresql.CIDR()", "net"),
    Type("postgresql.MACADDR()", "net"),
    Type("postgresql.TSVECTOR()", "search"),
    Type("postgresql.BIT(8)", "bit", ("sa.text(\"B'00000000'\")",)),
    Type("postgresql.INT4RANGE()", "range"),
    PERIOD,
]

# From a type to others that every value of it can be cast to without USING.
WIDER = {
    "sa.SmallInteger()": (INTEGER, BIGINT),
    "sa.Integer()": (BIGINT, Type("sa.Numeric(12, 2)", "numeric", ('"0.00"',))),
    "sa.String(12)": (Type("sa.String(50)", "text", WORDS), TEXT),
    "sa.String(50)": (Type("sa.String(length=255)", "text", WORDS), TEXT),
    "sa.String(length=255)": (TEXT, Type("sa.String()", "text", WORDS)),
    "sa.Unicode(80)": (TEXT,),
    "sa.DateTime()": (Type("sa.DateTime(timezone=True)", "moment", MOMENTS),),
    "sa.REAL()": (Type("postgresql.DOUBLE_PRECISION()", "float"),),
    "sa.Numeric(12, 2)": (Type("sa.Numeric(14, 4)", "numeric", ('"0.00"',)),),
}
# The same where the table has no rows.
NARROWER = {
    "sa.BigInteger()": (INTEGER,),
    "sa.Text()": (Type("sa.String(50)", "text", WORDS),),
    "sa.String(length=255)": (Type("sa.String(50)", "text", WORDS),),
    "sa.DateTime(timezone=True)": (Type("sa.Date()", "day"),),
}
# With USING; the column has no default then.
CONVERTED = {
    "sa.String(50)": ((INTEGER, "{}::integer"),),
    "sa.Text()": ((INTEGER, "nullif({}, '')::integer"), (JSONB, "to_jsonb({})")),
    "sa.JSON()": ((JSONB, "{}::jsonb"),),
    "sa.Integer()": ((TEXT, "{}::text"), (Type("sa.Boolean()", "bool"), "({} <> 0)")),
}
