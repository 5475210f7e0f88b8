import re
from pathlib import Path

import polars as pl
import pytest

from warehouse.contract import TABLES
from warehouse.contract.person import ETHNICITY_OBSERVED, ETHNICITY_SELF_DEFINED
from warehouse.reference import FOLDER, TYPED, read_policeuk_outcomes, read_reference

# Of these there is no offence: one is not a crime, the other not a group.
WITHOUT_CODES = {"anti-social-behaviour", "unmapped"}


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_table_keeps_the_contract(name: str):
    table, frame = TABLES[f"reference.{name}"], read_reference(name)
    assert dict(frame.schema) == table.polars_schema()
    assert not frame.select(table.key).is_duplicated().any()
    for column in table.columns:
        if column.required:
            assert frame[column.name].null_count() == 0, column.name


def test_every_csv_names_its_source_on_its_first_line():
    for file in FOLDER.glob("*.csv"):
        assert file.read_text("utf-8").startswith("# source: "), file.name


def test_only_typed_tables_can_be_read():
    with pytest.raises(KeyError):
        read_reference("postcode")


def test_every_offence_group_has_codes_but_anti_social_behaviour_and_unmapped():
    groups = set(read_reference("offence_group")["offence_group"])
    assert len(groups) == 15
    assert set(read_reference("offence_code")["offence_group"]) == groups - WITHOUT_CODES


@pytest.mark.parametrize(
    ("column", "pattern"),
    [
        ("offence_code", r"\d{3}/\d{2}"),
        ("cjs_code", r"[A-Z]{2}([A-Z]{2}\d{3}|\d{5})[A-Z]?"),
        ("npcc_code", r"([0-9]{1,3}\.){1,2}[0-9]{1,3}(\.[0-9]{1,3})?"),
    ],
)
def test_each_code_of_an_offence_has_its_form_and_leads_back_to_it(column: str, pattern: str):
    codes = read_reference("offence_code")[column].drop_nulls()
    assert [code for code in codes if not re.fullmatch(pattern, code)] == []
    assert codes.is_unique().all()


def test_every_offence_has_a_code_of_each_vendor():
    codes = read_reference("offence_code")
    assert codes.height >= 90
    assert codes.select("cjs_code", "npcc_code").null_count().row(0) == (0, 0)


def test_an_offence_weighs_what_its_group_can_weigh():
    blended = read_reference("offence_group").select("offence_group", group_days="harm_days")
    spread = (
        read_reference("offence_code")
        .join(blended, on="offence_group")
        .group_by("offence_group")
        .agg(
            pl.col("group_days").first(),
            low=pl.col("harm_days").min(),
            high=pl.col("harm_days").max(),
        )
    )
    assert spread.select(pl.col("group_days").is_between("low", "high").all()).item()


def test_ethnicity_codes_are_those_that_the_contract_allows():
    frame = read_reference("ethnicity")
    by_set = {
        code_set: tuple(frame.filter(pl.col("code_set") == code_set)["code"])
        for code_set in ("self_defined", "observed")
    }
    assert sorted(by_set["self_defined"]) == sorted(ETHNICITY_SELF_DEFINED)
    assert by_set["observed"] == ETHNICITY_OBSERVED
    note = frame.filter(pl.col("code") == "O1")["note"].item()
    assert "A4" in note


def test_outcomes_are_one_to_twenty_two_and_the_alternate_offences():
    frame = read_reference("outcome")
    assert set(frame["outcome_code"]) == {str(n) for n in range(1, 23)} | {"1A", "2A", "3A"}
    positive = set(frame.filter("is_positive")["outcome_code"])
    assert positive == {str(n) for n in range(1, 9)} | {"22", "1A", "2A", "3A"}


def test_a_phrase_has_an_outcome_code_exactly_where_it_covers_one_number():
    for row in read_policeuk_outcomes().iter_rows(named=True):
        numbers = {code.rstrip("A") for code in (row["covers"] or "").split()}
        expected = numbers.pop() if len(numbers) == 1 else None
        assert row["outcome_code"] == expected, row["phrase"]


def test_a_phrase_is_positive_exactly_where_every_outcome_it_covers_is():
    positive = dict(read_reference("outcome").select("outcome_code", "is_positive").rows())
    for row in read_policeuk_outcomes().iter_rows(named=True):
        covered = {positive[code] for code in (row["covers"] or "").split()}
        expected = covered.pop() if len(covered) == 1 else None
        assert row["is_positive"] == expected, row["phrase"]


@pytest.mark.shared_data
def test_every_outcome_phrase_of_the_real_files_is_known(shared_data: Path):
    cluster = shared_data / "police_uk/ne_cluster_2021-03_2022-03"
    columns = {"street": "Last outcome category", "outcomes": "Outcome type"}
    met = {
        phrase
        for kind, column in columns.items()
        for file in sorted(cluster.glob(f"*-{kind}.csv.gz"))[::4]
        for phrase in pl.read_csv(file, columns=[column], infer_schema=False)[column].unique()
        if phrase is not None
    }
    assert len(met) > 12
    assert met <= set(read_policeuk_outcomes()["phrase"])


@pytest.mark.shared_data
def test_codes_and_their_counterparts_are_real(shared_data: Path):
    codes = read_reference("offence_code")
    listed = pl.read_csv(shared_data / "reference/home_office_offence_codes.csv")["ho_code"]
    assert set(codes["offence_code"]) <= set(listed)
    cjs = pl.read_parquet(shared_data / "reference/cjs_offence_codes.parquet").select(
        "homeOfficeClassification", cjs_code="cjsCode"
    )
    real = codes.join(cjs, on="cjs_code")
    assert real.height == codes.height
    assert real.filter(pl.col("offence_code") != pl.col("homeOfficeClassification")).is_empty()


@pytest.mark.shared_data
def test_harm_of_a_group_is_its_subgroups_blended_by_national_counts(shared_data: Path):
    weights = pl.read_csv(shared_data / "reference/cchi_2026_subgroup_weights.csv")
    count = pl.col("national_count_2024_25")
    blended = weights.group_by("category").agg(
        expected=(pl.col("cchi_days") * count).sum() / count.sum()
    )
    groups = read_reference("offence_group").join(
        blended, left_on="name", right_on="category", how="left"
    )
    difference = (pl.col("harm_days") - pl.col("expected")).abs()
    assert groups.filter(difference > 0.0051).is_empty()
    assert groups["harm_days"].is_null().to_list() == groups["expected"].is_null().to_list()
