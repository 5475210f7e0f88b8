"""What the end of a run says of nights, those that brought nothing too."""

from datetime import UTC, date, datetime

import pytest

from console.summary import tell_summary
from tests.console.small_store import publish
from warehouse.home import Home

FIRST, SECOND = date(2026, 1, 12), date(2026, 1, 13)
_COUNTS = {"received": 1200, "stored": 1100, "unchanged": 90, "quarantined": 7, "deleted": 3,
           "closed": 0}  # fmt: skip


def told(home: Home) -> list[str]:
    said: list[str] = []
    tell_summary(home, said.append)
    return "\n".join(said).splitlines()


def nights(*nights: date) -> list[dict]:
    at = datetime(2026, 1, 14, tzinfo=UTC).replace(tzinfo=None)
    return [{"night": n, "crimelink_version": "0", "published_at": at} for n in nights]


@pytest.fixture
def home(tmp_path) -> Home:
    return Home.of(tmp_path / "home")


def test_a_night_without_deliveries_is_told_as_one(home):
    publish(
        home,
        governance__night=nights(FIRST, SECOND),
        quality__reconciliation=[
            _COUNTS | {"force": "kent", "table_name": "person_record", "night": FIRST}
        ],
        core__person_record=[
            {"force": "kent", "source_record_id": "1", "person_id": "P-1", "birth_year": 1990}
        ],
        core__person=[
            {
                "person_id": "P-1",
                "record_count": 1,
                "force_count": 1,
                "forces": "kent",
                "first_night": FIRST,
            }
        ],
    )
    said = told(home)
    assert said[1:4] == [
        "2026-01-12  rows received 1,200 = stored 1,100 + unchanged 90 + quarantined 7 + deleted 3",
        "2026-01-13  nothing was taken in: what was taken in before is served on",
        "persons   1 record resolved to 1 person; none spans more than one force",
    ]
    assert "no record holds a birth" not in "\n".join(said)
    assert sum(" sql " in line for line in said) == 2


def test_a_store_that_holds_nothing_is_told_in_words_and_no_query_of_it_is_recommended(home):
    publish(home, governance__night=nights(FIRST))
    said = told(home)
    assert said[1:4] == [
        "2026-01-12  nothing was taken in, nor was anything before",
        "persons   none: the store has no record of a person",
        "offences  none: the store has no record of an offence",
    ]
    assert not any(" sql " in line for line in said)


def test_records_without_any_birth_are_told_as_hardly_ever_joined(home):
    record = {"force": "kent", "source_record_id": "1", "person_id": "P-1"}
    person = {"person_id": "P-1", "record_count": 1, "force_count": 1, "forces": "kent",
              "first_night": FIRST}  # fmt: skip
    publish(home, core__person_record=[record], core__person=[person])
    [line] = [line for line in told(home) if "no record holds a birth" in line]
    assert "names and addresses alone hardly ever join" in line


def test_a_first_night_whose_only_delivery_is_held_says_what_is_held_and_where_to_look(home):
    never = {"status": "never", "expected_every_days": 1, "night": FIRST}
    held = {"batch_id": "zuerich-1", "delivery_id": "zuerich-1", "deliverer": "zuerich",
            "force": "zuerich", "delivery_date": FIRST, "night": FIRST, "kind": "full",
            "environment": "live", "content_hash": "0", "bytes": 1, "unreadable_bytes": 0,
            "status": "held", "held_rule": "unknown_column", "held_reason": "x"}  # fmt: skip
    publish(
        home,
        governance__night=nights(FIRST),
        quality__batch=[held],
        quality__force_status=[
            never | {"force": "kyiv"},
            never | {"force": "zuerich", "held_batch_id": "zuerich-1"},
        ],
    )
    said = told(home)
    assert "forces    1 never: kyiv" in said
    assert "forces    1 never (what came is held): zuerich" in said
    [line] = [line for line in said if line.startswith("held")]
    assert line.startswith("held      1 batch, which was not taken in: ")
    assert line.endswith(f" --home {home.root} quality held")
