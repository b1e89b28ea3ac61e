"""What an index asks of every window: a description, and whatever else its YAML file or `--ask` names.

```yaml
window_seconds: 4            # longer videos are asked about in windows of this length
window_overlap_seconds: 1
questions:
  - {name: description, question: Describe the video.}
  - {name: score, question: What score does the dive get?, label: {kind: number, unit: points, minimum: 0, maximum: 45}}
  - {name: entry, question: When does the diver reach the water?, label: {kind: timestamp}, moment: the diver enters the water}
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from videostar.errors import ConfigError, DataError, nearest
from videostar.labels import parse_label
from videostar.prompts import asked, asked_of_window
from videostar.types import Label, Sample
from videostar.video.windows import Windowing

NAME = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,39}")
DESCRIPTION = "description"
DESCRIBE = "Describe the video."
WINDOW_SECONDS = 4.0
FIELDS = ("name", "question", "label", "moment")
KEYS = ("questions", "window_seconds", "window_overlap_seconds")
TIMED = ("timestamp", "interval")
# What stands for the truth that nobody knows; no rule of merging or of reading an answer looks at it.
UNKNOWN: Mapping[str, Mapping[str, Any]] = {
    "text": {"value": "-"},
    "category": {"value": "-"},
    "number": {"value": 0},
    "count": {"value": 0},
    "timestamp": {"value_seconds": 0},
    "interval": {"start_seconds": 0, "end_seconds": 1},
    "boolean": {"value": True},
    "choice": {"answer": 0},
    "sequence": {"value": ["-"]},
    "set": {"value": ["-"]},
}


@dataclass(frozen=True, slots=True)
class IndexQuestion:
    """One question. label: the kind of its answer, its truth unknown. moment: how a time that it asks for is to be found again."""

    name: str
    question: str
    label: Label
    moment: str = ""

    @property
    def is_timed(self) -> bool:
        """Whether answers are times, which become moments of their own."""
        return self.label.kind in TIMED

    @property
    def prompt(self) -> str:
        """What a model is asked."""
        sample = Sample(id="-", video="-", question=self.question, label=self.label)
        return asked_of_window(sample, "direct") if self.is_timed else asked(sample, "direct")


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """Everything that is asked, and in which windows."""

    questions: tuple[IndexQuestion, ...]
    windowing: Windowing


def plan_from(path: Path | None, asks: Sequence[str], frames_window: Windowing | None = None) -> IndexPlan:
    """The plan of a YAML file, if any, with `NAME[:KIND]=QUESTION` on top; a description alone where neither is given.

    frames_window: how the model's own run cuts long clips, where it does. Raises `ConfigError` with every problem at once.
    """
    raw = {} if path is None else _read(path)
    problems = [f'unknown key "{key}"{nearest(str(key), KEYS)}; allowed are {", ".join(KEYS)}' for key in raw if key not in KEYS]
    rows = raw.get("questions", [{"name": DESCRIPTION, "question": DESCRIBE}])
    if not isinstance(rows, list):
        problems, rows = [*problems, '"questions" must be a list of {name, question}'], []
    found: list[IndexQuestion] = []
    for row in [*rows, *map(_spoken, asks)]:
        try:
            found.append(_question(row))
        except DataError as error:
            problems += error.problems
    names = [question.name for question in found]
    problems += [f'"{name}" stands twice; every question has a name of its own' for name in dict.fromkeys(names) if names.count(name) > 1]
    if not found and not problems:
        problems.append("there is no question to ask; leave `questions` out for a description")
    windowing, wrong = _windowing(raw, frames_window)
    if problems or wrong:
        raise ConfigError(*(f"{path}: {problem}" if path is not None else problem for problem in (*problems, *wrong)))
    return IndexPlan(tuple(found), windowing)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid YAML: {' '.join(str(error).split())[:300]}") from None
    if not isinstance(raw, Mapping):
        raise ConfigError(f"{path} must hold `questions:`, not {type(raw).__name__}")
    return raw


def _windowing(raw: Mapping[str, Any], frames_window: Windowing | None) -> tuple[Windowing, list[str]]:
    default = frames_window or Windowing(WINDOW_SECONDS, WINDOW_SECONDS / 4)
    window = raw.get("window_seconds", default.window_seconds)
    overlap = raw.get("window_overlap_seconds", default.overlap_seconds if window == default.window_seconds else None)
    if isinstance(window, bool) or not isinstance(window, int | float) or not 0 < window < float("inf"):
        return default, [f'"window_seconds" is {window!r}; it must be a number of seconds above 0']
    overlap = window / 4 if overlap is None else overlap
    if isinstance(overlap, bool) or not isinstance(overlap, int | float) or not 0 <= overlap <= window / 2:
        return default, [f'"window_overlap_seconds" is {overlap!r}; from 0 to half of "window_seconds" ({window:g}) can overlap']
    return Windowing(float(window), float(overlap)), []


def _spoken(text: str) -> Mapping[str, Any]:
    name, equals, question = text.partition("=")
    name, _, kind = name.strip().partition(":")
    if not equals:
        return {"name": text, "question": ""}
    return {"name": name, "question": question.strip(), **({"label": {"kind": kind}} if kind else {})}


def _question(row: object) -> IndexQuestion:
    """Raises `DataError` with every problem of the question."""
    if not isinstance(row, Mapping):
        raise DataError(f"a question is {{name, question}}, not {row!r}")
    name, words = row.get("name"), row.get("question")
    problems = [f'unknown field "{key}"{nearest(str(key), FIELDS)}; allowed are {", ".join(FIELDS)}' for key in row if key not in FIELDS]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        problems.append(f"a question's name is {name!r}; it begins with a letter and has at most 40 letters, digits, blanks, _ and -")
    if not isinstance(words, str) or not words.strip():
        problems.append(
            f"the question {name!r} has no words; write {{name: score, question: What score does it get?}} or --ask NAME=QUESTION"
        )
    moment = row.get("moment", "")
    if not isinstance(moment, str):
        problems.append(f'"moment" of {name!r} must be a text')
    if problems:
        raise DataError(*problems)
    return IndexQuestion(str(name), str(words), _label(str(name), row.get("label", {"kind": "text"})), moment or f"{name} {words}")


def _label(name: str, fields: object) -> Label:
    kind = fields.get("kind") if isinstance(fields, Mapping) else None
    if not isinstance(fields, Mapping) or not isinstance(kind, str) or kind not in UNKNOWN:
        raise DataError(f'the label of "{name}" is {fields!r}; give a kind: {", ".join(UNKNOWN)}')
    unknown = dict(UNKNOWN[kind])
    classes = fields.get("classes")
    if kind == "category" and isinstance(classes, list) and classes:
        unknown["value"] = classes[0]
    try:
        return parse_label({**unknown, **fields})
    except DataError as error:
        raise DataError(*(f'the label of "{name}": {problem}' for problem in error.problems)) from None
