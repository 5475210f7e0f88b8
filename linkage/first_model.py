"""The model that a home makes of its own current records."""

import duckdb

from linkage.features import select_features
from linkage.model import Model
from linkage.model_file import name_model
from linkage.models import person
from linkage.training.frequencies import freeze_frequencies
from linkage.training.structure import fit_structure
from warehouse.schema import quote


def train_model(con: duckdb.DuckDBPyConnection, places: str | None) -> Model:
    """Train the person model on the current records of the state that the workspace has open.

    Args:
        con: a workspace.
        places: path of the gazetteer's Parquet; None where there is none.
    """
    if places:
        con.execute(f"CREATE OR REPLACE VIEW place AS FROM read_parquet({quote(places)})")
    select_features(con, places="place" if places else None, into="training_record")
    structure = fit_structure(con, "training_record")
    frequencies, floors = freeze_frequencies(con, "training_record", structure.comparisons)
    return name_model(
        Model(
            "person",
            person.VERSION,
            "typed",
            person.PRIOR,
            person.POSSIBLE,
            person.MOST_RECORDS,
            structure.comparisons,
            structure.blocks,
            person.THRESHOLDS,
            frequencies,
            floors,
            {"code_sha256": "", "data_sha256": None, "records": structure.records, "blocks": []},
        )
    )
