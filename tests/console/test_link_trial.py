"""``crimelink link evaluate --model``: a model is tried, told about and kept, and nothing moves."""

import csv
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from console.link_evaluate import tell_evaluation
from console.link_measure import add_commands
from console.link_trial import tell_trial
from console.model_approval import tell_approval
from linkage import trials
from linkage.evaluation.trial import Trial, try_model
from linkage.judgements.csv_rows import rearm
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.record_key import RecordKey
from tests.console.published import published, run
from tests.linkage.small_model import FIRST, ask, small_model, store, use_model
from warehouse.contract.governance import MODEL_TRIAL, MODEL_TRIAL_FIGURE
from warehouse.errors import LockedError, UsageError
from warehouse.home import Home
from warehouse.state import writer

SECOND = FIRST + timedelta(1)
BORN = date(1988, 2, 29)
ANA = {"forename": "ANA", "surname": "ASH", "birth_date": BORN, "phone": "1", "sex": "F"}
BEA = {"forename": "BEA", "surname": "ELM", "birth_date": date(1960, 5, 5), "phone": "2"}
# Without a telephone in common kent/b1 and durham/b2 have 11.7 bits.
BEA_TOO = {name: value for name, value in BEA.items() if name != "phone"}
PEOPLE = {"kent/a1": ANA, "durham/a2": ANA, "essex/a3": ANA, "kent/b1": BEA, "durham/b2": BEA_TOO}
TRUTH = {"a1": "ANA", "a2": "ANA", "a3": "ANA", "b1": "BEA", "b2": "BEA"}
KEPT = {MODEL_TRIAL.qualified, MODEL_TRIAL_FIGURE.qualified}


@pytest.fixture
def home(tmp_path) -> Home:
    """With a store of one night, linked with a model that joins on 12 bits; one that joins on 4
    is there too."""
    home = Home.of(tmp_path / "home")
    use_model(home, small_model(link=12.0))
    store(home, FIRST, PEOPLE)
    run(home, FIRST)
    use_model(home, small_model(link=4.0))
    return home


PRESENT, OTHER = small_model(link=12.0).model_id, small_model(link=4.0).model_id


@pytest.fixture
def truth(tmp_path) -> Path:
    path = tmp_path / "labels.csv"
    rows = [f"{record},{person}" for record, person in TRUTH.items()]
    path.write_text("source_record_id,truth_person_id\n" + "\n".join(rows) + "\n")
    return path


def tried(home: Home, model_id: str = OTHER, truth: Path | None = None, **more: object) -> str:
    said: list[str] = []
    given = {"as_json": False, "out": None, "seed": 1, "user": "ann", **more}
    tell_trial(home, model_id, truth, tell=said.append, **given)
    return "\n".join(said)


def told(home: Home, model_id: str = OTHER, truth: Path | None = None) -> dict:
    return json.loads(tried(home, model_id, truth, as_json=True))


def evaluated(home: Home, truth: Path) -> dict:
    said: list[str] = []
    tell_evaluation(home, truth, True, None, 1, said.append)
    return json.loads("\n".join(said))


def approve(home: Home, model_id: str) -> str:
    said: list[str] = []
    tell_approval(home, model_id, "its reliability test", "ann", said.append)
    return "\n".join(said)


def tables(home: Home) -> dict[str, list[tuple]]:
    """Every row of every table of the state."""
    with writer(home, "test") as con:
        names = [f"{schema}.{table}" for schema, table in con.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        ]  # fmt: skip
        return {name: con.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in names}


def test_a_trial_adds_itself_to_the_state_and_changes_nothing_else(home, truth):
    keys = RecordKey("kent", "niche", "a1"), RecordKey("kent", "niche", "b1")
    at = datetime(2026, 1, 12, 9, tzinfo=UTC)
    append_judgements(home, [judge(*keys, "same", "ann", at, "as the file shows", "review")])
    before, files = tables(home), home.current.resolve().read_bytes()
    trial = told(home, truth=truth)["trial"]
    assert (trial["waiting_judgements"], trial["differences"]["records_moved"]) == (1, 4)
    after = tables(home)
    assert {name for name in after if after[name] != before[name]} == KEPT
    assert (len(after["linkage.mark"]), len(after["linkage.edge"])) == (
        1,
        len(before["linkage.edge"]),
    )
    assert home.current.resolve().read_bytes() == files


def test_the_model_in_use_has_the_figures_of_the_published_store(home, truth):
    trial = told(home, PRESENT, truth)
    assert trial.pop("trial")["is_in_use"]
    everybody = [figure for figure in trial["figures"] if figure["kind"] == "all"]
    assert trial.pop("published") == everybody != []
    assert trial == evaluated(home, truth)


def test_a_trial_stands_beside_what_is_published(home, truth):
    trial = told(home, truth=truth)
    assert trial["published"] == [
        each for each in evaluated(home, truth)["figures"] if each["kind"] == "all"
    ]
    assert trial["published"] != [each for each in trial["figures"] if each["kind"] == "all"]
    lines = [line.split() for line in tried(home, truth=truth).splitlines()]
    assert [PRESENT, "the", "trial"] in lines
    [recall] = [line for line in lines if line[:1] == ["recall"] and len(line) == 3][:1]
    assert recall == ["recall", "75.00", "100.00"]


def test_a_trial_says_how_much_it_compared(home, monkeypatch):
    said = tried(home).splitlines()
    assert "4 pairs compared" in said
    trial = told(home)["trial"]
    assert (trial["compared_pairs"], trial["capped_keys"]) == (4, 0)


def test_another_model_has_the_figures_that_approving_it_and_a_night_give(home, truth):
    trial = told(home, truth=truth)
    assert trial != evaluated(home, truth)
    approve(home, OTHER)
    run(home, SECOND)
    now = evaluated(home, truth)
    assert trial["figures"] == now["figures"]
    assert trial["bands"] == now["bands"]
    assert trial["weights"] == now["weights"]
    assert trial["about"]["model_id"] == now["about"]["model_id"] == OTHER


def test_the_strata_are_of_the_newest_store_whatever_readers_were_rolled_back_to(home, truth):
    first = home.current.resolve()
    store(home, SECOND, {"kent/b1": ANA | {"sex": "M"}})
    run(home, SECOND)
    home.current.unlink()
    home.current.symlink_to(first)
    about = told(home, truth=truth)["about"]
    assert (about["night"], evaluated(home, truth)["about"]["night"]) == (
        "2026-01-13",
        "2026-01-12",
    )


def test_a_night_that_closes_while_a_model_is_tried_gives_no_strata(home, truth, monkeypatch):
    def slowly(*given: object) -> Trial:
        trial = try_model(*given)
        run(home, SECOND)
        return trial

    monkeypatch.setattr("console.link_trial.try_model", slowly)
    with pytest.raises(LockedError, match=r"night 2026-01-13 closed while .* night 2026-01-12: "):
        tried(home, truth=truth)
    assert ask(home, "FROM governance.model_trial") == []
    monkeypatch.undo()
    assert told(home, truth=truth)["about"]["night"] == "2026-01-13"


def test_a_trial_says_that_it_is_one_and_what_would_differ(home, truth):
    text = tried(home, truth=truth)
    head = f"TRIAL of {OTHER}: nothing that is linked was changed. It is NOT IN USE: {PRESENT} is"
    assert text.splitlines()[0] == head
    assert text.count(head) == 2
    assert "5 records, as after night 2026-01-12; the model is typed, NOT TRAINED" in text
    rows = {line.split("  ")[0].strip(): line.split()[-4:] for line in text.splitlines()}
    assert rows["persons"] == ["3", "2", "1", "2"]
    assert rows["pairs of records of one person"] == ["3", "4", "1", "0"]
    assert "2 of 5 records (40.00%) would be of one person with other records" in text
    assert "kept as trial 1 in governance.model_trial" in text
    assert f"crimelink link approve {OTHER} --reason" in text
    assert "By the forces of a pair" in text


def test_a_trial_without_a_truth_says_what_would_differ_and_that_no_more_is_known(home):
    text = tried(home)
    assert "How well it links is not known: no truth was named (--truth)." in text
    assert "precision" not in text
    assert set(told(home)) == {"trial"}


def test_a_trial_of_a_model_that_is_or_will_be_in_use_says_so(home):
    assert "It is the model in use" in tried(home, PRESENT)
    assert "crimelink link approve" not in tried(home, PRESENT)
    approve(home, OTHER)
    assert f"It is in use from the next night on: {PRESENT} linked the last one" in tried(home)
    assert f"NOT IN USE: {OTHER} is" in tried(home, PRESENT)


def test_what_waits_for_the_next_night_is_counted_and_told(home, truth):
    store(home, SECOND, {"kent/c1": ANA, "kent/b1": None})
    text = tried(home)
    assert "2 records were loaded or ended since that night" in text
    assert "5 records, as after night" in text
    # What the store does not hold, and what the state holds no longer, is not measured.
    about = told(home, truth=truth)["about"]
    assert (about["records"], about["unlabelled"], about["not_held"]) == (4, 0, 1)


def test_the_records_that_would_move_are_written_with_the_figures(home, truth, tmp_path):
    out = tmp_path / "out"
    tried(home, truth=truth, out=out)
    assert {path.name for path in out.iterdir()} == {
        "figures.csv", "bands.csv", "weights.csv", "moved.csv", "evaluation.json"
    }  # fmt: skip
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in out.iterdir())
    with open(out / "moved.csv", newline="") as handle:
        moved = list(csv.DictReader(handle))
    assert {row["source_record_id"] for row in moved} == {"b1", "b2"}
    assert len({row["person_id"] for row in moved}) == 2
    assert len({row["trial_person"] for row in moved}) == 1


def test_a_folder_never_holds_tables_of_two_evaluations(home, truth, tmp_path):
    out = tmp_path / "out"
    tried(home, truth=truth, out=out)
    (out / "notes.csv").write_text("a reader's own\n")
    tried(home, out=out)
    names = {path.name for path in out.iterdir()}
    assert names == {"moved.csv", "evaluation.json", "notes.csv"}
    tell_evaluation(home, truth, True, out, 1, lambda _: None)
    names = {path.name for path in out.iterdir()}
    assert names == {"figures.csv", "bands.csv", "weights.csv", "evaluation.json", "notes.csv"}


def test_no_spreadsheet_takes_an_id_for_a_formula(home, tmp_path):
    store(home, SECOND, {"kent/=1+1": ANA, "kent/-7": BEA, "kent/'@b": BEA_TOO})
    run(home, SECOND)
    out = tmp_path / "out"
    tried(home, out=out)
    with open(out / "moved.csv", newline="") as handle:
        ids = {row["source_record_id"] for row in csv.DictReader(handle)}
    assert {"'-7", "''@b"} <= ids
    assert {rearm(each) for each in ids} >= {"-7", "'@b", "b1"}
    assert not any(each.startswith(("=", "-", "@")) for each in ids)


def row_of(home: Home, trial_id: int) -> dict:
    with writer(home, "test") as con:
        [row] = con.sql(f"FROM {MODEL_TRIAL.qualified} WHERE trial_id = {trial_id}").pl().to_dicts()
        return row


def test_every_trial_is_kept_as_it_was_told(home, truth):
    first, second = told(home, truth=truth), told(home, PRESENT)
    row = row_of(home, first["trial"]["trial_id"])
    trial = first["trial"]
    assert (row["model_id"], row["tried_by"], row["night"]) == (OTHER, "ann", FIRST)
    assert (row["present_model_id"], row["records"], row["seed"]) == (PRESENT, 5, 1)
    assert row["data_sha256"] == trial["data_sha256"]
    assert (row["truth"], row["truth_records"], row["truth_doubts"]) == (str(truth), 5, None)
    assert row["truth_sha256"] == hashlib.sha256(truth.read_bytes()).hexdigest()
    differences = trial["differences"]
    for name in ("persons", "pairs", "links", "review"):
        for part, value in differences[name].items():
            assert row[f"{name}_{part}"] == value
    assert row["records_moved"] == differences["records_moved"] == 2
    figures = ask(home, f"SELECT * EXCLUDE (trial_id) FROM {MODEL_TRIAL_FIGURE.qualified} "
                  "WHERE trial_id = 1 ORDER BY ALL")  # fmt: skip
    names = MODEL_TRIAL_FIGURE.names[1:]
    assert figures == sorted(tuple(each[name] for name in names) for each in first["figures"])
    row = row_of(home, second["trial"]["trial_id"])
    assert (row["trial_id"], row["model_id"], row["truth"], row["seed"]) == (2, PRESENT, None, None)
    assert ask(home, f"SELECT DISTINCT trial_id FROM {MODEL_TRIAL_FIGURE.qualified}") == [(1,)]


def test_trials_are_published_with_the_next_night(home, truth):
    tried(home, truth=truth)
    tried(home, PRESENT)
    run(home, SECOND)
    of_model = "SELECT trial_id, model_id FROM governance.model_trial ORDER BY trial_id"
    assert published(home, of_model) == [(1, OTHER), (2, PRESENT)]
    recall = ("SELECT numerator, denominator FROM governance.model_trial_figure "
              "WHERE kind = 'all' AND measure = 'pair_recall'")  # fmt: skip
    assert published(home, recall) == [(4, 4)]
    comments = published(home, "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND "
                         "table_name LIKE 'model_trial%'")  # fmt: skip
    assert comments == [(0,)]


def test_a_trial_that_cannot_be_measured_is_not_kept(home, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("source_record_id,truth_person_id\nz,Z\n")
    with pytest.raises(UsageError, match="names no record that the store holds"):
        tried(home, truth=path)
    with pytest.raises(UsageError, match="there is no truth here"):
        tried(home, truth=tmp_path)
    with pytest.raises(UsageError, match="no model nothing"):
        tried(home, "nothing")
    with pytest.raises(UsageError, match="tried_by: 1 to 100 characters"):
        tried(home, user=" ")
    assert ask(home, "FROM governance.model_trial") == []


def test_a_trial_is_kept_whole_or_not_at_all(home, truth, monkeypatch):
    class Killed:
        """A table whose name is asked for when the figures are to be written."""

        @property
        def names(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(trials, "MODEL_TRIAL_FIGURE", Killed())
    with pytest.raises(KeyboardInterrupt):
        tried(home, truth=truth)
    assert ask(home, "FROM governance.model_trial") == []


def test_an_approval_says_whether_the_model_was_tried(home, truth):
    assert f"NEVER TRIED on this home's records: crimelink link evaluate --model {OTHER}" in (
        approve(home, OTHER)
    )
    tried(home)
    said = approve(home, OTHER)
    assert "NEVER TRIED" not in said
    assert "tried once, WITHOUT A TRUTH: nothing tells how well it links. The last by ann" in said
    assert "on the records of night 2026-01-12" in said
    tried(home, truth=truth)
    assert "tried 2 times, 1 of them WITHOUT A TRUTH. Against a truth" in approve(home, OTHER)
    assert "NEVER TRIED" in approve(home, PRESENT)


def test_an_approval_names_every_trial_that_had_a_truth_not_the_best_alone(home, truth, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text(truth.read_text().replace("a3,ANA", "a3,CAT"))
    tried(home, truth=bad)
    tried(home, truth=truth)
    lines = [line.strip() for line in approve(home, OTHER).splitlines()]
    at = lines.index("tried 2 times. Against a truth, newest first:")
    both = "pairs: precision {}, recall 100.00%, of 5 records against {}"
    assert both.format("100.00%", truth) in lines[at + 1]
    assert both.format("50.00%", bad) in lines[at + 2]
    assert all(line.startswith("by ann, 20") for line in lines[at + 1 : at + 3])


def test_an_approval_says_what_counted_in_a_trial_beside_the_model(home, truth):
    keys = RecordKey("kent", "niche", "a1"), RecordKey("kent", "niche", "b1")
    at = datetime(2026, 1, 12, 9, tzinfo=UTC)
    append_judgements(home, [judge(*keys, "same", "ann", at, "as the file shows", "review")])
    tried(home, truth=truth)
    assert "; 1 judgement that no night had taken in counted in it" in approve(home, OTHER)


def test_of_many_trials_the_worst_and_the_best_are_always_named(home, truth):
    tried(home, truth=truth)
    with writer(home, "test") as con:
        con.execute(
            "INSERT INTO governance.model_trial SELECT model_trial.* REPLACE (1 + i AS trial_id, "
            "'truth-' || i AS truth) FROM governance.model_trial, range(1, 14) t(i)"
        )
        con.execute(
            "INSERT INTO governance.model_trial_figure SELECT of.* REPLACE (1 + i AS trial_id, "
            "CASE i WHEN 1 THEN 0.125 ELSE 0.5 END AS estimate) "
            "FROM governance.model_trial_figure AS of, range(1, 14) t(i) "
            "WHERE NOT (i = 2 AND measure = 'pair_precision')"
        )
    lines = [line.strip() for line in approve(home, OTHER).splitlines()]
    at = lines.index("tried 14 times. Against a truth, newest first:")
    shown = [line.rpartition(" ")[2] for line in lines[at + 1 : at + 11]]
    assert shown == [f"truth-{i}" for i in range(13, 3, -1)]
    assert lines[at + 11].startswith("and 4 more, in governance.model_trial")
    lowest, highest = lines[at + 12 : at + 14]
    assert lowest.startswith("lowest precision: by ann")
    assert "precision 12.50%, recall 12.50%, of 5 records against truth-1" in lowest
    assert highest.startswith("highest precision: by ann")
    assert f"precision 100.00%, recall 100.00%, of 5 records against {truth}" in highest


def test_an_approval_says_that_the_truth_of_the_trial_is_in_doubt(home, tmp_path):
    path = tmp_path / "other.csv"
    rows = [f"{record},P" for record in ("a1", "a2", *range(9))]
    path.write_text("source_record_id,truth_person_id\n" + "\n".join(rows) + "\n")
    assert "IS THIS THE TRUTH OF THESE DELIVERIES?" in tried(home, truth=path)
    assert "THAT TRUTH IS IN DOUBT: the store holds 2 of the 11 records" in approve(home, OTHER)


def test_the_command_takes_a_model_or_a_truth_or_both(home, truth):
    app = typer.Typer()
    add_commands(app)

    def ran(*words: str):
        return CliRunner().invoke(app, ["evaluate", *words], obj=home)

    both = ran("--truth", str(truth), "--model", OTHER, "--json", "--user", "bob")
    assert json.loads(both.stdout)["trial"]["model_id"] == OTHER
    assert ask(home, "SELECT tried_by FROM governance.model_trial") == [("bob",)]
    assert set(json.loads(ran("--model", OTHER, "--json").stdout)) == {"trial"}
    assert "trial" not in json.loads(ran("--truth", str(truth), "--json").stdout)
    assert ran().exit_code == 2
