"""Which offences are to be compared anew, and what of what is kept stays.

An offence is compared anew where the hash of all that it is compared by is another. Where an
offence that had as many partners as are kept loses one of them, the next best is not known: it is
compared anew too. So any nights come to what one night of everything would.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from linkage.series.features import Integers, Offences
from linkage.series.model import SeriesModel
from linkage.series.score import Scored, able_pairs, keep_best, score_pairs
from linkage.series.words import WordSets, shared_words, word_sets

_DIRECTED = """
SELECT offence_l AS own, offence_r AS other FROM linkage.series_pair WHERE is_of_l
UNION ALL SELECT offence_r, offence_l FROM linkage.series_pair WHERE is_of_r
"""


@dataclass(frozen=True)
class Changes:
    """How many offences are new or changed, gone, and compared again because a partner went."""

    changed: int
    gone: int
    again: int


def read_changes(con: duckdb.DuckDBPyConnection, model: SeriesModel, *, is_all: bool) -> Changes:
    """Make ``series_asked`` (``offence``: to be compared) and ``series_left`` (``offence``: its
    pairs are no longer held: asked, or gone) of ``series_offence`` and the state."""
    if is_all:
        con.execute("CREATE OR REPLACE TABLE series_asked AS SELECT offence FROM series_offence")
        con.execute("CREATE OR REPLACE TABLE series_left AS SELECT offence FROM series_asked")
        [(asked,)] = con.execute("SELECT count(*) FROM series_asked").fetchall()
        return Changes(int(asked), 0, 0)
    con.execute(
        """CREATE OR REPLACE TABLE series_asked AS SELECT offence FROM series_offence
           ANTI JOIN linkage.series_offence AS held USING (offence, content_hash)"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE series_gone AS SELECT offence FROM linkage.series_offence
           ANTI JOIN series_offence AS now USING (offence)"""
    )
    [(changed, gone)] = con.execute(
        "SELECT (SELECT count(*) FROM series_asked), (SELECT count(*) FROM series_gone)"
    ).fetchall()
    con.execute(
        f"""
        CREATE OR REPLACE TABLE series_again AS
        WITH moved AS (FROM series_asked UNION FROM series_gone),
        touched AS (SELECT DISTINCT own FROM ({_DIRECTED}) SEMI JOIN moved ON offence = other)
        SELECT own AS offence FROM ({_DIRECTED}) SEMI JOIN touched USING (own)
        GROUP BY own HAVING count(*) >= {model.most_partners}
        EXCEPT FROM moved
        """
    )
    [(again,)] = con.execute("SELECT count(*) FROM series_again").fetchall()
    con.execute("INSERT INTO series_asked FROM series_again")
    con.execute("CREATE OR REPLACE TABLE series_left AS FROM series_asked UNION FROM series_gone")
    return Changes(int(changed), int(gone), int(again))


def score_changes(
    con: duckdb.DuckDBPyConnection, model: SeriesModel, offences: Offences, *, is_all: bool
) -> pl.DataFrame:
    """Pairs of the offences asked for, best or not, as ``linkage.series_pair`` has them but for
    ``night`` and the shared words."""
    if is_all:
        methods, stolen = _read_words(con, model, None)
        everyone = np.ones(len(offences), bool)
        scored = score_pairs(model, methods, stolen, able_pairs(model, offences, everyone))
        return _to_frame(offences, scored)
    asked = np.isin(offences.offence, _numbers(con, "series_asked"))
    able = list(able_pairs(model, offences, asked))
    wanted = np.zeros(len(offences), bool)
    for pairs, _ in able:
        wanted[pairs.left] = wanted[pairs.right] = True
    methods, stolen = _read_words(con, model, wanted)
    return _to_frame(offences, score_pairs(model, methods, stolen, able))


def choose_pairs(
    con: duckdb.DuckDBPyConnection, model: SeriesModel, scored: pl.DataFrame, *, is_all: bool
) -> pl.DataFrame:
    """The pairs to be written: those scored, and those held of which an offence has a new pair or
    lost one; each offence keeps its best.

    Makes ``series_touched`` (``offence``): every held pair with one of them is to go.
    """
    if is_all:
        return keep_best(scored, model.most_partners)
    con.register("series_scored", scored.select("offence_l", "offence_r"))
    con.execute(
        """
        CREATE OR REPLACE TABLE series_touched AS
        SELECT offence_l AS offence FROM series_scored UNION SELECT offence_r FROM series_scored
        UNION FROM series_left
        UNION SELECT offence_r FROM linkage.series_pair SEMI JOIN series_left ON offence = offence_l
        UNION SELECT offence_l FROM linkage.series_pair SEMI JOIN series_left ON offence = offence_r
        """
    )
    con.unregister("series_scored")
    held = con.sql(
        """
        SELECT offence_l, offence_r, total, levels, km, days, is_of_l, is_of_r
        FROM linkage.series_pair
        WHERE (offence_l IN (FROM series_touched) OR offence_r IN (FROM series_touched))
          AND offence_l NOT IN (FROM series_left) AND offence_r NOT IN (FROM series_left)
        """
    ).pl()
    return keep_best(pl.concat([scored, held]), model.most_partners)


def add_words(
    con: duckdb.DuckDBPyConnection, model: SeriesModel, offences: Offences, pairs: pl.DataFrame
) -> pl.DataFrame:
    """The pairs with ``shared_method`` and ``shared_property``."""
    left, right = (
        np.searchsorted(offences.offence, pairs[name].to_numpy())
        for name in ("offence_l", "offence_r")
    )
    wanted = np.zeros(len(offences), bool)
    wanted[left] = wanted[right] = True
    methods, stolen = _read_words(con, model, wanted)
    return pairs.with_columns(
        shared_method=shared_words(methods, left, right),
        shared_property=shared_words(stolen, left, right),
    )


def _read_words(
    con: duckdb.DuckDBPyConnection, model: SeriesModel, wanted: NDArray[np.bool] | None
) -> tuple[WordSets, WordSets]:
    """Words of the offences that are wanted; None: of all."""
    texts = con.sql("SELECT method_text, stolen FROM series_offence ORDER BY offence").pl()
    if wanted is not None:
        held = pl.Series(wanted)
        texts = texts.with_columns(pl.when(held).then(pl.all()))
    return (
        word_sets(texts["method_text"], model.method_words, model.floors[0]),
        word_sets(texts["stolen"], model.property_words, model.floors[1]),
    )


def _numbers(con: duckdb.DuckDBPyConnection, table: str) -> Integers:
    return con.sql(f"SELECT offence FROM {table}").pl()["offence"].to_numpy()


def _to_frame(offences: Offences, scored: Scored) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "offence_l": offences.offence[scored.left],
            "offence_r": offences.offence[scored.right],
            "total": scored.total,
            "levels": pl.Series(scored.levels).cast(pl.List(pl.Int8)),
            "km": scored.km,
            "days": scored.days,
        }
    ).with_columns(is_of_l=pl.lit(value=True), is_of_r=pl.lit(value=True))
