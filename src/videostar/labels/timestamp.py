"""A moment of the clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from videostar.labels._commit import stretches
from videostar.labels._context import asked_around, never_happens
from videostar.labels._label import LabelRecord, decided, drawn, listed_words, plain_number, texts_of_kind, undecided
from videostar.labels._merging import NEVER, Parts, joined_moments
from videostar.labels._scan import Scan
from videostar.labels._times import Moment, moments
from videostar.labels._weigh import Reading, agreed, settle
from videostar.types import Clip, Label, Verdict, Window


class TimestampLabel(LabelRecord):
    """Passes when the moment that the answer commits to is within `tolerance_seconds` of `value_seconds`."""

    kind: Literal["timestamp"] = "timestamp"
    value_seconds: float = Field(ge=0)
    tolerance_seconds: float = Field(1.0, ge=0)

    @property
    def metric(self) -> str:
        """Mean absolute error in seconds."""
        return "mean_absolute_error"

    def format_text(self) -> str:
        """The unit and where time starts."""
        return "Give the time in seconds from the start of the clip."

    def answer_text(self) -> str:
        """The moment in seconds."""
        return f"{plain_number(self.value_seconds)} seconds"

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the one moment that `answer` commits to with `value_seconds`."""
        scan = Scan(answer)
        settled = agreed(
            [
                settle(scan, _readings(scan, _asked(scan, moments(scan, first, last, clip.duration_seconds), question), question))
                for first, last, _ in stretches(scan)
            ]
        )
        if settled.readings and never_happens(scan, settled.readings[-1].last, question):
            return decided(False, 0.0, None, "the answer says that it does not happen", settled.span(scan))
        if settled.state in ("nothing", "guessed", "denied"):
            return undecided("the answer gives no time")
        values = list(dict.fromkeys(float(str(reading.value)) for reading in settled.readings))
        worst = max(values, key=lambda value: abs(value - self.value_seconds))
        distance = abs(worst - self.value_seconds)
        passes = distance <= self.tolerance_seconds + 1e-9
        span = settled.span(scan)
        if len(values) > 1 and not passes:
            return decided(False, 0.0, values[:8], "the answer gives several times", span)
        said = f"the answer says {plain_number(worst)} s, the label {plain_number(self.value_seconds)} s"
        return decided(passes, self._closeness(distance, clip), values[-1], said, span)

    def _closeness(self, distance: float, clip: Clip) -> float:
        reach = clip.duration_seconds or max(10 * self.tolerance_seconds, self.value_seconds, 1.0)
        return max(0.0, 1.0 - distance / reach)

    def absent_text(self) -> str:
        """That it does not happen."""
        return NEVER

    def window_hint(self, window: Window) -> str:
        """The moment from the window's start, or that it is not there."""
        at = self.value_seconds - window.start_seconds
        if not 0 <= at <= window.seconds:
            return f"The correct answer is: {NEVER}"
        return f"The correct answer is: {plain_number(round(at, 2))} seconds."

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The window's own moments, or that there is none."""
        return listed_words([f"{plain_number(round(at, 2))} seconds" for at in self._said(text, question, window)]) or NEVER

    def merged(self, parts: Parts, question: str = "") -> str:
        """All moments, told once where two windows saw the same."""
        found = joined_moments([(window, self._said(text, question, window)) for window, text in parts])
        return listed_words([f"{plain_number(round(at, 2))} seconds" for at in found]) or NEVER

    def _said(self, text: str, question: str, window: Window) -> list[float]:
        """The moments that a text commits to, whatever the truth is."""
        unknown = TimestampLabel(value_seconds=0.0, tolerance_seconds=0.0)
        found = unknown.judge(text, question, Clip(window.seconds)).extracted
        return [float(at) for at in (found if isinstance(found, list) else [found]) if isinstance(at, int | float)]

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Moments of the other labels, then moments further away than the tolerance."""
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        step = max(2 * self.tolerance_seconds, 1.0)
        near = [round(self.value_seconds + factor * step, 2) for factor in (-3, -2, -1, 1, 2, 3)]
        made = {f"{plain_number(value)} seconds" for value in near if value >= 0}
        return [*found, *drawn(made - set(found), self, count - len(found), seed)]


def _asked(scan: Scan, found: list[Moment], question: str) -> list[Moment]:
    """Times that are written as times, and the start or end where the clause tells what was asked for; bare numbers only where there
    is no other; how long something takes or how much later it is, never."""
    found = [moment for moment in found if not _is_length(scan, moment)]
    sure = [moment for moment in found if moment.form in ("unit", "clock", "share")]
    worded = [moment for moment in found if moment.form == "word" and asked_around(scan, moment.first, moment.last, question) >= 2]
    return [*sure, *worded] or [moment for moment in found if moment.form == "bare"] or found


def _is_length(scan: Scan, moment: Moment) -> bool:
    """`the 60-second video`, `the clip is 60 seconds long`, `lasts 60 seconds`."""
    after = scan.words[moment.last : moment.last + 3]
    before = scan.words[max(0, moment.first - 3) : moment.first]
    if after[:1] in (["video"], ["clip"], ["long"], ["footage"]) or after[:2] == ["-", "long"]:
        return True
    if moment.form == "unit" and (after[:1] in (["later"], ["earlier"], ["afterwards"]) or _is_relative(after)):
        return True
    return not {"lasts", "lasting", "lasted", "duration"}.isdisjoint(before)


def _is_relative(after: list[str]) -> bool:
    """`20 seconds after that`, `2 s before the whistle`: counted from something else than the start."""
    if after[:1] not in (["after"], ["before"]):
        return False
    return after[1:2] in (["that"], ["this"], ["it"], ["which"], ["he"], ["she"], ["they"], ["his"], ["her"]) or (
        after[1:2] == ["the"] and after[2:3] not in (["start"], ["beginning"], ["end"], ["clip"], ["video"])
    )


def _readings(scan: Scan, found: list[Moment], question: str) -> list[Reading]:
    """Moments, weighed against each other where there are several."""
    if len(found) == 1:
        return [Reading(found[0].seconds, found[0].first, found[0].last)]
    return [_reading(scan, moment, question) for moment in found]


def _reading(scan: Scan, moment: Moment, question: str) -> Reading:
    before = scan.words[max(0, moment.first - 3) : moment.first]
    weight = 2.0 if "at" in before or "timestamp" in before else 0.0
    if "for" in before or "lasts" in before or "lasting" in before:
        weight -= 3.0
    weight += 1.5 * asked_around(scan, moment.first, moment.last, question)
    return Reading(moment.seconds, moment.first, moment.last, weight)
