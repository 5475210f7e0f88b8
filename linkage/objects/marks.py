"""Registration marks that are read for one another: pairs that may be one vehicle.

Marks that differ only in characters that look alike: 0 and O, 1 and I, 2 and Z, 5 and S, 8 and B.
These five pairs are what readers of number plates confuse (tables of similar characters such as
OPS-COM's). A pair of marks that are both of a form of Great Britain, such as AB10 ABC and A810 ABC,
are two marks that exist: only where make, model and colour agree are they worth a look.
"""

from linkage.objects.sides import FIRST_RECORD, PAIR_OF_RECORDS, all_said

# Forms of marks of Great Britain and Northern Ireland: current (2001), prefix, suffix, dateless as
# issued and turned round. Source: the project's domain notes; DVLA INF104 for the turned.
GB_FORMS = (
    "[A-Z]{2}\\d{2}[A-Z]{3}", "[A-Z]\\d{1,3}[A-Z]{3}", "[A-Z]{3}\\d{1,3}[A-Z]",
    "[A-Z]{1,3}\\d{1,4}", "\\d{1,3}[A-Z]{1,3}", "\\d{4}[A-Z]{1,2}",
)  # fmt: skip
_PARTICULARS = ("make", "model", "colour")
CONFUSED = ("OIZSB", "01258")


def folded(value: str) -> str:
    """SQL of a mark with the characters that look alike taken for one."""
    return f"translate({value}, '{CONFUSED[0]}', '{CONFUSED[1]}')"


_GB_FORM = f"regexp_full_match(value, '{'|'.join(GB_FORMS)}')"


def _words(names: tuple[str, ...]) -> str:
    """``same`` and ``other``: which particulars both know and agree in, or not; and all of them."""
    known = "len(l.{0}s) > 0 AND len(r.{0}s) > 0"
    same = ", ".join(
        f"CASE WHEN list_has_any(l.{name}s, r.{name}s) THEN '{name}' END" for name in names
    )
    other = ", ".join(
        f"CASE WHEN {known.format(name)} AND NOT list_has_any(l.{name}s, r.{name}s) "
        f"THEN '{name}' END"
        for name in names
    )
    said = [
        "json_object(" + ", ".join(f"'{name}', {side}.{name}s" for name in names) + ")"
        for side in "lr"
    ]
    return (
        f"nullif(concat_ws(', ', {same}), '') AS same, "
        f"nullif(concat_ws(', ', {other}), '') AS other, {said[0]} AS said_l, {said[1]} AS said_r"
    )


_ALIKE_MARKS = f"""
    CREATE OR REPLACE TABLE alike AS
    SELECT unnest(list(DISTINCT object_id)) AS object_id FROM keyed
    WHERE object_type = 'vehicle' AND object_id IS NOT NULL
    GROUP BY {folded("value")} HAVING count(DISTINCT object_id) > 1
"""

_AGREES = " AND ".join(f"list_has_any(l.{name}s, r.{name}s)" for name in _PARTICULARS)
_MARKS = f"""
    INSERT INTO found_candidate BY NAME
    WITH mark AS (
        SELECT object_id, value, {folded("value")} AS folded, {_GB_FORM} AS is_gb, {FIRST_RECORD},
               {", ".join(map(all_said, _PARTICULARS))}
        FROM (FROM keyed WHERE object_type = 'vehicle' AND object_id IN (FROM alike))
        JOIN (FROM core.vehicle_record WHERE valid_to IS NULL)
          USING (force, source_system, source_record_id)
        GROUP BY object_id, value
    ),
    pair AS (
        SELECT l.object_id AS object_id_l, r.object_id AS object_id_r, {PAIR_OF_RECORDS},
               l.is_gb AS is_gb_l, r.is_gb AS is_gb_r, l.value AS value_l, r.value AS value_r,
               {_words(_PARTICULARS)},
               {_AGREES} AS agrees
        FROM mark AS l JOIN mark AS r USING (folded) WHERE l.value < r.value
    )
    SELECT 'vehicle' AS object_type, 'confused characters' AS rule, * EXCLUDE (
               is_gb_l, is_gb_r, value_l, value_r, agrees, same, other, said_l, said_r),
           'the marks are equal once characters that look alike are taken for one'
           || CASE WHEN is_gb_l AND is_gb_r THEN ''
                   WHEN is_gb_l THEN '; the second is of no form of Great Britain'
                   WHEN is_gb_r THEN '; the first is of no form of Great Britain'
                   ELSE '; neither is of a form of Great Britain' END
           || coalesce('; the same ' || same, '') || coalesce('; another ' || other, '') AS says,
           json_object('value_l', value_l, 'value_r', value_r, 'described_l', said_l,
                       'described_r', said_r)::VARCHAR AS evidence
    FROM pair WHERE agrees OR NOT (is_gb_l AND is_gb_r)
"""


STATEMENTS = (_ALIKE_MARKS, _MARKS)
