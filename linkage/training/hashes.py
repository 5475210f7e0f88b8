"""What a model was made of: hashes of code and records."""

import hashlib
from pathlib import Path

import duckdb

from linkage.features import FEATURES

ROOM = Path(__file__).parent.parent
# What decides a trained number: the list, what it compares, where it looks, how it estimates.
CODE = ("models/*.py", "training/*.py", "features.py", "feature_queries.py", "name_forms.py",
        "blocks.py", "score.py", "scoring_sql.py", "model.py")  # fmt: skip


def hash_code() -> str:
    """SHA-256 of the code that makes a model."""
    files = sorted(path for pattern in CODE for path in ROOM.glob(pattern))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(ROOM).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def hash_records(con: duckdb.DuckDBPyConnection, records: str) -> str:
    """SHA-256 over a hash of each record's features, whatever their order."""
    features = ", ".join(FEATURES)
    [sums] = con.execute(
        f"SELECT count(*), bit_xor(h), sum(h::HUGEINT) FROM "
        f"(SELECT hash({features}) AS h FROM {records})"
    ).fetchall()
    return hashlib.sha256(repr(tuple(map(str, sums))).encode()).hexdigest()
