"""Filters -> samples, a page at a time, in their order. A page costs the same at the end of a million samples as at their beginning."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from videostar.app.bits import Bits, all_of, fitted, numbers_in
from videostar.app.browse_file import TURNS, sample_count, set_names, set_of
from videostar.types import SPLITS

PAGE = 20
ENOUGH_SECONDS = 0.15
"""Texts are looked through for so long at once; the next page goes on from there."""
OUTCOMES = ("pass", "fail", "undecided", "not judged", "not readable")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sample must have; "" leaves it open. cycle, route, outcome: one answer must have all three. reason: of the cycle's selection.

    text: words that all stand in its id, question, label or one of its answers; the last may begin a word where no text holds it.
    """

    split: str = ""
    cycle: str = ""
    route: str = ""
    outcome: str = ""
    reason: str = ""
    source: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Samples by number, in order. total: how many the filters leave, None while texts were not all looked through.

    before: how many come before the first one, as far as known. after: where the next page begins; None at the end.
    """

    numbers: tuple[int, ...]
    total: int | None
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by."""

    samples: int
    splits: tuple[str, ...]
    cycles: tuple[str, ...]
    routes: tuple[str, ...]
    reasons: tuple[str, ...]
    sources: tuple[str, ...]


def choices(database: sqlite3.Connection) -> Choices:
    """What the run holds so far."""
    answered = [name.split("/") for name in set_names(database, "answer/")]
    cycles = sorted({name[0] for name in answered if name[0] != "*"}, key=int)
    return Choices(
        sample_count(database),
        tuple(split for split in SPLITS if split in set_names(database, "split/")),
        tuple(cycles),
        tuple(sorted({name[1] for name in answered if name[1] != "*"})),
        tuple(set_names(database, "reason/*/")),
        tuple(set_names(database, "source/")),
    )


def number_of(database: sqlite3.Connection, sample_id: str) -> int | None:
    """A sample's number; None for an id that the run does not hold."""
    found = database.execute("select number from samples where id = ?", (sample_id,)).fetchone()
    return None if found is None else int(found[0])


def page(database: sqlite3.Connection, wanted: Wanted, start: int = 0, size: int = PAGE) -> Page:
    """The first `size` fitting samples with a number of at least `start`."""
    bits = _fitting(database, wanted)
    words = [word.lower() for word in _WORD.findall(wanted.text)]
    if words:
        return _with_words(database, bits, words, start, size)
    numbers = numbers_in(bits)
    place = int(np.searchsorted(numbers, start))
    shown = numbers[place : place + size]
    after = int(numbers[place + size]) if place + size < len(numbers) else None
    return Page(tuple(int(number) for number in shown), len(numbers), place, after)


def page_before(database: sqlite3.Connection, wanted: Wanted, start: int, size: int = PAGE) -> Page:
    """The last `size` fitting samples with a number below `start`; with words in the text, the page is looked for from the beginning."""
    if _WORD.search(wanted.text):
        first = page(database, wanted, 0, size)
        while first.after is not None and first.after < start:
            first = page(database, wanted, first.after, size)
        return first
    numbers = numbers_in(_fitting(database, wanted))
    place = max(0, int(np.searchsorted(numbers, start)) - size)
    return page(database, wanted, int(numbers[place]) if len(numbers) else 0, size)


def step(database: sqlite3.Connection, wanted: Wanted, number: int, forward: bool) -> int | None:
    """The fitting sample after or before this one; None where there is none."""
    if forward:
        found = page(database, wanted, number + 1, 1)
        while not found.numbers and found.after is not None:
            found = page(database, wanted, found.after, 1)
        return found.numbers[0] if found.numbers else None
    if not _WORD.search(wanted.text):
        numbers = numbers_in(_fitting(database, wanted))
        place = int(np.searchsorted(numbers, number))
        return int(numbers[place - 1]) if place else None
    return next(_down(database, wanted, number), None)


def _down(database: sqlite3.Connection, wanted: Wanted, number: int) -> Iterator[int]:
    """Fitting samples below a number, the nearest first, by their words."""
    bits = _fitting(database, replace(wanted, text=""))
    rows = database.execute(
        "select rowid from texts where texts match ? and rowid < ? order by rowid desc", (_match(database, wanted.text), number * TURNS)
    )
    for (row,) in rows:
        if _holds(bits, row // TURNS):
            yield row // TURNS


def _fitting(database: sqlite3.Connection, wanted: Wanted) -> Bits:
    count = sample_count(database)
    bits = all_of(count)

    def having(name: str) -> Bits:
        return fitted(set_of(database, name), count)

    if wanted.split:
        bits = bits & having(f"split/{wanted.split}")
    if wanted.source:
        bits = bits & having(f"source/{wanted.source}")
    if wanted.reason:
        bits = bits & having(f"reason/{wanted.cycle or '*'}/{wanted.reason}")
    if wanted.cycle or wanted.route or wanted.outcome:
        stage = f"answer/{wanted.cycle or '*'}/{wanted.route or '*'}"
        if wanted.outcome == "not judged":
            judged = having(f"{stage}/pass") | having(f"{stage}/fail") | having(f"{stage}/undecided") | having(f"{stage}/not readable")
            bits = bits & having(f"{stage}/answered") & ~judged
        else:
            bits = bits & having(f"{stage}/{wanted.outcome or 'answered'}")
    return bits


def _with_words(database: sqlite3.Connection, bits: Bits, words: list[str], start: int, size: int) -> Page:
    """Hits come in the order of samples, so that a page ends as soon as it is full or the time is over."""
    began = time.monotonic()
    found: list[int] = []
    hits = "select rowid from texts where texts match ? and rowid >= ? order by rowid"
    rows = database.execute(hits, (_match(database, " ".join(words)), start * TURNS))
    last = start
    for place, (row,) in enumerate(rows):
        number = row // TURNS
        if number > last and place % 256 == 0 and time.monotonic() - began > ENOUGH_SECONDS:
            return Page(tuple(found), None, None, number)
        last = number
        if _holds(bits, number) and (not found or found[-1] != number):
            if len(found) == size:
                return Page(tuple(found), None, None, number)
            found.append(number)
    return Page(tuple(found), len(found) if start == 0 else None, 0 if start == 0 else None, None)


def _holds(bits: Bits, number: int) -> bool:
    return number >> 3 < len(bits) and bool(bits[number >> 3] >> (number & 7) & 1)


def _match(database: sqlite3.Connection, text: str) -> str:
    """Words that must all be there; nothing of them is ever a command to the database.

    The last one may be the beginning of a word only where no text holds it: to look for beginnings of a common word takes long.
    """
    words = [f'"{word}"' for word in _WORD.findall(text)[:20]]
    held = database.execute("select 1 from texts where texts match ? limit 1", (words[-1],)).fetchone()
    return " ".join(words) + ("" if held else "*")
