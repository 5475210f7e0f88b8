"""Releases of held batches: their journal, and which a night takes in.

``decisions/releases.jsonl`` in the home holds one release a line and is only ever added to. A night
that is planned takes in what was released before it (``nights/<night>/released.json``), and that
stays: what is released later waits for the next night. A release counts in the nights after the
last one that was open when it was made, so that the same deliveries and the same journal give the
same nights again.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.batch import Batch
from warehouse.decisions import (
    DecisionError,
    append_lines,
    check_name,
    check_reason,
    journal_of,
    numbered_lines,
)
from warehouse.home import Home, write_text_atomic
from warehouse.night import closed_nights, is_staged, staged_batches

TEST_ENVIRONMENT = "test_environment"
DECLARED_COUNT_DIFFERS = "declared_count_differs"
NO_RECORDS = "no_records"
# Rules that hold a batch before it is checked although all of its records could be read.
OVERRULED_UNCHECKED = (DECLARED_COUNT_DIFFERS, NO_RECORDS)

Finding = tuple[str, str | None, str]
"""What holds a batch, as in ``quality.check_result``: table, column, rule."""


@dataclass(frozen=True)
class Release:
    """A held batch, released.

    Attributes:
        release_id: opaque; made from everything below, so that what was torn or tampered with does
            not bear its own id.
        batch_id, force: the batch.
        released_by, released_at, reason: who, when (UTC) and why.
        held_rule, held_reason, held_night: what held it, and the first night that did.
        after_night: the last night that was open then: later ones take it in.
        overruled: everything that held it: this and nothing else holds it no more.
    """

    release_id: str
    batch_id: str
    force: str
    released_by: str
    released_at: datetime
    reason: str
    held_rule: str
    held_reason: str
    held_night: date
    after_night: date
    overruled: tuple[Finding, ...]


def make_release(
    batch_id: str,
    force: str,
    by: str,
    at: datetime,
    reason: str,
    held: tuple[str, str, date],
    after_night: date,
    overruled: Iterable[Finding],
) -> Release:
    """A new release, checked. ``held`` is the rule, its reason and the night.

    Raises:
        DecisionError: the name or the reason is too short, too long or not one line.
    """
    in_order = sorted(set(overruled), key=lambda finding: [part or "" for part in finding])
    made = Release(
        "", batch_id, force, check_name("released_by", by), at.astimezone(UTC),
        check_reason(reason), *held, after_night, tuple(in_order),
    )  # fmt: skip
    return replace(made, release_id=_make_id(_to_json(made)))


def releases_path(home: Home) -> Path:
    """Where the journal is kept."""
    return journal_of(home, "releases")


def append_release(home: Home, release: Release) -> None:
    """Add a release to the journal. When this returns it is on the disk.

    Raises:
        DiskError: the disk is full.
    """
    append_lines(releases_path(home), [json.dumps(_to_json(release)).encode() + b"\n"])


class Journal(NamedTuple):
    """What the journal holds.

    Attributes:
        releases: every release once, in the order in which they were written.
        damaged: numbers, from 1, of lines that are none.
    """

    releases: list[Release]
    damaged: list[int]


def read_releases(home: Home) -> Journal:
    """What the journal holds; empty where nobody has released anything yet."""
    read = [(number, _read_line(line)) for number, line in numbered_lines(releases_path(home))]
    whole = {release.release_id: release for _, release in read if release}
    return Journal(list(whole.values()), [number for number, release in read if not release])


def waiting_releases(home: Home) -> list[Release]:
    """Releases that no closed night has taken in."""
    settled = {
        release.release_id for night in closed_nights(home) for release in taken_in(home, night)
    }
    return [r for r in read_releases(home).releases if r.release_id not in settled]


def take_releases(home: Home, night: date, forces: Collection[str]) -> list[Release]:
    """Fix which releases the night takes in. A second time, before the night is planned, they are
    looked for anew.

    A release waits where its force is declared no longer, or where what was staged of the batch is
    gone.

    Args:
        home: the home.
        night: the night that is planned.
        forces: the declared forces.
    """
    due = [
        release
        for release in waiting_releases(home)
        if release.after_night < night
        and release.force in forces
        and is_staged(home, release.batch_id)
    ]
    write_text_atomic(_taken(home, night), json.dumps([_to_json(each) for each in due], indent=1))
    return due


def taken_in(home: Home, night: date) -> list[Release]:
    """The releases that a planned night takes in."""
    path = _taken(home, night)
    if not path.exists():
        return []
    return [_of(values) for values in json.loads(path.read_text(encoding="utf-8"))]


def overruled_by(releases: Iterable[Release]) -> dict[str, frozenset[Finding]]:
    """By batch id, what no longer holds it."""
    found: dict[str, frozenset[Finding]] = {}
    for release in releases:
        found[release.batch_id] = found.get(release.batch_id, frozenset()) | set(release.overruled)
    return found


def night_batches(home: Home, night: date) -> list[Batch]:
    """Every batch of the night in the order of loading: what its standardise step made, and the
    released ones, which what was overruled holds no more."""
    overruled = overruled_by(taken_in(home, night))
    batches = {batch.batch_id: batch for batch in staged_batches(home, night)}
    for batch_id in overruled:
        batches[batch_id] = Batch.read(home.staged(batch_id))
    opened = (_open(batch, overruled.get(batch.batch_id)) for batch in batches.values())
    return sorted(opened, key=lambda batch: (batch.sequence, batch.batch_id))


def _open(batch: Batch, overruled: frozenset[Finding] | None) -> Batch:
    if overruled is None or batch.held_rule not in {rule for _, _, rule in overruled}:
        return batch
    return replace(batch, held_rule=None, held_reason=None)


def _taken(home: Home, night: date) -> Path:
    return home.night(night) / "released.json"


def _to_json(release: Release) -> dict[str, Any]:
    return asdict(release) | {
        "released_at": release.released_at.isoformat(timespec="microseconds"),
        "held_night": release.held_night.isoformat(),
        "after_night": release.after_night.isoformat(),
        "overruled": [list(finding) for finding in release.overruled],
    }


def _of(values: dict[str, Any]) -> Release:
    return Release(
        **values
        | {
            "released_at": datetime.fromisoformat(values["released_at"]),
            "held_night": date.fromisoformat(values["held_night"]),
            "after_night": date.fromisoformat(values["after_night"]),
            "overruled": tuple((str(t), c, str(r)) for t, c, r in values["overruled"]),
        }
    )


def _make_id(values: dict[str, Any]) -> str:
    content = [value for name, value in values.items() if name != "release_id"]
    return f"R-{hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]}"


def _read_line(line: bytes) -> Release | None:
    """The release that a line holds; None where it holds none, one that does not bear its id, or
    one that nobody could have made."""
    try:
        release = _of(json.loads(line))
        check_name("released_by", release.released_by)
        check_reason(release.reason)
    except (ValueError, TypeError, KeyError, AttributeError, DecisionError):
        return None
    return release if _make_id(_to_json(release)) == release.release_id else None
