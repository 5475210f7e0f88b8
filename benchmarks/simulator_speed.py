"""How long the simulator takes, and how much memory, for N persons of every declared force.

Prints seconds of wall time and of CPU, the peak of resident memory, and the size on disk; to be
run by hand: ``python benchmarks/simulator_speed.py 1000000``. The goal for a million persons is
three minutes and 6 GB on two cores.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from forces.declaration import load_declarations
from forces.simulator.simulate import simulate


def main(persons: int) -> None:
    """Simulate into a temporary folder and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "deliveries"
        wall, cpu = time.perf_counter(), time.process_time()
        summary = simulate(out, load_declarations(), persons=persons)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{summary.persons:,} persons, {summary.nominals:,} nominals, "
          f"{summary.offences:,} offences, {sum(summary.rows.values()):,} rows")  # fmt: skip
    print(f"{wall:.1f} s wall, {cpu:.1f} s CPU, peak {peak / 1e9:.2f} GB, {size / 1e9:.2f} GB out")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
