"""The model as it is used: the definition, with name frequencies frozen in a file.

A home freezes the model on its first night and uses it until the definition in the code changes;
so a night's new names never move the weight of an old link.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from linkage.models import person
from warehouse.home import Home, atomic_folder, write_text_atomic

# Names are counted as if this many records with average names had been counted before: a small
# home's counts alone would call every name common.
PSEUDO_RECORDS = 500


@dataclass(frozen=True)
class FrozenModel:
    """A model with its frozen numbers.

    Attributes:
        model_id: entity, version and the first 12 digits of the definition's hash.
        definition: everything that decides a weight or a pair, as JSON text.
        prior: share of chance pairs that are one person.
        frequencies: per column, ``value`` and ``frequency`` of the values known when it was frozen.
        floors: per column, the frequency of a value that was not known then.
    """

    model_id: str
    definition: str
    prior: float
    frequencies: dict[str, pl.DataFrame]
    floors: dict[str, float]

    @property
    def definition_sha256(self) -> str:
        """SHA-256 of the definition."""
        return hashlib.sha256(self.definition.encode()).hexdigest()


def current_model(home: Home, persons: pl.DataFrame) -> FrozenModel:
    """The home's model; frozen from ``persons`` where there is none of the code's definition yet.

    Args:
        home: the home.
        persons: the night's records, as ``linkage.features.read_persons`` gives them.
    """
    pointer = home.root / "models" / "person.json"
    if pointer.exists():
        known = json.loads(pointer.read_text(encoding="utf-8"))
        if known["code_sha256"] == _code_sha256():
            return _read(pointer.parent / known["model_id"])
    model = _freeze(persons)
    # Without records there is nothing to freeze: the first night that has some freezes its own.
    if persons.is_empty():
        return model
    with atomic_folder(pointer.parent / model.model_id) as folder:
        write_text_atomic(folder / "definition.json", model.definition)
        for column, frame in model.frequencies.items():
            frame.write_parquet(folder / f"{column}.parquet")
    write_text_atomic(
        pointer, json.dumps({"model_id": model.model_id, "code_sha256": _code_sha256()})
    )
    return model


def _code_definition() -> dict[str, Any]:
    return {
        "entity": "person",
        "version": person.VERSION,
        "thresholds": {"link": person.LINK, "review": person.REVIEW},
        "prior": person.PRIOR,
        "rarest": person.RAREST,
        "most_records": person.MOST_RECORDS,
        "comparisons": [asdict(comparison) for comparison in person.COMPARISONS],
        "blocks": [asdict(block) for block in person.BLOCKS],
    }


def _code_sha256() -> str:
    return hashlib.sha256(json.dumps(_code_definition(), sort_keys=True).encode()).hexdigest()


def _average_frequency(column: str) -> float:
    return next(
        level.u
        for comparison in person.COMPARISONS
        for level in comparison.levels
        if level.frequency == column
    )


def _freeze(persons: pl.DataFrame) -> FrozenModel:
    frequencies, floors = {}, {}
    for column in person.FREQUENCIES:
        known = persons.select(column).drop_nulls()
        prior_count = PSEUDO_RECORDS * _average_frequency(column)
        total = known.height + PSEUDO_RECORDS
        frequencies[column] = (
            known.group_by(pl.col(column).alias("value"))
            .agg(
                ((pl.len() + prior_count) / total)
                .clip(lower_bound=person.RAREST)
                .alias("frequency")
            )
            .sort("value")
        )
        floors[column] = max(prior_count / total, person.RAREST)
    hashes = {
        column: hashlib.sha256(frame.write_csv().encode()).hexdigest()
        for column, frame in frequencies.items()
    }
    definition = json.dumps(
        _code_definition() | {"floors": floors, "frequency_sha256": hashes},
        sort_keys=True,
    )
    digest = hashlib.sha256(definition.encode()).hexdigest()
    model_id = f"person-{person.VERSION}-{digest[:12]}"
    return FrozenModel(model_id, definition, person.PRIOR, frequencies, floors)


def _read(folder: Path) -> FrozenModel:
    definition = (folder / "definition.json").read_text(encoding="utf-8")
    values = json.loads(definition)
    frequencies = {
        column: pl.read_parquet(folder / f"{column}.parquet") for column in values["floors"]
    }
    return FrozenModel(folder.name, definition, values["prior"], frequencies, values["floors"])
