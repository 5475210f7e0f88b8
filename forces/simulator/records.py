"""Which forces hold a record of whom, how often, from which night on, and under which number."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from forces.declaration import Declaration
from forces.simulator.chance import Floats, Integers, chance, draw_index, stream
from forces.simulator.rates import Rates

NEAR = 40_000.0  # metres over which a force's pull on its neighbours' offenders falls to a third
FURTHER_FORCES = (0.75, 0.2, 0.05)  # one, two or three forces beside the home force


@dataclass(frozen=True)
class Duplication:
    """How many of a force's records repeat a person it already holds, as a share of records."""

    shares: Mapping[str, float]
    one_force: str | None


def choose_duplication(
    declarations: Mapping[str, Declaration], rates: Mapping[str, float], seed: int
) -> Duplication:
    """Each force between lowest and highest; with several forces one stands far above."""
    low, high = rates["duplicate_lowest"], rates["duplicate_highest"]
    shares = {
        force: low + (high - low) * stream(seed, "duplication", force).random()
        for force in declarations
    }
    if len(shares) < 2 or rates["duplicate_one_force"] == 0:
        return Duplication(shares, None)
    one = sorted(shares)[int(stream(seed, "one force").integers(len(shares)))]
    return Duplication(shares | {one: rates["duplicate_one_force"]}, one)


def assign_records(
    people: pl.DataFrame,
    declarations: Mapping[str, Declaration],
    duplication: Duplication,
    rates: Rates,
    nights: int,
    seed: int,
) -> pl.DataFrame:
    """One row a record: person, force, ordinal (0 for the first of the person in the force), night
    (index of the first delivery that has it), number (running, unique within the deliverer but for
    shared ids), and the flags ``duplicate`` and ``cross_border``; in order of force and number."""
    random = stream(seed, "records")
    held = pl.concat([_at_home(people), _elsewhere(people, declarations, rates.world, random)])
    held = held.sort("force", "person").with_columns(
        cross_border=(pl.len().over("person") > 1)
    )  # fmt: skip
    records = _repeated(held, duplication, random)
    night = _nights(records.height, nights, rates.life["new_per_night"], random)
    records = records.with_columns(night=pl.Series(night))
    return _numbered(records, declarations, rates.world["shared_ref"], random)


def _at_home(people: pl.DataFrame) -> pl.DataFrame:
    return people.select("person", force="home")


def _elsewhere(
    people: pl.DataFrame,
    declarations: Mapping[str, Declaration],
    rates: Mapping[str, float],
    random: np.random.Generator,
) -> pl.DataFrame:
    """Further forces of some persons: near ones more often, never their own, each once."""
    forces = list(declarations)
    if len(forces) < 2:
        return _at_home(people).clear()
    is_known = chance(random, rates["cross_border"], people.height)
    travellers = people.filter(pl.Series(is_known))
    home = travellers["home"].replace_strict(forces, range(len(forces)), return_dtype=pl.Int64)
    pull = np.cumsum(pull_of_neighbours(list(declarations.values())), axis=1)
    times = draw_index(random, np.array(FURTHER_FORCES), travellers.height) + 1
    row = np.repeat(np.arange(travellers.height), times)
    at = home.to_numpy()[row]
    drawn = random.random(len(row)) * pull[at, -1]
    other = (drawn[:, None] >= pull[at]).sum(axis=1)
    further = pl.DataFrame(
        {"person": travellers["person"].gather(row), "force": pl.Series(forces).gather(other)}
    )
    return further.unique(maintain_order=True)


def pull_of_neighbours(declarations: list[Declaration]) -> Floats:
    """How strongly each force (column) draws the people of each other (row)."""
    centre = np.array([d.centre for d in declarations])
    radius = np.array([d.radius for d in declarations])
    apart = np.linalg.norm(centre[:, None] - centre[None, :], axis=2)
    beyond = np.maximum(apart - radius[None, :], 0.0)
    pull = np.exp(-beyond / NEAR) * np.array([max(d.share, 1e-6) for d in declarations])
    np.fill_diagonal(pull, 0.0)
    least = 1e-12 * (1 - np.eye(len(declarations)))
    return np.asarray(np.maximum(pull, least), dtype=np.float64)


def _repeated(
    held: pl.DataFrame, duplication: Duplication, random: np.random.Generator
) -> pl.DataFrame:
    """Each row once or more: further records of one person are the force's duplicates."""
    share = held["force"].replace_strict(duplication.shares, return_dtype=pl.Float64).to_numpy()
    extra = random.poisson(share / (1 - share))
    row = np.repeat(np.arange(held.height), 1 + extra)
    ordinal = np.arange(len(row)) - np.repeat(np.cumsum(1 + extra) - (1 + extra), 1 + extra)
    return held[row].with_columns(ordinal=pl.Series(ordinal), duplicate=pl.Series((extra > 0)[row]))


def _nights(size: int, nights: int, new: float, random: np.random.Generator) -> Integers:
    """Index of the first night of each record: 0 for most, the later ones ``new`` of it each."""
    weights = np.array([1.0, *[new] * (nights - 1)])
    return draw_index(random, weights, size)


def _numbered(
    records: pl.DataFrame,
    declarations: Mapping[str, Declaration],
    shared_ref: float,
    random: np.random.Generator,
) -> pl.DataFrame:
    deliverers = {force: declaration.deliverer for force, declaration in declarations.items()}
    records = (
        records.with_columns(
            deliverer=pl.col("force").replace_strict(deliverers, return_dtype=pl.String),
            chance=pl.Series(random.random(records.height)),
            is_shared=pl.Series(chance(random, shared_ref, records.height)),
        )
        .sort("deliverer", "night", "chance")
        .with_columns(number=pl.int_range(1, pl.len() + 1).over("deliverer"))
    )
    first = pl.col("number").filter(pl.col("ordinal") == 0).min().over("deliverer", "person")
    is_taken = pl.col("is_shared") & (pl.col("ordinal") == 0)
    return (
        records.with_columns(number=pl.when(is_taken).then(first).otherwise("number"))
        .with_columns(shared_ref=_is_shared_number())
        .drop("chance", "is_shared", "deliverer")
        .sort("force", "number")
    )


def _is_shared_number() -> pl.Expr:
    """True where one number stands for records of several forces."""
    return pl.len().over("deliverer", "number") > 1
