"""What the two sides of a candidate are, and which numbers are one character apart, as SQL."""

PAIR_OF_RECORDS = """l.force AS force_l, l.source_system AS source_system_l,
           l.source_record_id AS source_record_id_l, r.force AS force_r,
           r.source_system AS source_system_r, r.source_record_id AS source_record_id_r"""

# The first of a group's records, as three columns.
FIRST_RECORD = """unnest(min((force, source_system, source_record_id)::
               STRUCT(force VARCHAR, source_system VARCHAR, source_record_id VARCHAR)))"""


def all_said(column: str) -> str:
    """The values that an object's records give in a column, as a list named in the plural."""
    return (
        f"coalesce(list_sort(list(DISTINCT {column}) FILTER ({column} IS NOT NULL)), []) "
        f"AS {column}s"
    )


def rests(value: str) -> str:
    """List of the value and of what is left of it once any one character is taken out: two values
    one edit apart have one of these in common."""
    return (
        f"list_prepend({value}, list_transform(range(1, length({value}) + 1), lambda place: "
        f"left({value}, place - 1) || substr({value}, place + 1)))"
    )


def near_sql(spelled: str) -> str:
    """SELECT of the pairs ``one``, ``other`` of values in one group that are one edit apart, the
    lesser first, with their ``within``.

    Args:
        spelled: table of ``within`` and ``value``; a value stands once in a group.
    """
    return f"""
        WITH shared AS (SELECT within FROM {spelled} GROUP BY within HAVING count(*) > 1),
        cut AS (
            SELECT within, value, hash(within, unnest({rests("value")})) AS rest
            FROM {spelled} SEMI JOIN shared USING (within)
        ),
        few AS (SELECT rest FROM cut GROUP BY rest HAVING count(*) > 1),
        own AS (FROM cut SEMI JOIN few USING (rest))
        SELECT DISTINCT l.within, l.value AS one, r.value AS other
        FROM own AS l JOIN own AS r USING (rest)
        WHERE l.value < r.value AND l.within = r.within
          AND damerau_levenshtein(l.value, r.value) = 1"""
