"""A wrong merge undone, from the command to the store that is published next."""

import tempfile
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from console.explain import tell_explanation
from console.link_judge import tell_judgement
from console.link_unmerge import Asked, undo_merge
from console.model_approval import tell_approval
from console.model_training import tell_relink
from linkage.judgements.journal import read_journal
from linkage.persons import apply_decisions
from tests.console.published import published, run
from tests.linkage.small_model import FIRST, ask, partition, small_model, store, use_model
from warehouse.errors import DiskError, StoreError, UsageError
from warehouse.home import Home
from warehouse.state import lock

SECOND, THIRD = FIRST + timedelta(1), FIRST + timedelta(2)
FATHER, SON, CLERK = "durham/niche/1", "kent/niche/7", "kent/niche/8"
MAN = {"forename": "JOHN", "surname": "ASH", "birth_date": date(1960, 3, 14), "phone": "1"}
OTHER = {"forename": "BO", "surname": "ELM", "birth_date": date(1970, 1, 2), "phone": "2"}


@pytest.fixture
def home():
    """Three records that the model joins, and two that it joins rightly, published."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home.of(folder)
        use_model(home, small_model())
        store(home, FIRST, {"durham/1": MAN, "kent/7": MAN, "kent/8": MAN,
                            "essex/1": OTHER, "essex/2": OTHER})  # fmt: skip
        run(home, FIRST)
        yield home


def undo(home: Home, *records: str, merged: str | None = None) -> str:
    said: list[str] = []
    asked = Asked(person_of(home, "durham"), records, merged, "father and son", "ann")
    undo_merge(home, asked, said.append, is_dry=False, as_json=False)
    return "\n".join(said)


def person_of(home: Home, force: str) -> str:
    query = "SELECT person_id FROM linkage.cluster JOIN linkage.record_key USING (record) "
    return ask(home, query + f"WHERE force = '{force}' ORDER BY ALL")[0][0]


def id_of(home: Home, name: str) -> str:
    """The person of a record, ``force/source_record_id``."""
    query = "SELECT person_id FROM linkage.cluster JOIN linkage.record_key USING (record) "
    return ask(home, query + f"WHERE force || '/' || source_record_id = '{name}'")[0][0]


def test_the_ledger_follows_at_once_and_the_next_store_shows_it(home):
    whole, others = person_of(home, "durham"), person_of(home, "essex")
    said = undo(home, SON, CLERK)
    came_off, stayed = person_of(home, "kent"), person_of(home, "durham")
    assert f"{came_off} now holds {SON}, {CLERK}" in said
    assert f"{stayed} now holds {FATHER}" in said
    # The id stays with the larger side.
    assert came_off == whole
    assert ask(home, f"SELECT night, person_id, event, other_person_id, records, cause "
                     f"FROM link.identity_event WHERE night > DATE '{FIRST}'") == [
        (SECOND, stayed, "split", whole, 1, "judgement"),
    ]  # fmt: skip
    # Done again it is refused, with who did it.
    says = "parted from others already, by ann"
    with pytest.raises(UsageError, match=says):
        undo_merge(home, Asked(whole, [SON, CLERK], None, "father and son", "bob"), print,
                   is_dry=False, as_json=False)  # fmt: skip
    # Nothing else changed, and the store stands until the next is published.
    assert person_of(home, "essex") == others
    assert published(home, "SELECT count(*) FROM core.person") == [(2,)]

    run(home, SECOND)
    assert partition(home) == {
        frozenset({"durham/1"}), frozenset({"kent/7", "kent/8"}), frozenset({"essex/1", "essex/2"}),
    }  # fmt: skip
    assert published(home, "SELECT record_count FROM core.person ORDER BY 1") == [(1,), (2,), (2,)]
    assert published(home, "SELECT DISTINCT verdict, judged_by, source FROM link.judgement") == [
        ("not_same", "ann", "unmerge")
    ]
    cut = published(home, "SELECT force_l, force_r FROM link.person_edge WHERE cut IS NOT NULL")
    assert cut == [("durham", "kent"), ("durham", "kent")]


def test_what_others_decided_meanwhile_waits_for_the_night(home):
    """Who takes a decision back before the night finds that it never counted."""
    others, whole = person_of(home, "essex"), person_of(home, "durham")
    tell_judgement(home, "essex/niche/1", "essex/niche/2", "not_same", "two men", "bob", print)
    tell_judgement(home, FATHER, "essex/niche/1", "same", "one tattoo", "bob", print)
    before = ask(home, "SELECT * FROM linkage.cluster ORDER BY ALL")
    undo(home, SON, CLERK)
    assert id_of(home, "essex/1") == id_of(home, "essex/2") == others
    assert ask(home, "SELECT DISTINCT judged_by, source FROM link.judgement") == [
        ("ann", "unmerge")
    ]
    moved = ask(home, "SELECT * FROM linkage.cluster ORDER BY ALL")
    assert {row[-1] for row in before} - {row[-1] for row in moved} <= {whole}
    for pair in (("essex/niche/1", "essex/niche/2"), (FATHER, "essex/niche/1")):
        tell_judgement(home, *pair, "unsure", "looked again", "bob", print)
    run(home, SECOND)
    told = f"SELECT event FROM link.identity_event WHERE person_id = '{others}' AND night > "
    assert published(home, f"{told} DATE '{FIRST}'") == []
    assert published(home, "SELECT count(*) FROM link.judgement WHERE judged_by = 'bob'") == [(4,)]


def test_an_unmerge_that_waits_is_applied_whole_when_it_is_asked_again(home):
    """What it took back of a chain through a record that is gone, too."""
    tell_judgement(home, FATHER, "essex/niche/1", "same", "one tattoo", "ann", print)
    tell_judgement(home, "essex/niche/1", SON, "same", "one tattoo", "ann", print)
    run(home, SECOND)
    store(home, THIRD, {"essex/1": None})
    run(home, THIRD)
    asked, said = Asked(person_of(home, "durham"), [SON], None, "father and son", "ann"), []
    with lock(home, "a night"), pytest.MonkeyPatch.context() as patched:
        patched.setattr("console.link_unmerge.PATIENCE_SECONDS", 0.0)
        undo_merge(home, asked, said.append, is_dry=False, as_json=False)
    assert "the ledger does not follow at once" in "\n".join(said)
    assert person_of(home, "kent") == person_of(home, "durham")
    undo(home, SON)
    assert id_of(home, "kent/7") != id_of(home, "durham/1")
    verdicts = ask(home, "SELECT DISTINCT verdict FROM link.judgement WHERE source = 'unmerge'")
    assert sorted(verdicts) == [("not_same",), ("unsure",)]


def test_the_records_that_came_with_a_superseded_id_come_off_again(home):
    apart = {"forename": "SAM", "surname": "OAK", "birth_date": date(1990, 5, 6), "phone": "3"}
    store(home, SECOND, {"wiltshire/3": apart, "wiltshire/4": apart})
    run(home, SECOND)
    came = person_of(home, "wiltshire")
    store(home, THIRD, {"wiltshire/3": MAN, "wiltshire/4": MAN})
    run(home, THIRD)
    assert person_of(home, "wiltshire") == person_of(home, "durham")
    undo(home, merged=came)
    assert {
        frozenset({"durham/1", "kent/7", "kent/8"}), frozenset({"wiltshire/3", "wiltshire/4"})
    } <= partition(home)  # fmt: skip


def test_an_id_that_was_told_and_taken_back_before_the_night_answers(home):
    whole = person_of(home, "durham")
    undo(home, SON, CLERK)
    [told] = {person_of(home, "kent"), person_of(home, "durham")} - {whole}
    for record in (SON, CLERK):
        tell_judgement(home, FATHER, record, "unsure", "same custody photograph", "ann", print)
    apply_decisions(home)
    asked = Asked(told, [SON], None, "father and son", "ann")
    with pytest.raises(UsageError, match=f"{told} is superseded: it was merged into {whole}"):
        undo_merge(home, asked, print, is_dry=True, as_json=False)
    run(home, SECOND)
    assert published(home, "SELECT event FROM link.identity_event WHERE person_id = "
                     f"'{told}' ORDER BY event_id") == [("split",), ("merged",)]  # fmt: skip
    now = f"SELECT person_id, records FROM link.person_now('{told}')"
    assert published(home, now) == [(whole, 3)]
    said = explained(home, told)
    assert f"The id {told} is superseded: the records that it held last belong to {whole}" in said
    with pytest.raises(UsageError, match=f"it was merged into {whole} in the night that gave it"):
        undo(home, merged=told)
    # It held nothing on any night.
    assert (told,) not in published(home, "SELECT person_id FROM link.person_membership")
    # Whatever becomes of that person since, it answers.
    store(home, THIRD, {"durham/1": OTHER, "kent/7": OTHER, "kent/8": OTHER})
    run(home, THIRD)
    [(joined,)] = published(home, "SELECT DISTINCT person_id FROM core.person_record")
    assert published(home, now) == [(joined, 5)]
    assert published(home, "SELECT * FROM link.person_now('P-unknown')") == []


def test_what_was_taken_back_of_an_unmerge_that_waits_is_not_applied_by_another(home, monkeypatch):
    monkeypatch.setattr("console.link_unmerge.PATIENCE_SECONDS", 0.1)
    person = person_of(home, "durham")
    asked = Asked(person, [FATHER, SON], None, "three men", "ann")
    with lock(home, "a night"):
        undo_merge(home, asked, print, is_dry=False, as_json=False)
    tell_judgement(home, SON, CLERK, "unsure", "same custody photograph", "ann", print)
    asked = Asked(person, [FATHER], None, "father and son", "bob")
    undo_merge(home, asked, print, is_dry=False, as_json=False)
    assert partition(home) >= {frozenset({"durham/1"}), frozenset({"kent/7", "kent/8"})}


def test_undone_again_before_the_store_knows_what_was_built_is_found_by_the_records(home):
    store(home, SECOND, {"durham/2": MAN})
    run(home, SECOND)
    whole = person_of(home, "durham")
    undo(home, SON, CLERK)
    # Of as many records on either side the one that came first keeps the id.
    [parted] = {person_of(home, "durham"), person_of(home, "kent")} - {whole}
    off = SON if parted == person_of(home, "kent") else FATHER
    with duckdb.connect(str(home.current.resolve())) as con:
        con.execute("INSERT INTO mart.cross_force_offender BY NAME SELECT ? AS person_id", [whole])
    said: list[str] = []
    asked = Asked(parted, [off], None, "two sons", "ann")
    undo_merge(home, asked, said.append, is_dry=True, as_json=False)
    lines = "\n".join(said).splitlines()
    assert f"There they are {whole}: they were parted since." in lines
    assert f"  {whole}  1 record, {FIRST} to today" in lines
    assert "rows of mart.cross_force_offender: 1" in lines


def test_decisions_that_a_busy_home_could_not_apply_are_applied_by_the_next_night(
    home, monkeypatch
):
    monkeypatch.setattr("console.link_unmerge.PATIENCE_SECONDS", 0.1)
    person = person_of(home, "durham")
    said: list[str] = []
    with lock(home, "a night"):
        asked = Asked(person.swapcase(), [FATHER.upper()], None, "father and son", "ann")
        undo_merge(home, asked, said.append,
                   is_dry=False, as_json=False)  # fmt: skip
    assert "the next night takes them in" in said[-1]
    assert frozenset({"durham/1", "kent/7", "kent/8"}) in partition(home)
    run(home, SECOND)
    assert frozenset({"kent/7", "kent/8"}) in partition(home)


def test_a_stranger_that_an_unmerge_would_join_is_told_and_not_joined_at_once(home):
    near = {"forename": "BO", "surname": "ELM", "phone": "5"}
    births = {"durham/5": date(1960, 5, 5), "essex/6": None, "wiltshire/7": date(1990, 8, 9)}
    store(home, SECOND, {name: near | {"birth_date": birth} for name, birth in births.items()})
    run(home, SECOND)
    [whole] = [each for each in partition(home) if "essex/6" in each]
    [off] = whole - {"essex/6"}
    [stranger] = births.keys() - whole
    force, number = off.split("/")
    asked = Asked(id_of(home, off), [f"{force}/niche/{number}"], None, "two births", "ann")
    before, said = partition(home), []
    undo_merge(home, asked, said.append, is_dry=True, as_json=False)
    undo_merge(home, asked, said.append, is_dry=False, as_json=False)
    warned = [line for line in said if line.startswith("LOOK AGAIN")]
    assert len(warned) == 2
    assert all(f"of {id_of(home, stranger)}" in line for line in warned)
    assert said[-1].startswith("the ledger does not follow at once, for you to look again first")
    assert partition(home) == before
    # Whoever looked again takes the same command for yes.
    undo_merge(home, asked, said.append, is_dry=False, as_json=False)
    assert {frozenset({"essex/6", stranger}), frozenset({off})} < partition(home)


def test_where_the_next_night_links_everything_anew_the_ledger_waits_and_it_is_said_why(home):
    first, other = small_model(), small_model(link=7.0)
    use_model(home, other)
    tell_approval(home, other.model_id, "reliability test", "ann", lambda _: None)
    says = "the ledger does not follow at once: {}, so the next night links everything anew"
    said = undo(home, SON)
    why = f"the model {other.model_id} is in use, and {first.model_id} linked the last night"
    assert says.format(why) in said
    assert len(partition(home)) == 2
    tell_relink(home, lambda _: None)
    assert says.format("crimelink link relink asked for it") in undo(home, CLERK)
    run(home, SECOND)
    assert frozenset({"durham/1"}) in partition(home)
    assert ask(home, "SELECT model_id FROM linkage.mark") == [(other.model_id,)]


def test_where_the_disk_is_full_it_is_said_what_is_kept_and_the_next_night_does_it(
    home, monkeypatch
):
    def full(*_: object) -> None:
        raise duckdb.TransactionException("Failed to commit: No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("linkage.persons.apply_decisions", full)
        with pytest.raises(DiskError, match="the decisions are written down") as told:
            undo(home, SON, CLERK)
    assert told.value.exit_code == 3
    run(home, SECOND)
    assert frozenset({"durham/1"}) in partition(home)


def test_where_the_gazetteer_is_another_the_ledger_waits_and_it_is_said(home):
    home.reference.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame({"postcode": ["AB1 2CD"], "latitude": [51.0], "longitude": [0.0]})
    frame.write_parquet(home.reference / "postcode.parquet")
    said = undo(home, SON)
    assert "at once: crimelink, DuckDB or the gazetteer of postcodes is another than when" in said


def test_where_no_night_could_link_nothing_is_written_down(home):
    [model] = (home.root / "models").iterdir()
    (model / "scoring.sql").write_text("SELECT 1")
    with pytest.raises(StoreError, match="not those that were made"):
        undo(home, SON)
    assert not read_journal(home).judgements


def explained(home: Home, *words: str) -> str:
    said: list[str] = []
    tell_explanation(home, words, as_json=False, html=None, has_values=False, tell=said.append,
                     warn=said.append)  # fmt: skip
    return " ".join(line.strip(" !") for line in said)


def test_until_the_next_store_explain_tells_of_the_unmerge_and_whose_the_records_are(home):
    whole = person_of(home, "durham")
    assert "The ledger" not in explained(home, SON)
    undo(home, SON, CLERK)
    came_off, stayed = person_of(home, "kent"), person_of(home, "durham")
    moved = f"{SON}, {CLERK} of {came_off}" if stayed == whole else f"{FATHER} of {stayed}"
    for words in ([whole], [FATHER]):
        said = explained(home, *words)
        assert f"{FATHER} and {SON} not the same (link unmerge)" in said
        assert f"The ledger holds already: {moved}. " in said
    assert "The ledger holds already" in explained(home, FATHER, SON)
    run(home, SECOND)
    [parted] = {came_off, stayed} - {whole}
    said = explained(home, parted)
    assert "The ledger" not in said
    assert f"linked since {FIRST}, under today's id since {SECOND}" in said
    assert "under today's id" not in explained(home, whole)


def test_two_who_differ_before_the_next_night_are_told_to_contradict_each_other(home):
    for by, verdict in (("ann", "same"), ("bob", "not same")):
        tell_judgement(home, FATHER, SON, verdict, "father and son", by, print)
    said = explained(home, FATHER)
    assert f"CONTRADICTION, from the next night on: {FATHER} and {SON}, ann said the same" in said
