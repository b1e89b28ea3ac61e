"""Formulas against hand-made cases, and against the independent implementations of SciPy and scikit-learn."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error
from sklearn.preprocessing import MultiLabelBinarizer

from videostar.labels.box import box_iou
from videostar.labels.interval import temporal_iou
from videostar.metrics import (
    absolute_errors,
    distinct_ratio,
    edit_similarity,
    estimate,
    estimate_of,
    f1,
    majority_passes,
    paired_gain,
    paired_test,
    pass_at_k,
    recalled,
    relative_l2,
    spearman,
)

STEPS = some.lists(some.sampled_from("abcd"), max_size=7)
NUMBERS = some.lists(some.tuples(some.integers(0, 9), some.integers(0, 9)), min_size=2, max_size=30)
WINDOW = some.tuples(some.integers(0, 40), some.integers(1, 20)).map(lambda one: (float(one[0]), float(one[0] + one[1])))


def test_clustered_interval_is_wider_than_the_interval_of_independent_questions() -> None:
    values = [float(group % 2) for group in range(20) for _ in range(10)]
    clustered = estimate(values, [group for group in range(20) for _ in range(10)])
    independent = estimate(values, list(range(200)))
    assert clustered.mean == independent.mean == 0.5
    assert clustered.high - clustered.low > 2 * (independent.high - independent.low)


def test_the_interval_of_independent_questions_agrees_with_scipys_bootstrap() -> None:
    values = np.random.default_rng(0).random(120)
    found = estimate(values.tolist(), list(range(120)))
    theirs = stats.bootstrap((values,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(1)).confidence_interval
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


def test_a_statistic_that_is_a_mean_has_the_interval_of_the_mean() -> None:
    values = np.random.default_rng(0).random(60)
    groups = [position // 3 for position in range(60)]
    mean, as_statistic = estimate(values.tolist(), groups), estimate_of(lambda drawn: float(values[drawn].mean()), groups)
    assert as_statistic.mean == pytest.approx(mean.mean)
    assert (as_statistic.low, as_statistic.high) == pytest.approx((mean.low, mean.high), abs=0.01)
    assert estimate_of(lambda drawn: 1.0, []).count == 0


def test_no_values_give_an_empty_estimate() -> None:
    assert estimate([], []).count == 0


def test_accuracy_is_scikit_learns() -> None:
    told, true = list("aabbcc"), list("abbbca")
    passes = [float(one == two) for one, two in zip(told, true, strict=True)]
    assert estimate(passes, list(range(6))).mean == pytest.approx(accuracy_score(true, told))


def test_paired_gain_uses_the_shared_questions_only() -> None:
    after, before = {"a": 1.0, "b": 1.0, "c": 0.0}, {"a": 0.0, "b": 1.0, "d": 1.0}
    found = paired_gain(after, before, {"a": 1, "b": 2, "c": 3})
    assert (found.mean, found.count) == (0.5, 2)


@pytest.mark.parametrize("groups", [10, 40])
def test_the_paired_test_agrees_with_scipys_sign_flips_over_videos(groups: int) -> None:
    """Exactly for few videos, closely for many; questions about one video flip together."""
    rng = np.random.default_rng(groups)
    names = [f"q{number}" for number in range(3 * groups)]
    video = {name: number // 3 for number, name in enumerate(names)}
    after = {name: float(rng.random() < 0.6) for name in names}
    before = {name: float(rng.random() < 0.45) for name in names}
    sums = np.array([sum(after[name] - before[name] for name in names if video[name] == one) for one in range(groups)])
    theirs = stats.permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=20_000, rng=np.random.default_rng(0))
    found = paired_test(after, before, video)
    assert found.groups == groups
    assert found.p_value == pytest.approx(theirs.pvalue, abs=1e-9 if groups == 10 else 0.012)


def test_equal_models_do_not_differ_and_a_plain_gain_over_many_videos_does() -> None:
    names = [str(number) for number in range(40)]
    videos = dict(zip(names, range(40), strict=True))
    zeros, ones = dict.fromkeys(names, 0.0), dict.fromkeys(names, 1.0)
    assert paired_test(ones, ones, videos).p_value == 1.0
    assert paired_test(ones, zeros, videos).p_value < 0.001
    assert paired_test(ones, zeros, dict.fromkeys(names, "one video")).p_value == 1.0  # a single coin says nothing
    assert paired_test({}, {}, {}).p_value == 1.0


@settings(max_examples=60, deadline=None)
@given(NUMBERS)
def test_errors_and_ranks_are_those_of_scikit_learn_and_scipy(pairs: list[tuple[int, int]]) -> None:
    told, true = [float(one) for one, _ in pairs], [float(two) for _, two in pairs]
    assert np.mean(absolute_errors(told, true)) == pytest.approx(mean_absolute_error(true, told))
    if len(set(told)) > 1 and len(set(true)) > 1:
        assert spearman(told, true) == pytest.approx(stats.spearmanr(told, true).statistic, abs=1e-12)
    else:
        assert spearman(told, true) == 0.0


def test_relative_l2_is_the_squared_error_over_the_range_of_true_scores_times_100() -> None:
    told, true = [80.0, 60.0, 40.0], [90.0, 60.0, 30.0]
    expected = 100 * np.power((np.array(told) - np.array(true)) / 60.0, 2).sum() / 3
    assert np.mean(relative_l2(told, true, 30.0, 90.0)) == pytest.approx(expected)
    with pytest.raises(ValueError, match="true scores that differ"):
        relative_l2([1.0], [1.0], 5.0, 5.0)


@settings(max_examples=60, deadline=None)
@given(some.lists(WINDOW, min_size=1, max_size=3), some.lists(WINDOW, min_size=1, max_size=3))
def test_temporal_iou_counts_seconds(some_windows: list[tuple[float, float]], others: list[tuple[float, float]]) -> None:
    one, two = ({second for start, end in windows for second in range(int(start), int(end))} for windows in (some_windows, others))
    assert temporal_iou(some_windows, others) == pytest.approx(len(one & two) / len(one | two))


@settings(max_examples=60, deadline=None)
@given(WINDOW, WINDOW, WINDOW, WINDOW)
def test_box_iou_counts_pixels(x: tuple[float, float], y: tuple[float, float], v: tuple[float, float], w: tuple[float, float]) -> None:
    pixels = [
        {(column, row) for column in range(int(across[0]), int(across[1])) for row in range(int(down[0]), int(down[1]))}
        for across, down in ((x, y), (v, w))
    ]
    found = box_iou((x[0], y[0], x[1], y[1]), (v[0], w[0], v[1], w[1]))
    assert found == pytest.approx(len(pixels[0] & pixels[1]) / len(pixels[0] | pixels[1]))


def test_recall_at_a_threshold_holds_at_the_threshold() -> None:
    assert recalled([0.29, 0.3, 0.31, 1.0], 0.3) == [0.0, 1.0, 1.0, 1.0]


def segmental_edit_score(told: list[str], true: list[str]) -> float:
    """The field's recurrence, written out: distances of all prefixes, normalised by the longer list."""
    table = np.zeros((len(told) + 1, len(true) + 1))
    table[:, 0], table[0, :] = np.arange(len(told) + 1), np.arange(len(true) + 1)
    for row in range(1, len(told) + 1):
        for column in range(1, len(true) + 1):
            swap = table[row - 1, column - 1] + (told[row - 1] != true[column - 1])
            table[row, column] = min(swap, table[row - 1, column] + 1, table[row, column - 1] + 1)
    longest = max(len(told), len(true))
    return 1.0 - table[-1, -1] / longest if longest else 1.0


@settings(max_examples=100, deadline=None)
@given(STEPS, STEPS)
def test_edit_similarity_is_the_edit_score_of_action_segmentation(told: list[str], true: list[str]) -> None:
    assert edit_similarity(told, true) == pytest.approx(segmental_edit_score(told, true))


@settings(max_examples=60, deadline=None)
@given(some.sets(some.sampled_from("abcd"), min_size=1), some.sets(some.sampled_from("abcd"), min_size=1))
def test_f1_of_sets_is_scikit_learns(told: set[str], true: set[str]) -> None:
    rows = MultiLabelBinarizer(classes=list("abcd")).fit([]).transform([true, told])
    assert f1(sorted(told), sorted(true)) == pytest.approx(f1_score(rows[0], rows[1], zero_division=0.0))


def test_f1_counts_repeats() -> None:
    assert f1(["a", "a", "b"], ["a", "b", "b"]) == pytest.approx(2 / 3)
    assert f1([], []) == 1.0
    assert f1(["a"], []) == 0.0


@settings(max_examples=60, deadline=None)
@given(some.integers(1, 12).flatmap(lambda total: some.tuples(some.just(total), some.integers(0, total), some.integers(1, total))))
def test_pass_at_k_counts_the_draws_that_hold_a_right_one(numbers: tuple[int, int, int]) -> None:
    total, passed, k = numbers
    assert pass_at_k(total, passed, k) == pytest.approx(1 - comb(total - passed, k) / comb(total, k))
    assert pass_at_k(total, passed, k) == pytest.approx(1 - stats.hypergeom.pmf(0, total, passed, k))


def test_pass_at_k_of_too_few_candidates_is_refused() -> None:
    with pytest.raises(ValueError, match="pass@3 of 2 candidates"):
        pass_at_k(2, 1, 3)


def test_majority_ignores_undecided_and_breaks_ties_by_order() -> None:
    assert majority_passes(["x", None, "y", "y"], [True, False, False, False]) is False
    assert majority_passes(["x", "y"], [True, False]) is True
    assert majority_passes([None, None], [False, False]) is False


def test_distinct_ratio_folds_case_and_blanks() -> None:
    assert distinct_ratio(["A b", "a  B", "c", "d"]) == 0.75
    assert distinct_ratio([]) == 0.0
