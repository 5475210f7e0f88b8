"""What the two sides of a candidate are, as SQL."""

# A key of comparison that so many objects share says nothing.
MOST_ALIKE = 20

PAIR_OF_RECORDS = """l.force AS force_l, l.source_system AS source_system_l,
           l.source_record_id AS source_record_id_l, r.force AS force_r,
           r.source_system AS source_system_r, r.source_record_id AS source_record_id_r"""


def alike_objects(select: str, table: str, kind: str) -> str:
    """One row an object, with its first record and what its records say; of those that ``alike``
    names."""
    return f"""
        SELECT keyed.object_id, any_value(keyed.value) AS value,
               unnest(min((keyed.force, keyed.source_system, keyed.source_record_id)::
                   STRUCT(force VARCHAR, source_system VARCHAR, source_record_id VARCHAR))),
               {select}
        FROM keyed JOIN core.{table} AS record USING (force, source_system, source_record_id)
        WHERE keyed.object_type = '{kind}' AND record.valid_to IS NULL
          AND keyed.object_id IN (FROM alike)
        GROUP BY keyed.object_id"""


def all_said(column: str) -> str:
    """The values that an object's records give in a column, as a list named in the plural."""
    return (
        f"coalesce(list_sort(list(DISTINCT {column}) FILTER ({column} IS NOT NULL)), []) "
        f"AS {column}s"
    )
