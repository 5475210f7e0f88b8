"""The records whose person is known, numbered, and the strata that they and their persons bear.

Makes temporary tables on the store's connection:

- ``labelled(record, person, truth, force, ...)``: one row a record that both store and truth hold;
  ``person`` numbers its person id, ``truth`` its true person.
- ``bearer(kind, value, record)``: the strata of a record. Sex, age, ethnicity and the origin of the
  name are of its true person: what most of that person's records say.
"""

from dataclasses import dataclass

import duckdb
import polars as pl

from linkage.evaluation.truth import KEY
from warehouse.errors import UsageError

# An identifier counts where nothing says that it is not valid.
_LABELLED = """
CREATE OR REPLACE TEMP TABLE labelled AS
WITH identified AS (
    SELECT DISTINCT force, source_system, source_record_id FROM core.person_identifier
    WHERE is_valid IS NOT FALSE AND type <> 'other'
)
SELECT row_number() OVER (ORDER BY r.force, r.source_system, r.source_record_id)::INTEGER AS record,
       dense_rank() OVER (ORDER BY r.person_id)::INTEGER AS person,
       dense_rank() OVER (ORDER BY t.truth_person_id)::INTEGER AS truth,
       r.force, r.source_system, r.source_record_id,
       nullif(r.sex, 'U') AS sex, r.birth_date, r.birth_year,
       nullif(r.ethnicity_self_defined, 'NS') AS ethnicity,
       t.name_origin, t.traps, i.force IS NOT NULL AS has_identifier
FROM {records} AS r
JOIN truth AS t ON {on}
LEFT JOIN identified AS i ON (i.force, i.source_system, i.source_record_id)
                           = (r.force, r.source_system, r.source_record_id)
"""
_TRUE_PERSON = """
CREATE OR REPLACE TEMP TABLE true_person AS
WITH usual AS (
    SELECT truth, count(*) AS records, count(DISTINCT force) AS forces,
           mode(sex ORDER BY sex) AS sex,
           mode(ethnicity ORDER BY ethnicity) AS ethnicity,
           mode(name_origin ORDER BY name_origin) AS name_origin,
           datesub('year', mode(birth_date ORDER BY birth_date), any_value(night)) AS age,
           year(any_value(night)) - mode(birth_year ORDER BY birth_year) AS about
    FROM labelled, (SELECT coalesce(max(night), current_date) AS night FROM governance.night)
    GROUP BY truth
)
SELECT usual.* EXCLUDE (ethnicity, age, about), coalesce(age, about) AS age,
       trim(split_part(e.name, ':', 1)) AS ethnicity
FROM usual LEFT JOIN reference.ethnicity AS e
  ON e.code_set = 'self_defined' AND e.code = usual.ethnicity
"""
_AGE = """
CASE WHEN age < 18 THEN '0 to 17' WHEN age < 25 THEN '18 to 24' WHEN age < 35 THEN '25 to 34'
     WHEN age < 45 THEN '35 to 44' WHEN age < 55 THEN '45 to 54' WHEN age < 65 THEN '55 to 64'
     WHEN age >= 65 THEN '65 and over' ELSE 'not known' END"""
# Strata of the true person, then those of the record itself.
BY_PERSON = {
    "all": "'all'",
    "held by": "CASE WHEN forces = 1 THEN 'one force' ELSE 'several forces' END",
    "sex": "coalesce(sex, 'not known')",
    "age": _AGE,
    "ethnicity": "coalesce(ethnicity, 'not stated')",
    "name origin": "name_origin",
}
BY_RECORD = {
    "force": "force",
    "identifier": "CASE WHEN has_identifier THEN 'present' ELSE 'absent' END",
    "planted": "unnest(traps)",
}


@dataclass(frozen=True)
class Held:
    """How store and truth overlap, in records.

    Attributes:
        labelled: in both; only these are evaluated.
        unlabelled: in the store, their person not told.
        not_held: told, but not in the store: deleted, quarantined or not delivered.
    """

    labelled: int
    unlabelled: int
    not_held: int


@dataclass(frozen=True)
class Linking:
    """The linking that is evaluated: by default what the store publishes.

    Attributes:
        records: relation with the columns of ``core.person_record``, whose ``person_id`` may be of
            any type: records of one are of one person.
        edges: relation with those columns of ``link.person_edge`` that name the two records, and
            ``match_weight``, ``link_at``, ``band`` and ``cut``.
    """

    records: str = "core.person_record"
    edges: str = "link.person_edge"


PUBLISHED = Linking()


def label_records(
    con: duckdb.DuckDBPyConnection, truth: pl.DataFrame, linking: Linking = PUBLISHED
) -> Held:
    """Make ``labelled``, ``true_person`` and ``bearer`` on a connection to the store.

    Args:
        con: the store, or tables of its contract.
        truth: what ``read_truth`` gives.
        linking: whose persons are evaluated.

    Raises:
        UsageError: no record of the store is in the truth, or the truth leaves out the force or
            system that its record ids need to name one record.
    """
    keys = [name for name in KEY if name in truth.columns]
    con.register("truth", truth)
    on = " AND ".join(f"r.{name} = t.{name}" for name in keys)
    con.execute(_LABELLED.format(records=linking.records, on=on))
    con.unregister("truth")
    held = _count(con, truth, keys, linking)
    con.execute(_TRUE_PERSON)
    con.execute(_bearer())
    return held


def _count(
    con: duckdb.DuckDBPyConnection, truth: pl.DataFrame, keys: list[str], linking: Linking
) -> Held:
    [(records, found, named)] = con.execute(
        f"SELECT (SELECT count(*) FROM {linking.records}), count(*), "
        f"count(DISTINCT ({', '.join(keys)})) FROM labelled"
    ).fetchall()
    if not found:
        raise UsageError(
            "the truth names no record that the store holds: is it of these deliveries? Records "
            f"are named by {', '.join(keys)}"
        )
    if named < found:
        raise UsageError(
            f"the truth names records by {', '.join(keys)}, and {found - named:,} records of the "
            f"store share such a name with another: the truth needs {', '.join(KEY)}"
        )
    return Held(found, records - found, truth.height - named)


def _bearer() -> str:
    persons = (
        f"SELECT '{kind}' AS kind, {value} AS value, record "
        "FROM true_person JOIN (SELECT truth, record FROM labelled) USING (truth)"
        for kind, value in BY_PERSON.items()
    )
    records = (
        f"SELECT '{kind}' AS kind, {value} AS value, record FROM labelled"
        for kind, value in BY_RECORD.items()
    )
    union = " UNION ALL ".join((*persons, *records))
    return f"CREATE OR REPLACE TEMP TABLE bearer AS FROM ({union}) WHERE value IS NOT NULL"
