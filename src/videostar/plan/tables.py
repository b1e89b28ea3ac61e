"""The tables of a run, counted; streamed, with a few rows drawn by seed."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from videostar.config import Config
from videostar.datasets.table import Problem, Table, escapes, read_table
from videostar.errors import DataError
from videostar.prompts import asked
from videostar.seeds import seed_for
from videostar.types import SPLITS, Sample, Split

MOST_DRAWN = 200


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row that is looked at closely. folder: what its video is relative to."""

    sample: Sample
    folder: Path


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables hold. rows: by split. videos: different files. spans: different stretches of them.

    drawn: at most MOST_DRAWN rows, by seed. prompt_characters: mean length of their prompts.
    """

    rows: dict[str, int]
    tasks: dict[str, int]
    kinds: dict[str, int]
    videos: int
    spans: int
    drawn: tuple[Drawn, ...]
    prompt_characters: float


def read_tables(config: Config) -> Tables:
    """Count every row of every table. Raises `DataError` with every row that cannot be used."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("rows", "tasks", "kinds")}
    spans: set[tuple[str, float, float | None]] = set()
    drawn: list[tuple[int, str, Drawn]] = []
    problems: list[str] = []
    for split, row in rows_of(config):
        if isinstance(row, Problem):
            problems.append(str(row))
            continue
        sample = row.sample
        counts["rows"][split] += 1
        counts["tasks"][sample.task] += 1
        counts["kinds"][sample.label.kind] += 1
        spans.add((str(row.folder / sample.video), sample.start_seconds, sample.end_seconds))
        _draw(drawn, (-seed_for(config.seed, "plan", split, sample.id), sample.id, row))
    if problems:
        raise DataError(*problems)
    rows = tuple(item for _, _, item in drawn)
    lengths = [len(asked(item.sample, "reasoned")) for item in rows]
    found: dict[str, int] = {split: counts["rows"][split] for split in SPLITS}
    videos = len({video for video, _, _ in spans})
    return Tables(
        found, dict(counts["tasks"]), dict(counts["kinds"]), videos, len(spans), rows, sum(lengths) / len(lengths) if lengths else 0.0
    )


def rows_of(config: Config) -> Iterator[tuple[Split, Drawn | Problem]]:
    """Every row with the split it will be in; a video outside its folder is never touched."""
    for split in SPLITS:
        text = getattr(config.data, split)
        if not text:
            continue
        table = Table.named(text)
        folder = config.data.root or table.folder
        for row in read_table(table, config.seed, config.labels):
            if isinstance(row, Problem):
                yield split, row
            elif escapes(folder, row.video):
                yield split, Problem(f"{table.path}: {row.id}", f'the video "{row.video}" lies outside {folder}; paths may not leave it')
            else:
                yield (row.split if split == "train" else split), Drawn(row, folder)


def _draw(drawn: list[tuple[int, str, Drawn]], item: tuple[int, str, Drawn]) -> None:
    """Keep the MOST_DRAWN rows of the smallest seeds."""
    if len(drawn) < MOST_DRAWN:
        heapq.heappush(drawn, item)
    elif item[:2] > drawn[0][:2]:
        heapq.heapreplace(drawn, item)
