"""The published ``link`` tables, made from what the state holds by number."""

import json
from typing import Any

import duckdb
import polars as pl

from warehouse.contract.link import PAIR_KEY, RECORD_PARTS
from warehouse.contract.link_run import BLOCK_RECALL
from warehouse.schema import quote

_SIDES = "lr"

_MEMBERSHIP = """
INSERT INTO link.person_membership BY NAME
SELECT person_id, force, source_system, source_record_id, valid_from, valid_to
FROM state.linkage.membership JOIN state.linkage.record_key USING (record)
ORDER BY force, source_system, source_record_id, valid_from
"""

# The record that comes first by its key is the first of a pair, whichever came first in time.
PAIR_COLUMNS = ", ".join(
    f"CASE WHEN is_turned THEN {'r' if side == 'l' else 'l'}.{part} ELSE {side}.{part} END "
    f"AS {part}_{side}"
    for side in _SIDES
    for part in RECORD_PARTS
)
IS_TURNED = (
    "(r.force, r.source_system, r.source_record_id) < (l.force, l.source_system, "
    "l.source_record_id)"
)

_EDGES = """
INSERT INTO link.person_edge BY NAME
SELECT {pair}, match_weight, 1 / (1 + pow(2, -match_weight)) AS match_probability, link_at, band,
       cut.reason AS cut, {weights} AS weights, {levels} AS levels,
       {blocks}[edge.block + 1] AS match_key, {model} AS model_id, night
FROM state.linkage.edge
JOIN state.linkage.record_key AS l ON l.record = edge.record_l
JOIN state.linkage.record_key AS r ON r.record = edge.record_r
LEFT JOIN state.linkage.cut ON cut.record_l = edge.record_l AND cut.record_r = edge.record_r,
LATERAL (SELECT {is_turned} AS is_turned)
ORDER BY {key}
"""

_MACROS = (
    """CREATE OR REPLACE MACRO link.person_as_of(on_date) AS TABLE
       SELECT person_id, force, source_system, source_record_id, valid_from, valid_to
       FROM link.person_membership
       WHERE valid_from <= on_date AND (valid_to IS NULL OR valid_to > on_date)""",
    # The records that the id held on the last night it was alive, and who holds them today.
    """CREATE OR REPLACE MACRO link.person_now(asked) AS TABLE
       WITH own AS (
           SELECT force, source_system, source_record_id, coalesce(valid_to, DATE '9999-12-31')
                      AS until
           FROM link.person_membership WHERE person_id = asked
       )
       SELECT now.person_id, count(*) AS records
       FROM (FROM own WHERE until = (SELECT max(until) FROM own))
       JOIN (FROM link.person_membership WHERE valid_to IS NULL) AS now
         USING (force, source_system, source_record_id)
       GROUP BY now.person_id ORDER BY records DESC, now.person_id""",
)


def publish_links(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the derived ``link`` tables of the candidate that ``con`` has open, but for what waits
    for review (``warehouse/review_queue.py``).

    The state is attached as ``state``; ``core.person_record`` and the tables that the state holds
    as they are stand already.
    """
    con.execute(_MEMBERSHIP)
    models = con.execute(
        "SELECT model_id, definition, training_report FROM governance.model_register"
    ).fetchall()
    current = con.execute("SELECT model_id FROM state.linkage.mark").fetchall()
    if current:
        [(definition,)] = [(made,) for model_id, made, _ in models if model_id == current[0][0]]
        con.execute(_edges_sql(current[0][0], json.loads(definition)))
    con.register("recall", _block_recall([(model_id, report) for model_id, _, report in models]))
    con.execute("INSERT INTO link.block_recall BY NAME FROM recall ORDER BY model_id, block")
    con.unregister("recall")


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``link.person_as_of(date)`` and ``link.person_now(person_id)``."""
    for macro in _MACROS:
        con.execute(macro)


def _edges_sql(model_id: str, definition: dict[str, Any]) -> str:
    comparisons = definition["comparisons"]
    names = [comparison["name"] for comparison in comparisons]
    weights = ", ".join(
        f"{quote(name)}, weights[{place}]" for place, name in enumerate([*names, "prior"], start=1)
    )
    levels = ", ".join(
        f"{quote(comparison['name'])}, {_words(comparison)}[levels[{place}] + 2]"
        for place, comparison in enumerate(comparisons, start=1)
    )
    blocks = ", ".join(quote(block["name"]) for block in definition["blocks"])
    return _EDGES.format(
        pair=PAIR_COLUMNS,
        key=", ".join(PAIR_KEY),
        is_turned=IS_TURNED,
        weights=f"json_object({weights})::VARCHAR",
        levels=f"json_object({levels})::VARCHAR",
        blocks=f"[{blocks}]",
        model=quote(model_id),
    )


def _words(comparison: dict[str, Any]) -> str:
    """What each level says, from -1 (not known) on."""
    says = ["not known", *(level["says"] for level in comparison["levels"]), "different"]
    return f"[{', '.join(quote(each) for each in says)}]"


def _block_recall(reports: list[tuple[str, str]]) -> pl.DataFrame:
    rows = [
        {"model_id": model_id} | row
        for model_id, report in reports
        for row in json.loads(report).get("blocks", [])
    ]
    schema = BLOCK_RECALL.polars_schema()
    return pl.DataFrame(rows, schema=schema, orient="row")
