"""`videostar check`: a table of samples against its videos, before any model is loaded. Says what would be dropped, and why.

Every video's header is opened, in processes that can be killed; files of equal size are compared by content. Rows are read twice, and what
is held is one record a video and a number a row.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from videostar.checking.rules import Limits, clip_problem
from videostar.checking.statistics import Statistics
from videostar.checking.videos import Look, looked_at
from videostar.datasets.table import Problem, Table, escapes, read_table
from videostar.errors import DataError
from videostar.ports import Silent, Watcher
from videostar.rows import dump, to_json
from videostar.seeds import seed_for
from videostar.store import write_lines
from videostar.types import Sample

SHOWN_CASES = 5
HELD_OUT = ("validation", "test")


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What the command line said. root: folder of the videos, else each table's own. kept: where the samples that stay are written."""

    tables: tuple[str, ...]
    root: Path | None = None
    limits: Limits = field(default_factory=Limits)
    workers: int = 0
    seconds_per_file: float = 10.0
    seed: int = 0
    kept: Path | None = None


@dataclass(slots=True)
class Findings:
    """rows = kept + the sum of dropped. cases: the first few places by reason. look: what was found of the videos."""

    rows: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    cases: dict[str, list[str]] = field(default_factory=dict)
    look: Look = field(default_factory=Look)
    copies: tuple[tuple[str, ...], ...] = ()
    statistics: Statistics = field(default_factory=Statistics)

    @property
    def is_clean(self) -> bool:
        """Whether nothing would be dropped."""
        return not self.dropped

    def drop(self, reason: str, case: str) -> None:
        """Count a dropped row, and keep the first few."""
        self.dropped[reason] += 1
        cases = self.cases.setdefault(reason, [])
        if len(cases) < SHOWN_CASES:
            cases.append(case)


def check(request: CheckRequest, watch: Watcher | None = None) -> Findings:
    """Look at every row and every video. Raises `DataError` where a table is not there or is no table."""
    tables = [Table.named(text) for text in request.tables]
    videos = {os.path.join(folder, sample.video) for sample, folder, _ in _samples(tables, request, Findings()) if sample is not None}
    if not videos:
        raise DataError(f"{', '.join(request.tables)}: no usable row; look at the first lines of the table")
    findings = Findings(look=looked_at(sorted(videos), request.workers, request.seconds_per_file, watch or Silent()))
    findings.copies = findings.look.copies()
    content = {path: copies[0] for copies in findings.copies for path in copies}
    held_out = _held_out(tables, request, content)
    kept = _kept(tables, request, findings, content, held_out)
    if request.kept is None:
        for _ in kept:
            pass
    else:
        write_lines(request.kept, (dump(to_json(sample)) for sample in kept))
    return findings


def _samples(tables: Sequence[Table], request: CheckRequest, findings: Findings) -> Iterator[tuple[Sample | None, str, str]]:
    """Each sample with the folder of its videos and a place; None for a row that cannot be used, which is counted."""
    for table in tables:
        folder = os.path.abspath(request.root or table.folder)
        for item in read_table(table, request.seed, {}):
            findings.rows += 1
            if isinstance(item, Problem):
                findings.drop("not a sample", str(item))
                yield None, folder, item.where
            elif escapes(Path(folder), item.video):
                findings.drop("a path that leaves the folder of videos", f"{item.id}: {item.video}")
                yield None, folder, item.id
            else:
                yield item, folder, item.id


def _held_out(tables: Sequence[Table], request: CheckRequest, content: dict[str, str]) -> dict[int, str]:
    """What of validation and test must not stand in train: contents of videos, and groups; each with its split."""
    found: dict[int, str] = {}
    for sample, folder, _ in _samples(tables, request, Findings()):
        if sample is not None and sample.split in HELD_OUT:
            for mark in _marks(sample, folder, content):
                found[mark] = sample.split
    return found


def _marks(sample: Sample, folder: str, content: dict[str, str]) -> tuple[int, int]:
    path = os.path.join(folder, sample.video)
    return seed_for("content", content.get(path, path)), seed_for("group", sample.source, sample.group)


def _kept(
    tables: Sequence[Table], request: CheckRequest, findings: Findings, content: dict[str, str], held_out: dict[int, str]
) -> Iterator[Sample]:
    """The samples that stay; the others go into the findings, each for its first reason."""
    ids: set[int] = set()
    asked: set[int] = set()
    for sample, folder, place in _samples(tables, request, findings):
        if sample is None:
            continue
        path = os.path.join(folder, sample.video)
        problem = clip_problem(sample, findings.look.of(path), request.limits)
        shared = [held_out[mark] for mark in _marks(sample, folder, content) if mark in held_out]
        whole = to_json(sample)
        question = seed_for(content.get(path, path), *(repr(whole[name]) for name in ("start_seconds", "end_seconds", "question", "label")))
        identity = seed_for(sample.id)
        if problem:
            findings.drop(*problem)
        elif identity in ids:
            findings.drop("an id that stands already", place)
        elif sample.split == "train" and shared:
            findings.drop(f"its video or group is held out too ({shared[0]})", f"{place}: {sample.video}")
        elif question in asked:
            findings.drop("the same question about the same clip", place)
        else:
            findings.kept += 1
            findings.statistics.add(sample)
            ids.add(identity)
            asked.add(question)
            yield sample
