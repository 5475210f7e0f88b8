"""Link the persons of a night: read, score, group, name, write."""

from datetime import date

import duckdb
import polars as pl

from linkage.features import read_persons
from linkage.guards import split_contradictions
from linkage.identity import KEY, assign_ids, list_events
from linkage.model_file import FrozenModel, current_model
from linkage.models import person
from linkage.score import score_pairs
from warehouse.home import Home
from warehouse.journal import step
from warehouse.night import hand_over_model, is_closed
from warehouse.state import reader, writer

# What the night itself wrote is undone first, so that a step that was killed after its commit and
# is run again sees the persons as they were before the night.
_UNDO = """
DELETE FROM link.person_membership WHERE valid_from = $night;
UPDATE link.person_membership SET valid_to = NULL WHERE valid_to = $night;
DELETE FROM link.identity_event WHERE night = $night;
"""
_PREVIOUS = """
SELECT force, source_system, source_record_id, person_id FROM link.person_membership
WHERE valid_from < $night AND (valid_to IS NULL OR valid_to >= $night)
"""
_CLOSE_MEMBERSHIP = """
UPDATE link.person_membership AS m SET valid_to = $night
WHERE valid_to IS NULL AND NOT EXISTS (
    FROM assigned AS a WHERE (a.force, a.source_system, a.source_record_id, a.person_id)
                           = (m.force, m.source_system, m.source_record_id, m.person_id))
"""
_OPEN_MEMBERSHIP = """
INSERT INTO link.person_membership (person_id, force, source_system, source_record_id, valid_from)
SELECT person_id, force, source_system, source_record_id, $night FROM assigned
WHERE previous_id IS DISTINCT FROM person_id ORDER BY unique_id
"""
_DELETE_EDGES = """
DELETE FROM link.person_edge AS e WHERE NOT EXISTS (
    FROM edge AS n
    WHERE (n.force_l, n.source_system_l, n.source_record_id_l)
        = (e.force_l, e.source_system_l, e.source_record_id_l)
      AND (n.force_r, n.source_system_r, n.source_record_id_r)
        = (e.force_r, e.source_system_r, e.source_record_id_r)
      AND (n.weights, n.match_key, n.model_id) = (e.weights, e.match_key, e.model_id))
"""
# An edge that says what it said before keeps the night that scored it first.
_INSERT_EDGES = """
INSERT INTO link.person_edge
SELECT n.force_l, n.source_system_l, n.source_record_id_l,
       n.force_r, n.source_system_r, n.source_record_id_r,
       n.match_weight, n.match_probability, n.band, n.weights, n.match_key, n.model_id, $night
FROM edge AS n ANTI JOIN link.person_edge AS e
  ON (n.force_l, n.source_system_l, n.source_record_id_l,
      n.force_r, n.source_system_r, n.source_record_id_r)
   = (e.force_l, e.source_system_l, e.source_record_id_l,
      e.force_r, e.source_system_r, e.source_record_id_r)
ORDER BY ALL
"""
_REGISTER_MODEL = """
INSERT INTO governance.model_register
SELECT $model_id, 'person', $version, 'provisional', $definition, $sha256, $night
WHERE $model_id NOT IN (SELECT model_id FROM governance.model_register)
  AND EXISTS (FROM assigned)
"""


def link(home: Home, night: date) -> None:
    """Link every current person record of the home, in full, and keep the ledger of identities.

    Reads the state's person tables; writes ``link.person_edge``, ``link.person_membership``,
    ``link.identity_event`` and ``governance.model_register`` in one transaction. Run again for the
    same night it ends with the same rows.

    Raises:
        LockedError: another process holds the state.
    """
    if is_closed(home, night):
        return
    with step(home, night, "link") as note:
        with reader(home) as state:
            persons = read_persons(state)
            known = {"night": night}
            previous = state.execute(_PREVIOUS, known).pl()
            ever = state.execute(
                "SELECT DISTINCT person_id FROM link.person_membership WHERE valid_from < $night",
                known,
            ).pl()["person_id"]
        model = current_model(home, persons)
        scored = score_pairs(persons, model)
        linked = scored.pairs.filter(pl.col("match_weight") >= person.LINK)
        records = persons.select("unique_id", *KEY).with_columns(
            split_contradictions(persons, linked)
        )
        assigned = assign_ids(records, previous, ever, night.isoformat())
        events = list_events(assigned, previous)
        edges = _edges(records, scored.pairs, model)
        with writer(home, f"linking night {night}") as state:
            _write(state, night, model, edges, assigned, events)
        hand_over_model(home, night, model.model_id if persons.height else None)
        links = int((edges["band"] == "link").sum())
        note["records"] = persons.height
        note["persons"] = assigned["person_id"].n_unique()
        note["links"] = links
        note["review"] = edges.height - links
        note["cut_links"] = linked.height - links
        note["capped_blocks"] = int(scored.capped["keys"].sum())
        note["capped_pairs"] = int(scored.capped["pairs"].sum())


def _edges(records: pl.DataFrame, pairs: pl.DataFrame, model: FrozenModel) -> pl.DataFrame:
    """The pairs in the columns of ``link.person_edge``, but for the night."""
    left = records.select(
        pl.col("unique_id").alias("unique_id_l"),
        pl.col("component").alias("component_l"),
        *(pl.col(k).alias(f"{k}_l") for k in KEY),
    )
    right = records.select(
        pl.col("unique_id").alias("unique_id_r"),
        pl.col("component").alias("component_r"),
        *(pl.col(k).alias(f"{k}_r") for k in KEY),
    )
    # A link that the guard cut joins two groups: it is for a person to decide.
    is_link = (pl.col("match_weight") >= person.LINK) & (
        pl.col("component_l") == pl.col("component_r")
    )
    return (
        pairs.join(left, on="unique_id_l", maintain_order="left")
        .join(right, on="unique_id_r", maintain_order="left")
        .with_columns(
            pl.when(is_link).then(pl.lit("link")).otherwise(pl.lit("review")).alias("band"),
            pl.lit(model.model_id).alias("model_id"),
        )
    )


def _write(
    state: duckdb.DuckDBPyConnection,
    night: date,
    model: FrozenModel,
    edges: pl.DataFrame,
    assigned: pl.DataFrame,
    events: pl.DataFrame,
) -> None:
    known = {"night": night}
    state.register("edge", edges)
    state.register("assigned", assigned)
    state.register("event", events)
    state.execute("BEGIN")
    for statement in _UNDO.strip().split("\n"):
        state.execute(statement, known)
    state.execute(_CLOSE_MEMBERSHIP, known)
    state.execute(_OPEN_MEMBERSHIP, known)
    state.execute(
        "INSERT INTO link.identity_event SELECT $night, person_id, event, other_person_id, "
        "records, cause, $model_id FROM event",
        known | {"model_id": model.model_id},
    )
    state.execute(_DELETE_EDGES)
    state.execute(_INSERT_EDGES, known)
    state.execute(
        _REGISTER_MODEL,
        known
        | {
            "model_id": model.model_id,
            "version": person.VERSION,
            "definition": model.definition,
            "sha256": model.definition_sha256,
        },
    )
    state.execute("COMMIT")
