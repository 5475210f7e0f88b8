"""The standard form: what the documentation promises is what happens."""

import dataclasses
import json
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from forces.declaration import Declaration, load_declarations
from transforms.collect import collect
from transforms.mapping import Delivery
from transforms.planning import plan_night
from transforms.standardise import standardise
from transforms.systems import SYSTEMS, load_system, standard_doc
from transforms.systems.standard import SYSTEM
from transforms.systems.standard_files import ENTITIES
from warehouse import release
from warehouse.batch import Batch
from warehouse.contract import DELIVERED, placeholders
from warehouse.errors import DeliveryError
from warehouse.home import Home

# Rules that transforms take from the ground: values refused by name, and what can be overruled.
STATED_BELOW = (Path(placeholders.__file__), Path(release.__file__))
GOLDEN = Path(__file__).parents[1] / "golden" / "standard" / "2025-11-03"
DAY = date(2025, 11, 3)
FORCE = "northumbria"

Staged = tuple[Batch, dict[str, pl.DataFrame]]


@pytest.fixture(scope="module")
def declarations() -> dict[str, Declaration]:
    return load_declarations()


def stage(home: Home, files: dict[str, bytes], declarations: dict[str, Declaration]) -> Staged:
    """Deliver files and return the batch and its staged frames, quarantine among them."""
    folder = home.root / "deliveries" / FORCE / DAY.isoformat()
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    plan_night(home, home.root / "deliveries", DAY, declarations)
    collect(home, DAY, FORCE)
    [batch_id] = standardise(home, DAY, FORCE, declarations)
    staged = home.staged(batch_id)
    frames = {path.stem: pl.read_parquet(path) for path in staged.glob("*.parquet")}
    return Batch.read(staged), frames


def golden_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(GOLDEN.iterdir())}


def documented_files() -> dict[str, bytes]:
    """The CSVs that stand in the documentation, by the name given above each."""
    text = standard_doc.DOCUMENT.read_text(encoding="utf-8")
    found = re.findall(r"/([a-z_]+\.csv)`[^\n]*\n\n```csv\n(.*?)```", text, re.DOTALL)
    return {name: body.encode() for name, body in found}


def csv(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def one(frame: pl.DataFrame, record: str) -> dict[str, object]:
    return frame.row(by_predicate=pl.col("source_record_id") == record, named=True)


def failed(batch: Batch) -> dict[str, int]:
    return {finding.rule: finding.failed for finding in batch.findings if finding.failed}


@pytest.fixture
def documented(tmp_path: Path, declarations) -> Staged:
    return stage(Home.of(tmp_path), documented_files(), declarations)


def test_the_example_in_the_documentation_is_stored_whole(documented: Staged) -> None:
    batch, frames = documented
    assert (batch.kind, batch.environment, batch.held_rule) == ("full", "live", None)
    assert batch.received == {"event_role": 3, "offence_record": 3, "person_record": 3}
    assert frames["quarantine"].is_empty()


def test_the_example_becomes_what_the_documentation_says(documented: Staged) -> None:
    batch, frames = documented
    people, offences = frames["person_record"], frames["offence_record"]
    assert one(people, "N1001")["surname"] == "O'CONNOR"
    assert str(one(people, "N1001")["updated_at"]) == "2025-11-02 18:40:00"
    assert (one(people, "N1003")["forename"], one(people, "N1003")["birth_date"]) == (None, None)
    burglary, asb, unknown = (one(offences, f"C200{number}") for number in (1, 2, 3))
    assert str(burglary["occurred_from"]) == "2025-10-26 00:30:00"
    assert (burglary["is_time_ambiguous"], burglary["occurred_precision"]) == (True, "minute")
    assert (burglary["offence_code"], burglary["offence_group"]) == ("028/01", "burglary")
    assert burglary["location_precision"] == "exact"
    assert burglary["bng_250m"] == "E424500N568000"
    assert (asb["offence_group"], asb["is_notifiable"]) == ("anti-social-behaviour", False)
    assert (asb["occurred_precision"], str(asb["occurred_on"])) == ("day", "2025-11-01")
    assert str(asb["occurred_to"]) == "2025-11-01 23:59:59.999999"
    assert (unknown["offence_code_raw"], unknown["offence_code"]) == ("999/99", None)
    assert unknown["offence_group"] == "unmapped"
    assert failed(batch) == {
        "placeholder_name_not_entered": 1,
        "placeholder_birth_date": 1,
        "offence_code_unmapped": 1,
    }


def test_the_documentation_lists_the_columns_of_the_contract() -> None:
    text = standard_doc.DOCUMENT.read_text(encoding="utf-8")
    assert standard_doc.update_document(text) == text
    assert all(f"### {table.name}\n" in text for table in DELIVERED)


def test_an_outdated_documentation_is_told(tmp_path: Path, monkeypatch, capsys) -> None:
    text = standard_doc.DOCUMENT.read_text(encoding="utf-8")
    outdated = tmp_path / "standard-delivery.md"
    outdated.write_text(text.replace("| `surname` |", "| `family_name` |"), encoding="utf-8")
    monkeypatch.setattr(standard_doc, "DOCUMENT", outdated)
    assert standard_doc.main(["--check"]) == 1
    assert "not current" in capsys.readouterr().err
    assert standard_doc.main([]) == 0
    assert outdated.read_text(encoding="utf-8") == text


def test_the_rules_that_the_documentation_names_are_those_of_the_code() -> None:
    text = standard_doc.DOCUMENT.read_text(encoding="utf-8")
    prose = text.partition(standard_doc.BEGIN)[0]
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in (*Path(standard_doc.__file__).parents[1].rglob("*.py"), *STATED_BELOW)
    )
    rules = set(re.findall(r"\(`([a-z_]+)`\)|counted as `([a-z_]+)`", prose))
    names = {name for pair in rules for name in pair if name}
    assert len(names) > 8
    assert [name for name in sorted(names) if name not in sources] == []


def test_the_golden_delivery_holds_the_documented_files() -> None:
    files = golden_files()
    assert len(documented_files()) == 3
    assert all(files[name] == body for name, body in documented_files().items())


def test_identifiers_and_postcodes_are_made_canonical(tmp_path: Path, declarations) -> None:
    batch, frames = stage(Home.of(tmp_path), golden_files(), declarations)
    identifiers = frames["person_identifier"].select("type", "value", "is_valid").rows()
    assert sorted(identifiers) == [
        ("cro", "065656/91H", True),
        ("pnc", "2001/0171310S", False),
        ("pnc", "2002/0073319Z", True),
    ]
    postcodes = frames["person_address"].sort("source_row")["postcode"].to_list()
    assert postcodes == ["NE3 1HB", "SR4 6TA", None]
    assert failed(batch)["placeholder_postcode"] == 1


def test_parquet_gives_the_same_rows_as_csv(tmp_path: Path, declarations) -> None:
    _, plain = stage(Home.of(tmp_path / "csv"), documented_files(), declarations)
    files = {}
    for name, data in documented_files().items():
        frame = pl.read_csv(data, infer_schema=False)
        if "longitude" in frame.columns:
            frame = frame.with_columns(pl.col("longitude", "latitude").cast(pl.Float64))
        path = tmp_path / f"{name.removesuffix('.csv')}.parquet"
        frame.write_parquet(path)
        files[path.name] = path.read_bytes()
    _, typed = stage(Home.of(tmp_path / "parquet"), files, declarations)
    for table in ("person_record", "offence_record", "event_role"):
        drop = ("batch_id", "source_file")
        assert typed[table].drop(drop).equals(plain[table].drop(drop))


def test_typed_parquet_columns_are_read_as_what_they_say(tmp_path: Path, declarations) -> None:
    frame = pl.DataFrame(
        {
            "source_record_id": [7, 8],
            "birth_date": [date(1953, 6, 18), None],
            "is_deceased": [True, False],
            "updated_at": [datetime(2025, 7, 1, 12, tzinfo=UTC)] * 2,
            "birth_year": [None, 1960],
        }
    ).with_columns(recorded_at=pl.col("updated_at").dt.replace_time_zone(None))
    frame.write_parquet(tmp_path / "p.parquet")
    files = {"person_record.parquet": (tmp_path / "p.parquet").read_bytes()}
    _, frames = stage(Home.of(tmp_path / "home"), files, declarations)
    first, second = (one(frames["person_record"], record) for record in "78")
    assert (first["birth_date"], first["birth_year"]) == (date(1953, 6, 18), 1953)
    assert (second["birth_date"], second["birth_year"]) == (None, 1960)
    assert (first["is_deceased"], second["is_deceased"]) == (True, False)
    assert str(first["updated_at"]) == "2025-07-01 12:00:00"
    # Without a zone it is the time on the wall, in summer an hour ahead of UTC.
    assert str(first["recorded_at"]) == "2025-07-01 11:00:00"


def test_a_zip_and_the_store_s_own_columns_are_read(tmp_path: Path, declarations) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("offence_record.csv", csv("source_record_id,h3_r8,x_shelf", "C1,abc,4"))
    files = {"a.zip": (tmp_path / "a.zip").read_bytes()}
    batch, frames = stage(Home.of(tmp_path / "home"), files, declarations)
    assert batch.held_rule is None
    assert one(frames["offence_record"], "C1")["h3_r8"] is None


def test_a_header_alone_says_that_a_table_is_empty(tmp_path: Path, declarations) -> None:
    files = {
        "person_record.csv": csv("source_record_id", "P1"),
        "person_address.csv": csv("source_record_id,postcode"),
    }
    batch, _ = stage(Home.of(tmp_path), files, declarations)
    assert batch.covers == {"person_record": None, "person_address": None}


def test_a_delta_deletes_by_operation_and_covers_what_belongs_to_its_records(
    tmp_path: Path, declarations
) -> None:
    files = {
        "delivery.json": b'{"kind": "delta", "delivery_id": "7"}',
        # What else stands in a row that deletes is not read.
        "person_record.csv": csv(
            "source_record_id,surname,sex,birth_date,operation",
            "P1,,Q,00/00/1900,delete",
            "P2,Poe,M,,",
        ),
        "offence_record.csv": csv("source_record_id,operation", "C1,Delete", "C2,drop"),
    }
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    assert batch.kind == "delta"
    operations = frames["person_record"].select("source_record_id", "operation").rows()
    assert operations == [("P1", "delete"), ("P2", "upsert")]
    assert batch.covers["person_address"] == ["person_record:P1", "person_record:P2"]
    # An operation that nobody knows is no upsert, and a deletion has no code that could be wrong.
    assert frames["offence_record"]["operation"].to_list() == ["delete"]
    assert failed(batch)["operation_unknown"] == 1
    assert failed(batch)["offence_code_unmapped"] == 1


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("A,18/06/1953,,,", "birth_date_not_a_date"),
        ("A,1953-02-31,,,", "birth_date_not_a_date"),
        ("A,,X,,", "sex_unknown"),
        ("A,,,maybe,", "not_yes_or_no"),
        ("A,,,,yesterday", "not_a_time"),
        (",1953-06-18,,,", "source_record_id_missing"),
    ],
)
def test_a_value_that_does_not_fit_quarantines_its_row_and_no_other(
    tmp_path: Path, declarations, line: str, rule: str
) -> None:
    header = "source_record_id,birth_date,sex,is_deceased,updated_at"
    files = {"person_record.csv": csv(header, line, "B,1953-06-18,f,No,2025-01-01 09:30")}
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    assert batch.received == {"person_record": 2}
    assert frames["person_record"]["source_record_id"].to_list() == ["B"]
    assert frames["quarantine"].select("rule", "source_row").rows() == [(rule, 1)]


def test_the_code_decides_over_a_group_that_differs(tmp_path: Path, declarations) -> None:
    rows = ("A,028/01,shoplifting", "B,,Vehicle crime", "C,,sorcery", "D,,VEHICLE-CRIME", "E,,")
    files = {"offence_record.csv": csv("source_record_id,offence_code,offence_group", *rows)}
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    groups = dict(frames["offence_record"].select("source_record_id", "offence_group").rows())
    assert groups == {
        "A": "burglary",
        "B": "vehicle-crime",
        "C": "unmapped",
        "D": "vehicle-crime",
        "E": "unmapped",
    }
    assert failed(batch) == {
        "offence_group_differs_from_code": 1,
        "offence_group_unknown": 1,
        "offence_code_unmapped": 2,
    }


def test_a_code_that_is_not_known_is_told_though_a_group_stands_beside_it(
    tmp_path: Path, declarations
) -> None:
    rows = ("A,999/99,burglary", "B,?,burglary", "C,,burglary", "D,028/01,burglary")
    files = {"offence_record.csv": csv("source_record_id,offence_code,offence_group", *rows)}
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    kept = frames["offence_record"].select("offence_code", "offence_code_raw", "offence_group")
    assert kept.rows() == [
        (None, "999/99", "burglary"),
        (None, "?", "burglary"),
        (None, None, "burglary"),
        ("028/01", "028/01", "burglary"),
    ]
    assert failed(batch) == {"offence_code_unmapped": 2}
    abroad = dataclasses.replace(declarations[FORCE], profile="generic", known_bad={})
    batch, _ = stage(Home.of(tmp_path / "abroad"), files, {FORCE: abroad})
    assert failed(batch) == {}


def test_numbers_that_are_none_are_told(tmp_path: Path, declarations) -> None:
    rows = ("A,NaN,0", "B,inf,0", "C,1e400,0", "D,-1.6,55.0")
    files = {"offence_record.csv": csv("source_record_id,longitude,latitude", *rows)}
    _, frames = stage(Home.of(tmp_path), files, declarations)
    assert frames["offence_record"]["source_record_id"].to_list() == ["D"]
    assert set(frames["quarantine"]["rule"]) == {"not_a_number"}


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"person_record.csv": csv("source_record_id,fornames", "A,Ann")}, "unknown_column"),
        ({"person_record.csv": csv("id,surname", "A,Ann")}, "column_missing"),
        ({"event_role.csv": csv("source_record_id,event_type", "A,custody")}, "column_missing"),
        ({"person_record.csv": csv("A,Ann", "B,Bob")}, "header_missing"),
        ({"person_record.csv": b""}, "empty_file"),
        ({"person_record.csv": csv("source_record_id", "A"), "people.csv": b"x"}, "unknown_file"),
        (
            {"person_record.csv": csv("source_record_id", "A"), "person_record.parquet": b"x"},
            "file_twice",
        ),
        ({"person_record.parquet": b"PAR1 and nothing more"}, "unreadable_parquet"),
        (
            {
                "event_role.csv": csv(
                    "source_record_id,event_type,person_source_record_id,role,operation",
                    "A,offence_record,B,victim,delete",
                ),
            },
            "unknown_column",
        ),
    ],
)
def test_a_delivery_that_could_be_misread_is_held(
    tmp_path: Path, declarations, files: dict[str, bytes], rule: str
) -> None:
    batch, _ = stage(Home.of(tmp_path), files, declarations)
    assert batch.held_rule == rule
    assert not batch.received


NEEDED = {
    "person_name": ["name_type"],
    "person_identifier": ["type", "value"],
    "person_contact": ["type", "value"],
    "warning_marker": ["marker_code"],
    "intelligence_report": ["grading"],
    "lfr_deployment": ["deployed_on"],
    "event_role": ["event_type", "person_source_record_id", "role"],
    "event_object": ["event_type", "object_type", "object_source_record_id", "role"],
}


def test_no_other_column_is_needed_than_those_that_nothing_can_derive() -> None:
    needed = {entity.name: list(entity.required[1:]) for entity in ENTITIES}
    assert {name: columns for name, columns in needed.items() if columns} == NEEDED


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table in NEEDED for column in NEEDED[table]]
)
def test_a_file_without_a_column_that_nothing_can_derive_is_refused(
    tmp_path: Path, declarations, form: str, table: str, column: str
) -> None:
    names = ["source_record_id", *(name for name in NEEDED[table] if name != column)]
    frame = pl.DataFrame({name: ["A"] for name in names})
    if form == "csv":
        frame.write_csv(tmp_path / f"{table}.csv")
    else:
        frame.write_parquet(tmp_path / f"{table}.parquet")
    given = Delivery(tmp_path, (f"{table}.{form}",), FORCE, DAY, (declarations[FORCE],))
    with pytest.raises(DeliveryError, match=column) as caught:
        SYSTEM.read(given)
    assert caught.value.rule == "column_missing"


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"environment": "test"}, "test_environment"),
        ({"environment": "LIVE?"}, "test_environment"),
        ({"rows": {"person_record": 2}}, "declared_count_differs"),
        ({"rows": {"offence_record": 1}}, "declared_count_differs"),
        ({"rows": {"people": 1}}, "control_unreadable"),
        ({"rows": [1]}, "control_unreadable"),
        ({"kind": "part"}, "control_unreadable"),
        ({"kind": ["full"]}, "control_unreadable"),
        ({"delivery": "1"}, "control_unreadable"),
        ([], "control_unreadable"),
    ],
)
def test_what_a_delivery_says_of_itself_can_hold_it(
    tmp_path: Path, declarations, said: object, rule: str
) -> None:
    files = {
        "person_record.csv": csv("source_record_id", "A"),
        "delivery.json": json.dumps(said).encode(),
    }
    batch, _ = stage(Home.of(tmp_path), files, declarations)
    assert batch.held_rule == rule


def test_another_country_is_held_to_no_british_rule(tmp_path: Path, declarations) -> None:
    abroad = dataclasses.replace(declarations[FORCE], profile="generic", known_bad={})
    files = {
        "person_identifier.csv": csv("source_record_id,type,value", "A,pnc,12-ab"),
        "person_address.csv": csv("source_record_id,postcode", "A,d-01067"),
        "person_contact.csv": csv("source_record_id,type,value", "A,phone,0351 4830"),
        "offence_record.csv": csv(
            "source_record_id,offence_code,occurred_from,longitude,latitude,easting,northing",
            "C,028/01,2025-10-26T01:30:00,13.74,51.05,1,2",
        ),
    }
    batch, frames = stage(Home.of(tmp_path), files, {FORCE: abroad})
    assert frames["quarantine"].is_empty()
    assert failed(batch) == {"offence_code_unmapped": 1}
    identifier = frames["person_identifier"].row(0, named=True)
    assert (identifier["value"], identifier["is_valid"]) == ("12-AB", None)
    assert frames["person_address"]["postcode"].item() == "D-01067"
    assert frames["person_contact"]["value"].item() == "0351 4830"
    offence = frames["offence_record"].row(0, named=True)
    assert (offence["offence_code_raw"], offence["offence_code"]) == ("028/01", None)
    assert str(offence["occurred_from"]) == "2025-10-26 01:30:00"
    assert offence["is_time_ambiguous"] is False
    assert (offence["longitude"], offence["bng_250m"]) == (13.74, None)


def test_a_column_that_is_none_is_told_by_its_place_and_never_by_its_name(
    tmp_path: Path, declarations
) -> None:
    frame = pl.DataFrame({name: ["A"] for name in ("source_record_id", "fornames", "sex", "Ann")})
    frame.write_parquet(tmp_path / "p.parquet")
    for name, data in {
        "person_record.csv": frame.write_csv().encode(),
        "person_record.parquet": (tmp_path / "p.parquet").read_bytes(),
    }.items():
        batch, _ = stage(Home.of(tmp_path / name), {name: data}, declarations)
        assert batch.held_reason is not None
        assert f"{name}: 2 columns are none of person_record: column 2, 4 (" in batch.held_reason
        assert "'forename'" in batch.held_reason
        assert "fornames" not in batch.held_reason
        assert "Ann" not in batch.held_reason
    one = frame.drop("Ann").write_csv().encode()
    batch, _ = stage(Home.of(tmp_path / "one"), {"person_record.csv": one}, declarations)
    assert "1 column is none of person_record: column 2 (" in str(batch.held_reason)


def test_a_birth_year_that_contradicts_its_date_is_counted_and_the_date_kept(
    tmp_path: Path, declarations
) -> None:
    lines = ("source_record_id,birth_date,birth_year,operation", "A,1986-01-01,1985,",
             "B,1986-01-01,1986,", "C,,1985,", "D,1900-01-01,1985,", "E,1986-01-01,,",
             "F,1986-01-01,abt,", "G,1986-01-01,1986.0,", "H,1986-01-01,1985,delete")  # fmt: skip
    files = {"person_record.csv": csv(*lines), "delivery.json": b'{"kind": "delta"}'}
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    years = dict(frames["person_record"].select("source_record_id", "birth_year").rows())
    assert years == {
        "A": 1986, "B": 1986, "C": 1985, "D": None, "E": 1986, "F": 1986, "G": 1986, "H": None,
    }  # fmt: skip
    assert failed(batch)["birth_year_differs_from_date"] == 2
    [told] = [f for f in batch.findings if f.rule == "birth_year_differs_from_date"]
    assert (told.table, told.column, told.action) == ("person_record", "birth_year", "mended")


def test_every_system_that_gives_a_birth_year_beside_a_date_counts_where_they_differ(
    declarations,
) -> None:
    mappings = {
        name: [m for m in load_system(name).mappings_for(declarations[FORCE])
               if "birth_year" in m.columns]
        for name in SYSTEMS
    }  # fmt: skip
    giving = {name: [trap.rule for trap in found[0].traps] for name, found in mappings.items()
              if found}  # fmt: skip
    assert set(giving) == {"athena", "connect", "ihub", "niche", "standard"}
    assert all("birth_year_differs_from_date" in traps for traps in giving.values())


def test_a_row_of_a_force_that_does_not_deliver_is_kept_out(tmp_path: Path, declarations) -> None:
    files = {"person_record.csv": csv("source_record_id,force", "A,durham", f"B,{FORCE}", "C,")}
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    assert frames["person_record"]["source_record_id"].to_list() == ["B", "C"]
    assert frames["quarantine"]["rule"].to_list() == ["force_unknown"]
    assert batch.received == {"person_record": 3}


def test_several_forces_of_one_deliverer_are_told_by_their_column(
    tmp_path: Path, declarations
) -> None:
    several = {
        slug: dataclasses.replace(declarations[slug], deliverer="region", system="standard")
        for slug in ("durham", FORCE)
    }
    folder = tmp_path / "deliveries" / "region" / DAY.isoformat()
    folder.mkdir(parents=True)
    rows = ("A,durham", f"B,{FORCE}", "C,", "D,kent")
    (folder / "person_record.csv").write_bytes(csv("source_record_id,force", *rows))
    home = Home.of(tmp_path)
    plan_night(home, tmp_path / "deliveries", DAY, several)
    collect(home, DAY, "region")
    staged = [home.staged(batch_id) for batch_id in standardise(home, DAY, "region", several)]
    ids = {
        Batch.read(path).force: pl.read_parquet(path / "person_record.parquet")["record_key"].item()
        for path in staged
    }
    assert ids == {"durham": "A", FORCE: "B"}
    quarantined = pl.read_parquet(staged[0] / "quarantine.parquet")
    assert quarantined.select("rule", "source_row").rows() == [
        ("force_unknown", 3),
        ("force_unknown", 4),
    ]


def test_every_delivered_table_has_a_mapping_for_every_profile(declarations) -> None:
    for profile in ("GB", "generic"):
        declaration = dataclasses.replace(declarations[FORCE], profile=profile)
        mapped = {mapping.table for mapping in SYSTEM.mappings_for(declaration)}
        assert mapped == {table.name for table in DELIVERED} == {e.name for e in ENTITIES}


def test_an_unknown_key_of_the_control_file_is_counted_and_never_named(tmp_path):
    (tmp_path / "delivery.json").write_text('{"Ann Smith": 1, "kind": "full", "x": 2}')
    given = Delivery(tmp_path, ("delivery.json",), "aford", date(2026, 1, 5), ())
    with pytest.raises(DeliveryError, match=r"delivery\.json: has 2 unknown keys") as caught:
        SYSTEM.control(given)
    assert "Smith" not in str(caught.value)


def test_o1_of_the_older_set_is_staged_as_a4_and_a_delivery_of_both_sets_is_told(
    tmp_path: Path, declarations
) -> None:
    lines = ("source_record_id,ethnicity_self_defined", "1,O1", "2,A4", "3,w1", "4,IC1", "5,")
    home = Home.of(tmp_path)
    batch, frames = stage(home, {"person_record.csv": csv(*lines)}, declarations)
    staged = frames["person_record"].sort("source_record_id")
    assert staged.select("source_record_id", "ethnicity_self_defined").rows() == [
        ("1", "A4"), ("2", "A4"), ("3", "W1"), ("5", None),
    ]  # fmt: skip
    assert frames["quarantine"]["rule"].to_list() == ["ethnicity_self_defined_unknown"]
    counts = failed(batch)
    assert counts["ethnicity_o1_is_a4"] == counts["ethnicity_sets_mixed"] == 1
