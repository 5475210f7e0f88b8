"""Communities of a graph of ties, part by part: a part's are a function of its ties alone."""

import graspologic_native
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

Numbers = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]

# Members of a community are tied by this much on average, each with each: what the constant Potts
# model asks of a community, whatever else is in the graph (Traag, Van Dooren and Nesterov, Narrow
# scope for resolution-limit-free community detection, Physical Review E 84, 016114, 2011).
DENSITY = 0.1
# Leiden begins from chance: the same chance for every part, so that a part worked out again, alone
# or with all others, falls apart the same way. Going through it again costs as much again each
# time, and adds half a percent to what the communities are worth.
SEED, ITERATIONS = 1, 1


def find_communities(persons: int, ties: pl.DataFrame) -> pl.DataFrame:
    """Part and community of each person.

    Args:
        persons: how many, numbered from 0; each has a tie.
        ties: ``l``, ``r`` (numbers), ``tie`` (above 0).

    Returns:
        One row a person in order: ``number``, ``part`` and ``community``, each named by the
        smallest number in it.
    """
    number = np.arange(persons, dtype=np.int64)
    if not persons:
        return pl.DataFrame({"number": number, "part": number, "community": number})
    graph = _symmetric(persons, ties)
    count, labels = connected_components(graph, directed=False)
    # The people of a part follow each other, in the order of their numbers.
    order = np.argsort(labels, kind="stable")
    ends = np.append(0, np.cumsum(np.bincount(labels, minlength=count)))
    graph = graph[order][:, order].tocsr()
    graph.sort_indices()
    pointers = graph.indptr.astype(np.int64)
    columns, weights = graph.indices.astype(np.int32), graph.data
    label = np.empty(persons, dtype=np.int64)
    for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        first, last = pointers[start], pointers[end]
        own = pointers[start : end + 1] - first
        # Two are one or are none.
        label[start:end] = start if end - start == 2 else start + _leiden(
            own, columns[first:last] - np.int32(start), weights[first:last]
        )  # fmt: skip
    part, community = np.empty_like(number), np.empty_like(number)
    part[order] = order[ends[:-1]][labels[order]]
    community[order] = _named(label, order)
    return pl.DataFrame({"number": number, "part": part, "community": community})


def _symmetric(persons: int, ties: pl.DataFrame) -> csr_array:
    l, r = ties["l"].to_numpy(), ties["r"].to_numpy()  # noqa: E741
    both = (np.concatenate([l, r]), np.concatenate([r, l]))
    weights = np.tile(ties["tie"].to_numpy(), 2)
    return coo_array((weights, both), shape=(persons, persons)).tocsr()


def _leiden(pointers: Numbers, columns: npt.NDArray[np.int32], weights: Weights) -> Numbers:
    """Leiden (Traag, Waltman and Van Eck, Scientific Reports 9, 5233, 2019) on one part."""
    size = len(pointers) - 1
    _, label = graspologic_native.leiden_csr(
        pointers, columns, weights, size,
        resolution=DENSITY, use_modularity=False, seed=SEED, iterations=ITERATIONS,
    )  # fmt: skip
    return np.fromiter((label[person] for person in range(size)), np.int64, size)


def _named(label: Numbers, order: Numbers) -> Numbers:
    """Every label by the smallest number that bears it."""
    smallest = np.full(int(label.max()) + 1, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(smallest, label, order)
    named: Numbers = smallest[label]
    return named
