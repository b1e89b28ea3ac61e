"""Sorting more rows than fit in memory: sorted stretches of them go to disk and are merged as they are read."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

HELD_BYTES = 16 << 20
HELD_PER_ROW = 200  # what Python takes for two texts and a tuple beside their characters
MOST_FILES = 64

Keyed: TypeAlias = tuple[str, str]


class SortedRows:
    """(key, text) in the order of keys, then of texts, by code points; a context manager that removes its files.

    folder: where the files lie meanwhile. held_bytes: about how much is held in memory. Texts are single lines without line ends.
    """

    def __init__(self, folder: Path, held_bytes: int = HELD_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(prefix=".sorting-", dir=folder)
        self._numbers = count()
        self._held_bytes = held_bytes
        self._held: list[Keyed] = []
        self._size = 0
        self._files: list[Path] = []

    def __enter__(self) -> SortedRows:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.cleanup()

    def add(self, key: str, text: str) -> None:
        """One more row."""
        self._held.append((key, text))
        self._size += len(key) + len(text) + HELD_PER_ROW
        if self._size > self._held_bytes:
            self._held.sort()
            self._put_away(iter(self._held))
            self._held, self._size = [], 0

    def rows(self) -> Iterator[Keyed]:
        """All rows in order, streamed. Nothing may be added after."""
        self._held.sort()
        return heapq.merge(*map(_read, self._files), self._held)

    def _put_away(self, rows: Iterator[Keyed]) -> None:
        """Into a file of their own; many files become one, so that few are ever open at once."""
        if len(self._files) == MOST_FILES:
            merged = self._write(heapq.merge(*map(_read, self._files)))
            for path in self._files:
                path.unlink()
            self._files = [merged]
        self._files.append(self._write(rows))

    def _write(self, rows: Iterator[Keyed]) -> Path:
        path = Path(self._folder.name) / str(next(self._numbers))
        with path.open("w", encoding="utf-8", errors="surrogatepass") as file:
            file.writelines(f"{json.dumps(key)}\t{text}\n" for key, text in rows)
        return path


def _read(path: Path) -> Iterator[Keyed]:
    with path.open("r", encoding="utf-8", errors="surrogatepass", newline="\n") as lines:
        for line in lines:
            key, _, text = line.partition("\t")  # a tab inside the key stands there as \t
            yield json.loads(key), text[:-1]
