"""Which communities are networks, and where each person stands in one."""

import numpy as np
import polars as pl
import rustworkx

FEWEST = 3
# One in so many of a network's people is central, those who stand highest.
ONE_IN = 10
_NO_PARALLEL = 1 << 30


def find_networks(communities: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """The people of every network and where they stand in it.

    A network is a community of three persons or more of whom two at least were suspected or held
    together: a household alone is none.

    Args:
        communities: ``number``, ``community``.
        ties: ``l``, ``r``, ``tie``, ``is_offending``.

    Returns:
        ``number``, ``community``, ``strength``, ``betweenness`` and ``is_central``, by number.
    """
    of = communities.select("number", "community")
    inner = (
        ties.join(of.rename({"number": "l"}), on="l")
        .join(of.select(r="number", other="community"), on="r")
        .filter(pl.col("community") == pl.col("other"))
    )
    offending = inner.filter("is_offending").select("community").unique()
    members = (
        of.join(offending, on="community", how="semi")
        .filter(pl.len().over("community") >= FEWEST)
        .sort("number")
    )
    inner = inner.join(members.select("community").unique(), on="community", how="semi")
    standing = members.join(_strengths(inner), on="number", how="left").join(
        _betweenness(members, inner), on="number", how="left"
    )
    return _mark_central(standing).sort("number")


def _strengths(inner: pl.DataFrame) -> pl.DataFrame:
    # Whole numbers of 10^-9 add up to the same sum in every order.
    ends = pl.concat(
        [inner.select(number=side, nano=(pl.col("tie") * 1e9).round().cast(pl.Int64))
         for side in ("l", "r")]
    )  # fmt: skip
    return ends.group_by("number").agg(strength=pl.col("nano").sum() / 1e9)


def _betweenness(members: pl.DataFrame, inner: pl.DataFrame) -> pl.DataFrame:
    """Share of the shortest ways between two others, ties counted as steps (Freeman, Sociometry 40,
    1977; Brandes, Journal of Mathematical Sociology 25, 2001)."""
    ordered = members.sort("community", "number").with_columns(
        place=pl.int_range(pl.len()).over("community")
    )
    place = ordered.select("number", "place")
    edges = (
        inner.join(place.rename({"number": "l", "place": "pl"}), on="l")
        .join(place.rename({"number": "r", "place": "pr"}), on="r")
        .sort("community", "pl", "pr")
    )
    sizes = ordered.group_by("community", maintain_order=True).len()["len"].to_numpy()
    counts = (
        sizes_of.to_numpy()
        if (sizes_of := edges.group_by("community", maintain_order=True).len()["len"]).len()
        else np.zeros(0, dtype=np.int64)
    )
    pairs = list(zip(edges["pl"].to_list(), edges["pr"].to_list(), strict=True))
    found = np.zeros(ordered.height)
    node = edge = 0
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        # Where each is tied with each nobody is between others.
        if count < size * (size - 1) // 2:
            found[node : node + size] = _between(size, pairs[edge : edge + count])
        node, edge = node + size, edge + count
    return ordered.select("number").with_columns(betweenness=pl.Series(found).round(9))


def _between(size: int, pairs: list[tuple[int, int]]) -> list[float]:
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(size))
    graph.add_edges_from_no_data(pairs)
    # In one thread: floats added up in another order are other floats.
    shares = rustworkx.graph_betweenness_centrality(graph, parallel_threshold=_NO_PARALLEL)
    return [shares[person] for person in range(size)]


def _mark_central(standing: pl.DataFrame) -> pl.DataFrame:
    """The highest tenth by betweenness, then strength; those who stand alike are central together,
    and nobody is where all stand alike."""
    rank = (
        pl.struct("betweenness", "strength")
        .rank("min", descending=True)
        .over("community")
    )  # fmt: skip
    alike = pl.struct("betweenness", "strength").n_unique().over("community") == 1
    most = (pl.len().over("community") + ONE_IN - 1) // ONE_IN
    return standing.with_columns(is_central=(rank <= most) & ~alike)
