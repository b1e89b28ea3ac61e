"""A score, a difficulty, a length: a number on a scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from videostar.labels._commit import Stretch, stretches
from videostar.labels._label import LabelRecord, decided, drawn, plain_number, texts_of_kind, undecided
from videostar.labels._measure import Asked, readings
from videostar.labels._merging import Parts, mean
from videostar.labels._numbers import Number
from videostar.labels._scan import Scan
from videostar.labels._times import moments
from videostar.labels._weigh import Reading, Settled, agreed, settle
from videostar.types import Clip, Label, Verdict, Window


class NumberLabel(LabelRecord):
    """Passes when abs(x - value) <= max(relative_tolerance * abs(value), absolute_tolerance).

    minimum, maximum: the scale, where there is one; shares and "x out of y" are read on it.
    For a value of 0 without a tolerance of its own, 0.05 of the scale is allowed.
    """

    kind: Literal["number"] = "number"
    value: float
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    relative_tolerance: float = Field(0.05, ge=0)
    absolute_tolerance: float = Field(0.0, ge=0)

    @property
    def metric(self) -> str:
        """Rank correlation, the measure of action quality assessment."""
        return "spearman"

    def tolerance(self) -> float:
        """The largest distance from `value` that passes."""
        allowed = max(self.relative_tolerance * abs(self.value), self.absolute_tolerance)
        if self.value == 0 and self.absolute_tolerance == 0 and self.minimum is not None and self.maximum is not None:
            return 0.05 * (self.maximum - self.minimum)
        return allowed

    def format_text(self) -> str:
        """The scale and the unit."""
        unit = f" in {self.unit}" if self.unit else ""
        if self.minimum is not None and self.maximum is not None:
            return f"Answer with one number{unit} from {plain_number(self.minimum)} to {plain_number(self.maximum)}."
        if self.maximum is not None:
            return f"Answer with one number{unit} of at most {plain_number(self.maximum)}."
        if self.minimum is not None:
            return f"Answer with one number{unit} of at least {plain_number(self.minimum)}."
        return f"Answer with one number{unit}."

    def answer_text(self) -> str:
        """The number and its unit."""
        return f"{plain_number(self.value)} {self.unit}".rstrip()

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the one number that `answer` commits to with `value`."""
        scan = Scan(answer)
        scale = None if self.minimum is None or self.maximum is None else (self.minimum, self.maximum)
        asked = Asked.about(question, self.unit, scale)
        settled = agreed([settle(scan, self._readings(scan, place, asked)) for place in stretches(scan)])
        return self._verdict(settled, settled.span(scan))

    def _readings(self, scan: Scan, place: Stretch, asked: Asked) -> list[Reading]:
        """Numbers, and for a unit of time lengths of time in whatever wording."""
        first, last, marked = place
        found = readings(scan, first, last, asked, self._on_scale, marked=marked)
        unit = asked.measured
        if unit is None or unit.measure != "time":
            return found
        times = [moment for moment in moments(scan, first, last, None) if moment.form in ("unit", "clock")]
        spoken = [Reading(moment.seconds / unit.factor, moment.first, moment.last, 2.0) for moment in times]
        return [*(one for one in found if not any(time.first < one.last and one.first < time.last for time in spoken)), *spoken]

    def _verdict(self, settled: Settled, span: tuple[int, int] | None) -> Verdict:
        values = list(dict.fromkeys(float(str(reading.value)) for reading in settled.readings))
        if settled.state in ("nothing", "guessed", "denied"):
            return undecided("the answer gives no number" if settled.state == "nothing" else "the answer commits to no number")
        worst = max(values, key=lambda value: abs(value - self.value))
        passes = abs(worst - self.value) <= self.tolerance() * (1 + 1e-9) + 1e-12
        if len(values) > 1 and not passes:
            shown = ", ".join(plain_number(value) for value in values[:8])
            return decided(False, 0.0, values[:8], f"the answer gives several numbers: {shown}", span)
        said = f"the answer says {plain_number(worst)}, the label {plain_number(self.value)}"
        return decided(passes, self._closeness(worst), values[-1], said, span)

    def _closeness(self, value: float) -> float:
        """1 at the value, falling linearly to 0 at the far end of the scale, or at a distance of the value itself."""
        distance = abs(value - self.value)
        if self.minimum is not None and self.maximum is not None and self.maximum > self.minimum:
            reach = self.maximum - self.minimum
        else:
            reach = max(abs(self.value), 2 * self.tolerance(), 1e-9)
        return max(0.0, 1.0 - distance / reach)

    def _on_scale(self, number: Number) -> float:
        """A number as written -> on the label's scale."""
        low = 0.0 if self.minimum is None else self.minimum
        high = self.maximum
        if number.percent and self.unit.lower() not in ("%", "percent", "per cent"):
            if high is not None and high != 100.0:
                return low + (high - low) * number.value / 100.0
            if high is None and abs(self.value) <= 1:
                return number.value / 100.0
            return number.value
        if number.out_of and high is not None and number.out_of != high:
            return low + (high - low) * number.value / number.out_of
        if number.out_of and high is None and abs(self.value) < 1:
            return number.value / number.out_of
        return number.value

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The window's own number and its unit."""
        said = self._said(text, question)
        return "" if said is None else f"{plain_number(said)} {self.unit}".rstrip()

    def merged(self, parts: Parts, question: str = "") -> str:
        """The mean of what the windows say; those that give no number do not count."""
        said = [(window, self._said(text, question)) for window, text in parts]
        found = mean([(window, number) for window, number in said if number is not None])
        return "" if found is None else f"{plain_number(round(found, 4))} {self.unit}".rstrip()

    def _said(self, text: str, question: str) -> float | None:
        """The one number that a text commits to, whatever the truth is."""
        found = self.model_copy(update={"value": 0.0}).judge(text, question).extracted
        return float(found) if isinstance(found, int | float) else None

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Values of the other labels, then values away from the truth, on the scale."""
        step = max(4 * self.tolerance(), 0.2 * abs(self.value), 0.1)
        near = [self.value + factor * step for factor in (-3, -2, -1, 1, 2, 3, 4)]
        low = float("-inf") if self.minimum is None else self.minimum
        high = float("inf") if self.maximum is None else self.maximum
        made = [f"{plain_number(round(x, 2))} {self.unit}".rstrip() for x in near if low <= round(x, 2) <= high]
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        return [*found, *drawn(set(made) - set(found), self, count - len(found), seed)]
