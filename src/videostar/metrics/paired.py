"""Two models on the same questions: the difference with its interval, and a sign-flip permutation test over videos."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from videostar.metrics.intervals import paired_gain
from videostar.seeds import seed_for
from videostar.types import Estimate

MOST_EXACT_GROUPS = 14
FLIPS = 20_000
CHUNK_FLIPS = 500


@dataclass(frozen=True, slots=True)
class PairedTest:
    """gain: mean of after - before. p_value: two-sided, of no difference. groups: videos that it is clustered by."""

    gain: Estimate
    p_value: float
    groups: int


def paired_test(after: Mapping[str, float], before: Mapping[str, float], groups: Mapping[str, Hashable]) -> PairedTest:
    """Whether two models differ on the questions that both have.

    Without a difference the sign of a video's summed difference is a coin: p is the share of sign patterns whose total is at least as far
    from 0. All patterns are counted for few videos, else FLIPS drawn ones, the observed one among them. No questions give p = 1.
    """
    shared = sorted(after.keys() & before.keys())
    sums: dict[Hashable, float] = {}
    for key in shared:
        sums[groups[key]] = sums.get(groups[key], 0.0) + after[key] - before[key]
    differences = np.array([total for total in sums.values() if total != 0.0])
    return PairedTest(paired_gain(after, before, groups), _p_value(differences), len(sums))


def _p_value(differences: NDArray[np.float64]) -> float:
    """Groups without a difference say nothing either way and are left out."""
    observed = abs(float(differences.sum())) - 1e-9
    if len(differences) <= MOST_EXACT_GROUPS:
        patterns = np.arange(2 ** len(differences))[:, None] >> np.arange(len(differences)) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ differences) >= observed))
    rng = np.random.default_rng(seed_for("sign flips", len(differences)))
    beyond = 0
    for _ in range(FLIPS // CHUNK_FLIPS):
        flips = rng.integers(0, 2, (CHUNK_FLIPS, len(differences)), dtype=np.int8) * 2 - 1
        beyond += int(np.count_nonzero(np.abs(flips @ differences) >= observed))
    return (beyond + 1) / (FLIPS + 1)
