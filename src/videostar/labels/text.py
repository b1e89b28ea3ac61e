"""A free text: a short answer, a caption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from videostar.labels._commit import abstains, stretches
from videostar.labels._label import LabelRecord, decided, drawn, texts_of_kind, undecided
from videostar.labels._mentions import name_key
from videostar.labels._negation import ASSERTED, DENIED, statuses
from videostar.labels._scan import Scan
from videostar.types import Clip, Label, Verdict

_SAME_WORDS = 0.75


class TextLabel(LabelRecord):
    """Passes when the answer says the same as `value` or one of `references`."""

    kind: Literal["text"] = "text"
    value: str = Field(min_length=1)
    references: tuple[str, ...] = ()

    @property
    def metric(self) -> str:
        """Share of right answers."""
        return "accuracy"

    def format_text(self) -> str:
        """Nothing: the answer is free."""
        return ""

    def answer_text(self) -> str:
        """The text."""
        return self.value

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the words of content that `answer` asserts with each reference."""
        scan = Scan(answer)
        if not scan.words:
            return undecided("the answer is empty")
        first, last, _ = stretches(scan)[-1]
        marks = statuses(scan)
        asserted = {scan.stems[i] for i in range(first, last) if marks[i] == ASSERTED}
        denied = {scan.stems[i] for i in range(first, last) if marks[i] == DENIED}
        best = max(_shared(set(name_key(text)), asserted, denied) for text in (self.value, *self.references))
        if best < _SAME_WORDS and abstains(scan):
            return undecided("the answer does not commit")
        passes = best >= _SAME_WORDS
        span = (scan.starts[first], scan.ends[last - 1]) if last > first else None
        return decided(passes, best if passes else min(best, 0.99), answer.strip()[:200], f"it says {best:.0%} of the label's words", span)

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Texts of the other labels."""
        return drawn(texts_of_kind(others, self.kind), self, count, seed)


def _shared(wanted: set[str], asserted: set[str], denied: set[str]) -> float:
    if not wanted:
        return 0.0
    if wanted & (denied - asserted):
        return 0.0
    return len(wanted & asserted) / len(wanted)
