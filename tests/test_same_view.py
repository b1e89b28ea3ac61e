"""What generation saw is what training and evaluation see, and what it costs is said before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ScriptedRun, rows_of, sample_row, write_table
from tests.models import tiny_checkpoint
from videostar.checkpoints import load_processor
from videostar.config import checked
from videostar.encoding import Encoder
from videostar.errors import RunError
from videostar.ports import Silent
from videostar.steps.budget import say_what_it_takes
from videostar.steps.ingest import ingest
from videostar.steps.run import Run
from videostar.store import RunStore
from videostar.types import Message
from videostar.video.frames import ClipRef, Frames
from videostar.video.store import FrameStore

RIGHT = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
HELD_OUT = sample_row("held", video="clips/b.mp4", split="validation")


@pytest.mark.parametrize(("field", "value"), [("sha256", "0" * 64), ("visual_tokens", 7)])
def test_a_checkpoint_that_was_shown_something_else_than_the_base_gets_no_score(scripted: ScriptedRun, field: str, value: object) -> None:
    rows = [sample_row("a"), HELD_OUT]
    rules = [{"sample_id": name, "replies": [RIGHT]} for name in ("a", "held")]
    config, _ = scripted(rows, rules, until=(1, "train"))
    path = config.run / "cycle-0" / "validation_answers.jsonl"
    (base,) = rows_of(path)
    assert base["frames"]["sha256"]
    path.write_text(json.dumps({**base, "frames": {**base["frames"], field: value}}) + "\n")
    with pytest.raises(
        RunError, match=r'validation question "held" was shown otherwise to cycle 1 .* than to the base .* cannot be compared'
    ):
        scripted(rows, rules)
    assert not (config.run / "cycle-1" / "evaluation.json").exists()
    path.write_text(json.dumps({**base, "frames": {**base["frames"], field: value, "error": "time limit: 60 s"}}) + "\n")
    scripted(rows, rules)
    assert (config.run / "cycle-1" / "evaluation.json").exists()


class _Heard(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def _opened(clips: Path, tmp_path: Path, name: str, **frames: Any) -> tuple[list[str], FrameStore]:
    table = write_table(clips / "train.jsonl", [sample_row("a"), sample_row("b", video="clips/gone.mp4"), sample_row("c", end_seconds=1.0)])
    model = {"model_name_or_path": name, "dtype": "float32"}
    config = checked(
        {
            "run": str(tmp_path / "run"),
            "data": {"train": str(table)},
            "model": model,
            "frames": {"cache_gib": 0, **frames},
            "generate": {"max_new_tokens": 100},
        }
    )
    store, heard = RunStore(config.run).open(config), _Heard()
    frame_store = FrameStore(config.frames)
    say_what_it_takes(Run(config, store, ingest(config, store), frame_store, heard))
    store.close()
    return heard.lines, frame_store


def test_a_run_begins_with_the_tokens_that_its_clips_will_take(clips: Path, tmp_path: Path) -> None:
    folder = tiny_checkpoint.build(tmp_path / "model")
    lines, frames = _opened(clips, tmp_path, str(folder), fps=4.0, max_pixels=1024)
    with frames:
        (loaded,) = frames.load([ClipRef(clips / "clips" / "a.mp4")])
    assert isinstance(loaded, Frames)
    tokens = Encoder(load_processor(str(folder)), {2}).prompt((Message("user", "What?"),), loaded).visual_tokens
    assert lines[-1] == (
        f"tokens: at most {tokens} visual (8 frames of 32 x 32, the largest of the first 2 clips; config.json and processor_config.json)"
        " and 100 of answer; the model holds 2,048"
    )


def test_clips_that_cannot_fit_are_told_of_before_they_are_decoded(clips: Path, tmp_path: Path) -> None:
    folder = tiny_checkpoint.build(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["max_position_embeddings"] = 120
    (folder / "config.json").write_text(json.dumps(config))
    lines, frames = _opened(clips, tmp_path, str(folder), num_frames=16)
    frames.close()
    assert lines[-1].endswith("; the model holds only 120, so such questions are left out: lower frames.max_frames or max_pixels")


def test_an_unknown_model_gives_an_estimate_that_says_so(clips: Path, tmp_path: Path) -> None:
    lines, frames = _opened(clips, tmp_path, "OpenGVLab/InternVL3-8B-hf", num_frames=4)
    frames.close()
    assert "at most ~1,024 visual (4 frames of 64 x 64, " in lines[-1]
