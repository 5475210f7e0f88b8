"""Spoils whole deliveries of the second night: one missing, one cut short, one of another system's
form, one sent twice."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forces.simulator.chance import stream
from forces.simulator.delivery import Deliverer
from forces.simulator.rates import Rates

KEPT_SHARE = 0.6  # of the bytes of a file cut short
COPY = "copy_of_"


@dataclass(frozen=True)
class Mishap:
    """One spoilt delivery: what befell whom, with which file or whose delivery."""

    fault: str
    deliverer: str
    note: str


def plant_mishaps(
    out: Path, night: date, deliverers: dict[str, Deliverer], rates: Rates, seed: int
) -> tuple[list[Mishap], list[str]]:
    """Spoil deliveries of one night.

    Each befalls another deliverer of a single force (a shared system is left alone), and at least
    one such delivery stays sound.

    Args:
        out: folder of the deliveries.
        night: date of those to spoil.
        deliverers: all that deliver on that night.
        rates: how many of each kind.
        seed: chooses whom.

    Returns:
        What was done; and, in words, what was wanted and could not be.
    """
    single = sorted(name for name, d in deliverers.items() if len(d.declarations) == 1)
    random = stream(seed, "mishaps", night.isoformat())
    sound = [single[i] for i in random.permutation(len(single))]
    done: list[Mishap] = []
    left_out: list[str] = []
    wanted = [fault for fault, count in rates.delivery.items() for _ in range(count)]
    for fault in wanted:
        if len(sound) < 2:
            left_out.append(f"{fault}: no delivery would be left sound")
            continue
        chosen = _choose(fault, sound, deliverers)
        if chosen is None:
            left_out.append(f"{fault}: all sound deliveries are of one record system")
            continue
        victim, donor = chosen
        sound.remove(victim)
        folder = out / victim / night.isoformat()
        note = FAULTS[fault](folder, out / donor / night.isoformat())
        done.append(Mishap(fault, victim, note))
    return done, left_out


def _choose(
    fault: str, sound: list[str], deliverers: dict[str, Deliverer]
) -> tuple[str, str] | None:
    """Whom it befalls, and another whose delivery is sound: of another system where that matters,
    and not the only one left."""
    for victim in sound:
        system = deliverers[victim].renderer.system
        for donor in sound:
            is_other = deliverers[donor].renderer.system != system
            if donor != victim and (is_other or fault != "other_schema"):
                return victim, donor
    return None


def _lose(folder: Path, donor: Path) -> str:  # noqa: ARG001
    shutil.rmtree(folder)
    return "the folder is not there"


def _cut_short(folder: Path, donor: Path) -> str:  # noqa: ARG001
    """The largest file loses its end."""
    file = max(_files(folder), key=lambda path: (path.stat().st_size, path.name))
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * KEPT_SHARE)])
    return f"{file.name} ends after {int(len(content) * KEPT_SHARE)} of {len(content)} bytes"


def _mistake(folder: Path, donor: Path) -> str:
    """Another force's delivery stands in the place of the force's own."""
    shutil.rmtree(folder)
    shutil.copytree(donor, folder, copy_function=shutil.copyfile)
    return f"the delivery of {donor.parent.name}"


def _repeat(folder: Path, donor: Path) -> str:  # noqa: ARG001
    """Every file once more, beside itself, under another name."""
    files = _files(folder)
    for file in files:
        shutil.copyfile(file, file.with_name(COPY + file.name))
    return f"{len(files)} files again as {COPY}*"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


FAULTS: dict[str, Callable[[Path, Path], str]] = {
    "missing_delivery": _lose,
    "truncated_file": _cut_short,
    "other_schema": _mistake,
    "sent_twice": _repeat,
}
