"""What is held is listed as long as it matters, with what can be done about it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

import console.quality_quarantine as quarantine_module
from console.main import app
from console.quality_held import tell_held
from console.quality_quarantine import tell_quarantine
from console.status import tell_status
from quality.catalogue import night_rules
from quality.gate.batch_rules import batch_rules
from quality.gate.held import why_never
from quality.rules.delivery_rules import DELIVERY_RULES
from tests.console.small_store import NIGHT, publish
from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.night import close_night

RELEASABLE = {"declared_count_differs", "no_records"}
PUBLISHED = datetime(2026, 1, 13, tzinfo=UTC)
FORCES = ("alpha", "bravo", "charlie")


def night(number: int) -> date:
    """Of five nights the ``number``th; the store is of the last."""
    return NIGHT + timedelta(days=number - 5)


def batch(force, number, held_rule=None, *, on=None, **values):
    """A row of quality.batch of the night ``number``, and of that date or the one of ``on``."""
    return {
        "batch_id": f"{force}-{number}", "delivery_id": f"{force}-{number}", "deliverer": force,
        "force": force, "delivery_date": night(on or number), "night": night(number),
        "kind": "full", "environment": "live", "content_hash": "0", "bytes": 1,
        "unreadable_bytes": 0, "status": "held" if held_rule else "loaded",
        "held_rule": held_rule, "held_reason": held_rule and "as it stands there",
    } | values  # fmt: skip


def store(folder, *batches, **rows):
    home = Home.of(folder / "home")
    publish(
        home,
        quality__batch=batches,
        quality__rule=[
            {"table_name": "person_record", "rule": rule, "severity": "warning", "owner": "o",
             "reason": "r", "remedy": "r", "basis": "b"} for rule in ("sex_unknown", "not_null")
        ],
        reference__force=[
            {"force": force, "name": force, "deliverer": force, "profile": "GB",
             "pnc_codes": ""} for force in FORCES
        ],
        quality__force_status=[
            {"force": force, "status": "fresh", "expected_every_days": 1} for force in FORCES
        ],
        governance__night=[
            {"night": NIGHT, "crimelink_version": "0", "published_at": PUBLISHED}
        ],
        **rows,
    )  # fmt: skip
    close_night(home, NIGHT, home.current.resolve())
    return home


def told(home, **how):
    said = []
    tell_held(home, False, said.append, **how)
    return "\n".join(said)


def listed(home, **how):
    said = []
    tell_held(home, True, said.append, **how)
    return {row["batch_id"]: row for row in json.loads(said[0])}


def status_of(home):
    said = []
    tell_status(home, False, False, said.append)
    return "\n".join(said)


def test_what_could_not_be_read_is_offered_no_release_but_what_to_do_instead(tmp_path):
    rules = ("truncated_zip", "unknown_form", "header_missing")
    home = store(tmp_path, *(batch(f, 5, rule) for f, rule in zip(FORCES, rules, strict=True)))
    text = told(home)
    assert text.startswith("3 batches held\n")
    assert "quality release" not in text
    for rule in rules:
        assert f"  release: never, its delivery could not be read ({rule})\n  instead: " in text
    assert "send the delivery again, whole, under a new date" in text
    assert {row["never"] is None for row in listed(home).values()} == {False}


def test_what_may_be_released_is_offered_the_command(tmp_path):
    text = told(store(tmp_path, batch("alpha", 2, "full_too_small")))
    assert text.startswith("1 batch held\n")
    assert "held since 2026-01-09, 3 d" in text
    assert "crimelink quality release alpha-2 --reason" in text
    assert "never" not in text


def test_every_rule_that_holds_a_delivery_unread_or_in_the_load_is_never_released():
    """And none of a suite or of the gate bears such a name, so that the name alone tells."""
    names = {rule.name for rule in DELIVERY_RULES}
    assert {name for name in names if why_never(name, "live") is None} == RELEASABLE
    checked = {rule.name for rule in (*night_rules(), *batch_rules())}
    assert names & checked == set()
    assert {name for name in checked if why_never(name, "live") is not None} == {"check_failed"}
    assert why_never("full_too_small", "test") == "test data never enters a live store"
    assert why_never(None, "live") is None


def test_a_batch_that_a_later_delivery_settled_is_neither_listed_nor_counted(tmp_path):
    home = store(
        tmp_path,
        batch("alpha", 2, "full_too_small"),
        batch("alpha", 3),
        batch("bravo", 2, "volume", kind="delta"),
        batch("bravo", 4, on=2, kind="delta"),
        batch("charlie", 2, "volume", kind="delta"),
        batch("charlie", 3, kind="delta"),
    )
    assert list(listed(home)) == ["charlie-2"]
    text = told(home)
    assert "1 batch held; 2 more were held and settled since: --all" in text
    assert "it stays listed until a full delivery is loaded, or 2026-01-09 anew" in text
    assert "held   1 batch: crimelink quality held" in status_of(home)
    every = listed(home, everything=True)
    assert list(every) == ["charlie-2", "alpha-2", "bravo-2"]
    told_of = {name: (row["settled_how"], row["settled_by"]) for name, row in every.items()}
    assert told_of == {
        "charlie-2": (None, None),
        "alpha-2": ("full delivery", "alpha-3"),
        "bravo-2": ("same date", "bravo-4"),
    }
    assert [row["days"] for row in every.values()] == [3, 1, 2]
    text = told(home, everything=True)
    assert text.startswith("1 batch held; 2 more were held and settled since\n")
    assert "settled by the full delivery alpha-3, in the night of 2026-01-10" in text
    assert "quality release alpha-2" not in text


def test_the_command_takes_all(tmp_path):
    home = store(tmp_path, batch("alpha", 2, "volume"), batch("alpha", 3))
    words = ["--home", str(home.root), "quality", "held"]
    assert "alpha-2" not in CliRunner().invoke(app, words).output
    assert "alpha-2" in CliRunner().invoke(app, [*words, "--all"]).output


def test_a_delivery_of_another_system_or_an_earlier_date_settles_nothing(tmp_path):
    home = store(
        tmp_path,
        batch("alpha", 3, "volume"),
        batch("alpha", 4, source_system="policeuk"),
        batch("alpha", 5, on=1),
        batch("bravo", 5),
    )
    assert list(listed(home)) == ["alpha-3"]


def test_where_all_is_settled_nothing_is_counted(tmp_path):
    home = store(tmp_path, batch("alpha", 2, "truncated_zip"), batch("alpha", 3))
    assert told(home) == "no batch is held; 1 more was held and settled since: --all"
    assert "held " not in status_of(home)


def test_a_released_batch_is_listed_among_the_settled_with_who_released_it(tmp_path):
    release = {
        "release_id": "R-1", "batch_id": "alpha-2", "force": "alpha", "released_by": "pat",
        "released_at": PUBLISHED, "reason": "it is right", "held_rule": "volume",
        "held_reason": "too few", "held_night": night(2), "night": night(4), "outcome": "loaded",
    }  # fmt: skip
    home = store(tmp_path, batch("alpha", 4, on=2, batch_id="alpha-2"), quality__release=[release])
    assert listed(home) == {}
    row = listed(home, everything=True)["alpha-2"]
    assert (row["rule"], row["held_since"], row["days"]) == ("volume", str(night(2)), 2)
    assert (row["settled_how"], row["settled_by"]) == ("release", "pat")
    assert "released by pat, taken in by the night of 2026-01-11" in told(home, everything=True)


QUARANTINED = {
    "batch_id": "alpha-2", "force": "alpha", "table_name": "person_record", "source_file": "p.csv",
    "source_row": 7, "record_key": "7", "column_name": "sex", "rule": "sex_unknown", "reason": "r",
    "first_night": night(2), "state": "open",
}  # fmt: skip


def kept_out(home, force=None, rule=None, *, everything=False):
    said = []
    tell_quarantine(home, force, rule, 10, said.append, everything=everything)
    return said


def test_rows_in_quarantine_stand_under_a_header_with_the_days_they_have_waited(tmp_path):
    mended = QUARANTINED | {
        "source_row": 8, "record_key": "8", "state": "mended", "ended_batch_id": "alpha-3",
        "ended_night": night(3),
    }  # fmt: skip
    home = store(tmp_path, quality__quarantine=[QUARANTINED, mended])
    head, row, _ = kept_out(home)
    assert head.split() == ["since", "days", "state", "rule", "what", "batch", "file", "row"]
    assert row.split() == ["2026-01-09", "3", "open", "sex_unknown", "person_record.sex",
                           "alpha-2", "p.csv", "7"]  # fmt: skip
    assert [line.split()[1:3] for line in kept_out(home, everything=True)[1:3]] == [
        ["3", "open"],
        ["1", "mended"],
    ]
    assert len(kept_out(home, "Alpha")) == 3
    assert kept_out(home, "bravo", "not_null") == ["nothing is kept out: bravo not_null"]


@pytest.mark.parametrize(
    ("force", "rule", "says"),
    [
        ("alhpa", None, "--force alhpa: no such force in the newest store; did you mean alpha?"),
        ("nope", None, "there are: alpha, bravo, charlie"),
        (None, "sex_unknow", "--rule sex_unknow: no such rule.*did you mean sex_unknown"),
        (None, "nope", "there are: not_null, old_rule, sex_unknown"),
    ],
)
def test_a_force_or_a_rule_that_is_none_is_refused(tmp_path, force, rule, says):
    # A rule that an earlier version had still keeps out what it did.
    home = store(tmp_path, quality__quarantine=[QUARANTINED | {"rule": "old_rule"}])
    with pytest.raises(UsageError, match=says) as refused:
        kept_out(home, force, rule)
    assert refused.value.exit_code == 2
    assert len(kept_out(home, None, "old_rule")) == 3


def test_of_too_many_names_the_query_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(quarantine_module, "_NAMES_SHOWN", 1)
    with pytest.raises(UsageError, match=r"SELECT DISTINCT rule FROM quality\.rule"):
        kept_out(store(tmp_path), None, "nope")
