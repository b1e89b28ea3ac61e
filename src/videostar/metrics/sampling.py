"""Several candidate answers to one question: how many pass, what most say, how much they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import prod


def pass_at_k(total: int, passed: int, k: int) -> float:
    """The chance that at least one of `k` of the `total` candidates passes, `passed` of which do: 1 - C(total - passed, k) / C(total, k).

    The unbiased estimator of Chen et al. (2021). Raises `ValueError` unless 1 <= k <= total and 0 <= passed <= total.
    """
    if not (1 <= k <= total and 0 <= passed <= total):
        raise ValueError(f"pass@{k} of {total} candidates, {passed} of which pass, is not defined")
    if total - passed < k:
        return 1.0
    return 1.0 - prod(1.0 - k / number for number in range(total - passed + 1, total + 1))


def majority_passes(extracted: Sequence[str | None], passed: Sequence[bool]) -> bool:
    """Whether the most frequent extracted answer passes (majority@k); ties go to the earlier one; None (undecided) does not vote."""
    votes = Counter(value for value in extracted if value is not None)
    if not votes:
        return False
    winner = votes.most_common(1)[0][0]
    return passed[extracted.index(winner)]


def distinct_ratio(texts: Iterable[str]) -> float:
    """Share of different texts, white space and case aside; 0 for none."""
    plain = [" ".join(text.lower().split()) for text in texts]
    return len(set(plain)) / len(plain) if plain else 0.0
