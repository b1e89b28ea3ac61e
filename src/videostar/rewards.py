"""The labels' judgement as reward functions for GRPO trainers.

TRL's `GRPOTrainer(reward_funcs=[reward])` calls a function by keyword, `f(prompts=..., completions=..., completion_ids=...,
<each other column of the data set as a list>, trainer_state=..., ...)`, and takes a list with one number a completion, or None
where the reward does not apply (TRL documentation, "GRPO Trainer: using a custom reward function"). ms-swift calls an object of
a registered class the same way, `f(completions, <columns as lists>, trainer_state=..., ...)`, with texts as completions
(ms-swift documentation, "GRPO developer guide: reward function"): its `__call__` hands all on to `reward`.

A data set needs a column `label`; `question`, `duration_seconds`, `width` and `height` help to judge where they are there.
Pure: no model is asked.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from videostar.errors import DataError
from videostar.labels import parse_label
from videostar.types import Clip, Label, Verdict


def reward(completions: Sequence[Any], label: Sequence[Any], **columns: Any) -> list[float | None]:
    """The graded score of each completion in [0, 1]; 0 for one that does not commit, None where the row's label is None.

    completions: texts, or lists of chat messages whose assistant turns are judged (content a text or a list of parts).
    label: each a label as an object or as JSON text. columns: `question`, `duration_seconds`, `width`, `height` as lists; all
    else that a trainer passes is left aside. Raises `DataError` that names every row with a label that cannot be used.
    """
    return [None if verdict is None else verdict.score for verdict in _verdicts(completions, label, columns)]


def passed(completions: Sequence[Any], label: Sequence[Any], **columns: Any) -> list[float | None]:
    """1.0 for a completion that passes, else 0.0; otherwise as `reward`."""
    return [None if verdict is None else float(verdict.outcome == "pass") for verdict in _verdicts(completions, label, columns)]


def _verdicts(completions: Sequence[Any], labels: Sequence[Any], columns: Mapping[str, Any]) -> list[Verdict | None]:
    if len(labels) != len(completions):
        raise DataError(f'there are {len(completions)} completions and {len(labels)} values in the column "label"; they must be as many')
    problems: list[str] = []
    parsed = [_label(row, value, problems) for row, value in enumerate(labels)]
    if problems:
        raise DataError(*problems)
    verdicts: list[Verdict | None] = []
    for row, (completion, label) in enumerate(zip(completions, parsed, strict=True)):
        question = _cell(columns, "question", row)
        clip = Clip(_positive(columns, "duration_seconds", row), _pixels(columns, "width", row), _pixels(columns, "height", row))
        question = question if isinstance(question, str) else ""
        verdicts.append(None if label is None else label.judge(_text(completion), question, clip))
    return verdicts


def _label(row: int, value: Any, problems: list[str]) -> Label | None:
    """The label of a row; None where there is none. What is wrong with it goes to `problems`."""
    if value is None:
        return None
    try:
        return _parsed(value if isinstance(value, str) else json.dumps(value))
    except DataError as error:
        problems.extend(f'row {row} of the column "label": {problem}' for problem in error.problems)
    except (TypeError, ValueError, RecursionError) as error:
        problems.append(f'row {row} of the column "label" is not a label as JSON ({error}); write it like {{"kind": "count", "value": 3}}')
    return None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Label:
    row = json.loads(text)
    if isinstance(row, dict):  # tables of one schema fill the fields of other kinds with null
        row = _without_nulls(row)
    return parse_label(row)


def _without_nulls(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _without_nulls(value) if isinstance(value, Mapping) else value for name, value in row.items() if value is not None}


def _text(completion: Any) -> str:
    """What the assistant says: the text itself, or the contents of its turns."""
    if isinstance(completion, str):
        return completion
    turns = [completion] if isinstance(completion, Mapping) else completion if isinstance(completion, Sequence) else []
    said = [turn.get("content") for turn in turns if isinstance(turn, Mapping) and turn.get("role", "assistant") == "assistant"]
    return "\n".join(text for content in said if (text := _content(content)))


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, Sequence) else []
    texts = [part if isinstance(part, str) else part.get("text") if isinstance(part, Mapping) else None for part in parts]
    return "".join(text for text in texts if isinstance(text, str))


def _cell(columns: Mapping[str, Any], name: str, row: int) -> Any:
    """A column's value for a row; one value for all rows where it is no list; None where it is missing."""
    column = columns.get(name)
    if isinstance(column, Sequence) and not isinstance(column, str):
        return column[row] if row < len(column) else None
    return column


def _positive(columns: Mapping[str, Any], name: str, row: int) -> float | None:
    value = _cell(columns, name, row)
    sound = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
    return float(value) if sound else None


def _pixels(columns: Mapping[str, Any], name: str, row: int) -> int | None:
    value = _positive(columns, name, row)
    return None if value is None else int(value)
