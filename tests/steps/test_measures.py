"""Which measures a kind of label gets, and what answers without a look at the video are worth."""

from __future__ import annotations

from typing import Any

import pytest

from videostar.labels import KINDS, parse_label
from videostar.steps.baselines import baselines, baselines_of, chance, common_answer
from videostar.steps.measures import Told, measured
from videostar.types import Label, Sample


def told(rows: list[tuple[Label, str]]) -> list[Told]:
    return [Told(label, label.judge(answer), f"v{number}") for number, (label, answer) in enumerate(rows)]


def samples(labels: list[Label], task: str = "t") -> list[Sample]:
    return [Sample(f"s{number}", f"v{number}.mp4", "What?", label, task=task, group=f"v{number}") for number, label in enumerate(labels)]


def numbers(*values: float) -> list[Label]:
    return [parse_label({"kind": "number", "value": value, "minimum": 0, "maximum": 100}) for value in values]


LABELS: dict[str, dict[str, Any]] = {
    "category": {"value": "yoga"},
    "text": {"value": "a man runs"},
    "number": {"value": 3},
    "count": {"value": 3},
    "timestamp": {"value_seconds": 3},
    "interval": {"windows": [[1, 3]]},
    "box": {"x1": 0, "y1": 0, "x2": 0.5, "y2": 0.5},
    "boolean": {"value": True},
    "choice": {"options": ["a cat", "a dog"], "answer": 1},
    "sequence": {"value": ["run", "jump"]},
    "set": {"value": ["run", "jump"]},
    "composite": {"parts": {"a": {"kind": "count", "value": 2}}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_measure_that_a_kind_names_is_measured(kind: str) -> None:
    label = parse_label({"kind": kind, **LABELS[kind]})
    found = measured(told([(label, label.answer_text())]))
    assert label.metric in found
    perfect = {"mean_absolute_error": 0.0, "relative_l2": 0.0, "spearman": 0.0}  # one number has no rank
    assert all(value.mean == pytest.approx(perfect.get(name, 1.0)) for name, value in found.items())


def test_errors_and_ranks_are_over_answers_that_hold_a_number_and_say_how_many() -> None:
    rows = list(zip(numbers(20, 40, 60, 80), ["25", "I cannot tell.", "50", "90"], strict=True))
    found = measured(told(rows))
    assert found["mean_absolute_error"].mean == pytest.approx((5 + 10 + 10) / 3)
    assert found["spearman"].mean == pytest.approx(1.0)
    assert found["relative_l2"].mean == pytest.approx(100 * (25 + 100 + 100) / 3 / 60**2)  # the range of all four labels
    assert (found["spearman"].count, found["accuracy"].count) == (3, 4)


def test_an_interval_that_is_not_given_overlaps_nothing() -> None:
    label = parse_label({"kind": "interval", "windows": [[0, 10]]})
    found = measured(told([(label, "from 0 to 4 seconds"), (label, "from 0 to 6 seconds"), (label, "I do not know.")]))
    assert found["mean_iou"].mean == pytest.approx(1 / 3)
    assert [found[f"recall_at_{at}"].mean for at in (0.3, 0.5, 0.7)] == pytest.approx([2 / 3, 1 / 3, 0])


def test_steps_in_another_order_lose_in_the_edit_score_alone() -> None:
    label = parse_label({"kind": "sequence", "value": ["run", "jump", "sit"]})
    found = measured(told([(label, "jump, then run, then sit")]))
    assert (found["f1"].mean, found["exact_match"].mean) == (1.0, 0.0)
    assert found["edit_similarity"].mean == pytest.approx(label.judge("jump, then run, then sit").score) == pytest.approx(1 / 3)


def test_known_answers_have_exact_baselines() -> None:
    labels = [parse_label({"kind": "choice", "options": ["a cat", "a dog", "a cow"], "answer": place}) for place in (0, 2, 2, 1)]
    found = baselines_of(samples(labels), samples(labels))
    assert found["random"]["accuracy"].mean == pytest.approx(1 / 3)
    assert found["majority"]["accuracy"].mean == 0.5
    assert chance(parse_label({"kind": "category", "value": "yoga", "classes": ["yoga", "running"]})) == 0.5
    assert chance(parse_label({"kind": "count", "value": 2})) is None


def test_the_common_answer_comes_from_the_train_labels() -> None:
    asked, known = (
        samples([parse_label({"kind": "boolean", "value": True})] * 3),
        samples([parse_label({"kind": "boolean", "value": False})] * 2),
    )
    found = baselines(asked, known)["t", "boolean"]
    assert found["majority"]["accuracy"].mean == 0.0
    assert found["random"]["accuracy"].mean == 0.5


def test_the_best_constant_number_is_the_median_and_the_best_window_the_one_in_the_middle() -> None:
    assert common_answer(numbers(10, 20, 90)) == "20"
    windows = [parse_label({"kind": "interval", "windows": [window]}) for window in ([0, 4], [1, 5], [2, 6])]
    assert common_answer(windows) == "from 1 to 5 seconds"
    found = baselines_of(samples(numbers(10, 20, 90)), samples(numbers(10, 20, 90)))
    assert found["majority"]["mean_absolute_error"].mean == pytest.approx(80 / 3)
    assert found["majority"]["spearman"].mean == 0.0


def test_tasks_of_one_kind_are_not_mixed() -> None:
    asked = [*samples(numbers(10, 20), "score"), *samples(numbers(1, 2), "difficulty")]
    assert set(baselines(asked, [])) == {("score", "number"), ("difficulty", "number")}
