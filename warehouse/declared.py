"""What the warehouse needs to know of a declared force.

The declaration itself belongs to ``forces``, which stands above; anything of this shape will do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import duckdb


class DeclaredForce(Protocol):
    """A force as declared, seen from the store."""

    @property
    def force(self) -> str:
        """Slug, as data.police.uk spells it."""

    @property
    def name(self) -> str:
        """Usual name."""

    @property
    def ons_code(self) -> str | None:
        """ONS police force area code, where there is one."""

    @property
    def pnc_codes(self) -> tuple[str, ...]:
        """PNC force codes."""

    @property
    def system(self) -> str:
        """Record system."""

    @property
    def deliverer(self) -> str:
        """Who sends its data."""

    @property
    def profile(self) -> str:
        """Country profile."""

    @property
    def every_days(self) -> int:
        """Days between deliveries."""


@dataclass(frozen=True)
class FormerForce:
    """A force that has data in the store and is declared no longer: what its batches tell of it.

    Its rows stay until they are retired; one force must not stop the nation.
    """

    force: str
    system: str
    deliverer: str
    ons_code: str | None = None
    pnc_codes: tuple[str, ...] = ()
    profile: str = "unknown"
    every_days: int = 0

    @property
    def name(self) -> str:
        """Its slug: the usual name went with the declaration."""
        return self.force


def with_former(
    con: duckdb.DuckDBPyConnection, declarations: Mapping[str, DeclaredForce]
) -> dict[str, DeclaredForce]:
    """The declared forces and those that were declared once, from ``quality.batch``."""
    loaded = con.execute("""
        SELECT force, max_by(source_system, (delivery_date, batch_id)),
               max_by(deliverer, (delivery_date, batch_id))
        FROM quality.batch WHERE status = 'loaded' GROUP BY force ORDER BY force
    """).fetchall()
    former = {row[0]: FormerForce(*row) for row in loaded if row[0] not in declarations}
    return {**declarations, **former}
