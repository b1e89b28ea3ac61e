"""A run's files -> its browse index, a piece at a time: what was written since the last piece is read, nothing else.

A file that was put into another order (answers, at the end of their stage) is taken in anew; any other change of what was already
read means that the run was begun again, and so is the index.
"""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from videostar.app.bits import with_numbers
from videostar.app.browse_fates import settle
from videostar.app.browse_file import TURNS, changing, discard, index_path, prepare, put_set, reading, sample_count, set_of
from videostar.app.browse_rows import KINDS, Part, Placed, parts, rows_from
from videostar.config import Config
from videostar.store import RunStore

PIECE_ROWS = 20_000
LONGEST_TEXT = 4000
MOST_SOURCES = 200
OTHER = "(others)"
ANY = "*"


class _StaleError(Exception):
    """What was read before is not there any more."""


def refresh(run: Path, config: Config, enough_seconds: float = float("inf")) -> bool:
    """Take in what the run has written, until all is or `enough_seconds` are over. True when there is nothing left to take in."""
    path, began = index_path(run), time.monotonic()
    prepare(path)
    store = RunStore(run)
    for part in parts(store):
        while _behind(path, run, part):
            if time.monotonic() - began > enough_seconds:
                return False
            try:
                with changing(path) as database:
                    _Piece(database, run).take(part)
            except _StaleError:
                discard(path)
                prepare(path)
                return False
    return settle(path, store, config, lambda: time.monotonic() - began > enough_seconds)


def _behind(path: Path, run: Path, part: Part) -> bool:
    with reading(path) as database:
        known = database.execute("select inode, at from files where name = ?", (_name(run, part),)).fetchone()
    return known is None or known[0] != part.path.stat().st_ino or known[1] != part.end


def _name(run: Path, part: Part) -> str:
    return str(part.path.relative_to(run))


class _Piece:
    """Rows of one file that are taken in together."""

    def __init__(self, database: sqlite3.Connection, run: Path) -> None:
        self._database = database
        self._run = run
        self._sets: dict[str, list[int]] = defaultdict(list)

    def take(self, part: Part) -> None:
        """At most PIECE_ROWS rows of a file; they count together with the note of how far it is read."""
        file, at = self._opened(part)
        end = part.end
        placed = list(islice(rows_from(part.path, at, end), PIECE_ROWS))
        takers: Mapping[str, Callable[[Part, int, list[Placed]], None]] = {
            "samples": self._samples,
            "answers": self._answers,
            "verdicts": self._verdicts,
            "kept": self._kept,
        }
        takers[part.content](part, file, placed)
        for name, numbers in self._sets.items():
            put_set(self._database, name, with_numbers(set_of(self._database, name), numbers))
        now = end if len(placed) < PIECE_ROWS else placed[-1].offset + placed[-1].size
        self._database.execute("update files set at = ? where id = ?", (now, file))

    def _opened(self, part: Part) -> tuple[int, int]:
        """(file, from where it is read on)."""
        name, inode = _name(self._run, part), part.path.stat().st_ino
        known = self._database.execute("select id, inode, at from files where name = ?", (name,)).fetchone()
        if known is None:
            cursor = self._database.execute("insert into files (name, inode, at) values (?, ?, 0)", (name, inode))
            return int(cursor.lastrowid or 0), 0
        if known[1] == inode and known[2] <= part.end:
            return int(known[0]), int(known[2])
        if not part.grows:
            raise _StaleError
        self._database.execute("delete from answers where file = ?", (known[0],))
        self._database.execute("update files set inode = ?, at = 0 where id = ?", (inode, known[0]))
        return int(known[0]), 0

    def _samples(self, part: Part, file: int, placed: list[Placed]) -> None:
        first, sources = sample_count(self._database), self._sources()
        rows, texts = [], []
        for number, item in enumerate(placed, first):
            row = item.row
            rows.append((number, str(row.get("id")), file, item.offset, item.size))
            texts.append((number * TURNS, _text(row.get("id"), row.get("question"), row.get("label"))))
            self._sets[f"split/{part.kind}"].append(number)
            self._sets[f"source/{_capped(str(row.get('source') or ''), sources)}"].append(number)
        self._database.executemany("insert or ignore into samples values (?, ?, ?, ?, ?)", rows)
        self._database.executemany("insert into texts (rowid, text) values (?, ?)", texts)

    def _answers(self, part: Part, file: int, placed: list[Placed]) -> None:
        texts = []
        for item, number in zip(placed, self._numbers(placed), strict=True):
            if number is None:
                continue
            row, candidate = item.row, int(item.row.get("candidate", 0))
            self._put("answers", (number, part.cycle, part.kind, candidate, file, item.offset, item.size))
            self._mark(part, number, "answered")
            if row.get("finish") == "error":
                reason = str(_within(row, "frames", "error")).partition(":")[0][:80]
                self._sets[f"unread/{part.cycle}/{reason}"].append(number)
                self._mark(part, number, "not readable")
            texts.append((number * TURNS + _turn(part, candidate), _text(row.get("text"))))
        self._database.executemany("insert into texts (rowid, text) values (?, ?)", sorted(texts))

    def _verdicts(self, part: Part, file: int, placed: list[Placed]) -> None:
        for item, number in zip(placed, self._numbers(placed), strict=True):
            if number is not None:
                candidate = int(item.row.get("candidate", 0))
                self._put("verdicts", (number, part.cycle, part.kind, candidate, file, item.offset, item.size))
                self._mark(part, number, str(item.row.get("outcome")))

    def _kept(self, part: Part, file: int, placed: list[Placed]) -> None:
        for item, number in zip(placed, self._numbers(placed), strict=True):
            if number is not None:
                self._database.execute(
                    "insert or replace into kept values (?, ?, ?, ?, ?, ?)",
                    (number, part.cycle, item.offset, file, item.offset, item.size),
                )
                self._sets[f"kept/{part.cycle}"].append(number)

    def _put(self, table: str, row: tuple[Any, ...]) -> None:
        self._database.execute(f"insert or replace into {table} values (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608  (our own names)

    def _mark(self, part: Part, number: int, outcome: str) -> None:
        """What can be asked for later: each of cycle, route and outcome may be left open."""
        for cycle in (str(part.cycle), ANY):
            for kind in (part.kind, ANY) if part.kind != "blind" else (part.kind,):
                self._sets[f"answer/{cycle}/{kind}/{outcome}"].append(number)

    def _numbers(self, placed: list[Placed]) -> list[int | None]:
        """The samples' numbers; None for one that the run does not hold."""
        known: dict[str, int | None] = {}
        for item in placed:
            name = str(item.row.get("sample_id"))
            if name not in known:
                found = self._database.execute("select number from samples where id = ?", (name,)).fetchone()
                known[name] = None if found is None else int(found[0])
        return [known[str(item.row.get("sample_id"))] for item in placed]

    def _sources(self) -> set[str]:
        rows = self._database.execute("select name from sets where substr(name, 1, 7) = 'source/'")
        return {str(row[0])[7:] for row in rows}


def _capped(source: str, known: set[str]) -> str:
    """A table may name more sources than a list can show; those beyond share one name."""
    if source in known:
        return source
    if len(known) >= MOST_SOURCES or len(source) > 200:
        return OTHER
    known.add(source)
    return source


def _turn(part: Part, candidate: int) -> int:
    """A place for a text of a sample that another text of it rarely has; where two share one, both are found."""
    return 1 + (part.cycle * len(KINDS) * 8 + KINDS.index(part.kind) * 8 + candidate) % (TURNS - 1)


def _text(*texts: object) -> str:
    """As UTF-8 can hold it."""
    told = " ".join(str(text) for text in texts if text is not None)
    return told[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")


def _within(row: Mapping[str, Any], outer: str, inner: str) -> Any:
    held = row.get(outer)
    return held.get(inner, "") if isinstance(held, Mapping) else ""
