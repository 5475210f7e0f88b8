"""Records that share the number by which a night finds them are told apart by their keys."""

from datetime import UTC, datetime, timedelta

import pytest

from linkage.judgements import ties
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.model_file import load_model, model_in_use
from linkage.persons import apply_decisions, link
from linkage.record_key import RecordKey
from linkage.verification import count_differences
from linkage.workspace import workspace
from tests.linkage import small_model
from tests.linkage.small_model import FIRST, ask, partition, store, use_model
from warehouse.contract.record_hash import record_hash_sql
from warehouse.home import Home
from warehouse.state import writer

ANA = {"forename": "ANA", "surname": "ASH", "phone": "1"}
BEA = {"forename": "BEA", "surname": "ELM", "phone": "2"}
TWINS = f"CASE WHEN source_record_id IN ('1', '9') THEN 7 ELSE {record_hash_sql()} END::UBIGINT"
# One comes when the other is gone, both are there, one changes, one goes and the other changes.
NIGHTS = (
    {"kent/1": ANA, "kent/2": BEA},
    {"kent/1": None},
    {"kent/9": BEA},
    {"kent/1": ANA},
    {"kent/9": BEA | {"phone": "3"}},
    {"kent/1": None, "kent/9": ANA},
    {"kent/1": ANA},
)


@pytest.mark.parametrize("shared", [TWINS, "7::UBIGINT"], ids=["two records", "every record"])
def test_records_of_one_hash_are_not_taken_for_one_another(tmp_path, monkeypatch, shared):
    monkeypatch.setattr(small_model, "record_hash_sql", lambda: shared)
    home = Home.of(tmp_path / "home")
    use_model(home, small_model.small_model())
    current: dict[str, object] = {}
    for number, people in enumerate(NIGHTS):
        on = FIRST + timedelta(number)
        store(home, on, people)
        link(home, on)
        current = {name: p for name, p in (current | people).items() if p is not None}
        assert {name for names in partition(home) for name in names} == set(current)
        with writer(home, "test") as con, workspace(con):
            model = load_model(home, model_in_use(con))
            assert count_differences(con, home, model) == (0, 0)
    keys = "SELECT source_record_id, record FROM linkage.record_key ORDER BY ALL"
    assert [name for name, _ in ask(home, keys)] == ["1", "2", "9"]


def test_a_record_that_comes_back_has_the_number_that_it_had(tmp_path):
    home = Home.of(tmp_path / "home")
    use_model(home, small_model.small_model())
    for number, people in enumerate(({"kent/1": ANA, "kent/2": BEA}, {"kent/1": None})):
        store(home, FIRST + timedelta(number), people)
        link(home, FIRST + timedelta(number))
    before = ask(home, "FROM linkage.record_key ORDER BY ALL")
    store(home, FIRST + timedelta(2), {"kent/1": ANA})
    link(home, FIRST + timedelta(2))
    assert ask(home, "FROM linkage.record_key ORDER BY ALL") == before
    assert partition(home) == {frozenset({"kent/1"}), frozenset({"kent/2"})}


@pytest.mark.parametrize("shared", [TWINS, "7::UBIGINT"], ids=["two records", "every record"])
def test_a_decision_counts_for_the_records_it_names_alone(tmp_path, monkeypatch, shared):
    for module in (small_model, ties):
        monkeypatch.setattr(module, "record_hash_sql", lambda: shared)
    home = Home.of(tmp_path / "home")
    use_model(home, small_model.small_model())
    store(home, FIRST, {"kent/1": ANA, "kent/2": BEA, "kent/9": BEA | {"phone": "9"}})
    link(home, FIRST)
    assert {len(names) for names in partition(home)} == {1}
    one, other = RecordKey("kent", "niche", "1"), RecordKey("kent", "niche", "2")
    now = datetime.now(UTC)
    append_judgements(home, [judge(one, other, "same", "ann", now, "one tattoo", "review")])
    apply_decisions(home)
    assert partition(home) == {frozenset({"kent/1", "kent/2"}), frozenset({"kent/9"})}
    ties_held = "SELECT count(*), bool_and(is_same) FROM linkage.tie"
    assert ask(home, ties_held) == [(1, True)]
