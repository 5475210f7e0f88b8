"""What a model was made of: hashes of code and records."""

import hashlib
from pathlib import Path

import duckdb

from linkage.entities import FEATURES

ROOM = Path(__file__).parent.parent
# What decides a trained number: the list, what it compares, where it looks, how it estimates.
_SHARED = ("blocks.py", "score.py", "scoring_sql.py", "model.py")
CODE = {
    "person": ("models/nicknames.py", "models/person*.py", "training/*.py", "features.py",
               "feature_queries.py", "name_forms.py", *_SHARED),
    "offence": ("models/offence*.py", "offences/features.py", "offences/pairs.py",
                "offences/train.py", *_SHARED),
}  # fmt: skip


def hash_code(entity: str = "person") -> str:
    """SHA-256 of the code that makes a model of the entity."""
    files = sorted(path for pattern in CODE[entity] for path in ROOM.glob(pattern))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(ROOM).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def hash_records(con: duckdb.DuckDBPyConnection, records: str, entity: str = "person") -> str:
    """SHA-256 over a hash of each record's features, whatever their order."""
    features = ", ".join(FEATURES[entity])
    [sums] = con.execute(
        f"SELECT count(*), bit_xor(h), sum(h::HUGEINT) FROM "
        f"(SELECT hash({features}) AS h FROM {records})"
    ).fetchall()
    return hashlib.sha256(repr(tuple(map(str, sums))).encode()).hexdigest()
