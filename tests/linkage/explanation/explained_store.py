"""A published store of a few people, linked with the small model and nothing else."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import polars as pl

from linkage.explanation.answer import Explanation
from linkage.explanation.direct import compare
from linkage.explanation.entity import Entity
from linkage.explanation.explain import explain
from linkage.explanation.facts import PRIOR, Compared, PairKey
from linkage.explanation.features import read_features
from linkage.model import Model
from linkage.record_key import RecordKey
from tests.linkage.small_model import small_model
from warehouse.contract.link import PAIR_KEY
from warehouse.linked import create_macros
from warehouse.schema import create_statements, store_tables

FIRST, SECOND = date(2026, 1, 12), date(2026, 1, 13)
BORN = date(1988, 2, 29)

Person = dict[str, Any]


def key_of(name: str) -> RecordKey:
    """``kent/7`` is record 7 of Kent's niche."""
    force, record = name.split("/", 1)
    return RecordKey(force, "niche", record)


class ExplainedStore:
    """The store's tables; what is put into them, and what explains them."""

    entity = Entity.PERSON

    def __init__(self, model: Model | None = None) -> None:
        self.con = duckdb.connect()
        self.model = model or small_model()
        for statement in create_statements(store_tables()):
            self.con.execute(statement)
        create_macros(self.con)
        self.put("governance.night", [{
            "night": SECOND, "person_model_id": self.model.model_id, "crimelink_version": "0",
            "published_at": datetime(2026, 1, 13, tzinfo=UTC),
        }])  # fmt: skip
        self.put("governance.model_register", [{
            "model_id": self.model.model_id, "entity": self.entity, "version": "0.0.1",
            "status": "provisional", "how": "typed", "definition": "{}", "definition_sha256": "d",
            "code_sha256": "c", "data_sha256": None, "trained_on_records": 0,
            "training_report": json.dumps({"seed": 1, "blocks": []}), "first_night": FIRST,
        }])  # fmt: skip

    def put(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        self.con.register("put", pl.DataFrame(list(rows), infer_schema_length=None))
        self.con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM put")
        self.con.unregister("put")

    def put_forces(self, *forces: str) -> None:
        usual = {"pnc_codes": "", "source_system": "niche", "profile": "GB"}
        rows = [usual | dict.fromkeys(("force", "name", "deliverer"), force) for force in forces]
        self.put("reference.force", rows)

    def put_people(self, persons: dict[str, dict[str, Person]]) -> None:
        """People by person id and record name, and the edges that the model gives them."""
        for person_id, records in persons.items():
            for name, held in records.items():
                self._put_record(name, person_id, held)
                self.put_membership(person_id, name)
        self._put_edges([name for records in persons.values() for name in records])

    def _put_record(self, name: str, person_id: str, held: Person) -> None:
        base = key_of(name)._asdict() | {
            "record_key": name, "batch_id": "b", "source_file": "f", "source_row": 1, "version": 1,
            "valid_from": FIRST,
        }  # fmt: skip
        own = {key: value for key, value in held.items() if key not in ("phone", "pnc")}
        self.put("core.person_record", [base | {"person_id": person_id} | own])
        if "phone" in held:
            self.put("core.person_contact", [base | {"type": "phone", "value": held["phone"]}])
        if "pnc" in held:
            number = {"type": "pnc", "value": held["pnc"], "is_valid": True}
            self.put("core.person_identifier", [base | number])

    def put_membership(
        self, person_id: str, name: str, since: date = FIRST, until: date | None = None
    ) -> None:
        span = {"valid_from": since, "valid_to": until}
        row = {f"{self.entity}_id": person_id} | key_of(name)._asdict() | span
        self.put(f"link.{self.entity}_membership", [row])

    def _put_edges(self, names: list[str]) -> None:
        keys = sorted(key_of(name) for name in names)
        pairs = [PairKey(a, b) for n, a in enumerate(keys) for b in keys[n + 1 :]]
        features = read_features(self.con, keys, self.entity)
        scored = compare(self.model, features, pairs).values()
        kept = [edge_row(pair) for pair in scored if pair.match_weight >= self.model.possible]
        if kept:
            self.put(f"link.{self.entity}_edge", kept)

    def cut(self, one: str, other: str, reason: str) -> None:
        """Have the guard cut a link."""
        self._at(
            one, other, f"UPDATE link.{self.entity}_edge SET cut = $reason", {"reason": reason}
        )

    def keep(self, one: str, other: str) -> None:
        """Put a pair into the store however little it weighs, as one that people judged."""
        key = PairKey.of(key_of(one), key_of(other))
        features = read_features(self.con, key, self.entity)
        made = compare(self.model, features, [key])
        self.put(f"link.{self.entity}_edge", [edge_row(made[key])])

    def forget(self, one: str, other: str) -> None:
        """Take a pair out of the store, as if no block had brought it together."""
        self._at(one, other, f"DELETE FROM link.{self.entity}_edge", {})

    def _at(self, one: str, other: str, change: str, known: dict[str, str]) -> None:
        pair = _pair(one, other)
        where = " AND ".join(f"{column} = ${column}" for column in pair)
        self.con.execute(f"{change} WHERE {where}", known | pair)

    def judge(self, one: str, other: str, verdict: str, by: str = "ONE", reason: str = "x") -> None:
        [(count,)] = self.con.execute(
            self.entity.sql("SELECT count(*) FROM link.{prefix}judgement")
        ).fetchall()
        self.put(self.entity.sql("link.{prefix}judgement"), [_pair(one, other) | {
            "judgement_id": f"J-{count}", "verdict": verdict, "judged_by": by, "reason": reason,
            "judged_at": datetime(2026, 1, 12, 9, count), "source": "review", "night": SECOND,  # noqa: DTZ001
        }])  # fmt: skip

    def happen(self, night: date, person_id: str, event: str, other: str | None = None) -> None:
        [(count,)] = self.con.execute(
            self.entity.sql("SELECT count(*) FROM link.{prefix}identity_event")
        ).fetchall()
        self.put(self.entity.sql("link.{prefix}identity_event"), [{
            "event_id": count, "night": night, f"{self.entity}_id": person_id, "event": event,
            f"other_{self.entity}_id": other, "records": 1, "cause": "new record",
            "model_id": self.model.model_id,
        }])  # fmt: skip

    def explain(self, *words: str, has_model: bool = True, has_values: bool = True) -> Explanation:
        model = self.model if has_model else None
        return explain(
            self.con, "store.duckdb", model, words, has_values=has_values, entity=self.entity
        )


def edge_row(pair: Compared) -> dict[str, Any]:
    """A row of ``link.person_edge``, the prior last as the store has it."""
    weights = {w.comparison: w.bits for w in (*pair.weights[1:], pair.weights[0])}
    levels = {w.comparison: w.level for w in pair.weights if w.comparison != PRIOR}
    return dict(zip(PAIR_KEY, [*pair.key.left, *pair.key.right], strict=True)) | {
        "match_weight": pair.match_weight, "match_probability": 0.5, "link_at": pair.link_at,
        "band": pair.band, "cut": None, "weights": json.dumps(weights),
        "levels": json.dumps(levels), "match_key": "birth date", "model_id": pair.model_id,
        "night": FIRST,
    }  # fmt: skip


def _pair(one: str, other: str) -> dict[str, str]:
    key = PairKey.of(key_of(one), key_of(other))
    return dict(zip(PAIR_KEY, [*key.left, *key.right], strict=True))
