"""A clean extract of any record system: plausible rows of every table, drawn by a seed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from forces.declaration import Declaration
from forces.simulator.extract import Extract, Renderer
from transforms.places import locate
from transforms.profiles import profile
from warehouse.contract import DELIVERED, IDENTITY_COLUMNS, Column, Kind, Table
from warehouse.identifiers import build_cro, build_pnc
from warehouse.reference import read_reference

DAY = date(2025, 11, 3)
LEFT_OUT = {"source_system", "record_key", "batch_id", "source_file", "source_row"}
# The hours in which the clocks go back: a local time without a zone cannot tell them apart.
REPEATED = (("2024-10-27", "2024-10-27T03:00"), ("2025-10-26", "2025-10-26T03:00"))
OWNERS = {"person_name", "person_identifier", "person_address", "person_contact", "warning_marker"}
WORDS = ("ANNE", "ZOË", "O'NEILL", "D'ARCY-JONES", "NGUYỄN", "ŁUKASZ", "SMITH", "KAUR", "MBEKI")
TEXTS = {
    "forename": WORDS,
    "middle_names": ("MAY LOU", "JÓZEF", "AL"),
    "surname": WORDS,
    "address": ("12 MILL LANE", "FLAT 2, 9 QUAY ST"),
    "locality": ("CHELMSFORD", "DOVER"),
    "method_text": ('He said "stop" & <ran>', "Line one\nline two", "a|b, c; d"),
    "report_text": ("Seen with a tool’s case", 'A "quote", a comma'),
    "age_range": ("under 10", "18-24", "over 34"),
    "asn": ("2542010100000012345A",),
    "vrm": ("AB12CDE", "K1NGS"),
    "make": ("FORD",),
    "model": ("TRANSIT",),
    "colour": ("RED", "BLUE"),
    "number": ("+447700900123", "+442079460321"),
    "imei": ("490154203237518",),
    "property_type": ("LAPTOP",),
    "serial_number": ("SN1299X",),
    "other_force_ref": ("REF 9",),
    "last_outcome_code": ("1", "18", "1A"),
    "outcome_code": ("1", "18", "1A"),
}


def make_gazetteer(random: np.random.Generator) -> pl.DataFrame:
    """Postcodes with their centres, as ``reference.postcode``."""
    names = [f"CM{n} {m}AB" for n in range(1, 9) for m in range(1, 9)]
    placed = pl.DataFrame(
        {
            "postcode": pl.Series(names, dtype=pl.String),
            "longitude": (random.random(len(names)) - 0.5).round(4),
            "latitude": (random.random(len(names)) * 0.5 + 51.5).round(4),
        }
    ).with_columns(
        easting=pl.lit(None, pl.Float64),
        northing=pl.lit(None, pl.Float64),
        h3_r8=pl.lit(None, pl.String),
        h3_r9=pl.lit(None, pl.String),
        bng_250m=pl.lit(None, pl.String),
        location_precision=pl.lit("exact"),
    )
    return locate(placed, None, profile("GB"))[0]


def make_extract(
    renderer: Renderer, declarations: Mapping[str, Declaration], seed: int, people: int = 8
) -> tuple[Extract, pl.DataFrame]:
    """A clean extract of some forces, and the gazetteer that its places are from."""
    random = np.random.default_rng(seed)
    gazetteer = make_gazetteer(random)
    tables: dict[str, list[pl.DataFrame]] = {}
    for declaration in declarations.values():
        made: dict[str, pl.DataFrame] = {}
        for table in DELIVERED:
            if table.name != "lfr_deployment":
                made[table.name] = _make_table(
                    table, renderer, declaration, made, gazetteer, random, people
                )
                tables.setdefault(table.name, []).append(made[table.name])
    first = next(iter(declarations.values()))
    extract = Extract(
        deliverer=first.deliverer,
        delivery_date=DAY,
        delivery_id="D-1",
        kind=first.kind,
        declarations=declarations,
        tables={name: pl.concat(parts) for name, parts in tables.items()},
        rates={},
        random=random,
    )
    return extract, gazetteer


def _make_table(
    table: Table,
    renderer: Renderer,
    declaration: Declaration,
    made: Mapping[str, pl.DataFrame],
    gazetteer: pl.DataFrame,
    random: np.random.Generator,
    rows: int,
) -> pl.DataFrame:
    columns = [c for c in (*IDENTITY_COLUMNS[:1], *table.content) if c.name not in LEFT_OUT]
    columns = list({c.name: c for c in columns}.values())
    frame = pl.DataFrame(
        {c.name: pl.Series(_draw(c, random, rows), dtype=c.kind.polars) for c in columns}
    ).with_columns(
        force=pl.lit(declaration.force),
        source_record_id=_ids(table, renderer, declaration, made, random, rows),
        operation=pl.lit("upsert"),
        sequence=pl.lit(None, pl.Int64),
    )
    return _make_true(table, frame, made, gazetteer, random)


def _ids(
    table: Table,
    renderer: Renderer,
    declaration: Declaration,
    made: Mapping[str, pl.DataFrame],
    random: np.random.Generator,
    rows: int,
) -> pl.Series:
    if table.name in OWNERS:
        return _choose(made["person_record"]["source_record_id"].to_list(), random, rows)
    numbers = pl.Series(random.permutation(rows) + 1, dtype=pl.Int64)
    year = pl.lit(2025, pl.Int64)
    expression = (
        renderer.person_id(pl.lit(numbers), declaration)
        if table.name == "person_record"
        else renderer.event_id(pl.lit(numbers), year, declaration)
    )
    return pl.select(expression.alias("id"))["id"]


def _draw(column: Column, random: np.random.Generator, rows: int) -> list[Any]:
    """Values that the column may hold; a tenth are null where null may stand."""
    if column.allowed:
        values: list[Any] = _choose(column.allowed, random, rows).to_list()
    elif column.kind == Kind.BOOLEAN:
        values = [bool(v) for v in random.integers(0, 2, rows)]
    elif column.kind == Kind.DATE:
        values = [date(1950, 1, 2) + timedelta(int(v)) for v in random.integers(0, 20_000, rows)]
    elif column.kind == Kind.TIMESTAMP:
        values = [_instant(int(v)) for v in random.integers(0, 700 * 1440, rows)]
    elif column.kind == Kind.TEXT:
        words = TEXTS.get(column.name, (f"{column.name} 1", f"{column.name} 2"))
        values = _choose(words, random, rows).to_list()
    else:
        values = [int(v) / 4 for v in random.integers(0, 4000, rows)]
        values = values if column.kind == Kind.DOUBLE else [int(v) for v in values]
    if column.required:
        return values
    return [v if keep else None for v, keep in zip(values, random.random(rows) > 0.1, strict=True)]


def _instant(minutes: int) -> datetime:
    instant = datetime.fromisoformat("2024-01-01") + timedelta(minutes=minutes)
    is_repeated = any(start <= instant.isoformat() < end for start, end in REPEATED)
    return instant + timedelta(hours=5) if is_repeated else instant


def _choose(values: Any, random: np.random.Generator, rows: int) -> pl.Series:
    several = list(values)
    return pl.Series([several[int(i)] for i in random.integers(0, len(several), rows)])


def _make_true(
    table: Table,
    frame: pl.DataFrame,
    made: Mapping[str, pl.DataFrame],
    gazetteer: pl.DataFrame,
    random: np.random.Generator,
) -> pl.DataFrame:
    """The frame with the columns that hang together made to."""
    rows = frame.height

    def ids(name: str) -> pl.Series:
        return _choose(made[name]["source_record_id"].to_list(), random, rows)

    if table.name == "person_record":
        birth = pl.col("birth_date")
        frame = frame.with_columns(
            birth_year=pl.coalesce(birth.dt.year(), pl.lit(1981)),
            ethnicity_self_defined=pl.col("ethnicity_self_defined").replace("O1", "A4"),
        )
    if table.name == "person_identifier":
        serial = pl.Series(random.integers(1, 90_000, rows))
        year = pl.lit(1999, pl.Int64)
        is_pnc, is_cro = pl.col("type") == "pnc", pl.col("type") == "cro"
        frame = frame.with_columns(
            value=pl.when(is_pnc).then(build_pnc(year, pl.lit(serial)))
            .when(is_cro).then(build_cro(year, pl.lit(serial)))
            .otherwise(pl.lit("ID 77X")),
            is_valid=pl.when(is_pnc | is_cro).then(pl.lit(value=True)),
        )  # fmt: skip
    if table.name == "person_contact":
        is_phone = pl.col("type") == "phone"
        phone, email = pl.lit("+447700900456"), pl.lit("a.b@example.org")
        frame = frame.with_columns(value=pl.when(is_phone).then(phone).otherwise(email))
    if table.name == "person_address":
        frame = frame.with_columns(postcode=_choose(gazetteer["postcode"], random, rows))
    if table.name == "offence_record":
        codes = read_reference("offence_code").drop_nulls(["cjs_code", "npcc_code"])
        drawn = codes[random.integers(0, codes.height, rows)]
        frame = frame.with_columns(drawn["offence_code"], drawn["offence_group"])
    if table.name in ("outcome", "custody"):
        frame = frame.with_columns(offence_source_record_id=ids("offence_record"))
    if table.name == "intelligence_report":
        frame = frame.with_columns(
            grading=pl.lit("3x5x2"), source_evaluation=pl.lit("2"),
            intelligence_assessment=pl.lit("C"), handling_code=pl.lit("P"),
        )  # fmt: skip
    if "occurred_on" in frame.columns:
        frame = _make_times_true(frame)
    if "h3_r8" in frame.columns:
        places = gazetteer[random.integers(0, gazetteer.height, rows)]
        frame = frame.with_columns(*places.get_columns(), lsoa_code=pl.lit(None, pl.String))
    if "event_type" in frame.columns:
        event = frame["event_type"].to_list()
        of_event = pl.Series(
            [made[name]["source_record_id"][int(i)]
             for name, i in zip(event, random.integers(0, rows, rows), strict=True)]
        )  # fmt: skip
        frame = frame.with_columns(source_record_id=of_event)
    if table.name == "event_role":
        frame = frame.with_columns(person_source_record_id=ids("person_record"))
    if table.name == "event_object":
        frame = frame.with_columns(object_source_record_id=ids("vehicle_record"))
    return frame


def _make_times_true(frame: pl.DataFrame) -> pl.DataFrame:
    local = pl.col("occurred_from").dt.replace_time_zone("UTC").dt.convert_time_zone(
        "Europe/London")  # fmt: skip
    is_known = pl.col("occurred_from").is_not_null()
    return frame.with_columns(
        occurred_on=local.dt.date(),
        occurred_precision=pl.when(is_known).then(pl.lit("minute")).otherwise(pl.lit("unknown")),
        is_time_ambiguous=pl.lit(value=False),
    )
