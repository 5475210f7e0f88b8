"""A person model small enough to be read at a glance, and states of few records to link with it."""

from datetime import date

import duckdb
import polars as pl

from linkage.model import Block, Comparison, Level, Model, Threshold
from linkage.model_file import name_model, save_model
from linkage.workspace import workspace
from warehouse.contract.record_hash import record_hash_sql
from warehouse.home import Home
from warehouse.state import writer

FIRST = date(2026, 1, 12)

TABLES = ("person_record", "person_name", "person_identifier", "person_address", "person_contact")


def telephone(short: str) -> str:
    """A telephone number for a test's short one; a whole one stays as it is."""
    return short if short.startswith("+") else f"+4477009{short.replace('-', ''):0>5}"


def small_model(most_records: int = 200, link: float = 8.0) -> Model:
    """Surname, forename, birth date and telephone; the same number of bits whatever the size."""

    def same(column: str, m: float, u: float, frequency: str | None = None) -> Comparison:
        level = Level("same", f"{column}_l = {column}_r", m, u, frequency, is_needed=True)
        unknown = f"{column}_l IS NULL OR {column}_r IS NULL"
        return Comparison(column, unknown, (level,), (1 - m, 1 - u), needs=(column,))

    frequencies = {"surname": pl.DataFrame({"value": ["ASH", "ELM"], "frequency": [0.02, 0.001]})}
    return name_model(
        Model(
            entity="person",
            version="0.0.1",
            how="typed",
            prior=1e-4,
            possible=-2.0,
            most_records=most_records,
            comparisons=(
                same("surname", 0.9, 0.01, "surname"),
                same("forename", 0.8, 0.02),
                same("birth_date", 0.95, 0.001),
                same("phone", 0.6, 0.0005),
            ),
            blocks=(
                Block("birth date", ("birth_date",), needs=("birth_date",)),
                Block("phone", ("phone",), needs=("phone",)),
                Block("surname and initial", ("surname", "left(forename, 1)")),
            ),
            thresholds=(
                Threshold("without a birth date", "birth_date = 'not known'", link + 2, 4.0),
                Threshold("any other", "true", link, 2.0),
            ),
            frequencies=frequencies,
            floors={"surname": 0.0005},
            report={
                "code_sha256": "",
                "data_sha256": None,
                "records": 0,
                "blocks": [],
                "why": "it is a test's",
            },
        )
    )


def use_model(home: Home, model: Model) -> None:
    """Have the home link with the model."""
    from linkage.model_file import register_model

    save_model(home, model)
    with writer(home, "test") as con, workspace(con):
        register_model(con, model)


Person = dict[str, object]


def store(home: Home, night: date, people: dict[str, Person | None]) -> None:
    """The records as the load would have stored them on that night: by id, None is a deletion.

    Force and system follow from the id: ``kent/7`` is record 7 of Kent's niche, ``kent/cctv/7`` of
    another system of Kent's.
    """
    with writer(home, "test") as con:
        store_rows(con, night, people)


def store_rows(
    con: duckdb.DuckDBPyConnection, night: date, people: dict[str, Person | None]
) -> None:
    if not people:
        return
    keys = pl.DataFrame([_key(name) for name in people])
    con.register("keys", keys)
    for table in TABLES:
        con.execute(
            f"UPDATE core.{table} AS held SET valid_to = $night, closed_sequence = '1' FROM keys "
            "WHERE held.force = keys.force AND held.source_system = keys.source_system "
            "AND held.source_record_id = keys.source_record_id AND valid_to IS NULL",
            {"night": night},
        )
    there = {name: person for name, person in people.items() if person is not None}
    rows: dict[str, list[dict[str, object]]] = {table: [] for table in TABLES}
    for name, person in there.items():
        base = _key(name) | {
            "batch_id": "b", "source_file": "f", "source_row": 1, "version": 1,
            "valid_from": night, "delivery_sequence": "1",
        }  # fmt: skip
        own = {k: v for k, v in person.items() if k in _OWN}
        rows["person_record"].append(base | {"record_key": name} | own)
        for table, make in _OWNED.items():
            for number, value in enumerate(make(person)):
                rows[table].append(base | {"record_key": f"{name}#{number}"} | value)
    for table, held in rows.items():
        if held:
            con.register("held", pl.DataFrame(held, infer_schema_length=None))
            con.execute(
                f"INSERT INTO core.{table} BY NAME "
                f"SELECT *, {record_hash_sql()} AS record_hash FROM held"
            )


_OWN = ("forename", "middle_names", "surname", "birth_date", "sex", "source_person_ref")
_OWNED = {
    "person_contact": lambda p: [
        {"type": kind, "value": value}
        for kind, value in (("phone", telephone(p.get("phone") or "")), ("email", p.get("email")))
        if p.get(kind)
    ],
    "person_address": lambda p: (
        [{"postcode": p["postcode"], "address": p.get("address")}] if p.get("postcode") else []
    ),
    "person_identifier": lambda p: (
        [{"type": "pnc", "value": value, "is_valid": True} for value in p.get("pnc", ())]
        + ([{"type": "other", "value": p["paper"]}] if p.get("paper") else [])
    ),
}


def _key(name: str) -> dict[str, object]:
    force, *system, record = name.split("/")
    return {
        "force": force,
        "source_system": "/".join(system) or "niche",
        "source_record_id": record,
    }


def partition(home: Home) -> set[frozenset[str]]:
    """The persons of the state, each as the names of its records."""
    return {frozenset(names.split(",")) for (names,) in ask(
        home, "SELECT string_agg(force || '/' || source_record_id, ',') FROM linkage.cluster "
        "JOIN linkage.record_key USING (record) GROUP BY person_id")}  # fmt: skip


def ask(home: Home, query: str) -> list[tuple]:
    with writer(home, "test") as con:
        return con.execute(query).fetchall()
