import json
import tomllib
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest

from forces import declaration
from forces.declaration import SHARED_PNC_CODES, by_deliverer, load_declarations
from forces.drift_limits import DriftLimits, find_drift_problem
from warehouse.errors import DeclarationError

ATHENA = {
    "bedfordshire", "cambridgeshire", "essex", "hertfordshire", "kent", "norfolk", "suffolk",
    "warwickshire", "west-mercia",
}  # fmt: skip
PUBLIC_CONNECT = {"lancashire", "metropolitan", "west-midlands"}
PUBLIC_NICHE = {
    "gwent", "lincolnshire", "north-yorkshire", "northamptonshire", "south-wales", "surrey",
    "sussex", "west-yorkshire",
}  # fmt: skip

MINIMAL = 'name = "Somewhere"\n[record_system]\nsystem = "standard"\n'


def declare(folder: Path, **files: str) -> Path:
    for slug, text in files.items():
        (folder / f"{slug}.toml").write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        load_declarations(folder)
    return str(caught.value).splitlines()


def test_all_forty_three_forces_and_british_transport_police_are_declared():
    declarations = load_declarations()
    areas = {one.ons_code for one in declarations.values() if one.ons_code}
    english = {f"E230000{number:02}" for number in range(1, 40)}
    welsh = {f"W1500000{number}" for number in range(1, 5)}
    assert areas == english | welsh
    assert [slug for slug, one in declarations.items() if one.ons_code is None] == ["btp"]
    assert len(declarations) == 44


def test_declarations_come_in_the_order_of_their_slugs():
    declarations = load_declarations()
    assert list(declarations) == sorted(declarations)
    assert all(slug == declaration.force for slug, declaration in declarations.items())


def test_forces_whose_vendor_is_public_have_it_and_no_other_force_claims_so():
    declarations = load_declarations()
    public = {slug: one.system for slug, one in declarations.items() if one.is_public}
    assert public == (
        dict.fromkeys(ATHENA, "athena")
        | dict.fromkeys(PUBLIC_CONNECT, "connect")
        | dict.fromkeys(PUBLIC_NICHE, "niche")
    )
    assert [one.system for one in declarations.values()].count("niche") == 22


def test_athena_delivers_nine_forces_weekly_and_in_full():
    served = by_deliverer(load_declarations())
    assert {one.force for one in served["athena"]} == ATHENA
    assert {(one.kind, one.every_days) for one in served["athena"]} == {("full", 7)}
    assert all(len(forces) == 1 for deliverer, forces in served.items() if deliverer != "athena")


def test_the_shared_pnc_code_stands_with_the_athena_forces_only():
    sharing = {
        slug for slug, one in load_declarations().items() if SHARED_PNC_CODES & {*one.pnc_codes}
    }
    assert sharing == ATHENA


def test_shares_sum_to_the_nation_and_every_force_has_a_map():
    declarations = load_declarations().values()
    assert sum(one.share for one in declarations) == pytest.approx(1, abs=0.01)
    for one in declarations:
        assert one.share > 0, one.force
        assert one.radius > 0, one.force
        easting, northing = one.centre
        assert easting - one.radius > 0, one.force
        assert easting + one.radius < 700_000, one.force
        assert 0 < northing - one.radius < northing + one.radius < 660_000, one.force


def test_every_connect_force_names_its_form_and_both_forms_are_used():
    forms = {slug: one.form for slug, one in load_declarations().items() if one.system == "connect"}
    assert set(forms.values()) == {"xml", "ndjson"}


@pytest.mark.shared_data
def test_pnc_codes_are_the_forces_own(shared_data: Path):
    listed = json.loads((shared_data / "reference/pnc_force_codes.json").read_text("utf-8"))
    name_of = {row["code"]: row["name"].casefold() for row in listed}
    for one in load_declarations().values():
        known = {name.casefold().replace("-", " ") for name in (one.name, *one.aliases)}
        for code in set(one.pnc_codes) - SHARED_PNC_CODES:
            assert name_of[code].replace("-", " ") in known, one.force


@pytest.mark.shared_data
def test_ons_codes_are_the_forces_own(shared_data: Path):
    areas = json.loads((shared_data / "geo/police_forces_pfa.geojson").read_text("utf-8"))
    name_of = {area["properties"]["id"]: area["properties"]["name"] for area in areas["features"]}
    for one in load_declarations().values():
        if one.ons_code:
            assert name_of[one.ons_code] in (one.name, *one.aliases), one.force


@pytest.mark.shared_data
def test_names_are_those_of_the_street_files(shared_data: Path):
    names = {slug: {one.name, *one.aliases} for slug, one in load_declarations().items()}
    months = sorted((shared_data / "police_uk").glob("*/2021-03-*-street.csv.gz"))
    assert months
    for file in months:
        slug = file.name.removeprefix("2021-03-").removesuffix("-street.csv.gz")
        reported = pl.read_csv(file, columns=["Reported by"], infer_schema=False)
        assert set(reported["Reported by"]) <= names[slug]


def test_a_name_and_a_record_system_are_enough(tmp_path: Path):
    (one,) = load_declarations(declare(tmp_path, somewhere=MINIMAL)).values()
    assert (one.force, one.name, one.system, one.deliverer) == (
        "somewhere", "Somewhere", "standard", "somewhere",
    )  # fmt: skip
    assert (one.profile, one.kind, one.every_days, one.encoding) == ("GB", "full", 1, "utf-8")
    assert (one.aliases, one.pnc_codes, one.accepts, one.ons_code, one.form) == (
        (), (), (), None, None,
    )  # fmt: skip
    assert (one.is_public, one.share, one.known_bad, one.expected_rows) == (False, 0, {}, {})


def test_a_broken_declaration_lists_every_problem_of_every_file(tmp_path: Path):
    broken = """
    nmae = "Nowhere"
    aliases = "Nowhere"
    pnc_codes = ["77"]
    [record_system]
    deliverer = "No Where"
    encoding = "klingon"
    is_public = "yes"
    [delivery]
    kind = "half"
    every_days = 0
    [known_bad]
    "person_record.surnam" = ["X"]
    "person_record.surname" = "X"
    [expected_rows]
    nominal = 10
    [simulator]
    centre = [1]
    radius_metres = -1
    share = 1.5
    """
    folder = declare(
        tmp_path,
        Bad_Slug=MINIMAL,
        nowhere=broken,
        unread="name = ",
        one=f'pnc_codes = ["77", "00"]\naliases = ["Twin"]\n{MINIMAL}',
        two=f'pnc_codes = ["77", "00"]\n{MINIMAL.replace("Somewhere", "TWIN")}',
    )
    found = problems(folder)
    expected = [
        "Bad_Slug.toml: the file's name is not a slug",
        "nowhere.toml: name: missing",
        "nowhere.toml: aliases: not a list of texts",
        "nowhere.toml: record_system.system: missing",
        "nowhere.toml: record_system.deliverer: not a slug",
        "nowhere.toml: record_system.is_public: not true or false",
        "nowhere.toml: record_system.encoding: not an encoding",
        "nowhere.toml: delivery.kind: not full, delta or part",
        "nowhere.toml: delivery.every_days: not a whole number from 1",
        (
            "nowhere.toml: known_bad: person_record.surnam is not a column that forces deliver; "
            "person_record.surname is not a list of texts"
        ),
        "nowhere.toml: expected_rows: nominal is not a table that forces deliver",
        "nowhere.toml: simulator.centre: not [easting, northing]",
        "nowhere.toml: simulator.radius_metres: not a number of metres from 0",
        "nowhere.toml: simulator.share: not a number from 0 to 1",
        "nowhere.toml: nmae: unknown key",
        "two.toml: PNC code '77' is also that of one.toml",
        "two.toml: name or alias 'twin' is also that of one.toml",
        # And nothing of its keys: whether they are there is not known.
        "unread.toml: not valid TOML",
    ]
    for problem in expected:
        assert sum(line.startswith(problem) for line in found) == 1, problem
    assert len(found) == len(expected)


def test_an_unknown_section_is_an_unknown_key(tmp_path: Path):
    text = f"{MINIMAL}[deliveries]\nkind = 'full'\n"
    assert problems(declare(tmp_path, one=text)) == ["one.toml: deliveries: unknown key"]


def test_one_deliverer_cannot_have_two_systems(tmp_path: Path):
    shared = 'name = "{0}"\n[record_system]\ndeliverer = "hub"\nsystem = "{1}"\n'
    folder = declare(tmp_path, one=shared.format("A", "niche"), two=shared.format("B", "ihub"))
    assert problems(folder) == [
        (
            "one, two: record_system.system: one deliverer (hub) "
            "cannot have several systems (ihub, niche)"
        )
    ]


def test_a_folder_without_declarations_is_refused(tmp_path: Path):
    assert "no declaration" in problems(tmp_path)[0]


def test_limits_of_drift_may_be_declared_one_by_one(tmp_path):
    declare(tmp_path, alpha=MINIMAL + "[drift]\nvolume_high = 3\nnull_share_held = 0.8\n")
    declare(tmp_path, bravo=MINIMAL.replace("Somewhere", "Elsewhere"))
    declarations = load_declarations(tmp_path)
    assert declarations["alpha"].drift == DriftLimits(volume_high=3.0, null_share_held=0.8)
    assert declarations["bravo"].drift == DriftLimits()


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ("volume_hi = 3", "volume_hi is not a limit of drift"),
        ("volume_high = 0.5", "volume_high is not a number from 1"),
        ("null_share = 20", "null_share is not a number from 0 to 1"),
        ("unseen_share = true", "unseen_share is not a number from 0 to 1"),
        ('loss_held = "half"', "loss_held is not a number from 0 to 1"),
        ("volume_low = nan", "volume_low is not a number from 0 to 1"),
        ("volume_low = 0.6", "volume_noted_low (0.5) is less than volume_low (0.6)"),
        ("null_share_held = 0.05", "null_share_held (0.05) is less than null_share (0.1)"),
    ],
)
def test_a_limit_of_drift_that_makes_no_sense_is_refused_by_name(tmp_path, declared, problem):
    declare(tmp_path, alpha=f"{MINIMAL}[drift]\n{declared}\n")
    assert problems(tmp_path) == [f"alpha.toml: drift: {problem}"]


def test_the_limits_shown_in_a_shipped_declaration_are_the_defaults():
    text = (Path(declaration.__file__).parent / "metropolitan.toml").read_text(encoding="utf-8")
    commented = text.partition("# [drift]")[2].partition("\n[simulator]")[0].splitlines()[1:]
    shown = tomllib.loads("\n".join(line.removeprefix("# ") for line in commented))
    defaults = asdict(DriftLimits())
    assert set(shown) == set(defaults)
    assert {name: shown[name] for name, limit in defaults.items() if limit is not None} == {
        name: limit for name, limit in defaults.items() if limit is not None
    }
    assert find_drift_problem(shown) is None
