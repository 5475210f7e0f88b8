"""What the simulator's world hands to a renderer, and what a renderer is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from forces.declaration import Declaration
from warehouse.batch import BatchKind


@dataclass(frozen=True)
class Extract:
    """One delivery to be rendered, in the contract's own terms.

    Attributes:
        deliverer: who sends it.
        delivery_date: its date.
        delivery_id: the source's own id of the delivery.
        kind: full, delta or part.
        declarations: forces in it, by slug.
        tables: by delivered table: the table's columns without batch_id, source_file, source_row,
            source_system and record_key, clean and canonical (UTC times, Home Office codes, 18+1
            codes, every place column filled with location_precision exact), and ``operation``
            (upsert or delete), ``sequence`` (Int64 or null). A deleted record has only its ids.
            ``force`` says whose row it is. Tables without rows may be missing.
        rates: rates of the system's dirt, by fault, from the versioned file of rates: the section
            of the system. All 0.0 for clean deliveries.
        random: generator to draw the dirt from.
    """

    deliverer: str
    delivery_date: date
    delivery_id: str
    kind: BatchKind
    declarations: Mapping[str, Declaration]
    tables: Mapping[str, pl.DataFrame]
    rates: Mapping[str, float]
    random: np.random.Generator


@dataclass(frozen=True)
class Renderer:
    """A record system, seen from the side that sends.

    Attributes:
        system: its name.
        person_id: expression of a running number (Int64, unique within force, or within deliverer
            where ids are shared) and the force's declaration to the system's person id (text).
        event_id: the same for events, of a running number, a year (Int64) and the declaration.
            Also used for objects and every other id, which need only be unique within their table.
        write: writes the delivery's files into the folder (which exists and is empty) and returns
            how many of each fault it planted.
    """

    system: str
    person_id: Callable[[pl.Expr, Declaration], pl.Expr]
    event_id: Callable[[pl.Expr, pl.Expr, Declaration], pl.Expr]
    write: Callable[[Path, Extract], dict[str, int]]
