"""A sample of pairs for people to review where no truth is known.

Pairs are drawn at random within strata: by how far a pair's weight lies above or below what it
needed to be joined, and whether a person id joins the two records. Half of the sample is spread
evenly over the strata, half by Neyman's rule (pairs of the stratum times the standard deviation
that the model expects there: J. Neyman, On the two different aspects of the representative method,
JRSS 97, 1934). Strata near the threshold hold few pairs, so they are sampled most densely.
"""

import json
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from linkage.evaluation.intervals import Floats
from linkage.training.recall import IDENTIFIERS
from warehouse.contract.link import PAIR_KEY, RECORD_PARTS
from warehouse.errors import UsageError


@dataclass(frozen=True)
class Stratum:
    """A part of the pairs; the first whose ``when`` holds counts.

    Attributes:
        name: as the sample names it.
        when: SQL condition over ``band``, ``cut``, ``margin`` (bits above what the pair needed to
            be joined) and ``is_joined`` (one person id).
        is_joined: whether its pairs share a person id.
        is_link: whether each of its pairs was joined by its own link.
    """

    name: str
    when: str
    is_joined: bool = False
    is_link: bool = False


_LAID = "is_joined AND band = 'link' AND cut IS NULL"
STRATA = (
    Stratum("link, 10 bits or more above", f"{_LAID} AND margin >= 10", True, True),
    Stratum("link, 5 to 10 bits above", f"{_LAID} AND margin >= 5", True, True),
    Stratum("link, 2 to 5 bits above", f"{_LAID} AND margin >= 2", True, True),
    Stratum("link, less than 2 bits above", _LAID, True, True),
    Stratum("joined without an edge", "is_joined AND band IS NULL", True),
    Stratum("joined, but not by its own link", "is_joined", True),
    Stratum("link not laid", "band = 'link'"),
    Stratum("review, less than 2 bits below", "band = 'review' AND margin > -2"),
    Stratum("review, 2 bits or more below", "band = 'review'"),
    Stratum("possible, less than 10 bits below", "margin > -10"),
    Stratum("possible, 10 bits or more below", "true"),
)
BY_NAME = {stratum.name: stratum for stratum in STRATA}

# What the estimator needs besides the verdicts.
PLAN_COLUMNS = (
    "stratum", "stratum_pairs", "stratum_identified", "stratum_drawn", "inclusion_probability",
    "strata",
)  # fmt: skip

# Least standard deviation of a stratum: a model may be surer than it has reason to be.
LEAST_DEVIATION = 0.1
PROBABILITY_WITHOUT_EDGE = 0.9
_KEYS = ", ".join(PAIR_KEY)
# Both records bear one identifier: their blocks bring such pairs together, and none is missed.
_IS_IDENTIFIED = " OR ".join(f"(levels ->> '$.{name}') = 'same'" for name in sorted(IDENTIFIERS))
_L, _R = ([f"{part}_{side}" for part in RECORD_PARTS] for side in "lr")
_POOL = f"""
CREATE OR REPLACE TEMP TABLE pool AS
WITH held AS (SELECT {", ".join(RECORD_PARTS)}, person_id FROM core.person_record),
edge AS (
    SELECT {_KEYS}, band, cut, match_weight - link_at AS margin, match_probability,
           l.person_id = r.person_id AS is_joined,
           coalesce({_IS_IDENTIFIED}, false) AS is_identified
    FROM link.person_edge
    JOIN held AS l ON (l.force, l.source_system, l.source_record_id) = ({", ".join(_L)})
    JOIN held AS r ON (r.force, r.source_system, r.source_record_id) = ({", ".join(_R)})
),
tied AS (
    SELECT {", ".join(f"l.{part} AS {part}_l" for part in RECORD_PARTS)},
           {", ".join(f"r.{part} AS {part}_r" for part in RECORD_PARTS)}
    FROM held AS l JOIN held AS r ON l.person_id = r.person_id
     AND (l.force, l.source_system, l.source_record_id)
       < (r.force, r.source_system, r.source_record_id)
),
every AS (
    SELECT * FROM edge UNION ALL BY NAME
    SELECT *, {PROBABILITY_WITHOUT_EDGE} AS match_probability, true AS is_joined,
           false AS is_identified
    FROM tied ANTI JOIN edge USING ({_KEYS})
)
SELECT {_KEYS}, match_probability, is_identified,
       CASE {" ".join(f"WHEN {s.when} THEN '{s.name}'" for s in STRATA)} END AS stratum
FROM every
"""
_SIZES = """
SELECT stratum, count(*) AS pairs, avg(match_probability) AS probability,
       count(*) FILTER (is_identified) AS identified
FROM pool GROUP BY stratum
"""
# The order is that of a hash with the seed: the same pairs and seed give the same sample, and a
# reviewer who stops halfway has still seen a random part of every stratum.
_DRAW = f"""
WITH ordered AS (
    SELECT {_KEYS}, stratum, md5(concat_ws(chr(31), $seed, {_KEYS})) AS draw FROM pool
),
drawn AS (
    SELECT * FROM ordered JOIN wanted USING (stratum)
    QUALIFY row_number() OVER (PARTITION BY stratum ORDER BY draw) <= wanted
)
SELECT {_KEYS}, match_weight, coalesce(band, 'no edge') AS band, levels, stratum,
       pairs AS stratum_pairs, identified AS stratum_identified, wanted AS stratum_drawn,
       wanted / pairs AS inclusion_probability
FROM drawn LEFT JOIN link.person_edge USING ({_KEYS}) ORDER BY draw
"""


def draw_sample(con: duckdb.DuckDBPyConnection, pairs: int, seed: int) -> pl.DataFrame:
    """A stratified sample of the pairs that were scored, and of those that a person id joins.

    Args:
        con: the store, or tables of its contract; temporary tables are made on it.
        pairs: how many to draw; all where there are fewer.
        seed: the same store, number and seed give the same sample.

    Returns:
        ``PAIR_KEY``, ``match_weight``, ``band``, ``says`` (the levels in one line), then
        ``PLAN_COLUMNS``: the stratum, how many pairs it has, how many of them share an identifier
        and how many were drawn, the probability with which each came into the sample, and how many
        strata the sample has.

    Raises:
        UsageError: there are no pairs, or fewer are asked for than two a stratum.
    """
    con.execute(_POOL)
    sizes = con.sql(_SIZES).pl()
    wanted = sizes.with_columns(wanted=allocate(sizes, pairs)).drop("probability")
    con.register("wanted", wanted)
    drawn = con.execute(_DRAW, {"seed": str(seed)}).pl()
    con.unregister("wanted")
    return drawn.with_columns(
        says=pl.Series(map(_say, drawn["levels"]), dtype=pl.String), strata=pl.lit(sizes.height)
    ).select(*PAIR_KEY, "match_weight", "band", "says", *PLAN_COLUMNS)


def allocate(sizes: pl.DataFrame, pairs: int) -> pl.Series:
    """How many pairs to draw from each stratum.

    Args:
        sizes: ``pairs`` and mean ``probability`` under the model, one row a stratum.
        pairs: how many to draw in all; all where there are fewer.

    Returns:
        As many whole numbers, each from 1 to the stratum's pairs.

    Raises:
        UsageError: there is nothing to draw from, or ``pairs`` are fewer than two a stratum.
    """
    if sizes.is_empty():
        raise UsageError("there are no pairs to review: nothing has been scored or joined")
    if pairs < 2 * sizes.height:
        raise UsageError(
            f"{pairs} pairs are too few: there are {sizes.height} strata, so {2 * sizes.height} or "
            "more are needed"
        )
    size = sizes["pairs"].cast(pl.Float64).to_numpy()
    probability = sizes["probability"].to_numpy()
    deviation = np.maximum(np.sqrt(probability * (1 - probability)), LEAST_DEVIATION)
    share = 0.5 / len(size) + 0.5 * size * deviation / (size * deviation).sum()
    drawn = np.zeros(len(size))
    is_open = np.ones(len(size), np.bool_)
    # What a small stratum cannot give is shared out among the others, until none overflows.
    while is_open.any():
        quota = share * (pairs - drawn.sum()) / share[is_open].sum()
        is_full = is_open & (quota >= size)
        if not is_full.any():
            drawn[is_open] = _whole(quota[is_open])
            break
        drawn[is_full] = size[is_full]
        is_open &= ~is_full
    return pl.Series("wanted", drawn.astype(np.int64))


def _whole(quota: Floats) -> Floats:
    """Whole numbers of the same sum, by largest remainder."""
    whole = np.floor(quota)
    missing = round(quota.sum() - whole.sum())
    whole[np.argsort(whole - quota, kind="stable")[:missing]] += 1
    return whole


def _say(levels: str | None) -> str:
    """The levels of an edge in one line; what is not known on a side is left out."""
    if levels is None:
        return "not scored: other records tie the two"
    known = {name: says for name, says in json.loads(levels).items() if says != "not known"}
    return "; ".join(f"{name} {says}" for name, says in known.items())
