"""Tables -> checked samples, ordered by id: what every later step streams over."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NamedTuple

from videostar.config import Config
from videostar.datasets.conversations import check_conversations
from videostar.datasets.table import Problem, Stated, Table, escapes, guesses, read_stated
from videostar.errors import DataError, RunError
from videostar.rows import dump, read_rows, sample_from_json, sample_to_json
from videostar.sorting import SortedRows
from videostar.store import RunStore, appearing, read_json, write_json
from videostar.types import SPLITS, Sample, Split


@dataclass(frozen=True, slots=True)
class Samples:
    """The checked samples of a run, on disk as their rows state them.

    label_defaults: fill label fields that a row leaves unset, whenever samples are read.
    root: what `Sample.video` is relative to. counts: samples by split. notes: how columns were read, for a person.
    """

    store: RunStore
    label_defaults: Mapping[str, Any]
    root: Path
    counts: Mapping[str, int]
    notes: tuple[str, ...]

    def split(self, split: Split) -> Iterator[Sample]:
        """The samples of a split, streamed in the order of their ids."""
        if self.counts[split]:
            yield from (sample_from_json(row, self.label_defaults) for row in read_rows(self.store.samples(split)))


def ingest(config: Config, store: RunStore) -> Samples:
    """Check every row of every table, or go on with what an earlier start has checked.

    Raises `DataError` with all problems of all tables at once, `RunError` when a table has changed since the run began.
    """
    tables = {split: Table.named(text) for split in SPLITS if (text := getattr(config.data, split))}
    prints: dict[str, str] = {split: _fingerprint(table.path) for split, table in tables.items()}
    if store.ingested.exists():
        if read_json(store.ingested)["tables"] != prints:
            raise RunError(f"the tables of {store.root} have changed since the run began; choose another `run:` directory")
        return ingested(config, store)
    root = _root(config, tables)
    folder = store.ingested.parent
    for left in folder.glob(".sorting-*"):  # by a start that was killed
        shutil.rmtree(left, ignore_errors=True)
    with SortedRows(folder) as rows, SortedRows(folder) as groups:
        problems = list(_checked(config, tables, root, (rows, groups)))
        counts = _stored(store, rows, problems)
        if not counts["train"] and not problems:
            problems.append(f"{tables['train'].path} has no rows for training; the loop needs at least one")
        problems += [problem for source in config.data.mix for problem in check_conversations(source.path, root)]
        if problems:
            raise DataError(*problems)
        notes = (_summary(counts), *(note for table in tables.values() if (note := guesses(table))), *_contamination(groups, counts))
    write_json(store.ingested, {"root": str(root), "counts": counts, "notes": notes, "tables": prints})
    return ingested(config, store)


def ingested(config: Config, store: RunStore) -> Samples:
    """The samples that a run has checked before. Raises `RunError` when it has not got that far."""
    if not store.ingested.exists():
        raise RunError(f"{store.root} has no checked samples yet; `videostar run` goes on from there")
    done = read_json(store.ingested)
    return Samples(store, config.labels, Path(done["root"]), done["counts"], tuple(done["notes"]))


def _summary(counts: Mapping[str, int]) -> str:
    return "data: " + ", ".join(f"{count} {split} questions" for split, count in counts.items() if count)


def _contamination(groups: SortedRows, counts: Mapping[str, int]) -> list[str]:
    """A warning where a group (a video) stands in train and in a split that is meant to be held out."""
    if sum(1 for count in counts.values() if count) < 2:
        return []
    shared: Counter[str] = Counter()
    first: dict[str, str] = {}
    for group, rows in groupby(groups.rows(), key=itemgetter(0)):
        splits = {split for _, split in rows}
        for split in splits - {"train"} if "train" in splits else ():
            shared[split] += 1
            first.setdefault(split, group)
    return [
        f"warning: {shared[split]} groups of the {split} split stand in train too, such as {first[split]!r}; its scores are not held out"
        for split in SPLITS[1:]
        if shared[split]
    ]


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _root(config: Config, tables: Mapping[Split, Table]) -> Path:
    """The configured root, or the deepest folder that holds all tables."""
    if config.data.root is not None:
        if not config.data.root.is_dir():
            raise DataError(f'"data.root": there is no folder {config.data.root}')
        return config.data.root.absolute()
    return Path(os.path.commonpath([table.folder.absolute() for table in tables.values()]))


def _checked(config: Config, tables: Mapping[Split, Table], root: Path, out: tuple[SortedRows, SortedRows]) -> Iterator[str]:
    """Put every row that can be used out by its id, and the groups with their splits; yields what is wrong with the others."""
    rows, groups = out
    last = ("", "")
    for split, table in tables.items():
        place = _Place.of(table, config, root)
        for item in read_stated(table, config.seed, config.labels):
            placed = item if isinstance(item, Problem) else _placed(item, split, table, place)
            if isinstance(placed, Problem):
                yield str(placed)
                continue
            sample = placed.sample
            rows.add(sample.id, f"{sample.split} {dump(sample_to_json(sample, placed.label))[:-1]}")
            if last != (last := (sample.group, sample.split)):
                groups.add(*last)


def _stored(store: RunStore, rows: SortedRows, problems: list[str]) -> dict[str, int]:
    """Write each split's samples in the order of ids and count them; ids that stand twice are added to the problems."""
    counts: dict[str, int] = dict.fromkeys(SPLITS, 0)
    with ExitStack() as stack:
        files: dict[str, IO[str]] = {split: stack.enter_context(appearing(store.samples(split))) for split in SPLITS}
        for name, same in groupby(rows.rows(), key=itemgetter(0)):
            texts = [text for _, text in same]
            if len(texts) > 1:
                problems.append(f'the id "{name}" stands {len(texts)} times; ids must be unique over all tables')
            split, _, row = texts[0].partition(" ")
            files[split].write(row + "\n")
            counts[split] += 1
    return counts


class _Place(NamedTuple):
    """What a table's videos are relative to, absolute as well, and the way to it from the root of the samples."""

    folder: Path
    whole: str
    below: str
    root: Path

    @classmethod
    def of(cls, table: Table, config: Config, root: Path) -> _Place:
        folder = root if config.data.root is not None else table.folder
        whole = os.path.abspath(folder)
        return cls(folder, whole, os.path.relpath(whole, root), root)


def _placed(stated: Stated, split: Split, table: Table, place: _Place) -> Stated | Problem:
    """The sample in its split, its video relative to the root; refused when either does not fit."""
    sample = stated.sample
    named = sample.split if split == "train" else split
    if split != "train" and sample.split not in {"train", split}:
        return Problem(f"{table.path}: {sample.id}", f'"split" is {sample.split}, but this is the {split} table')
    is_plain = _is_plain(sample.video)
    if not is_plain and escapes(place.folder, sample.video):
        problem = f'the video "{sample.video}" lies outside {place.folder}; paths may not leave it (set data.root to allow more)'
        return Problem(f"{table.path}: {sample.id}", problem)
    if is_plain and place.below == os.curdir and _is_normal(sample.video):
        video = sample.video
    elif is_plain:
        video = os.path.normpath(os.path.join(place.below, sample.video))
    else:
        video = os.path.relpath(os.path.join(place.whole, sample.video), place.root)
    if (named, video) == (sample.split, sample.video):
        return stated
    group = video if sample.group == sample.video else sample.group
    return Stated(replace(sample, split=named, video=video, group=group), stated.label)


def _is_plain(video: str) -> bool:
    """Whether a path stays in its folder by its mere looks, as nearly all do: asking the system takes longer than the rest of a row."""
    return not video.startswith("/") and ".." not in video


def _is_normal(video: str) -> bool:
    """Whether normalising a plain path certainly changes nothing."""
    return "//" not in video and "./" not in video and not video.endswith((".", "/"))
