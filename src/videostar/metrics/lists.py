"""Lists of steps or things against lists: the edit score of action segmentation, and F1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein


def edit_similarity(told: Sequence[str], true: Sequence[str]) -> float:
    """1 - insertions, deletions and substitutions over the longer list's length, in [0, 1]; 1 for two empty lists.

    Action segmentation prints it x100 as the edit score (Lea et al., 2016); steps stand where segments do, so repeats in a row count.
    """
    return float(Levenshtein.normalized_similarity(list(told), list(true)))


def f1(told: Sequence[str], true: Sequence[str]) -> float:
    """Harmonic mean of precision and recall of the members, each as often as it stands, whatever the order; 1 for two empty lists."""
    if not told and not true:
        return 1.0
    return 2 * sum((Counter(told) & Counter(true)).values()) / (len(told) + len(true))
