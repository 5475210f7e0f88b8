"""Who was what in which event. The same few people are named again and again."""

from datetime import date

import numpy as np
import polars as pl

from forces.simulator.chance import Floats, Integers, draw_index
from forces.simulator.offence_kinds import KINDS
from forces.simulator.setting import Setting

WITNESS = 0.12  # expected number an offence
CROSS_BORDER_PULL = 5.0  # offenders known to several forces are the active ones
FEMALE_SUSPECT = 0.45  # against a man's 1
YOUNGEST_SUSPECT = 10


def offending(activity: Floats, sex: pl.Series, birth_year: pl.Series, today: date) -> Floats:
    """How likely each person is named as a suspect, against others: more so if active, male and
    young."""
    age = today.year - birth_year.to_numpy()
    return np.asarray(
        activity * np.where((sex == "F").to_numpy(), FEMALE_SUSPECT, 1.0)
        * np.where(age < YOUNGEST_SUSPECT, 0.0, np.exp(-np.maximum(age - 20, 0) / 25)),
        dtype=np.float64,
    )  # fmt: skip


def suspect_weights(people: pl.DataFrame, today: date) -> Floats:
    """``offending`` of true persons."""
    year = people["birth_date"].dt.year()
    return offending(people["activity"].to_numpy(), people["sex"], year, today)


class Cast:
    """The people whom a force's events can name.

    Args:
        held: records of the force, with ``person_record``'s columns, ``night``, ``activity`` and
            ``cross_border``.
        setting: the force.
    """

    def __init__(self, held: pl.DataFrame, setting: Setting) -> None:
        ordered = held.sort("night", maintain_order=True)
        night = ordered["night"].to_numpy()
        self.records = ordered
        # Records that a night's events can name: those that it or an earlier one brought.
        self._known = np.searchsorted(night, np.arange(setting.nights), side="right")
        activity = ordered["activity"].to_numpy()
        pull = np.where(ordered["cross_border"].to_numpy(), CROSS_BORDER_PULL, 1.0)
        year = ordered["birth_year"].fill_null(1990)
        self._as_suspect: Floats = (
            offending(activity, ordered["sex"], year, setting.first_night) * pull + 1e-9
        )
        self._as_other: Floats = np.sqrt(activity)

    def draw(self, night: Integers, random: np.random.Generator, *, as_suspect: bool) -> Integers:
        """Rows of ``records``, one for each night index given (in any order)."""
        weights = self._as_suspect if as_suspect else self._as_other
        drawn = np.zeros(len(night), np.int64)
        for index, known in enumerate(self._known):
            rows = np.flatnonzero(night == index)
            drawn[rows] = draw_index(random, weights[:known], len(rows)) if known else -1
        return drawn

    def roles(
        self,
        events: pl.DataFrame,
        event_type: str,
        role: str,
        times: Integers,
        random: np.random.Generator,
    ) -> pl.DataFrame:
        """``event_role`` rows: so many people of one role for each event.

        Args:
            events: with ``source_record_id`` and ``night``.
            event_type: table of the events.
            role: the role.
            times: people for each event.
            random: generator to draw from.
        """
        row = np.repeat(np.arange(events.height), times)
        night = events["night"].to_numpy()[row]
        drawn = self.draw(night, random, as_suspect=role in ("suspect", "subject", "searched"))
        named = drawn >= 0
        return pl.DataFrame(
            {
                "source_record_id": events["source_record_id"].gather(row[named]),
                "event_type": pl.repeat(event_type, int(named.sum()), eager=True),
                "person_source_record_id": self.records["source_record_id"].gather(drawn[named]),
                "role": pl.repeat(role, int(named.sum()), eager=True),
            }
        ).unique(maintain_order=True)

    def suspect_weights(self, records: pl.Series) -> Floats:
        """How likely an event is to name each of the records (ids) as a suspect."""
        weights = pl.DataFrame({"id": self.records["source_record_id"], "w": self._as_suspect})
        found = records.to_frame("id").join(weights, on="id", how="left", maintain_order="left")
        return found["w"].to_numpy()

    def victims(self, offences: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
        """``event_role`` rows: one victim or none of each offence, as its kind has them."""
        likely = np.array([kind.victims for kind in KINDS])[offences["kind"].to_numpy()]
        times = (random.random(offences.height) < likely).astype(np.int64)
        return self.roles(offences, "offence_record", "victim", times, random)


def list_offence_roles(offences: pl.DataFrame, cast: Cast, setting: Setting) -> pl.DataFrame:
    """``event_role`` of the offences: suspects, victims (one or none) and witnesses."""
    random = setting.random("offence roles")
    size = offences.height
    victims = np.array([kind.victims for kind in KINDS])[offences["kind"].to_numpy()]
    counts = {
        "suspect": offences["suspects"].to_numpy(),
        "victim": (random.random(size) < victims).astype(np.int64),
        "witness": random.poisson(WITNESS, size),
    }
    return pl.concat(
        cast.roles(offences, "offence_record", role, times, random)
        for role, times in counts.items()
    )
