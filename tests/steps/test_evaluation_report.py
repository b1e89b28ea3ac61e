"""What an evaluation writes beside accuracy: the measures of each field, baselines, and the test against the base."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import ScriptedRun, rows_of, sample_row
from videostar.report import write_report

RIGHT = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
WRONG = "The person runs quickly over the grass. So the answer is running."


def score_row(name: str, video: str, value: float, split: str = "validation") -> dict[str, Any]:
    label = {"kind": "number", "value": value, "minimum": 0, "maximum": 100}
    return sample_row(name, video=f"clips/{video}.mp4", question="What score does it get?", task="score", split=split, label=label)


def test_an_evaluation_holds_the_measures_of_each_field_beside_baselines(scripted: ScriptedRun) -> None:
    rows = [
        sample_row("a"),
        score_row("known", "a", 70, "train"),
        sample_row("held", video="clips/b.mp4", split="validation"),
        score_row("s1", "b", 50),
        score_row("s2", "c", 70),
        score_row("s3", "c", 90),
    ]
    said = {"a": [RIGHT, WRONG], "held": [RIGHT], "s1": ["55"], "s2": ["It gets a score of 80."], "s3": ["I cannot tell."]}
    rules = [{"sample_id": name, "replies": replies} for name, replies in said.items()]
    config, _ = scripted(rows, rules, cycles=1, generate={"n": 2, "temperature": 0.5})
    report = json.loads((config.run / "cycle-0" / "evaluation.json").read_text())["splits"]["validation"]
    classes, scores = report["measures"]
    assert (classes["kind"], classes["of_field"], classes["model"]["accuracy"]["mean"]) == ("category", "accuracy", 1.0)
    assert (scores["task"], scores["of_field"]) == ("score", "spearman")
    assert scores["model"]["mean_absolute_error"]["mean"] == pytest.approx(7.5)
    assert scores["model"]["spearman"] == {**scores["model"]["spearman"], "mean": 1.0, "count": 2}
    assert scores["model"]["relative_l2"]["mean"] == pytest.approx(100 * (5**2 + 10**2) / 2 / 40**2)
    assert scores["majority"]["mean_absolute_error"]["mean"] == pytest.approx(40 / 3)  # always 70, the median of the train labels
    assert "against_base" not in report
    assert json.loads((config.run / "baselines-validation.json").read_text())["score/number"]["majority"] == scores["majority"]

    later = json.loads((config.run / "cycle-1" / "evaluation.json").read_text())["splits"]["validation"]
    assert later["against_base"]["gain"]["count"] == 4
    assert 0 < later["against_base"]["p_value"] <= 1
    assert later["measures"][1]["majority"] == scores["majority"]
    assert rows_of(config.run / "metrics.jsonl")[1]["yields"]["pass_at"] == pytest.approx({"1": 0.25, "2": 0.5})
    page = write_report(config.run).read_text(encoding="utf-8")
    assert "score (number)" in page
    assert "mean absolute error" in page
    assert "points over the base" in page
