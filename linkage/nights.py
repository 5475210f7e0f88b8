"""What a link step did, as its row in ``link.linkage_night``."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import duckdb

from linkage.delta import Changes
from linkage.identity import PERSONS, Ledger
from linkage.judgements.ties import Judged
from linkage.model import Model
from warehouse.given import with_values


@dataclass(frozen=True)
class Summary:
    """What a link step did; counts of the whole home unless said.

    ``identities`` are persons or offences, whichever the step links.
    """

    model_id: str
    is_full: bool
    records: int
    new_records: int
    changed_records: int
    deleted_records: int
    pairs: int
    links: int
    review: int
    cut_links: int
    identities: int
    ids_changed: int
    capped_keys: int
    capped_pairs: int
    judgements: int
    conflicts: int

    def to_note(self, ledger: Ledger) -> dict[str, Any]:
        """What the journal of the night says of it, by names that fit the entity."""
        told = asdict(self)
        return {ledger.count if name == "identities" else name: told[name] for name in told}


_INSERT = """
INSERT INTO link.{nights}
SELECT $run, $night, $model_id, $is_full,
       (SELECT count(*) FROM {at}.record), $new, $changed, $gone, $rescored, $pairs,
       edge.edges, edge.links, (SELECT count(*) FROM {at}.cut),
       -- Those that something touched are touched whole: only they are counted anew.
       $held_before - was.held + now.held,
       happened.created, happened.merged, happened.split, happened.retired,
       churn.changed, coalesce(churn.changed / nullif(churn.known, 0), 0),
       capped.keys, capped.pairs, $judgements, $conflicts, $is_full
FROM
    (SELECT count(DISTINCT {id}) AS held FROM (
        SELECT previous_id AS {id} FROM assigned UNION ALL SELECT {id} FROM lost_entity
    )) AS was,
    (SELECT count(DISTINCT part) AS held FROM assigned) AS now,
    (SELECT count(*) AS edges, count(*) FILTER (band = 'link') AS links FROM {at}.edge) AS edge,
    (SELECT count(*) FILTER (event = 'created') AS created,
            count(*) FILTER (event = 'merged') AS merged,
            count(*) FILTER (event = 'split') AS split,
            count(*) FILTER (event = 'retired') AS retired FROM event) AS happened,
    (SELECT (SELECT count(*) FROM assigned WHERE previous_id <> {id}) AS changed,
            (SELECT count(*) FROM {at}.cluster)
                - (SELECT count(*) FROM assigned WHERE previous_id IS NULL) AS known) AS churn,
    (SELECT count(*) AS keys, coalesce(sum(held * (held - 1) / 2), 0)::BIGINT AS pairs
     FROM {at}.capped_key) AS capped
"""

_SUMMARY = """
SELECT model_id, is_full, records, new_records, changed_records, deleted_records, pairs, links,
       (SELECT count(*) FROM {at}.edge WHERE band = 'review'), cut_links, {count}, ids_changed,
       capped_keys, capped_pairs, judgements, conflicts
FROM link.{nights} ORDER BY run DESC LIMIT 1
"""


def next_run(con: duckdb.DuckDBPyConnection, ledger: Ledger = PERSONS) -> int:
    """Number of the link step that is under way."""
    [(run,)] = con.execute(f"SELECT coalesce(max(run), 0) + 1 FROM link.{ledger.nights}").fetchall()
    return int(run)


def record_night(
    con: duckdb.DuckDBPyConnection,
    run: int,
    night: date,
    model: Model,
    changes: Changes,
    pairs: int,
    judged: Judged,
    *,
    is_full: bool,
    ledger: Ledger = PERSONS,
) -> None:
    """Write the step's row, within the caller's transaction, once everything else is written."""
    last = con.execute(
        f"SELECT {ledger.count} FROM link.{ledger.nights} ORDER BY run DESC LIMIT 1"
    ).fetchall()
    con.execute(with_values(
        _INSERT.format(**asdict(ledger)),
        {
            "held_before": last[0][0] if last else 0,
            "run": run, "night": night, "model_id": model.model_id, "is_full": is_full,
            "new": changes.new, "changed": changes.changed, "gone": changes.gone,
            "rescored": changes.rescored, "pairs": pairs, "judgements": judged.taken,
            "conflicts": judged.conflicts,
        },
    ))  # fmt: skip


def last_summary(con: duckdb.DuckDBPyConnection, ledger: Ledger = PERSONS) -> Summary | None:
    """What the newest link step did; None where there was none."""
    rows = con.execute(_SUMMARY.format(**asdict(ledger))).fetchall()
    return Summary(*rows[0]) if rows else None
