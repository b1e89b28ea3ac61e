"""JSON rows <-> records, the one place. A row is one JSON object on one line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from videostar.errors import DataError, nearest
from videostar.labels import parse_label
from videostar.types import (
    SPLITS,
    Answer,
    AnswerRef,
    Conversation,
    Cost,
    CycleResult,
    Estimate,
    FrameRecord,
    Ledger,
    Message,
    Sample,
    TurnRef,
    Verdict,
    Window,
    WindowAnswer,
    Yields,
)

SAMPLE_FIELDS = tuple(field.name for field in dataclasses.fields(Sample))


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of one of our own files, streamed."""
    with path.open("r", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def dump(row: Mapping[str, Any]) -> str:
    """One line of canonical JSON with its line end: the same row gives the same bytes."""
    return json.dumps(row, ensure_ascii=True, separators=(", ", ": ")) + "\n"


def to_json(record: Sample | Answer | Verdict | Conversation | CycleResult) -> dict[str, Any]:
    """The JSON row of a record, in the order of its fields."""
    if isinstance(record, Sample):
        return {**_plain(record, skip=("label",)), "label": record.label.to_json()}
    if isinstance(record, Conversation):
        return _plain(record, skip=() if record.turns else ("turns",))
    if isinstance(record, Answer):
        return _plain(record, skip=() if record.windows else ("windows",))
    if isinstance(record, Verdict):
        row = _plain(record, skip=("parts",))
        parts = {name: to_json(part) for name, part in record.parts.items()}
        return {**row, **({"parts": parts} if parts else {})}
    return _plain(record)


def _plain(record: Any, skip: tuple[str, ...] = ()) -> dict[str, Any]:
    return {field.name: _value(getattr(record, field.name)) for field in dataclasses.fields(record) if field.name not in skip}


def _value(value: Any) -> Any:
    if value is None or type(value) in (str, int, float, bool):  # most are, and the tests below take their time
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(value)
    if isinstance(value, Mapping):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value


def sample_from_json(row: Mapping[str, Any], label_defaults: Mapping[str, Any]) -> Sample:
    """A sample from a contract row. Raises `DataError` with every problem of the row."""
    problems = [
        f'unknown field "{name}"{nearest(name, SAMPLE_FIELDS)}; allowed are {", ".join(SAMPLE_FIELDS)}; anything else belongs in "meta"'
        for name in row
        if name not in SAMPLE_FIELDS
    ]
    problems += [f'"{name}" is missing or not a text' for name in ("id", "video", "question") if not _is_text(row.get(name))]
    problems += [
        f'"{name}" must be a text, not {row[name]!r}' for name in ("task", "source", "group") if not isinstance(row.get(name, ""), str)
    ]
    problems += _span_problems(row)
    if row.get("split", "train") not in SPLITS:
        problems.append(f'"split" is {row["split"]!r}; allowed are {", ".join(SPLITS)}')
    if not isinstance(row.get("meta", {}), Mapping):
        problems.append('"meta" must be an object')
    label = None
    try:
        if not isinstance(row.get("label"), Mapping):
            raise DataError('"label" is missing; it is an object such as {"kind": "category", "value": "arm wrestling"}')
        label = parse_label(row["label"], label_defaults)
    except DataError as error:
        problems += error.problems
    if problems or label is None:
        raise DataError(*problems)
    rest = {name: value for name, value in row.items() if name != "label"}
    rest["start_seconds"] = float(row.get("start_seconds") or 0.0)
    rest["end_seconds"] = None if row.get("end_seconds") is None else float(row["end_seconds"])
    rest["group"] = row.get("group") or row["video"]
    return Sample(label=label, **rest)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _span_problems(row: Mapping[str, Any]) -> list[str]:
    start, end = row.get("start_seconds", 0.0), row.get("end_seconds")
    for name, value in (("start_seconds", start), ("end_seconds", end)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf")):
            return [f'"{name}" must be a number of seconds from 0, not {value!r}']
    if end is not None and end <= (start or 0.0):
        return [f'"end_seconds" ({end}) must be after "start_seconds" ({start})']
    return []


def answer_from_json(row: Mapping[str, Any]) -> Answer:
    """An answer as the run wrote it."""
    frames = {**row["frames"], "timestamps_seconds": tuple(row["frames"]["timestamps_seconds"])}
    windows = tuple(
        WindowAnswer(**{**part, "window": Window(**part["window"]), "timestamps_seconds": tuple(part["timestamps_seconds"])})
        for part in row.get("windows", ())
    )
    return Answer(**{**row, "frames": FrameRecord(**frames), "windows": windows})


def verdict_from_json(row: Mapping[str, Any]) -> Verdict:
    """A verdict as the run wrote it; further keys, such as ids, are left aside."""
    span = row.get("span")
    return Verdict(
        outcome=row["outcome"],
        score=row["score"],
        extracted=row["extracted"],
        reason=row["reason"],
        parts={name: verdict_from_json(part) for name, part in row.get("parts", {}).items()},
        span=None if span is None else (span[0], span[1]),
    )


def conversation_from_json(row: Mapping[str, Any]) -> Conversation:
    """A conversation of ours, or an auxiliary one that has at least "id" and "messages"."""
    ref = row.get("answer_ref")
    return Conversation(
        id=row["id"],
        sample_id=row.get("sample_id", ""),
        route=row.get("route", "generated"),
        form=row.get("form", "direct"),
        video=row.get("video", ""),
        start_seconds=row.get("start_seconds", 0.0),
        end_seconds=row.get("end_seconds"),
        messages=tuple(Message(turn["role"], turn["content"]) for turn in row["messages"]),
        answer_ref=None if ref is None else AnswerRef(**{**ref, "timestamps_seconds": tuple(ref["timestamps_seconds"])}),
        turns=tuple(TurnRef(**turn) for turn in row.get("turns", ())),
    )


def result_from_json(row: Mapping[str, Any]) -> CycleResult:
    """What a cycle gave, as `metrics.jsonl` holds it."""
    ledger, yields, cost = row["ledger"], row["yields"], row["cost"]
    parts = {
        "scores": {split: Estimate(**score) for split, score in row["scores"].items()},
        "ledger": None if ledger is None else Ledger(**ledger),
        "yields": None if yields is None else Yields(**yields),
        "cost": None if cost is None else Cost(**cost),
    }
    return CycleResult(**{**row, **parts})
