"""A folder of official geography: recognised by content, each file whole or not at all."""

import gzip
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.reference import take_reference
from transforms.reference_folder import Outcome, load_folder
from transforms.reference_kind import force_codes
from transforms.reference_kinds import KINDS
from warehouse.errors import LockedError, UsageError
from warehouse.home import Home, exclusive
from warehouse.reference_files import FORCE_AREA, LAD_FORCE, POSTCODE, STORED, StoredKind

SQUARE = {"type": "Polygon", "coordinates": [[[0, 50], [1, 50], [1, 51], [0, 51], [0, 50]]]}
POSTCODES = "postcode,easting,northing,longitude,latitude\nNE1 4ST,425000,564000,-1.61,54.97\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.of(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "given"
    made.mkdir()
    return made


def geojson(*features: tuple[dict[str, object], object]) -> str:
    made = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    return json.dumps({"type": "FeatureCollection", "features": made})


def area(code: str = "E23000008", geometry: object = SQUARE, **more: object) -> str:
    return geojson(({"id": code, **more}, geometry))


def read(kind: StoredKind, home: Home) -> list[dict[str, object]]:
    frame = kind.read(home)
    assert frame is not None
    return frame.drop("boundary", strict=False).to_dicts()


def load_one(home: Home, folder: Path, text: str, name: str = "some file") -> Outcome:
    (folder / name).write_text(text)
    [outcome] = load_folder(home, folder, "tester")
    return outcome


# Kind, file, and its first row as stored, but for coordinates.
PUBLISHED = [
    ("force_area", area(name="Durham"), {"ons_code": "E23000008", "name": "Durham"}),
    ("force_area", geojson(({"PFA23CD": "W15000001", "PFA23NM": "North Wales"}, SQUARE)),
     {"ons_code": "W15000001", "name": "North Wales"}),
    ("lsoa_area_2021", geojson(({"LSOA21CD": "E01008162", "LSOA21NM": "Gateshead 027A",
      "LADCD_ACTIVE": "E08000037", "PFA_NAME": "Northumbria"}, SQUARE)),
     {"lsoa_code": "E01008162", "name": "Gateshead 027A", "lad_code": "E08000037",
      "ons_code": "E23000007"}),
    ("lsoa_area_2011", geojson(({"LSOA11CD": "E01008162"}, SQUARE)),
     {"lsoa_code": "E01008162", "name": None, "lad_code": None, "ons_code": None}),
    ("ward_area", geojson(({"WD25CD": "E05001067", "WD25NM": "Birtley"}, SQUARE)),
     {"ward_code": "E05001067", "name": "Birtley", "lad_code": None, "ons_code": None}),
    ("lsoa_centroid_2011", ("LSOA11CD,LSOA11NM,BNG_E,BNG_N,LONG,LAT\n"
     "E01000001,A,532129,181625,-0.1,51.5\n"),
     {"lsoa_code": "E01000001", "name": "A", "easting": 532129.0, "northing": 181625.0,
      "longitude": -0.1, "latitude": 51.5}),
    ("lsoa_ward_2021", ("LSOA21CD,LSOA21NM,WD24CD,WD24NM,LAD24CD,LAD24NM\nE01000001,A,E05000001,W,"
     "E09000001,L\n"), {"lsoa_code": "E01000001", "name": "A", "ward_code": "E05000001",
      "ward_name": "W", "lad_code": "E09000001", "lad_name": "L"}),
    ("lsoa_msoa", ("LSOA Code,MSOA Code,Local authority code,Police_force\nE01000001,E02000001,"
     "E09000001,Metropolitan Police\n"), {"lsoa_code": "E01000001", "name": None,
      "msoa_code": "E02000001", "msoa_name": None, "lad_code": "E09000001", "lad_name": None,
      "ons_code": "E23000001"}),
    ("lad_force", ("LAD22CD,LAD22NM,CSP22CD,CSP22NM,PFA22CD,PFA22NM\nW06000001,L,W14000001,C,"
     "W15000001,North Wales\n"), {"lad_code": "W06000001", "lad_name": "L", "csp_code": "W14000001",
      "csp_name": "C", "ons_code": "W15000001"}),
    ("ward_force", "ward_code,police_force\nE05000026,Metropolitan Police Service\n",
     {"ward_code": "E05000026", "ons_code": "E23000001"}),
    ("postcode", ("pcds,lsoa11cd,pfa,easting,northing,lon,lat\n"
     "NE1 4ST,E01000001,Northumbria,425000,564000,-1.61,54.97\n"),
     {"postcode": "NE1 4ST", "easting": 425000.0, "northing": 564000.0,
      "longitude": -1.61, "latitude": 54.97}),
    # Census 2021 TS001 in bulk, the mid-year estimates, and a table of one's own.
    ("population", ("date,geography,geography code,Residence type: Total; measures: Value,"
     "Residence type: Lives in a household; measures: Value\n"
     "2021,Hartlepool 001A,E01011954,2123,2100\n"),
     {"lsoa_code": "E01011954", "persons": 2123}),
    ("population", ("LAD 2023 Code,LSOA 2021 Code,LSOA 2021 Name,Total,F0\n"
     "E06000001,E01011954,Hartlepool 001A,2130,11\n"),
     {"lsoa_code": "E01011954", "persons": 2130}),
    ("population", "lsoa_code,persons\nE01011954,0\n", {"lsoa_code": "E01011954", "persons": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "row"), PUBLISHED)
@pytest.mark.parametrize("form", ["plain", "gzip"])
def test_a_file_is_recognised_by_its_columns_whatever_its_name(home, folder, kind, text, row, form):
    data = text.encode() if form == "plain" else gzip.compress(text.encode())
    (folder / "x.dat").write_bytes(data)
    [outcome] = load_folder(home, folder, "tester")
    assert (outcome.kind, outcome.rows, outcome.state) == (kind, 1, "loaded")
    [stored] = [one for one in STORED if one.name == kind]
    assert read(stored, home) == [row]


def test_a_look_up_may_come_as_parquet_too(home, folder):
    pl.DataFrame({"ward_code": ["E05000026"], "police_force": ["Durham"]}).write_parquet(
        folder / "wards"
    )
    [outcome] = load_folder(home, folder, "tester")
    assert (outcome.kind, outcome.state) == ("ward_force", "loaded")


def test_every_kind_can_be_recognised():
    assert {kind for kind, _, _ in PUBLISHED} <= {kind.name for kind in STORED}
    assert {kind.stored for kind in KINDS} == set(STORED)
    for kind in KINDS:
        named = {field.name for field in kind.fields} | ({"boundary"} & set(kind.stored.schema))
        assert named == set(kind.stored.schema), kind.stored.name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (area("E99999999"), r"id names no force in 1 rows, first in row 1"),
        (area(geometry={"type": "Point", "coordinates": [0, 50]}), "feature 1 is no polygon"),
        (area(geometry={"type": "Polygon"}), "geometry of feature 1"),
        (area(geometry=None), "geometry of feature 1"),
        (area(geometry={"type": "Polygon", "coordinates": [[[4e5, 5e5], [4e5, 6e5], [5e5, 5e5],
                                                            [4e5, 5e5]]]}), "not in degrees"),
        ("ward_code,police_force\nE05000026,Ankh-Morpork\n", "police_force names no force in 1"),
        ("ward_code,police_force\nE05000026,Durham\nE05,Durham\n", "ward_code .* in row 2"),
        ("ward_code,police_force\nE05000026,Durham\nE05000026,Kent\n", "repeat a ward_code"),
        ("ward_code,police_force\nE05000026,Durham\nE05000027\n", "row 2: field_count"),
        ("lsoa_code,persons\nE01011954,5\nE01011954,6\n", "2 rows repeat a lsoa_code and differ"),
        ("lsoa_code,persons\nE01011954,\n", "persons is missing"),
        ("lsoa_code,persons\nE01011954,-3\n", "persons .* out of bounds in 1 rows"),
        ("lsoa_code,persons\nK04000001,5\n", "lsoa_code .* malformed"),
        (POSTCODES.replace("54.97", "154.97"), "latitude .* out of bounds in 1 rows"),
        (POSTCODES.replace("425000", ""), "easting is missing"),
        ("", "the file is empty"),
        (area()[:-9], "not sound JSON"),
        ("PAR1 and no more", "not a sound Parquet file"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_whole_and_says_where(home, folder, text, says):
    outcome = load_one(home, folder, text)
    assert outcome.state == "refused"
    assert outcome.reason.startswith("some file: ")
    assert pl.Series([outcome.reason]).str.contains(says).all(), outcome.reason
    assert not list(home.reference.glob("*.parquet"))


@pytest.mark.parametrize("text", ["no table", "{}", "a,b\n1,2\n", '{"features": [{}]}'])
def test_what_is_of_no_kind_is_left(home, folder, text):
    assert load_one(home, folder, text).state == "left"


def test_a_bad_file_does_not_keep_the_others_out(home, folder):
    (folder / "a").write_text(area("bad"))
    (folder / "b").mkdir()
    (folder / "b" / "postcodes").write_text(POSTCODES)
    outcomes = load_folder(home, folder, "tester")
    assert [(one.file, one.state) for one in outcomes] == [
        ("a", "refused"),
        ("b/postcodes", "loaded"),
    ]


def test_of_two_files_of_one_kind_neither_is_loaded(home, folder):
    (folder / "a").write_text(POSTCODES)
    (folder / "b").write_text(POSTCODES.replace("NE1", "NE2"))
    outcomes = load_folder(home, folder, "tester")
    assert {(one.kind, one.state) for one in outcomes} == {("postcode", "refused")}
    assert "a, b are all of kind postcode" in outcomes[0].reason
    assert POSTCODE.read(home) is None


def test_rows_that_say_the_same_again_are_one_row(home, folder):
    row = "ward_code,police_force\nE05000026,Durham\nE05000026,Durham Constabulary\n"
    assert load_one(home, folder, row).rows == 1


def test_loading_again_changes_no_byte_and_the_journal_says_who_loaded_once(home, folder):
    load_one(home, folder, POSTCODES)
    before = {path.name: path.read_bytes() for path in home.reference.iterdir()}
    [again] = load_folder(home, folder, "somebody else")
    assert again.state == "loaded already"
    assert {path.name: path.read_bytes() for path in home.reference.iterdir()} == before
    [line] = (home.reference / "journal.jsonl").read_text().splitlines()
    assert json.loads(line).items() >= {"by": "tester", "kind": "postcode", "rows": 1}.items()
    assert {path.stat().st_mode & 0o777 for path in home.reference.iterdir()} == {0o600}
    assert home.reference.stat().st_mode & 0o777 == 0o700


def test_a_load_that_was_killed_between_its_files_is_done_again(home, folder, monkeypatch):
    load_one(home, folder, POSTCODES)
    (folder / "some file").write_text(POSTCODES.replace("NE1", "NE2"))
    monkeypatch.setattr("transforms.reference.os.replace", _die)
    with pytest.raises(KeyboardInterrupt):
        load_folder(home, folder, "tester")
    monkeypatch.undo()
    [outcome] = load_folder(home, folder, "tester")
    assert outcome.state == "loaded"
    assert read(POSTCODE, home)[0]["postcode"] == "NE2 4ST"


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_running_night_is_not_disturbed(home, folder):
    (folder / "a").write_text(POSTCODES)
    with exclusive(home.run_lock, "a night"), pytest.raises(LockedError):
        load_folder(home, folder, "tester")


def test_an_empty_folder_is_a_mistake(home, folder):
    with pytest.raises(UsageError, match="holds no file"):
        load_folder(home, folder, "tester")


def test_what_was_loaded_by_hand_stays_until_a_newer_delivery_comes(home, folder, tmp_path):
    def deliver(day: str, postcode: str) -> None:
        path = tmp_path / "reference" / day / "postcode.csv"
        path.parent.mkdir(parents=True)
        path.write_text(POSTCODES.replace("NE1 4ST", postcode))

    deliver("2024-01-01", "DH1 3LE")
    take_reference(home, tmp_path, date(2024, 1, 1))
    load_one(home, folder, POSTCODES)
    take_reference(home, tmp_path, date(2024, 1, 2))
    assert read(POSTCODE, home)[0]["postcode"] == "NE1 4ST"
    deliver("2024-01-03", "YO1 1AA")
    take_reference(home, tmp_path, date(2024, 1, 3))
    assert read(POSTCODE, home)[0]["postcode"] == "YO1 1AA"


def test_the_names_of_forces_are_those_that_the_declarations_give():
    assert force_codes()["durham constabulary"] == "E23000008"
    assert len(set(force_codes().values())) == 43


@pytest.mark.shared_data
def test_the_published_files_are_all_recognised_or_left_by_name(shared_data, home):
    outcomes = {one.file: (one.kind, one.rows, one.state)
                for one in load_folder(home, shared_data / "geo", "tester")}  # fmt: skip
    assert outcomes == {
        "la_all_codes.csv": (None, 0, "left"),
        "lsoa_latlong.csv.gz": (None, 0, "left"),
        "lad_csp_pfa_lookup_2022.csv": ("lad_force", 331, "loaded"),
        "lsoa11_centroids.parquet": ("lsoa_centroid_2011", 34_753, "loaded"),
        "lsoa11_to_msoa_lad_force_england.parquet": ("lsoa_msoa", 32_844, "loaded"),
        "lsoa11_ward21_lad21.parquet": ("lsoa_ward_2011", 34_753, "loaded"),
        "lsoas_five_ne_forces_2025.geojson.gz": ("lsoa_area_2021", 2_501, "loaded"),
        "police_forces_pfa.geojson": ("force_area", 43, "loaded"),
        "postcodes_five_ne_forces.parquet": ("postcode", 123_529, "loaded"),
        "ward_to_force.parquet": ("ward_force", 7_830, "loaded"),
        "wards_five_ne_forces_2025.geojson.gz": ("ward_area", 523, "loaded"),
    }
    assert FORCE_AREA.is_stored(home)
    assert LAD_FORCE.is_stored(home)
