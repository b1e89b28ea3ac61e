"""What the labels of a table look like: kinds, the commonest values, ranges; and how the samples spread over tasks and splits."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from videostar.types import Sample

MOST_VALUES = 100_000
OTHERS = "(further values)"


@dataclass(slots=True)
class Spread:
    """Of numbers: how many, the least, the greatest, the mean."""

    count: int = 0
    least: float = math.inf
    greatest: float = -math.inf
    total: float = 0.0

    def add(self, value: float) -> None:
        """One more number."""
        self.count += 1
        self.least, self.greatest, self.total = min(self.least, value), max(self.greatest, value), self.total + value

    @property
    def mean(self) -> float:
        """Of all numbers so far."""
        return self.total / self.count if self.count else math.nan


@dataclass(slots=True)
class Statistics:
    """By task, and by split, how many samples; by task and kind the values of labels."""

    tasks: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    values: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    spreads: dict[str, Spread] = field(default_factory=lambda: defaultdict(Spread))
    classes_by_split: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    def add(self, sample: Sample) -> None:
        """One more sample."""
        task, label = sample.task or "(no task)", sample.label.to_json()
        self.tasks[task] += 1
        self.splits[sample.split] += 1
        self.kinds[task][label["kind"]] += 1
        value = _number(label)
        if value is not None:
            self.spreads[task].add(value)
        elif (text := _text(label)) is not None:
            values = self.values[task]
            values[text if text in values or len(values) < MOST_VALUES else OTHERS] += 1
            if label["kind"] == "category" and len(values) < MOST_VALUES:
                self.classes_by_split[task][sample.split].add(text)

    def unseen_classes(self, task: str) -> list[str]:
        """Classes that are held out but never trained on; empty where nothing is trained on."""
        splits = self.classes_by_split.get(task, {})
        train = splits.get("train", set())
        return sorted((splits.get("validation", set()) | splits.get("test", set())) - train) if train else []


def _number(label: dict[str, Any]) -> float | None:
    if label["kind"] in ("number", "count"):
        return float(label["value"])
    if label["kind"] == "timestamp":
        return float(label["value_seconds"])
    return None


def _text(label: dict[str, Any]) -> str | None:
    if label["kind"] in ("category", "boolean"):
        return str(label["value"])
    if label["kind"] == "choice":
        return f"option {label['answer'] + 1} of {len(label['options'])}"
    return None
