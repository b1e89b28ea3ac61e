"""A piece of work that speaks while it goes on -> what it said so far, again and again, and at last what it came to."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
LEAST_SECONDS = 0.05
"""Pieces that come faster are shown together: a page is not redrawn for each of them."""


class StoppedError(Exception):
    """Nobody listens any more."""


@dataclass(frozen=True, slots=True)
class Spoken(Generic[T]):
    """text: all that was said. result: what the work came to, None before it ended or where it failed. error: why it failed."""

    text: str
    result: T | None = None
    error: BaseException | None = None
    ended: bool = False


def spoken(work: Callable[[Callable[[str], None]], T]) -> Iterator[Spoken[T]]:
    """What `work(hear)` says. Leaving the iterator ends the work at its next word."""
    said: queue.SimpleQueue[str | Spoken[T]] = queue.SimpleQueue()
    stopped = threading.Event()

    def hear(piece: str) -> None:
        if stopped.is_set():
            raise StoppedError
        said.put(piece)

    def go() -> None:
        try:
            said.put(Spoken("", work(hear), ended=True))
        except BaseException as error:  # noqa: BLE001 - handed to the one who listens
            said.put(Spoken("", error=error, ended=True))

    threading.Thread(target=go, daemon=True).start()
    text = ""
    try:
        while True:
            pieces = [said.get()]
            stopped.wait(LEAST_SECONDS)
            while not said.empty():
                pieces.append(said.get())
            text += "".join(piece for piece in pieces if isinstance(piece, str))
            last = pieces[-1]
            if isinstance(last, Spoken):
                yield Spoken(text, last.result, last.error, ended=True)
                return
            yield Spoken(text)
    finally:
        stopped.set()
