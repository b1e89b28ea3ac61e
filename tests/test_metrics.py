"""Formulas against hand-made cases and scipy-free definitions."""

from __future__ import annotations

import numpy as np
import pytest

from videostar.metrics import distinct_ratio, estimate, majority_passes, paired_gain


def test_clustered_interval_is_wider_than_the_interval_of_independent_questions() -> None:
    values = [float(group % 2) for group in range(20) for _ in range(10)]
    clustered = estimate(values, [group for group in range(20) for _ in range(10)])
    independent = estimate(values, list(range(200)))
    assert clustered.mean == independent.mean == 0.5
    assert clustered.high - clustered.low > 2 * (independent.high - independent.low)


def test_the_interval_of_independent_questions_agrees_with_the_normal_approximation() -> None:
    rng = np.random.default_rng(0)
    values = rng.random(400).tolist()
    found = estimate(values, list(range(400)))
    half = 1.96 * np.std(values) / 20
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)


def test_no_values_give_an_empty_estimate() -> None:
    assert estimate([], []).count == 0


def test_paired_gain_uses_the_shared_questions_only() -> None:
    after, before = {"a": 1.0, "b": 1.0, "c": 0.0}, {"a": 0.0, "b": 1.0, "d": 1.0}
    found = paired_gain(after, before, {"a": 1, "b": 2, "c": 3})
    assert (found.mean, found.count) == (0.5, 2)


def test_majority_ignores_undecided_and_breaks_ties_by_order() -> None:
    assert majority_passes(["x", None, "y", "y"], [True, False, False, False]) is False
    assert majority_passes(["x", "y"], [True, False]) is True
    assert majority_passes([None, None], [False, False]) is False


def test_distinct_ratio_folds_case_and_blanks() -> None:
    assert distinct_ratio(["A b", "a  B", "c", "d"]) == 0.75
    assert distinct_ratio([]) == 0.0
