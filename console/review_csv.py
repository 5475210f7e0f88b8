"""``crimelink link review --export`` and ``--import``: many decisions in one file."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from console.foreseen import warn_of_moves
from console.link_judge import Tell, tell_conflicts, warn_of_damage
from console.link_review import Wanted, open_wanted
from console.page_file import refuse_taken
from console.user import name_user
from linkage.explanation.values import read_records
from linkage.judgements.csv_import import Taken, take_rows
from linkage.judgements.csv_rows import name_pair, read_rows, write_rows
from linkage.judgements.journal import append_judgements
from linkage.judgements.review import known_records, open_items, read_decided
from warehouse.errors import UsageError
from warehouse.home import Home, write_text_atomic
from warehouse.store import open_store
from warehouse.wording import counted

# What a spreadsheet needs to see that a file is UTF-8.
BOM = "\ufeff"


def export_queue(home: Home, path: Path, wanted: Wanted, tell: Tell, warn: Tell) -> None:
    """Write the pairs that wait into a file, for its owner only.

    Raises:
        UsageError: nothing has been published yet, there is no such person or force, or the file is
            there already: somebody's decisions may stand in it.
    """
    refuse_taken(path, "--export")
    with open_store(home) as store:
        decided = read_decided(store, home)
        items, _ = open_wanted(store, decided, wanted, warn)
        keys = sorted({record for item in items for record in item.pair})
        held = read_records(store, keys, has_values=True) if keys else ()
    records = {record.key: record for record in held}
    write_text_atomic(path, BOM + write_rows(items, records))
    tell(
        f"{len(items):,} pairs written to {path}. It holds personal data. Fill in verdict (same, "
        "not same, unsure) and reason, leave the other rows as they are, and take it in with "
        f"crimelink link review --import {path}"
    )
    warn_of_damage(home, decided, warn)


def import_verdicts(home: Home, path: Path, user: str | None, tell: Tell) -> bool:
    """Write down what people decided in a file, and say which rows were left out and why.

    Returns:
        True where no row was left out.

    Raises:
        UsageError: nothing has been published yet, or the file is no CSV or lacks a column.
    """
    by = name_user(user)
    rows, bad = read_rows(_read(path), path.name)
    with open_store(home) as store:
        decided = read_decided(store, home)
        waiting = {name_pair(item.pair): item.pair for item in open_items(store)}
        known, said = partial(known_records, store, decided), list(decided.judgements.values())
        taken = take_rows(rows, waiting, known, said, by, datetime.now(UTC))
    append_judgements(home, taken.new)
    left_out = sorted([*bad, *taken.bad])
    for row in left_out:
        tell(f"{path.name} row {row.number}, column {row.column}, {row.rule}: {row.says}")
    tell(_sum_up(taken, len(left_out)))
    tell_conflicts(home, decided, taken.new, tell)
    warn_of_moves(home, decided.entity, taken.new, tell)
    return not left_out


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is not UTF-8: save it as CSV UTF-8") from None


def _sum_up(taken: Taken, left_out: int) -> str:
    return (
        f"{counted(len(taken.new), 'decision')} taken in, {taken.repeated:,} known already, "
        f"{counted(taken.undecided, 'row')} without a decision, {counted(left_out, 'row')} left "
        "out. Decisions count "
        "from the next night on."
    )
