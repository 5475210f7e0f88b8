"""The pairs of offence records that are compared: those of two forces, and of one force those that
may be one offence recorded twice."""

import duckdb

from linkage.identity import OFFENCES
from linkage.model import Model
from linkage.models.offence import MOST_DAYS_APART
from linkage.offences.features import FEATURES
from linkage.score import score_pairs

_FEATURES = ", ".join(FEATURES)
_AT = OFFENCES.at
_MINUTES_A_DAY = 1440
# A record made twice by one force tells of the same hour.
DAYS_WITHIN_A_FORCE = 1


def find_pairs(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Make table ``pair``: ``record_l`` < ``record_r`` and ``block``, the first that brings them
    together, of pairs that touch ``delta``.

    Reads ``delta_key``, ``other_key`` and ``bearer`` (``record``, ``force``, ``begins``, ``ends``
    of every record that bears a key in question), and makes ``large_key`` as of persons. Pairs that
    a quoted reference brings together are compared however far apart they are, others within
    ``MOST_DAYS_APART`` days, and within a force within a day.
    """
    _find_large(con, model.most_records)
    reference = next(n for n, block in enumerate(model.blocks) if block.name == "reference")
    gap = "greatest(l.begins, r.begins) - least(l.ends, r.ends)"
    con.execute(
        f"""
        CREATE OR REPLACE TABLE pair AS
        WITH compared AS (
            SELECT block, key, record, force, begins, ends
            FROM delta_key ANTI JOIN large_key USING (key) JOIN bearer USING (record)
        ),
        other AS (
            SELECT block, key, record, force, begins, ends
            FROM other_key SEMI JOIN compared USING (key) JOIN bearer USING (record)
        ),
        met AS (
            SELECT l.record AS one, r.record AS two, least(l.block, r.block) AS block,
                   l.force = r.force AS is_within, {gap} AS gap
            FROM compared AS l JOIN compared AS r ON l.key = r.key AND l.record < r.record
            UNION ALL
            SELECT l.record, r.record, least(l.block, r.block), l.force = r.force, {gap}
            FROM compared AS l JOIN other AS r ON l.key = r.key
        )
        SELECT least(one, two) AS record_l, greatest(one, two) AS record_r, min(block) AS block
        FROM met
        WHERE CASE WHEN is_within
                   THEN gap <= {DAYS_WITHIN_A_FORCE * _MINUTES_A_DAY}
                   ELSE block = {reference} OR gap <= {MOST_DAYS_APART * _MINUTES_A_DAY} END
        GROUP BY ALL
        """
    )


# Keys are counted in so many lots before they are counted one by one: of a million records' keys a
# lot holds some thirty, so that hardly one holds more than the model lets a key have.
_LOT_BITS = 18


def _find_large(con: duckdb.DuckDBPyConnection, most: int) -> None:
    """Make ``large_key``. Only keys of lots that hold more than ``most`` are counted each by
    itself: most keys are borne by one record, and to group them all costs as much as all else."""
    con.execute("CREATE OR REPLACE VIEW every_key AS "
                "SELECT key FROM delta_key UNION ALL SELECT key FROM other_key")  # fmt: skip
    lot = f"key >> {32 - _LOT_BITS}"
    lots = f"SELECT {lot} AS lot FROM every_key GROUP BY lot HAVING count(*) > {most}"
    con.execute(
        "CREATE OR REPLACE TABLE large_key AS SELECT key, count(*) AS held FROM every_key "
        f"SEMI JOIN ({lots}) AS large ON lot = {lot} GROUP BY key HAVING count(*) > {most}"
    )


def gather_bearers(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Make ``bearer`` of what the state holds and of what is fresh."""
    held = "" if is_all else (
        f"UNION ALL SELECT record, force, begins, ends FROM {_AT}.record "
        "SEMI JOIN (SELECT record FROM other_key UNION SELECT record FROM delta) USING (record) "
        "ANTI JOIN moved USING (record)"
    )  # fmt: skip
    con.execute(
        f"CREATE OR REPLACE TABLE bearer AS SELECT record, force, begins, ends FROM fresh {held}"
    )


def score_delta(con: duckdb.DuckDBPyConnection, model: Model, *, is_all: bool) -> int:
    """Score ``pair`` into ``scored``; how many pairs there are."""
    held = "" if is_all else (
        f"UNION ALL SELECT record, {_FEATURES} FROM {_AT}.record SEMI JOIN paired USING (record) "
        "ANTI JOIN moved USING (record)"
    )  # fmt: skip
    con.execute(
        "CREATE OR REPLACE TABLE paired AS "
        "SELECT record_l AS record FROM pair UNION SELECT record_r FROM pair"
    )
    con.execute(
        "CREATE OR REPLACE TABLE to_score AS "
        f"SELECT record, {_FEATURES} FROM fresh SEMI JOIN paired USING (record) {held}"
    )
    score_pairs(con, model, records="to_score", at_least=model.possible)
    con.execute(_settle_sql(model))
    [(pairs,)] = con.execute("SELECT count(*) FROM pair").fetchall()
    return int(pairs)


def _settle_sql(model: Model) -> str:
    """Keep what is to be joined or looked at, and what weighs more than nothing.

    Of pairs within a force keep those that look like one offence recorded twice, in a band of their
    own: heavy enough to be joined, and of one victim, as far as victims are known. Several
    victims are several crimes (Home Office Counting Rules)."""
    names = [comparison.name for comparison in model.comparisons]
    victim = f"levels[{names.index('victim') + 1}]" if "victim" in names else "-1"
    return f"""
        CREATE OR REPLACE TABLE scored AS
        SELECT scored.* REPLACE (CASE WHEN l.force = r.force THEN 'duplicate' ELSE band END AS band)
        FROM scored
        JOIN to_score AS l ON l.record = record_l JOIN to_score AS r ON r.record = record_r
        WHERE (l.force = r.force AND band = 'link' AND {victim} <= 0)
           OR (l.force <> r.force AND (band IN ('link', 'review') OR match_weight >= 0))
    """
