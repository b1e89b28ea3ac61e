"""Overlaps with the truth, as temporal grounding reports them; the IoUs themselves are the labels' (`temporal_iou`, `box_iou`)."""

from __future__ import annotations

from collections.abc import Sequence

THRESHOLDS = (0.3, 0.5, 0.7)


def recalled(overlaps: Sequence[float], threshold: float) -> list[float]:
    """1 for each question whose one answer has at least that IoU with the truth, else 0; their mean is R@1 at the threshold."""
    return [float(overlap >= threshold - 1e-9) for overlap in overlaps]
