"""A trial of a model: what a home's records, linked with it, would be, before anybody approves it.

The records are linked anew beside the state, as the weekly comparison does; what people decided and
the guards count as in a night. Of the state nothing is changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb
import polars as pl

from linkage.changes import find_touched
from linkage.evaluation.evaluate import Evaluation, evaluate
from linkage.evaluation.labelled import Linking
from linkage.groups import group_records
from linkage.judgements.ties import take_in_judgements
from linkage.mark import Mark, last_mark
from linkage.model import Model
from linkage.model_file import entity_of, load_model, model_in_use
from linkage.training.hashes import hash_records
from linkage.verification import score_anew
from linkage.workspace import workspace
from warehouse.contract.link import RECORD_PARTS
from warehouse.errors import LockedError, UsageError
from warehouse.given import lent, with_values
from warehouse.home import Home
from warehouse.state import leave_wal, writer

_KEY = ", ".join(RECORD_PARTS)

# Records that no night has linked yet have no number in the state.
_NUMBER_NEW = f"""
INSERT INTO linkage.record_key SELECT record, {_KEY}, record_hash, $night FROM new_key
"""
_RECORDS = f"""
SELECT record, {_KEY}, part, person_id
FROM grouped JOIN linkage.record_key USING (record)
LEFT JOIN (SELECT record, person_id FROM linkage.cluster) USING (record)
"""
_EDGES = """
SELECT record_l, record_r, match_weight, link_at, band, reason AS cut
FROM scored LEFT JOIN cut_link USING (record_l, record_r)
"""
# A night that is linked and not closed may be loaded anew: its records that are others than they
# were linked as, or are linked and are no more, wait too.
_WAITING_ANEW = """
INSERT INTO waiting
SELECT record_hash FROM touched JOIN fresh USING (record_hash)
ANTI JOIN linkage.record USING (record, content_hash)
UNION ALL
SELECT record_hash FROM touched JOIN linkage.record USING (record_hash)
SEMI JOIN gone USING (record)
"""
_COMPARED = "SELECT (SELECT count(*) FROM pair), (SELECT count(*) FROM large_key)"
# The records that a person as linked and one of the trial have in common; and all that each has.
_CELL = """
CREATE OR REPLACE TEMP TABLE cell AS
SELECT part, person_id, count(*) AS shared, sum(count(*)) OVER (PARTITION BY part) AS of_part,
       sum(count(*)) OVER (PARTITION BY person_id) AS of_person
FROM (SELECT record, part FROM grouped) JOIN (SELECT record, person_id FROM linkage.cluster)
     USING (record)
GROUP BY part, person_id
"""
_RECORDS_MOVED = """
SELECT coalesce(sum(shared), 0)::BIGINT,
       coalesce(sum(shared) FILTER (shared < greatest(of_part, of_person)), 0)::BIGINT FROM cell
"""
# Of each: how many there were, are in the trial, and are in both.
_PERSONS = """
SELECT count(DISTINCT person_id), count(DISTINCT part),
       count(*) FILTER (shared = of_part AND shared = of_person) FROM cell
"""
# The pairs of n records are n (n - 1) / 2: of those that a cell shares with its whole, its part.
_PAIRS = """
SELECT coalesce(sum(shared * (of_person - 1)) // 2, 0)::BIGINT,
       coalesce(sum(shared * (of_part - 1)) // 2, 0)::BIGINT,
       coalesce(sum(shared * (shared - 1)) // 2, 0)::BIGINT FROM cell
"""
_OF_EDGES = """
WITH before AS (SELECT record_l, record_r FROM linkage.edge {uncut_before} WHERE band = '{band}'),
tried AS (SELECT record_l, record_r FROM scored {uncut_tried} WHERE band = '{band}')
SELECT (SELECT count(*) FROM before), (SELECT count(*) FROM tried),
       (SELECT count(*) FROM before SEMI JOIN tried USING (record_l, record_r))
"""
_LINKS = _OF_EDGES.format(
    band="link",
    uncut_before="ANTI JOIN linkage.cut USING (record_l, record_r)",
    uncut_tried="ANTI JOIN cut_link USING (record_l, record_r)",
)
_REVIEW = _OF_EDGES.format(band="review", uncut_before="", uncut_tried="")


@dataclass(frozen=True)
class Change:
    """How many of something there were, how many came and how many went."""

    before: int
    gained: int
    lost: int

    @property
    def after(self) -> int:
        """How many there are in the trial."""
        return self.before + self.gained - self.lost


@dataclass(frozen=True)
class Differences:
    """How the linking of a trial differs from the present one.

    Attributes:
        records_compared: records that are linked in both; ``persons`` and ``pairs`` are of them.
        records_moved: of those, the records whose set of fellow records differs.
        persons: a person that has other records is one lost and another gained.
        pairs: of records of one person.
        links: pairs that weigh enough to be joined, and that nothing cut.
        review: pairs of the band review.
    """

    records_compared: int
    records_moved: int
    persons: Change
    pairs: Change
    links: Change
    review: Change


@dataclass(frozen=True)
class Trial:
    """What linking the current records with a model would give.

    Attributes:
        model: that was tried.
        night: the last that had been linked.
        present_model_id: model that had linked it.
        model_in_use: model that the next night links with.
        waiting_records: records of which rows were loaded or ended since, and that no night linked
            so; those of a night that is linked already and was loaded anew are among them.
        waiting_judgements: decisions that counted, and that no night had taken in.
        data_sha256: of the records, as training hashes them.
        compared_pairs: pairs of records that the model's blocks bring together.
        capped_keys: block keys that more records bear than the model compares.
        differences: from what is linked.
        records: a row a current record: ``record`` (its number), the three parts of its key,
            ``part`` (number of its person in the trial) and ``person_id`` (as linked; null where it
            is not).
        edges: ``record_l``, ``record_r``, ``match_weight``, ``link_at``, ``band`` and ``cut``.
    """

    model: Model
    night: date
    present_model_id: str
    model_in_use: str | None
    waiting_records: int
    waiting_judgements: int
    data_sha256: str
    compared_pairs: int
    capped_keys: int
    differences: Differences
    records: pl.DataFrame
    edges: pl.DataFrame

    @property
    def moved(self) -> pl.DataFrame:
        """The records whose set of fellow records differs: the parts of their key, ``person_id`` as
        linked, and ``trial_person``, the number of their person in the trial."""
        both = self.records.filter(pl.col("person_id").is_not_null())
        shared = pl.len().over("part", "person_id")
        whole = pl.max_horizontal(pl.len().over("part"), pl.len().over("person_id"))
        moved = both.filter(shared < whole).sort("person_id", "part", *RECORD_PARTS)
        return moved.select(*RECORD_PARTS, "person_id", trial_person="part")


def try_model(home: Home, model_id: str) -> Trial:
    """Link the home's current records with a model, beside the state, and compare.

    Args:
        home: the home; nothing of it is changed. Nobody else can write to its state meanwhile.
        model_id: a model of persons, approved or not.

    Raises:
        UsageError: there is no such model, it is none of persons, or nothing was linked yet.
        DamageError: the model's files are gone or damaged.
        ModelError: the model was made for other features than this version has.
        LockedError: another process holds the state.
    """
    with writer(home, "trying a model", is_made=True) as con:
        entity = entity_of(con, model_id)
        if entity != "person":
            raise UsageError(
                f"{model_id} is a model of {entity}: only those of persons can be tried"
            )
        leave_wal(con)
        with workspace(con):
            return _try(con, home, load_model(home, model_id), last_mark(con))


def _try(con: duckdb.DuckDBPyConnection, home: Home, model: Model, mark: Mark) -> Trial:
    _find_waiting(con, mark.night)
    score_anew(con, home, model)
    con.execute(_WAITING_ANEW)
    [(waiting,)] = con.execute("SELECT count(DISTINCT record_hash) FROM waiting").fetchall()
    [(compared, capped)] = con.execute(_COMPARED).fetchall()
    with _undone(con):
        con.execute(with_values(_NUMBER_NEW, {"night": mark.night}))
        judged = take_in_judgements(con, home, mark.night, current="fresh")
        group_records(con, is_all=True, edges="scored")
        return Trial(
            model=model,
            night=mark.night,
            present_model_id=mark.model_id,
            model_in_use=model_in_use(con),
            waiting_records=waiting,
            waiting_judgements=judged.taken,
            data_sha256=hash_records(con, "fresh"),
            compared_pairs=compared,
            capped_keys=capped,
            differences=_compare(con),
            records=con.sql(_RECORDS).pl(),
            edges=con.sql(_EDGES).pl(),
        )


def _find_waiting(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Make ``waiting`` (``record_hash``): the records of which a row was stored or ended after the
    night that was linked last; and ``touched``: those, and the ones of that night itself."""
    find_touched(con, night)
    con.execute("CREATE OR REPLACE TABLE waiting AS FROM touched")
    find_touched(con, night - timedelta(days=1))


@contextmanager
def _undone(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A transaction that comes to nothing, however the block ends."""
    con.execute("BEGIN")
    try:
        yield
    finally:
        con.execute("ROLLBACK")


def _compare(con: duckdb.DuckDBPyConnection) -> Differences:
    con.execute(_CELL)
    [(records, moved)] = con.execute(_RECORDS_MOVED).fetchall()
    changes = (_change(con, query) for query in (_PERSONS, _PAIRS, _LINKS, _REVIEW))
    return Differences(records, moved, *changes)


def _change(con: duckdb.DuckDBPyConnection, query: str) -> Change:
    [(before, after, both)] = con.execute(query).fetchall()
    return Change(before, after - both, before - both)


# The records of the store with their persons in the trial, and the edges of the trial, in the
# columns that the store has them in.
_TRIED_RECORD = f"""
CREATE OR REPLACE TEMP VIEW tried_record AS
SELECT r.* REPLACE (t.part AS person_id)
FROM core.person_record AS r JOIN tried AS t USING ({_KEY})
"""
_TRIED_EDGE = f"""
CREATE OR REPLACE TEMP VIEW tried_edge AS
SELECT {", ".join(f"{s}.{part} AS {part}_{s}" for s in "lr" for part in RECORD_PARTS)},
       match_weight, link_at, band, cut
FROM tried_pair JOIN tried AS l ON l.record = record_l JOIN tried AS r ON r.record = record_r
"""


def evaluate_trial(
    store: duckdb.DuckDBPyConnection, trial: Trial, truth: pl.DataFrame, seed: int
) -> Evaluation:
    """Measure a trial as ``evaluate`` measures what is published, in the same strata.

    Args:
        store: the home's newest store: it tells the strata. Records that it has not are left out.
        trial: what is measured.
        truth: what ``read_truth`` gives.
        seed: of the bootstrap.

    Raises:
        UsageError: the truth is not of this store, or there are too many pairs.
        LockedError: the store is of a later night than the trial: that closed meanwhile.
    """
    [(night,)] = store.execute("SELECT max(night) FROM governance.night").fetchall()
    if night is not None and night > trial.night:
        raise LockedError(
            f"night {night} closed while {trial.model.model_id} was tried on the records of night "
            f"{trial.night}: nothing was measured, and the trial is not kept. Try it again."
        )
    with lent(store, tried=trial.records, tried_pair=trial.edges):
        store.execute(_TRIED_RECORD)
        store.execute(_TRIED_EDGE)
        found = evaluate(store, truth, seed, Linking("tried_record", "tried_edge"))
    return replace(found, about=found.about | {"model_id": trial.model.model_id})
