"""data.police.uk files: keys, traps by name, what is refused, and the real files' own counts."""

import gzip
import random
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forces.declaration import Declaration, load_declarations
from quality.rules.place_rules import place_rules
from tests.transforms.round_trip import stage_folder
from transforms.apply_mapping import Applied, apply_mapping
from transforms.collect import collect
from transforms.mapping import Delivery
from transforms.planning import plan_night
from transforms.standardise import standardise
from transforms.systems.policeuk import SYSTEM
from transforms.systems.policeuk_files import parse_name
from warehouse.batch import Batch
from warehouse.contract import delivered_table
from warehouse.errors import DeliveryError
from warehouse.home import Home

GOLDEN = Path(__file__).parents[1] / "golden" / "policeuk" / "2021-03-31"
DAY = date(2021, 3, 31)
STREET_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)


@pytest.fixture(scope="module")
def declarations() -> dict[str, Declaration]:
    return load_declarations()


def stage(
    home: Home, files: dict[str, bytes], declarations: dict[str, Declaration], force: str = "durham"
) -> tuple[Batch, dict[str, pl.DataFrame]]:
    """Deliver files and return the batch and its staged frames, quarantine among them."""
    folder = home.root / "deliveries" / force / DAY.isoformat()
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    plan_night(home, home.root / "deliveries", DAY, declarations)
    collect(home, DAY, force)
    [batch_id] = standardise(home, DAY, force, declarations)
    staged = home.staged(batch_id)
    frames = {path.stem: pl.read_parquet(path) for path in staged.glob("*.parquet")}
    return Batch.read(staged), frames


def golden_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(GOLDEN.iterdir())}


def found(batch: Batch, table: str) -> dict[str, tuple[int, str]]:
    return {f.rule: (f.failed, f.action) for f in batch.findings if f.table == table and f.failed}


def street(*rows: str) -> bytes:
    return "\n".join([STREET_HEADER, *rows, ""]).encode()


def row(crime_id: str = "", month: str = "2021-03", by: str = "Durham Constabulary") -> str:
    return f"{crime_id},{month},{by},{by},-1.575,54.776,On or near A,E01020634,C,Drugs,,"


def delivery(folder: Path, declaration: Declaration, **files: bytes) -> Delivery:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return Delivery(folder, tuple(sorted(files)), declaration.force, DAY, (declaration,))


@pytest.fixture
def golden(tmp_path: Path, declarations: dict[str, Declaration]):
    return stage(Home.of(tmp_path), golden_files(), declarations)


def test_every_trap_of_the_golden_delivery_is_met_by_name(golden) -> None:
    batch, _ = golden
    assert batch.kind == "part"
    assert found(batch, "offence_record") == {
        "null_crime_id": (2, "counted"),
        "crime_id_repeated": (1, "counted"),
        "repeated_row": (1, "counted"),
        "no_location": (1, "mended"),
        "reported_by_other_force": (1, "quarantined"),
        "falls_within_other_force": (1, "counted"),
        "context_always_null": (7, "counted"),
        "outcome_without_one_code": (2, "counted"),
    }
    assert found(batch, "outcome") == {
        "crime_id_with_several_outcomes": (1, "counted"),
        "crime_not_in_delivery": (1, "counted"),
        "no_location": (1, "mended"),
        "outcome_without_one_code": (2, "counted"),
    }
    assert found(batch, "stop_search") == {"no_location": (1, "counted")}


def test_every_row_is_stored_or_in_quarantine(golden) -> None:
    batch, frames = golden
    assert batch.received == {"offence_record": 7, "outcome": 4, "stop_search": 2}
    assert {name: frame.height for name, frame in frames.items()} == {
        "offence_record": 6,
        "outcome": 4,
        "stop_search": 2,
        "quarantine": 1,
    }


def test_a_batch_covers_the_months_files_that_it_brings(golden) -> None:
    batch, frames = golden
    assert batch.covers == {
        "offence_record": ["street/2021-03"],
        "outcome": ["outcomes/2021-03"],
        "stop_search": ["stop-and-search/2021-03"],
    }
    assert frames["offence_record"]["scope"].unique().to_list() == ["street/2021-03"]


def test_a_month_whose_file_is_empty_is_covered_all_the_same(tmp_path, declarations) -> None:
    files = {
        "2021-03-durham-street.csv": street(),
        "2021-02-durham-street.csv": street(row(month="2021-02")),
    }
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    assert batch.covers == {"offence_record": ["street/2021-02", "street/2021-03"]}
    assert batch.held_rule is None
    assert frames["offence_record"].height == 1


def test_a_delivery_of_an_empty_month_alone_covers_it(tmp_path, declarations) -> None:
    batch, _ = stage(Home.of(tmp_path), {"2021-03-durham-street.csv": street()}, declarations)
    assert batch.covers == {"offence_record": ["street/2021-03"]}
    assert (batch.held_rule, batch.received) == (None, {"offence_record": 0})


def test_an_empty_month_is_that_of_the_force_in_its_name(tmp_path, declarations) -> None:
    own = {
        slug: replace(declarations[slug], deliverer="shared", accepts=("policeuk",))
        for slug in ("cleveland", "durham")
    }
    folder = tmp_path / "deliveries"
    folder.mkdir()
    (folder / "2021-03-durham-street.csv").write_bytes(street())
    staged = stage_folder(SYSTEM, folder, own, DAY)
    assert staged["durham"].batch.covers == {"offence_record": ["street/2021-03"]}
    assert staged["cleveland"].batch.covers == {}


def test_equal_rows_are_distinct_events_and_a_crime_id_is_no_key(golden) -> None:
    _, frames = golden
    offences = frames["offence_record"].sort("source_row")
    keys = offences["record_key"]
    assert keys.n_unique() == offences.height
    assert keys[0].removesuffix(":1") == keys[1].removesuffix(":2")
    assert offences["crime_ref"].to_list()[3] == offences["crime_ref"].to_list()[4]


def test_a_row_becomes_an_offence_of_a_month_at_a_snapped_point(golden) -> None:
    _, frames = golden
    burglary = frames["offence_record"].filter(pl.col("offence_group") == "burglary").to_dicts()[0]
    assert str(burglary["occurred_from"]) == "2021-03-01 00:00:00"
    # British Summer Time had begun by the end of the month.
    assert str(burglary["occurred_to"]) == "2021-03-31 22:59:59.999999"
    assert (burglary["occurred_on"], burglary["occurred_precision"]) == (date(2021, 3, 1), "month")
    assert (burglary["longitude"], burglary["latitude"]) == (-1.783738, 54.899283)
    assert burglary["location_precision"] == "snapped"
    assert burglary["last_outcome_code"] == "18"
    assert burglary["is_notifiable"] is True


def test_anti_social_behaviour_is_kept_and_is_not_notifiable(golden) -> None:
    _, frames = golden
    asb = frames["offence_record"].filter(pl.col("offence_group") == "anti-social-behaviour")
    assert asb["is_notifiable"].to_list() == [False, False]
    assert asb["crime_ref"].null_count() == 2


def test_no_location_leaves_neither_point_nor_words(golden) -> None:
    _, frames = golden
    nowhere = frames["offence_record"].filter(pl.col("longitude").is_null())
    assert nowhere["location_precision"].to_list() == ["none"]
    assert nowhere["location_text"].to_list() == [None]


def test_an_outcome_whose_words_cover_several_keeps_its_words(golden) -> None:
    _, frames = golden
    outcomes = frames["outcome"].sort("source_row")
    assert outcomes["outcome_code"].to_list() == ["18", None, "1", None]
    assert outcomes["outcome_text"].null_count() == 0
    assert outcomes["offence_source_record_id"].null_count() == outcomes.height


def test_a_stop_is_an_instant_with_latitude_told_from_longitude(golden) -> None:
    _, frames = golden
    first, last = frames["stop_search"].sort("source_row").to_dicts()
    assert (first["latitude"], first["longitude"]) == (54.776, -1.575)
    assert (first["search_type"], first["gender"], first["age_range"]) == (
        "person",
        "male",
        "over 34",
    )
    assert first["is_part_of_operation"] is False
    # 23:05 UTC in summer is the next day in Durham: the site's month is either of the two.
    assert str(last["occurred_from"]) == "2021-03-31 23:05:00"
    assert last["occurred_on"] == date(2021, 4, 1)


def test_gzipped_files_give_the_same_keys(tmp_path: Path, declarations, golden) -> None:
    _, plain = golden
    packed = {f"{name}.gz": gzip.compress(data) for name, data in golden_files().items()}
    _, frames = stage(Home.of(tmp_path / "packed"), packed, declarations)
    for table in ("offence_record", "outcome", "stop_search"):
        assert frames[table]["record_key"].to_list() == plain[table]["record_key"].to_list()


def test_the_same_delivery_staged_twice_is_the_same_to_the_byte(tmp_path: Path, declarations):
    first, second = (
        stage(Home.of(tmp_path / name), golden_files(), declarations)[1] for name in "ab"
    )
    assert all(first[name].equals(second[name]) for name in first)


def test_the_questions_in_the_documentation_count_the_golden_delivery(golden) -> None:
    _, frames = golden
    document = Path(__file__).parents[2] / "docs" / "run-police-uk.md"
    text = document.read_text(encoding="utf-8")
    questions = re.findall(r"^\| ([^|]+) \| [\d,]+ \| `(SELECT [^`]+)` \|$", text, re.MULTILINE)
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        for table in ("offence_record", "outcome"):
            con.register("given", frames[table])
            con.execute(f"CREATE TABLE core.{table} AS FROM given")
        counts = [(name, con.sql(question).fetchall()[0][0]) for name, question in questions]
    assert counts == [
        ("street rows", 6),
        ("outcome rows", 4),
        ("rows without a Crime ID", 2),
        ("of these, not anti-social behaviour", 0),
        ("exactly repeated rows", 1),
        ("of these, not anti-social behaviour", 0),
        ("Crime IDs used more than once", 1),
        ("of these, in more than one month", 0),
        ("most rows of one Crime ID", 2),
        ("street rows without a location", 1),
        ("outcome rows whose crime is not held", 1),
        ("Crime IDs with an outcome row", 3),
        ("Crime IDs with more than one outcome row", 1),
    ]


def test_the_documentation_names_every_trap(declarations) -> None:
    document = Path(__file__).parents[2] / "docs" / "run-police-uk.md"
    text = document.read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `([a-z_]+)` \| .* \| ([a-z]+)", text, re.MULTILINE))
    traps = {
        trap.rule: trap.action
        for mapping in reversed(SYSTEM.mappings_for(declarations["durham"]))
        for trap in mapping.traps
    }
    # Told by the check of every system's places, where official geography is loaded.
    placed = {rule.name for rule in place_rules(delivered_table("offence_record"))}
    assert {named.pop(rule) for rule in placed} == {"counted"}
    assert named == traps


@settings(max_examples=12)
@given(ids=st.lists(st.sampled_from(["", "A", "B"]), max_size=12), seed=st.integers(0, 99))
def test_keys_do_not_depend_on_the_order_of_rows(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str], seed: int
) -> None:
    declaration = load_declarations()["durham"]
    rows = [row(crime_id) for crime_id in ids]
    shuffled = random.Random(seed).sample(rows, len(rows))
    keys = [
        SYSTEM.read(
            delivery(
                tmp_path_factory.mktemp("order"),
                declaration,
                **{"2021-03-durham-street.csv": street(*several)},
            )
        )["street"].frame["row key"]
        for several in (rows, shuffled)
    ]
    assert sorted(keys[0]) == sorted(keys[1])
    assert keys[0].n_unique() == len(rows)


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"2021-03-cleveland-street.csv": street(row())}, "other_force_file"),
        ({"2021-03-durham-street.csv": street(row()), "notes.txt": b"x"}, "unknown_file"),
        (
            {"2021-03-durham-street.csv": street(row()).replace(b"Crime type", b"Offence")},
            "column_missing",
        ),
        ({"2021-03-durham-outcomes.csv": b""}, "empty_file"),
        ({"2021-03-durham-street.csv.gz": gzip.compress(street(row()))[:-9]}, "truncated_gzip"),
    ],
)
def test_a_delivery_that_cannot_be_trusted_is_held(
    tmp_path: Path, declarations, files: dict[str, bytes], rule: str
) -> None:
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    assert batch.held_rule == rule
    assert frames["quarantine"].is_empty()
    assert batch.unreadable_bytes == batch.bytes


def test_one_month_in_two_different_files_is_refused(tmp_path: Path, declarations) -> None:
    name = "2021-03-durham-street.csv"
    for folder, rows in (("a", [row()]), ("b", [row(), row()])):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(street(*rows))
    twice = Delivery(tmp_path, (f"a/{name}", f"b/{name}"), "durham", DAY,
                     (declarations["durham"],))  # fmt: skip
    with pytest.raises(DeliveryError, match="has this name and differs") as caught:
        SYSTEM.control(twice)
    assert caught.value.rule == "file_twice"


def test_a_row_of_another_month_is_kept_out(tmp_path: Path, declarations) -> None:
    files = {"2021-03-durham-street.csv": street(row("A"), row("B", month="2021-04"), row("C", ""))}
    batch, frames = stage(Home.of(tmp_path), files, declarations)
    assert found(batch, "offence_record")["month_differs_from_file"] == (2, "quarantined")
    assert frames["offence_record"]["crime_ref"].to_list() == ["A"]


def test_a_shared_deliverer_may_send_the_files_of_several_forces(
    tmp_path: Path, declarations
) -> None:
    own = {
        slug: replace(declarations[slug], deliverer="shared", accepts=("policeuk",))
        for slug in ("durham", "cleveland")
    }
    files = {
        "2021-03-durham-street.csv": street(row()),
        "2021-03-cleveland-street.csv": street(row(by="Cleveland Police"), row(by="Cleveland")),
    }
    given = delivery(tmp_path, own["durham"], **files)
    given = replace(given, declarations=tuple(own.values()))
    assert SYSTEM.force is not None
    frame = SYSTEM.read(given)["street"].frame
    slugs = frame.select(SYSTEM.force(given).alias("force"))["force"].to_list()
    assert sorted(slugs) == ["cleveland", "cleveland", "durham"]


@pytest.mark.parametrize(
    ("name", "force"),
    [
        ("2021-03-durham-street.csv", "durham"),
        ("archive.zip/2021-03/2021-03-city-of-london-stop-and-search.csv", "city-of-london"),
        ("2021-13-durham-street.csv", None),
        ("2021-03-durham-arrests.csv", None),
        ("2021-03--street.csv", None),
    ],
)
def test_a_file_is_known_by_its_name(name: str, force: str | None) -> None:
    parsed = parse_name(name)
    assert (parsed.force if parsed else None) == force


def test_every_declared_force_knows_itself_by_the_name_that_the_site_uses(declarations) -> None:
    odd = {
        "avon-and-somerset": "Avon and Somerset Constabulary",
        "btp": "British Transport Police",
        "city-of-london": "City of London Police",
        "devon-and-cornwall": "Devon & Cornwall Police",
        "dyfed-powys": "Dyfed-Powys Police",
        "metropolitan": "Metropolitan Police Service",
        "north-wales": "North Wales Police",
    }
    for slug, name in odd.items():
        assert name in (declarations[slug].name, *declarations[slug].aliases)


def apply_all(declaration: Declaration, given: Delivery) -> dict[str, Applied]:
    read = SYSTEM.read(given)
    return {
        mapping.entity: apply_mapping(
            mapping,
            read[mapping.entity].frame.with_columns(delivery_date=pl.lit(DAY)),
            {},
            by_part=True,
        )
        for mapping in SYSTEM.mappings_for(declaration)
        if mapping.entity in read
    }


def unpack(sources: list[Path]) -> dict[str, bytes]:
    return {path.name.removesuffix(".gz"): gzip.decompress(path.read_bytes()) for path in sources}


@pytest.mark.shared_data
def test_traps_of_real_files_are_counted_as_a_plain_count_gives_them(
    shared_data: Path, tmp_path: Path, declarations
) -> None:
    """Three months of one force, counted a second way."""
    cluster = shared_data / "police_uk" / "ne_cluster_2021-03_2022-03"
    sources = [p for month in ("03", "04", "05")
               for p in sorted(cluster.glob(f"2021-{month}-durham-*.csv.gz"))]  # fmt: skip
    declaration = declarations["durham"]
    applied = apply_all(declaration, delivery(tmp_path, declaration, **unpack(sources)))
    plain = {
        kind: pl.concat(
            pl.read_csv(path, infer_schema=False).with_columns(file=pl.lit(path.name))
            for path in sources
            if kind in path.name
        )
        for kind in ("street", "outcomes")
    }
    rows, outcomes = plain["street"], plain["outcomes"]
    ids = rows.drop_nulls("Crime ID").group_by("Crime ID").agg(pl.len(), pl.col("file").n_unique())
    several = outcomes.group_by("Crime ID").len().filter(pl.col("len") > 1)
    counts = {f.rule: f.failed for f in applied["street"].findings}
    assert counts["null_crime_id"] == rows["Crime ID"].null_count() > 0
    assert counts["repeated_row"] == rows.height - rows.unique().height > 0
    assert counts["no_location"] == rows.filter(pl.col("Location") == "No Location").height
    assert counts["crime_id_repeated"] == ids.filter(pl.col("len") > 1).height
    assert counts["crime_id_repeated_across_months"] == ids.filter(pl.col("file") > 1).height
    assert counts["context_always_null"] == rows.height
    assert counts["outcome_phrase_unknown"] == counts["offence_code_unmapped"] == 0
    counts = {f.rule: f.failed for f in applied["outcomes"].findings}
    assert counts["crime_id_with_several_outcomes"] == several.height > 0
    lone = outcomes.join(rows.select("Crime ID").drop_nulls(), on="Crime ID", how="anti")
    assert counts["crime_not_in_delivery"] == lone.height > 0
    for kind, frame in plain.items():
        assert applied[kind].rows.height == frame.height
        assert applied[kind].rows["record_key"].n_unique() == frame.height


@pytest.mark.shared_data
def test_real_stops_are_all_read_and_those_after_midnight_stay_in_their_month(
    shared_data: Path, tmp_path: Path, declarations
) -> None:
    sources = sorted((shared_data / "police_uk" / "northumbria_stop_and_search").glob("*.csv.gz"))
    declaration = declarations["northumbria"]
    given = delivery(tmp_path, declaration, **unpack(sources))
    stops = apply_all(declaration, given)["stop-and-search"]
    assert (stops.rows.height, stops.quarantined) == (4801, 0)
    summer = stops.rows.filter(
        pl.col("occurred_from").dt.strftime("%Y-%m") != pl.col("occurred_on").dt.strftime("%Y-%m")
    )
    assert summer.height == 5
