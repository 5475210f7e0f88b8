"""Public sets with known truth: Febrl 3 and 4 and Splink's fake_1000, as they are downloaded.

Febrl: Christen (2008), Febrl data sets 3 and 4, invented Australians. fake_1000: Splink's, MIT.
"""

from pathlib import Path

import polars as pl

from benchmarks.linkage_set import KEY, LinkageSet, make_set, owned

_BLANK = ""


def read_public_sets(folder: Path) -> list[LinkageSet]:
    """Febrl 3, Febrl 4 and fake_1000 from the folder with their CSV files; and both Febrl sets cut
    to names and addresses."""
    three = febrl_set("febrl3", {"febrl-three": folder / "febrl_dataset3.csv"})
    four = febrl_set(
        "febrl4",
        {
            "febrl-four-a": folder / "febrl_dataset4a.csv",
            "febrl-four-b": folder / "febrl_dataset4b.csv",
        },
    )
    cut = (names_and_addresses(each) for each in (three, four))
    return [three, four, fake_1000_set(folder / "fake_1000.csv"), *cut]


def febrl_set(name: str, files: dict[str, Path]) -> LinkageSet:
    """A Febrl set, a force a file; ``name`` is its tutorial's too."""
    raw = {force: _read(file) for force, file in files.items()}
    flat = [
        frame.with_columns(
            force=pl.lit(force),
            source_record_id="rec_id",
            true_person=pl.col("rec_id").str.extract(r"^rec-(\d+)-"),
        )
        for force, frame in raw.items()
    ]
    tables = {force: febrl_tables(frame) for force, frame in raw.items()}
    return make_set(name, tables, pl.concat(flat), name)


def names_and_addresses(given: LinkageSet) -> LinkageSet:
    """A Febrl set without births and numbers."""
    deliveries = {
        force: {
            "person_record": tables["person_record"].drop("birth_date"),
            "person_address": tables["person_address"],
        }
        for force, tables in given.deliveries.items()
    }
    flat = given.flat.select(
        "unique_id", *KEY, "true_person", "surname", "postcode",
        forename="given_name",
        address=pl.concat_str("street_number", "address_1", separator=" "),
    )  # fmt: skip
    name = f"{given.name}, names and addresses"
    return LinkageSet(name, deliveries, flat, "names and addresses")


def _read(file: Path) -> pl.DataFrame:
    """Text columns without the blanks that Febrl puts after its commas; null where empty."""
    frame = pl.read_csv(file, infer_schema=False)
    text = pl.all().str.strip_chars()
    frame = frame.rename({column: column.strip() for column in frame.columns})
    return frame.select(pl.when(text != _BLANK).then(text))


def febrl_tables(raw: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The standard tables of a Febrl file, whose columns are text without blanks around.

    A birth date that is no date is left out. The state is: the contract has no such column.
    """
    records = raw.rename({"rec_id": "source_record_id"})
    born = pl.col("date_of_birth").str.to_date("%Y%m%d", strict=False)
    parts = ("street_number", "address_1", "address_2")
    address = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    return {
        "person_record": records.select(
            "source_record_id", "surname", forename="given_name", birth_date=born
        ),
        "person_identifier": owned(records, type=pl.lit("other"), value="soc_sec_id"),
        "person_address": owned(
            records,
            address=pl.when(address != _BLANK).then(address),
            locality="suburb",
            postcode="postcode",
        ),
    }


def fake_1000_set(file: Path) -> LinkageSet:
    """Splink's fake_1000."""
    raw = _read(file).rename({"unique_id": "source_record_id", "cluster": "true_person"})
    tables = {"fake-thousand": fake_1000_tables(raw)}
    flat = raw.with_columns(force=pl.lit("fake-thousand"))
    return make_set("fake_1000", tables, flat, "fake_1000")


def fake_1000_tables(records: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The standard tables of fake_1000, whose columns are text; its id is ``source_record_id``."""
    return {
        "person_record": records.select(
            "source_record_id", "surname", forename="first_name", birth_date="dob"
        ),
        "person_address": owned(records, locality="city"),
        "person_contact": owned(records, type=pl.lit("email"), value="email"),
    }
