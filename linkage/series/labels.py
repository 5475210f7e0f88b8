"""Solved offences: which share a suspect, which have different ones, and which fold each is in.

What an offender did stays in one fold, and co-offenders are joined together: no model is measured
on an offender, or a friend of one, whom it was trained on.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linkage.series.candidates import Candidates, find_candidates
from linkage.series.compare import Levels, may_be_one
from linkage.series.features import Integers, Offences
from linkage.series.model import WINDOW
from linkage.series.score import level_pairs
from linkage.series.words import WordSets

FOLDS = 5
MOST_SOLVED = 50_000
"""Solved offences that a model is trained on at most; whole groups of co-offenders are left out."""
MOST_PAIRS = 2_000_000
"""Pairs without a shared suspect that a model is trained on, about."""
MOST_SUSPECTS = 6
_SUSPECTS = """
WITH held AS (FROM link.offence_membership WHERE valid_to IS NULL)
SELECT DISTINCT offence, person_id
FROM series_offence
JOIN (SELECT force, source_system, source_record_id, offence_id FROM held) AS own
  USING (force, source_system, source_record_id)
JOIN held AS member USING (offence_id)
JOIN core.event_role AS role
  ON role.force = member.force AND role.source_system = member.source_system
 AND role.source_record_id = member.source_record_id
 AND role.valid_to IS NULL AND event_type = 'offence_record' AND role IN ('suspect', 'arrested')
JOIN linkage.record_key AS known
  ON known.force = role.force AND known.source_system = role.source_system
 AND known.source_record_id = role.person_source_record_id
JOIN linkage.cluster USING (record)
ORDER BY offence, person_id
"""


@dataclass(frozen=True)
class Solved:
    """Who is named as a suspect.

    Attributes:
        at: places of solved offences among the offences, ascending.
        persons: (solved, ``MOST_SUSPECTS``) numbers of the persons named, -1 where no more are.
        group: of each, its group of co-offenders.
        fold: of each, 0 to ``FOLDS`` - 1.
        share: of all groups, that are taken.
    """

    at: Integers
    persons: Integers
    group: Integers
    fold: Integers
    share: float


@dataclass(frozen=True)
class Labelled:
    """Pairs of solved offences.

    Attributes:
        left, right: places among the solved.
        is_linked: whether they share a suspect.
        weight: pairs that each stands for.
        levels: (pairs, features).
        km, days: how far apart.
    """

    left: Integers
    right: Integers
    is_linked: NDArray[np.bool]
    weight: NDArray[np.float64]
    levels: Levels
    km: NDArray[np.float64]
    days: NDArray[np.float64]

    def take(self, held: NDArray[np.bool]) -> "Labelled":
        """The pairs that are held."""
        return Labelled(*(getattr(self, name)[held] for name in self.__dataclass_fields__))


def read_suspects(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """``offence`` and ``person_id``: who is named as a suspect or was arrested."""
    return con.sql(_SUSPECTS).pl()


def find_solved(offences: Offences, suspects: pl.DataFrame, most: int = MOST_SOLVED) -> Solved:
    """Solved offences, their suspects and folds.

    Args:
        offences: all.
        suspects: as ``read_suspects`` gives them.
        most: solved offences taken at most.
    """
    place = pl.DataFrame(
        {"offence": offences.offence, "place": np.arange(len(offences), dtype=np.int64)}
    )
    named = suspects.join(place, on="offence").sort("place", "person_id")
    person = named["person_id"].rank("dense").cast(pl.Int64).to_numpy() - 1
    at, row = np.unique(named["place"].to_numpy(), return_inverse=True)
    size = len(at) + int(person.max(initial=-1)) + 1
    graph = coo_array((np.ones(len(row), np.int8), (row, len(at) + person)), shape=(size, size))
    group = connected_components(graph.tocsr(), directed=False)[1][: len(at)].astype(np.int64)
    # A group is known by its smallest offence, a hash: chance, and the same every time.
    oldest = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(oldest, group, offences.offence[at])
    drawn = oldest[group]
    share = min(1.0, most / max(len(at), 1))
    held = (drawn // FOLDS) % 1_000_000 < round(share * 1_000_000)
    persons = np.full((len(at), MOST_SUSPECTS), -1, np.int64)
    order = np.arange(len(row)) - np.searchsorted(row, row)
    first = order < MOST_SUSPECTS
    persons[row[first], order[first]] = person[first]
    return Solved(at[held], persons[held], group[held], drawn[held] % FOLDS, share)


def label_pairs(
    offences: Offences, methods: WordSets, stolen: WordSets, solved: Solved
) -> Labelled:
    """Pairs of solved offences within the window.

    Left out are pairs that may be one offence recorded twice, and those of one group of
    co-offenders who share no suspect: of them nobody knows. Of pairs without a shared suspect so
    many are taken, by a hash, as ``MOST_PAIRS`` says.

    Args:
        offences: the solved alone, in the order of ``solved.at``.
        methods, stolen: their words.
        solved: who is named.
    """
    everyone = np.ones(len(offences), bool)
    looked = sum(len(pairs.left) for pairs in find_candidates(offences, everyone, WINDOW))
    one_in = max(1, -(-looked // MOST_PAIRS))
    parts = []
    for pairs in find_candidates(offences, everyone, WINDOW):
        is_linked = _share_suspect(solved, pairs)
        is_drawn = (offences.offence[pairs.left] ^ offences.offence[pairs.right]) % one_in == 0
        is_other = solved.group[pairs.left] != solved.group[pairs.right]
        known = is_linked | (is_other & is_drawn)
        known &= ~may_be_one(offences, pairs.left, pairs.right, pairs.km)
        held = Candidates(pairs.left[known], pairs.right[known], pairs.km[known], pairs.days[known])
        linked = is_linked[known]
        # Of groups a share is taken: of pairs of two groups its square.
        weight = np.where(linked, 1.0, one_in / solved.share)
        levels = level_pairs(offences, methods, stolen, held)
        parts.append(Labelled(held.left, held.right, linked, weight, levels, held.km, held.days))
    joined = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in Labelled.__dataclass_fields__
    )
    return Labelled(*joined) if parts else _none()


def _none() -> Labelled:
    none, numbers = np.zeros(0), np.zeros(0, np.int64)
    return Labelled(
        numbers, numbers, np.zeros(0, bool), none, np.zeros((0, 7), np.int8), none, none
    )


def _share_suspect(solved: Solved, pairs: Candidates) -> NDArray[np.bool]:
    one, other = solved.persons[pairs.left], solved.persons[pairs.right]
    shared = np.zeros(len(one), bool)
    for place in range(MOST_SUSPECTS):
        own = one[:, place]
        shared |= (other == own[:, None]).any(axis=1) & (own >= 0)
    return shared
