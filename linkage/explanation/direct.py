"""Compare records directly, for an explanation only, with the very model that linked the store."""

from collections.abc import Iterable, Sequence

import duckdb
import polars as pl

from linkage.explanation.edges import make_pair
from linkage.explanation.entity import Entity
from linkage.explanation.facts import PRIOR, Compared, PairKey
from linkage.model import NOT_KNOWN, Comparison, Model
from linkage.record_key import RecordKey
from linkage.score import score_pairs
from warehouse.contract.link import RECORD_PARTS


def compare(
    model: Model, features: pl.DataFrame, keys: Iterable[PairKey]
) -> dict[PairKey, Compared]:
    """The pairs, scored as the night would have scored them, whether or not it did.

    Args:
        model: the model.
        features: one row a record: its key and what the model compares.
        keys: pairs of records of ``features``; pairs with others are left out.
    """
    numbers = number_records(features)
    wanted = sorted(key for key in keys if key.left in numbers and key.right in numbers)
    if not wanted:
        return {}
    pairs = pl.DataFrame(
        [(numbers[key.left], numbers[key.right], 0) for key in wanted],
        schema={"record_l": pl.Int64, "record_r": pl.Int64, "block": pl.UInt8},
        orient="row",
    )
    with duckdb.connect() as con:
        con.register("numbered", features.with_row_index("record").cast({"record": pl.Int64}))
        con.register("wanted", pairs)
        con.execute("CREATE TABLE record AS FROM numbered; CREATE TABLE pair AS FROM wanted")
        score_pairs(con, model)
        scored = con.sql("FROM scored").pl()
    found = {(row["record_l"], row["record_r"]): row for row in scored.iter_rows(named=True)}
    return {key: _read(model, key, found[numbers[key.left], numbers[key.right]]) for key in wanted}


def number_records(features: pl.DataFrame) -> dict[RecordKey, int]:
    """The row of each record."""
    rows = features.select(RECORD_PARTS).iter_rows()
    return {RecordKey(*row): number for number, row in enumerate(rows)}


def _read(model: Model, key: PairKey, row: dict[str, object]) -> Compared:
    names = [comparison.name for comparison in model.comparisons]
    weights: Sequence[float] = row["weights"]  # type: ignore[assignment]
    levels: Sequence[int] = row["levels"]  # type: ignore[assignment]
    bare = Compared(
        key, (), float(row["match_weight"]), float(row["link_at"]), float(row["review_at"]),  # type: ignore[arg-type]
        str(row["band"]), None, None, model.model_id, None, entity=Entity(model.entity),
    )  # fmt: skip
    words = map(_words, model.comparisons, levels)
    return make_pair(
        key,
        dict(zip((*names, PRIOR), weights, strict=True)),
        dict(zip(names, words, strict=True)),
        bare,
    )


def _words(comparison: Comparison, level: int) -> str:
    return NOT_KNOWN if level < 0 else comparison.words[level]
