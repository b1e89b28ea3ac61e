"""Given answers -> questions, and answers -> the official layout.

Read are: an object of ids and answers; rows of "id" and "prediction" (JSON Lines or an array; "sample_id", "answer", "text" and "response"
are taken too); and TempCompass's own layout, an object of videos, aspects and lists of "question" and "prediction".
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_pairs, json_rows, starts_with
from videostar.datasets.videos import stem
from videostar.errors import DataError
from videostar.types import Sample

NAMES = ("id", "sample_id")
ANSWERS = ("prediction", "response", "answer", "text")


@dataclass(frozen=True, slots=True)
class Given:
    """texts: by sample id; "" where no answer was had. strangers: predictions for no question that is asked. twice: for an answered one."""

    texts: Mapping[str, str]
    strangers: int
    twice: int


def read_predictions(paths: Sequence[Path], samples: Sequence[Sample]) -> Given:
    """The given answers to these questions. Raises `DataError` where a file holds nothing of a known form."""
    ids = {sample.id for sample in samples}
    placed: dict[tuple[str, str, str], deque[str]] = defaultdict(deque)
    for sample in samples:
        placed[_place(sample.meta.get("video_id"), sample.meta.get("aspect"), sample.meta.get("asked"))].append(sample.id)
    texts: dict[str, str] = {}
    strangers = twice = 0
    for path in files_of(paths, ".json", ".jsonl"):
        for key, said in _entries(path):
            name = (placed[key].popleft() if placed.get(key) else "") if isinstance(key, tuple) else key
            if name in texts:
                twice += 1
            elif name in ids:
                texts[name] = said
            else:
                strangers += 1
    return Given(texts, strangers, twice)


def official_layout(samples: Sequence[Sample], texts: Mapping[str, str]) -> dict[str, dict[str, dict[str, list[dict[str, str]]]]]:
    """By task, what TempCompass's own scripts read: {video: {aspect: [{"question", "answer", "prediction"}]}}."""
    tasks: dict[str, dict[str, dict[str, list[dict[str, str]]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for sample in samples:
        if sample.id in texts:
            meta = sample.meta
            row = {"question": meta["asked"], "answer": meta["answer"], "prediction": texts[sample.id]}
            tasks[sample.task][meta["video_id"]][meta["aspect"]].append(row)
    return tasks


def _entries(path: Path) -> Iterator[tuple[str | tuple[str, str, str], str]]:
    """Who an answer is for, an id or a place in the official layout, and the answer."""
    if path.suffix == ".jsonl" or starts_with(path) == "[":
        for place, row in json_rows(path):
            yield _row(path, place, row)
        return
    for place, key, value in json_pairs(path):
        if isinstance(value, Mapping):
            yield from _official(path, place, key, value)
        elif value is None or isinstance(value, str | int | float):
            yield key, _text(value)
        else:
            raise DataError(f"{path}:{place}: the prediction for {key!r} is neither a text nor a number")


def _row(path: Path, place: str, row: Any) -> tuple[str, str]:
    name = next((row[name] for name in NAMES if name in row), None) if isinstance(row, Mapping) else None
    answer = next((row[name] for name in ANSWERS if name in row), ...) if isinstance(row, Mapping) else ...
    if not isinstance(name, str) or not (answer is None or isinstance(answer, str | int | float)):
        raise DataError(f'{path}:{place}: a row has "id" (a text) and "prediction" (a text or a number); questions.jsonl lists the ids')
    return name, _text(answer)


def _official(path: Path, place: str, video: str, aspects: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for aspect, rows in aspects.items():
        for row in rows if isinstance(rows, list) else [rows]:
            answer = next((row[name] for name in ANSWERS[:2] if name in row), ...) if isinstance(row, Mapping) else ...
            if not (answer is None or isinstance(answer, str)):
                raise DataError(f'{path}:{place}: {video}/{aspect}: a list of objects with "question" and "prediction" is wanted')
            yield _place(video, aspect, row.get("question")), _text(answer)


def _place(video: object, aspect: object, question: object) -> tuple[str, str, str]:
    return stem(str(video)).removesuffix(".jpg"), str(aspect), str(question).strip()


def _text(value: object) -> str:
    return "" if value is None else str(value)
