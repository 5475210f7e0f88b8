"""What the model compares: one row a current person record, out of the state."""

import duckdb
import polars as pl

from linkage.models.nicknames import GROUPS

# ``unique_id`` counts records from the oldest: by the night that stored it first, then by key. The
# oldest record of a group is therefore the one with the smallest number.
_PERSONS = """
WITH first_seen AS (
    SELECT force, source_system, source_record_id, min(valid_from) AS first_night
    FROM core.person_record GROUP BY ALL
),
alias AS (
    SELECT force, source_system, source_record_id,
           list(DISTINCT split_part(forename, ' ', 1) ORDER BY split_part(forename, ' ', 1))
               FILTER (forename IS NOT NULL) AS forenames,
           list(DISTINCT surname ORDER BY surname) FILTER (surname IS NOT NULL) AS surnames
    FROM core.person_name WHERE valid_to IS NULL GROUP BY ALL
),
identifier AS (
    SELECT force, source_system, source_record_id,
           list(DISTINCT value ORDER BY value) FILTER (type = 'pnc') AS pnc,
           list(DISTINCT value ORDER BY value) FILTER (type = 'cro') AS cro,
           list(DISTINCT type || ' ' || value ORDER BY type || ' ' || value)
               FILTER (type IN ('driver', 'ni', 'passport', 'prison')) AS papers
    FROM core.person_identifier
    WHERE valid_to IS NULL AND coalesce(is_valid, type NOT IN ('pnc', 'cro')) GROUP BY ALL
),
address AS (
    -- The latest address first: it stands for the record where one is wanted.
    SELECT force, source_system, source_record_id,
           list(postcode ORDER BY to_date IS NOT NULL, from_date DESC NULLS LAST, postcode)
               AS postcodes
    FROM core.person_address WHERE valid_to IS NULL AND postcode IS NOT NULL GROUP BY ALL
),
contact AS (
    SELECT force, source_system, source_record_id, list(DISTINCT value ORDER BY value) AS contacts
    FROM core.person_contact WHERE valid_to IS NULL GROUP BY ALL
)
SELECT row_number() OVER (ORDER BY first_night, force, source_system, source_record_id)
           AS unique_id,
       force, source_system, source_record_id, first_night,
       split_part(person.forename, ' ', 1) AS forename,
       coalesce(string_split(person.middle_names, ' '), []) AS middle_names,
       person.surname,
       birth_date,
       coalesce(birth_year, year(birth_date)) AS birth_year,
       nullif(sex, 'U') AS sex,
       coalesce(alias.forenames, []) AS alias_forenames,
       coalesce(alias.surnames, []) AS alias_surnames,
       coalesce(pnc, []) AS pnc,
       coalesce(cro, []) AS cro,
       coalesce(papers, []) AS papers,
       coalesce(postcodes, []) AS postcodes,
       coalesce(contacts, []) AS contacts,
       person.source_person_ref AS master
FROM core.person_record AS person
JOIN first_seen USING (force, source_system, source_record_id)
LEFT JOIN alias USING (force, source_system, source_record_id)
LEFT JOIN identifier USING (force, source_system, source_record_id)
LEFT JOIN address USING (force, source_system, source_record_id)
LEFT JOIN contact USING (force, source_system, source_record_id)
WHERE person.valid_to IS NULL
ORDER BY unique_id
"""

_DERIVED = """
SELECT person.* EXCLUDE (alias_forenames, alias_surnames),
       strftime(birth_date, '%Y-%m-%d') AS birth_text,
       strftime(birth_date, '%m-%d') AS birthday,
       left(forename, 1) AS forename_initial,
       left(surname, 1) AS surname_initial,
       CASE WHEN forename IS NOT NULL AND surname IS NOT NULL
            THEN least(forename, surname) || ' ' || greatest(forename, surname) END AS name_sorted,
       postcodes[1] AS postcode,
       -- A name stands among its own alternatives, by its group where it is a nickname.
       list_distinct(list_filter(
           [forename] || alias_forenames || coalesce(nickname.groups, []),
           lambda name: name IS NOT NULL)) AS forenames,
       list_distinct(list_filter([surname] || alias_surnames,
                                 lambda name: name IS NOT NULL)) AS surnames
FROM person LEFT JOIN nickname USING (forename)
ORDER BY unique_id
"""


def read_persons(state: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row a current person record, numbered from the oldest, with what is compared.

    Args:
        state: connection whose ``core`` schema holds the person tables with their versions.

    Returns:
        Columns as the model's comparisons and blocks name them, ``unique_id`` from 1 first, and
        the record's key ``force``, ``source_system``, ``source_record_id``, ``first_night``.
    """
    person = state.sql(_PERSONS).pl()
    with duckdb.connect() as memory:
        memory.register("person", person)
        memory.register("nickname", _nickname_groups())
        return memory.sql(_DERIVED).pl()


def _nickname_groups() -> pl.DataFrame:
    """Forename and the names of the groups it is in: ``#WILLIAM`` for BILL."""
    pairs = [(form, f"#{group[0]}") for group in GROUPS for form in group]
    frame = pl.DataFrame(pairs, schema=["forename", "groups"], orient="row")
    return frame.group_by("forename", maintain_order=True).agg(pl.col("groups"))
