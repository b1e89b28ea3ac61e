"""One sample with all that happened to it, fetched from where its rows lie."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.app.browse_file import set_names, set_of
from videostar.app.browse_rows import KINDS, row_at
from videostar.config import Config
from videostar.errors import DataError
from videostar.rows import answer_from_json, sample_from_json, verdict_from_json
from videostar.steps.rationale_checks import label_first, leak, parrot
from videostar.types import Answer, Sample, Verdict


@dataclass(frozen=True, slots=True)
class Try:
    """One answer with its verdict, None while there is none. flags: signs that it does not come from the video. kept: its forms."""

    cycle: int
    kind: str
    answer: Answer
    verdict: Verdict | None
    flags: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A sample and every answer about it, by cycle and in the order of KINDS. fates: what became of it in each cycle that selected."""

    number: int
    sample: Sample
    tries: tuple[Try, ...]
    fates: tuple[tuple[int, str], ...]

    def tried(self, cycle: int, kind: str) -> list[Try]:
        """The answers of one stage."""
        return [item for item in self.tries if item.cycle == cycle and item.kind == kind]


def sample_at(run: Path, database: sqlite3.Connection, number: int, config: Config) -> Sample | None:
    """A sample by its number; None where its row is gone."""
    found = database.execute(
        "select name, samples.at, size from samples join files on files.id = file where number = ?", (number,)
    ).fetchone()
    row = None if found is None else row_at(run / found[0], found[1], found[2])
    try:
        return None if row is None else sample_from_json(row, config.labels)
    except (DataError, KeyError, TypeError):
        return None


def item_at(run: Path, database: sqlite3.Connection, number: int, config: Config) -> Item | None:
    """Everything about one sample; None where its row is gone."""
    sample = sample_at(run, database, number, config)
    if sample is None:
        return None
    verdicts = dict(_verdicts(run, database, number))
    kept = _kept(run, database, number)
    tries = []
    for (cycle, kind, candidate), answer in _answers(run, database, number):
        forms = tuple(sorted(form for place, form in kept if place == (cycle, kind, candidate)))
        tries.append(Try(cycle, kind, answer, verdicts.get((cycle, kind, candidate)), tuple(_flags(answer, sample)), forms))
    tries.sort(key=lambda item: (item.cycle, KINDS.index(item.kind), item.answer.candidate))
    return Item(number, sample, tuple(tries), tuple(_fates(database, number)))


Place = tuple[int, str, int]
"""Cycle, kind and candidate."""


def _answers(run: Path, database: sqlite3.Connection, number: int) -> Iterator[tuple[Place, Answer]]:
    for place, row in _placed(run, database, number, "answers"):
        try:
            yield place, answer_from_json(row)
        except (KeyError, TypeError):
            continue


def _verdicts(run: Path, database: sqlite3.Connection, number: int) -> Iterator[tuple[Place, Verdict]]:
    for place, row in _placed(run, database, number, "verdicts"):
        try:
            yield place, verdict_from_json(row)
        except (KeyError, TypeError):
            continue


def _placed(run: Path, database: sqlite3.Connection, number: int, table: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    rows = database.execute(
        f"select cycle, kind, candidate, name, {table}.at, size from {table} join files on files.id = file where sample = ?",  # noqa: S608
        (number,),
    )
    for cycle, kind, candidate, name, at, size in rows.fetchall():
        row = row_at(run / name, at, size)
        if row is not None:
            yield (cycle, kind, candidate), row


def _kept(run: Path, database: sqlite3.Connection, number: int) -> list[tuple[Place, str]]:
    rows = database.execute("select cycle, name, kept.at, size from kept join files on files.id = file where sample = ?", (number,))
    found = []
    for cycle, name, at, size in rows.fetchall():
        row = row_at(run / name, at, size) or {}
        ref = row.get("answer_ref")
        if isinstance(ref, dict):
            found.append(((cycle, str(row.get("route")), int(ref.get("candidate", 0))), str(row.get("form"))))
    return found


def _fates(database: sqlite3.Connection, number: int) -> Iterator[tuple[int, str]]:
    for (cycle,) in database.execute("select cycle from settled order by cycle").fetchall():
        for reason in set_names(database, f"reason/{cycle}/"):
            bits = set_of(database, f"reason/{cycle}/{reason}")
            if number >> 3 < len(bits) and bits[number >> 3] >> (number & 7) & 1:
                yield cycle, reason


def _flags(answer: Answer, sample: Sample) -> Iterator[str]:
    """Signs that an explanation does not come from the video, as the selection looks for them."""
    if answer.route != "rationalized" or answer.finish == "error":
        return
    if told := leak(answer.text, sample):
        yield f'leak: "{told}"'
    if parrot(answer.text, sample):
        yield "parrot: says little beyond label and question"
    if label_first(answer.text, sample, answer.frames.clip):
        yield "label before any observation"
