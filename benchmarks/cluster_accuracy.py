"""How well clusters of records match the true persons: pairwise and B-cubed."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Accuracy:
    """Precision and recall of pairs under one cluster, and of B-cubed; each from 0 to 1.

    B-cubed is the mean over records: of the share of a record's cluster that is its person's
    (precision), and of the share of its person's records that are in its cluster (recall).
    """

    precision: float
    recall: float
    b_precision: float
    b_recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of pairwise precision and recall."""
        return _harmonic(self.precision, self.recall)

    @property
    def b_cubed(self) -> float:
        """Harmonic mean of B-cubed precision and recall."""
        return _harmonic(self.b_precision, self.b_recall)


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def compare_clusters(found: pl.Series, true: pl.Series) -> Accuracy:
    """Accuracy of the clusters ``found`` of records whose persons are ``true``, in one order."""
    both = pl.DataFrame({"found": found, "true": true}).group_by("found", "true").len("both")
    both = both.with_columns(pl.col("both").cast(pl.Int64)).with_columns(
        in_cluster=pl.col("both").sum().over("found"), of_person=pl.col("both").sum().over("true")
    )
    clusters = both.group_by("found").agg(pl.col("both").sum())["both"]
    persons = both.group_by("true").agg(pl.col("both").sum())["both"]
    right, joined, wanted = (_pairs(each) for each in (both["both"], clusters, persons))
    square = both["both"] * both["both"]
    return Accuracy(
        precision=right / joined if joined else 1.0,
        recall=right / wanted if wanted else 1.0,
        b_precision=float((square / both["in_cluster"]).sum()) / len(found),
        b_recall=float((square / both["of_person"]).sum()) / len(found),
    )


def _pairs(sizes: pl.Series) -> int:
    return int((sizes * (sizes - 1)).sum()) // 2
