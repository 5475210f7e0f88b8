"""Checks of a finished store: each a question whose answer must be no rows.

They are asked of the candidate with the state attached as ``state`` (quality/store_suite.py). Their
answers are put into the candidate and beside it, and only a candidate with the very bytes that
passed is published.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import transaction
from warehouse.contract import DELIVERED, Table
from warehouse.contract.store_reconciliation import STORE_CHECK, WHOLE_STORE
from warehouse.errors import StoreError
from warehouse.home import Home, write_text_atomic
from warehouse.schema import quote, store_tables
from warehouse.store_association_checks import ASSOCIATION_CHECKS
from warehouse.store_checks import CHECKS, Check
from warehouse.store_crime_checks import CRIME_CHECKS
from warehouse.store_object_checks import OBJECT_CHECKS
from warehouse.store_offence_checks import OFFENCE_CHECKS


def checks(night: date) -> Iterator[Check]:
    """Every check of the night's store: those of any store, then those of each table."""
    yield from CHECKS
    yield from OBJECT_CHECKS
    yield from OFFENCE_CHECKS
    yield from CRIME_CHECKS
    yield from ASSOCIATION_CHECKS
    yield Check(
        "the_night_is_told",
        "governance.night ends with the store's own night",
        f"SELECT 1 WHERE (SELECT max(night) FROM governance.night) IS DISTINCT FROM {_sql(night)}",
    )
    yield _balance_check()
    for table in store_tables():
        if table.key:
            yield _key_check(table)
    for table in DELIVERED:
        yield _current_check(table)
        yield _stored_check(table)


def conclude(home: Home, night: date, candidate: Path, failed: Mapping[Check, int]) -> None:
    """Write down what the checks of a candidate found, and let it pass where they found nothing.

    Args:
        home: the home.
        night: the candidate's night.
        candidate: its file; nobody else has it open.
        failed: rows that each check found.

    Raises:
        StoreError: naming each check that found rows, and how many.
    """
    _write_down(candidate, night, failed)
    broken = {check: rows for check, rows in failed.items() if rows}
    found = [{"name": c.name, "says": c.says, "failed": rows} for c, rows in failed.items()]
    told = {"sha256": None if broken else sha256(candidate), "checks": found}
    write_text_atomic(answers_path(home, night), json.dumps(told))
    if broken:
        raise StoreError(
            f"the store of {night} fails {len(broken)} of {len(failed)} checks and is not "
            "published: "
            + "; ".join(f"{c.name}: {rows} rows ({c.says})" for c, rows in broken.items())
        )


def answers_path(home: Home, night: date) -> Path:
    """The answers of the night's last candidate: ``checks``, and the ``sha256`` of the file that
    passed, null where it did not."""
    return home.night(night) / "store_check.json"


def read_answers(home: Home, night: date) -> dict[str, Any] | None:
    """What ``answers_path`` holds; None where no candidate of the night has been checked."""
    path = answers_path(home, night)
    if not path.exists():
        return None
    answers: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return answers


def passed_sha256(home: Home, night: date, candidate: Path) -> str:
    """SHA-256 of the candidate, whose checks have passed.

    Raises:
        StoreError: they have not, or it has changed since.
    """
    answers = read_answers(home, night)
    if candidate.with_name(candidate.name + ".wal").exists() or not answers:
        raise StoreError(f"{candidate.name} has not been checked: run the night's check_store")
    if answers["sha256"] is None:
        raise StoreError(f"{candidate.name} has not passed its checks and is not published")
    if answers["sha256"] != sha256(candidate):
        raise StoreError(f"{candidate.name} is not the file that passed its checks: check it again")
    return str(answers["sha256"])


def has_passed(home: Home, night: date, candidate: Path) -> bool:
    """True where the candidate, as it is, has passed its checks."""
    answers = read_answers(home, night)
    return bool(answers and answers["sha256"] == sha256(candidate))


def sha256(path: Path) -> str:
    """SHA-256 of a file, as hex digits."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _write_down(candidate: Path, night: date, failed: Mapping[Check, int]) -> None:
    """Put the answers into the candidate, in place of those of an earlier run, and close it so that
    all it holds is in the one file."""
    con = duckdb.connect(str(candidate))
    try:
        with transaction(con):
            con.execute(f"DELETE FROM {STORE_CHECK.qualified}")
            con.executemany(
                f"INSERT INTO {STORE_CHECK.qualified} VALUES (?, ?, ?, ?)",
                [[night, check.name, check.says, rows] for check, rows in failed.items()],
            )
        con.execute("CHECKPOINT")
    finally:
        con.close()


def _balance_check() -> Check:
    names = ", ".join(f"({quote(name)})" for name in (*(t.name for t in DELIVERED), WHOLE_STORE))
    return Check(
        "store_balances",
        "every table of quality.store_reconciliation, and the whole, balances",
        f"""SELECT table_name FROM quality.store_reconciliation WHERE NOT is_balanced
            UNION ALL
            (SELECT name FROM (VALUES {names}) AS wanted (name)
             EXCEPT SELECT table_name FROM quality.store_reconciliation)""",
    )


def _key_check(table: Table) -> Check:
    key = ", ".join(f'"{name}"' for name in table.key)
    return Check(
        f"{table.qualified}.key",
        f"{', '.join(table.key)} are unique together",
        f"SELECT {key} FROM {table.qualified} GROUP BY {key} HAVING count(*) > 1",
    )


def _current_check(table: Table) -> Check:
    return Check(
        f"{table.qualified}.rows",
        "the store has as many rows as the state has current ones",
        f"""SELECT 1 WHERE (SELECT count(*) FROM {table.qualified}) <>
            (SELECT count(*) FROM state.{table.qualified} WHERE valid_to IS NULL)""",
    )


def _stored_check(table: Table) -> Check:
    return Check(
        f"{table.qualified}.stored",
        "every batch has as many versions in the state as its reconciliation says it stored",
        f"""SELECT batch_id FROM (
                SELECT batch_id, stored FROM quality.reconciliation
                WHERE table_name = {quote(table.name)}
            ) FULL JOIN (
                SELECT batch_id, count(*) AS versions FROM state.{table.qualified} GROUP BY batch_id
            ) USING (batch_id)
            WHERE coalesce(stored, 0) <> coalesce(versions, 0)""",
    )


def _sql(night: date) -> str:
    return f"DATE {quote(night.isoformat())}"
