"""A stretch of the clip, or several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from videostar.labels._commit import stretches
from videostar.labels._context import asked_around, never_happens
from videostar.labels._label import LabelRecord, decided, drawn, listed_words, plain_number, texts_of_kind, undecided
from videostar.labels._merging import NEVER, Parts, joined_stretches
from videostar.labels._scan import Scan
from videostar.labels._times import Span, spans
from videostar.labels._weigh import Reading, agreed, settle
from videostar.types import Clip, Label, Verdict, Window

PLAIN = 3.0  # strength of a stretch that is said outright; no wording of one outweighs another
TruthWindow = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]


class IntervalLabel(LabelRecord):
    """Passes when the stretch that the answer commits to has at least `minimum_iou` with a window (`any`) or with their union (`all`).

    Give `windows` [[start, end], ...] or one window as start_seconds and end_seconds.
    """

    kind: Literal["interval"] = "interval"
    windows: tuple[TruthWindow, ...] = ()
    start_seconds: float | None = Field(None, ge=0)
    end_seconds: float | None = Field(None, ge=0)
    minimum_iou: float = Field(0.5, gt=0, le=1)
    match: Literal["any", "all"] = "any"

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        both = (self.start_seconds is None, self.end_seconds is None)
        if self.windows and both != (True, True):
            raise ValueError("give either windows or start_seconds and end_seconds, not both")
        if not self.windows and True in both:
            raise ValueError("give windows [[start, end], ...] or both start_seconds and end_seconds")
        for start, end in self.truth:
            if end <= start:
                raise ValueError(f"a window must end after it starts, got [{plain_number(start)}, {plain_number(end)}]")
        return self

    @property
    def truth(self) -> tuple[tuple[float, float], ...]:
        """The windows in seconds, however they were given."""
        if self.windows:
            return self.windows
        return ((self.start_seconds or 0.0, self.end_seconds or 0.0),)

    @property
    def metric(self) -> str:
        """Mean temporal intersection over union."""
        return "mean_iou"

    def format_text(self) -> str:
        """The unit and where time starts."""
        return "Give the start and the end in seconds from the start of the clip."

    def answer_text(self) -> str:
        """The window, or all windows where all must be named."""
        shown = self.truth if self.match == "all" else self.truth[:1]
        return listed_words([f"from {plain_number(start)} to {plain_number(end)} seconds" for start, end in shown])

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the stretch of time that `answer` commits to with the windows."""
        scan = Scan(answer)
        settled = agreed(
            [
                settle(scan, _readings(scan, spans(scan, first, last, clip.duration_seconds), question), together=self.match == "all")
                for first, last, _ in stretches(scan)
            ]
        )
        if settled.state in ("nothing", "guessed", "denied"):
            return undecided("the answer gives no start and end")
        if never_happens(scan, settled.readings[-1].last, question):
            return decided(False, 0.0, None, "the answer says that it does not happen", settled.span(scan))
        found = [reading.value for reading in settled.readings if isinstance(reading.value, tuple)]
        said: list[tuple[float, float]] = list(dict.fromkeys((float(one), float(two)) for one, two in found))
        return self._verdict(said, settled.span(scan))

    def _verdict(self, said: list[tuple[float, float]], span: tuple[int, int] | None) -> Verdict:
        shown = [list(window) for window in said[:8]]
        if self.match == "all":
            overlap = temporal_iou(said, self.truth)
        elif len(said) > 1 and not all(self._best(window) >= self.minimum_iou for window in said):
            return decided(False, 0.0, shown, "the answer gives several stretches of time", span)
        else:
            overlap = min(self._best(window) for window in said)
        reason = f"the stretch of time overlaps the label with IoU {overlap:.2f}"
        return decided(overlap >= self.minimum_iou - 1e-9, overlap, shown[0] if len(shown) == 1 else shown, reason, span)

    def _best(self, said: tuple[float, float]) -> float:
        return max(temporal_iou([said], [window]) for window in self.truth)

    def absent_text(self) -> str:
        """That it does not happen."""
        return NEVER

    def window_hint(self, window: Window) -> str:
        """What of the stretches lies in the window, from its start, or that nothing does."""
        inside = [
            (max(0.0, start - window.start_seconds), min(window.seconds, end - window.start_seconds))
            for start, end in self.truth
            if start < window.end_seconds and end > window.start_seconds
        ]
        return f"The correct answer is: {_shown(inside)}." if inside else f"The correct answer is: {NEVER}"

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The window's own stretches, or that there is none."""
        return _shown(self._said(text, question, window)) or NEVER

    def merged(self, parts: Parts, question: str = "") -> str:
        """All stretches, joined where windows saw parts of the same."""
        return _shown(joined_stretches([(window, self._said(text, question, window)) for window, text in parts])) or NEVER

    def _said(self, text: str, question: str, window: Window) -> list[tuple[float, float]]:
        """The stretches that a text commits to, whatever the truth is."""
        unknown = IntervalLabel(windows=((0.0, 1.0),), match="all")
        found = unknown.judge(text, question, Clip(window.seconds)).extracted
        if not isinstance(found, list):
            return []
        pairs = found if found and isinstance(found[0], list) else [found]
        return [(float(start), float(end)) for start, end in pairs if start < window.seconds]

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Windows of the other labels, then the own window moved away."""
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        start, end = self.truth[0]
        length = end - start
        moved = [(start + step * length, end + step * length) for step in (-2, -1, 1, 2, 3) if start + step * length >= 0]
        made = {f"from {plain_number(round(one, 2))} to {plain_number(round(two, 2))} seconds" for one, two in moved}
        return [*found, *drawn(made - set(found), self, count - len(found), seed)]


def _shown(stretches_of_time: Sequence[tuple[float, float]]) -> str:
    """`from 1 to 2 seconds and from 4 to 5 seconds`."""
    return listed_words(
        [f"from {plain_number(round(start, 2))} to {plain_number(round(end, 2))} seconds" for start, end in stretches_of_time]
    )


def _readings(scan: Scan, found: list[Span], question: str) -> list[Reading]:
    """Stretches of time, weighed by their wording and by what else their sentence says."""
    if len(found) == 1:
        return [Reading((found[0].start, found[0].end), found[0].first, found[0].last, found[0].strength)]
    return [
        Reading(
            (span.start, span.end),
            span.first,
            span.last,
            min(span.strength, PLAIN) + 1.5 * asked_around(scan, span.first, span.last, question),
        )
        for span in found
    ]


def temporal_iou(some: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> float:
    """Intersection over union of two unions of windows, in [0, 1]."""
    one, two = _merged(some), _merged(others)
    shared = sum(max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in two)
    covered = sum(end - start for start, end in one) + sum(end - start for start, end in two) - shared
    return shared / covered if covered > 0 else 0.0


def _merged(windows: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
