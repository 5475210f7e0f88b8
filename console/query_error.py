"""What is said of a query that failed, without a value that it read: messages end up in logs.

DuckDB quotes the values that it fails over, in as many forms as it has functions. So its words are
shown only where it says the same of the query without running it, when it has read nothing. Of all
else the kind of error is told, in our own words, and where in the query it arose.
"""

import re

import duckdb

from warehouse.errors import UsageError

# What DuckDB puts before an error that arises after the first rows were fetched.
_LATE = (
    "Invalid Input Error: Attempting to execute an unsuccessful or closed pending query result\n"
)
# What is wrong with the machine or the store, not with the query.
_NOT_OF_THE_QUERY = (duckdb.IOException, duckdb.InternalException, duckdb.FatalException)
# How what it says begins, and what is told of it. The first that fits is the one.
_KINDS = {
    "Conversion Error: ": "a value that was read cannot be made into the type that the query asks "
    "for, or is out of its range. try_cast(… AS …) and try_strptime(…) give NULL instead",
    "Invalid Input Error: More than one row returned by a subquery": "a subquery that stands for "
    "one value gave more than one row",
    "Invalid Input Error: Cannot execute statement of type": "the published store can only be read",
    "Invalid Input Error: Cannot change configuration": "the settings of the store are locked",
    "Invalid Input Error: ": "a function refuses a value that it was given. try(…) gives NULL "
    "instead",
    "Not implemented Error: ": "a function does not know a value that it was given, such as the "
    "name of a time zone",
    "Out of Range Error: ": "a result is too large for its type",
    "Permission Error: ": "nothing but the published store can be read or written",
    "Out of Memory Error: ": "it needs more memory than a query may take of this machine. Ask for "
    "less at a time, or open the store with DuckDB yourself",
}  # fmt: skip
_PLACE = re.compile(r"\n\nLINE (?P<line>\d+): (?P<shown>[^\n]*)\n(?P<before> *)\^")


class QueryError(UsageError):
    """A query that cannot be answered: whoever asked mends it."""

    who_acts = ""


def make_error(connection: duckdb.DuckDBPyConnection, query: str, error: Exception) -> UsageError:
    """The error to be told, for the operator where it is not the query's.

    Args:
        connection: that on which it failed.
        query: the whole of what was given.
        error: what DuckDB raised.
    """
    kind = UsageError if isinstance(error, _NOT_OF_THE_QUERY) else QueryError
    return kind(f"the query failed: {say_failure(connection, query, error)}")


def say_failure(connection: duckdb.DuckDBPyConnection, query: str, error: Exception) -> str:
    """Why the query failed.

    Args:
        connection: that on which it failed.
        query: the whole of what was given.
        error: what DuckDB raised.
    """
    said = str(error).removeprefix(_LATE).removeprefix("Error: ")
    place = _place(said, query)
    if _without_place(said) == _said_unread(connection, query):
        return f"{_without_place(said)}{place}"
    kind = next((kind for kind in _KINDS if said.startswith(kind)), None)
    if kind is None:
        return f"a {type(error).__name__} of DuckDB{place}"
    return f"{kind.partition(':')[0]}: {_KINDS[kind]}{place}"


def _said_unread(connection: duckdb.DuckDBPyConnection, query: str) -> str | None:
    """What DuckDB says of the query when it only plans it; None where nothing is wrong then."""
    # A failure within a transaction that the query began would be told for every other.
    with connection.cursor() as other:
        try:
            other.execute(f"EXPLAIN {query}")
        except duckdb.Error as error:
            return _without_place(str(error))
    return None


def _without_place(said: str) -> str:
    return said.partition("\n\nLINE ")[0]


def _place(said: str, query: str) -> str:
    """The line of the query, and a mark below it; empty where DuckDB does not say, or where what
    looks like a line is none of the query: it may be a value."""
    for found in _PLACE.finditer(said):
        line = found["shown"].removeprefix("... ").removesuffix("...")
        if line in query:
            return f"\n\nLINE {found['line']}: {found['shown']}\n{found['before']}^"
    return ""
