"""Circles: few people who offend together again and again, some of them in two forces.

What binds them shows in records: suspects of one offence, one address, one telephone, one vehicle,
and custody within hours of each other.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from forces.declaration import Declaration
from forces.simulator.chance import Floats, Integers, chance, draw_without_repeats, stream
from forces.simulator.drafts import NO_OBJECTS
from forces.simulator.habits import SERIES_KINDS
from forces.simulator.objects import draw_vehicles
from forces.simulator.offence_kinds import KINDS
from forces.simulator.records import pull_of_neighbours
from forces.simulator.setting import Setting

FEWEST, MOST, MEAN = 3, 10, 5.5
IN_TWO_FORCES = 0.3  # of circles, where two forces know somebody in common
ONE_ADDRESS, ONE_PHONE = 0.5, 0.6  # of circles, those some of whom share one
SHARING = 0.6  # of the members of those
OFFENDS = 0.55  # of offences by several, those by a circle
WITH_VEHICLE = 0.25  # of a circle's offences
POOL = 40  # people of a force that its circles choose from, a circle
VEHICLE = ("vrm", "make", "model", "colour")


def draw_circles(
    declarations: Mapping[str, Declaration],
    people: pl.DataFrame,
    known: pl.DataFrame,
    weights: Floats,
    share: float,
    seed: int,
) -> pl.DataFrame:
    """Who is in which circle: ``circle``, ``person``, and the circle's vehicle.

    Args:
        declarations: of the forces.
        people: the true persons.
        known: ``force`` and ``person``: whom a force knows on the first night.
        weights: by person, how likely they offend.
        share: circles a person.
        seed: of the simulation.
    """
    random = stream(seed, "circles")
    forces = list(declarations)
    pull = pull_of_neighbours(list(declarations.values()))
    here = people["person"].to_numpy()
    home = people["home"].to_numpy()
    pools = {
        force: draw_without_repeats(here[home == force], weights[home == force],
                                    POOL + int(POOL * share * (home == force).sum()),
                                    random).tolist()
        for force in forces
    }  # fmt: skip
    between = _between(known)
    members: list[tuple[int, int]] = []
    taken: set[int] = set()
    count = 0
    for row, force in enumerate(forces):
        size = int((home == force).sum())
        for _ in range(int(size * share + random.random())):
            wanted = min(FEWEST + int(random.geometric(1 / (MEAN - FEWEST + 1))) - 1, MOST)
            others = [f for f in forces if (force, f) in between]
            pools_of_circle = [pools[force]]
            bridges: list[int] = []
            if others and random.random() < IN_TWO_FORCES:
                chances = np.array([pull[row, forces.index(f)] for f in others])
                other = others[int(random.choice(len(others), p=chances / chances.sum()))]
                bridges = between[force, other][:2]
                pools_of_circle.append(pools[other])
            chosen = [p for p in bridges if p not in taken]
            for turn in range(wanted):
                pool = pools_of_circle[turn % len(pools_of_circle)]
                while pool and len(chosen) < wanted:
                    person = pool.pop(0)
                    if person not in taken and person not in chosen:
                        chosen.append(person)
                        break
            if len(chosen) >= FEWEST:
                taken.update(chosen)
                members += [(count, person) for person in chosen]
                count += 1
    listed = pl.DataFrame(members, schema={"circle": pl.Int64, "person": pl.Int64}, orient="row")
    vehicles = draw_vehicles(count, random)
    return pl.concat([listed, vehicles[listed["circle"]]], how="horizontal")


def _between(known: pl.DataFrame) -> dict[tuple[str, str], list[int]]:
    """Persons whom two forces both know."""
    known = known.filter(pl.len().over("person") > 1)
    met = known.join(known.rename({"force": "other"}), on="person")
    met = met.filter(pl.col("force") != pl.col("other")).sort("force", "other", "person")
    grouped = met.group_by("force", "other", maintain_order=True).agg("person")
    return {(force, other): persons for force, other, persons in grouped.iter_rows()}


def let_circles_share(people: pl.DataFrame, circles: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The people, some members of circles now at their first member's address, some with one
    telephone beside their own."""
    random = stream(seed, "what circles share")
    count = circles["circle"].n_unique()
    at, phone = (chance(random, share, count) for share in (ONE_ADDRESS, ONE_PHONE))
    number = pl.Series(random.integers(300_000_000, 999_999_999, count)).cast(pl.String)
    circle = circles["circle"].to_numpy()
    shares = [chance(random, SHARING, circles.height) for _ in range(2)]
    listed = circles.select(
        "person",
        first=pl.col("person").first().over("circle"),
        lives=pl.Series(at[circle] & shares[0]),
        calls=pl.Series(phone[circle] & shares[1]),
        number=pl.lit("+447") + number.gather(circle),
    )
    home = people.select("person", "home", "place", "house")
    listed = (
        listed.join(home.select("person", "home"), on="person", maintain_order="left")
        .join(home.rename(lambda name: f"of_{name}"), left_on="first", right_on="of_person",
              maintain_order="left")
    ).select(
        "person", number=pl.when("calls").then("number"),
        is_there=pl.col("lives") & (pl.col("home") == pl.col("of_home")),
        of_place="of_place", of_house="of_house",
    )  # fmt: skip
    joined = people.join(listed, on="person", how="left", maintain_order="left")
    return joined.with_columns(
        place=pl.when("is_there").then("of_place").otherwise("place"),
        house=pl.when("is_there").then("of_house").otherwise("house"),
        phone_second=pl.coalesce("number", "phone_second"),
    ).drop("number", "is_there", "of_place", "of_house")


def let_circles_offend(
    roles: pl.DataFrame,
    offences: pl.DataFrame,
    circles: pl.DataFrame,
    held: pl.DataFrame,
    setting: Setting,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The roles with the suspects of some offences by several changed for members of one circle
    whom the force knows; and those offences: ``source_record_id``, ``circle``, the vehicle.

    Offences of the kinds that have series are left alone, and so are those recorded twice.
    """
    random = setting.random("circles")
    records = held.filter(pl.col("night") == 0).unique("person", keep="first", maintain_order=True)
    known = circles.join(
        records.select("person", record="source_record_id"), on="person", maintain_order="left"
    ).filter(pl.len().over("circle") > 1)
    of_series = [row for row, one in enumerate(KINDS) if one.methods in SERIES_KINDS]
    is_open = ~pl.col("kind").is_in(of_series) & ~pl.col("repeated_offence")
    by_several = (
        roles.filter(pl.col("role") == "suspect")
        .group_by("source_record_id", maintain_order=True)
        .agg(wanted=pl.len())
        .filter(pl.col("wanted") > 1)
        .join(offences.filter(is_open), on="source_record_id", how="semi", maintain_order="left")
    )
    by_several = by_several.filter(pl.Series(chance(random, OFFENDS, by_several.height)))
    if known.is_empty() or by_several.is_empty():
        return roles, by_several.select("source_record_id").clear().with_columns(
            circle=pl.lit(None, pl.Int64), **{n: pl.lit(None, pl.String) for n in VEHICLE}
        )
    groups = known.group_by("circle", *VEHICLE, maintain_order=True).agg("record")
    row: Integers = random.integers(0, groups.height, by_several.height)
    done = pl.concat([by_several, groups[row]], how="horizontal")
    order = random.random(int(done["record"].list.len().sum()))
    named = done.explode("record").with_columns(order=pl.Series(order))
    rank = pl.col("order").rank("ordinal").over("source_record_id")
    named = named.filter(rank <= pl.col("wanted"))
    suspects = named.select(
        "source_record_id",
        event_type=pl.lit("offence_record"),
        person_source_record_id="record",
        role=pl.lit("suspect"),
    )
    is_theirs = pl.col("source_record_id").is_in(done["source_record_id"].implode())
    kept = roles.filter(~(is_theirs & (pl.col("role") == "suspect")))
    return pl.concat([suspects, kept]), done.select("source_record_id", "circle", *VEHICLE)


def list_circle_vehicles(done: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """The circle's vehicle in some of its offences: as a plot's objects."""
    random = setting.random("vehicles of circles")
    used = done.filter(pl.Series(chance(random, WITH_VEHICLE, done.height)))
    own = {"object_type": pl.lit("vehicle_record"), "role": pl.lit("used"),
           "truth_object_id": pl.format("C{}", "circle")}  # fmt: skip
    return used.select(
        "source_record_id",
        **own,
        **{
            name: pl.col(name) if name in VEHICLE else pl.lit(None, kind)
            for name, kind in NO_OBJECTS.items()
            if name not in (*own, "draft")
        },
    )
