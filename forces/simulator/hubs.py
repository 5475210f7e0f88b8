"""Hubs: addresses and telephones of dozens of people who need not know each other."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from forces.declaration import Declaration
from forces.simulator.chance import stream
from forces.simulator.gazetteer import Gazetteer
from forces.simulator.records import pull_of_neighbours

WHAT = {"hostel": 0.45, "prison": 0.15, "solicitor": 0.4}
SIZE = {"hostel": (15, 40), "prison": (40, 90), "solicitor": (15, 50)}
MOST_OF_FORCE = 0.08  # of a force's people, those at one hub of it
LEAST = 10
FROM_ELSEWHERE = 0.5  # of prisoners
FEWEST_PEOPLE = 200  # of a force that has a hub
SOLICITORS = 441632960000  # numbers that Ofcom keeps for drama


def make_hubs(
    people: pl.DataFrame,
    declarations: Mapping[str, Declaration],
    gazetteer: Gazetteer,
    share: float,
    seed: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The people, some now at a hub's address or with its telephone; and the hubs: ``kind``
    (address or phone), ``value`` (postcode and house, as ``NE70 1AB 12``; or the number) and
    ``what``.

    Args:
        people: the true persons.
        declarations: of the forces.
        gazetteer: of all forces.
        share: hubs a person.
        seed: of the simulation.
    """
    random = stream(seed, "hubs")
    forces = list(declarations)
    home = people["home"].to_numpy()
    local = {force: np.flatnonzero(home == force) for force in forces}
    large = [force for force in forces if len(local[force]) >= FEWEST_PEOPLE]
    count = max(1, round(share * people.height)) if large else 0
    sizes = np.array([len(local[force]) for force in large], dtype=np.float64)
    pull = pull_of_neighbours(list(declarations.values()))
    place, house = people["place"].to_numpy().copy(), people["house"].to_numpy().copy()
    phone = dict[int, str]()
    hubs: list[tuple[str, str, str]] = []
    for number in range(count):
        force = large[int(random.choice(len(large), p=sizes / sizes.sum()))]
        what = list(WHAT)[int(random.choice(len(WHAT), p=list(WHAT.values())))]
        wanted = int(random.integers(*SIZE[what]))
        wanted = min(wanted, max(LEAST, int(len(local[force]) * MOST_OF_FORCE)))
        members = random.choice(local[force], size=wanted, replace=False)
        if what == "prison" and len(forces) > 1:
            weights = pull[forces.index(force)]
            other = forces[int(random.choice(len(forces), p=weights / weights.sum()))]
            some = min(int(wanted * FROM_ELSEWHERE), int(len(local[other]) * MOST_OF_FORCE))
            guests = random.choice(local[other], size=some, replace=False)
            members = np.r_[members[: wanted - some], guests]
        if what == "solicitor":
            value = f"+{SOLICITORS + number}"
            phone |= dict.fromkeys(members.tolist(), value)
            hubs.append(("phone", value, what))
        else:
            row = gazetteer.first[force] + int(random.integers(gazetteer.count[force]))
            door = int(random.integers(1, 90))
            place[members], house[members] = row, door
            hubs.append(("address", f"{gazetteer.places['postcode'][row]} {door}", what))
    numbers = pl.Series([phone.get(row) for row in range(people.height)], dtype=pl.String)
    changed = people.with_columns(
        place=pl.Series(place), house=pl.Series(house),
        phone_second=pl.coalesce(pl.lit(numbers), "phone_second"),
    )  # fmt: skip
    return changed, pl.DataFrame(
        hubs, schema={"kind": pl.String, "value": pl.String, "what": pl.String}, orient="row"
    )
