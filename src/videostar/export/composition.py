"""What an export is made of, counted while it is written; memory is bounded whatever the rows hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from videostar.export.exporter import Question, Row
from videostar.types import Sample

MOST_NAMES = 1_000
MOST_SHOWN = 40
OTHERS = "(others)"
EXAMPLES = 6
LONGEST_EXAMPLE = 4_000
LICENCE_KEYS = ("license", "licence")


@dataclass(slots=True)
class Composition:
    """Rows by what they are; examples; licences as the samples' `meta` states them."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    licences: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, question: Question, row: Row) -> None:
        """One written row."""
        sample, form = question.sample, str(row.columns.get("form") or "")
        parts = {"source": sample.source, "task": sample.task, "kind of label": sample.label.kind, "form": form, "split": sample.split}
        for part, name in parts.items():
            if part != "form" or name:
                _bounded(self.counts.setdefault(f"{row.file}\x1f{part}", Counter()), name or "(none)")
        if len(self.examples) < EXAMPLES and (row.file, form) not in self.examples:
            text = json.dumps(row.columns, indent=2, ensure_ascii=True)
            self.examples[row.file, form] = text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE]}\n... (cut)"
        _bounded(self.licences.setdefault(_known(self.licences, sample.source), Counter()), licence_of(sample))

    def tables(self) -> Iterator[tuple[str, str, list[tuple[str, int]]]]:
        """File, part and the numbers of rows by name, largest first."""
        for key, counter in self.counts.items():
            file, _, part = key.partition("\x1f")
            ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
            rest = sum(number for _, number in ranked[MOST_SHOWN:])
            yield file, part, [*ranked[:MOST_SHOWN], *([(OTHERS, rest)] if rest else [])]


def licence_of(sample: Sample) -> str:
    """What the sample's row says of its licence, or ""."""
    stated = (sample.meta.get(key) for key in LICENCE_KEYS)
    return next((text.strip() for text in stated if isinstance(text, str) and text.strip()), "")


def _bounded(counter: Counter[str], name: str) -> None:
    counter[name if name in counter or len(counter) < MOST_NAMES else OTHERS] += 1


def _known(held: Mapping[str, Any], name: str) -> str:
    return name if name in held or len(held) < MOST_NAMES else OTHERS
