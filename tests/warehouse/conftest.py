"""A home into which a test puts checked batches by hand."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from benchmarks.unlinked_offences import each_its_own
from tests.checked_store import check_store
from warehouse.batch import Batch
from warehouse.build import build, building_path
from warehouse.contract import STAGING_COLUMNS, delivered_table
from warehouse.contract.control import CHECK_RESULT, QUARANTINE
from warehouse.home import Home
from warehouse.load import load
from warehouse.night import write_handover
from warehouse.publish import publish
from warehouse.state import reader, writer

FIRST = date(2026, 1, 1)

# What a row holds where a test does not say otherwise.
DEFAULTS: dict[str, dict[str, Any]] = {
    "offence_record": {
        "offence_group": "burglary",
        "is_notifiable": True,
        "occurred_precision": "day",
        "is_time_ambiguous": False,
        "location_precision": "none",
    },
    "event_role": {"event_type": "offence_record", "role": "suspect"},
}


@dataclass(frozen=True)
class Declared:
    force: str
    every_days: int = 1
    deliverer: str = ""
    ons_code: str | None = None
    pnc_codes: tuple[str, ...] = ("10",)
    system: str = "standard"
    profile: str = "GB"

    @property
    def name(self) -> str:
        return self.force.title()


# What a store reads of a model: one comparison of one level, and one block.
MODEL = json.dumps(
    {"comparisons": [{"name": "name", "levels": [{"says": "same"}]}], "blocks": [{"name": "pnc"}]}
)


@dataclass
class Bench:
    """Puts batches into a home and runs steps on them."""

    home: Home
    declarations: dict[str, Declared] = field(default_factory=dict)

    def declare(self, force: str, **values: Any) -> None:
        self.declarations[force] = Declared(force, **{"deliverer": force} | values)

    def put(
        self,
        night: date,
        sequence: str,
        tables: dict[str, list[dict[str, Any]]],
        *,
        force: str = "durham",
        covers: dict[str, list[str] | None] | None = None,
        quarantine: list[dict[str, Any]] = (),
        received: dict[str, int] | None = None,
        **values: Any,
    ) -> str:
        """One checked batch. ``sequence`` is also its id; rows are dicts of contract columns."""
        if force not in self.declarations:
            self.declare(force)
        batch_id = f"{force}-{sequence}"
        counted = {name: len(rows) for name, rows in tables.items()}
        for row in quarantine:
            counted[row["table_name"]] = counted.get(row["table_name"], 0) + 1
        batch = Batch(
            **{
                "batch_id": batch_id,
                "delivery_id": batch_id,
                "deliverer": force,
                "force": force,
                "source_system": "standard",
                "delivery_date": night,
                "sequence": sequence,
                "kind": "delta",
                "environment": "live",
                "content_hash": "0" * 64,
                "bytes": 1,
                "received": counted if received is None else received,
                "covers": covers or {},
            }
            | values
        )
        for folder in (self.home.staged(batch_id), self.home.checked(batch_id)):
            folder.mkdir(parents=True, exist_ok=True)
            replace(batch).write(folder)
        checked = self.home.checked(batch_id)
        for name, rows in tables.items():
            self._rows(batch, name, rows).write_parquet(checked / f"{name}.parquet")
        blamed = [
            {
                "batch_id": batch_id, "force": force, "source_file": "f.csv", "source_row": 900 + n,
                "rule": "not_null", "reason": "empty",
            } | row
            for n, row in enumerate(quarantine)
        ]  # fmt: skip
        pl.DataFrame(
            blamed, schema=QUARANTINE.polars_schema() | {"raw": pl.String()}
        ).write_parquet(checked / "quarantine.parquet")
        pl.DataFrame(schema=CHECK_RESULT.polars_schema()).write_parquet(
            checked / "check_result.parquet"
        )
        handed = self.home.night(night) / "standardise" / f"{batch.deliverer}-{sequence}.json"
        write_handover(self.home, night, "standardise", handed.stem, [batch_id])
        return batch_id

    def _rows(self, batch: Batch, name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
        filled = [
            {
                "force": batch.force,
                "source_system": batch.source_system,
                "source_record_id": row.get("record_key", "").split("#")[0],
                "batch_id": batch.batch_id,
                "source_file": "f.csv",
                "source_row": number,
                "operation": "upsert",
            }
            | ({} if row.get("operation") == "delete" else DEFAULTS.get(name, {}))
            | row
            for number, row in enumerate(rows, start=1)
        ]
        return pl.DataFrame(filled, schema=delivered_table(name).polars_schema(STAGING_COLUMNS))

    def load(self, night: date) -> None:
        load(self.home, night, self.declarations)

    def link(self, night: date, persons: dict[str, list[str]], weight: float = 9.5) -> None:
        """What linkage would write: each person's records, as ``force:id``, tied in a chain."""
        records = {p: [tuple(r.split(":")) for r in rs] for p, rs in persons.items()}
        numbers = {record: n for n, record in enumerate(chain(*records.values()), start=1)}
        with writer(self.home, "test") as con:
            con.execute("DELETE FROM linkage.membership WHERE valid_from = ?", [night])
            for table in ("linkage.edge", "linkage.cluster", "linkage.record_key", "linkage.mark",
                          "governance.model_register"):  # fmt: skip
                con.execute(f"DELETE FROM {table}")
            con.execute(
                "INSERT INTO governance.model_register (model_id, entity, version, status, how, "
                "definition, definition_sha256, code_sha256, trained_on_records, training_report) "
                "VALUES ('person-1', 'person', '1', 'provisional', 'typed', ?, 'f', 'f', 0, '{}')",
                [MODEL],
            )
            con.execute("INSERT INTO linkage.mark VALUES (?, 'person-1', '', NULL)", [night])
            for (force, key), number in numbers.items():
                con.execute(
                    "INSERT INTO linkage.record_key VALUES (?, ?, 'standard', ?, ?, ?)",
                    [number, force, key, number, night],
                )
            for person, own in records.items():
                for record in own:
                    con.execute(
                        "INSERT INTO linkage.membership VALUES (?, ?, ?, NULL)",
                        [numbers[record], person, night],
                    )
                    con.execute(
                        "INSERT INTO linkage.cluster VALUES (?, ?, ?)",
                        [numbers[record], numbers[own[0]], person],
                    )
                for left, right in pairwise(sorted(own)):
                    con.execute(
                        "INSERT INTO linkage.edge VALUES (?, ?, ?, 8, 'link', [?, 0], [0], 0, ?)",
                        [numbers[left], numbers[right], weight, weight, night],
                    )

    def link_offences(self, night: date) -> None:
        """What linkage would write where each offence record is an offence of its own; nothing
        where it has written."""
        with writer(self.home, "test") as con:
            if not con.execute("SELECT 1 FROM offence_linkage.mark").fetchall():
                each_its_own(con, night)

    def build(self, night: date) -> Path:
        """The night's candidate, checked: by plain SQL, since Great Expectations takes seconds."""
        self.link_offences(night)
        build(self.home, night, self.declarations)
        check_store(self.home, night)
        return building_path(self.home, night)

    def publish(self, night: date) -> Path:
        self.build(night)
        publish(self.home, night)
        return self.home.current.resolve()

    def ask_store(self, sql: str, path: Path | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query on a store file, the current one by default."""
        with duckdb.connect(str(path or self.home.current.resolve()), read_only=True) as con:
            return con.execute(sql).fetchall()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the state."""
        with reader(self.home) as con:
            return con.execute(sql).fetchall()

    def names(self) -> dict[str, str]:
        """Surname of every current person record, by key."""
        sql = "SELECT record_key, surname FROM core.person_record WHERE valid_to IS NULL"
        return dict(self.ask(sql))

    def balances(self, batch_id: str) -> dict[str, tuple[int, ...]]:
        """received, stored, unchanged, quarantined, deleted, closed by table."""
        return {
            row[0]: row[1:]
            for row in self.ask(
                "SELECT table_name, received, stored, unchanged, quarantined, deleted, closed "
                f"FROM quality.reconciliation WHERE batch_id = '{batch_id}'"
            )
        }


@pytest.fixture(scope="session")
def empty_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state whose schema is made: to copy it is quicker than to make it for every test."""
    home = Home.of(tmp_path_factory.mktemp("empty"))
    with writer(home, "test"):
        pass
    return home.state


@pytest.fixture(scope="session")
def new_bench(empty_state: Path) -> Callable[[Path], Bench]:
    """Makes a bench in a folder, for tests that need many."""

    def make(folder: Path) -> Bench:
        folder.mkdir(parents=True, exist_ok=True)
        home = Home.of(folder)
        shutil.copy(empty_state, home.state)
        return Bench(home)

    return make


@pytest.fixture
def bench(tmp_path: Path, new_bench: Callable[[Path], Bench]) -> Bench:
    return new_bench(tmp_path / "home")


@pytest.fixture(scope="session")
def nights() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(8)]
