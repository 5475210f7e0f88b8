import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from console.evaluation_tables import MEASURES
from console.link_evaluate import ESTIMATES, tell_estimate, tell_evaluation, tell_sample
from console.link_measure import add_commands
from linkage.evaluation.evaluate import KINDS
from tests.console.small_store import MODEL, NIGHT, edge, publish
from warehouse.errors import UsageError
from warehouse.home import Home

# Ana's records a1 to a3, of which a3 is apart; Bea's, of which b1 is under Ana's id.
PERSONS = {"durham/a1": "X", "kent/a2": "X", "kent/a3": "Y", "kent/b1": "X", "durham/b2": "Z"}
TRUTH = {"a1": "ANA", "a2": "ANA", "a3": "ANA", "b1": "BEA", "b2": "BEA"}
RECALL = {"model_id": MODEL, "block": "all rules", "true_pairs": 10, "found": 9, "recall": 0.9,
          "recall_low": 0.6, "recall_high": 0.98, "pairs": 1, "new_pairs": 1, "capped_keys": 0,
          "capped_pairs": 0}  # fmt: skip


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home.of(tmp_path / "home")
    publish(
        home,
        core__person_record=[
            {"force": ref.split("/")[0], "source_record_id": ref.split("/")[1],
             "person_id": person, "forename": "ANNA", "birth_date": date(1990, 1, 1), "sex": "F"}
            for ref, person in PERSONS.items()
        ],
        link__person_edge=[
            edge("durham/a1", "kent/a2", forename=45.0),
            edge("kent/a2", "kent/b1", forename=31.0),
            edge("kent/a2", "kent/a3", forename=26.0),
        ],
        link__block_recall=[RECALL],
        governance__night=[{"night": NIGHT, "person_model_id": MODEL, "crimelink_version": "0",
                            "published_at": datetime(2026, 1, 12, tzinfo=UTC)}],
    )  # fmt: skip
    return home


@pytest.fixture
def truth(tmp_path) -> Path:
    path = tmp_path / "labels.csv"
    rows = [f"{record},{person}" for record, person in TRUTH.items()]
    path.write_text("source_record_id,truth_person_id\n" + "\n".join(rows) + "\n")
    return path


def test_an_evaluation_is_told_as_tables_with_what_it_is_no_evidence_of(home, truth):
    said: list[str] = []
    tell_evaluation(home, truth, False, None, 1, said.append)
    text = "\n".join(said)
    assert (
        "left out: 0 records of the store that the truth does not name; 0 records that the " in text
    )
    assert "5 records of 2 true persons under 3 person ids" in text
    assert "By the forces of a pair" in text
    assert "33.33" in text  # precision: one of three pairs
    assert "no evidence of accuracy on other, real people" in text
    assert "95% intervals. Persons: Wilson." in text
    assert max(map(len, text.splitlines())) < 400


def test_where_nothing_is_joined_each_recall_still_says_of_what_it_is(tmp_path, truth):
    home = Home.of(tmp_path / "home")
    publish(
        home,
        core__person_record=[
            {"force": ref.split("/")[0], "source_record_id": ref.split("/")[1], "person_id": ref}
            for ref in PERSONS
        ],
        governance__night=[{"night": NIGHT, "person_model_id": MODEL, "crimelink_version": "0",
                            "published_at": datetime(2026, 1, 12, tzinfo=UTC)}],
    )  # fmt: skip
    said: list[str] = []
    tell_evaluation(home, truth, False, None, 1, said.append)
    [everybody] = [text for text in said if text.startswith("Everybody")]
    lines = [" ".join(line.split()) for line in everybody.splitlines()]
    at = lines.index("pairs under one person id: precision — (no pair is joined)")
    assert lines[at + 1].startswith("recall 0.00")
    at = lines.index("pairs joined by their own link: precision — (no pair is so joined)")
    assert lines[at + 1].startswith("recall 0.00")


def test_a_truth_of_other_deliveries_is_told_loudly(home, tmp_path):
    path = tmp_path / "other.csv"
    rows = [f"{record},P" for record in ("a1", *range(9))]
    path.write_text("source_record_id,truth_person_id\n" + "\n".join(rows) + "\n")
    said: list[str] = []
    tell_evaluation(home, path, False, None, 1, said.append)
    loud = [text for text in said if text.startswith("IS THIS THE TRUTH OF THESE DELIVERIES?")]
    assert len(loud) == 2
    assert "holds 1 of the 10 records" in loud[0]


def test_the_same_comes_as_json_and_as_files_of_the_owner_only(home, truth, tmp_path):
    said: list[str] = []
    out = tmp_path / "out"
    tell_evaluation(home, truth, True, out, 1, said.append)
    told = json.loads("\n".join(said))
    assert told == json.loads((out / "evaluation.json").read_text())
    [precision] = [
        f for f in told["figures"] if (f["kind"], f["measure"]) == ("all", "pair_precision")
    ]
    assert (precision["numerator"], precision["denominator"]) == (1, 3)
    with open(out / "figures.csv", newline="") as handle:
        assert len(list(csv.DictReader(handle))) == len(told["figures"])
    assert {path.name for path in out.iterdir()} == {
        "figures.csv", "bands.csv", "weights.csv", "evaluation.json"
    }  # fmt: skip
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in out.iterdir())


def test_a_sample_is_drawn_judged_and_estimated_from(home, tmp_path):
    said: list[str] = []
    path = tmp_path / "sample.csv"
    tell_sample(home, 10, 1, path, said.append)
    assert "4 pairs written" in said[-1]
    assert path.stat().st_mode & 0o777 == 0o600
    with open(path, newline="", encoding="utf-8-sig") as handle:
        assert {row["forename_l"] for row in csv.DictReader(handle)} == {"ANNA"}

    def true(row: dict[str, str]) -> str:
        sides = TRUTH[row["source_record_id_l"]], TRUTH[row["source_record_id_r"]]
        return "same" if sides[0] == sides[1] else "not_same"

    judged(path, true)

    said.clear()
    tell_estimate(home, path, True, said.append)
    told = {each["measure"]: each for each in json.loads(said[0])["estimates"]}
    # Every pair was looked at: two links of which one is right, one pair joined through others.
    assert told["link_precision"]["estimate"] == told["link_precision"]["low"] == 0.5
    assert told["pair_precision"]["estimate"] == pytest.approx(1 / 3)
    assert told["recall_of_scored"]["estimate"] == pytest.approx(1 / 2)
    assert told["recall"]["estimate"] == pytest.approx(0.9 / 2)

    said.clear()
    tell_estimate(home, path, False, said.append)
    text = "\n".join(said)
    assert f"as night {NIGHT} published them, model {MODEL}" in text
    assert "find of pairs with one: 90.00%" in text


def judged(path: Path, verdict: Callable[[dict[str, str]], str]) -> None:
    """Fill the sample in."""
    with open(path, newline="", encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        row["verdict"] = verdict(row)
    with open(path, "w", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_what_nobody_was_sure_about_is_not_known(home, tmp_path):
    path = tmp_path / "sample.csv"
    tell_sample(home, 10, 1, path, lambda _: None)
    judged(path, lambda row: "unsure" if row["stratum"].startswith("link") else "same")
    said: list[str] = []
    tell_estimate(home, path, False, said.append)
    text = "\n".join(said)
    assert "not known" in text
    assert "NOBODY WAS SURE about any pair of: link" in text


def test_a_sample_of_another_home_is_refused(home, tmp_path):
    path = tmp_path / "sample.csv"
    tell_sample(home, 10, 1, path, lambda _: None)
    judged(path, lambda _: "same")
    other = Home.of(tmp_path / "other")
    publish(
        other,
        governance__night=[{"night": NIGHT, "person_model_id": MODEL, "crimelink_version": "0",
                            "published_at": datetime(2026, 1, 12, 1, tzinfo=UTC)}],
    )  # fmt: skip
    with pytest.raises(UsageError, match="not drawn from this home's store"):
        tell_estimate(other, path, False, print)


def test_a_sample_never_overwrites_a_file_that_may_hold_verdicts(home, tmp_path):
    path = tmp_path / "sample.csv"
    path.write_text("verdicts")
    with pytest.raises(UsageError, match="the file is there already"):
        tell_sample(home, 10, 1, path, print)
    assert path.read_text() == "verdicts"


def test_a_sample_without_a_verdict_is_refused(home, tmp_path):
    path = tmp_path / "sample.csv"
    tell_sample(home, 10, 1, path, lambda _: None)
    with pytest.raises(UsageError, match="no verdict yet in"):
        tell_estimate(home, path, False, print)


def test_a_sample_that_is_not_utf8_is_refused(home, tmp_path):
    path = tmp_path / "sample.csv"
    path.write_bytes("verdict,reason,pair\nsame,\xfc,1\n".encode("latin-1"))
    with pytest.raises(UsageError, match="is not UTF-8"):
        tell_estimate(home, path, False, print)


def test_the_commands_name_their_options(home, truth):
    app = typer.Typer()
    add_commands(app)
    answers = [
        CliRunner().invoke(app, words, obj=home)
        for words in (["evaluate", "--truth", str(truth), "--json"],
                      ["sample", "--pairs", "10", "--seed", "1"], ["estimate", str(truth)])
    ]  # fmt: skip
    evaluated, sampled, estimated = answers
    assert json.loads(evaluated.stdout)["about"]["records"] == 5
    assert sampled.stdout.startswith("verdict,reason,judged_by")
    assert isinstance(estimated.exception, UsageError)


def test_the_documentation_names_every_figure_stratum_and_estimate():
    page = (Path(__file__).parents[2] / "docs" / "evaluate-linkage.md").read_text(encoding="utf-8")
    kinds = [kind for kind in KINDS if kind != "all"]
    names = [*MEASURES, *ESTIMATES, *kinds, "merged_with_its_like_rate"]
    assert [name for name in names if f"`{name}`" not in page] == []
