"""Gains by world and the figure of a dive are read from a run's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from videostar.config import checked, resolved_yaml
from videostar.labels.number import NumberLabel
from videostar.labels.sequence import SequenceLabel
from videostar.metrics import spearman
from videostar.playground.dive_figure import figure, part_counts, parts_of
from videostar.playground.gains import gains, ranking, shown
from videostar.playground.worlds.dive_frames import render_dive
from videostar.playground.worlds.dives import draw_dive
from videostar.playground.worlds.drawing import VIDEO_FPS, video_times
from videostar.rows import to_json
from videostar.store import RunStore, write_json, write_rows, write_text
from videostar.types import Label, Sample
from videostar.video.write import write_mp4

PHASES = ("zorvek", "dapli 5", "mounk")


def _sample(number: int, task: str, label: Label, unseen: bool = False) -> Sample:
    group = f"v{number}"
    question = "What score does the dive get?" if task == "dive-score" else "Which phases?"
    return Sample(
        f"{group}-{task}", f"{group}.mp4", question, label, task=task, split="test", source="dives", group=group, meta={"unseen": unseen}
    )


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Four dives of which the base gets none and cycle 1 all scores right; the last is of an unseen combination."""
    store = RunStore(tmp_path)
    samples = [
        _sample(number, task, label, unseen=number == 3)
        for number in range(4)
        for task, label in (("dive-phases", SequenceLabel(value=PHASES)), ("dive-score", NumberLabel(value=10.0 + number)))
    ]
    write_rows(store.samples("test"), map(to_json, samples))
    for cycle, offset in ((0, -7.0), (1, 0.0)):
        verdicts: list[dict[str, Any]] = []
        for number, sample in enumerate(samples):
            scored = sample.task == "dive-score"
            told: Any = 10.0 + number // 2 + offset if scored else list(PHASES)
            verdicts.append({"sample_id": sample.id, "outcome": "pass" if scored and not offset else "fail", "extracted": told})
        files = store.cycle(cycle)
        write_rows(files.evaluation_verdicts("test"), verdicts)
        write_rows(files.evaluation_answers("test"), [{"sample_id": sample.id, "text": f"cycle {cycle} <b>says</b>"} for sample in samples])
    write_json(store.best, {"name": "cycle 1"})
    data = {"train": "train.jsonl"}
    write_text(store.config_path, resolved_yaml(checked({"run": str(tmp_path), "data": data, "model": {"model_name_or_path": "x"}})))
    videos = tmp_path / "videos"
    videos.mkdir()
    write_json(store.ingested, {"root": str(videos)})
    for number in range(4):
        dive = draw_dive(number)
        write_mp4(videos / f"v{number}.mp4", render_dive(dive, video_times(4.0), 96), VIDEO_FPS)
    return tmp_path


def test_gains_keep_worlds_and_unseen_combinations_apart(run: Path) -> None:
    seen, unseen = gains(run)
    assert (seen.world, seen.seen, seen.gain.count) == ("dives", True, 6)
    assert (unseen.seen, unseen.gain.count) == (False, 2)
    assert (seen.before.mean, seen.after.mean, seen.gain.mean) == (0.0, 0.5, 0.5)
    text = shown([seen, unseen], ranking(run))
    assert "dives, unseen" in text
    assert "Spearman 1.00 over 3 of 3 answers" in text


def test_the_ranking_of_another_checkpoint_can_be_asked_for(run: Path) -> None:
    assert ranking(run, "base").rho == pytest.approx(1.0)
    assert gains(run, "base")[0].gain.mean == 0.0


def test_the_figure_shows_a_drawn_dive_and_counts_parts(run: Path) -> None:
    picture = figure(run)
    assert picture.count("<image ") == 8
    assert "&lt;b&gt;says" in picture
    assert "<b>" not in picture
    assert "half somersaults 3 -&gt; 3" in picture
    assert picture == figure(run)


def test_parts_of_a_told_list() -> None:
    assert parts_of(list(PHASES)) == {"take-off": "zorvek", "half somersaults": "5", "position": "dapli", "entry": "mounk"}
    assert parts_of(None) == dict.fromkeys(("take-off", "half somersaults", "position", "entry"), "")
    sample = _sample(0, "dive-phases", SequenceLabel(value=PHASES))
    counts = part_counts([sample], {sample.id: {"extracted": ["zorvek", "dapli 4", "other"]}})
    assert counts == {"take-off": 1, "half somersaults": 0, "position": 1, "entry": 0}


def test_spearman_is_that_of_the_ranks() -> None:
    assert spearman([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1.0)
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1.0)
    # Ties share their mean rank: ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4: 4.5 / sqrt(4.5 * 5).
    assert spearman([1, 2, 2, 3], [1, 3, 2, 4]) == pytest.approx(0.9486833)
    assert spearman([1, 1], [1, 2]) == 0.0
    assert spearman([], []) == 0.0
