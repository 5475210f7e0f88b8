"""Whatever changes in a record's features, their hash tells."""

import duckdb
import pytest

from linkage.content_hash import content_hash_sql
from linkage.entities import FEATURES

ROWS = [
    "1, [5], NULL, 'x'", "1, NULL, [5], 'x'", "1, [5, 6], NULL, 'x'", "1, [5], [6], 'x'",
    "1, [6, 5], NULL, 'x'", "NULL, [1, 5], NULL, 'x'", "1, NULL, NULL, 'x'", "1, NULL, NULL, NULL",
]  # fmt: skip
KINDS = {"one": "INTEGER", "these": "INTEGER[]", "others": "INTEGER[]", "word": "VARCHAR"}


def test_what_moves_from_a_list_to_the_next_is_a_change():
    columns = ", ".join(f"{name} {kind}" for name, kind in KINDS.items())
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE made ({columns})")
        con.execute(f"INSERT INTO made VALUES {', '.join(f'({row})' for row in ROWS)}")
        found = con.execute(f"SELECT DISTINCT {content_hash_sql(KINDS)} FROM made").fetchall()
    assert len(found) == len(ROWS)


@pytest.mark.parametrize("entity", ["person", "offence"])
def test_no_two_features_of_one_kind_can_change_places_unseen(entity):
    features = FEATURES[entity]
    values = {"VARCHAR[]": "['a']", "UBIGINT[]": "[7::UBIGINT]"}
    with duckdb.connect() as con:
        rows = [
            ", ".join(
                f"{values[kind] if name == held else 'NULL'}::{kind} AS {name}"
                for name, kind in features.items()
            )
            for held in features
            if features[held].endswith("[]")
        ]
        selected = " UNION ALL ".join(f"SELECT {row}" for row in rows)
        found = con.execute(
            f"SELECT DISTINCT {content_hash_sql(features)} FROM ({selected})"
        ).fetchall()
    assert len(found) == len(rows)
