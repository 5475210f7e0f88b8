"""Where the records of a graph are drawn: the same graph always gets the same picture."""

from collections.abc import Sequence
from math import cos, pi, sin

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import depth_first_order, shortest_path

Points = npt.NDArray[np.float64]
Link = tuple[int, int]

ROUNDS = 300
# Share of the picture's width below which two records are too near to be told apart.
NEAREST = 0.055


def lay_out(count: int, links: Sequence[Link]) -> Points:
    """Places of ``count`` records, each coordinate from 0 to 1, linked ones near each other.

    Springs where that keeps the records apart, a circle where it does not.

    Args:
        count: how many records.
        links: pairs of records, by number from 0, the one that comes first tree by tree.

    Returns:
        One row a record, x and y.
    """
    if count == 1:
        return np.array([[0.5, 0.5]])
    circle = _circle(_walk(count, links))
    springs = _fit(_relax(circle, _distances(count, links)))
    return springs if _nearest(springs) >= NEAREST else _fit(circle)


def _walk(count: int, links: Sequence[Link]) -> list[int]:
    """Every record in an order in which linked ones follow each other."""
    graph = _graph(count, links)
    order: list[int] = []
    for start in range(count):
        if start not in order:
            reached = depth_first_order(graph, start, directed=False, return_predecessors=False)
            order += [int(record) for record in reached]
    return order


def _circle(order: Sequence[int]) -> Points:
    places = np.zeros((len(order), 2))
    for step, record in enumerate(order):
        turn = 2 * pi * step / len(order)
        places[record] = sin(turn), -cos(turn)
    return places


def _graph(count: int, links: Sequence[Link]) -> csr_array:
    one, other = np.array(links, dtype=np.int64).reshape(-1, 2).T
    return csr_array((np.ones(len(one)), (one, other)), shape=(count, count))


def _distances(count: int, links: Sequence[Link]) -> Points:
    """Links between every two records; what cannot be reached stands apart."""
    steps = np.asarray(shortest_path(_graph(count, links), directed=False, unweighted=True))
    reached = steps[np.isfinite(steps)]
    apart = float(reached.max(initial=1.0)) + 1
    wanted: Points = np.nan_to_num(steps, posinf=apart)
    return wanted


def _relax(start: Points, wanted: Points) -> Points:
    """Stress majorisation (Gansner, Koren and North, 2004): distances come near those wanted."""
    far = wanted + np.eye(len(wanted))
    weight = far**-2.0
    np.fill_diagonal(weight, 0.0)
    laplacian = np.diag(weight.sum(axis=1)) - weight
    inverse = np.linalg.pinv(laplacian)
    places = start
    for _ in range(ROUNDS):
        gaps = np.linalg.norm(places[:, None] - places[None], axis=2)
        pull = -weight * wanted / np.maximum(gaps, 1e-9)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        places = inverse @ pull @ places
    return _turn(places)


def _turn(places: Points) -> Points:
    """The longest way of the picture lies level; the first record is left of the middle, above."""
    centred = places - places.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes.T
    signs = np.where(turned[0] > 0, -1.0, 1.0)
    upright: Points = turned * signs
    return upright


def _fit(places: Points) -> Points:
    """The same picture, as wide or as high as 1, in the middle."""
    low, high = places.min(axis=0), places.max(axis=0)
    span = max(float((high - low).max()), 1e-9)
    fitted: Points = (places - (low + high) / 2) / span + 0.5
    return fitted


def _nearest(places: Points) -> float:
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(gaps, np.inf)
    return float(gaps.min())
