"""What a model was made of: hashes of code and records."""

import hashlib
from pathlib import Path

import duckdb

from linkage.content_hash import content_hash_sql
from linkage.entities import FEATURES

ROOT = Path(__file__).parents[2]
# What decides a trained number: the list, what it compares, where it looks, how it estimates.
_SHARED = ("linkage/blocks.py", "linkage/score.py", "linkage/scoring_sql.py", "linkage/model.py")
CODE = {
    "person": ("linkage/models/nicknames.py", "linkage/models/person*.py", "linkage/training/*.py",
               "linkage/features.py", "linkage/feature_queries.py", "linkage/name_forms.py",
               "warehouse/nowhere.py", "warehouse/object_keys.py", *_SHARED),
    "offence": ("linkage/models/offence*.py", "linkage/offences/features.py",
                "linkage/offences/pairs.py", "linkage/offences/train.py",
                "warehouse/crime_reference.py", *_SHARED),
}  # fmt: skip


def hash_code(entity: str = "person") -> str:
    """SHA-256 of the code that makes a model of the entity."""
    files = sorted(path for pattern in CODE[entity] for path in ROOT.glob(pattern))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def hash_records(con: duckdb.DuckDBPyConnection, records: str, entity: str = "person") -> str:
    """SHA-256 over a hash of each record's features, whatever their order."""
    content = content_hash_sql(FEATURES[entity])
    [sums] = con.execute(
        f"SELECT count(*), bit_xor(h), sum(h::HUGEINT) FROM (SELECT {content} AS h FROM {records})"
    ).fetchall()
    return hashlib.sha256(repr(tuple(map(str, sums))).encode()).hexdigest()
