"""A state in which each offence record is an offence of its own, as if none had been linked."""

from datetime import date

import duckdb

_KEY = "force, source_system, source_record_id"
_HELD = f"SELECT {_KEY} FROM core.offence_record WHERE valid_to IS NULL"
_OWN_ID = f"'O-' || left(sha256(concat_ws('|', {_KEY})), 16)"


def each_its_own(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Have each current offence record be an offence of its own from the night on.

    Args:
        con: the state.
        night: the night that linked them.
    """
    con.execute(
        "INSERT INTO offence_linkage.record_key SELECT row_number() OVER () + "
        "(SELECT coalesce(max(record), 0) FROM offence_linkage.record_key), "
        f"{_KEY}, $night FROM ({_HELD} EXCEPT SELECT {_KEY} FROM offence_linkage.record_key)",
        {"night": night},
    )
    con.execute("DELETE FROM offence_linkage.cluster")
    con.execute(
        f"INSERT INTO offence_linkage.cluster SELECT record, record, {_OWN_ID} "
        f"FROM offence_linkage.record_key SEMI JOIN ({_HELD}) USING ({_KEY})"
    )
    con.execute(
        "UPDATE link.offence_membership SET valid_to = $night "
        f"WHERE valid_to IS NULL AND ({_KEY}) NOT IN ({_HELD})",
        {"night": night},
    )
    con.execute(
        f"INSERT INTO link.offence_membership SELECT {_OWN_ID}, {_KEY}, $night, NULL "
        f"FROM ({_HELD} EXCEPT SELECT {_KEY} FROM link.offence_membership WHERE valid_to IS NULL)",
        {"night": night},
    )
