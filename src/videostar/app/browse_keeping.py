"""Keeps the browse indexes of the runs up to date in the background, and sweeps away uploads that nobody took."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from videostar.app.browse_index import refresh
from videostar.app.context import Context
from videostar.errors import UserError
from videostar.store import RunStore

PIECE_SECONDS = 1.0
REST_SECONDS = 2.0


class Keeper:
    """A thread that ends when the block does; a context manager."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True, name="browse indexes")

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(timeout=10)

    def _go(self) -> None:
        whole: dict[str, bool] = {}
        while not self._ended.is_set():
            for name in self._context.runs:
                if self._ended.is_set():
                    return
                if not (whole.get(name) and RunStore(self._context.runs[name]).best.exists()):
                    whole[name] = self._taken_in(name)
            self._context.uploads.sweep()
            if all(whole.values()):
                self._ended.wait(REST_SECONDS)

    def _taken_in(self, name: str) -> bool:
        """Whether nothing is left to take in for now; a run that cannot be read is left alone until the next round."""
        try:
            run, config = self._context.run(name)
            return refresh(Path(run), config, PIECE_SECONDS)
        except (UserError, OSError, sqlite3.Error):
            return True
