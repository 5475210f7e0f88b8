"""A published store of a few offences, linked with the listed model and nothing else."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from linkage.explanation.entity import Entity
from linkage.model import Model
from linkage.model_file import name_model
from linkage.models import offence as listed
from tests.linkage.explanation.explained_store import FIRST, SECOND, ExplainedStore, key_of

AT = datetime(2026, 1, 3, 21, 30)  # noqa: DTZ001
PLACE = (54.97, -1.61)


def offence_model() -> Model:
    """The listed model with its typed numbers."""
    return name_model(
        Model(
            entity=listed.ENTITY,
            version="0.0.1",
            how="typed",
            prior=listed.PRIOR,
            possible=listed.POSSIBLE,
            most_records=listed.MOST_RECORDS,
            comparisons=listed.COMPARISONS,
            blocks=listed.BLOCKS,
            thresholds=listed.THRESHOLDS,
            frequencies={"code": pl.DataFrame({"value": ["028/01"], "frequency": [0.05]})},
            floors={"code": 0.01},
            report={"code_sha256": "", "data_sha256": None, "records": 0, "blocks": []},
        )
    )


def burglary(**held: Any) -> dict[str, Any]:
    """A burglary of one evening; ``hours`` later and ``metres`` to the north."""
    hours, metres = held.pop("hours", 0), held.pop("metres", 0)
    begins = AT + timedelta(hours=hours)
    return {
        "crime_ref": "10/000001/26", "offence_code": "028/01", "offence_group": "burglary",
        "is_notifiable": True, "occurred_from": begins,
        "occurred_to": begins + timedelta(minutes=20), "occurred_on": begins.date(),
        "occurred_precision": "minute", "is_time_ambiguous": False,
        "location_text": "BACK DOOR, 1 ELM ROW", "latitude": PLACE[0] + metres / 111_320,
        "longitude": PLACE[1], "location_precision": "exact",
    } | held  # fmt: skip


class OffenceStore(ExplainedStore):
    entity = Entity.OFFENCE

    def __init__(self) -> None:
        super().__init__(offence_model())
        counts = (
            "records", "new_records", "changed_records", "deleted_records", "rescored_records",
            "pairs", "edges", "links", "cut_links", "offences", "created", "merged", "split",
            "retired", "ids_changed",
        )  # fmt: skip
        names = self.con.sql("FROM link.offence_linkage_night").columns
        row = dict.fromkeys((*counts, *(n for n in names if n not in counts)), 0) | {
            "run": 1, "night": SECOND, "model_id": self.model.model_id, "is_full": True,
        }  # fmt: skip
        self.put("link.offence_linkage_night", [{name: row[name] for name in names}])

    def put_offences(self, offences: dict[str, dict[str, dict[str, Any]]]) -> None:
        """Offences by id and record name, and the edges that the model gives their records;
        ``roles`` of a record: person record, person and role."""
        for offence_id, records in offences.items():
            for name, held in records.items():
                self._put_offence(name, offence_id, held)
                self.put_membership(offence_id, name)
        names = [name for records in offences.values() for name in records]
        self._put_edges(names)
        self.con.execute("DELETE FROM link.offence_edge WHERE force_l = force_r")

    def _put_offence(self, name: str, offence_id: str, held: dict[str, Any]) -> None:
        base = key_of(name)._asdict() | {
            "record_key": name, "batch_id": "b", "source_file": "f", "source_row": 1, "version": 1,
            "valid_from": FIRST,
        }  # fmt: skip
        own = {key: value for key, value in held.items() if key != "roles"}
        self.put("core.offence_record", [base | {"offence_id": offence_id} | own])
        for number, (record, person_id, role) in enumerate(held.get("roles", ())):
            self.put("core.event_role", [base | {
                "record_key": f"{name}#{number}", "event_type": "offence_record", "role": role,
                "person_source_record_id": record, "person_id": person_id,
            }])  # fmt: skip
