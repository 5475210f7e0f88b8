"""Blocks as integer keys: which records are compared, and which keys too many records share.

A key that more than ``Model.most_records`` current records bear is not compared: such a value is a
placeholder, a hostel or a solicitor's telephone rather than one person's. How many bear it is
counted among the current records alone, so it does not matter in which order they came.

A key is half a hash: a night looks through the keys of all records, and reading them is most of
what that costs. Two values may have one key by chance. It is theirs every night, so that nights
still come to what linking everything at once gives; what it brings together besides, about one
pair in a hundred at a million records, is scored like any other and hardly ever kept.
"""

import re

from linkage.model import Block, Model

_BEGINNING = re.compile(r"\bleft\((\w+), \d+\)")
KEY_COLUMNS = "block, key, record"


def keys_sql(model: Model, records: str, *, is_whole: bool = False) -> str:
    """SELECT of ``block`` (index), ``key`` (UINTEGER) and ``record``: one row a record and key.

    Args:
        model: whose blocks.
        records: table of ``record`` and the features.
        is_whole: True for whole hashes (UBIGINT): two values share one next to never.
    """
    keys = [_key(number, block, is_whole=is_whole) for number, block in enumerate(model.blocks)]
    return " UNION ALL ".join(
        f"SELECT {number}::UTINYINT AS block, {keys[number]} AS key, record "
        f"FROM {_source(block, records)} WHERE key IS NOT NULL"
        if block.exploded
        else f"SELECT {number}::UTINYINT AS block, {keys[number]} AS key, record "
        f"FROM {records} WHERE {_is_known(block)}"
        for number, block in enumerate(model.blocks)
    )


def _source(block: Block, records: str) -> str:
    known = f"WHERE {_is_known(block)}" if block.keys else ""
    return f"(SELECT *, unnest({block.exploded}) AS exploded_value FROM {records} {known})"


def _is_known(block: Block) -> str:
    # The beginning of a text is null where the text is, which is known without cutting it.
    keys = (_BEGINNING.sub(r"\1", key) for key in block.keys)
    return " AND ".join(f"({key}) IS NOT NULL" for key in keys)


def _key(number: int, block: Block, *, is_whole: bool) -> str:
    # The block's number is part of the key: two blocks of one value are two keys.
    values = ", ".join([str(number), *block.keys, *(["exploded_value"] if block.exploded else [])])
    key = f"hash({values})" if is_whole else f"(hash({values}) >> 32)::UINTEGER"
    return f"CASE WHEN exploded_value IS NOT NULL THEN {key} END" if block.exploded else key


def capped_sql() -> str:
    """``block``, ``key`` and ``held`` of ``large_key``."""
    return """
        SELECT min(block) AS block, key, any_value(held) AS held
        FROM large_key
        JOIN (SELECT key, block FROM delta_key UNION ALL SELECT key, block FROM other_key)
        USING (key) GROUP BY key
    """


def crossed_sql(model: Model) -> str:
    """Records of ``other_key`` with a key that was compared and is not, or the other way round.

    Reads ``other_key``, ``lost_key`` (keys that the delta's records bore before) and ``delta_key``.
    """
    return f"""
        SELECT DISTINCT record FROM other_key JOIN (
            SELECT key FROM (
                SELECT key, 1 AS before, 1 AS after FROM other_key
                UNION ALL SELECT key, 1, 0 FROM lost_key
                UNION ALL SELECT key, 0, 1 FROM delta_key
            ) GROUP BY key
            HAVING (sum(before) > {model.most_records}) <> (sum(after) > {model.most_records})
        ) USING (key)
    """
