from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.tiny_training import QUESTION, conversation, job
from videostar.errors import CheckpointError, DataError
from videostar.models.scripted import ScriptedModel
from videostar.ports import Decoding, Request, Silent
from videostar.training.scripted import ScriptedTrainer
from videostar.types import Message


def _base(folder: Path) -> Path:
    path = folder / "base.json"
    path.write_text(json.dumps({"rules": [{"contains": "colour", "replies": ["grey"]}], "default": ["hm"]}))
    return path


def _answers(model: ScriptedModel, sample_id: str, question: str = QUESTION, n: int = 1) -> list[str]:
    request = Request(sample_id, (Message("user", question),), None, tuple(range(n)))
    return [reply.text for reply in model.answer([request], Decoding(0, 1, 50))[0]]


def test_learns_accepted_answers_by_heart(tmp_path: Path) -> None:
    rows = [
        conversation("red.mp4", "Red."),
        conversation("green.mp4", "Green."),
        conversation("red.mp4", "A red one."),
        conversation("red.mp4", "Red."),
    ]
    done = ScriptedTrainer().train(job(tmp_path, _base(tmp_path), rows), Silent())
    assert (done.rows, done.dropped) == (4, {})
    model = ScriptedModel(tmp_path / "output")
    assert _answers(model, "red.mp4", n=3) == ["Red.", "A red one.", "Red."]
    assert _answers(model, "green.mp4") == ["Green."]
    assert _answers(model, "other.mp4") == ["grey"]
    assert _answers(model, "red.mp4", "Why?") == ["hm"]


def test_a_trained_script_can_be_trained_on(tmp_path: Path) -> None:
    ScriptedTrainer().train(job(tmp_path / "1", _base(tmp_path), [conversation("red.mp4", "Red.")]), Silent())
    second = job(tmp_path / "2", tmp_path / "1" / "output", [conversation("green.mp4", "Green.")])
    ScriptedTrainer().train(second, Silent())
    model = ScriptedModel(tmp_path / "2" / "output")
    assert (_answers(model, "red.mp4"), _answers(model, "green.mp4")) == (["Red."], ["Green."])


def test_nothing_to_learn(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no conversations"):
        ScriptedTrainer().train(job(tmp_path, _base(tmp_path), []), Silent())


def test_a_base_that_is_no_script(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        ScriptedTrainer().train(job(tmp_path, tmp_path / "nowhere"), Silent())
    assert not (tmp_path / "output").exists()
