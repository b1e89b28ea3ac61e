"""Losses of linear readers: cross-entropy for classes, squared error for measures; what is unknown counts for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from videostar.playground.lessons.lesson import UNKNOWN_CLASS, Read, Readable

MEASURE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Targets:
    """classes: (N, C) int64, `UNKNOWN_CLASS` where not known. measures: (N, M) float32, scaled, not a number where not known."""

    classes: Tensor
    measures: Tensor


def targets(readable: Readable, read: Sequence[Read]) -> Targets:
    """The truths as tensors, in the order of `read`."""
    scales = np.array(list(readable.measures.values()))
    measures = np.array([one.measures for one in read]).reshape(len(read), len(scales)) / scales
    return Targets(torch.tensor([one.classes for one in read]), torch.from_numpy(measures.astype(np.float32)))


def read_loss(readable: Readable, predicted: Tensor, wanted: Targets) -> tuple[Tensor, dict[str, tuple[float, float]]]:
    """The summed loss of predictions (N, outputs), and by name (right, of) for classes, (mean squared error, 1) for measures."""
    *named, measured = torch.split(predicted, [*readable.classes.values(), len(readable.measures)], dim=-1)
    loss, probes = predicted.new_zeros(()), {}
    for name, logits, column in zip(readable.classes, named, wanted.classes.unbind(-1), strict=True):
        known = column != UNKNOWN_CLASS
        count = int(known.sum())
        if count:
            loss = loss + readable.weights.get(name, 1.0) * functional.cross_entropy(logits, column, ignore_index=UNKNOWN_CLASS)
            probes[name] = (float((logits.argmax(-1) == column)[known].sum()), float(count))
    if readable.measures:
        known = ~wanted.measures.isnan()
        errors = torch.where(known, measured - wanted.measures.nan_to_num(), 0.0).square()
        means = errors.sum(0) / known.sum(0).clamp(min=1)
        loss = loss + MEASURE_WEIGHT * means.sum()
        probes.update({f"{name} error": (value, 1.0) for name, value in zip(readable.measures, means.tolist(), strict=True)})
    return loss, probes
