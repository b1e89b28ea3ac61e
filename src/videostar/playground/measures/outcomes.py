"""Outcomes of questions asked in several ways -> accuracies and their paired differences, clustered by video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from videostar.metrics import estimate
from videostar.types import Estimate


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question. part: what results are grouped by beside all of them. right: by way of asking, 1.0 or 0.0."""

    video: str
    part: str
    right: Mapping[str, float]


def accuracies(outcomes: Sequence[Outcome], differences: Sequence[tuple[str, str]] = ()) -> dict[str, Estimate]:
    """WAY and "WAY - OTHER" over all questions, and "PART: WAY" and "PART: WAY - OTHER" for each part.

    differences: pairs of ways; each is paired by question.
    """
    found: dict[str, Estimate] = {}
    parts = sorted({one.part for one in outcomes})
    groups = [("", outcomes), *((f"{part}: ", [one for one in outcomes if one.part == part]) for part in parts)]
    for prefix, rows in groups if len(parts) > 1 else groups[:1]:
        for way in dict.fromkeys(way for one in rows for way in one.right):
            asked = [one for one in rows if way in one.right]
            found[f"{prefix}{way}"] = estimate([one.right[way] for one in asked], [one.video for one in asked])
        for way, other in differences:
            both = [one for one in rows if way in one.right and other in one.right]
            if both:
                gains = [one.right[way] - one.right[other] for one in both]
                found[f"{prefix}{way} - {other}"] = estimate(gains, [one.video for one in both])
    return found
