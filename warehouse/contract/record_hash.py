"""The number that stands for a person record's key in the state.

Linking finds a night's few records among the rows of millions: by one integer that costs a third of
what the three texts of the key cost. It is of MD5, so that it stays what it is whatever version of
DuckDB reads it. Of n records the chance that any two share one is n² / 2⁶⁵: 1 in 37 million for a
million, 1 in 3,700 for a hundred million. Linking goes by the texts where it meets such two
(``linkage/changes.py``).
"""

from warehouse.contract.model import Column, Kind

RECORD_HASH = Column(
    "record_hash",
    Kind.UBIGINT,
    "Lower half of the MD5 of force, source system and id of the person record.",
    required=True,
)


def record_hash_sql(rows: str = "") -> str:
    """SQL of ``record_hash``.

    Args:
        rows: name of the table that holds the key, with a point behind it; empty: none is needed.
    """
    parts = ", ".join(f"{rows}{part}" for part in ("force", "source_system", "source_record_id"))
    return f"md5_number_lower(concat_ws('|', {parts}))"
