"""What the model compares: one row a current person record.

A feature is a function of one record's current rows and of reference data, never of other records.
The common case is a scalar; beside it stands a list, null unless the record has several values
(``postcodes`` beside ``postcode``), because gathering lists for millions of pairs is what costs.
"""

from collections.abc import Callable, Iterable
from itertools import chain, count

import duckdb
import polars as pl

from linkage import feature_queries as queries
from linkage.name_forms import describe_forenames, describe_middle_names, describe_surnames
from warehouse.given import lent

KEY = ("force", "source_system", "source_record_id")

# In order; every one may be null. What is only ever compared for being the same is a hash: UBIGINT,
# or half of one, where it tells few values apart.
FEATURES = {
    "forename": "VARCHAR",
    "forename_sound": "UINTEGER",
    "stands_for": "VARCHAR",
    "forenames": "VARCHAR[]",
    "middle_name": "VARCHAR",
    "middle_names": "VARCHAR[]",
    "surname": "VARCHAR",
    "surname_sound": "UINTEGER",
    "surnames": "VARCHAR[]",
    "birth_date": "DATE",
    "birth_year": "SMALLINT",
    "sex": "VARCHAR",
    "pnc": "UBIGINT",
    "pncs": "UBIGINT[]",
    "cro": "UBIGINT",
    "cros": "UBIGINT[]",
    "paper_kinds": "UTINYINT",
    "papers": "VARCHAR[]",
    "address": "VARCHAR",
    "house": "UINTEGER",
    "locality": "VARCHAR",
    "postcode": "UBIGINT",
    "postcodes": "UBIGINT[]",
    "home": "UBIGINT",
    "homes": "UBIGINT[]",
    "sector": "UINTEGER",
    "outcode": "UINTEGER",
    "easting": "INTEGER",
    "northing": "INTEGER",
    "phone": "UBIGINT",
    "phones": "UBIGINT[]",
    "email": "VARCHAR",
    "emails": "VARCHAR[]",
    "own_tie": "UBIGINT",
}


def select_features(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str | None = None,
    is_state: bool = True,
    schema: str = "core",
    places: str | None = None,
    into: str = "feature",
) -> None:
    """Make the temporary table ``into``: ``KEY`` and ``FEATURES``, one row a current record.

    The arguments are those of ``gather_features`` and, for ``into``, ``finish_features``.
    """
    gather_features(con, records=records, is_state=is_state, schema=schema, places=places)
    finish_features(con, into=into)


def gather_features(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str | None = None,
    is_state: bool = True,
    schema: str = "core",
    places: str | None = None,
) -> bool:
    """Gather what ``finish_features`` puts together, in temporary tables.

    One of them is for the caller too: ``feature_record``, one row a current record, holds ``KEY``
    and ``h``, a hash of it that no two of the records share; of the state also ``record_hash``.

    Args:
        con: connection that sees the person tables.
        records: table or view of the records wanted, by their ``record_hash`` in the state, by
            their ``KEY`` in the published store; None: all.
        is_state: the tables are the state's, with ended versions and ``record_hash``; False: the
            published store's.
        schema: of the person tables, a database before it where it is another's.
        places: table or view of postcodes with ``easting`` and ``northing`` in metres; None: no
            distances.

    Returns:
        True where ``h`` is ``record_hash``.
    """
    salt = _key_records(con, schema, records, is_state=is_state)
    is_part = records is not None
    for query in queries.belongings(schema, salt, is_state=is_state, is_part=is_part):
        con.execute(query)
    for query in queries.residences(places):
        con.execute(query)
    return salt is None


def finish_features(
    con: duckdb.DuckDBPyConnection, *, into: str, numbered: str | None = None
) -> None:
    """Make ``into`` of what was gathered, once.

    Args:
        con: the connection of ``gather_features``.
        into: temporary table to make: ``KEY`` and ``FEATURES``, one row a record gathered.
        numbered: table of ``h`` and what ``into`` is to hold in the place of the key; and then
            ``content_hash``, of all features, stands last.
    """
    for name, frame in _name_forms(con).items():
        with lent(con, made=frame):
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM made")
    con.execute(queries.other_names())
    con.execute(queries.whole(into, KEY, FEATURES, numbered))
    for table in queries.WORKING:
        con.execute(f"DROP TABLE {table}")


def _key_records(
    con: duckdb.DuckDBPyConnection, schema: str, records: str | None, *, is_state: bool
) -> int | None:
    """Gather the records wanted under a hash of their key, as joins by one integer cost half.

    That two records have one hash is next to impossible; where they do, one with another salt is
    taken.

    Returns:
        The salt; None where the state's own hash does.
    """
    salts: Iterable[int | None] = chain([None], count()) if is_state else count()
    for salt in salts:
        con.execute(queries.keyed(schema, records, salt, is_state=is_state))
        if not con.execute(queries.HAS_TWINS).fetchall():
            break
    return salt


def _name_forms(con: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    describe: dict[str, Callable[[Iterable[str]], pl.DataFrame]] = {
        "forename": describe_forenames,
        "middle_names": describe_middle_names,
        "surname": describe_surnames,
    }
    return {
        f"form_of_{column}": make(con.sql(queries.distinct_names(column)).pl()["name"])
        for column, make in describe.items()
    }
