"""A command that is told to stop: by Ctrl-C; a run by SIGTERM and the end of its terminal too."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

# What DuckDB makes of Ctrl-C while it works.
INTERRUPTED = repr(RuntimeError("Query interrupted"))
# What is told of it beside the signal, of a run and of every other command.
_OF_RUN = (
    ", and the night with it. Nothing is lost or counted twice: run the same command again to go on"
)
_OF_COMMAND = " before it was done. Run the same command again"
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StoppedError(BaseException):
    """Somebody told the command to stop. No step may take it for a failure of its own.

    Args:
        number: the signal that told it.
        more: what else is told of it.
    """

    def __init__(self, number: int, more: str = "") -> None:
        super().__init__(number)
        self.says = f"stopped by {signal.Signals(number).name}{more}."
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
    raise StoppedError(number, _OF_RUN)


def find_stop(error: BaseException) -> StoppedError | None:
    """That a signal ended the command, where it did, whatever was made of it on the way out.

    DuckDB makes of it a RuntimeError (``INTERRUPTED``) and Typer an exit without a word; what the
    signal raised is the cause or the context of each.
    """
    chain: list[BaseException | None] = [error]
    seen: set[int] = set()
    while chain:
        link = chain.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        if isinstance(link, StoppedError):
            return link
        if isinstance(link, KeyboardInterrupt) or repr(link) == INTERRUPTED:
            return StoppedError(signal.SIGINT, _OF_COMMAND)
        chain += [link.__context__, link.__cause__]  # The cause is looked at first.
    return None
