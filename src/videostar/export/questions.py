"""A run's files -> one `Question` after the other, in the order of sample ids: a merge of files that all have that order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from videostar.errors import RunError
from videostar.export.exporter import Question
from videostar.rows import conversation_from_json, read_rows, sample_from_json
from videostar.standing import cycles
from videostar.steps.keep import tried
from videostar.steps.run import Records
from videostar.store import CycleFiles, RunStore
from videostar.types import SPLITS


def chosen_cycle(store: RunStore, wanted: int | None) -> int:
    """The cycle whose answers are exported: the last that has been selected, unless another is wanted.

    Raises `RunError` where that cycle has not been selected.
    """
    selected = [number for number in cycles(store) if number > 0 and store.cycle(number).selection.exists()]
    if not selected:
        raise RunError(f"{store.root} has no selected cycle yet, so there is nothing to export; `videostar run` goes on with it")
    if wanted is not None and wanted not in selected:
        raise RunError(f"cycle {wanted} of {store.root} has not been selected; selected are {', '.join(map(str, selected))}")
    return selected[-1] if wanted is None else wanted


def run_name(store: RunStore) -> str:
    """The name of the run directory and 8 digits of its config's sha256: no path of this machine, and no other run's name."""
    digest = hashlib.sha256(store.config_path.read_bytes()).hexdigest()
    return f"{store.root.absolute().name}-{digest[:8]}"


def questions(records: Records, cycle: int, held_out: bool) -> Iterator[Question]:
    """Every train sample that was asked, with its answers and conversations; then, if wanted, the held-out samples without any."""
    run, files = run_name(records.store), records.store.cycle(cycle)
    stated = read_rows(records.store.samples("train"))
    kept = _Kept(files)
    for item in tried(records, cycle):
        sample = item.sample
        yield Question(
            sample=sample,
            stated=next(row for row in stated if row["id"] == sample.id),
            generated=item.generated,
            rationalized=item.rationalized,
            kept=kept.of(sample.id),
            unread=item.unread,
            run=run,
            cycle=cycle,
            video=sample.video,
            start_seconds=sample.start_seconds,
            end_seconds=sample.end_seconds,
        )
    if held_out:
        yield from _held_out(records, run, cycle)


def _held_out(records: Records, run: str, cycle: int) -> Iterator[Question]:
    for split in SPLITS[1:]:
        if not records.samples.counts[split]:
            continue
        for row in read_rows(records.store.samples(split)):
            sample = sample_from_json(row, records.samples.label_defaults)
            yield Question(sample, row, (), (), (), "", run, cycle, sample.video, sample.start_seconds, sample.end_seconds)


class _Kept:
    """The conversations of each sample; asked for in the order of ids."""

    def __init__(self, files: CycleFiles) -> None:
        self._groups = groupby(read_rows(files.conversations), key=lambda row: row["sample_id"])
        self._next: tuple[str, list[dict[str, Any]]] | None = self._advanced()

    def of(self, sample_id: str) -> tuple[Any, ...]:
        if self._next is None or self._next[0] != sample_id:
            return ()
        rows = self._next[1]
        self._next = self._advanced()
        return tuple(conversation_from_json(row) for row in rows)

    def _advanced(self) -> tuple[str, list[dict[str, Any]]] | None:
        group = next(self._groups, None)
        return None if group is None else (group[0], list(group[1]))
