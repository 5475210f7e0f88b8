"""A run that is told to stop: by SIGTERM, by Ctrl-C, or by the end of its terminal."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StoppedError(BaseException):
    """Somebody told the command to stop. No step may take it for a failure of its own.

    Args:
        number: the signal that told it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.name = signal.Signals(number).name
        self.exit_code = 128 + number  # As a shell reports who was ended by a signal.


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """End the block with StoppedError where a signal asks for it, so that what it has started is
    ended with it. A signal that is ignored stays so: ``nohup`` keeps its meaning."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    heard = {number: old for number, old in before.items() if old != signal.SIG_IGN}
    for number in heard:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, old in heard.items():
            signal.signal(number, old)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    raise StoppedError(number)
