"""SIGTERM while a training runs: the step that runs is finished and saved, and then the training ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Stop:
    """asked: whether SIGTERM has come."""

    asked: bool = False


@contextmanager
def on_sigterm() -> Iterator[Stop]:
    """SIGTERM only sets `asked` meanwhile. In a thread other than the main one, where no handler can be set, it never is."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(*_: object) -> None:
        stop.asked = True

    before = signal.signal(signal.SIGTERM, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
