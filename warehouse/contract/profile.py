"""What every checked batch held, in numbers: its tables, their columns, and the codes in them."""

from warehouse.contract.model import Column, Kind, Table

_BATCH_ID = Column("batch_id", Kind.TEXT, "Batch.", required=True)
_FORCE = Column("force", Kind.TEXT, "Force.", required=True)
_TABLE_NAME = Column("table_name", Kind.TEXT, "Table.", required=True)
_COLUMN_NAME = Column("column_name", Kind.TEXT, "Column.", required=True)

TABLE_PROFILE = Table(
    "quality",
    "table_profile",
    "One row a batch and table that it brought rows of. Held batches have profiles too, but for "
    "those that cannot be read; a force's deliveries are compared with its loaded ones only.",
    (
        _BATCH_ID,
        _FORCE,
        _TABLE_NAME,
        Column("rows", Kind.BIGINT, "Rows staged, deletions not counted.", required=True),
        Column("deletions", Kind.BIGINT, "Deletions staged.", required=True),
        Column(
            "parts",
            Kind.BIGINT,
            "Parts, such as months' files, that the batch brings; 1 unless its kind is part.",
            required=True,
        ),
    ),
    key=("batch_id", "table_name"),
)

COLUMN_PROFILE = Table(
    "quality",
    "column_profile",
    "One row a batch and column that its source fills: what of it is empty, and what is new. "
    "Deletions are not counted.",
    (
        _BATCH_ID,
        _FORCE,
        _TABLE_NAME,
        _COLUMN_NAME,
        Column("rows", Kind.BIGINT, "Rows staged.", required=True),
        Column("nulls", Kind.BIGINT, "Rows in which the column is null.", required=True),
        Column(
            "unseen",
            Kind.BIGINT,
            "Rows whose code the force had never sent in an earlier night; null where the column "
            "holds no codes or no earlier ones are known.",
        ),
    ),
    key=("batch_id", "table_name", "column_name"),
)

CODE_PROFILE = Table(
    "quality",
    "code_profile",
    "One row a batch, column and code: how many rows hold it. Only columns whose values are codes "
    "are here: those with a list in the contract, and the source's own codes. Never a value that "
    "may tell of a person.",
    (
        _BATCH_ID,
        _TABLE_NAME,
        _COLUMN_NAME,
        Column(
            "code",
            Kind.TEXT,
            "Code. Null for all the values together that are not listed: outside the contract's "
            "list, longer than a code, beyond the 1,000 commonest, or a held batch's own codes.",
        ),
        Column("rows", Kind.BIGINT, "Rows that hold it.", required=True),
    ),
    key=("batch_id", "table_name", "column_name", "code"),
)

TABLES = (TABLE_PROFILE, COLUMN_PROFILE, CODE_PROFILE)
