"""One decision of one person about one pair of person records."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from linkage.record_key import Pair, RecordKey, order_pair
from warehouse.contract.judgement import SOURCES, VERDICTS
from warehouse.contract.link import PAIR_KEY
from warehouse.decisions import DecisionError, check_name, check_reason

# What a decision is made of, in the order in which the journal writes it; all of it text.
CONTENT = (*PAIR_KEY, "verdict", "judged_by", "judged_at", "reason", "source")
# Where the id stands in a line of the journal: J- and 16 digits.
_ID = slice(len('{"judgement_id": "'), len('{"judgement_id": "') + 18)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision.

    Attributes:
        judgement_id: opaque; made from everything below, so that what was torn or tampered with
            does not bear its own id.
        pair: the two records, the first in the alphabet first.
        verdict: ``same``, ``not_same`` or ``unsure``.
        judged_by: who decided.
        judged_at: when, UTC.
        reason: why, in that person's words.
        source: ``review``, ``judge``, ``csv`` or ``unmerge``.
    """

    judgement_id: str
    pair: Pair
    verdict: str
    judged_by: str
    judged_at: datetime
    reason: str
    source: str


def judge(
    one: RecordKey, other: RecordKey, verdict: str, by: str, at: datetime, reason: str, source: str
) -> Judgement:
    """A new decision, checked. ``by`` and ``reason`` lose the blanks around them.

    Raises:
        DecisionError: a record is paired with itself, the verdict is none, or the name or the
            reason is too short, too long or not one line.
    """
    if one == other:
        raise DecisionError("source_record_id_r", "one_record_twice", "a pair is of two records")
    if verdict not in VERDICTS:
        raise DecisionError(
            "verdict", "unknown_verdict", f"a verdict is one of {', '.join(VERDICTS)}"
        )
    by = check_name("judged_by", by)
    reason = check_reason(reason)
    key = [part for record in order_pair(one, other) for part in record]
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    content = dict(zip(CONTENT, (*key, verdict, by, instant, reason, source), strict=True))
    return _of(_make_id(content), content)


def read_verdict(text: str) -> str:
    """``text`` as the journal has it, however it was typed: ``Not the same`` is ``not_same``."""
    words = text.strip().lower().replace("-", " ").replace("_", " ").split()
    return "_".join(word for word in words if word != "the")


def _make_id(content: dict[str, str]) -> str:
    text = json.dumps([content[name] for name in CONTENT])
    return f"J-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _of(judgement_id: str, content: dict[str, str]) -> Judgement:
    key = [content[name] for name in PAIR_KEY]
    return Judgement(
        judgement_id,
        (RecordKey(*key[:3]), RecordKey(*key[3:])),
        content["verdict"],
        content["judged_by"],
        datetime.fromisoformat(content["judged_at"]),
        content["reason"],
        content["source"],
    )


def write_line(judgement: Judgement) -> bytes:
    """The decision as one JSON line, its end included."""
    j = judgement
    instant = j.judged_at.isoformat(timespec="microseconds")
    values = (j.judgement_id, *j.pair[0], *j.pair[1], j.verdict, j.judged_by, instant, j.reason,
              j.source)  # fmt: skip
    return json.dumps(dict(zip(("judgement_id", *CONTENT), values, strict=True))).encode() + b"\n"


def peek_id(line: bytes) -> str:
    """The id that a line from ``write_line`` bears, without reading the line; of another line,
    something that is no id."""
    return line[_ID].decode("ascii", errors="replace")


def read_line(line: bytes) -> Judgement | None:
    """The decision that a line holds; None where it holds none, one that does not bear its id, or
    one that nobody could have made: an id is no proof, anybody can make one."""
    try:
        values: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(values, dict) or values.keys() != {"judgement_id", *CONTENT}:
        return None
    judgement_id = values.pop("judgement_id")
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return _checked(values) if _make_id(values) == judgement_id else None


def _checked(content: dict[str, str]) -> Judgement | None:
    """The decision made again of its parts; None where that is refused or comes to another."""
    made = _make_id(content)
    key = [content[name] for name in PAIR_KEY]
    try:
        again = judge(
            RecordKey(*key[:3]),
            RecordKey(*key[3:]),
            content["verdict"],
            content["judged_by"],
            datetime.fromisoformat(content["judged_at"]),
            content["reason"],
            content["source"],
        )
    except (ValueError, DecisionError):
        return None
    return again if again.judgement_id == made and content["source"] in SOURCES else None
