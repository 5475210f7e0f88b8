"""A model of series that can be read at a glance, and states of few offences."""

from dataclasses import replace
from datetime import date, datetime

import duckdb
import polars as pl

from benchmarks.simulated_people import store
from benchmarks.unlinked_offences import each_its_own
from linkage.series.candidates import Window
from linkage.series.model import SeriesModel
from linkage.series.model_file import name_model, register_model, save_model
from linkage.workspace import workspace
from warehouse.contract.record_hash import record_hash_sql
from warehouse.home import Home
from warehouse.state import writer

FIRST = date(2026, 1, 12)
BITS = {
    "distance": (0.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, -1.0, -3.0),
    "days": (0.0, 3.0, 2.5, 2.0, 1.0, 0.0, -2.0, -4.0),
    "hours": (0.0, 1.5, 1.0, 0.5, 1.0, 0.5, 0.2, -1.0, -0.5),
    "weekday": (0.0, 0.5, 0.0, -0.5),
    "kind": (0.0, 1.0, 0.0, -2.0),
    "method": (0.0, -1.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0),
    "property": (0.0, -0.5, 0.5, 0.5, 1.0, 1.0, 1.5, 2.0),
}
REPORT = {"records": 0, "code_sha256": "", "data_sha256": None}


def small_model(**other: object) -> SeriesModel:
    """Typed numbers; words weigh alike unless they are told."""
    words = pl.DataFrame({"word": ["DOOR", "WINDOW"], "weight": [1.0, 2.0]})
    model = SeriesModel(
        prior=-6.0, bits=BITS, window=Window(-1.0, 20.0, 60.0), method_words=words,
        floors=(4.0, 2.0), report=REPORT,
    )  # fmt: skip
    return name_model(replace(model, **other))


def use_model(home: Home, model: SeriesModel) -> None:
    """Have the home find series with the model."""
    save_model(home, model)
    with writer(home, "test") as con, workspace(con):
        register_model(con, model)


Offence = dict[str, object]


def offence(**own: object) -> Offence:
    """A burglary in Durham on 5 January at 10, but for what is said of it."""
    at = own.pop("at", datetime.fromisoformat("2026-01-05 10:00"))
    return {
        "occurred_from": at, "occurred_to": own.pop("until", at), "offence_group": "burglary",
        "offence_code": "028/01", "latitude": 54.78, "longitude": -1.58, "method_text": None,
        "occurred_precision": "minute", "location_precision": "exact", "status": "open",
        "is_notifiable": True, "is_time_ambiguous": False, "stolen": (), **own,
    }  # fmt: skip


def store_offences(home: Home, night: date, offences: dict[str, Offence | None]) -> None:
    """Offences as the load would have stored them on that night, by ``force/id``; None deletes."""
    with writer(home, "test") as con:
        for name in offences:
            end(con, name, night)
        here = {name: each for name, each in offences.items() if each is not None}
        put(con, night, here)
        each_its_own(con, night)


def end(con: duckdb.DuckDBPyConnection, name: str, night: date) -> None:
    """End the current rows of an offence."""
    force, record = name.split("/")
    for table in ("offence_record", "event_object", "property_record"):
        like = "source_record_id = $record" + (
            " OR starts_with(source_record_id, $record || '#')" if table[0] == "p" else ""
        )
        con.execute(
            f"UPDATE core.{table} SET valid_to = $night, closed_sequence = '1' "
            f"WHERE valid_to IS NULL AND force = $force AND ({like})",
            {"night": night, "force": force, "record": record},
        )


def put(con: duckdb.DuckDBPyConnection, night: date, offences: dict[str, Offence]) -> None:
    """Store offences and what was stolen in each."""
    rows, items = [], []
    for name, each in offences.items():
        key = key_of(name)
        values = {k: v for k, v in each.items() if k != "stolen"}
        day = each["occurred_from"]
        rows.append(key | values | {"occurred_on": day and day.date()})
        items += [key | {"item": item} for item in each["stolen"]]
    if rows:
        schema = {"occurred_from": pl.Datetime("us"), "occurred_to": pl.Datetime("us")}
        store(con, "offence_record",
              pl.DataFrame(rows, infer_schema_length=None).cast(schema), night)  # fmt: skip
    if items:
        number = pl.concat_str("source_record_id", "item", separator="#")
        taken = pl.DataFrame(items).with_columns(number=number)
        key = ["force", "source_system"]
        held = taken.select(*key, source_record_id="number", property_type="item")
        store(con, "property_record", held, night)
        store(con, "event_object", taken.select(
            *key, "source_record_id", event_type=pl.lit("offence_record"),
            object_type=pl.lit("property_record"), object_source_record_id="number",
            role=pl.lit("stolen"),
        ), night)  # fmt: skip


def key_of(name: str) -> dict[str, object]:
    force, record = name.split("/")
    return {"force": force, "source_system": "niche", "source_record_id": record}


_NAME = "{0}.force || '/' || {0}.source_record_id"
_PAIRS = f"""
SELECT least({_NAME.format("l")}, {_NAME.format("r")}) AS one,
       greatest({_NAME.format("l")}, {_NAME.format("r")}) AS other,
       total, levels, km, days, shared_method, shared_property
FROM linkage.series_pair
JOIN linkage.series_offence AS l ON l.offence = offence_l
JOIN linkage.series_offence AS r ON r.offence = offence_r
ORDER BY one, other
"""
_LEADS = f"""
SELECT string_agg({_NAME.format("o")}, ',' ORDER BY o.force, o.source_record_id) AS names
FROM linkage.series_member JOIN linkage.series_offence AS o USING (offence)
GROUP BY lead ORDER BY names
"""


def pairs(home: Home) -> list[tuple]:
    """Every pair that is kept, by the names of its offences."""
    return ask(home, _PAIRS)


def leads(home: Home) -> list[str]:
    """Every lead, as the names of its offences."""
    return [names for (names,) in ask(home, _LEADS)]


def ask(home: Home, query: str) -> list[tuple]:
    with writer(home, "test") as con:
        return con.execute(query).fetchall()


def store_suspects(home: Home, night: date, named: dict[str, list[str]]) -> None:
    """Name persons as suspects of offences; a person is linked to be one across forces."""
    rows = [
        key_of(name)
        | {"event_type": "offence_record", "person_source_record_id": person, "role": "suspect"}
        for name, persons in named.items()
        for person in persons
    ]
    records = {(row["force"], row["person_source_record_id"]) for row in rows}
    with writer(home, "test") as con:
        store(con, "event_role", pl.DataFrame(rows), night)
        people = [key_of(f"{force}/{person}") for force, person in sorted(records)]
        store(con, "person_record", pl.DataFrame(people), night)
        con.register("people", pl.DataFrame(people))
        con.execute(
            "INSERT INTO linkage.record_key SELECT row_number() OVER (), force, source_system, "
            f"source_record_id, {record_hash_sql()}, $night FROM people",
            {"night": night},
        )
        con.execute("INSERT INTO linkage.cluster SELECT record, record, 'P-' || source_record_id "
                    "FROM linkage.record_key")  # fmt: skip
        con.execute(
            "INSERT INTO linkage.membership SELECT record, person_id, $night, NULL "
            "FROM linkage.cluster", {"night": night},
        )  # fmt: skip
