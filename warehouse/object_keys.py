"""What identifies a vehicle, a handset, a telephone number and an item of property: its key.

Two records with one key are one object; its id follows from the key alone, so no ledger is needed
(docs/adr/0014-objects-by-key.md). A value that identifies nothing is no key: it is refused by name
and counted (``link.object_key_count``). Linking and the build both read keys from here, as SQL.

Sources: the forms of IMEIs are those of 3GPP TS 23.003, section 6.2, with the Luhn check of its
annex B; 004999010640000 is what handsets show that have lost their own. Telephone numbers have at
most 15 digits (ITU-T E.164). Placeholders are what record systems are known to hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.schema import quote

RECORD = ("force", "source_system", "source_record_id")

_NOTHING = ("UNKNOWN", "NOTKNOWN", "UNK", "NK", "NA", "NOTAPPLICABLE", "NONE", "NIL", "NULL", "TBC",
            "TBA", "TEST", "VARIOUS", "NOTSEEN", "NOTRECORDED", "NOTPROVIDED",
            "ILLEGIBLE")  # fmt: skip
_NO_PLATE = ("NOPLATE", "NOPLATES", "NOVRM", "NOVRN", "NOREG", "UNREGISTERED", "FALSEPLATE",
             "FALSEPLATES", "FOREIGN", "FALSE", "CLONED", "STOLEN", "RECOVERED", "TRADEPLATE",
             "TRADEPLATES", "MILITARY", "TRAILER", "VEHICLE", "CAR", "VAN")  # fmt: skip
_NO_SERIAL = ("NOSERIAL", "NOSERIALNO", "NOSERIALNUMBER", "SERIAL", "SERIALNO", "SERIALNUMBER",
              "REMOVED", "DEFACED", "SCRATCHED", "SNUNKNOWN")  # fmt: skip
# Within a value of letters and digits alone: nobody read it, or there was nothing to be read.
_NOT_READ = ("regexp_matches(value, 'UNKNOWN|NOT(KNOWN|AVAIL|VISIB|TAKEN|GIVEN|SEEN|RECORD|PROVID|"
             "STATED|APPLIC|LEGIB|READ)|UNREAD|ILLEGIBLE|NOSERIAL|NOPLATE|NOVR[MN]')")  # fmt: skip
_MADE_UP_NUMBERS = ("+441234567890", "+44123456789", "+447123456789", "1234567890")
_LOST_IMEI = "004999010640000"
# Marks as long as those of other countries; Great Britain's have seven at most.
LONGEST_MARK = 10
SHORTEST_SERIAL = 5


@dataclass(frozen=True)
class Refused:
    """Why a value is no key, and SQL that is true where it is so, of ``value``."""

    name: str
    where: str


@dataclass(frozen=True)
class ObjectKind:
    """A kind of object.

    Attributes:
        object_type: as the store names it.
        record_type: delivered table that tells of it.
        letter: first of its ids.
        value: SQL of the value in its canonical form, null where there is none.
        refused: why a value is no key, the first that holds.
        within: SQL of what the value is unique within; empty where it is unique by itself.
    """

    object_type: str
    record_type: str
    letter: str
    value: str
    refused: tuple[Refused, ...]
    within: str = ""


def _solid(column: str) -> str:
    """Letters and digits alone, upper case."""
    return f"nullif(regexp_replace(upper({column}), '[^\\p{{L}}\\p{{N}}]', '', 'g'), '')"


def _in(*words: str) -> str:
    return f"value IN ({', '.join(map(quote, words))})"


_ONE_CHARACTER = "replace(value, left(value, 1), '') = ''"
_SEVEN_ALIKE = "|".join(7 * digit for digit in "0123456789")
_COUNTED = " OR ".join(
    f"starts_with({quote(row)}, value)"
    for row in ("1234567890" * 3, "0123456789" * 3, "ABCDEFGHIJ")
)


def _luhn_sum() -> str:
    """The sum of the digits, every other from the last but one doubled and its digits added."""
    digits = [f"((TRY_CAST(value AS BIGINT) // {10**place}) % 10)" for place in range(15)]
    return " + ".join(
        f"(2 * {digit} - CASE WHEN {digit} > 4 THEN 9 ELSE 0 END)" if place % 2 else digit
        for place, digit in enumerate(digits)
    )


OBJECT_KINDS: tuple[ObjectKind, ...] = (
    ObjectKind(
        "vehicle",
        "vehicle_record",
        "V",
        _solid("vrm"),
        (
            Refused(
                "placeholder",
                f"{_in(*_NOTHING, *_NO_PLATE)} OR {_NOT_READ} "
                f"OR length(value) > 4 AND ({_COUNTED})",
            ),
            Refused("one character repeated", f"length(value) > 1 AND {_ONE_CHARACTER}"),
            Refused("too short", "length(value) < 2"),
            Refused("too long", f"length(value) > {LONGEST_MARK}"),
        ),
    ),
    ObjectKind(
        "handset",
        "phone_record",
        "H",
        _solid("imei"),
        (
            Refused("not 15 digits", "NOT regexp_full_match(value, '\\d{15}')"),
            Refused("one character repeated", _ONE_CHARACTER),
            Refused("placeholder", f"{_in(_LOST_IMEI)} OR {_COUNTED}"),
            Refused("wrong check digit", f"({_luhn_sum()}) % 10 <> 0"),
        ),
    ),
    ObjectKind(
        "phone_number",
        "phone_record",
        "N",
        "nullif(regexp_replace(number, '[^0-9+]', '', 'g'), '')",
        (
            Refused("not 7 to 15 digits", "NOT regexp_full_match(value, '\\+?\\d{7,15}')"),
            Refused(
                "one character repeated",
                "regexp_full_match(value, '(\\+44|\\+|0)?(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)')",
            ),
            Refused("last seven digits the same", f"regexp_matches(value, '({_SEVEN_ALIKE})$')"),
            Refused("placeholder", f"{_in(*_MADE_UP_NUMBERS)} OR {_COUNTED}"),
        ),
    ),
    ObjectKind(
        "property",
        "property_record",
        "G",
        _solid("serial_number"),
        (
            Refused("placeholder", f"{_in(*_NOTHING, *_NO_SERIAL)} OR {_NOT_READ} OR {_COUNTED}"),
            Refused("too short", f"length(value) < {SHORTEST_SERIAL}"),
            Refused("one character repeated", _ONE_CHARACTER),
            Refused("no digit", "NOT regexp_matches(value, '\\d')"),
            Refused("no property type", "within IS NULL"),
        ),
        within=f"CASE WHEN {_solid('property_type')} NOT IN ({', '.join(map(quote, _NOTHING))}) "
        "THEN upper(trim(property_type)) END",
    ),
)

KINDS: dict[str, ObjectKind] = {kind.object_type: kind for kind in OBJECT_KINDS}
IS_NUMBER = " AND ".join(f"NOT ({each.where})" for each in KINDS["phone_number"].refused)
"""SQL: ``value``, a telephone number in its canonical form, may be one person's."""
SOLID_VALUE = _solid("value")
IS_PAPER = (
    f"NOT coalesce({_in(*_NOTHING)} OR {_NOT_READ} OR {_ONE_CHARACTER} "
    f"OR length(value) > 4 AND ({_COUNTED}), true)"
)
"""SQL: ``value``, the number of a paper by its letters and digits alone (``SOLID_VALUE``), may be
one person's."""
OBJECT_TYPES = tuple(KINDS)
RECORD_TYPES = tuple(dict.fromkeys(kind.record_type for kind in OBJECT_KINDS))


def id_sql(kind: ObjectKind, key: str) -> str:
    """SQL of the id of the object of that kind whose key the SQL ``key`` gives."""
    identity = f"{quote(kind.object_type)} || '|' || {key}"
    return f"{quote(kind.letter + '-')} || left(sha256({identity}), 16)"


def keyed_sql(kind: ObjectKind, where: str = "true", *, rows: str = "") -> str:
    """SELECT of a kind's records: their key in three columns, ``value``, ``refused`` (why it is no
    key; null where it is one, or there is no value), ``key`` and ``object_id`` (null without).

    Args:
        kind: which.
        where: which rows are current.
        rows: a relation with the record's key and the kind's columns; ``core.<record_type>``
            unless given.
    """
    record = ", ".join(RECORD)
    refused = " ".join(f"WHEN {each.where} THEN {quote(each.name)}" for each in kind.refused)
    key = "concat_ws('|', within, value)"
    return f"""
        SELECT {record}, value, refused, key, {id_sql(kind, "key")} AS object_id
        FROM (
            SELECT *, CASE WHEN value IS NOT NULL AND refused IS NULL THEN {key} END AS key
            FROM (
                SELECT *, CASE WHEN value IS NULL THEN NULL {refused} END AS refused
                FROM (
                    SELECT {record}, {kind.value} AS value, {kind.within or "NULL"} AS within
                    FROM {rows or f"core.{kind.record_type}"} WHERE {where}
                )
            )
        )
    """


def every_kind_sql(where: str | Mapping[str, str] = "true") -> str:
    """The same of every kind, with ``object_type`` and ``record_type`` before it.

    Args:
        where: which rows are current: for all kinds, or by object type.
    """
    return " UNION ALL ".join(
        f"SELECT {quote(kind.object_type)} AS object_type, "
        f"{quote(kind.record_type)} AS record_type, * FROM ("
        f"{keyed_sql(kind, where if isinstance(where, str) else where[kind.object_type])})"
        for kind in OBJECT_KINDS
    )
