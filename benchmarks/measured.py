"""Time and memory of one function, each in a process of its own so that peaks do not mix."""

import importlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import duckdb

Found = TypeVar("Found")


@dataclass(frozen=True)
class Measured:
    """What a function took and what it found.

    Attributes:
        wall, cpu: seconds within the function's metered blocks; CPU is of all its threads.
        peak: largest memory of the process up to the end of the last block, GB (10^9 bytes).
        found: what the function returned.
    """

    wall: float
    cpu: float
    peak: float
    found: dict[str, Any]


@dataclass
class Meter:
    """Adds up the seconds of the blocks that it is entered for."""

    wall: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    _begun: tuple[float, float] = field(default=(0.0, 0.0), repr=False)

    def __enter__(self) -> Self:
        self._begun = time.perf_counter(), time.process_time()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wall += time.perf_counter() - self._begun[0]
        self.cpu += time.process_time() - self._begun[1]
        self.peak = _peak()


def _peak() -> float:
    """Largest memory of this process, GB. ``ru_maxrss`` would begin at that of its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kibibytes] = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kibibytes) * 1024 / 1e9


def median_cpu(run: Callable[[], Found], times: int) -> tuple[Found, float]:
    """What a function finds, and the median of the CPU seconds of so many calls of it."""
    seconds = []
    for _ in range(times):
        meter = Meter()
        with meter:
            found = run()
        seconds.append(meter.cpu)
    return found, statistics.median(seconds)


def measure(function: str, **arguments: object) -> Measured:
    """Call ``module:function`` with a ``Meter`` and the arguments, in a process of its own.

    The function returns a dictionary; it and the arguments pass as JSON.

    Raises:
        subprocess.CalledProcessError: the function failed; its traceback is on standard error.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        os.sync()  # A commit waits for what others left unwritten: nobody is measured by that.
        words = [function, json.dumps(arguments), str(result)]
        subprocess.run([sys.executable, "-m", "benchmarks.measured", *words], check=True)
        return Measured(**json.loads(result.read_text()))


def main(function: str, arguments: str, result: Path) -> None:
    """Run one function for ``measure``."""
    module, name = function.split(":")
    # With its first parameter DuckDB imports pandas: imports are measured of nobody.
    duckdb.execute("SELECT ?", [1]).fetchall()
    meter = Meter()
    found = getattr(importlib.import_module(module), name)(meter, **json.loads(arguments)) or {}
    measured = Measured(meter.wall, meter.cpu, meter.peak, found)
    result.write_text(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
