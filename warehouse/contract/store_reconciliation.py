"""What is known of a finished store only once it is built: whether it adds up, and its checks."""

from warehouse.contract.model import Column, Kind, Table

WHOLE_STORE = "store"
"""``table_name`` of the row that adds up all tables."""

STORE_RECONCILIATION = Table(
    "quality",
    "store_reconciliation",
    "One row a delivered table, over all batches and nights, and one for the whole store: what was "
    "received against what is held and published. A store with a row that does not balance is not "
    "published.",
    (
        Column(
            "table_name",
            Kind.TEXT,
            f"Table; {WHOLE_STORE} for all of them added up: leave that row out before summing.",
            required=True,
        ),
        Column("received", Kind.BIGINT, "Rows received.", required=True),
        Column("stored", Kind.BIGINT, "Rows stored, new or as a new version.", required=True),
        Column("unchanged", Kind.BIGINT, "Rows that said what was held already.", required=True),
        Column(
            "quarantined",
            Kind.BIGINT,
            "Rows kept out, those of held batches included.",
            required=True,
        ),
        Column("deleted", Kind.BIGINT, "Deletions received and applied.", required=True),
        Column("versions", Kind.BIGINT, "Versions that the state holds.", required=True),
        Column("current_rows", Kind.BIGINT, "Of them, those that hold now.", required=True),
        Column(
            "ended_rows",
            Kind.BIGINT,
            "Of them, those that a newer version, a deletion or a closing has ended.",
            required=True,
        ),
        Column("published", Kind.BIGINT, "Rows of this store.", required=True),
        Column(
            "unreadable_bytes",
            Kind.BIGINT,
            "Bytes received that could not be read as records; null for a single table: nobody can "
            "say what they would have been.",
        ),
        Column(
            "is_balanced",
            Kind.BOOLEAN,
            "received = stored + unchanged + quarantined + deleted, stored = versions, versions = "
            "current_rows + ended_rows, and current_rows = published.",
            required=True,
        ),
    ),
    key=("table_name",),
)

STORE_CHECK = Table(
    "quality",
    "store_check",
    "One row a check of this store, asked when it was built and before it was published. Each is a "
    "question whose answer must be no rows; a store with an answer is not published.",
    (
        Column("night", Kind.DATE, "Night of the store.", required=True),
        Column("name", Kind.TEXT, "Check.", required=True),
        Column("says", Kind.TEXT, "What must hold.", required=True),
        Column("failed", Kind.BIGINT, "Rows for which it does not hold.", required=True),
    ),
    key=("night", "name"),
)

TABLES = (STORE_RECONCILIATION, STORE_CHECK)
