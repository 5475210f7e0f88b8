"""How far a delivery may differ from the force's earlier ones by chance alone.

A small table differs from night to night without anything being wrong, and thousands of columns are
looked at every night. So what is named must be beyond these bounds too, each of which chance passes
less than once in 100,000 looks.
"""

import math
from collections.abc import Sequence
from statistics import median

import polars as pl

# Logarithm of 1 / 100,000 looks.
LOG_LOOKS = math.log(100_000)

SETTLED = 5
"""Deliveries after which a bound is no longer widened because the history is short."""

# A normal distribution's sigma is 1.4826 times its median absolute deviation.
_SIGMA_PER_DEVIATION = 1.4826
_SIGMAS = 3.0


def widening(deliveries: int) -> float:
    """How many times as wide a bound is while few deliveries are known: the error of a mean falls
    with the root of their number."""
    return math.sqrt(SETTLED / deliveries) if deliveries < SETTLED else 1.0


def widening_of(deliveries: pl.Expr) -> pl.Expr:
    """``widening`` of a column of counts."""
    return (SETTLED / deliveries.clip(upper_bound=SETTLED)).sqrt()


def usual_swing(counts: Sequence[float]) -> float:
    """How many times its median a count may be, or be below it, by chance and by what the counts
    have done so far.

    Three standard deviations of the logarithm: of the counts, estimated from their median absolute
    deviation so that one outlier among them does not count (Huber, Robust Statistics, 1981, section
    5.1), and of a Poisson count.

    Args:
        counts: rows of earlier deliveries; their median must be above 0.
    """
    logs = [math.log(max(count, 1.0)) for count in counts]
    middle = median(logs)
    spread = _SIGMA_PER_DEVIATION * median(abs(log - middle) for log in logs)
    return math.exp(_SIGMAS * math.sqrt(spread**2 + 1 / median(counts)))


def share_allowance(share: pl.Expr, rows: pl.Expr, past_rows: pl.Expr) -> pl.Expr:
    """How far a share of ``rows`` may be from the same share of ``past_rows`` by chance.

    Bernstein's inequality, which holds for small shares and few rows too (Boucheron, Lugosi and
    Massart, Concentration Inequalities, 2013, section 2.8): for a mean of n values in [0, 1] of
    variance v, sqrt(2 v L / n) + 2 L / (3 n), where L is the logarithm of the looks.

    Args:
        share: usual share, 0 to 1.
        rows: rows of the delivery.
        past_rows: rows of the earlier ones together.
    """
    weight = 1 / rows + 1 / past_rows
    variance = share * (1 - share)
    return (2 * variance * LOG_LOOKS * weight).sqrt() + 2 * LOG_LOOKS / 3 * weight


def new_code_allowance(rows: pl.Expr, past_rows: pl.Expr) -> pl.Expr:
    """How often a code may stand in a delivery, though in none of the earlier ones, by chance.

    Where a code stands k times in both together, each of the rows that hold it is as likely to be
    any row: that all k are among the delivery's n of n + N has a probability of at most
    (n / (n + N))^k, the first k factors of the hypergeometric distribution.

    Args:
        rows: rows of the delivery.
        past_rows: rows of the earlier ones together.
    """
    return LOG_LOOKS / (1 + past_rows / rows).log()


def distance_allowance(root_sum: pl.Expr, rows: pl.Expr, past_rows: pl.Expr) -> pl.Expr:
    """How far the total variation between two samples of one distribution may be by chance.

    Its expectation is at most half the sum over codes of sqrt(q (1 - q) (1/n + 1/N)), by Jensen's
    inequality; it passes that by t with probability exp(-2 t^2 / (1/n + 1/N)), by McDiarmid's
    (Boucheron, Lugosi and Massart, 2013, section 6.1), since one row moves it by 1/n or 1/N.

    Args:
        root_sum: sum over codes of sqrt(q (1 - q)), q being the usual share of the code.
        rows: rows of the delivery.
        past_rows: rows of the earlier ones together.
    """
    weight = 1 / rows + 1 / past_rows
    return root_sum / 2 * weight.sqrt() + (LOG_LOOKS / 2 * weight).sqrt()
