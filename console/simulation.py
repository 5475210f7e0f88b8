"""``crimelink simulate``."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forces.declaration import Declaration, load_declarations
from forces.simulator.simulate import simulate
from warehouse.errors import UsageError


def simulate_deliveries(
    out: Path,
    persons: int | None,
    nights: int,
    seed: int,
    forces: str | None,
    dirt: str,
    force_config: Path | None,
    tell: Callable[[str], None],
) -> None:
    """Simulate deliveries into ``out`` and say what was written.

    Raises:
        UsageError: a force is not declared, or the simulator refuses an argument.
    """
    chosen = choose_forces(load_declarations(force_config), forces)
    sizes: dict[str, Any] = {} if persons is None else {"persons": persons}
    began = time.monotonic()
    made = simulate(out, chosen, nights=nights, seed=seed, dirt=dirt, progress=tell, **sizes)
    rows = sum(made.rows.values())
    tell(
        f"simulated in {time.monotonic() - began:.1f} s: {made.persons:,} invented people as "
        f"{made.nominals:,} nominals, {made.offences:,} offences, {rows:,} rows in "
        f"{made.deliveries} deliveries\n"
        f"the truth, and every fault planted: {out / 'truth'} (for evaluation only)"
    )


def choose_forces(
    declarations: dict[str, Declaration], chosen: str | None
) -> dict[str, Declaration]:
    """The declarations of the forces named in ``chosen`` (comma between), or all.

    Raises:
        UsageError: a name is no declared force.
    """
    if chosen is None:
        return declarations
    names = [name.strip().lower() for name in chosen.split(",") if name.strip()]
    unknown = sorted(set(names) - set(declarations))
    if unknown or not names:
        raise UsageError(f"--forces: no such force: {', '.join(unknown) or chosen!r}. "
                         f"Declared: {', '.join(declarations)}")  # fmt: skip
    return {name: declarations[name] for name in declarations if name in names}
