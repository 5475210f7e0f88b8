"""What arrived, what became of it, and why: batches, quarantine, checks, reconciliation."""

from warehouse.contract.model import Column, Kind, Table

SEVERITIES = ("critical", "warning", "info")

BATCH = Table(
    "quality",
    "batch",
    "One row a batch: what one delivery brought for one force.",
    (
        Column(
            "batch_id",
            Kind.TEXT,
            "Force, delivery date and the first 12 digits of the delivery's content hash.",
            required=True,
        ),
        Column(
            "delivery_id",
            Kind.TEXT,
            "Delivery it came in: deliverer, date or the source's own "
            "delivery id, content hash. Several batches share one where a system serves several "
            "forces.",
            required=True,
        ),
        Column("deliverer", Kind.TEXT, "Force or shared system that sent it.", required=True),
        Column("force", Kind.TEXT, "Force whose records it holds.", required=True),
        Column("source_system", Kind.TEXT, "Record system whose form it has.", required=True),
        Column(
            "delivery_date",
            Kind.DATE,
            "Date of the delivery; of a delivery sent again, that of the first.",
            required=True,
        ),
        Column("night", Kind.DATE, "Night that took it in.", required=True),
        Column(
            "kind",
            Kind.TEXT,
            "full (everything the system holds), delta (changes) or part "
            "(whole parts, such as a month's file).",
            required=True,
            allowed=("full", "delta", "part"),
        ),
        Column(
            "environment",
            Kind.TEXT,
            "live or test, as the delivery says of itself.",
            required=True,
            allowed=("live", "test"),
        ),
        Column(
            "content_hash",
            Kind.TEXT,
            "SHA-256 over the names and bytes of its files.",
            required=True,
        ),
        Column("bytes", Kind.BIGINT, "Size of the delivery, bytes.", required=True),
        Column("status", Kind.TEXT, "loaded or held.", required=True, allowed=("loaded", "held")),
        Column("held_rule", Kind.TEXT, "Rule that held it."),
        Column("held_reason", Kind.TEXT, "Why it is held, without any person's values."),
        Column(
            "unreadable_bytes",
            Kind.BIGINT,
            "Bytes that could not be read as records.",
            required=True,
        ),
    ),
    key=("batch_id",),
)

DELIVERY_FILE = Table(
    "quality",
    "delivery_file",
    "One row a file of a delivery, as kept in landing.",
    (
        Column("delivery_id", Kind.TEXT, "Delivery.", required=True),
        Column("file", Kind.TEXT, "Path within the delivery.", required=True),
        Column("bytes", Kind.BIGINT, "Size, bytes.", required=True),
        Column("sha256", Kind.TEXT, "SHA-256 of the bytes.", required=True),
        Column(
            "records",
            Kind.BIGINT,
            "Records read from it; null where it could not be read or holds none.",
        ),
        Column("note", Kind.TEXT, "For instance: the same bytes as another file of the delivery."),
    ),
    key=("delivery_id", "file"),
)

QUARANTINE = Table(
    "quality",
    "quarantine",
    "One row a record that was kept out, with the rule and the place. Its content stays behind in "
    "the home, never in the published file.",
    (
        Column("batch_id", Kind.TEXT, "Batch.", required=True),
        Column("force", Kind.TEXT, "Force.", required=True),
        Column("table_name", Kind.TEXT, "Table of the contract it was meant for.", required=True),
        Column("source_file", Kind.TEXT, "File within the delivery.", required=True),
        Column(
            "source_row",
            Kind.BIGINT,
            "Number of the record within the file, from 1.",
            required=True,
        ),
        Column("record_key", Kind.TEXT, "Key of the row, where it could be told."),
        Column("column_name", Kind.TEXT, "Column that broke the rule."),
        Column("rule", Kind.TEXT, "Rule it broke.", required=True),
        Column(
            "reason",
            Kind.TEXT,
            "What is wrong, in words, without any person's values.",
            required=True,
        ),
    ),
    # A row that breaks several rules stands once for each.
    key=(
        "batch_id",
        "table_name",
        "source_file",
        "source_row",
        "record_key",
        "column_name",
        "rule",
    ),
)

CHECK_RESULT = Table(
    "quality",
    "check_result",
    "One row a rule and batch: how many rows were looked at and how many failed. Traps of a source "
    "that were mended or accepted by name are here too, as info.",
    (
        Column("batch_id", Kind.TEXT, "Batch.", required=True),
        Column("force", Kind.TEXT, "Force.", required=True),
        Column("table_name", Kind.TEXT, "Table.", required=True),
        Column("column_name", Kind.TEXT, "Column, where the rule is about one."),
        Column("rule", Kind.TEXT, "Rule.", required=True),
        Column(
            "severity",
            Kind.TEXT,
            "critical holds the batch, warning quarantines the row, info counts.",
            required=True,
            allowed=SEVERITIES,
        ),
        Column("checked", Kind.BIGINT, "Rows looked at.", required=True),
        Column("failed", Kind.BIGINT, "Rows that the rule names.", required=True),
        Column(
            "action",
            Kind.TEXT,
            "none (no row failed), counted, mended, quarantined, held; overruled where a named "
            "person released the batch in spite of the rule; not_run where the rule needs "
            "reference data that is not loaded.",
            required=True,
            allowed=("none", "counted", "mended", "quarantined", "held", "overruled", "not_run"),
        ),
    ),
    key=("batch_id", "table_name", "column_name", "rule"),
)

RULE = Table(
    "quality",
    "rule",
    "One row a rule of the nightly check, as the last night had it: what it says, who "
    "answers for it, why it is, and what is to be done about what it finds.",
    (
        Column(
            "table_name",
            Kind.TEXT,
            "Table. delivery: the rule is one of reading a delivery, of putting its records into "
            "types or of loading it; what it finds stands under the table that was meant, so that "
            "only its name joins the two. batch: it is about a batch as a whole.",
            required=True,
        ),
        Column("column_name", Kind.TEXT, "Column, where the rule is about one."),
        Column("rule", Kind.TEXT, "Rule, as in check_result and quarantine.", required=True),
        Column(
            "severity",
            Kind.TEXT,
            "critical holds the batch, warning quarantines the row, info counts.",
            required=True,
            allowed=SEVERITIES,
        ),
        Column("owner", Kind.TEXT, "Who answers for what it finds.", required=True),
        Column("reason", Kind.TEXT, "What is wrong with a row that fails.", required=True),
        Column("remedy", Kind.TEXT, "What the force is to do.", required=True),
        Column(
            "basis",
            Kind.TEXT,
            "Why the rule is: the contract, or the publication and section that states it.",
            required=True,
        ),
        Column(
            "expectation",
            Kind.TEXT,
            "Class of Great Expectations that looks; null for a rule that follows from others.",
        ),
        Column("needs", Kind.TEXT, "Reference data without which it is not run; null: none."),
    ),
    key=("table_name", "column_name", "rule"),
)

RECONCILIATION = Table(
    "quality",
    "reconciliation",
    "One row a batch and table. received = stored + unchanged + quarantined + deleted, always.",
    (
        Column("batch_id", Kind.TEXT, "Batch.", required=True),
        Column("force", Kind.TEXT, "Force.", required=True),
        Column("night", Kind.DATE, "Night that took it in.", required=True),
        Column("table_name", Kind.TEXT, "Table.", required=True),
        Column(
            "received", Kind.BIGINT, "Rows that the delivery brought for the table.", required=True
        ),
        Column(
            "stored",
            Kind.BIGINT,
            "Rows stored, new or as a new version; a version older than "
            "the one held is stored as history.",
            required=True,
        ),
        Column(
            "unchanged",
            Kind.BIGINT,
            "Rows that say what is held already, deletions of what is not held included.",
            required=True,
        ),
        Column(
            "quarantined", Kind.BIGINT, "Rows kept out; all rows of a held batch.", required=True
        ),
        Column("deleted", Kind.BIGINT, "Deletions received and applied.", required=True),
        Column(
            "closed",
            Kind.BIGINT,
            "Rows now closed that the delivery no longer brings though it covers them, or whose "
            "owner is no longer held. Not part of the balance.",
            required=True,
        ),
    ),
    key=("batch_id", "table_name"),
)

FORCE_STATUS = Table(
    "quality",
    "force_status",
    "One row a declared force, and one that was and has data: how fresh its data is and whether a "
    "batch of it is held.",
    (
        Column("force", Kind.TEXT, "Force.", required=True),
        Column("night", Kind.DATE, "Night of the store.", required=True),
        Column(
            "status",
            Kind.TEXT,
            "fresh, stale (served from its last good data), held (a batch is held, and nothing has "
            "settled it since: neither a later full delivery of the same system, nor its date "
            "delivered anew; served from its last good data), never (nothing has been loaded "
            "yet).",
            required=True,
            allowed=("fresh", "stale", "held", "never"),
        ),
        Column("last_good_date", Kind.DATE, "Delivery date of the last batch loaded."),
        Column("last_good_batch_id", Kind.TEXT, "That batch."),
        Column(
            "expected_every_days",
            Kind.INTEGER,
            "Days between deliveries as declared; 0 where the force is declared no longer.",
            required=True,
        ),
        Column("held_batch_id", Kind.TEXT, "Latest held batch that nothing has settled."),
        Column("reason", Kind.TEXT, "Why it is not fresh, and what else it serves."),
    ),
    key=("force",),
)

TABLES = (BATCH, DELIVERY_FILE, QUARANTINE, CHECK_RESULT, RULE, RECONCILIATION, FORCE_STATUS)
