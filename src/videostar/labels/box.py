"""Where something is in the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from videostar.labels._boxes import Box, FoundBox, boxes
from videostar.labels._commit import stretches
from videostar.labels._context import asked_around
from videostar.labels._label import LabelRecord, decided, drawn, texts_of_kind, undecided
from videostar.labels._merging import Parts
from videostar.labels._scan import Scan
from videostar.labels._weigh import Reading, agreed, settle
from videostar.types import Clip, Label, Verdict


class BoxLabel(LabelRecord):
    """Passes when the box that the answer commits to has at least `minimum_iou` with this one.

    x1, y1, x2, y2: corners as shares of the frame's width and height, (0, 0) at the top left.
    """

    kind: Literal["box"] = "box"
    x1: float = Field(ge=0, le=1)
    y1: float = Field(ge=0, le=1)
    x2: float = Field(ge=0, le=1)
    y2: float = Field(ge=0, le=1)
    at_seconds: float | None = Field(None, ge=0)
    minimum_iou: float = Field(0.5, gt=0, le=1)

    @model_validator(mode="after")
    def _has_area(self) -> Self:
        if self.x2 <= self.x1 or self.y2 <= self.y1:
            raise ValueError("x2 must be larger than x1 and y2 larger than y1")
        return self

    @property
    def metric(self) -> str:
        """Mean intersection over union."""
        return "mean_iou"

    @property
    def corners(self) -> Box:
        """x1, y1, x2, y2."""
        return (self.x1, self.y1, self.x2, self.y2)

    def format_text(self) -> str:
        """The order of the numbers and their scale."""
        when = f" at {self.at_seconds:g} seconds" if self.at_seconds is not None else ""
        return (
            f"Give the box{when} as [x1, y1, x2, y2]: left, top, right and bottom as shares of the frame's width and height, from 0 to 1."
        )

    def answer_text(self) -> str:
        """The box as a list of four shares."""
        places = next((n for n in (2, 3, 4, 5) if box_iou(rounded(self.corners, n), self.corners) >= max(0.9, self.minimum_iou)), 9)
        return f"[{', '.join(f'{side:.{places}f}' for side in self.corners)}]"

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the one box that `answer` commits to with this one."""
        scan = Scan(answer)
        settled = agreed(
            [
                settle(scan, [_reading(scan, found, question) for found in boxes(scan, first, last, clip)])
                for first, last, _ in stretches(scan)
            ]
        )
        if settled.state in ("nothing", "guessed", "denied"):
            return undecided("the answer gives no box")
        said: list[Box] = list(dict.fromkeys(r.value for r in settled.readings if isinstance(r.value, tuple)))
        shown = [[round(side, 4) for side in box] for box in said[:8]]
        overlap = min(box_iou(box, self.corners) for box in said)
        passes = overlap >= self.minimum_iou - 1e-9
        span = settled.span(scan)
        if len(said) > 1 and not passes:
            return decided(False, 0.0, shown, "the answer gives several boxes", span)
        return decided(passes, overlap, shown[-1], f"the box overlaps the label with IoU {overlap:.2f}", span)

    def merged(self, parts: Parts, question: str = "") -> str:
        """What the window says that the moment of the box belongs to; of a box without a moment, what most of the clip speaks for."""
        if self.at_seconds is None:
            return super().merged(parts, question)
        at = self.at_seconds
        return next((text for window, text in parts if window.owned_start_seconds <= at < window.owned_end_seconds), "")

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """Boxes of the other labels, then the own box mirrored and moved."""
        found = drawn(texts_of_kind(others, self.kind), self, count, seed)
        x1, y1, x2, y2 = self.corners
        moved = [
            (1 - x2, y1, 1 - x1, y2),
            (x1, 1 - y2, x2, 1 - y1),
            (1 - x2, 1 - y2, 1 - x1, 1 - y1),
            (0.0, 0.0, 0.2, 0.2),
            (0.8, 0.8, 1.0, 1.0),
        ]
        made = {f"[{', '.join(f'{side:.2f}' for side in box)}]" for box in moved}
        return [*found, *drawn(made - set(found), self, count - len(found), seed)]


def _reading(scan: Scan, found: FoundBox, question: str) -> Reading:
    """A box, weighed by what else its sentence says."""
    return Reading(found.box, found.first, found.last, 1.5 * asked_around(scan, found.first, found.last, question))


def rounded(box: Box, places: int) -> Box:
    """A box with its sides rounded."""
    x1, y1, x2, y2 = (round(side, places) for side in box)
    return (x1, y1, x2, y2)


def box_iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes given by their corners, in [0, 1]."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, wide) * max(0.0, high)
    covered = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - shared
    return shared / covered if covered > 0 else 0.0
