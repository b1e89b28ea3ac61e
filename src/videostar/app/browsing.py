"""What the Browse tab shows: a page of a run's samples that fit some filters, and one of them with its whole story."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path

from videostar import shown
from videostar.app import pages
from videostar.app.arrival import address_of
from videostar.app.browse_fates import KEPT
from videostar.app.browse_file import index_path, prepare, reading, sample_count, set_names, set_of
from videostar.app.browse_item import Item, Try, item_at, sample_at
from videostar.app.browse_query import Choices, Page, Wanted, choices, number_of, page, page_before, step
from videostar.app.browse_rows import FINAL
from videostar.app.context import Context
from videostar.errors import DataError
from videostar.report.examples import label_text, shown_answer
from videostar.store import RunStore, read_json
from videostar.types import Sample

ASKED = {
    "generated": "answers",
    "rationalized": "explanations, after it was shown the label",
    "validation": "answers at evaluation",
    "test": "answers at evaluation",
    "blind": "answers of the base without the video",
}
LINE = 110


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is: the page's samples, where the next page begins, the sample that is open. Kept by the server, per page."""

    numbers: tuple[int, ...] = ()
    after: int | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """words: how many fit. lines: (text, number) of the page. item: the open sample as HTML."""

    place: Place
    words: str
    lines: tuple[tuple[str, int], ...]
    item: str


class Browsing:
    """One run's samples."""

    def __init__(self, context: Context, name: str) -> None:
        self._context = context
        self._name = name
        self._run, self._config = context.run(name)
        self._index = index_path(self._run)
        prepare(self._index)

    def choices(self) -> Choices:
        """What there is to filter by so far."""
        with reading(self._index) as database:
            return choices(database)

    def first(self, wanted: Wanted) -> View:
        """The first page, its first sample open."""
        with reading(self._index) as database:
            return self._view(database, wanted, page(database, wanted))

    def turned(self, wanted: Wanted, place: Place, forward: bool) -> View:
        """The page after or before; the same one where there is none."""
        with reading(self._index) as database:
            if forward:
                found = page(database, wanted, place.after) if place.after is not None else self._same(database, wanted, place)
            else:
                found = page_before(database, wanted, place.numbers[0]) if place.numbers else self._same(database, wanted, place)
            return self._view(database, wanted, found)

    def stepped(self, wanted: Wanted, place: Place, forward: bool) -> View:
        """The sample after or before the open one, with the page that it is on; the same one where there is none."""
        with reading(self._index) as database:
            if place.at is None:
                return self._view(database, wanted, page(database, wanted))
            number = step(database, wanted, place.at, forward)
            if number is None:
                number = place.at
            if number in place.numbers:
                return self._view(database, wanted, self._same(database, wanted, place), number)
            found = page(database, wanted, number) if forward else page_before(database, wanted, number + 1)
            return self._view(database, wanted, found, number)

    def opened(self, wanted: Wanted, place: Place, number: int) -> View:
        """Another sample of the page."""
        with reading(self._index) as database:
            return self._view(database, wanted, self._same(database, wanted, place), number)

    def found(self, sample_id: str) -> View:
        """The page that begins with a sample, by its id. Raises `DataError` for an id that the run does not hold (yet)."""
        with reading(self._index) as database:
            number = number_of(database, sample_id)
            if number is None:
                raise DataError(f"{self._name} holds no sample {shown.one_line(sample_id, 100)}, or has not been read so far yet")
            return self._view(database, Wanted(), page(database, Wanted(), number), number)

    def _same(self, database: sqlite3.Connection, wanted: Wanted, place: Place) -> Page:
        return page(database, wanted, place.numbers[0]) if place.numbers else page(database, wanted)

    def _view(self, database: sqlite3.Connection, wanted: Wanted, found: Page, number: int | None = None) -> View:
        at = number if number is not None else (found.numbers[0] if found.numbers else None)
        place = Place(found.numbers, found.after, at)
        return View(place, _counted(found, sample_count(database)), tuple(self._lines(database, found.numbers)), self._item(database, at))

    def _lines(self, database: sqlite3.Connection, numbers: Sequence[int]) -> Iterator[tuple[str, int]]:
        fates = _fates(database, numbers)
        for number in numbers:
            sample = sample_at(self._run, database, number, self._config)
            told = "(its row is gone)" if sample is None else f"{shown.one_line(sample.id, 48)} \u00b7 {sample.question}"
            fate = f"{fates[number]} \u00b7 " if number in fates else ""
            yield shown.one_line(f"{fate}{told}", LINE), number

    def _item(self, database: sqlite3.Connection, number: int | None) -> str:
        if number is None:
            return pages.message("No sample fits. Take a filter off, or fewer words.")
        item = item_at(self._run, database, number, self._config)
        if item is None:
            return pages.message("The row of this sample is gone: the run's tables have changed.", bad=True)
        video = self._video(item.sample)
        return pages.html(
            "item.html",
            address=address_of(self._name, item.sample.id),
            place=f"{shown.count(number + 1)} of {shown.count(sample_count(database))} in the run",
            sample=item.sample,
            source=None if video is None else _from(self._context.media.link(video), item.sample),
            root=str(self._root() or ""),
            label=label_text(item.sample),
            stages=[_stage(cycle, kind, tries, item) for (cycle, kind), tries in _staged(item)],
        )

    def _root(self) -> Path | None:
        ingested = RunStore(self._run).ingested
        return Path(read_json(ingested)["root"]) if ingested.exists() else None

    def _video(self, sample: Sample) -> Path | None:
        root = self._root()
        return None if root is None else root / sample.video


def _from(link: str | None, sample: Sample) -> str | None:
    """A link to the sample's own stretch of its video."""
    if link is None or not (sample.start_seconds or sample.end_seconds is not None):
        return link
    end = "" if sample.end_seconds is None else f",{sample.end_seconds:g}"
    return f"{link}#t={sample.start_seconds:g}{end}"


def _staged(item: Item) -> Iterator[tuple[tuple[int, str], list[Try]]]:
    for key, tries in groupby(item.tries, key=lambda tried: (tried.cycle, tried.kind)):
        yield key, list(tries)


def _stage(cycle: int, kind: str, tries: Sequence[Try], item: Item) -> dict[str, object]:
    """What the template needs of one stage; what became of the sample is said where the cycle's own answers end."""
    name = "base" if cycle == 0 else "last training" if cycle == FINAL else f"cycle {cycle}"
    last = [tried.kind for tried in item.tries if tried.cycle == cycle and tried.kind in {"generated", "rationalized"}]
    fates = [fate for at, fate in item.fates if at == cycle]
    return {
        "name": f"{name}: {ASKED[kind]}",
        "fate": ("kept" if KEPT in fates else f"dropped: {fates[0]}") if fates and last and kind == last[-1] else "",
        "answers": [_answer(tried) for tried in tries],
    }


def _answer(tried: Try) -> dict[str, object]:
    cut = shown_answer(tried.answer, tried.verdict, tried.kept)
    outcome = "not readable" if tried.answer.finish == "error" else tried.verdict.outcome if tried.verdict else "not judged"
    return {
        "outcome": outcome,
        "route": tried.kind,
        "answer": tried.answer,
        "verdict": tried.verdict,
        "kept": tried.kept,
        "before": cut.before,
        "marked": cut.marked,
        "after": cut.after,
        "extracted": cut.extracted,
        "flags": tried.flags,
    }


def _fates(database: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, str]:
    """What the newest cycle that has selected did with each: kept or dropped."""
    row = database.execute("select max(cycle) from settled").fetchone()
    if row[0] is None:
        return {}
    found: dict[int, str] = {}
    for reason in set_names(database, f"reason/{row[0]}/"):
        bits = set_of(database, f"reason/{row[0]}/{reason}")
        for number in numbers:
            if number >> 3 < len(bits) and bits[number >> 3] >> (number & 7) & 1:
                found[number] = "kept" if reason == KEPT else "dropped"
    return found


def _counted(found: Page, samples: int) -> str:
    if not samples:
        return "nothing is read yet"
    if not found.numbers:
        return f"none of {shown.count(samples)} samples fits" if found.after is None else "nothing so far; the next page looks further"
    if found.total is None or found.before is None:
        return f"{len(found.numbers)} that fit{', and more' if found.after is not None else ''}"
    first = found.before + 1
    return f"{shown.count(first)} to {shown.count(found.before + len(found.numbers))} of {shown.count(found.total)}"


def wanted_of(words: Sequence[object]) -> Wanted:
    """Filters as a browser sent them, in the order of `Wanted`; nothing of them is trusted."""
    told = [str(word)[:300] if isinstance(word, str) else "" for word in words]
    return Wanted(*told[: len(fields(Wanted))])
