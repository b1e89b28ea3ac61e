"""How many times, how many things: a whole number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from videostar.labels._commit import stretches
from videostar.labels._label import LabelRecord, decided, drawn, plain_number, texts_of_kind, undecided
from videostar.labels._measure import Asked, readings
from videostar.labels._scan import Scan
from videostar.labels._weigh import agreed, settle
from videostar.types import Clip, Label, Verdict


class CountLabel(LabelRecord):
    """Passes when the count that the answer commits to equals `value`."""

    kind: Literal["count"] = "count"
    value: int = Field(ge=0)

    @property
    def metric(self) -> str:
        """Mean absolute error, the measure of repetition counting."""
        return "mean_absolute_error"

    def format_text(self) -> str:
        """That a whole number is asked for."""
        return "Answer with one whole number."

    def answer_text(self) -> str:
        """The count in digits."""
        return str(self.value)

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the one count that `answer` commits to with `value`."""
        scan = Scan(answer)
        asked = Asked.counting(question)
        settled = agreed(
            [settle(scan, readings(scan, first, last, asked, lambda n: n.value, marked=m)) for first, last, m in stretches(scan)]
        )
        if settled.state in ("nothing", "guessed", "denied"):
            return undecided("the answer gives no count")
        values = list(dict.fromkeys(float(str(reading.value)) for reading in settled.readings))
        shown = ", ".join(plain_number(value) for value in values[:8])
        if len(values) > 1:
            return decided(False, 0.0, values[:8], f"the answer gives several counts: {shown}", settled.span(scan))
        distance = abs(values[0] - self.value)
        score = max(0.0, 1.0 - distance / max(self.value, 1))
        said = int(values[0]) if values[0] == int(values[0]) else values[0]
        return decided(distance == 0, score, said, f"the answer says {shown}, the label {self.value}", settled.span(scan))

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Counts of the other labels, then neighbouring counts."""
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        near = {str(self.value + step) for step in (-3, -2, -1, 1, 2, 3) if self.value + step >= 0}
        return [*found, *drawn(near - set(found), self, count - len(found), seed)]
