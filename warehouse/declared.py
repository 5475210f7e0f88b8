"""What the warehouse needs to know of a declared force.

The declaration itself belongs to ``forces``, which stands above; anything of this shape will do.
"""

from typing import Protocol


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
