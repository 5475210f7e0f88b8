"""States that hold offences, roles and resolved persons, and a model to link them with."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from linkage.model import Model
from linkage.model_file import name_model, register_model, save_model
from linkage.models import offence as listed
from linkage.workspace import workspace
from tests.linkage.objects.held import ask
from warehouse.home import Home
from warehouse.state import writer

PLACE = (54.97, -1.61)
AT = datetime.fromisoformat("2026-01-03T21:30")


def offence_model(most_records: int = 200, **numbers: object) -> Model:
    """The listed model with its typed numbers."""
    model = Model(
        entity=listed.ENTITY,
        version="0.0.1",
        how="typed",
        prior=listed.PRIOR,
        possible=listed.POSSIBLE,
        most_records=most_records,
        comparisons=listed.COMPARISONS,
        blocks=listed.BLOCKS,
        thresholds=listed.THRESHOLDS,
        frequencies={"code": pl.DataFrame({"value": ["028/01"], "frequency": [0.05]})},
        floors={"code": 0.01},
        report={"code_sha256": "", "data_sha256": None, "records": 0, "blocks": [],
                "why": "it is a test's"},
    )  # fmt: skip
    return name_model(replace(model, **numbers))


def use_model(home: Home, model: Model) -> None:
    """Have the home link offences with the model."""
    save_model(home, model)
    with writer(home, "test") as con, workspace(con):
        register_model(con, model)


def offence(**values: object) -> dict:
    """A burglary of one evening: ``hours`` later, ``metres`` to the north, ``span`` minutes."""
    hours, metres, span = (values.pop(name, 0) for name in ("hours", "metres", "span"))
    begins = AT + timedelta(hours=hours)
    return {
        "crime_ref": "10/000001/26",
        "offence_code": "028/01",
        "offence_group": "burglary",
        "occurred_from": begins,
        "occurred_to": begins + timedelta(minutes=span),
        "occurred_on": begins.date(),
        "latitude": PLACE[0] + metres / 111_320,
        "longitude": PLACE[1],
    } | values


def role(event: str, person: str, name: str = "victim") -> dict:
    """To be stored as ``event_role/force/any``."""
    return {"source_record_id": event, "event_type": "offence_record",
            "person_source_record_id": person, "role": name}  # fmt: skip


def resolve(home: Home, night: date, persons: dict[str, str]) -> None:
    """Person records, named ``force/id``, with the persons that they are resolved to from that
    night on; all that the home has."""
    with writer(home, "test") as con:
        known = dict(con.execute(
            "SELECT force || '/' || source_record_id, record FROM linkage.record_key"
        ).fetchall())  # fmt: skip
        new = sorted(persons.keys() - known.keys())
        known |= {name: number for number, name in enumerate(new, start=len(known) + 1)}
        if new:
            keys = [(known[name], *name.split("/")) for name in new]
            con.register("new", pl.DataFrame(keys, schema=["n", "force", "id"], orient="row"))
            con.execute(
                "INSERT INTO linkage.record_key BY NAME SELECT n AS record, force, 'niche' AS "
                "source_system, id AS source_record_id, 0 AS record_hash, ? AS first_night "
                "FROM new",
                [night],
            )
            con.unregister("new")
        now = pl.DataFrame(
            {"record": [known[name] for name in persons], "person_id": list(persons.values())},
            schema={"record": pl.Int64, "person_id": pl.String},
        )
        con.register("now", now)
        con.execute(
            "UPDATE linkage.membership SET valid_to = ? WHERE valid_to IS NULL "
            "AND (record, person_id) NOT IN (SELECT (record, person_id) FROM now)",
            [night],
        )
        con.execute(
            "INSERT INTO linkage.membership BY NAME SELECT record, person_id, ? AS valid_from "
            "FROM now ANTI JOIN (FROM linkage.membership WHERE valid_to IS NULL) "
            "USING (record, person_id)",
            [night],
        )
        con.execute("DELETE FROM linkage.cluster")
        con.execute("INSERT INTO linkage.cluster BY NAME SELECT *, record AS component FROM now")


def partition(home: Home) -> set[frozenset[str]]:
    """The offences of the state, each as the names ``force/id`` of its records."""
    return {frozenset(names.split(",")) for (names,) in ask(
        home, "SELECT string_agg(force || '/' || source_record_id, ',') "
        "FROM offence_linkage.cluster JOIN offence_linkage.record_key USING (record) "
        "GROUP BY offence_id")}  # fmt: skip


def edges(home: Home) -> list[tuple]:
    """Every edge by the keys of its records, whichever of them came first, and what cut it."""
    one, other = (f"{side}.force || '/' || {side}.source_record_id" for side in "lr")
    return ask(
        home,
        f"SELECT least({one}, {other}), greatest({one}, {other}), match_weight, link_at, band, "
        "weights, levels, block, cut.reason FROM offence_linkage.edge "
        "JOIN offence_linkage.record_key AS l ON l.record = edge.record_l "
        "JOIN offence_linkage.record_key AS r ON r.record = edge.record_r "
        "LEFT JOIN offence_linkage.cut "
        "ON cut.record_l = edge.record_l AND cut.record_r = edge.record_r ORDER BY ALL",
    )
