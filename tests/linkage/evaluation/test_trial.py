"""A model is tried beside the state: what it would link is what the night would, and no more."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest

from linkage.evaluation.trial import Change, Trial, try_model
from linkage.model_file import approve_model
from linkage.persons import link
from linkage.workspace import workspace
from tests.linkage.small_model import FIRST, ask, partition, small_model, store, use_model
from tests.linkage.test_law import CAP, decide, draw_history, edges, of_night
from warehouse.errors import DamageError, UsageError
from warehouse.home import Home
from warehouse.state import leave_wal, writer

NIGHTS, WORLDS = 3, 60
ANA = {"forename": "ANA", "surname": "ASH", "birth_date": date(1988, 2, 29), "phone": "1"}
Partition = set[frozenset[str]]


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    return home


@pytest.fixture
def nation(tmp_path) -> tuple[Home, list]:
    """Two nights of many small worlds, with what people judged; a third's judgements wait."""
    home = Home.of(tmp_path / "nation")
    use_model(home, small_model(most_records=CAP))
    random = Random(7)
    history = [draw_history(random) for _ in range(WORLDS)]
    for night in range(NIGHTS - 1):
        decide(home, history, night)
        store(home, FIRST + timedelta(night), of_night(history, night))
        link(home, FIRST + timedelta(night))
    decide(home, history, NIGHTS - 1)
    return home, history


def use(home: Home, **numbers: float) -> str:
    """Have the home make another model; its id."""
    model = small_model(**numbers)
    use_model(home, model)
    return model.model_id


def approve_and_link(home: Home, model_id: str, night: date) -> None:
    with writer(home, "test") as con:
        approve_model(con, home, model_id, "ann", "its reliability test")
    link(home, night)


def tried_partition(trial: Trial) -> Partition:
    parts: dict[int, set[str]] = defaultdict(set)
    for row in trial.records.to_dicts():
        parts[row["part"]].add(f"{row['force']}/{row['source_record_id']}")
    return {frozenset(part) for part in parts.values()}


def tried_edges(trial: Trial) -> list[tuple]:
    """As ``held_edges`` tells them."""
    names = {row["record"]: f"{row['force']}/{row['source_record_id']}"
             for row in trial.records.to_dicts()}  # fmt: skip
    rows = trial.edges.select("record_l", "record_r", "match_weight", "link_at", "band", "cut")
    return in_order(
        (*sorted((names[left], names[right])), *rest) for left, right, *rest in rows.iter_rows()
    )


def held_edges(home: Home) -> list[tuple]:
    """By the names of the two records: weight, bar, band and what cut it."""
    return in_order([(*row[:5], row[8]) for row in edges(home)])


def in_order(rows: Iterable[tuple]) -> list[tuple]:
    return sorted(rows, key=lambda row: tuple(map(str, row)))


def bytes_of(home: Home) -> dict[str, bytes]:
    """Every file of the home but the lock, in which whoever holds it writes its name."""
    return {f"{path.relative_to(home.root)}": path.read_bytes()
            for path in sorted(home.root.rglob("*"))
            if path.is_file() and path.name != "state.lock"}  # fmt: skip


@pytest.mark.parametrize("link_at", [2.0, 8.0, 14.0])
def test_a_trial_is_what_approving_the_model_and_a_night_give(nation, link_at):
    home, _ = nation
    model_id = use(home, most_records=CAP, link=link_at)
    trial = try_model(home, model_id)
    approve_and_link(home, model_id, FIRST + timedelta(NIGHTS))
    assert tried_partition(trial) == partition(home)
    assert tried_edges(trial) == held_edges(home)
    assert any(band == "link" and cut for *_, band, cut in tried_edges(trial))


def test_records_that_wait_for_their_night_are_tried_as_it_links_them(nation):
    """Judgements about records that no night has linked count too."""
    home, history = nation
    night = FIRST + timedelta(NIGHTS - 1)
    store(home, night, of_night(history, NIGHTS - 1))
    model_id = use(home, most_records=CAP, link=4.0)
    trial = try_model(home, model_id)
    unlinked = trial.records["person_id"].is_null().sum()
    assert 0 < unlinked < trial.waiting_records
    approve_and_link(home, model_id, night)
    assert tried_partition(trial) == partition(home)
    assert tried_edges(trial) == held_edges(home)


def test_a_trial_leaves_every_byte_of_the_home(nation):
    home, _ = nation
    model_id = use(home, most_records=CAP, link=2.0)
    before = bytes_of(home)
    assert try_model(home, model_id).differences.records_moved > 0
    assert bytes_of(home) == before


def test_what_a_night_left_in_the_log_stays_there(nation):
    home, _ = nation
    with writer(home, "test") as con, workspace(con):
        leave_wal(con)
        con.execute("UPDATE linkage.mark SET verified_on = night - 1")
    before = bytes_of(home)
    assert any(name.endswith(".wal") for name in before)
    try_model(home, small_model(most_records=CAP).model_id)
    assert bytes_of(home) == before


def test_the_model_in_use_would_change_nothing(nation):
    home, _ = nation
    link(home, FIRST + timedelta(NIGHTS))  # Takes in what waits.
    trial = try_model(home, small_model(most_records=CAP).model_id)
    assert (trial.waiting_records, trial.waiting_judgements) == (0, 0)
    told = trial.differences
    assert told.records_moved == 0
    assert told.records_compared == trial.records.height > 0
    for change in (told.persons, told.pairs, told.links, told.review):
        assert (change.gained, change.lost) == (0, 0)
    assert (told.persons.before, told.links.before) == (
        len(partition(home)),
        ask(home, "SELECT count(*) FROM linkage.edge ANTI JOIN linkage.cut "
                  "USING (record_l, record_r) WHERE band = 'link'")[0][0],
    )  # fmt: skip
    assert trial.moved.is_empty()


def pairs(of: Partition) -> set[tuple[str, ...]]:
    return {pair for part in of for pair in combinations(sorted(part), 2)}


def change(before: set, after: set) -> Change:
    return Change(len(before), len(after - before), len(before - after))


def test_differences_are_counted_as_plain_python_counts_them(nation):
    home, _ = nation
    before, held = partition(home), held_edges(home)
    trial = try_model(home, use(home, most_records=CAP, link=14.0))
    after, tried = tried_partition(trial), tried_edges(trial)

    def laid(rows: list[tuple]) -> set[tuple]:
        return {row[:2] for row in rows if row[4] == "link" and row[5] is None}

    def review(rows: list[tuple]) -> set[tuple]:
        return {row[:2] for row in rows if row[4] == "review"}

    told = trial.differences
    assert told.persons == change(before, after)
    assert told.pairs == change(pairs(before), pairs(after))
    assert told.links == change(laid(held), laid(tried))
    assert told.review == change(review(held), review(tried))
    assert min(told.persons.lost, told.pairs.lost, told.links.lost, told.review.gained) > 0
    fellows = {record: part for part in before for record in part}
    moved = {record for part in after for record in part if fellows[record] != part}
    assert told.records_moved == len(moved)
    assert {f"{row['force']}/{row['source_record_id']}" for row in trial.moved.to_dicts()} == moved


def test_a_judgement_that_waits_counts_whatever_the_model_says(home):
    store(home, FIRST, {"kent/1000": ANA, "durham/1000": ANA})
    link(home, FIRST)
    model_id = small_model().model_id
    assert len(tried_partition(try_model(home, model_id))) == 1
    decide(home, [[(None, [(("kent/1", "durham/1"), "not_same", "ann")])]], 0)
    trial = try_model(home, model_id)
    assert trial.waiting_judgements == 1
    assert len(tried_partition(trial)) == 2
    assert trial.edges["cut"].to_list() == ["judged not the same"]


def test_a_trial_notes_who_linked_last_and_who_links_next(home):
    store(home, FIRST, {"kent/1": ANA})
    link(home, FIRST)
    first, other = small_model().model_id, use(home, link=7.0)
    trial = try_model(home, other)
    assert (trial.night, trial.present_model_id, trial.model_in_use) == (FIRST, first, first)
    with writer(home, "test") as con:
        approve_model(con, home, other, "ann", "its reliability test")
    trial = try_model(home, other)
    assert (trial.present_model_id, trial.model_in_use) == (first, other)


def test_what_was_loaded_anew_for_the_night_that_is_linked_waits_too(home):
    """Such a night is linked again, with its own rows: a trial does not take them for linked."""
    bea, model_id = ANA | {"forename": "BEA", "phone": "2"}, small_model().model_id
    store(home, FIRST, {"kent/1": ANA, "kent/2": bea, "kent/3": bea})
    link(home, FIRST)
    assert try_model(home, model_id).waiting_records == 0
    changed = {"durham/4": ANA, "kent/2": bea | {"phone": "3"}, "kent/3": None}
    for number, (name, person) in enumerate(changed.items(), 1):
        store(home, FIRST, {name: person})
        assert try_model(home, model_id).waiting_records == number
    store(home, FIRST + timedelta(1), {"kent/1": ANA | {"phone": "4"}, "essex/5": ANA})
    assert try_model(home, model_id).waiting_records == 5
    link(home, FIRST)
    assert try_model(home, model_id).waiting_records == 2
    link(home, FIRST + timedelta(1))
    assert try_model(home, model_id).waiting_records == 0


def test_the_hash_of_the_data_follows_the_records(home):
    store(home, FIRST, {"kent/1": ANA})
    link(home, FIRST)
    model_id = small_model().model_id
    hashes = {try_model(home, model_id).data_sha256 for _ in range(2)}
    store(home, FIRST + timedelta(1), {"kent/1": ANA | {"forename": "BEA"}})
    hashes.add(try_model(home, model_id).data_sha256)
    assert len(hashes) == 2


def test_what_cannot_be_tried_is_refused(home):
    model_id = small_model().model_id
    with pytest.raises(UsageError, match="nothing has been linked yet"):
        try_model(home, model_id)
    store(home, FIRST, {"kent/1": ANA})
    link(home, FIRST)
    with pytest.raises(UsageError, match=f"no model nothing. Models: {model_id}"):
        try_model(home, "nothing")
    with writer(home, "test") as con:
        con.execute("INSERT INTO governance.model_register BY NAME SELECT * REPLACE ('o-1' AS "
                    "model_id, 'offence' AS entity) FROM governance.model_register")  # fmt: skip
    with pytest.raises(UsageError, match="o-1 is a model of offence"):
        try_model(home, "o-1")
    (home.root / "models" / model_id / "scoring.sql").write_text("SELECT 1")
    with pytest.raises(DamageError, match="not those that were made"):
        try_model(home, model_id)


def test_where_there_is_no_state_none_is_made(tmp_path):
    with pytest.raises(UsageError, match="there is no state"):
        try_model(Home.of(tmp_path / "none"), "person-1")
    assert not (tmp_path / "none").exists()
