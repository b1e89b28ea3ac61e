"""How many times, how many things: a whole number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from videostar.labels._commit import stretches
from videostar.labels._label import LabelRecord, decided, drawn, plain_number, texts_of_kind, undecided
from videostar.labels._measure import Asked, readings
from videostar.labels._merging import Parts, total
from videostar.labels._scan import Scan
from videostar.labels._statements import stated
from videostar.labels._weigh import NOTHING, Reading, Settled, agreed, settle
from videostar.types import Clip, Label, Verdict, Window


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
            [
                settle(scan, _counted_up(readings(scan, first, last, asked, lambda number: number.value, marked=marked)))
                for first, last, marked in stretches(scan)
            ]
        )
        if settled.state == "nothing":
            settled = _in_words(scan, asked, question)
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

    @property
    def windows_overlap(self) -> bool:
        """A count does not say where its things are, so that none may be seen twice."""
        return False

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The window's own count."""
        said = self._said(text, question)
        return "" if said is None else plain_number(said)

    def merged(self, parts: Parts, question: str = "") -> str:
        """The sum; "" where a window gives no count."""
        said = [(window, self._said(text, question)) for window, text in parts]
        known = [(window, count) for window, count in said if count is not None]
        return str(total(known)) if known and len(known) == len(said) else ""

    def _said(self, text: str, question: str) -> float | None:
        """The one count that a text commits to, whatever the truth is."""
        found = self.model_copy(update={"value": 0}).judge(text, question).extracted
        return float(found) if isinstance(found, int | float) else None

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Counts of the other labels, then neighbouring counts."""
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        near = {str(self.value + step) for step in (-3, -2, -1, 1, 2, 3) if self.value + step >= 0}
        return [*found, *drawn(near - set(found), self, count - len(found), seed)]


def _counted_up(found: list[Reading]) -> list[Reading]:
    """`1, 2, 3` counts to 3."""
    values = [reading.value for reading in found]
    if len(values) > 2 and values == [float(place + 1) for place in range(len(values))]:
        return found[-1:]
    return found


def _in_words(scan: Scan, asked: Asked, question: str) -> Settled:
    """`no people` and `he does not wave` are 0, `a person` is 1."""
    found: list[Reading] = []
    for index in range(len(scan.words) - 1):
        if "person" in asked.unit and (scan.words[index] == "nobody" or scan.words[index : index + 2] == ["no", "one"]):
            found.append(Reading(0.0, index, index + 1, denies=True))
        elif scan.stems[index + 1] in asked.unit:
            if scan.words[index] == "no" or scan.words[index : index + 2] == ["not", "a"]:
                found.append(Reading(0.0, index, index + 2, denies=True))
            elif scan.words[index] in ("a", "an", "single"):
                found.append(Reading(1.0, index, index + 2))
    if found:
        return settle(scan, found[:1])
    statement = stated(scan, question)
    if statement.state == "one" and statement.readings[0].value is False:
        return Settled("one", (statement.readings[0]._replace(value=0.0),))
    return NOTHING
