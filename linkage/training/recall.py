"""What the blocks find, what they miss, and what they cost.

Pairs of records that share a PNC ID, a CRO number or a paper that no household shares are pairs of
one person, but for slips. Which share of them the other blocks bring together tells what those
blocks find of all pairs of one person, as far as records with such numbers are like those without.
"""

import duckdb

from linkage.evaluation.intervals import wilson
from linkage.model import Model
from linkage.models.person_thresholds import HOUSEHOLD_PAPER

IDENTIFIERS = frozenset({"pnc", "cro", "papers"})
ALL = "all rules"
RECALL_UNKNOWN = 0.95


def measure_blocks(con: duckdb.DuckDBPyConnection, model: Model) -> list[dict[str, object]]:
    """One row a block, and one of all together, in the columns of ``link.block_recall`` but for the
    model. Reads ``blocked_pair`` and ``training_size``."""
    identifying = identifying_bits(model)
    other = sum(1 << number for number in range(len(model.blocks))) & ~identifying
    capped = _capped(con, model)
    rows: list[dict[str, object]] = []
    for number, block in enumerate(model.blocks):
        bit = 1 << number
        counts = _count(con, bit, bit - 1, identifying & ~bit)
        rows.append(recall_row(block.name, counts, capped.get(number, (0, 0))))
    total = _count(con, identifying | other, 0, identifying, found=other)
    keys, pairs = (sum(each[place] for each in capped.values()) for place in (0, 1))
    return [*rows, recall_row(ALL, total, (keys, pairs))]


def found_share(blocks: list[dict[str, object]]) -> float:
    """Share of the pairs of one person that the blocks find; ``RECALL_UNKNOWN`` where no two
    records share an identifier."""
    recall = blocks[-1]["recall"]
    return recall if isinstance(recall, float) and recall > 0 else RECALL_UNKNOWN


def capped_pairs(blocks: list[dict[str, object]]) -> dict[str, int]:
    """Per block, the pairs of keys that too many records bear to be compared."""
    return {str(row["block"]): int(str(row["capped_pairs"])) for row in blocks}


def identifiers(model: Model) -> frozenset[str]:
    """The comparisons of the model that tell who is one person; papers do not where they are a
    household's."""
    is_of_household = any(each.says == HOUSEHOLD_PAPER for each in model.thresholds)
    telling = IDENTIFIERS - {"papers"} if is_of_household else IDENTIFIERS
    return telling & {each.name for each in model.comparisons}


def identifying_bits(model: Model) -> int:
    """The blocks that look for an identifier, a bit each."""
    telling = identifiers(model)
    return sum(1 << place for place, block in enumerate(model.blocks) if telling & set(block.needs))


def _count(
    con: duckdb.DuckDBPyConnection, bit: int, before: int, true: int, found: int | None = None
) -> tuple[int, int, int, int]:
    """Pairs, pairs that no block before finds, true pairs, and those of them found."""
    wanted = bit if found is None else found
    [counts] = con.execute(
        f"SELECT count(*) FILTER (found & {bit} > 0), "
        f"count(*) FILTER (found & {bit} > 0 AND found & {before} = 0), "
        f"count(*) FILTER (found & {true} > 0), "
        f"count(*) FILTER (found & {true} > 0 AND found & {wanted} > 0) FROM blocked_pair"
    ).fetchall()
    pairs, new, held, seen = counts
    return pairs, new, held, seen


def _capped(con: duckdb.DuckDBPyConnection, model: Model) -> dict[int, tuple[int, int]]:
    rows = con.execute(
        "SELECT block, count(*), sum(held * (held - 1) // 2)::BIGINT FROM training_size "
        f"WHERE held > {model.most_records} GROUP BY block"
    ).fetchall()
    return {block: (keys, pairs) for block, keys, pairs in rows}


def recall_row(
    name: str, counts: tuple[int, int, int, int], capped: tuple[int, int]
) -> dict[str, object]:
    """A row of ``link.block_recall`` but for its model.

    Args:
        name: of the block.
        counts: pairs that it brings, of them found by no block before, pairs of one entity that are
            known, and of them found by it.
        capped: keys that too many records bear, and the pairs that they would have made.
    """
    pairs, new, true, found = counts
    recall = found / true if true else None
    low, high = (None, None) if recall is None else wilson(recall, float(true))
    return {
        "block": name,
        "pairs": pairs,
        "new_pairs": new,
        "capped_keys": capped[0],
        "capped_pairs": capped[1],
        "true_pairs": true,
        "found": found,
        "recall": recall,
        "recall_low": None if low is None else float(low),
        "recall_high": None if high is None else float(high),
    }
