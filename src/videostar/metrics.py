"""Formulas over outcomes; pure. Intervals are bootstrap intervals clustered by group (all questions about one video move together)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from videostar.seeds import seed_for
from videostar.types import Estimate

RESAMPLES = 2000


def estimate(values: Sequence[float], groups: Sequence[Hashable]) -> Estimate:
    """Mean with its 95 % percentile interval, groups drawn with replacement. No values give zeros with count 0."""
    if not values:
        return Estimate(0.0, 0.0, 0.0, 0)
    sums, counts = _by_group(values, groups)
    means = _resampled_means(sums, counts)
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(np.mean(values)), float(low), float(high), len(values))


def paired_gain(after: Mapping[str, float], before: Mapping[str, float], groups: Mapping[str, Hashable]) -> Estimate:
    """Mean of after - before over the questions that both have, with its interval clustered by group."""
    shared = sorted(after.keys() & before.keys())
    return estimate([after[key] - before[key] for key in shared], [groups[key] for key in shared])


def _by_group(values: Sequence[float], groups: Sequence[Hashable]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    numbers = {group: position for position, group in enumerate(dict.fromkeys(groups))}
    where = np.array([numbers[group] for group in groups])
    sums = np.bincount(where, weights=np.asarray(values, dtype=np.float64)).astype(np.float64)
    return sums, np.bincount(where).astype(np.float64)


def _resampled_means(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed_for("bootstrap", len(sums)))
    means = np.empty(RESAMPLES)
    for start in range(RESAMPLES):  # one resample at a time: memory stays at one draw per group
        drawn = rng.integers(0, len(sums), len(sums))
        means[start] = sums[drawn].sum() / counts[drawn].sum()
    return means


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


def majority_passes(extracted: Sequence[str | None], passed: Sequence[bool]) -> bool:
    """Whether the most frequent extracted answer passes; ties go to the earlier one; None (undecided) does not vote."""
    votes = Counter(value for value in extracted if value is not None)
    if not votes:
        return False
    winner = votes.most_common(1)[0][0]
    return passed[extracted.index(winner)]


def distinct_ratio(texts: Iterable[str]) -> float:
    """Share of different texts, white space and case aside; 0 for none."""
    plain = [" ".join(text.lower().split()) for text in texts]
    return len(set(plain)) / len(plain) if plain else 0.0
