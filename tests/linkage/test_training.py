"""Training: from records without labels to a model, the same to the last byte."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from linkage.features import FEATURES
from linkage.model import DIFFERENT, Model
from linkage.model_file import load_model, save_model
from linkage.persons import link
from linkage.training import TrainingError, train
from linkage.workspace import workspace
from tests.linkage.small_model import FIRST, ask, store
from warehouse.errors import StoreError
from warehouse.home import Home
from warehouse.state import writer

FORENAMES = ["ANA", "BO", "CY", "DI", "ED", "FAY", "GUS", "HAL", "IDA", "JO", "KIT", "LEO", "MAY"]


def surname_of(n: int) -> str:
    return f"S{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}ON"


def people(size: int) -> dict[str, dict]:
    """Records by id; every second person stands with two forces, once in four mistyped."""
    records = {}
    for n in range(size):
        person = {
            "forename": FORENAMES[n % 13], "surname": surname_of(n),
            "birth_date": date(1950, 1, 1) + timedelta(37 * n), "sex": "MF"[n % 2],
            "postcode": f"ZE{n % 9 + 1} {n % 7 + 1}A{chr(65 + n % 20)}",
            "phone": f"+44770090{n:04}",
        }  # fmt: skip
        records[f"kent/{n}"] = person
        if n % 2 == 0:
            slip = {"surname": person["surname"] + "E"} if n % 4 == 0 else {}
            records[f"durham/{n}"] = person | slip
    return records


def trained(home: Home) -> Model:
    with writer(home, "test") as con, workspace(con):
        return train(con, None)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    home = Home.of(tmp_path_factory.mktemp("training"))
    store(home, FIRST, people(400))
    return home


@pytest.fixture(scope="module")
def model(home) -> Model:
    return trained(home)


def test_the_same_records_give_the_same_model_however_many_threads_there_are(home, model):
    with writer(home, "test") as con, workspace(con):
        con.execute("SET threads = 1")
        again = train(con, None)
    assert (again.model_id, again.report) == (model.model_id, model.report)


def test_a_trained_model_says_what_it_was_made_of(model):
    assert model.how == "trained"
    assert model.report["records"] == 600
    assert len(model.report["data_sha256"]) == len(model.report["code_sha256"]) == 64
    assert 0 < model.prior < 0.01


def test_what_the_data_does_not_hold_falls_out_of_the_model_by_name(model):
    names = {comparison.name for comparison in model.comparisons}
    assert {"forename", "surname", "birth", "sex", "phone"} <= names
    assert not names & {"pnc", "cro", "papers", "email"}
    left_out = {part["name"] for part in model.report["left_out"]}
    assert {"pnc", "cro", "papers", "email"} <= left_out


def test_every_number_is_a_share_and_agreement_weighs_more_than_difference(model):
    for comparison in model.comparisons:
        numbers = [(level.m, level.u) for level in comparison.levels] + [comparison.otherwise]
        assert all(0 < m <= 1 and 0 < u <= 1 for m, u in numbers), comparison.name
        if comparison.is_trained:
            first, (m, u) = comparison.levels[0], comparison.otherwise
            assert first.m / first.u > m / u, comparison.name
        assert comparison.words[-1] == DIFFERENT


def test_a_name_never_seen_has_a_frequency_all_the_same(model):
    assert set(model.frequencies) == set(model.floors)
    assert all(0 < floor < 1 for floor in model.floors.values())


def test_blocks_are_measured_one_by_one_and_all_together(model):
    rows = {row["block"]: row for row in model.report["blocks"]}
    assert set(rows) == {block.name for block in model.blocks} | {"all rules"}
    assert rows["all rules"]["pairs"] >= max(row["new_pairs"] for row in rows.values())


def test_a_model_is_read_back_as_it_was_written(model, tmp_path):
    home = Home.of(tmp_path)
    save_model(home, model)
    read = load_model(home, model.model_id)
    assert replace(read, frequencies={}) == replace(model, frequencies={})
    assert read.frequencies.keys() == model.frequencies.keys()
    for feature, frame in read.frequencies.items():
        assert frame.equals(model.frequencies[feature])


@pytest.mark.parametrize("name", ["definition.json", "report.json", "scoring.sql"])
def test_a_model_of_which_a_file_was_changed_is_refused(model, tmp_path, name):
    home = Home.of(tmp_path)
    save_model(home, model)
    path = home.root / "models" / model.model_id / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(StoreError, match="not those that were made"):
        load_model(home, model.model_id)


def test_a_model_of_which_frequencies_were_changed_is_refused(model, tmp_path):
    home = Home.of(tmp_path)
    save_model(home, model)
    path = home.root / "models" / model.model_id / "surname.parquet"
    pl.read_parquet(path).with_columns(pl.col("frequency") * 2).write_parquet(path)
    with pytest.raises(StoreError, match="not those that were made"):
        load_model(home, model.model_id)


@pytest.mark.parametrize(
    "name", ["definition.json", "report.json", "scoring.sql", "surname.parquet"]
)
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"], ids=["gone", "empty", "{}", "ff"])
def test_a_model_of_which_a_file_is_lost_or_damaged_is_refused_by_name(
    model, tmp_path, name, content
):
    home = Home.of(tmp_path)
    save_model(home, model)
    path = home.root / "models" / model.model_id / name
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(StoreError, match=model.model_id):
        load_model(home, model.model_id)


def test_training_fails_by_name_on_a_level_that_it_needs_and_no_pair_shows(tmp_path):
    home = Home.of(tmp_path)
    married = {
        name: person | {"surname": f"{name.replace('/', 'X').upper()}"}
        for name, person in people(400).items()
    }
    store(home, FIRST, married)
    with pytest.raises(TrainingError, match=r"surname: no pair of records shows the level 'same'"):
        trained(home)
    # A first night links all the same, with the numbers of the list, and says why.
    link(home, FIRST)
    [(how, report)] = ask(home, "SELECT how, training_report FROM governance.model_register")
    assert how == "typed"
    assert "no pair of records shows the level 'same'" in report


def test_records_without_any_value_train_no_model_and_a_first_night_takes_the_typed_numbers(
    tmp_path,
):
    home = Home.of(tmp_path)
    store(home, FIRST, {f"kent/{n}": {} for n in range(300)})
    with pytest.raises(TrainingError, match="no record holds enough"):
        trained(home)
    link(home, FIRST)
    [(how, report)] = ask(home, "SELECT how, training_report FROM governance.model_register")
    assert how == "typed"
    assert "no record holds enough" in report


def test_too_few_records_are_linked_with_the_typed_numbers_and_the_report_says_why(tmp_path):
    home = Home.of(tmp_path)
    store(home, FIRST, {"kent/0": people(1)["kent/0"]})
    link(home, FIRST)
    [(how, report)] = ask(home, "SELECT how, training_report FROM governance.model_register")
    assert how == "typed"
    assert "there is 1 record, and" in report
    assert "fewest to train on" in report


def test_records_of_one_person_are_joined_by_the_model_that_they_trained(home):
    link(home, FIRST)
    [(persons, records)] = ask(
        home, "SELECT count(DISTINCT person_id), count(*) FROM linkage.cluster"
    )
    assert records == 600
    assert persons == 400


def test_features_are_made_of_one_record_alone(home):
    names = ", ".join(FEATURES)
    held = f"SELECT {names} FROM linkage.record LEFT JOIN linkage.record_list USING (record)"
    whole = ask(home, f"{held} JOIN linkage.record_key USING (record) "
                "WHERE force = 'kent' AND source_record_id = '0'")  # fmt: skip
    alone = Home.of(home.root.parent / "alone")
    store(alone, FIRST, {"kent/0": people(1)["kent/0"]})
    link(alone, FIRST)
    assert ask(alone, held) == whole
