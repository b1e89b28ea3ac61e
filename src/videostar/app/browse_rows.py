"""The rows of a run's files with where each lies, from a byte onwards: what is being written right now is taken in as far as it counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.standing import cycles, whole_rows
from videostar.store import CycleFiles, RunStore, StageLog
from videostar.types import SPLITS

FINAL = 1000
"""Stands for the last training where a cycle's number is meant."""
KINDS = ("generated", "rationalized", "validation", "test", "blind")
"""What was asked for: answers of a cycle's two routes, its evaluations, the base without the video."""
_SHARD = re.compile(r"^(answers|rationales|validation_answers|test_answers)-(\d+-of-\d+|scattered)\.jsonl$")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a run. content: "samples", "answers", "verdicts" or "kept". kind: of KINDS, or a split.

    grows: rows are added to it batch by batch; else it is whole as soon as it exists.
    """

    path: Path
    content: str
    cycle: int = 0
    kind: str = ""
    grows: bool = False

    @property
    def end(self) -> int:
        """How many of its bytes count; those of a batch that is not finished do not."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if not self.grows:
            return size
        counted = [row["bytes"] for row in whole_rows(StageLog(self.path).progress_path) if "bytes" in row]
        return min(size, max(counted, default=0))


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and where it lies in its file, in bytes."""

    row: dict[str, Any]
    offset: int
    size: int


def parts(store: RunStore) -> list[Part]:
    """All files of a run that exist now; samples first, what is judged before its verdicts, what is kept last."""
    found = [Part(store.samples(split), "samples", kind=split) for split in SPLITS]
    for number in cycles(store):
        found += _of_cycle(store.cycle(number), number)
    found += _of_cycle(store.final, FINAL)
    return [part for part in found if part.path.exists()]


def _of_cycle(files: CycleFiles, number: int) -> list[Part]:
    asked = {"generated": files.answers, "rationalized": files.rationales, "blind": files.blind_answers}
    judged = {"generated": files.verdicts, "rationalized": files.rationale_verdicts, "blind": files.blind_verdicts}
    for split in SPLITS[1:]:
        asked[split], judged[split] = files.evaluation_answers(split), files.evaluation_verdicts(split)
    found = [Part(path, "answers", number, kind, grows=True) for kind, base in asked.items() for path in _written(base)]
    found += [Part(path, "verdicts", number, kind) for kind, path in judged.items()]
    return [*found, Part(files.conversations, "kept", number)]


def _written(answers: Path) -> list[Path]:
    """The file; while there is none, its shards."""
    if answers.exists() or not answers.parent.is_dir():
        return [answers]
    return sorted(path for path in answers.parent.glob(f"{answers.stem}-*.jsonl") if _SHARD.match(path.name))


def rows_from(path: Path, offset: int, end: int) -> Iterator[Placed]:
    """The whole rows between two bytes. A line that is no JSON object is passed over."""
    with path.open("rb") as file:
        file.seek(offset)
        while offset < end:
            line = file.readline()
            if not line.endswith(b"\n") or offset + len(line) > end:
                return
            row = _object(line)
            if row is not None:
                yield Placed(row, offset, len(line))
            offset += len(line)


def row_at(path: Path, offset: int, size: int) -> dict[str, Any] | None:
    """One row; None where the file has changed."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return _object(file.read(size))
    except OSError:
        return None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
