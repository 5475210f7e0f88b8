"""What ``link.person_tie`` says of a link: what speaks for it, and what against."""

from datetime import date

import duckdb
import polars as pl

from warehouse.resolved import _TIES_SQL
from warehouse.schema import create_statements, store_tables

LEVELS = (
    '{"forename": "same", "middle_names": "not known", "sex": "same", "birth": "different", '
    '"kin": "possible kin of one name", "namesake": "different"}'
)
WEIGHTS = (
    '{"forename": 4.5, "middle_names": 0.0, "sex": 0.5, "birth": -3.0, "kin": -12.0, '
    '"namesake": 0.0, "prior": -20.0}'
)


def test_what_weighs_nothing_is_told_of_on_neither_side_and_a_correction_speaks_against():
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            con.execute(statement)
        edge = {
            "force_l": "kent", "source_system_l": "niche", "source_record_id_l": "1",
            "force_r": "essex", "source_system_r": "niche", "source_record_id_r": "2",
            "match_weight": 30.0, "match_probability": 1.0, "link_at": 20.0, "band": "link",
            "weights": WEIGHTS, "levels": LEVELS, "match_key": "name", "model_id": "person-test",
            "night": date(2026, 1, 12),
        }  # fmt: skip
        con.register("made", pl.DataFrame([edge]))
        con.execute("INSERT INTO link.person_edge BY NAME SELECT * FROM made")
        con.register("tied", pl.DataFrame({"person_id": ["P-1"], "tie": ["weakest"], "edge": [0]}))
        con.execute(_TIES_SQL)
        [(agrees, differs)] = con.execute("SELECT agrees, differs FROM link.person_tie").fetchall()
    assert agrees == "forename same; sex same"
    assert differs == "birth; kin possible kin of one name"
