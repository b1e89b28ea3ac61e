"""A moment of the clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from videostar.labels._commit import question_words, stretches
from videostar.labels._label import LabelRecord, decided, drawn, plain_number, texts_of_kind, undecided
from videostar.labels._scan import Scan
from videostar.labels._times import Moment, moments
from videostar.labels._weigh import Reading, agreed, settle
from videostar.types import Clip, Label, Verdict


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
                settle(
                    scan, [_reading(scan, moment, question) for moment in _asked(scan, moments(scan, first, last, clip.duration_seconds))]
                )
                for first, last, _ in stretches(scan)
            ]
        )
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

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Moments of the other labels, then moments further away than the tolerance."""
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        step = max(2 * self.tolerance_seconds, 1.0)
        near = [round(self.value_seconds + factor * step, 2) for factor in (-3, -2, -1, 1, 2, 3)]
        made = {f"{plain_number(value)} seconds" for value in near if value >= 0}
        return [*found, *drawn(made - set(found), self, count - len(found), seed)]


_CLAUSE_ENDS = frozenset({".", "!", "?", "\n", ";", ",", "and"})


def _asked(scan: Scan, found: list[Moment]) -> list[Moment]:
    """Times that are written as times; bare numbers only where there is no other; how long the clip is, never."""
    found = [moment for moment in found if not _is_length(scan, moment)]
    sure = [moment for moment in found if moment.form in ("unit", "clock", "share")]
    return sure or [moment for moment in found if moment.form == "bare"] or found


def _is_length(scan: Scan, moment: Moment) -> bool:
    """`the 60-second video`, `the clip is 60 seconds long`, `lasts 60 seconds`."""
    after = scan.words[moment.last : moment.last + 2]
    before = scan.words[max(0, moment.first - 3) : moment.first]
    if after[:1] in (["video"], ["clip"], ["long"], ["footage"]) or after == ["-", "long"]:
        return True
    return not {"lasts", "lasting", "lasted", "duration"}.isdisjoint(before)


def _reading(scan: Scan, moment: Moment, question: str) -> Reading:
    before = scan.words[max(0, moment.first - 3) : moment.first]
    weight = 2.0 if "at" in before or "timestamp" in before else 0.0
    if "for" in before or "lasts" in before or "lasting" in before:
        weight -= 3.0
    weight += min(3, len(question_words(question) & set(_clause_around(scan, moment))))
    return Reading(moment.seconds, moment.first, moment.last, weight)


def _clause_around(scan: Scan, moment: Moment) -> list[str]:
    """Stems of the words of a moment's clause: back to where it starts, on to where it ends."""
    first, last = moment.first, moment.last
    while first > 0 and moment.first - first < 20 and scan.words[first - 1] not in _CLAUSE_ENDS:
        first -= 1
    while last < len(scan.words) and last - moment.last < 20 and scan.words[last] not in _CLAUSE_ENDS:
        last += 1
    return scan.stems[first:last]
