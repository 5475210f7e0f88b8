"""Models as files, and which of them a home uses.

A model is written once, into ``models/<model_id>/``, and never changed. The register
(``governance.model_register``) says what became of it. A home uses the model that was approved
last (``linkage/approvals.py``); until one is, the model that it made first.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from linkage.approvals import write_approval
from linkage.model import Block, Comparison, Level, Model, Threshold
from linkage.scoring_sql import compile_scoring
from warehouse.contract.governance import MODEL_APPROVAL, MODEL_REGISTER
from warehouse.errors import DamageError, UsageError
from warehouse.given import Value, literal, row_of
from warehouse.home import Home, atomic_folder, write_text_atomic
from warehouse.schema import quote


def name_model(model: Model) -> Model:
    """The model with its id and the SQL that it scores with. The id follows from everything that
    decides a weight or a pair, that SQL included, and from the report."""
    whole = replace(model, scoring=compile_scoring(model.comparisons, model.prior, model.entity))
    return replace(whole, model_id=_id_of(whole, _definition(whole)))


def save_model(home: Home, model: Model) -> None:
    """Write a named model into the home; one that stands there already is left."""
    folder = _folder(home, model.model_id)
    if folder.exists():
        return
    with atomic_folder(folder) as building:
        write_text_atomic(building / "definition.json", _definition(model))
        write_text_atomic(building / "report.json", _report(model))
        write_text_atomic(building / "scoring.sql", model.scoring)
        for feature, frame in model.frequencies.items():
            frame.write_parquet(building / f"{feature}.parquet")


def load_model(home: Home, model_id: str) -> Model:
    """The model of that id.

    Raises:
        DamageError: its files are gone or not those that were written.
    """
    folder = _folder(home, model_id)
    try:
        definition, report, scoring = (
            (folder / name).read_bytes().decode("utf-8")
            for name in ("definition.json", "report.json", "scoring.sql")
        )
        values: dict[str, Any] = json.loads(definition)
        frequencies = {
            feature: pl.read_parquet(folder / f"{feature}.parquet") for feature in values["floors"]
        }
        model = _of(values, frequencies, json.loads(report), scoring)
    except (OSError, ValueError, LookupError, TypeError, pl.exceptions.PolarsError) as error:
        raise DamageError(
            f"the model {model_id} cannot be read from {folder}: restore the folder from backup"
        ) from error
    hashes = _hashes(frequencies, report, scoring)
    is_made = all(values.get(name) == value for name, value in hashes.items())
    if not is_made or _id_of(model, definition) != model_id:
        raise DamageError(
            f"the files of model {model_id} in {folder} are not those that were made: restore the "
            "folder from backup"
        )
    return replace(model, model_id=model_id)


def register_model(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Put a named model into the register as provisional, unless it stands there."""
    if is_registered(con, model.model_id):
        return
    definition = _definition(model)
    row = {
        "model_id": model.model_id,
        "entity": model.entity,
        "version": model.version,
        "status": "provisional",
        "how": model.how,
        "definition": definition,
        "definition_sha256": _sha256(definition.encode()),
        "code_sha256": model.report["code_sha256"],
        "data_sha256": model.report["data_sha256"],
        "trained_on_records": model.report["records"],
        "training_report": _report(model),
    }
    register_row(con, row)


def is_registered(con: duckdb.DuckDBPyConnection, model_id: str) -> bool:
    """True where the register has the model."""
    known = f"SELECT 1 FROM {MODEL_REGISTER.qualified} WHERE model_id = {quote(model_id)}"
    return bool(con.execute(known).fetchall())


def register_row(con: duckdb.DuckDBPyConnection, row: Mapping[str, Value]) -> None:
    """Put a model's row, of the columns given, into the register."""
    names = ", ".join(row)
    con.execute(f"INSERT INTO {MODEL_REGISTER.qualified} ({names}) VALUES {row_of(*row.values())}")


def model_in_use(con: duckdb.DuckDBPyConnection, entity: str = "person") -> str | None:
    """The model that the home links such entities with; None before it has one."""
    # By the number of the approval: a clock that was set back does not decide what counts.
    found = con.execute(
        f"SELECT model_id FROM {MODEL_REGISTER.qualified} AS model LEFT JOIN ("
        f"SELECT model_id, max(approval_id) AS last FROM {MODEL_APPROVAL.qualified} GROUP BY ALL"
        f") USING (model_id) WHERE entity = {quote(entity)} "
        "ORDER BY last DESC NULLS LAST, model.rowid LIMIT 1"
    ).fetchall()
    return found[0][0] if found else None


def mark_used(con: duckdb.DuckDBPyConnection, model_id: str, night: date) -> None:
    """Note the first night that a model links."""
    con.execute(
        f"UPDATE governance.model_register SET first_night = {literal(night)} "
        f"WHERE model_id = {quote(model_id)} AND first_night IS NULL"
    )


def approve_model(
    con: duckdb.DuckDBPyConnection, home: Home, model_id: str, by: str, reason: str
) -> Model:
    """Approve a model: from the next night on what it is for is linked with it.

    Args:
        con: the state.
        home: the home, which holds the model's files.
        model_id: the model.
        by: who stands for the approval.
        reason: on what grounds, in 3 to 250 characters, one line.

    Returns:
        The model.

    Raises:
        UsageError: there is no such model, or nobody or nothing stands for the approval.
        DamageError: the model cannot be loaded: the next night would stop.
    """
    entity_of(con, model_id)
    model = load_model(home, model_id)
    write_approval(con, model_id, by, reason)
    return model


def entity_of(con: duckdb.DuckDBPyConnection, model_id: str) -> str:
    """What the model is of.

    Raises:
        UsageError: there is no such model.
    """
    known = dict(
        con.execute("SELECT model_id, entity FROM governance.model_register ORDER BY rowid")
        .fetchall()
    )  # fmt: skip
    if model_id not in known:
        raise UsageError(f"there is no model {model_id}. Models: {', '.join(known) or 'none'}")
    return str(known[model_id])


def _folder(home: Home, model_id: str) -> Path:
    return home.root / "models" / model_id


def _id_of(model: Model, definition: str) -> str:
    return f"{model.entity}-{model.version}-{_sha256(definition.encode())[:12]}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _report(model: Model) -> str:
    return json.dumps(model.report, sort_keys=True)


def _definition(model: Model) -> str:
    """Everything that decides a weight or a pair, as JSON; what stands in other files by hashes."""
    values = {
        "entity": model.entity, "version": model.version, "how": model.how, "prior": model.prior,
        "possible": model.possible, "most_records": model.most_records,
        "comparisons": [asdict(each) for each in model.comparisons],
        "blocks": [asdict(each) for each in model.blocks],
        "thresholds": [asdict(each) for each in model.thresholds],
        "floors": model.floors,
        **_hashes(model.frequencies, _report(model), model.scoring),
    }  # fmt: skip
    return json.dumps(values, sort_keys=True)


def _hashes(frequencies: dict[str, pl.DataFrame], report: str, scoring: str) -> dict[str, object]:
    """Hashes of what a model is beside its definition, under their names there."""
    return {
        "frequency_sha256": {
            feature: _sha256(frame.write_csv().encode()) for feature, frame in frequencies.items()
        },
        "report_sha256": _sha256(report.encode()),
        "scoring_sha256": _sha256(scoring.encode()),
    }


def _of(
    values: dict[str, Any],
    frequencies: dict[str, pl.DataFrame],
    report: dict[str, Any],
    scoring: str,
) -> Model:
    return Model(
        entity=values["entity"],
        version=values["version"],
        how=values["how"],
        prior=values["prior"],
        possible=values["possible"],
        most_records=values["most_records"],
        comparisons=tuple(_comparison(each) for each in values["comparisons"]),
        blocks=tuple(
            Block(each["name"], tuple(each["keys"]), each["exploded"], tuple(each["needs"]))
            for each in values["blocks"]
        ),
        thresholds=tuple(Threshold(**each) for each in values["thresholds"]),
        frequencies=frequencies,
        floors=values["floors"],
        report=report,
        scoring=scoring,
    )


def _comparison(values: dict[str, Any]) -> Comparison:
    m, u = values["otherwise"]
    return Comparison(
        values["name"],
        values["unknown"],
        tuple(Level(**level) for level in values["levels"]),
        (m, u),
        tuple(values["needs"]),
        values["is_trained"],
    )
