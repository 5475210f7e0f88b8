"""Which offences are to be compared anew, and what of what is kept stays.

An offence is compared anew where the hash of all that it is compared by is another. Where an
offence that had as many partners as are kept loses one of them, the next best is not known: it is
compared anew too. So any nights come to what one night of everything would.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from linkage.series.candidates import Candidates
from linkage.series.compare import Levels
from linkage.series.features import Offences
from linkage.series.model import SeriesModel
from linkage.series.score import able_pairs, keep_best, score_pairs
from linkage.series.words import WordSets, shared_words, word_sets
from warehouse.given import lent

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
    ``night``."""
    able: Iterable[tuple[Candidates, Levels]]
    if is_all:
        wanted = np.ones(len(offences), bool)
        able = able_pairs(model, offences, wanted)
    else:
        asked = con.sql("SELECT offence FROM series_asked").pl()["offence"].to_numpy()
        able = list(able_pairs(model, offences, np.isin(offences.offence, asked)))
        wanted = np.zeros(len(offences), bool)
        for pairs, _ in able:
            wanted[pairs.left] = wanted[pairs.right] = True
    methods, stolen = _read_words(con, model, offences, wanted)
    scored = score_pairs(model, methods, stolen, able)
    left, right = scored.left, scored.right
    return pl.DataFrame(
        {
            "offence_l": offences.offence[left],
            "offence_r": offences.offence[right],
            "total": scored.total,
            "levels": pl.Series(scored.levels).cast(pl.List(pl.Int8)),
            "km": scored.km,
            "days": scored.days,
            "shared_method": shared_words(methods, left, right),
            "shared_property": shared_words(stolen, left, right),
        }
    ).with_columns(is_of_l=pl.lit(value=True), is_of_r=pl.lit(value=True))


def _read_words(
    con: duckdb.DuckDBPyConnection,
    model: SeriesModel,
    offences: Offences,
    wanted: NDArray[np.bool],
) -> tuple[WordSets, WordSets]:
    """Words of the offences that are wanted; the others have none."""
    with lent(con, series_wanted=pl.DataFrame({"offence": offences.offence[wanted]})):
        texts = con.sql(
            "SELECT method_text, stolen FROM series_offence "
            "SEMI JOIN series_wanted USING (offence) ORDER BY offence"
        ).pl()
    rows = np.flatnonzero(wanted)
    return (
        word_sets(texts["method_text"], rows, len(offences), model.method_words, model.floors[0]),
        word_sets(texts["stolen"], rows, len(offences), model.property_words, model.floors[1]),
    )


_TOUCHED = """
CREATE OR REPLACE TABLE series_touched AS
SELECT offence_l AS offence FROM series_scored UNION SELECT offence_r FROM series_scored
UNION FROM series_left
UNION SELECT offence_r FROM linkage.series_pair SEMI JOIN series_left ON offence = offence_l
UNION SELECT offence_l FROM linkage.series_pair SEMI JOIN series_left ON offence = offence_r
"""


def choose_pairs(
    con: duckdb.DuckDBPyConnection, model: SeriesModel, scored: pl.DataFrame, *, is_all: bool
) -> pl.DataFrame:
    """The pairs to be written: those scored, and those held of which an offence has a new pair or
    lost one; each offence keeps its best.

    Makes ``series_touched`` (``offence``): every held pair with one of them is to go.
    """
    if is_all:
        return keep_best(scored, model.most_partners)
    with lent(con, series_scored=scored.select("offence_l", "offence_r")):
        con.execute(_TOUCHED)
    held = con.sql(
        """
        SELECT offence_l, offence_r, total, levels, km, days, shared_method, shared_property,
               is_of_l, is_of_r
        FROM linkage.series_pair
        WHERE (offence_l IN (FROM series_touched) OR offence_r IN (FROM series_touched))
          AND offence_l NOT IN (FROM series_left) AND offence_r NOT IN (FROM series_left)
        """
    ).pl()
    return keep_best(pl.concat([scored, held]), model.most_partners)
