"""A simulated nation's person records, straight into a home's state: no delivery is rendered.

    python benchmarks/simulated_people.py HOME RECORDS

The people, their records and every fault in them are the simulator's at default dirt, about 1.2
records a person; what the record systems' formats lose is lost here too. Beside the state the home
then holds ``reference/postcode.parquet``, ``truth/person.parquet`` in the simulator's form, and
``later/``: records of known and new persons that ``simulated_nights`` brings on later nights.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from forces.declaration import load_declarations
from forces.simulator.belongings import PLACEHOLDER_POSTCODE
from forces.simulator.chance import stream
from forces.simulator.delivery import group_deliverers
from forces.simulator.force_world import make_people_tables
from forces.simulator.observe import PLACEHOLDER_BIRTH, TRAPS
from forces.simulator.rates import read_rates
from forces.simulator.setting import Setting
from forces.simulator.world import World, make_world
from warehouse.contract import delivered_table
from warehouse.contract.person import HASHED
from warehouse.contract.record_hash import record_hash_sql
from warehouse.home import Home
from warehouse.state import writer

FIRST_NIGHT = date(2026, 1, 12)
KEY = ("force", "source_system", "source_record_id")
TABLES = (
    "person_record", "person_name", "person_identifier", "person_address", "person_contact",
)  # fmt: skip
LATER = 0.04  # records held back for later nights, as a share of those of the first
# Records a person at default dirt run from 1.2 to 1.4 by the seed: enough people for the fewest.
FEWEST_RECORDS = 1.19
TRUTH = ("truth", "person.parquet")


@dataclass(frozen=True)
class Nation:
    """What was built: records on the first night, held back for later, and the persons of both."""

    records: int
    later: int
    persons: int


def build_nation(home: Home, records: int, seed: int = 1) -> Nation:
    """Fill a home's state with that many person records of the first night.

    Args:
        home: an empty home.
        records: person records to be there.
        seed: of the simulation.
    """
    world = _make_world(records, seed)
    ranks = _rank_records(world, seed)
    home.root.mkdir(parents=True, exist_ok=True)
    write_gazetteer(home, world.gazetteer.places)
    truths = []
    (home.root / "later").mkdir()
    with writer(home, "simulated people") as state:
        for force, setting in world.settings.items():
            tables, truth = _force_tables(world, setting, ranks[force])
            truths.append(truth.filter(pl.col("rank") < records * (1 + LATER)))
            first, later = _split(tables, records)
            for name, frame in first.items():
                store(state, name, frame, FIRST_NIGHT)
            for name, frame in later.items():
                frame.write_parquet(home.root / "later" / f"{name}-{force}.parquet")
    truth = pl.concat(truths)
    home.root.joinpath(*TRUTH).parent.mkdir()
    truth.drop("rank").write_parquet(home.root.joinpath(*TRUTH))
    held = int((truth["rank"] < records).sum())
    return Nation(held, truth.height - held, truth["truth_person_id"].n_unique())


def _make_world(records: int, seed: int) -> World:
    declarations = load_declarations()
    persons = max(round(records * (1 + LATER) / FEWEST_RECORDS), len(declarations))
    deliverers = group_deliverers(declarations)
    ordered = {f: d for one in deliverers.values() for f, d in one.declarations.items()}
    rates = read_rates("default")
    return make_world(ordered, deliverers, persons, 1, seed, FIRST_NIGHT, rates)


def _rank_records(world: World, seed: int) -> dict[str, pl.Series]:
    """A place in one order of chance for each record: the first places are the first night's."""
    sizes = [frame.height for frame in world.records.values()]
    order = stream(seed, "benchmark order").permutation(sum(sizes))
    parts = np.split(order, np.cumsum(sizes)[:-1])
    return {force: pl.Series(part) for force, part in zip(world.records, parts, strict=True)}


def _force_tables(
    world: World, setting: Setting, rank: pl.Series
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """A force's person tables in the contract's columns, each with ``rank``, and its truth."""
    records = world.records[setting.force].with_columns(rank=rank)
    held, belongings = make_people_tables(setting, records, world.people, world.gazetteer)
    tables = {"person_record": held} | {name: belongings[name] for name in TABLES[1:]}
    system = setting.declaration.system
    key = {"force": pl.lit(setting.force), "source_system": pl.lit(system)}
    of_record = held.select("source_record_id", "rank")
    ranked = {
        name: (frame if "rank" in frame.columns else frame.join(of_record, on="source_record_id"))
        for name, frame in tables.items()
    }
    tables = {name: lose_in_form(name, frame.with_columns(**key)) for name, frame in ranked.items()}
    flags = [pl.when(trap).then(pl.lit(trap)) for trap in TRAPS]
    truth = held.select(
        **key,
        source_record_id="source_record_id",
        truth_person_id=pl.format("P{}", "person"),
        traps=pl.concat_list(flags).list.drop_nulls(),
        name_origin="name_origin",
        rank="rank",
    )
    return tables, truth


def lose_in_form(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows as they come out of the transforms: placeholders gone, no tie where a system has
    none."""
    if table == "person_address":
        is_placeholder = pl.col("postcode") == PLACEHOLDER_POSTCODE
        return frame.with_columns(postcode=pl.when(~is_placeholder).then("postcode"))
    if table != "person_record":
        return frame
    is_known = (pl.col("birth_date") != PLACEHOLDER_BIRTH) | pl.col("birth_date").is_null()
    system = pl.col("source_system")
    return frame.with_columns(
        birth_date=pl.when(is_known).then("birth_date"),
        birth_year=pl.when(is_known).then("birth_year"),
        # Niche's form has no such column; an Athena NominalRef is its own.
        source_person_ref=pl.when(system == "athena")
        .then("source_record_id")
        .when(system != "niche")
        .then("source_person_ref"),
    )


def _split(
    tables: dict[str, pl.DataFrame], records: int
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Rows of the first night, and of later ones: these with ``rank`` counted from 0."""
    first = {name: frame.filter(pl.col("rank") < records) for name, frame in tables.items()}
    last = records * (1 + LATER)
    later = {
        name: frame.filter(pl.col("rank").is_between(records, last, closed="left")).with_columns(
            rank=pl.col("rank") - records
        )
        for name, frame in tables.items()
    }
    return first, later


def store(state: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame, night: date) -> None:
    """Insert rows as the load does: current from the night on, of version 1 unless they say it."""
    names = [n for n in delivered_table(table).names if n in rows.columns and n not in _MADE]
    version = rows["version"] if "version" in rows.columns else pl.lit(1)
    state.register("rows_to_store", rows.select(*names, version=version))
    hashed = f"{record_hash_sql()} AS record_hash, " if delivered_table(table) in HASHED else ""
    state.execute(
        f"INSERT INTO core.{table} BY NAME SELECT *, {_record_key(table, names)} AS record_key, "
        "'simulated' AS batch_id, 'simulated' AS source_file, 1 AS source_row, "
        f"{hashed}"
        "$night::DATE AS valid_from, strftime($night::DATE, '%Y-%m-%d') AS delivery_sequence "
        "FROM rows_to_store",
        {"night": night},
    )
    state.unregister("rows_to_store")


_MADE = ("record_key", "batch_id", "source_file", "source_row")


def _record_key(table: str, names: list[str]) -> str:
    if delivered_table(table).owner is None:
        return "source_record_id"
    content = ", ".join(f'"{name}"' for name in names)
    return f"source_record_id || '#' || left(md5(concat_ws('|', {content})), 16)"


def write_gazetteer(home: Home, places: pl.DataFrame) -> None:
    """``reference/postcode.parquet`` as a home's reference delivery would have left it."""
    home.reference.mkdir(parents=True, exist_ok=True)
    columns = ("postcode", "easting", "northing", "longitude", "latitude")
    places.select(columns).sort("postcode").write_parquet(home.reference / "postcode.parquet")


def read_truth(home: Home) -> pl.DataFrame:
    """Key, ``truth_person_id`` and ``traps`` of every record of the first and later nights."""
    return pl.read_parquet(home.root.joinpath(*TRUTH))


def read_later(home: Home, first: int, last: int) -> Iterator[tuple[str, pl.DataFrame]]:
    """By table, the rows of the records held back from place ``first`` (from 0) up to ``last``."""
    is_due = pl.col("rank").is_between(first, last, closed="left")
    for table in TABLES:
        files = home.root / "later" / f"{table}-*.parquet"
        yield table, pl.scan_parquet(files).filter(is_due).collect()


def main() -> None:
    """Build the nation that the command line asks for."""
    nation = build_nation(Home.of(Path(sys.argv[1])), int(sys.argv[2]))
    print(f"{nation.records:,} records, {nation.later:,} held back, {nation.persons:,} persons")


if __name__ == "__main__":
    main()
