"""Many decisions in one CSV file: the queue goes out, and what people wrote into it comes in.

The file passes through spreadsheets. What one of them would take for a formula goes out behind an
apostrophe and loses it on the way in; ``pair`` still names the two records where a spreadsheet made
a number or a date of an id.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from linkage.explanation.facts import Record
from linkage.explanation.values import KINDS
from linkage.judgements.review import ReviewItem
from linkage.record_key import Pair, RecordKey, order_pair
from warehouse.contract.link import PAIR_KEY
from warehouse.errors import UsageError

DECISION = ("verdict", "reason", "judged_by")
_SIDES = "lr"
# What a spreadsheet may put between columns, and is not read.
_OTHER_SEPARATORS = {"\t": "tabs", "|": "bars"}
VALUES = tuple(f"{kind.replace(' ', '_')}_{side}" for kind in KINDS for side in _SIDES)
COLUMNS = (*DECISION, "why", "says", "match_weight", *VALUES, *PAIR_KEY, "person_id_l",
           "person_id_r", "pair")  # fmt: skip

# What a spreadsheet may run: OWASP, CSV injection; apostrophes before it so that it comes back.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


class Row(NamedTuple):
    """One row of a file: its number, from 1 without the header, and its cells by column."""

    number: int
    cells: Mapping[str, str]


class BadRow(NamedTuple):
    """A row that was left out: which, where in it, the rule that it breaks, and that in words."""

    number: int
    column: str
    rule: str
    says: str


def name_pair(pair: Pair) -> str:
    """A short name of the pair that no spreadsheet takes for a number, a date or a formula."""
    return f"pair-{hashlib.sha256(json.dumps(pair).encode()).hexdigest()[:16]}"


def write_rows(items: Iterable[ReviewItem], records: Mapping[RecordKey, Record]) -> str:
    """The queue as CSV, the first three columns left to the reader.

    Args:
        items: pairs, in order.
        records: what each record of them holds.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for item in items:
        weight = "" if item.match_weight is None else f"{item.match_weight:.3f}"
        held = [records[record].values for record in item.pair]
        values = ["; ".join(side.get(kind, ())) for kind in KINDS for side in held]
        words = [*values, *item.pair[0], *item.pair[1], item.id_l, item.id_r]
        said = ("", "", "", item.why, disarm(item.says), weight)
        writer.writerow([*said, *map(disarm, words), name_pair(item.pair)])
    return text.getvalue()


def disarm(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def rearm(text: str) -> str:
    """``text`` as it was before ``disarm``."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def read_rows(text: str, name: str) -> tuple[list[Row], list[BadRow]]:
    """The rows of a file, and those that have more or fewer cells than its header.

    Args:
        text: the file; comma, or semicolon as some spreadsheets write it.
        name: of the file, for messages.

    Raises:
        UsageError: it is no CSV, its columns are separated by something else, or it lacks a column.
    """
    header = text.partition("\n")[0]
    _refuse_other_separators(header, name)
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise UsageError(f"{name}, line {reader.line_num}: no CSV ({error})") from None
    columns = [cell.strip() for cell in lines[0]] if lines else []
    _require_columns(columns, name)
    _refuse_twins(columns, name)
    rows: list[Row] = []
    bad: list[BadRow] = []
    for number, cells in enumerate(lines[1:], start=1):
        if len(cells) == len(columns):
            rows.append(Row(number, dict(zip(columns, map(rearm, cells), strict=True))))
        elif any(cells):
            says = f"{len(cells)} cells where the header has {len(columns)}"
            bad.append(BadRow(number, columns[min(len(cells), len(columns)) - 1], "cells", says))
    return rows, bad


def _refuse_other_separators(header: str, name: str) -> None:
    """Of the header only the separator is told: where it is none it holds values."""
    for separator, says in _OTHER_SEPARATORS.items():
        if separator in header and not set(",;") & set(header):
            raise UsageError(
                f"{name}: its columns are separated by {says}; save it with commas or semicolons "
                "between them"
            )


def _require_columns(columns: Sequence[str], name: str) -> None:
    missing = {"verdict", "reason"} - set(columns)
    if missing:
        raise UsageError(f"{name}: no column {' and no column '.join(sorted(missing))}")
    if not set(PAIR_KEY) <= set(columns) and "pair" not in columns:
        raise UsageError(f"{name}: neither the column pair nor {', '.join(PAIR_KEY)}")


def _refuse_twins(columns: Sequence[str], name: str) -> None:
    """Of two columns of one name nobody could say which counts."""
    twins = sorted({column for column in columns if column and columns.count(column) > 1})
    if twins:
        raise UsageError(f"{name}: more than one column {' and more than one '.join(twins)}")


def find_pair(cells: Mapping[str, str], waiting: Mapping[str, Pair]) -> Pair | None:
    """The two records that a row is about; None where it does not say, or its parts disagree.

    Args:
        cells: of the row.
        waiting: pairs by their short name: those that the queue holds.
    """
    short, pair = cells.get("pair", "").strip(), read_ids(cells)
    if not short or (pair is not None and name_pair(pair) == short):
        return pair
    return waiting.get(short)


def read_ids(cells: Mapping[str, str]) -> Pair | None:
    """The two records that a row names by their ids; None where one is empty."""
    key = [cells.get(name, "") for name in PAIR_KEY]
    return order_pair(RecordKey(*key[:3]), RecordKey(*key[3:])) if all(key) else None
