"""Simulates the nightly deliveries of every force: people, events, record systems and their dirt.

Faults of people and events come from the world, faults of form from the renderers, spoilt
deliveries from ``mishaps``; every rate stands in ``rates.toml``. The same arguments give the same
bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from forces.declaration import Declaration
from forces.simulator.delivery import Deliverer, group_deliverers, write_delivery
from forces.simulator.force_world import Tables, make_force_world
from forces.simulator.gazetteer import Gazetteer
from forces.simulator.life import cut_delivery, live_through
from forces.simulator.mishaps import plant_mishaps
from forces.simulator.rates import read_rates
from forces.simulator.truth import Truth
from forces.simulator.world import World, make_world
from warehouse.errors import UsageError
from warehouse.home import atomic_folder

DEFAULT_PERSONS = 49_500  # about 60,000 nominals at the default rates
GAZETTEER_NOTE = """\
postcode.csv is invented: the postcodes are of the right form, but their districts, 70 to 98, are
hardly ever used, and where they lie is made up. It belongs to the simulated deliveries beside it.
"""


@dataclass(frozen=True)
class Summary:
    """What a simulation made.

    Attributes:
        persons: true persons.
        nominals: records of persons, over all forces and nights.
        offences: records of offences, over all forces and nights.
        deliveries: folders written, those of spoilt deliveries included, missing ones not.
        rows: rows sent, by table, before deliveries were spoilt.
        planted: faults by name; those of form as ``<system>.<fault>``.
        nights: dates.
        duplicated_force: the force with far more duplicates than the others, if any.
    """

    persons: int
    nominals: int
    offences: int
    deliveries: int
    rows: dict[str, int]
    planted: dict[str, int]
    nights: tuple[date, ...]
    duplicated_force: str | None


def simulate(
    out: Path,
    declarations: dict[str, Declaration],
    *,
    persons: int = DEFAULT_PERSONS,
    nights: int = 2,
    seed: int = 1,
    first_night: date = date(2026, 1, 12),
    dirt: str = "default",
    progress: Callable[[str], None] | None = None,
) -> Summary:
    """Write deliveries, reference data and truth into ``out``.

    Every deliverer delivers on the first night; on later nights each whose declared interval has
    passed, so that a weekly one is next seen on the eighth. ``out`` appears whole or not at all.

    Args:
        out: folder to make; it may exist if it is empty.
        declarations: the forces that take part, by slug.
        persons: true persons.
        nights: nights, one a day.
        seed: of everything random.
        first_night: date of the first deliveries.
        dirt: level of faults: none, default or heavy.
        progress: told, in words, what is being done.

    Raises:
        UsageError: ``out`` holds something, there are no forces, or a number or level makes no
            sense.
        DeclarationError: a force's record system has no renderer.
    """
    _refuse(out, declarations, persons, nights, seed)
    rates, tell = read_rates(dirt), progress or _say_nothing
    deliverers = group_deliverers(declarations)
    declarations = {f: d for one in deliverers.values() for f, d in one.declarations.items()}
    tell(f"{persons:,} people of {len(declarations)} forces")
    world = make_world(declarations, deliverers, persons, nights, seed, first_night, rates)
    truth, rows = Truth(), dict[str, int]()
    with atomic_folder(out.resolve()) as building:
        for deliverer in deliverers.values():
            tell(f"deliveries of {deliverer.name}")
            sent = _deliver(building, deliverer, world, truth)
            rows = {name: rows.get(name, 0) + sent.get(name, 0) for name in rows | sent}
        _spoil(building, deliverers, world, truth)
        _write_reference(building, world.gazetteer, first_night)
        terms = {"rates": rates.version, "dirt": rates.level, "seed": seed, "persons": persons}
        truth.write(building / "truth", terms | {"duplicated_force": world.duplicated_force})
        deliveries = sum(1 for name in deliverers for _ in (building / name).glob("*"))
    return Summary(
        persons=world.people.height,
        nominals=sum(frame.height for frame in truth.persons),
        offences=sum(frame.height for frame in truth.offences),
        deliveries=deliveries,
        rows=rows,
        planted=truth.planted(),
        nights=tuple(first_night + timedelta(days=index) for index in range(nights)),
        duplicated_force=world.duplicated_force,
    )


def _say_nothing(words: str) -> None:
    """Progress that nobody asked for."""


def _refuse(
    out: Path, declarations: Mapping[str, Declaration], persons: int, nights: int, seed: int
) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not an empty folder: choose another, or clear it first")
    if not declarations:
        raise UsageError("no forces to simulate")
    if persons < len(declarations):
        raise UsageError(f"{persons} persons are too few for {len(declarations)} forces")
    if nights < 1:
        raise UsageError(f"{nights} nights: at least one is needed")
    if seed < 0:
        raise UsageError(f"seed {seed}: it must not be negative")


def _deliver(out: Path, deliverer: Deliverer, world: World, truth: Truth) -> dict[str, int]:
    """All nights of one deliverer; the rows sent, by table."""
    settings = {force: world.settings[force] for force in deliverer.declarations}
    tables: dict[str, Tables] = {
        force: make_force_world(
            setting, world.records[force], world.people, world.gazetteer, world.plots[force]
        )
        for force, setting in settings.items()
    }
    any_setting = next(iter(settings.values()))
    rows: dict[str, int] = {}
    for night in range(any_setting.nights):
        if night > 0:
            tables = {f: live_through(tables[f], setting, night) for f, setting in settings.items()}
        if not deliverer.is_due(night):
            continue
        kind = deliverer.kind(night)
        cuts = [cut_delivery(tables[f], setting, night, kind) for f, setting in settings.items()]
        planted, sent = write_delivery(
            out, deliverer, cuts, any_setting.first_night, night, any_setting.rates,
            any_setting.seed,
        )  # fmt: skip
        on = (any_setting.first_night + timedelta(days=night)).isoformat()
        system = deliverer.renderer.system
        named = {f"{system}.{fault}": count for fault, count in planted.items() if count}
        truth.renderers.setdefault(deliverer.name, {})[on] = named
        rows = {name: rows.get(name, 0) + sent.get(name, 0) for name in rows | sent}
    for force, setting in settings.items():
        truth.add_force(tables[force], setting)
    return rows


def _spoil(out: Path, deliverers: dict[str, Deliverer], world: World, truth: Truth) -> None:
    """Spoil deliveries of the second night, where there is one."""
    setting = next(iter(world.settings.values()))
    if setting.nights < 2:
        return
    due = {name: one for name, one in deliverers.items() if one.is_due(1)}
    night = setting.first_night + timedelta(days=1)
    done, left_out = plant_mishaps(out, night, due, setting.rates, setting.seed)
    truth.mishaps[night.isoformat()] = done
    for mishap in done:
        if mishap.fault in ("missing_delivery", "other_schema"):
            del truth.renderers[mishap.deliverer][night.isoformat()]
    truth.left_out[night.isoformat()] = left_out


def _write_reference(out: Path, gazetteer: Gazetteer, first_night: date) -> None:
    folder = out / "reference" / first_night.isoformat()
    folder.mkdir(parents=True)
    columns = ("postcode", "easting", "northing", "longitude", "latitude")
    gazetteer.places.select(columns).sort("postcode").write_csv(folder / "postcode.csv")
    (folder / "README.txt").write_text(GAZETTEER_NOTE, encoding="utf-8")
