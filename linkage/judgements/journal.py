"""The journals of what people decided about pairs of records, of persons and of offences.

``decisions/judgements.jsonl`` and ``decisions/offence_judgements.jsonl`` in the home hold one
decision a line and are only ever added to, so
whoever decides waits for nobody: neither for a night that runs nor for another reviewer. The state
takes in what it has not yet taken in, and there every decision stays.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl

from linkage.judgements.judgement import Judgement, peek_id, read_line, write_line
from linkage.record_key import RecordKey
from warehouse.contract.judgement import JUDGEMENT
from warehouse.decisions import append_lines, journal_of, numbered_lines, tell_damaged_lines
from warehouse.given import lent
from warehouse.home import Home

_COLUMNS = ", ".join(name for name in JUDGEMENT.names if name != "night")
# The journal of each entity's pairs, and the table that takes it in.
_JOURNALS = {"person": "judgements", "offence": "offence_judgements"}
TABLES = {"person": "link.judgement", "offence": "link.offence_judgement"}


def judgements_path(home: Home, entity: str = "person") -> Path:
    """Where the journal of pairs of the entity's records is kept."""
    return journal_of(home, _JOURNALS[entity])


def append_judgements(home: Home, judgements: Sequence[Judgement], entity: str = "person") -> None:
    """Add decisions to the journal. When this returns they are on the disk.

    Raises:
        DiskError: the disk is full. Those decisions count whose lines were written whole.
    """
    if judgements:
        append_lines(
            judgements_path(home, entity), [write_line(judgement) for judgement in judgements]
        )


class Journal(NamedTuple):
    """What the journal holds.

    Attributes:
        judgements: every decision once, in the order in which they were written.
        damaged: numbers, from 1, of lines that are no decision: torn by a writer that was killed,
            or tampered with.
    """

    judgements: list[Judgement]
    damaged: list[int]


def read_journal(home: Home, known: Collection[str] = (), entity: str = "person") -> Journal:
    """What the journal holds, lines of the judgement ids in ``known`` left out unread; empty where
    nobody has decided anything yet."""
    read = [
        (number, read_line(line))
        for number, line in numbered_lines(judgements_path(home, entity))
        if peek_id(line) not in known
    ]
    whole = {judgement.judgement_id: judgement for _, judgement in read if judgement}
    return Journal(list(whole.values()), [number for number, judgement in read if not judgement])


def tell_damage(home: Home, damaged: Sequence[int], entity: str = "person") -> str:
    """Words for the operator about damaged lines; empty where there are none."""
    return tell_damaged_lines(judgements_path(home, entity), damaged)


def judgement_frame(judgements: Iterable[Judgement], night: date) -> pl.DataFrame:
    """Rows of ``link.judgement``, oldest first, that count from ``night`` on."""
    rows = [
        (j.judgement_id, *j.pair[0], *j.pair[1], j.verdict, j.judged_by,
         j.judged_at.replace(tzinfo=None), j.reason, j.source, night)
        for j in judgements
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=JUDGEMENT.polars_schema(), orient="row")
    return frame.sort("judged_at", "judgement_id")


def read_judgements(con: duckdb.DuckDBPyConnection, entity: str = "person") -> list[Judgement]:
    """Every decision in the entity's table of the state or of the store, oldest first."""
    read = f"SELECT {_COLUMNS} FROM {TABLES[entity]} ORDER BY judged_at, judgement_id"
    return [
        Judgement(judgement_id, (RecordKey(*key[:3]), RecordKey(*key[3:])), verdict, by,
                  at.replace(tzinfo=UTC), reason, source)
        for judgement_id, *key, verdict, by, at, reason, source in con.execute(read).fetchall()
    ]  # fmt: skip


def take_in(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    night: date,
    entity: str = "person",
    *,
    only: Collection[str] | None = None,
) -> list[RecordKey]:
    """Put the decisions of the entity's journal that its table lacks into it.

    Within the caller's transaction; a second time it changes nothing.

    Args:
        con: the state.
        home: the home, for its journal.
        night: from which they count.
        entity: what the records are of.
        only: ids of those to put in; None: all of them.

    Returns:
        The records that they are about, in alphabetical order.
    """
    table = TABLES[entity]
    known = {row[0] for row in con.execute(f"SELECT judgement_id FROM {table}").fetchall()}
    new = [
        judgement
        for judgement in read_journal(home, known, entity).judgements
        if only is None or judgement.judgement_id in only
    ]
    if new:
        with lent(con, taken_in=judgement_frame(new, night)):
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM taken_in")
    return sorted({key for judgement in new for key in judgement.pair})
