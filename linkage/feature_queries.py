"""The queries that gather a record's features. Working tables are keyed by ``h``, a hash of the
record's key: the state's own ``record_hash``, or one that is made with a salt; each query makes one
of ``WORKING``."""

from collections.abc import Iterable, Mapping

from linkage.content_hash import content_hash_sql
from linkage.workspace import few
from warehouse.nowhere import home_sql
from warehouse.object_keys import IS_NUMBER, IS_PAPER, SOLID_VALUE

WORKING = (
    "feature_record", "feature_name", "feature_identifier", "feature_contact", "feature_line",
    "feature_postcode", "feature_residence", "form_of_forename", "form_of_middle_names",
    "form_of_surname", "feature_other_name",
)  # fmt: skip

HAS_TWINS = "SELECT 1 FROM feature_record GROUP BY h HAVING count(*) > 1 LIMIT 1"

BRITISH_POSTCODE = r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$"

# A bit a kind of paper, so that two records tell at once whether they hold papers of one kind.
_PAPER_KINDS = {"driver": 1, "passport": 2, "ni": 4, "prison": 8, "other": 16}


def keyed(schema: str, records: str | None, salt: int | None, *, is_state: bool) -> str:
    """The records wanted, with what stands in ``person_record``."""
    wanted = ""
    if records and is_state:
        wanted = f"SEMI JOIN {few(records, 'record_hash')} USING (record_hash)"
    elif records:
        wanted = f"SEMI JOIN {records} USING (force, source_system, source_record_id)"
    return f"""
        CREATE OR REPLACE TEMP TABLE feature_record AS
        SELECT {_hash(salt)} AS h, force, source_system, source_record_id,
               {"record_hash," if is_state else ""}
               forename, middle_names, surname, birth_date,
               -- The years between two births are counted in as few bits.
               CASE WHEN coalesce(birth_year, year(birth_date)) BETWEEN 1 AND 9999
                    THEN coalesce(birth_year, year(birth_date))::SMALLINT END AS birth_year,
               nullif(sex, 'U') AS sex,
               CASE WHEN source_person_ref IS NOT NULL
                    THEN hash(force, source_system, source_person_ref) END AS own_tie
        FROM {schema}.person_record {wanted} WHERE {_current(is_state)}
    """


def belongings(schema: str, salt: int | None, *, is_state: bool, is_part: bool) -> Iterable[str]:
    """Names, identifiers, contacts and addresses of the records, one row a record but for names
    and address lines."""
    current = _current(is_state)
    part = f"AND {_hash(salt)} IN {few('feature_record', 'h')}" if is_part else ""
    of = f"FROM {schema}.{{}} WHERE {current} {part}"
    key = f"{_hash(salt)} AS h"
    return (
        f"CREATE OR REPLACE TEMP TABLE feature_name AS SELECT {key}, forename, surname "
        + of.format("person_name"),
        _identifier(key, of.format("person_identifier")),
        _contact(key, of.format("person_contact")),
        "CREATE OR REPLACE TEMP TABLE feature_line AS "
        f"SELECT {key}, {home_sql('address')} AS address, locality, postcode, "
        "address_type, from_date, to_date " + of.format("person_address"),
    )


def _current(is_state: bool) -> str:
    """The state holds ended versions too, the published store current rows alone."""
    return "valid_to IS NULL" if is_state else "true"


def _hash(salt: int | None) -> str:
    if salt is None:
        return "record_hash"
    return f"hash({salt}, force, source_system, source_record_id)"


def _hashed(column: str) -> str:
    return f"CASE WHEN {column} IS NOT NULL THEN hash({column}) END"


def _half(text: str) -> str:
    """Half a hash, where few values are told apart and one taken for another says little."""
    return f"CASE WHEN {text} IS NOT NULL THEN (hash({text}) >> 32)::UINTEGER END"


# The number stands first, or last, as in much of Europe.
_HOUSE = (
    "split_part(address, ' ', CASE WHEN address BETWEEN '0' AND ':' "
    "OR split_part(address, ' ', -1) NOT BETWEEN '0' AND ':' THEN 1 ELSE -1 END)"
)
_OUTCODE = "split_part(postcode, ' ', 1)"


def _identifier(key: str, of: str) -> str:
    bits = " ".join(f"WHEN '{kind}' THEN {bit}" for kind, bit in _PAPER_KINDS.items())
    lists = f"""
        list(hash(value)) FILTER (type = 'pnc') AS pnc,
        list(hash(value)) FILTER (type = 'cro') AS cro,
        list(type || ' ' || value) FILTER (is_paper) AS papers,
        bit_or(CASE type {bits} END) FILTER (is_paper)::UTINYINT AS paper_kinds
    """
    # Whether it is a paper's is asked once a number, and of papers alone: it takes a while.
    numbers = f"""
        SELECT h, type, number AS value,
               CASE WHEN value IS NOT NULL THEN {IS_PAPER} ELSE false END AS is_paper
        FROM (SELECT {key}, type, value AS number,
                     CASE WHEN type NOT IN ('pnc', 'cro') THEN {SOLID_VALUE} END AS value
              {of} AND coalesce(is_valid, type NOT IN ('pnc', 'cro')))
    """
    # PNC IDs and CRO numbers have a check letter: what fails it is no identifier. Where a country
    # has no such rule is_valid is null, and a number is as good as any other paper.
    return f"""
        CREATE OR REPLACE TEMP TABLE feature_identifier AS
        SELECT h, {_one_and_all("pnc", "pncs")}, {_one_and_all("cro", "cros")}, paper_kinds,
               list_sort(list_distinct(papers)) AS papers
        FROM (SELECT h, {lists} FROM ({numbers}) GROUP BY h)
    """


def _contact(key: str, of: str) -> str:
    return f"""
        CREATE OR REPLACE TEMP TABLE feature_contact AS
        SELECT h, {_one_and_all("phone", "phones")}, {_one_and_all("email", "emails")}
        FROM (SELECT {key}, list(hash(value)) FILTER (type = 'phone' AND {IS_NUMBER}) AS phone,
                     list(value) FILTER (type = 'email') AS email {of} GROUP BY h)
    """


def _one_and_all(column: str, every: str) -> str:
    """The least value of a list, and all of them where there are several."""
    return (
        f"CASE WHEN len({column}) > 1 THEN list_min({column}) ELSE {column}[1] END AS {column}, "
        f"CASE WHEN len(list_distinct({column})) > 1 THEN list_sort(list_distinct({column})) END "
        f"AS {every}"
    )


def residences(places: str | None) -> Iterable[str]:
    """Where each record lives: the present address, and all of them where there are several."""
    grid = "easting::INTEGER AS easting, northing::INTEGER AS northing"
    nowhere = "NULL::INTEGER AS easting, NULL::INTEGER AS northing"
    return (
        f"""
        CREATE OR REPLACE TEMP TABLE feature_postcode AS
        SELECT postcode, {grid if places else nowhere},
               CASE WHEN is_british THEN {_half("left(postcode, -2)")} END AS sector,
               CASE WHEN is_british THEN {_half(_OUTCODE)} END AS outcode
        FROM (SELECT DISTINCT postcode,
                     regexp_full_match(postcode, '{BRITISH_POSTCODE}') AS is_british
              FROM feature_line WHERE postcode IS NOT NULL)
        {f"LEFT JOIN {places} USING (postcode)" if places else ""}
        """,
        f"""
        CREATE OR REPLACE TEMP TABLE feature_residence AS
        WITH several AS (SELECT h FROM feature_line GROUP BY h HAVING count(*) > 1),
        line AS (
            SELECT h, address, {_half(_HOUSE)} AS house, locality,
                   {_hashed("postcode")} AS postcode,
                   sector, outcode, easting, northing, {_HOME} AS home,
                   address_type, from_date, to_date
            FROM feature_line LEFT JOIN feature_postcode USING (postcode)
        ),
        ranked AS (
            -- At home before elsewhere, present before former, the latest first.
            SELECT *, row_number() OVER (PARTITION BY h ORDER BY
                coalesce(address_type, 'home') <> 'home', to_date IS NOT NULL,
                from_date DESC NULLS LAST, postcode, address, locality) AS place
            FROM line SEMI JOIN several USING (h)
        ),
        every AS (
            SELECT h, list_sort(list_distinct(list(postcode))) AS postcodes,
                   list_sort(list_distinct(list(home))) AS homes
            FROM ranked GROUP BY h
        )
        SELECT {_RESIDENCE}, NULL::UBIGINT[] AS postcodes, NULL::UBIGINT[] AS homes
        FROM line ANTI JOIN several USING (h)
        UNION ALL
        SELECT {_RESIDENCE}, CASE WHEN len(postcodes) > 0 THEN postcodes END,
               CASE WHEN len(homes) > 0 THEN homes END
        FROM ranked JOIN every USING (h) WHERE place = 1
        """,
    )


_RESIDENCE = "h, address, house, locality, postcode, sector, outcode, easting, northing, home"

# A British postcode is a few houses of one street: the number says the rest, however the street is
# spelled. Elsewhere the whole line counts, in its postcode or town.
_HOME = """
    CASE WHEN sector IS NOT NULL AND address BETWEEN '0' AND ':'
         THEN hash(split_part(address, ' ', 1), postcode)
         WHEN address IS NOT NULL AND coalesce(postcode, locality) IS NOT NULL
         THEN hash(address, coalesce(postcode, locality)) END
"""


def distinct_names(column: str) -> str:
    """Every spelling of ``forename``, ``middle_names`` or ``surname`` among the records."""
    also = f"UNION ALL SELECT {column} FROM feature_name" if column != "middle_names" else ""
    return f"""
        SELECT DISTINCT {column} AS name
        FROM (SELECT {column} FROM feature_record {also}) WHERE {column} IS NOT NULL ORDER BY name
    """


def other_names() -> str:
    """Aliases, maiden and former names, what nicknames stand for and what double names are made
    of: of the records that have any."""
    return f"""
        CREATE OR REPLACE TEMP TABLE feature_other_name AS
        WITH other AS (
            SELECT h, f.forename, f.groups, s.surname, s.surname_parts
            FROM feature_name AS n
            LEFT JOIN form_of_forename AS f ON f.name = n.forename
            LEFT JOIN form_of_surname AS s ON s.name = n.surname
            UNION ALL
            SELECT h, NULL, f.several_groups, NULL, s.surname_parts
            FROM feature_record AS r
            LEFT JOIN (FROM form_of_forename WHERE several_groups IS NOT NULL) AS f
                   ON f.name = r.forename
            LEFT JOIN (FROM form_of_surname WHERE surname_parts IS NOT NULL) AS s
                   ON s.name = r.surname
            WHERE f.name IS NOT NULL OR s.name IS NOT NULL
        )
        SELECT h, {_together("forename", "groups")} AS forenames,
               {_together("surname", "surname_parts")} AS surnames
        FROM other GROUP BY h
    """


def _together(name: str, more: str) -> str:
    """All of a column of names and of lists of names, null where there are none."""
    every = (
        f"coalesce(list({name}) FILTER ({name} IS NOT NULL), []) || "
        f"coalesce(flatten(list({more})), [])"
    )
    return f"nullif(list_sort(list_distinct({every})), [])"


def whole(into: str, key: Iterable[str], features: Mapping[str, str], numbered: str | None) -> str:
    """The table of features, by the record's key or by what stands for it in ``numbered``."""
    columns = ", ".join(f"{_FROM.get(name, name)}::{kind} AS {name}"
                        for name, kind in features.items())  # fmt: skip
    first = "n.* EXCLUDE (h)" if numbered else ", ".join(key)
    made = f"""
        SELECT {first}, {columns}
        FROM feature_record AS r
        {f"JOIN {numbered} AS n USING (h)" if numbered else ""}
        LEFT JOIN form_of_forename AS f ON f.name = r.forename
        LEFT JOIN form_of_middle_names AS m ON m.name = r.middle_names
        LEFT JOIN form_of_surname AS s ON s.name = r.surname
        LEFT JOIN feature_other_name USING (h)
        LEFT JOIN feature_identifier USING (h)
        LEFT JOIN feature_contact USING (h)
        LEFT JOIN feature_residence USING (h)
    """
    if numbered:
        made = f"SELECT *, {content_hash_sql(features)} AS content_hash FROM ({made})"
    return f"CREATE OR REPLACE TEMP TABLE {into} AS {made}"


# Where a feature is not a column of that name.
_FROM = {
    "forename": "f.forename",
    "surname": "s.surname",
    "forename_sound": _half("forename_sound"),
    "surname_sound": _half("surname_sound"),
    "middle_name": "coalesce(f.further[1], m.middle_name)",
    "middle_names": "CASE WHEN f.further IS NULL THEN m.middle_names ELSE list_sort(list_distinct("
                    "f.further || coalesce(m.middle_names, [m.middle_name]))) END",
}  # fmt: skip
