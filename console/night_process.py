"""The process that Airflow runs a night in: it lives no longer than the command that started it.

    python -P -m console.night_process DESCRIPTOR dags test nightly ...

Airflow goes on after SIGTERM and SIGINT, so neither is relied on. DESCRIPTOR is the reading end of
a pipe whose other end the command holds: however the command ends, the pipe ends with it, and this
process ends itself. Any step can be killed and run again.
"""

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Run Airflow with the words after the descriptor, until it ends or the pipe does."""
    descriptor, *words = sys.argv[1:]
    # Ctrl-C reaches every process of the terminal. What it means is for the command to say: here
    # it would be taken for the failure of a step.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(int(descriptor),), daemon=True).start()
    sys.argv = ["airflow", *words]
    runpy.run_module("airflow", run_name="__main__", alter_sys=True)


def _end_with(descriptor: int) -> None:
    os.read(descriptor, 1)  # Nobody ever writes: it returns when the other end is closed.
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
