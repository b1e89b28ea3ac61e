"""A comparison from its file to its tables: what is done once, what is told, what is shared, and what a kill leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.compare.scripted_experiment import WRONG, write_experiment
from tests.conftest import rows_of
from videostar import compare
from videostar.compare import results, work
from videostar.compare.experiment import load_experiment
from videostar.compare.tables import Comparison, Where
from videostar.errors import ConfigError, RunError
from videostar.ports import Silent

ARMS = {
    "explained": {"explanations_only": True},
    "direct": {"conversations": "direct labels"},
    "as given": {"conversations": "without verification", "set": {"rationalize.enabled": False}},
    "direct, none kept": {"conversations": "direct labels", "set": {"rationalize.enabled": False, "select.max_words": 1}},
    "noise": {"samples": {"label noise": 1.0}},
    "dark": {"look": "black"},
    "final": {"checkpoint": "final"},
    "nothing": {"conversations": "preference pairs", "set": {"rationalize.enabled": False}},
}


class Heard(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def _loaded(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _plain(result: dict[str, Any]) -> dict[str, Any]:
    """Without what differs from run to run: seconds."""
    trained = {name: {**one, "seconds": 0} for name, one in result["trained"].items()}
    return {**{key: value for key, value in result.items() if key != "cycles"}, "trained": trained}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Heard]:
    """A finished comparison, and what was said."""
    path = write_experiment(tmp_path_factory.mktemp("done"), arms=ARMS, seeds=[0])
    heard = Heard()
    compare.compare(path, heard)
    return path, heard


def _comparison(path: Path) -> Comparison:
    experiment = load_experiment(path)
    return Comparison(experiment, results.results_of(experiment))


def test_arms_come_out_as_the_script_foresees(done: tuple[Path, Heard]) -> None:
    compared = _comparison(done[0])
    accuracies = {arm: compared.accuracy(arm).mean for arm in compared.arms}
    assert accuracies["base"] == accuracies["without rationalization"] == accuracies["as given"] == 0.25
    assert accuracies["full"] == accuracies["explained"] == accuracies["direct"] == accuracies["direct, none kept"] == 1.0
    assert accuracies["noise"] < 1.0
    gain = compared.beyond("without rationalization")
    assert (gain.mean, gain.count) == (0.75, 4)
    assert compared.accuracy("full", Where("late")).count == 2


def test_a_result_holds_every_question_under_every_checkpoint(done: tuple[Path, Heard]) -> None:
    folder = done[0].parent / "results"
    assert len(list(folder.iterdir())) == 11
    found = _loaded(folder / "full-0.json")
    assert [row["id"] for row in found["questions"]["test"]] == ["test-k0", "test-k1", "test-k2", "test-k3"]
    assert found["questions"]["test"][3]["parts"] == ["late"]
    assert found["outcomes"] == {"base": {"validation": "pfff", "test": "pfff"}, "cycle 1": {"validation": "pppp", "test": "pppp"}}
    assert (found["compared"], found["seed"], found["chosen"]) == ("cycle 1", 0, {})
    assert found["kept"] == {"cycle 1": {"generated": 1, "rationalized": 3}}
    assert found["code"]["version"]
    assert _loaded(folder / "final-0.json")["outcomes"]["final"]["test"] == "pfff"  # on the one generated answer
    assert _loaded(folder / "base-0.json")["prior"] == [0.5] * 4


def test_what_an_arm_learns_from_is_what_it_says(done: tuple[Path, Heard]) -> None:
    runs = done[0].parent / "runs" / "seed-0"
    given = [row["messages"][-1]["content"] for row in rows_of(runs / "as-given" / "cycle-1" / "conversations.jsonl")]
    assert given.count(WRONG) == 3
    explained = rows_of(runs / "explained" / "cycle-1" / "conversations.jsonl")
    assert {row["route"] for row in explained} == {"rationalized"}
    assert len(explained) == 4
    assert _loaded(runs.parents[1] / "results" / "explained-0.json")["tokens"]["cycle 1"] > 0


def test_a_change_that_leaves_nothing_leaves_the_base(done: tuple[Path, Heard]) -> None:
    path, heard = done
    assert any("nothing, seed 0: the change leaves nothing to train on in cycle 1" in line for line in heard.lines)
    assert _loaded(path.parent / "results" / "nothing-0.json")["compared"] == "base"


def test_black_frames_are_seen_in_every_stage(done: tuple[Path, Heard]) -> None:
    dark = done[0].parent / "runs" / "seed-0" / "dark"
    for file in ("cycle-0/test_answers.jsonl", "cycle-1/answers.jsonl", "cycle-1/test_answers.jsonl"):
        policies = {row["frames"]["policy"] for row in rows_of(dark / file)}
        assert all(policy.endswith(", black") for policy in policies), file
    assert len({row["frames"]["sha256"] for row in rows_of(dark / "cycle-1" / "answers.jsonl")}) == 1


def test_wrong_labels_are_counted_by_route(done: tuple[Path, Heard]) -> None:
    found = _loaded(done[0].parent / "results" / "noise-0.json")
    labels = {row["id"]: row["label"]["value"] for row in rows_of(done[0].parent / "runs" / "seed-0" / "tables" / "label-noise-1.jsonl")}
    assert sorted(labels.values()) == ["boxing", "boxing", "yoga", "yoga"]
    assert all(0 <= wrong <= total for routes in found["wrong"].values() for wrong, total in routes.values())
    assert _loaded(done[0].parent / "results" / "full-0.json")["wrong"] == {}


def test_work_that_arms_share_is_copied(done: tuple[Path, Heard]) -> None:
    path, heard = done
    assert "without rationalization, seed 0: generate 1 is that of another run" in heard.lines
    assert "direct, seed 0: rationalize 1 is that of another run" in heard.lines
    assert "final, seed 0: train 1 is that of another run" in heard.lines
    assert not any(line.startswith("dark") and line.endswith("another run") for line in heard.lines)
    runs = path.parent / "runs" / "seed-0"
    assert (runs / "full/cycle-1/answers.jsonl").read_bytes() == (runs / "direct/cycle-1/answers.jsonl").read_bytes()


def test_what_is_finished_is_not_done_again(done: tuple[Path, Heard], tmp_path: Path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(done[0].parent / "results", folder)
    path = write_experiment(done[0].parent, "again.yaml", arms=ARMS, seeds=[0], work=str(tmp_path / "nothing"), results=str(folder))
    heard = Heard()
    text = compare.compare(path, heard)
    assert heard.lines == []
    assert "full" in text
    assert not list((tmp_path / "nothing").glob("seed-*"))
    assert (tmp_path / "nothing" / "compare.html").exists()


def test_a_result_of_another_config_is_told_and_not_reused(done: tuple[Path, Heard]) -> None:
    path = write_experiment(done[0].parent, "other.yaml", arms=ARMS, seeds=[0], base={**load_experiment(done[0]).base, "cycles": 2})
    with pytest.raises(RunError, match=r"base-0\.json was made with another config \(base\.cycles: 1 -> 2\); remove it"):
        compare.compare(path, Silent())


def test_a_result_that_is_cut_off_is_told(done: tuple[Path, Heard], tmp_path: Path) -> None:
    (tmp_path / "full-0.json").write_text('{"arm": "full"')
    path = write_experiment(done[0].parent, "cut.yaml", results=str(tmp_path))
    with pytest.raises(RunError, match=r"full-0\.json cannot be read as a result .*; remove it, and it is made again"):
        compare.compare(path, Silent())


def test_the_page_stands_alone_and_escapes_what_is_foreign(done: tuple[Path, Heard], tmp_path: Path) -> None:
    path = write_experiment(
        done[0].parent,
        "hostile.yaml",
        seeds=[0],
        name="<script>alert(1)</script>",
        work=str(tmp_path),
        arms={**ARMS, "full": {"note": "<img src=x>\x1b[31m"}},
    )
    compare.compare(path, Silent())
    html = (tmp_path / "compare.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "<img" not in html
    assert "\x1b" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert html.count("<svg") >= 2
    assert "http" not in html.replace("http-equiv", "")


def test_values_are_searched_on_validation_and_used_for_every_seed(tmp_path: Path) -> None:
    search = {"search": {"rationalize.enabled": [False, True]}}
    path = write_experiment(tmp_path, arms={"full": search})
    heard = Heard()
    compare.compare(path, heard, only=["full"])
    first, second = (_loaded(tmp_path / "results" / f"full-{seed}.json") for seed in (0, 1))
    assert first["search"] == {"enabled-false": 0.25, "enabled-true": 1.0}
    assert first["chosen"] == second["chosen"] == {"rationalize.enabled": True}
    assert second["search"] == {}
    assert "full, seed 0: train 1 is that of another run" in heard.lines  # the winner's training is not done again
    tried = tmp_path / "runs" / "seed-0" / "full.search" / "enabled-true" / "cycle-1"
    assert not (tried / "test_answers.jsonl").exists()


def test_one_arm_alone_and_an_arm_that_there_is_not(tmp_path: Path) -> None:
    path = write_experiment(tmp_path, seeds=[3])
    compare.compare(path, Silent(), only=["base"])
    assert [one.name for one in (tmp_path / "results").iterdir()] == ["base-3.json"]
    with pytest.raises(ConfigError, match='there is no arm "fool"; arms are base, full'):
        compare.compare(path, Silent(), only=["fool"])


KILL = """
import os, signal, sys
from pathlib import Path
from videostar.compare import running, take_part
from videostar.ports import Silent
whole = running._reach_in
def torn(plan, store, stage):
    if (plan.name, stage.name) == ("direct", sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(plan, store, stage)
running._reach_in = torn
take_part(Path(sys.argv[1]), Silent())
"""


@pytest.mark.slow
def test_a_comparison_that_was_killed_goes_on(done: tuple[Path, Heard], tmp_path: Path) -> None:
    path = write_experiment(tmp_path, arms=ARMS, seeds=[0])
    for stage in ("select", "train"):
        killed = subprocess.run([sys.executable, "-c", KILL, str(path), stage], env=os.environ, timeout=300, check=False)
        assert killed.returncode == -signal.SIGKILL
    before = (tmp_path / "results" / "full-0.json").stat().st_mtime_ns
    work.work(load_experiment(path), Silent())
    assert (tmp_path / "results" / "full-0.json").stat().st_mtime_ns == before
    for arm in ("full", "direct", "noise"):
        here, there = (_plain(_loaded(folder / "results" / f"{arm}-0.json")) for folder in (tmp_path, done[0].parent))
        for key in ("config", "config_sha256"):  # tables and scripts lie elsewhere
            here.pop(key), there.pop(key)
        assert here == there, arm


@pytest.mark.slow
def test_processes_share_the_seeds(tmp_path: Path) -> None:
    path = write_experiment(tmp_path)
    text = compare.compare(path, Silent(), jobs=2)
    assert "without rationalization" in text
    assert len(list((tmp_path / "results").iterdir())) == 6


@pytest.mark.slow
def test_a_process_that_fails_is_told(tmp_path: Path) -> None:
    path = write_experiment(tmp_path)
    (tmp_path / "clips" / "a.mp4").unlink()
    (tmp_path / "train.jsonl").write_text("no row\n")
    with pytest.raises(RunError, match="of 2 processes 2 failed; what they said stands above, and the same command goes on"):
        work.spread(path, [], 2)
