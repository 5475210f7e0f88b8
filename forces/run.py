"""What one run of a night is given: the home, the night, where deliveries lie, whose forces."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from forces.declaration import Declaration, load_declarations
from warehouse.errors import UsageError
from warehouse.home import Home


@dataclass(frozen=True)
class Run:
    """One run of one night. Its values are text, so that a scheduler can pass them on as they are.

    Attributes:
        root: folder of the home.
        date: the night, ``YYYY-MM-DD``.
        deliveries_folder: folder of deliveries, ``<deliverer>/<YYYY-MM-DD>/``.
        force_config: folder of declarations to use instead of the shipped ones; empty for those.
    """

    root: str
    date: str
    deliveries_folder: str
    force_config: str = ""

    @classmethod
    def from_params(cls, params: Mapping[str, str | None], logical_date: str) -> "Run":
        """The run that a scheduler's parameters describe.

        Args:
            params: ``home``, ``deliveries``, ``force_config`` and ``night``; the last two may be
                null.
            logical_date: night to run where ``night`` is null.

        Raises:
            UsageError: there is no home or no folder of deliveries.
        """
        for name in ("home", "deliveries"):
            if not params.get(name):
                raise UsageError(
                    f"no {name}: set CRIMELINK_{name.upper()} or the run's parameter '{name}'"
                )
        return cls(
            root=str(params["home"]),
            date=params.get("night") or logical_date,
            deliveries_folder=str(params["deliveries"]),
            force_config=params.get("force_config") or "",
        )

    @property
    def home(self) -> Home:
        """The home."""
        return Home.of(self.root)

    @property
    def night(self) -> dt.date:
        """The night."""
        return dt.date.fromisoformat(self.date)

    @property
    def deliveries(self) -> Path:
        """Folder of deliveries."""
        return Path(self.deliveries_folder).expanduser().resolve()

    @cached_property
    def declarations(self) -> dict[str, Declaration]:
        """Declarations of the forces, by slug."""
        return load_declarations(Path(self.force_config) if self.force_config else None)
