"""How far linking has come in a state, and what everything in it was made with."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

import duckdb

from linkage.model import Model
from warehouse.errors import UsageError
from warehouse.given import row_of
from warehouse.home import Home

# What decides a feature, a block key, a band or a person beside the model and the records: a change
# of it links everything anew.
_SHARED = (
    "blocks.py", "cluster.py", "content_hash.py", "delta.py", "held.py", "held_keys.py", "score.py",
    "touched.py",
)  # fmt: skip
_CODE = {
    "person": (
        *_SHARED, "feature_queries.py", "features.py", "groups.py", "guards.py",
        "models/nicknames.py", "name_forms.py", "pairs.py", "../warehouse/contract/link.py",
        "../warehouse/nowhere.py", "../warehouse/object_keys.py",
    ),
    "offence": (
        *_SHARED, "models/offence.py", "offences/features.py", "offences/groups.py",
        "offences/pairs.py", "../warehouse/crime_reference.py",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """The last link step: its night, its model, what features were made with, and the night of the
    last comparison with linking everything anew."""

    night: date
    model_id: str
    signature: str
    verified_on: date | None


def read_mark(con: duckdb.DuckDBPyConnection, schema: str = "linkage") -> Mark | None:
    """The mark; None where nothing has been linked yet."""
    found = con.execute(f"SELECT night, model_id, signature, verified_on FROM {schema}.mark")
    rows = found.fetchall()
    return Mark(*rows[0]) if rows else None


def last_mark(con: duckdb.DuckDBPyConnection) -> Mark:
    """The mark of persons.

    Raises:
        UsageError: nothing has been linked yet.
    """
    mark = read_mark(con)
    if mark is None:
        raise UsageError("nothing has been linked yet: run a night first")
    return mark


def write_mark(con: duckdb.DuckDBPyConnection, mark: Mark, schema: str = "linkage") -> None:
    """Replace the mark, within the caller's transaction."""
    con.execute(f"DELETE FROM {schema}.mark")
    con.execute(f"INSERT INTO {schema}.mark VALUES {row_of(*astuple(mark))}")


def forget_signatures(con: duckdb.DuckDBPyConnection) -> None:
    """Have the next night link all persons and all offences anew."""
    for schema in ("linkage", "offence_linkage"):
        con.execute(f"UPDATE {schema}.mark SET signature = ''")


def is_relink_asked(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether ``forget_signatures`` was called since the last night."""
    return bool(con.execute("SELECT 1 FROM linkage.mark WHERE signature = ''").fetchall())


def sign(home: Home, model: Model) -> str:
    """Hash of what edges and persons follow from beside records and judgements: the model, the
    code, the gazetteer, and DuckDB, whose hash function makes the keys."""
    folder = Path(__file__).parent
    parts = [
        model.model_id,
        duckdb.__version__,
        *(_sha256(folder / name) for name in _CODE[model.entity]),
    ]
    places = gazetteer(home)
    parts.append(_sha256(Path(places)) if places else "")
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def gazetteer(home: Home) -> str | None:
    """Path of the centres of postcodes; None where none have been loaded."""
    path = home.reference / "postcode.parquet"
    return str(path) if path.exists() else None


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
