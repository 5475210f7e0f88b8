"""Models of series as files, and which of them a home uses.

As models of persons are (``linkage/model_file.py``): written once into ``models/<model_id>/`` and
never changed; the register says what became of it; a home uses the one approved last, and until
then the one it made first. Words stand in files beside the definition and in no table that is
published.
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from linkage import model_file
from linkage.series.candidates import Window
from linkage.series.compare import FEATURES
from linkage.series.model import ENTITY, VERSION, SeriesModel
from warehouse.errors import DamageError
from warehouse.home import Home, atomic_folder, write_text_atomic

_PARTS = ("keep_at", "most_partners", "join_at", "most_offences")
# What decides a feature, a pair or a lead beside the model: a change of it redoes everything.
_CODE = ("candidates.py", "compare.py", "features.py", "groups.py", "kinds.py", "model.py",
         "score.py", "words.py")  # fmt: skip


def name_model(model: SeriesModel) -> SeriesModel:
    """The model with its id, which follows from everything that it is."""
    return replace(model, model_id=_id_of(_definition(model)))


def save_model(home: Home, model: SeriesModel) -> None:
    """Write a named model into the home; one that stands there already is left."""
    folder = _folder(home, model.model_id)
    if folder.exists():
        return
    with atomic_folder(folder) as building:
        write_text_atomic(building / "definition.json", _definition(model))
        write_text_atomic(building / "report.json", _report(model))
        model.method_words.write_parquet(building / "method.parquet")
        model.property_words.write_parquet(building / "property.parquet")


def load_model(home: Home, model_id: str) -> SeriesModel:
    """The model of that id.

    Raises:
        DamageError: its files are gone or not those that were written.
    """
    folder = _folder(home, model_id)
    try:
        definition, report = (
            (folder / name).read_text(encoding="utf-8")
            for name in ("definition.json", "report.json")
        )
        values: dict[str, Any] = json.loads(definition)
        model = SeriesModel(
            prior=values["prior"],
            bits={feature["name"]: tuple(feature["bits"]) for feature in values["features"]},
            window=Window(**values["window"]),
            **{name: values[name] for name in _PARTS},
            method_words=pl.read_parquet(folder / "method.parquet"),
            property_words=pl.read_parquet(folder / "property.parquet"),
            floors=tuple(values["floors"]),
            report=json.loads(report),
            model_id=model_id,
        )
    except (OSError, ValueError, LookupError, TypeError, pl.exceptions.PolarsError) as error:
        raise DamageError(
            f"the model {model_id} cannot be read from {folder}: restore the folder from backup"
        ) from error
    if _definition(model) != definition or _id_of(definition) != model_id:
        raise DamageError(
            f"the files of model {model_id} in {folder} are not those that were made: restore the "
            "folder from backup"
        )
    return model


def register_model(con: duckdb.DuckDBPyConnection, model: SeriesModel) -> None:
    """Put a named model into the register as provisional, unless it stands there."""
    if model_file.is_registered(con, model.model_id):
        return
    definition = _definition(model)
    row = {
        "model_id": model.model_id, "entity": ENTITY, "version": VERSION, "status": "provisional",
        "how": "trained", "definition": definition, "definition_sha256": _sha256(definition),
        "code_sha256": model.report["code_sha256"], "data_sha256": model.report["data_sha256"],
        "trained_on_records": model.report["records"], "training_report": _report(model),
    }  # fmt: skip
    model_file.register_row(con, row)


def model_in_use(con: duckdb.DuckDBPyConnection) -> str | None:
    """The model that the home finds series with; None before it has one."""
    return model_file.model_in_use(con, ENTITY)


def sign(model: SeriesModel) -> str:
    """Hash of what pairs and leads follow from beside the offences: the model, the code, and
    DuckDB, whose hashes number the offences."""
    return _sha256(json.dumps([model.model_id, hash_code(), duckdb.__version__]))


def hash_code() -> str:
    """Hash of the code that features, pairs and leads follow from."""
    folder = Path(__file__).parent
    return _sha256("".join((folder / name).read_text(encoding="utf-8") for name in _CODE))


def hash_rows(*frames: pl.DataFrame) -> str:
    """Hash of the rows that a model is trained on."""
    return _sha256("\n".join(frame.write_csv() for frame in frames))


def _folder(home: Home, model_id: str) -> Path:
    return home.root / "models" / model_id


def _id_of(definition: str) -> str:
    return f"{ENTITY}-{VERSION}-{_sha256(definition)[:12]}"


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _report(model: SeriesModel) -> str:
    return json.dumps(model.report, sort_keys=True)


def _definition(model: SeriesModel) -> str:
    """Everything that decides a pair, as JSON; what stands in other files by hashes."""
    values = {
        "entity": ENTITY,
        "version": VERSION,
        "prior": model.prior,
        "features": [
            {"name": f.name, "says": f.says, "bits": model.bits[f.name]} for f in FEATURES
        ],
        "window": asdict(model.window),
        **{name: getattr(model, name) for name in _PARTS},
        "floors": model.floors,
        "words_sha256": [hash_rows(model.method_words), hash_rows(model.property_words)],
        "report_sha256": _sha256(_report(model)),
    }
    return json.dumps(values, sort_keys=True)
