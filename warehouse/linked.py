"""The published ``link`` tables, made from what the state holds by number."""

import json
from typing import Any

import duckdb
import polars as pl

from warehouse.contract.link import PAIR_KEY, RECORD_PARTS
from warehouse.contract.link_run import BLOCK_RECALL
from warehouse.crime_reference import digits_sql, others_quoted_sql
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
INSERT INTO link.{entity}_edge BY NAME
SELECT {pair}, match_weight, 1 / (1 + pow(2, -match_weight)) AS match_probability, link_at, band,
       cut.reason AS cut, {weights} AS weights, {levels} AS levels,
       {blocks}[edge.block + 1] AS match_key, {model} AS model_id, night
FROM state.{at}.edge
JOIN state.{at}.record_key AS l ON l.record = edge.record_l
JOIN state.{at}.record_key AS r ON r.record = edge.record_r
LEFT JOIN state.{at}.cut ON cut.record_l = edge.record_l AND cut.record_r = edge.record_r,
LATERAL (SELECT {is_turned} AS is_turned)
WHERE band <> 'duplicate'
ORDER BY {key}
"""

# Of records of one force: told to it, and left apart.
_DUPLICATES = """
INSERT INTO link.offence_duplicate BY NAME
SELECT force_l AS force, source_system_l, source_record_id_l, source_system_r, source_record_id_r,
       match_weight, levels
FROM (
    SELECT {pair}, match_weight, {levels} AS levels
    FROM state.{at}.edge
    JOIN state.{at}.record_key AS l ON l.record = edge.record_l
    JOIN state.{at}.record_key AS r ON r.record = edge.record_r,
    LATERAL (SELECT {is_turned} AS is_turned)
    WHERE band = 'duplicate'
) ORDER BY ALL
"""

# Schema of the state that holds what an entity is linked by.
SCHEMAS = {"person": "linkage", "offence": "offence_linkage"}

# What the name of an entity's table of events begins with: persons had theirs first.
_EVENT_PREFIXES = {"person": "", "offence": "offence_"}

_MACROS = (
    """CREATE OR REPLACE MACRO link.{entity}_as_of(on_date) AS TABLE
       SELECT {entity}_id, force, source_system, source_record_id, valid_from, valid_to
       FROM link.{entity}_membership
       WHERE valid_from <= on_date AND (valid_to IS NULL OR valid_to > on_date)""",
    # The records that the id held on the last night it was alive, and who holds them today. For an
    # id that was merged into another in the night that gave it, so that no membership was kept, the
    # other answers. The events tell which: to look among the members of all costs ten times more.
    """CREATE OR REPLACE MACRO link.{entity}_now(asked) AS TABLE
       WITH RECURSIVE followed AS (
           SELECT asked AS {entity}_id, 0 AS steps
           UNION
           SELECT any_value(e.other_{entity}_id)
                      FILTER (event = 'merged' AND e.{entity}_id = followed.{entity}_id),
                  any_value(steps) + 1
           FROM link.{prefix}identity_event AS e
           JOIN followed ON followed.{entity}_id IN (e.{entity}_id, e.other_{entity}_id)
           GROUP BY followed.{entity}_id
           HAVING min(night) = max(night)
                      FILTER (event = 'merged' AND e.{entity}_id = followed.{entity}_id)
       ),
       own AS (
           SELECT force, source_system, source_record_id, coalesce(valid_to, DATE '9999-12-31')
                      AS until
           FROM link.{entity}_membership
           WHERE {entity}_id = (SELECT {entity}_id FROM followed ORDER BY steps DESC LIMIT 1)
       )
       SELECT now.{entity}_id, count(*) AS records
       FROM (FROM own WHERE until = (SELECT max(until) FROM own))
       JOIN (FROM link.{entity}_membership WHERE valid_to IS NULL) AS now
         USING (force, source_system, source_record_id)
       GROUP BY now.{entity}_id ORDER BY records DESC, now.{entity}_id""",
)


def publish_links(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the derived ``link`` tables of the candidate that ``con`` has open, but for what waits
    for review (``warehouse/review_queue.py``).

    The state is attached as ``state``; ``core.person_record`` and the tables that the state holds
    as they are stand already.
    """
    models = con.execute(
        "SELECT model_id, definition, training_report FROM governance.model_register"
    ).fetchall()
    con.execute(_MEMBERSHIP)
    for entity, at in SCHEMAS.items():
        current = con.execute(f"SELECT model_id FROM state.{at}.mark").fetchall()
        if current:
            [(definition,)] = [(made,) for model_id, made, _ in models if model_id == current[0][0]]
            parts = _edge_parts(current[0][0], json.loads(definition))
            con.execute(_EDGES.format(entity=entity, at=at, **parts))
            if entity == "offence":
                con.execute(_DUPLICATES.format(at=at, **parts))
    con.register("recall", _block_recall([(model_id, report) for model_id, _, report in models]))
    con.execute("INSERT INTO link.block_recall BY NAME FROM recall ORDER BY model_id, block")
    con.unregister("recall")


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``link.person_as_of(date)`` and ``link.person_now(person_id)``, the same of offences,
    ``core.reference_digits(text)``, the digits by which a crime reference is told, and
    ``core.references_quoted(text, own)``, those of the references that a text quotes beside the
    record's own; null where there is none."""
    for made in (
        f"reference_digits(reference) AS {digits_sql('reference')}",
        f"references_quoted(quoted, own) AS {others_quoted_sql('quoted', 'own')}",
    ):
        con.execute(f"CREATE OR REPLACE MACRO core.{made}")
    for entity in SCHEMAS:
        for macro in _MACROS:
            con.execute(macro.format(entity=entity, prefix=_EVENT_PREFIXES[entity]))


def _edge_parts(model_id: str, definition: dict[str, Any]) -> dict[str, str]:
    """What a model puts into the statement that publishes its edges."""
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
    return {
        "pair": PAIR_COLUMNS,
        "key": ", ".join(PAIR_KEY),
        "is_turned": IS_TURNED,
        "weights": f"json_object({weights})::VARCHAR",
        "levels": f"json_object({levels})::VARCHAR",
        "blocks": f"[{blocks}]",
        "model": quote(model_id),
    }


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
