"""Bootstrap intervals clustered by group: groups, not questions, are drawn with replacement (percentile intervals)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from videostar.seeds import seed_for
from videostar.types import Estimate

RESAMPLES = 2000
STATISTIC_RESAMPLES = 1000
"""Fewer where every resample sorts all questions again."""


def estimate(values: Sequence[float], groups: Sequence[Hashable]) -> Estimate:
    """Mean with its 95 % percentile interval, groups drawn with replacement. No values give zeros with count 0."""
    if not values:
        return Estimate(0.0, 0.0, 0.0, 0)
    sums, counts = _by_group(values, groups)
    means = _resampled_means(sums, counts)
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(np.mean(values)), float(low), float(high), len(values))


def estimate_of(statistic: Callable[[NDArray[np.intp]], float], groups: Sequence[Hashable]) -> Estimate:
    """A statistic that is no mean, such as a correlation, with its 95 % interval, groups drawn with replacement.

    statistic: takes the positions of questions, (N,), some more than once. No questions give zeros with count 0.
    """
    if not groups:
        return Estimate(0.0, 0.0, 0.0, 0)
    where = _positions(groups)
    members = np.split(np.argsort(where, kind="stable"), np.cumsum(np.bincount(where))[:-1])
    rng = np.random.default_rng(seed_for("bootstrap", len(members)))
    found = np.empty(STATISTIC_RESAMPLES)
    for start in range(STATISTIC_RESAMPLES):
        drawn = rng.integers(0, len(members), len(members))
        found[start] = statistic(np.concatenate([members[one] for one in drawn]))
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(statistic(np.arange(len(groups))), float(low), float(high), len(groups))


def paired_gain(after: Mapping[str, float], before: Mapping[str, float], groups: Mapping[str, Hashable]) -> Estimate:
    """Mean of after - before over the questions that both have, with its interval clustered by group."""
    shared = sorted(after.keys() & before.keys())
    return estimate([after[key] - before[key] for key in shared], [groups[key] for key in shared])


def _positions(groups: Sequence[Hashable]) -> NDArray[np.intp]:
    numbers = {group: position for position, group in enumerate(dict.fromkeys(groups))}
    return np.array([numbers[group] for group in groups], dtype=np.intp)


def _by_group(values: Sequence[float], groups: Sequence[Hashable]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    where = _positions(groups)
    sums = np.bincount(where, weights=np.asarray(values, dtype=np.float64)).astype(np.float64)
    return sums, np.bincount(where).astype(np.float64)


def _resampled_means(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed_for("bootstrap", len(sums)))
    means = np.empty(RESAMPLES)
    for start in range(RESAMPLES):  # one resample at a time: memory stays at one draw per group
        drawn = rng.integers(0, len(sums), len(sums))
        means[start] = sums[drawn].sum() / counts[drawn].sum()
    return means
