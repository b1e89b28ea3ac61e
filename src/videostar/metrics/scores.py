"""Numbers against numbers: errors and rank correlation, as action quality assessment and repetition counting report them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def absolute_errors(told: Sequence[float], true: Sequence[float]) -> list[float]:
    """|told - true| of each question; their mean is the mean absolute error."""
    return [abs(one - two) for one, two in zip(told, true, strict=True)]


def relative_l2(told: Sequence[float], true: Sequence[float], lowest: float, highest: float) -> list[float]:
    """100 (|told - true| / (highest - lowest))^2 of each question; their mean is R-l2, x100 as papers print it.

    lowest, highest: of the true scores of the whole test set, as in FineDiving (CVPR 2022) and CoRe (ICCV 2021), whatever part is measured.
    Raises `ValueError` where they are equal: the measure is not defined then.
    """
    if not lowest < highest:
        raise ValueError("relative L2 needs true scores that differ")
    return [100 * (error / (highest - lowest)) ** 2 for error in absolute_errors(told, true)]


def spearman(told: Sequence[float], true: Sequence[float]) -> float:
    """Spearman's rank correlation in [-1, 1], equal values sharing their mean rank; 0 where there are fewer than two or all are equal."""
    if len(told) < 2:
        return 0.0
    one, two = _ranks(told), _ranks(true)
    spread = float(one.std() * two.std())
    return float(((one - one.mean()) * (two - two.mean())).mean() / spread) if spread else 0.0


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    _, places, counts = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[places])
