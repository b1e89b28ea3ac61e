"""Labelled examples for calibration: rows of `{"video", "score", "faults"}`, checked against the rubric, every problem told at once."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.errors import DataError, nearest
from videostar.people.rubric import Rubric

FIELDS = ("video", "score", "faults")
MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """A video whose score or faults are known; None where nobody told."""

    video: Path
    score: float | None
    faults: frozenset[str] | None


def read_examples(table: Path, rubric: Rubric) -> list[Labelled]:
    """The rows of a JSON Lines table; a relative video is below the table's folder. Raises `DataError` with every problem."""
    try:
        if table.stat().st_size > MOST_BYTES:
            raise DataError(f"{table} is larger than {MOST_BYTES >> 20} MiB; a few hundred examples are enough")
        lines = table.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise DataError(f'there is no file {table}; examples are lines such as {{"video": "a.mp4", "score": 34.5, "faults": []}}') from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{table} cannot be read: {error}") from None
    problems: list[str] = []
    found = [
        row for number, line in enumerate(lines, 1) if line.strip() and (row := _row(f"{table.name}:{number}", line, rubric, problems))
    ]
    if problems:
        raise DataError(*problems)
    if not found:
        raise DataError(f"{table} holds no examples")
    return [Labelled(table.parent / item.video, item.score, item.faults) for item in found]


def _row(place: str, line: str, rubric: Rubric, problems: list[str]) -> Labelled | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        problems.append(f"{place} is not JSON: {error}")
        return None
    if not isinstance(row, Mapping):
        problems.append(f"{place} must be an object with {', '.join(FIELDS)}, not {type(row).__name__}")
        return None
    found = _problems(row, rubric)
    problems.extend(f"{place}: {problem}" for problem in found)
    if found:
        return None
    score, faults = row.get("score"), row.get("faults")
    return Labelled(Path(row["video"]), None if score is None else float(score), None if faults is None else frozenset(faults))


def _problems(row: Mapping[str, Any], rubric: Rubric) -> list[str]:
    found = [f'unknown field "{name}"{nearest(str(name), FIELDS)}; allowed are {", ".join(FIELDS)}' for name in row if name not in FIELDS]
    if not isinstance(row.get("video"), str) or not row["video"]:
        found.append('"video" is missing: the path of the clip')
    score, faults = row.get("score"), row.get("faults")
    if score is not None and (isinstance(score, bool) or not isinstance(score, (int, float)) or not math.isfinite(score)):
        found.append(f'"score" is {score!r}; it must be a number')
    if faults is None:
        if score is None:
            found.append('neither "score" nor "faults" is told')
        return found
    if not isinstance(faults, list) or not all(isinstance(name, str) for name in faults):
        return [*found, f'"faults" is {faults!r}; it must be a list of names']
    known = list(rubric.faults)
    return found + [
        f'"{name}" is no fault of the rubric{nearest(name, known)}; faults are {", ".join(known)}' for name in faults if name not in known
    ]
