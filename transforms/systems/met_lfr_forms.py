"""How the LFR table spells its numbers: tokens for nothing, zeros, durations.

``n/a`` and ``-`` are no numbers and become null. Some ``-`` are zeros for certain, and so are some
blanks:

- an alert that is right or wrong, confirmed or not, is one of the four kinds and of no other. Where
  the kinds that are given add up to all alerts, each kind that is not given is 0;
- ``#DIV/0!`` as the share of false alerts says that the spreadsheet divided by a zero, which its
  accounting format shows as ``-``: a division by text would give ``#VALUE!``. Then there was no
  alert, unless the row itself tells of alerts of some kind or of what became of them.

No such rule binds arrests and other outcomes: of those, what is not given stays unknown.
"""

import polars as pl

from transforms.mapping import Parsed
from transforms.systems.met_lfr_dates import KIND, TOTALS

IS_DEPLOYMENT = pl.col(KIND) != TOTALS
TRUE_CONFIRMED, TRUE_UNCONFIRMED = "True Alerts Confirmed", "True Alerts Unconfirmed"
FALSE_CONFIRMED, FALSE_UNCONFIRMED = "False Alerts Confirmed", "False Alerts Unconfirmed"
ALL_ALERTS = "Total Alerts"
OUTCOMES = ("Arrests", "Other Disposal", "No Action")
COUNTS = {
    "watchlist_size": "Watchlist size",
    "faces_seen": "Faces seen",
    "total_alerts": ALL_ALERTS,
    "true_alerts_confirmed": TRUE_CONFIRMED,
    "true_alerts_unconfirmed": TRUE_UNCONFIRMED,
    "false_alerts_confirmed": FALSE_CONFIRMED,
    "false_alerts_unconfirmed": FALSE_UNCONFIRMED,
    "arrests": "Arrests",
    "other_disposals": "Other Disposal",
    "no_action": "No Action",
}
"""Column of the contract by the table's own, of those that are whole numbers."""

KINDS_OF_ALERT = (TRUE_CONFIRMED, TRUE_UNCONFIRMED, FALSE_CONFIRMED, FALSE_UNCONFIRMED)
DIVIDED_BY_ZERO = "#DIV/0!"

_TOKENS = ("-", "n/a")
_DURATION = r"^(\d{1,2}):([0-5]\d)(?::[0-5]\d)?$"


def own(name: str) -> pl.Expr:
    """Text of a deployment, null where blank; null of totals rows, which are none."""
    text = pl.col(name).str.strip_chars()
    return pl.when(IS_DEPLOYMENT & (text != "")).then(text)


def is_token(name: str) -> pl.Expr:
    """True where a token for nothing stands; never null."""
    return own(name).str.to_lowercase().is_in(_TOKENS).fill_null(value=False)


def whole(name: str) -> pl.Expr:
    """The whole number as it stands; null where there is none."""
    return own(name).cast(pl.Int64, strict=False)


def is_zero(name: str) -> pl.Expr:
    """True of a kind of alert, or of all alerts, that is not given and is 0 for certain."""
    kinds = pl.sum_horizontal(whole(kind).fill_null(0) for kind in KINDS_OF_ALERT)
    outcomes = pl.sum_horizontal(whole(outcome).fill_null(0) for outcome in OUTCOMES)
    was_zero = own("Our False Alert rate") == DIVIDED_BY_ZERO
    no_alert = is_token(ALL_ALERTS) & was_zero & (kinds == 0) & (outcomes == 0)
    is_sure = no_alert if name == ALL_ALERTS else no_alert | (kinds == whole(ALL_ALERTS))
    is_missing = IS_DEPLOYMENT & (own(name).is_null() | is_token(name))
    return (is_missing & is_sure).fill_null(value=False)


def count(name: str) -> Parsed:
    """A whole number; a token for nothing is null, or 0 where that is certain."""
    value = whole(name)
    if name in (*KINDS_OF_ALERT, ALL_ALERTS):
        value = pl.when(is_zero(name)).then(0).otherwise(value)
    return Parsed(pl.when(~is_token(name)).then(own(name)), value, "not_a_whole_number")


def both(first: str, second: str) -> pl.Expr:
    """The sum of two kinds of alert; null where either is not known."""
    return count(first).value + count(second).value


def decimal(name: str) -> Parsed:
    """A decimal number."""
    return Parsed(own(name), own(name).cast(pl.Float64, strict=False), "not_a_number")


def minutes(name: str) -> Parsed:
    """Whole minutes of a duration written ``HH:MM`` or ``HH:MM:SS``."""
    hours, rest = (own(name).str.extract(_DURATION, group).cast(pl.Int32) for group in (1, 2))
    return Parsed(own(name), hours * 60 + rest, "not_a_duration")
