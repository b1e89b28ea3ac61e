"""Samples whose video could not be read, with the decoder's message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from videostar.standing import cycles, whole_rows
from videostar.store import RunStore
from videostar.types import SPLITS

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Unread:
    """One quarantined sample."""

    sample_id: str
    video: str
    error: str


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Quarantined samples: how many in all, by reason, and the first MOST_SHOWN of them."""

    total: int
    reasons: tuple[tuple[str, int], ...]
    shown: tuple[Unread, ...]


def quarantine(store: RunStore) -> Quarantine:
    """Everything that any stage could not read."""
    seen: set[str] = set()
    reasons: Counter[str] = Counter()
    errors: dict[str, str] = {}
    for sample_id, error in _errors(store):
        if sample_id not in seen:
            seen.add(sample_id)
            reasons[error.partition(":")[0]] += 1
            if len(errors) < MOST_SHOWN:
                errors[sample_id] = error
    videos = _videos(store, errors.keys()) if errors else {}
    shown = tuple(Unread(sample_id, videos.get(sample_id, ""), error) for sample_id, error in errors.items())
    return Quarantine(len(seen), tuple(reasons.most_common()), shown)


def _errors(store: RunStore) -> Iterator[tuple[str, str]]:
    for path in _answer_files(store):
        for sample_id, rows in groupby(whole_rows(path), key=lambda row: str(row["sample_id"])):
            errors = [str(row["frames"]["error"]) if row["finish"] == "error" else "" for row in rows]
            if all(errors):  # one of several candidates that failed leaves the others
                yield sample_id, errors[0]


def _answer_files(store: RunStore) -> Iterator[Path]:
    for cycle in cycles(store):
        files = store.cycle(cycle)
        yield from (files.answers, files.rationales, *(files.evaluation_answers(split) for split in SPLITS[1:]))


def _videos(store: RunStore, wanted: Container[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for split in SPLITS:
        names |= {row["id"]: row["video"] for row in whole_rows(store.samples(split)) if row["id"] in wanted}
    return names
