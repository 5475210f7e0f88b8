"""A query that Ctrl-C ends."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from console.stopping import INTERRUPTED


@contextmanager
def interruptible(connection: duckdb.DuckDBPyConnection) -> Iterator[threading.Event]:
    """Have a signal interrupt what the connection works at.

    Python hears a signal between two steps of its own, and DuckDB may take hours over one: the
    descriptor that the signal is written to is read by a thread, which interrupts it. To be used in
    the main thread, which alone hears signals.

    Yields:
        What is set before a signal interrupts. DuckDB, which works with several threads, says now
        and then that it was interrupted where one of them met an error.
    """
    signalled = threading.Event()
    heard, written = os.pipe()
    os.set_blocking(written, False)
    before = signal.set_wakeup_fd(written)

    def wait() -> None:
        while os.read(heard, 1):
            signalled.set()
            connection.interrupt()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield signalled
    finally:
        signal.set_wakeup_fd(before)
        os.close(written)
        thread.join()
        os.close(heard)


def heard_signal(error: Exception) -> bool:
    """Whether DuckDB ended as it heard of a signal itself, which it may before our thread does."""
    return repr(error) == INTERRUPTED
