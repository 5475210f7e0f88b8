"""How well offences, objects and circles are found in a simulated nation, against its truth.

    python -m benchmarks.patterns_accuracy [--persons N] [--seed S] [--folder FOLDER]

People, offences and things at default dirt are delivered in the formats of every force's record
system, taken in and linked as in a night. The folder may be one that ``series_accuracy`` left.
Intervals are Wilson's at 95%, with pairs as trials. Prints Markdown.
"""

from pathlib import Path

import duckdb

from benchmarks.production_path import linked_nation
from linkage.evaluation.intervals import wilson

_KEY = "force, source_system, source_record_id"
_SIDE_L, _SIDE_R = (", ".join(f"{side}.{part}" for part in _KEY.split(", ")) for side in "lr")

# Pairs of records of two forces; of the true the first kind of sharing that the simulator planted.
_OFFENCES = f"""
WITH told AS (
    SELECT {_KEY}, offence_id, truth_offence_id,
           list_filter(traps, trap -> starts_with(trap, 'shared_')
                              AND trap <> 'shared_offence')[1] AS kind
    FROM offence_linkage.cluster JOIN offence_linkage.record_key USING (record)
    JOIN read_parquet($truth || '/offence.parquet') USING ({_KEY})
),
pair AS (
    SELECT l.offence_id = r.offence_id AS is_linked,
           l.truth_offence_id = r.truth_offence_id AS is_true,
           coalesce(l.kind, r.kind, 'other') AS kind
    FROM told AS l JOIN told AS r
      ON l.force < r.force
     AND (l.offence_id = r.offence_id OR l.truth_offence_id = r.truth_offence_id)
)
SELECT CASE WHEN grouping(kind) = 1 THEN 'offences' ELSE kind END AS what,
       count(*) FILTER (is_true) AS true_pairs, count(*) FILTER (is_linked) AS linked,
       count(*) FILTER (is_true AND is_linked) AS right_pairs
FROM pair GROUP BY ROLLUP (kind) ORDER BY grouping(kind) DESC, kind
"""

# Records of one thing; a telephone is its handset, whatever number it had.
_OBJECTS = f"""
WITH told AS (
    SELECT object_type, {_KEY}, truth_object_id FROM read_parquet($truth || '/object.parquet')
),
held AS (
    SELECT record_type AS object_type, {_KEY}, object_id FROM link.object_membership
    WHERE valid_to IS NULL AND link.object_membership.object_type <> 'phone_number'
),
linked AS (
    SELECT DISTINCT l.object_type, row({_SIDE_L}) AS one, row({_SIDE_R}) AS other
    FROM held AS l JOIN held AS r
      ON l.object_id = r.object_id AND row({_SIDE_L}) < row({_SIDE_R})
),
truth AS (
    SELECT l.object_type, row({_SIDE_L}) AS one, row({_SIDE_R}) AS other
    FROM told AS l JOIN told AS r
      ON l.truth_object_id = r.truth_object_id AND l.object_type = r.object_type
     AND row({_SIDE_L}) < row({_SIDE_R})
)
SELECT replace(object_type, '_record', ' records'),
       count(*) FILTER (is_true), count(*) FILTER (is_linked),
       count(*) FILTER (is_true AND is_linked)
FROM (SELECT *, true AS is_true FROM truth)
FULL JOIN (SELECT *, true AS is_linked FROM linked) USING (object_type, one, other)
GROUP BY object_type ORDER BY object_type
"""

# Whom a true person is resolved to: the person that most of its records belong to.
_CIRCLES = f"""
WITH resolved AS (
    SELECT truth_person_id, mode(person_id) AS person_id
    FROM linkage.cluster JOIN linkage.record_key USING (record)
    JOIN read_parquet($truth || '/person.parquet') USING ({_KEY})
    GROUP BY truth_person_id
),
circle AS (
    SELECT truth_circle_id, person_id
    FROM read_parquet($truth || '/circle.parquet') JOIN resolved USING (truth_person_id)
),
network AS (SELECT person_id, network_id FROM link.network_membership WHERE valid_to IS NULL),
offending AS (
    SELECT person_id_l, person_id_r FROM link.association
    WHERE kind IN ('co_offending', 'custody') GROUP BY ALL
),
pair AS (
    SELECT l.truth_circle_id, l.person_id AS one, r.person_id AS other
    FROM circle AS l JOIN circle AS r
      ON l.truth_circle_id = r.truth_circle_id AND l.person_id < r.person_id
),
best AS (
    SELECT truth_circle_id, max(held) AS held, any_value(people) AS people FROM (
        SELECT truth_circle_id, network_id, count(*) AS held
        FROM circle JOIN network USING (person_id) GROUP BY ALL
    ) RIGHT JOIN (
        SELECT truth_circle_id, count(*) AS people FROM circle GROUP BY ALL
    ) USING (truth_circle_id) GROUP BY truth_circle_id
)
SELECT (SELECT count(*) FROM best), (SELECT count(*) FROM best WHERE 2 * held > people),
       (SELECT count(*) FROM pair),
       (SELECT count(*) FROM pair JOIN offending ON person_id_l = one AND person_id_r = other),
       (SELECT count(*) FROM pair JOIN network AS l ON l.person_id = one
        JOIN network AS r ON r.person_id = other AND r.network_id = l.network_id)
"""

_HUBS = """
SELECT what, count(*), count(hub.key),
       count(*) FILTER (hub.why = 'left out')
FROM read_parquet($truth || '/hub.parquet') AS planted
LEFT JOIN link.association_hub AS hub ON hub.key = value AND hub.kind = 'shared_' || planted.kind
GROUP BY what ORDER BY what
"""


def main() -> None:
    """Simulate where there is nothing yet, measure and print."""
    with (
        linked_nation(__doc__.splitlines()[0]) as (home, truth),
        duckdb.connect(str(home.state), read_only=True) as con,
    ):
        print_measures(con, truth)


def print_measures(con: duckdb.DuckDBPyConnection, truth: Path) -> None:
    """Measure what the state holds against the truth, and print it."""
    values = {"truth": str(truth)}
    print("| pairs of records | true | linked | right | precision | recall |")
    print("|---|---|---|---|---|---|")
    for query in (_OFFENCES, _OBJECTS):
        for what, true, linked, right in con.execute(query, values).fetchall():
            print(f"| {what} | {true:,} | {linked:,} | {right:,} | {say(right, linked)} | "
                  f"{say(right, true)} |")  # fmt: skip
    [(circles, whole, pairs, together, near)] = con.execute(_CIRCLES, values).fetchall()
    print("\n| circles | most of them in one network | pairs of people | offended together on "
          "record | in one network |\n|---|---|---|---|---|")  # fmt: skip
    print(f"| {circles:,} | {say(whole, circles)} | {pairs:,} | {say(together, pairs)} | "
          f"{say(near, pairs)} |")  # fmt: skip
    print("\n| hubs | planted | listed | of them left out |\n|---|---|---|---|")
    for what, planted, listed, out in con.execute(_HUBS, values).fetchall():
        print(f"| {what} | {planted} | {listed} | {out} |")


def say(part: int, whole: int) -> str:
    """A share with its interval."""
    if not whole:
        return "-"
    low, high = wilson(part / whole, float(whole))
    return f"{part / whole:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
