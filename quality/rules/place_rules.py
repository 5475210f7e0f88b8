"""Rules about places, against official geography: a force's own area, and LSOAs.

Points are moved by whoever publishes them and published boundaries are generalised, so what these
rules find is counted, and no row is kept out for it.
"""

from collections.abc import Iterator

from quality.rules.places import FORCE_AREAS, LSOA_FORCES, LSOA_POLYGONS, LSOAS
from quality.rules.rule import UPSERTS, Rule
from warehouse.contract import Table

_GEOGRAPHY = "Office for National Statistics, boundaries and look-ups of statistical geographies"

_OUTSIDE_AREA = """
SELECT r.batch_no, r.row_no
FROM (SELECT * FROM {batch}) AS r
JOIN place_batch AS b ON b.batch_no = r.batch_no
JOIN point_outside_area AS p
  ON p.ons_code = b.ons_code AND p.longitude = r.longitude AND p.latitude = r.latitude
WHERE r.operation = 'upsert'
"""

# Of a country of which no code is known, none can be called unknown.
_LSOA_UNKNOWN = """
SELECT r.batch_no, r.row_no
FROM (SELECT * FROM {batch}) AS r
JOIN (SELECT batch_no FROM reference_state WHERE needs = 'lsoa' AND is_given) AS s
  ON s.batch_no = r.batch_no
JOIN (SELECT DISTINCT substr(lsoa_code, 1, 1) AS country FROM lsoa) AS c
  ON c.country = substr(r.lsoa_code, 1, 1)
ANTI JOIN lsoa AS l ON l.lsoa_code = r.lsoa_code
WHERE r.operation = 'upsert'
"""

_LSOA_OF_ANOTHER_FORCE = """
SELECT r.batch_no, r.row_no
FROM (SELECT * FROM {batch}) AS r
JOIN place_batch AS b ON b.batch_no = r.batch_no
JOIN lsoa AS l ON l.lsoa_code = r.lsoa_code
WHERE r.operation = 'upsert' AND l.ons_code <> b.ons_code
"""

_OUTSIDE_LSOA = """
SELECT r.batch_no, r.row_no
FROM (SELECT * FROM {batch}) AS r
JOIN point_outside_lsoa AS p
  ON p.lsoa_code = r.lsoa_code AND p.longitude = r.longitude AND p.latitude = r.latitude
WHERE r.operation = 'upsert'
"""


def place_rules(table: Table) -> Iterator[Rule]:
    """What official geography says of a table's coordinates and LSOA codes."""
    if "longitude" in table:
        yield _rule(
            table,
            "longitude",
            "point_outside_force_area",
            "the point lies outside the area of the force that reports it",
            "correct the coordinates where they are wrong; leave them where it happened elsewhere",
            FORCE_AREAS,
            _OUTSIDE_AREA,
        )
    if "lsoa_code" in table:
        yield _rule(
            table,
            "lsoa_code",
            "lsoa_unknown",
            "lsoa_code is no LSOA of the loaded look-ups",
            "correct lsoa_code, or leave it empty where it is not known",
            LSOAS,
            _LSOA_UNKNOWN,
        )
        yield _rule(
            table,
            "lsoa_code",
            "lsoa_of_another_force",
            "lsoa_code lies in the area of another force",
            "correct lsoa_code where it is wrong; leave it where it happened elsewhere",
            LSOA_FORCES,
            _LSOA_OF_ANOTHER_FORCE,
        )
    if "lsoa_code" in table and "longitude" in table:
        yield _rule(
            table,
            "lsoa_code",
            "point_outside_lsoa",
            "the point lies more than 0.001 degrees, some 100 m, outside the LSOA of lsoa_code",
            "correct whichever of lsoa_code and the coordinates is wrong",
            LSOA_POLYGONS,
            _OUTSIDE_LSOA,
        )


def _rule(
    table: Table, column: str, name: str, reason: str, remedy: str, needs: str, query: str
) -> Rule:
    return Rule(
        table.name,
        column,
        name,
        "info",
        reason,
        remedy,
        basis=_GEOGRAPHY,
        expectation="UnexpectedRowsExpectation",
        condition=UPSERTS,
        rows_query=query,
        needs=needs,
    )
