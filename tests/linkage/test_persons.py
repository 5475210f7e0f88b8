"""The link step, night after night, on a few records and a model of four comparisons."""

import pkgutil
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from functools import partial

import duckdb
import polars as pl
import pytest

from linkage import groups, persons
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.model_file import approve_model
from linkage.persons import apply_decisions, link
from linkage.record_key import RecordKey
from tests.linkage.small_model import FIRST, ask, partition, small_model, store, use_model
from warehouse.errors import StoreError
from warehouse.home import Home
from warehouse.night import close_night, read_model
from warehouse.state import writer

SECOND, THIRD = FIRST + timedelta(1), FIRST + timedelta(2)
BORN, LATER = date(1988, 2, 29), date(1960, 5, 5)
ANA = {"forename": "ANA", "surname": "ASH", "birth_date": BORN, "phone": "1"}
BEA = {"forename": "BEA", "surname": "ELM", "birth_date": LATER, "phone": "2"}

LINK = """
import sys
from datetime import date
from linkage.persons import link
from warehouse.home import Home
link(Home.of(sys.argv[1]), date.fromisoformat(sys.argv[2]))
print("pandas" in sys.modules)
"""


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    return home


def night(home: Home, on: date, **people) -> None:
    """Store and link; ``kent_1`` is record 1 of Kent."""
    store(home, on, {name.replace("_", "/"): person for name, person in people.items()})
    link(home, on)


def events(home: Home, on: date) -> list[tuple]:
    return ask(
        home,
        "SELECT event, records, cause FROM link.identity_event "
        f"WHERE night = '{on}' ORDER BY event_id",
    )


def ids(home: Home) -> dict[str, str]:
    return dict(ask(home, "SELECT force || '/' || source_record_id, person_id FROM linkage.cluster "
                    "JOIN linkage.record_key USING (record)"))  # fmt: skip


def decide(
    home: Home, one: str, other: str, verdict: str, by: str = "ann", minute: int = 0
) -> None:
    keys = []
    for name in (one, other):
        force, *system, record = name.split("/")
        keys.append(RecordKey(force, "/".join(system) or "niche", record))
    at = datetime(2026, 1, 12, 9, minute, tzinfo=UTC)
    append_judgements(home, [judge(*keys, verdict, by, at, "as the file shows", "review")])


def test_records_of_two_forces_become_one_person_and_the_edge_says_why(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA, kent_2=BEA)
    assert partition(home) == {frozenset({"kent/1", "durham/1"}), frozenset({"kent/2"})}
    [(weight, total, levels, band)] = ask(
        home, "SELECT match_weight, list_sum(weights), levels, band FROM linkage.edge"
    )
    assert (weight, levels, band) == (total, [0, 0, 0, 0], "link")
    assert events(home, FIRST) == [("created", 2, "new record"), ("created", 1, "new record")] or (
        sorted(events(home, FIRST)) == [("created", 1, "new record"), ("created", 2, "new record")]
    )


def test_a_step_run_again_changes_nothing(home):
    night(home, FIRST, kent_1=ANA)
    night(home, SECOND, durham_1=ANA, kent_2=BEA)
    tables = ("edge", "cluster", "membership", "mark", "cut", "tie")
    everything = [ask(home, f"FROM linkage.{table} ORDER BY ALL") for table in tables]
    told = ask(home, "FROM link.identity_event") + ask(home, "FROM link.linkage_night")
    link(home, SECOND)
    assert [ask(home, f"FROM linkage.{table} ORDER BY ALL") for table in tables] == everything
    assert ask(home, "FROM link.identity_event") + ask(home, "FROM link.linkage_night") == told


STEPS = (
    "linkage.changes.gather_features", "linkage.features.queries.other_names",
    "linkage.changes.finish_features", "linkage.changes.find_delta", "linkage.persons.find_pairs",
    "linkage.persons.score_delta", "linkage.persons.take_in_judgements",
    "linkage.persons.keep_ledger", "linkage.persons.write_mark",
)  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_a_night_given_too_little_memory_is_done_again_and_doubles_nothing(home, monkeypatch, step):
    night(home, FIRST, kent_1=ANA, kent_2=BEA)
    module, name = step.rsplit(".", 1)
    done = getattr(pkgutil.resolve_name(module), name)
    tries = []

    def run_out(*args, **more):
        made = done(*args, **more)
        tries.append(step)
        if len(tries) == 1:
            raise duckdb.OutOfMemoryException("all of it is used")
        return made

    monkeypatch.setattr(step, run_out)
    night(home, SECOND, durham_1=ANA, kent_2=None, kent_3=BEA)
    assert len(tries) == 2
    assert partition(home) == {frozenset({"kent/1", "durham/1"}), frozenset({"kent/3"})}
    told = ["created", "joined", "retired"]
    assert sorted(event for event, *_ in events(home, SECOND)) == told
    assert ask(home, "SELECT count(*), max(run) FROM link.linkage_night") == [(2, 2)]


@pytest.mark.parametrize(
    "error", [duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.IOException]
)
def test_a_night_that_cannot_be_committed_or_laid_aside_is_done_again(home, monkeypatch, error):
    night(home, FIRST, kent_1=ANA)
    tries = []

    @contextmanager
    def fails_once(con):
        con.execute("BEGIN")
        yield
        tries.append(error)
        con.execute("ROLLBACK" if len(tries) == 1 else "COMMIT")
        if len(tries) == 1:
            raise error("Failed to commit: could not allocate block of size 256.0 KiB")

    monkeypatch.setattr(persons, "transaction", fails_once)
    night(home, SECOND, durham_1=ANA)
    assert len(tries) == 2
    assert partition(home) == {frozenset({"kent/1", "durham/1"})}
    assert events(home, SECOND) == [("joined", 1, "new record")]


def test_memory_follows_what_was_touched_and_the_second_try_has_all_there_was(home, monkeypatch):
    night(home, FIRST, kent_1=ANA, kent_2=BEA)
    touched, limits = [], []
    little, ledger = persons.in_little_memory, persons.keep_ledger

    def noted(con, records, run):
        touched.append(records)
        return little(con, records, run)

    def run_out(con, *args, **more):
        limits.extend(con.execute("SELECT current_setting('memory_limit')").fetchall())
        if len(limits) == 1:
            raise duckdb.OutOfMemoryException("all of it is used")
        ledger(con, *args, **more)

    monkeypatch.setattr(persons, "in_little_memory", noted)
    monkeypatch.setattr(persons, "keep_ledger", run_out)
    night(home, SECOND, durham_1=ANA, kent_2=None, kent_3=BEA)
    assert touched == [3]
    assert limits[0] != limits[1]
    said = [(home.night(each) / "journal.jsonl").read_text() for each in (FIRST, SECOND)]
    assert ['"done_twice": "OutOfMemoryException"' in each for each in said] == [False, True]


def test_the_guards_look_at_what_is_left_of_a_component_that_is_too_large(home, monkeypatch):
    """A chain of thousands of records has millions of pairs, and its parts hardly any."""
    looked_at, keep = [], groups._keep_apart

    def noted(con, kept, *, is_all):
        largest = "SELECT max(n) FROM (SELECT count(*) AS n FROM grouped GROUP BY component)"
        looked_at.extend(con.execute(largest).fetchall())
        return keep(con, kept, is_all=is_all)

    monkeypatch.setattr(groups, "_keep_apart", noted)
    monkeypatch.setattr(groups, "loosen", partial(loosen_beyond, 3))
    night(home, FIRST, **{f"kent_{n}": ANA for n in range(1, 8)})
    assert looked_at == [(1,)]
    assert ask(home, "SELECT count(DISTINCT component), count(DISTINCT person_id) "
                     "FROM linkage.cluster") == [(1, 7)]  # fmt: skip


def loosen_beyond(most, records, links, component):
    """Everything is taken away of components of more than so many records."""
    assert len(records) > most
    return links.clear(), links.with_columns(reason=pl.lit("too many records for one person"))


def test_only_what_a_night_works_out_of_its_own_tables_is_shared_out_small(home, monkeypatch):
    shared = []

    def noted(con, *, is_small=True):
        shared.append(is_small)
        return nullcontext()

    for module in ("changes", "delta", "edges"):
        monkeypatch.setattr(f"linkage.{module}.in_small_shares", noted)
    night(home, FIRST, kent_1=ANA, kent_2=ANA)
    assert shared == [False] * 3
    night(home, SECOND, durham_1=ANA)
    assert shared == [False] * 3 + [True] * 3


def test_a_record_that_joins_leaves_the_id_as_it_is(home):
    night(home, FIRST, kent_1=ANA)
    before = ids(home)["kent/1"]
    night(home, SECOND, durham_1=ANA)
    assert set(ids(home).values()) == {before}
    assert events(home, SECOND) == [("joined", 1, "new record")]


def test_a_changed_record_retires_its_edges_and_splits_off(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA)
    before = ids(home)
    night(home, SECOND, durham_1=BEA)
    after = ids(home)
    assert ask(home, "FROM linkage.edge") == []
    assert len(set(after.values())) == 2
    assert before["kent/1"] in after.values()
    assert events(home, SECOND) == [("split", 1, "changed record")]


def test_persons_that_a_new_record_ties_are_merged_into_the_older_and_never_get_that_id_again(home):
    half = {**ANA, "forename": None, "birth_date": None}
    night(home, FIRST, kent_1=ANA)
    night(home, SECOND, durham_1=half | {"surname": "OAK", "birth_date": LATER, "forename": "BEA"})
    first, second = ids(home)["kent/1"], ids(home)["durham/1"]
    night(home, THIRD, durham_1=ANA)
    assert set(ids(home).values()) == {first}
    assert events(home, THIRD) == [("merged", 1, "changed record")]
    night(home, THIRD + timedelta(1), durham_1=BEA)
    assert ids(home)["durham/1"] not in (first, second)


def test_the_row_of_a_night_counts_the_persons_of_the_whole_home(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA, kent_2=BEA)
    night(home, SECOND, durham_1=BEA, kent_3=ANA | {"surname": "OAK"})
    night(home, THIRD, kent_1=None, essex_1=BEA)
    told = ask(home, "SELECT persons FROM link.linkage_night ORDER BY run DESC LIMIT 1")
    assert told == ask(home, "SELECT count(DISTINCT person_id) FROM linkage.cluster")


def test_a_night_that_brings_nothing_has_its_row_and_says_so(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA)
    link(home, SECOND)
    rows = ask(home, "SELECT night, records, new_records, pairs, ids_changed, persons "
               "FROM link.linkage_night ORDER BY run")  # fmt: skip
    assert rows[-1] == (SECOND, 2, 0, 0, 0, 1)


def test_a_person_whose_last_record_is_deleted_is_retired_and_a_record_that_returns_is_known(home):
    night(home, FIRST, kent_1=ANA, kent_2=BEA)
    number = ask(home, "SELECT record FROM linkage.record_key WHERE source_record_id = '2'")
    night(home, SECOND, kent_2=None)
    assert events(home, SECOND) == [("retired", 1, "deleted record")]
    night(home, THIRD, kent_2=BEA)
    assert ask(home, "SELECT record FROM linkage.record_key WHERE source_record_id = '2'") == number
    spans = ask(home, "SELECT valid_from, valid_to FROM linkage.membership JOIN linkage.record_key "
                "USING (record) WHERE source_record_id = '2' ORDER BY 1")  # fmt: skip
    assert spans == [(FIRST, SECOND), (THIRD, None)]


def test_an_edge_that_says_the_same_keeps_the_night_that_scored_it(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA)
    night(home, SECOND, durham_1=ANA | {"postcode": "ZE1 1AA"}, kent_2=BEA)
    assert ask(home, "SELECT night FROM linkage.edge") == [(FIRST,)]


def test_a_block_that_grows_too_large_and_shrinks_again_takes_its_edges_and_gives_them_back(
    tmp_path,
):
    home = Home.of(tmp_path / "capped")
    use_model(home, small_model(most_records=3))
    other = {"forename": "CY", "surname": "OAK", "phone": "1"}
    night(home, FIRST, kent_1=ANA | {"birth_date": None, "surname": None}, durham_1=other)
    edges = ask(home, "FROM linkage.edge")
    night(home, SECOND, essex_1=BEA | {"phone": "1"}, essex_2=BEA | {"phone": "1"})
    capped = (
        "SELECT rescored_records, capped_keys FROM link.linkage_night ORDER BY run DESC LIMIT 1"
    )
    assert ask(home, capped) == [(2, 1)]
    night(home, THIRD, essex_1=None, essex_2=None)
    assert [row[:5] for row in ask(home, "FROM linkage.edge")] == [row[:5] for row in edges]


def test_a_light_link_between_records_that_others_still_join_is_no_cut(tmp_path):
    """Two records are loosened from sixty; a light link within the sixty goes, and joins nobody."""
    home = Home.of(tmp_path / "large")
    use_model(home, small_model(link=0.0))
    nameless = {"birth_date": BORN, "phone": "1"}
    elsewhere = {"surname": "ASH", "birth_date": BORN}
    people = {f"kent/{number}": nameless for number in range(58)}
    people |= {"essex/1": nameless | {"forename": "ANA", "surname": "ASH"},
               "essex/2": nameless | {"forename": "BEA", "surname": "ELM"},
               "durham/1": elsewhere, "durham/2": elsewhere}  # fmt: skip
    store(home, FIRST, people)
    link(home, FIRST)
    assert sorted(map(len, partition(home))) == [1, 1, 60]
    joined = "count(*) FILTER (l.person_id = r.person_id)"
    assert ask(home, f"SELECT count(*), {joined} FROM linkage.cut "
               "JOIN linkage.cluster AS l ON l.record = record_l "
               "JOIN linkage.cluster AS r ON r.record = record_r") == [(3, 0)]  # fmt: skip


def test_judgements_join_and_keep_apart_whatever_the_model_says(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA, kent_2=BEA)
    decide(home, "kent/1", "durham/1", "not_same")
    decide(home, "durham/1", "kent/2", "same")
    night(home, SECOND)
    assert partition(home) == {frozenset({"kent/1"}), frozenset({"durham/1", "kent/2"})}
    assert {cause for _, _, cause in events(home, SECOND)} == {"judgement"}
    assert ask(home, "SELECT reason FROM linkage.cut") == [("judged not the same",)]


TIES = """
SELECT l.force, l.source_system, r.force, r.source_system, is_same FROM linkage.tie
JOIN linkage.record_key AS l ON l.record = record_l
JOIN linkage.record_key AS r ON r.record = record_r
"""


def test_a_decision_ties_the_record_of_the_system_that_it_names(home):
    """Both systems' records of that id are named by some decision."""
    store(home, FIRST, {"kent/1": ANA, "kent/cctv/1": BEA, "durham/1": ANA, "durham/cctv/1": BEA})
    decide(home, "kent/1", "durham/cctv/1", "not_same")
    decide(home, "kent/cctv/1", "durham/1", "not_same")
    link(home, FIRST)
    ties = {frozenset((tie[:2], tie[2:4])) for tie in ask(home, TIES)}
    assert ties == {
        frozenset({("kent", "niche"), ("durham", "cctv")}),
        frozenset({("kent", "cctv"), ("durham", "niche")}),
    }


def test_a_record_that_is_gone_is_tied_to_nobody_until_it_returns(home):
    decide(home, "kent/1", "durham/1", "same")
    night(home, FIRST, kent_1=ANA, durham_1=BEA, essex_1=BEA)
    assert frozenset({"kent/1", "durham/1", "essex/1"}) in partition(home)
    night(home, SECOND, durham_1=None)
    assert ask(home, "FROM linkage.tie") == []
    assert partition(home) == {frozenset({"kent/1"}), frozenset({"essex/1"})}
    night(home, THIRD, durham_1=BEA)
    assert len(ask(home, "FROM linkage.tie")) == 1
    assert partition(home) == {frozenset({"kent/1", "durham/1", "essex/1"})}


def test_what_another_model_moves_says_so_and_is_a_comparison_of_everything(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA)
    other = small_model(link=99.0)
    use_model(home, other)
    with writer(home, "test") as con:
        approve_model(con, home, other.model_id, "ann", "its reliability test")
    link(home, SECOND)
    assert [(event, cause) for event, _, cause in events(home, SECOND)] == [("split", "model")]
    assert ask(home, "SELECT verified_on FROM linkage.mark") == [(SECOND,)]


def test_what_people_decide_says_so_though_another_model_comes_with_it(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA, kent_2=BEA, durham_2=BEA)
    other = small_model(link=99.0)
    use_model(home, other)
    with writer(home, "test") as con:
        approve_model(con, home, other.model_id, "ann", "its reliability test")
    decide(home, "kent/1", "durham/1", "not_same")
    link(home, SECOND)
    assert sorted(cause for _, _, cause in events(home, SECOND)) == ["judgement", "model"]


def test_judgements_outlive_another_model(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA)
    decide(home, "kent/1", "durham/1", "not_same")
    night(home, SECOND)
    other = small_model(link=7.0)
    use_model(home, other)
    with writer(home, "test") as con:
        approve_model(con, home, other.model_id, "ann", "its reliability test")
    link(home, THIRD)
    assert ask(home, "SELECT model_id FROM linkage.mark") == [(other.model_id,)]
    assert len(partition(home)) == 2


def test_a_contradiction_is_told_and_the_records_are_kept_apart(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA)
    decide(home, "kent/1", "durham/1", "same", "ann")
    decide(home, "kent/1", "durham/1", "not_same", "bob")
    night(home, SECOND)
    assert len(partition(home)) == 2
    assert ask(home, "SELECT kind FROM link.judgement_conflict") == [("pair",)]
    decide(home, "kent/1", "durham/1", "unsure", "bob", minute=5)
    night(home, THIRD)
    assert len(partition(home)) == 1
    assert ask(home, "FROM link.judgement_conflict") == []


def test_decisions_are_applied_at_once_and_count_from_the_next_night(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA, kent_2=BEA)
    close_night(home, FIRST, home.store / "versions" / "x.duckdb")
    untouched = ask(home, "SELECT * FROM linkage.membership JOIN linkage.record_key USING (record) "
                    "WHERE source_record_id = '2'")  # fmt: skip
    decide(home, "kent/1", "durham/1", "not_same")
    apply_decisions(home)
    assert len(partition(home)) == 3
    assert ask(home, "SELECT DISTINCT valid_to FROM linkage.membership WHERE valid_to IS NOT NULL"
               ) == [(SECOND,)]  # fmt: skip
    assert untouched == ask(home, "SELECT * FROM linkage.membership JOIN linkage.record_key "
                            "USING (record) WHERE source_record_id = '2'")  # fmt: skip


def test_to_take_in_what_nobody_decided_is_no_night_and_compares_nothing(home, monkeypatch):
    night(home, FIRST, kent_1=ANA)
    close_night(home, FIRST, home.store / "versions" / "x.duckdb")
    waited, state = [], persons.writer

    def opened(home, doing, wait_seconds):
        waited.append(wait_seconds)
        return state(home, doing, wait_seconds)

    monkeypatch.setattr(persons, "writer", opened)
    monkeypatch.setattr(persons, "is_due", lambda _: True)
    monkeypatch.setattr(persons, "verify_links", lambda *_: pytest.fail("a night's comparison"))
    apply_decisions(home)
    assert ask(home, "SELECT count(*) FROM link.linkage_night") == [(1,)]
    assert waited == [3.0]


def test_a_decision_between_a_load_and_its_link_hides_none_of_the_loaded_records(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA)
    close_night(home, FIRST, home.store / "versions" / "x.duckdb")
    store(home, SECOND, {"essex/1": ANA})  # Loaded; the night fails before its link.
    decide(home, "kent/1", "durham/1", "not_same")
    apply_decisions(home)
    night(home, THIRD, kent_2=BEA)
    assert ask(home, "SELECT count(*) FROM linkage.cluster") == [(4,)]


def test_a_week_later_everything_is_linked_anew_and_a_difference_stops_the_night(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA)
    later = FIRST + timedelta(7)
    night(home, later, kent_2=BEA)
    assert ask(home, "SELECT verified_on FROM linkage.mark") == [(later,)]
    with writer(home, "test") as con:
        con.execute("UPDATE linkage.edge SET match_weight = 1")
    with pytest.raises(StoreError, match="1 edges and 0 persons"):
        night(home, later + timedelta(7), kent_3=BEA)


def test_keys_that_count_no_more_are_cleared_away_in_a_week(home):
    night(home, FIRST, kent_1=ANA, durham_1=ANA, kent_2=BEA)
    night(home, SECOND, kent_1=BEA, kent_2=None)
    night(home, THIRD, kent_1=ANA)
    keys = "SELECT count(*), count(DISTINCT (record, key)) FROM linkage.block_key"
    [(written, borne)] = ask(home, keys)
    assert written > borne  # those of the first night beside the same of the third
    night(home, FIRST + timedelta(7))
    assert ask(home, "SELECT count(*) FROM linkage.outdated") == [(0,)]
    each = "SELECT DISTINCT count(*), count(DISTINCT key) FROM linkage.block_key GROUP BY record"
    assert ask(home, each) == [(3, 3)]


def test_the_night_says_which_model_linked_it_and_a_home_of_nobody_has_none(home, tmp_path):
    night(home, FIRST, kent_1=ANA)
    assert read_model(home, FIRST) == small_model().model_id
    empty = Home.of(tmp_path / "empty")
    with writer(empty, "test"):
        pass
    link(empty, FIRST)
    assert read_model(empty, FIRST) is None


def test_a_home_without_a_model_makes_one_that_nobody_has_approved(tmp_path):
    home = Home.of(tmp_path / "new")
    night(home, FIRST, kent_1=ANA, durham_1=ANA, kent_2=BEA)
    assert ask(home, "SELECT status, how, approved_by, first_night FROM governance.model_register"
               ) == [("provisional", "typed", None, FIRST)]  # fmt: skip


def test_a_closed_night_is_left_alone(home):
    store(home, FIRST, {"kent/1": ANA})
    close_night(home, FIRST, home.store / "versions" / "x.duckdb")
    link(home, FIRST)
    assert ask(home, "FROM linkage.membership") == []


def test_a_night_does_without_pandas(home):
    """DuckDB's client imports it for a bound value: a quarter of a night's time at size."""
    night(home, FIRST, kent_1=ANA, kent_2=BEA)
    store(home, SECOND, {"durham/1": ANA, "kent/3": BEA | {"phone": "3"}})
    said = subprocess.run(
        [sys.executable, "-c", LINK, str(home.root), SECOND.isoformat()],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.strip() == "False"
    assert len(partition(home)) == 2
