"""docs/results.md is what the results say, and says so where there are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from tests.compare.test_tables import _result
from videostar.compare.experiment import load_experiment
from videostar.compare.tables import Comparison
from videostar.results_page import EXPERIMENTS, page
from videostar.results_page.paper import REPORTED
from videostar.results_page.questions import answered
from videostar.results_page.targets import MET, MISSED, NOT_YET, gap_closed, targets

CONFIGS = Path(__file__).parents[1] / "configs"
DOCS = Path(__file__).parents[1] / "docs" / "results.md"


def _main(outcomes: dict[str, str]) -> Comparison:
    """Three seeds, all questions on unseen combinations."""
    results = []
    for arm, after in outcomes.items():
        for seed in (0, 1, 2):
            result = _result(arm, seed, "f" * len(after), "" if arm == "base" else after)
            for row in result["questions"]["test"]:
                row["parts"] = ["test-unseen"]
            results.append(result)
    return Comparison(load_experiment(CONFIGS / "paper_on_playground.yaml"), results)


def test_targets_are_met_where_the_numbers_say_so() -> None:
    ours = _main(
        {"base": "f" * 20, "full": "p" * 19 + "f", "gold rationales": "p" * 20, "direct labels": "pf" * 10, "swapped rationale": "p" * 20}
    )
    found = {target.name: target for target in targets(ours)}
    state = {name.removeprefix("full - ").partition(" on ")[0]: target.state for name, target in found.items()}
    assert state["direct labels"] == MET
    assert state["swapped rationale"] == MISSED
    assert state["without verification"] == NOT_YET
    assert gap_closed(ours) == pytest.approx(0.95)
    assert found["gap closed, (full - base) / (gold - base), at least 0.9"].state == MET
    assert found["dive scores: Spearman at least 0.9"].state == NOT_YET


def test_fewer_than_three_seeds_meet_nothing() -> None:
    two = _main({"base": "f" * 20, "full": "p" * 20, "direct labels": "f" * 20})
    some = Comparison(two.experiment, [result for arm in two.arms for result in two.results(arm) if result["seed"] < 2])
    (first, *_) = targets(some)
    assert first.state == NOT_YET
    assert first.found.endswith("points, 2 of 3 seeds")


def test_a_gap_to_gold_that_is_no_gap_is_not_closed() -> None:
    assert gap_closed(_main({"base": "f" * 20, "full": "p" * 20, "gold rationales": "f" * 20})) is None


def test_questions_are_answered_by_the_numbers() -> None:
    ours = _main({"base": "f" * 20, "full": "p" * 20, "direct labels": "pf" * 10})
    told = [row.answer for row in answered(ours, Comparison(ours.experiment, []))]
    assert told[0].startswith("full is better: full - direct labels on test-unseen 50.0 [")
    assert told[2] == "Not yet measured."


def test_the_page_names_every_target_the_paper_and_what_is_missing(tmp_path: Path) -> None:
    for name in EXPERIMENTS.values():
        raw = yaml.safe_load((CONFIGS / name).read_text(encoding="utf-8"))
        (tmp_path / name).write_text(yaml.safe_dump({**raw, "results": str(tmp_path / "none")}), encoding="utf-8")
    text = page(tmp_path)
    assert text.count(NOT_YET) >= 10
    assert "| FineDiving-QA | +2.6 | +1.1 | +7.4 |" in text
    assert all(name in text for name in REPORTED)
    assert "0 of 51 results are there" in text
    assert text == page(tmp_path)


def test_the_committed_page_is_that_of_the_committed_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CONFIGS.parent)
    shutil.copy(DOCS, tmp_path / "committed.md")
    assert page(CONFIGS) == (tmp_path / "committed.md").read_text(encoding="utf-8")
