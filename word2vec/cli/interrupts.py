"""SIGTERM ends a command as Ctrl-C does: what is begun is kept, then the program ends."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any, NoReturn


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Turn SIGTERM into `Terminated` until the end of the block; then it is as before."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers, and only it would get the exception
        return

    def terminate(_number: int, _frame: Any) -> NoReturn:
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
