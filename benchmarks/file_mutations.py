"""A fault for every rule about rows that a file can break, in files of the standard form, through
every step that takes a delivery in."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from benchmarks.batch_faults import HELD
from benchmarks.delivered_files import around, in_files, is_in_files, write_delivery
from benchmarks.faults import Planted, Tables, dependents
from benchmarks.file_outcome import FileOutcome, Finding, Taken
from benchmarks.sound_nights import SoundNights
from console.take_in import take_in
from quality.rules.rule import Rule
from warehouse.batch import Batch
from warehouse.home import Home
from warehouse.night import read_handover


def plant_in_files(nights: SoundNights, rules: Sequence[Rule]) -> Iterator[FileOutcome]:
    """Deliver a fault for every rule, each of a force of its own, beside a force without any.

    Rules that no file can break come first, then the others, each in their order.

    Raises:
        ValueError: sound files are not taken in whole, or a fault does not stand in files though
            its column does.
    """
    control, *others = nights.forces
    breakable = []
    for rule in rules:
        if is_in_files(rule, nights.sound(control), in_files(nights.broken(control, rule))):
            breakable.append(rule)
        else:
            yield FileOutcome.of_none(rule)
    for begin in range(0, len(breakable), len(others)):
        group = dict(zip(others, breakable[begin : begin + len(others)], strict=False))
        yield from _plant(nights, control, group)


def _plant(nights: SoundNights, control: str, group: dict[str, Rule]) -> Iterator[FileOutcome]:
    planted = {force: in_files(nights.broken(force, rule)) for force, rule in group.items()}
    sound = nights.sound(control)
    come = {force: around(sound, planted[force].tables, group[force].table) for force in group}
    with nights.copied() as home:
        deliveries = nights.folder / "deliveries"
        shutil.rmtree(deliveries, ignore_errors=True)
        _deliver(nights, deliveries, control, sound)
        for force, broken in planted.items():
            files = {name: broken.tables[name] for name in come[force]}
            _deliver(nights, deliveries, force, files)
        take_in(home, deliveries, nights.night, nights.forces)
        taken = _taken(home, nights, control)
        if taken.findings or taken.kept_out or taken.is_held:
            raise ValueError(f"sound files are not taken in whole: {taken.findings}")
        for force, rule in group.items():
            yield _judge(rule, planted[force], _taken(home, nights, force), sound, come[force])


def _deliver(nights: SoundNights, deliveries: Path, force: str, tables: Tables) -> None:
    """Every second force delivers Parquet, the others CSV."""
    is_odd = [*nights.forces].index(force) % 2
    folder = deliveries / force / nights.night.isoformat()
    write_delivery(folder, tables, "parquet" if is_odd else "csv")


def _taken(home: Home, nights: SoundNights, force: str) -> Taken:
    """What became of the force's delivery."""
    [batch_id] = read_handover(home, nights.night, "standardise", force) or []
    folder = home.checked(batch_id)
    results = pl.read_parquet(folder / "check_result.parquet").filter(pl.col("failed") > 0)
    kept_out = pl.read_parquet(folder / "quarantine.parquet").select("table_name", "source_row")
    return Taken(
        tuple(
            Finding(*found)
            for found in results.select(
                "table_name", "column_name", "rule", "failed", "action"
            ).iter_rows()
        ),
        frozenset(kept_out.iter_rows()),
        Batch.read(folder).is_held,
    )


def _judge(
    rule: Rule, broken: Planted, taken: Taken, sound: Tables, come: frozenset[str]
) -> FileOutcome:
    named = taken.named(rule, len(broken.failing))
    is_kept_out = any(finding.action == "quarantined" for finding in named)
    out = broken.lost | (broken.failing if is_kept_out else frozenset())
    wanted = frozenset(row for row in dependents(sound, out, HELD) if row[0] in come)
    return FileOutcome(
        rule,
        tuple(finding.rule for finding in named),
        len(broken.failing),
        max((finding.failed for finding in named), default=0),
        len(wanted),
        len(taken.kept_out & wanted),
        len(taken.kept_out - wanted),
        taken.is_held,
    )
