"""What changes at a force from one night to the next, and what of it a delivery brings."""

from datetime import timedelta

import numpy as np
import polars as pl

from forces.simulator.chance import chance
from forces.simulator.force_world import Tables
from forces.simulator.offences import with_last_outcome
from forces.simulator.setting import Setting
from warehouse.batch import BatchKind
from warehouse.contract import delivered_table
from warehouse.contract.model import Table

MOVES = 0.6  # of changed records of people: the rest get another phone
NOT_SENT = ("source_system", "record_key", "batch_id", "source_file", "source_row")


def live_through(tables: Tables, setting: Setting, night: int) -> Tables:
    """The tables after what changed at the force before a later night (an index from 1)."""
    random = setting.random(f"changes before night {night}")
    share = setting.rates.life["changed_per_night"]
    people = _touch(tables["person_record"], night, chance(random, share, _height(tables)))
    minutes = pl.Series(random.integers(60, 1400, people.height))
    at = pl.lit(setting.first_night).cast(pl.Datetime("us")) + timedelta(days=night)
    people = people.with_columns(
        updated_at=pl.when(pl.col("touched") == night)
        .then(at - pl.duration(minutes=pl.lit(minutes)))
        .otherwise("updated_at")
    )
    changed = people.filter(pl.col("touched") == night)["source_record_id"]
    moves = pl.Series(chance(random, MOVES, changed.len()))
    addresses = _move(tables["person_address"], changed.filter(moves), setting, night, random)
    contacts = _call(tables["person_contact"], changed.filter(~moves), random)
    offences, outcomes = _conclude(tables, setting, night, random)
    return tables | {
        "person_record": people,
        "person_address": addresses,
        "person_contact": contacts,
        "offence_record": offences,
        "outcome": outcomes,
    }


def _height(tables: Tables) -> int:
    return tables["person_record"].height


def _touch(table: pl.DataFrame, night: int, is_struck: np.ndarray) -> pl.DataFrame:
    """The table with those struck marked as changed, where they were there and are not deleted."""
    is_there = (pl.col("night") < night) & ~(pl.col("deleted") <= night).fill_null(value=False)
    return table.with_columns(
        touched=pl.when(pl.lit(pl.Series(is_struck)) & is_there).then(night).otherwise("touched")
    )


def _move(
    addresses: pl.DataFrame,
    movers: pl.Series,
    setting: Setting,
    night: int,
    random: np.random.Generator,
) -> pl.DataFrame:
    """Addresses after some people moved within the force's area the day before."""
    day = setting.first_night + timedelta(days=night - 1)
    is_left = pl.col("source_record_id").is_in(movers.implode()) & pl.col("to_date").is_null()
    left = addresses.with_columns(
        to_date=pl.when(is_left).then(pl.lit(day - timedelta(days=1))).otherwise("to_date")
    )
    at = setting.places[random.integers(0, setting.places.height, movers.len())]
    house = pl.Series(random.integers(1, 90, movers.len()))
    found = at.select(
        source_record_id=pl.lit(movers),
        address_type=pl.lit("home"),
        address=pl.concat_str(pl.lit(house), "street", separator=" "),
        locality="locality",
        postcode="postcode",
        from_date=pl.lit(day),
        to_date=pl.lit(None, pl.Date),
    )
    return pl.concat([left, found.select(left.columns)])


def _call(contacts: pl.DataFrame, callers: pl.Series, random: np.random.Generator) -> pl.DataFrame:
    """Contacts after some people took another number."""
    number = pl.Series(random.integers(300_000_000, 999_999_999, callers.len()))
    taken = pl.select(
        source_record_id=pl.lit(callers),
        type=pl.lit("phone"),
        value=pl.concat_str(pl.lit("+447"), pl.lit(number).cast(pl.String)),
    )
    return pl.concat([contacts, taken])


def _conclude(
    tables: Tables, setting: Setting, night: int, random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Offences and outcomes after some open offences were concluded the day before."""
    offences = tables["offence_record"]
    is_open = ((offences["status"] == "open") & offences["outcome_code"].is_null()).to_numpy()
    share = setting.rates.life["changed_per_night"] / max(is_open.mean(), 0.05)
    offences = _touch(offences, night, is_open & chance(random, share, offences.height))
    day = setting.first_night + timedelta(days=night - 1)
    is_now = pl.col("touched") == night
    code = pl.when(pl.col("suspects") > 0).then(pl.lit("16")).otherwise(pl.lit("18"))
    offences = offences.with_columns(
        outcome_code=pl.when(is_now).then(code).otherwise("outcome_code"),
        outcome_date=pl.when(is_now).then(pl.lit(day)).otherwise("outcome_date"),
        status=pl.when(is_now).then(pl.lit("closed")).otherwise("status"),
    ).pipe(with_last_outcome)
    given = offences.filter(pl.col("touched") == night).select(
        source_record_id=pl.col("source_record_id") + "-1",
        offence_source_record_id="source_record_id",
        crime_ref="crime_ref",
        outcome_code="outcome_code",
        outcome_text="last_outcome_text",
        outcome_date="outcome_date",
        location_precision=pl.lit("none"),
        night=pl.lit(night, pl.Int64),
        deleted="deleted",
        touched=pl.lit(None, pl.Int64),
    )
    outcomes = tables["outcome"]
    return offences, pl.concat([outcomes, given.select(outcomes.columns)])


def cut_delivery(tables: Tables, setting: Setting, night: int, kind: BatchKind) -> Tables:
    """What a delivery of the night brings: all that is there, or what is new, changed or deleted
    since the night before; in the contract's columns, with ``operation`` and ``sequence``."""
    upserts = {
        name: table.filter(_is_sent(night, kind))
        for name, table in tables.items()
        if "night" in table.columns
    }
    cut: Tables = {}
    for name, table in tables.items():
        contract = delivered_table(name)
        if name in upserts:
            rows = [_sent(upserts[name], contract, setting, "upsert")]
            if kind != "full":
                gone = table.filter(pl.col("deleted") == night).select("source_record_id")
                rows.append(_sent(gone, contract, setting, "delete"))
            cut[name] = pl.concat(rows)
        else:
            cut[name] = _sent(_following(table, contract, upserts), contract, setting, "upsert")
    return {name: table for name, table in cut.items() if not table.is_empty()}


def _is_sent(night: int, kind: BatchKind) -> pl.Expr:
    is_there = (pl.col("night") <= night) & ~(pl.col("deleted") <= night).fill_null(value=False)
    if kind == "full":
        return is_there
    return is_there & ((pl.col("night") == night) | (pl.col("touched") == night))


def _following(table: pl.DataFrame, contract: Table, upserts: Tables) -> pl.DataFrame:
    """Rows whose owner is sent."""
    if contract.owner == "person_record":
        owners = upserts["person_record"].select("source_record_id")
        return table.join(owners, on="source_record_id", how="semi", maintain_order="left")
    if table.is_empty():
        return table
    owners = pl.concat(
        upserts[name].select("source_record_id", event_type=pl.lit(name))
        for name in table["event_type"].unique().sort()
    )
    keys = ["source_record_id", "event_type"]
    return table.join(owners, on=keys, how="semi", maintain_order="left")


def _sent(rows: pl.DataFrame, contract: Table, setting: Setting, operation: str) -> pl.DataFrame:
    """The rows in the contract's columns and types, null where the world has none."""
    schema = {n: t for n, t in contract.polars_schema().items() if n not in NOT_SENT}
    rows = rows.with_columns(force=pl.lit(setting.force))
    return rows.select(
        *(
            (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in schema.items()
        ),
        operation=pl.lit(operation),
        sequence=pl.lit(None, pl.Int64),
    )
