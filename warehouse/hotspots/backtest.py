"""How well a ranking told where the next month's events were.

Hit rate and PAI (predictive accuracy index) after Chainey, S., Tompson, L. and Uhlig, S. (2008),
"The utility of hotspot mapping for predicting spatial patterns of crime", Security Journal 21,
4-28; PEI (predictive efficiency index) after Hunt, J. M. (2016), a hit rate as a share of the best
that the same area could have had; RRI (recapture rate index) after Levine, N. (2008), Security
Journal 21, 295-302.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from warehouse.hotspots.arrays import Values

AREA_SHARES = (0.01, 0.05, 0.20)


class Accuracy(NamedTuple):
    """Of the cells ranked first, up to a share of the area: each (series,), NaN where nothing
    happened to be told.

    Attributes:
        hits: events in them, those of cells tied for the last places as expected.
        best_hits: the most that as many cells could have held.
        hit_rate: share of the area's events, 0 to 1.
        pai: hit rate over share of area.
        pei: hits over the best, 0 to 1.
        rri: events there now to events there before, over the same of the whole area; 1 where
            what was ranked first is as much worse as everywhere.
    """

    hits: Values
    best_hits: Values
    hit_rate: Values
    pai: Values
    pei: Values
    rri: Values


class Month:
    """A month to be told, and what was known before it.

    Args:
        before: (cells, series): events of the twelve months before.
        after: (cells, series): events of the month.
        shares: of the area, each 0 to 1; every cell counts as one.
    """

    def __init__(
        self, before: Values, after: Values, shares: Sequence[float] = AREA_SHARES
    ) -> None:
        self.shares = shares
        self.places = [share * after.shape[0] for share in shares]
        self.events = after.sum(axis=0)
        self._all_before = before.sum(axis=0)
        self._after, self._before = (np.ascontiguousarray(each.T) for each in (after, before))
        self._best = [hits for hits, _ in self._hits(self._after)]

    def measure(self, score: Values) -> Iterator[Accuracy]:
        """How the cells with the highest score fared, by share of the area.

        Args:
            score: (cells, series): what cells are ranked by.
        """
        found = self._hits(np.ascontiguousarray(score.T))
        for share, best, (hits, known) in zip(self.shares, self._best, found, strict=True):
            with np.errstate(divide="ignore", invalid="ignore"):
                hit_rate = hits / self.events
                again = (hits / known) / (self.events / self._all_before)
                yield Accuracy(hits, best, hit_rate, hit_rate / share, hits / best, again)

    def _hits(self, score: Values) -> Iterator[tuple[Values, Values]]:
        """Events of the month, and of those before it, in the cells that score highest; where more
        cells are tied for the last places than there are, what a draw among them is expected to
        hold.

        Args:
            score: (series, cells).
        """
        n = score.shape[1]
        last = [n - 1 - min(int(places), n - 1) for places in self.places]
        parted = np.partition(score, sorted(set(last)), axis=1)
        for places, place in zip(self.places, last, strict=True):
            cut = parted[:, place : place + 1]
            above, tied = score > cut, score == cut
            left = (places - above.sum(axis=1)) / tied.sum(axis=1)
            after, before = (
                np.einsum("sc,sc->s", events, above) + np.einsum("sc,sc->s", events, tied) * left
                for events in (self._after, self._before)
            )
            yield after, before
