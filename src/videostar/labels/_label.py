"""What every kind of label shares: a frozen record, its JSON form, its hint, its verdicts."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from videostar.labels._merging import Parts, concluded, voted
from videostar.types import Clip, Label, Outcome, Verdict, Window


class LabelRecord(BaseModel):
    """A frozen label that refuses unknown fields. A kind adds its fields, its words and its judgement."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: str

    def to_json(self) -> dict[str, Any]:
        """`kind`, the value, and every field that differs from its default."""
        fields = self.model_dump(mode="json", exclude_defaults=True)
        return {"kind": self.kind, **fields}

    @property
    @abstractmethod
    def metric(self) -> str:
        """Name of the field's usual measure."""

    @abstractmethod
    def format_text(self) -> str:
        """What a question must state so that the answer can be judged."""

    @abstractmethod
    def answer_text(self) -> str:
        """The label as a short direct answer."""

    @abstractmethod
    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Decide whether `answer` commits to this label."""

    @abstractmethod
    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Up to `count` wrong answers."""

    def hint(self) -> str:
        """The truth in words, in one form for all kinds."""
        return f"The correct answer is: {self.answer_text()}."

    @property
    def windows_overlap(self) -> bool:
        """Most kinds know what two windows saw both."""
        return True

    def absent_text(self) -> str:
        """Most questions are about something that every window shows."""
        return ""

    def window_hint(self, window: Window) -> str:
        """The truth of the whole, in one form for the kinds that do not know which part of it a window shows."""
        return f"This clip is one part of a longer video; for the whole video the correct answer is: {self.answer_text()}."

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """Where the text ends up."""
        return concluded(text)

    def merged(self, parts: Parts, question: str = "") -> str:
        """What most of the clip speaks for."""
        return voted([(window, self.window_answer(text, question, window)) for window, text in parts])


def plain_number(value: float) -> str:
    """A number without a needless fraction: 3.0 -> "3", 65.6 -> "65.6"."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def listed_words(items: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def decided(passes: bool, score: float, extracted: Any, reason: str, span: tuple[int, int] | None = None) -> Verdict:
    """A verdict on an answer that commits. A pass is always worth more than 0, a failure less than 1."""
    outcome: Outcome = "pass" if passes else "fail"
    return Verdict(outcome, min(1.0, max(0.0, score)), extracted, reason, span=span)


def undecided(reason: str, extracted: Any = None) -> Verdict:
    """A verdict on an answer that does not say."""
    return Verdict("undecided", 0.0, extracted, reason)


def drawn(candidates: Iterable[str], truth: Label, count: int, seed: int) -> list[str]:
    """Up to `count` different texts, in seeded order, none of which `truth` would pass."""
    pool = sorted({text for text in candidates if text})
    random.Random(seed).shuffle(pool)
    found: list[str] = []
    for text in pool:
        if len(found) >= count:
            break
        if truth.judge(text, "", Clip()).outcome != "pass":
            found.append(text)
    return found


def texts_of_kind(others: Sequence[Label], kind: str) -> list[str]:
    """Answer texts of the other labels of one kind."""
    return [other.answer_text() for other in others if other.kind == kind]
