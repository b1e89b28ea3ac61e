"""Calibration on synthetic scores whose truth is known."""

from __future__ import annotations

import random

import pytest

from videostar.people.assessment import Assessment, Score
from videostar.people.calibration import FEWEST_EXAMPLES, Example, calibrated, chosen_thresholds, isotonic, linear


def assessed(raw: float, spread: float = 1.0, **shares: float) -> Assessment:
    return Assessment("a.mp4", "r", "m", 4.0, Score(raw, raw, raw, raw, ""), (), (), shares, spread)


def drawn(rng: random.Random, count: int, bend: float = 1.0) -> list[Example]:
    """Raw scores in [0, 1], true ones 10 + 20 * raw ** bend and noise as wide as the spread says."""
    found = []
    for _ in range(count):
        raw, spread = rng.random(), rng.uniform(0.5, 2.0)
        found.append(Example(assessed(raw, spread), 10 + 20 * raw**bend + rng.gauss(0, spread)))
    return found


def test_the_curve_that_errs_least_on_held_out_examples_is_taken() -> None:
    straight, steep = calibrated(drawn(random.Random(3), 200)), calibrated(drawn(random.Random(2), 300, bend=12.0))
    assert straight is not None
    assert steep is not None
    assert straight.kind == "linear"
    assert straight.curve(0.5) == pytest.approx(20, abs=1)
    assert steep.kind == "isotonic"
    assert steep.errors["isotonic"] < steep.errors["linear"] < steep.errors["as it is"]
    assert "isotonic calibration on 300 examples; mean held-out error: linear " in steep.how


def test_eighty_percent_intervals_hold_on_seventy_to_ninety_percent_of_new_clips() -> None:
    covers = []
    for seed in range(20):
        rng = random.Random(seed)
        calibration = calibrated(drawn(rng, 60))
        assert calibration is not None
        new = drawn(rng, 100)
        scores = [(calibration.applied(item.assessment).overall, item.score) for item in new]
        covers.append(
            sum(score.low <= true <= score.high for score, true in scores if score is not None and true is not None) / len(scores)
        )
    assert 0.7 <= sum(covers) / len(covers) <= 0.9


def test_too_few_examples_calibrate_nothing() -> None:
    assert calibrated(drawn(random.Random(0), FEWEST_EXAMPLES - 1)) is None


def test_isotonic_rises_and_is_level_outside() -> None:
    curve = isotonic([1, 2, 3, 4], [1, 3, 2, 5])
    values = [curve(x / 4) for x in range(24)]
    assert values == sorted(values)
    assert (curve(-9), curve(2.5), curve(99)) == (1, 2.5, 5)
    assert isotonic([1, 1], [0, 4])(1) == 2
    assert linear([3, 3], [1, 5])(100) == 3


def test_thresholds_follow_examples_where_there_are_enough_of_both() -> None:
    rows = [Example(assessed(0, flat=0.4 if bad else 0.2, rare=1.0), None, frozenset({"flat"} if bad else ())) for bad in [True, False] * 6]
    assert chosen_thresholds(rows) == {"flat": 0.4}
    assert chosen_thresholds(rows[:6]) == {}
