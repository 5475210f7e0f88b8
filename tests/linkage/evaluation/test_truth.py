import polars as pl
import pytest

from linkage.evaluation.truth import read_truth
from warehouse.errors import UsageError


def write_parquet(folder, **columns):
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(columns).write_parquet(folder / "person.parquet")


def test_a_simulations_deliveries_or_their_truth_folder_or_the_file_name_the_same_truth(tmp_path):
    write_parquet(tmp_path / "truth", force=["kent"], source_system=["niche"],
                  source_record_id=["1"], truth_person_id=["P1"], traps=[["twins"]],
                  name_origin=["welsh"])  # fmt: skip
    places = (tmp_path, tmp_path / "truth", tmp_path / "truth" / "person.parquet")
    one, *others = (read_truth(place) for place in places)
    assert one.to_dicts() == [
        {"force": "kent", "source_system": "niche", "source_record_id": "1",
         "truth_person_id": "P1", "traps": ["twins"], "name_origin": "welsh"}
    ]  # fmt: skip
    assert all(other.equals(one) for other in others)


def test_a_csv_file_with_ids_alone_will_do_and_its_ids_stay_text(tmp_path):
    (tmp_path / "labels.csv").write_text("source_record_id,truth_person_id\n007,12\n008,12\n")
    truth = read_truth(tmp_path / "labels.csv")
    assert truth["source_record_id"].to_list() == ["007", "008"]
    assert truth["truth_person_id"].to_list() == ["12", "12"]
    assert truth["traps"].to_list() == [[], []]
    assert truth["name_origin"].is_null().all()


def test_an_ending_in_capitals_is_one_of_a_csv_file_too(tmp_path):
    (tmp_path / "LABELS.CSV").write_text("source_record_id;truth_person_id\n007;12\n")
    with pytest.raises(UsageError, match="separated by semicolons"):
        read_truth(tmp_path / "LABELS.CSV")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source_record_id\n1\n", "needs the columns truth_person_id"),
        ("source_record_id,truth_person_id\n1,\n", "1 rows lack a value"),
        ("source_record_id,truth_person_id\n1,A\n1,B\n", "2 rows give a record another person"),
    ],
    ids=["no column", "no value", "two persons"],
)
def test_a_truth_that_is_none_is_refused(tmp_path, text, says):
    (tmp_path / "person.csv").write_text(text)
    with pytest.raises(UsageError, match=says):
        read_truth(tmp_path)


def test_a_folder_without_a_truth_is_refused(tmp_path):
    with pytest.raises(UsageError, match="there is no truth here"):
        read_truth(tmp_path)


def test_a_file_that_is_no_table_is_refused_without_its_content(tmp_path):
    (tmp_path / "person.parquet").write_bytes(b"MRS SECRET")
    with pytest.raises(UsageError, match="cannot be read as a table") as refused:
        read_truth(tmp_path)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs")])
@pytest.mark.parametrize("value", ["A", "SECRET, MRS"])
def test_a_file_with_other_separators_is_refused_by_their_name(tmp_path, separator, name, value):
    rows = (("source_record_id", "truth_person_id"), ("1", value))
    (tmp_path / "person.csv").write_text("".join(f"{separator.join(row)}\n" for row in rows))
    says = f"separated by {name}; save it with commas"
    with pytest.raises(UsageError, match=says) as refused:
        read_truth(tmp_path)
    assert "SECRET" not in str(refused.value)


def test_a_file_of_uneven_lines_is_refused_with_the_form_that_is_read(tmp_path):
    (tmp_path / "person.csv").write_text("source_record_id,truth_person_id\n1,A,SECRET\n")
    with pytest.raises(UsageError, match="UTF-8, with commas between its columns") as refused:
        read_truth(tmp_path)
    assert "SECRET" not in str(refused.value)
