"""The shipped experiment with the embedded checkpoint, made small: rendered worlds, real training, the search, the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from videostar import compare
from videostar.ports import Silent

PAPER = Path(__file__).parents[2] / "configs" / "paper_on_playground.yaml"
ARMS = ("base", "direct labels", "gold rationales")
UPDATES = 2


@pytest.mark.slow
def test_the_papers_experiment_runs_in_small(tmp_path: Path) -> None:
    raw = yaml.safe_load(PAPER.read_text(encoding="utf-8"))
    raw |= {"work": str(tmp_path / "runs"), "results": str(tmp_path / "results"), "worlds": "smoke", "seeds": [0]}
    raw |= {"reference": "gold rationales", "arms": {name: raw["arms"][name] for name in ARMS}}
    short = {"max_new_tokens": 24}
    raw["base"] |= {"train": {"max_steps": UPDATES}, "generate": short, "evaluate": short}
    raw["arms"]["direct labels"]["search"] = {}
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    text = compare.compare(path, Silent())
    assert all(name in text for name in ARMS)
    found = {name: json.loads((tmp_path / "results" / f"{name.replace(' ', '-')}-0.json").read_text(encoding="utf-8")) for name in ARMS}
    for result in found.values():
        asked = {split: len(rows) for split, rows in result["questions"].items()}
        assert asked == {"validation": 2, "test": 4}
        assert {row["parts"][0] for row in result["questions"]["test"]} == {"test-seen", "test-unseen"}
        for letters in result["outcomes"].values():
            assert {split: len(row) for split, row in letters.items()} == asked
        assert str(tmp_path) not in json.dumps({key: value for key, value in result.items() if key != "config"})
    assert found["base"]["compared"] == "base"
    gold = found["gold rationales"]
    assert gold["trained"]["cycle 1"]["updates"] == UPDATES
    assert set(gold["search"]) == {"learning-rate-0.0007", "learning-rate-0.0014"}
    assert gold["chosen"]["train.learning_rate"] in (0.0007, 0.0014)
    assert "<svg" in (tmp_path / "runs" / "compare.html").read_text(encoding="utf-8")
    assert compare.compare(path, Silent()) == text
