"""`import videostar as vs`, and the scripts in examples/."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import videostar as vs
from tests.conftest import render_clip, sample_row, write_table
from videostar.people.opening import opened

EXAMPLES = Path(__file__).parents[2] / "examples"


def ran(script: str, *words: str, cwd: Path) -> str:
    command = [sys.executable, EXAMPLES / script, *words]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_loads_no_library_of_models_and_shows_few_names() -> None:
    heavy = "{'torch', 'transformers', 'numpy', 'av', 'pydantic'} & set(sys.modules)"
    code = f"import sys, videostar as vs; assert not {heavy}, {heavy}; vs.load; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert 0 < len(vs.__all__) < 10
    assert all(getattr(vs, name).__doc__ for name in vs.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        vs.nothing  # noqa: B018


def test_a_model_answers_and_assesses(clip: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"rules": [{"contains": "fall", "replies": ["yes"]}], "default": ["no"]}))
    with vs.load(script) as model:
        pieces: list[str] = []
        assert model.ask(clip, "Does it fall?", pieces.append) == "yes"
        assert pieces == ["yes"]
        assert [fault.name for fault in model.assess(clip, "osats", reasons=False).faults] == ["dropped"]
        with pytest.raises(vs.UserError, match="the question is empty"):
            model.ask(clip, " ")


def test_a_run_is_opened_at_its_best_checkpoint(tmp_path: Path) -> None:
    render_clip(tmp_path / "clips" / "a.mp4", 90)
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"default": ["yoga"]}))
    table = write_table(tmp_path / "train.jsonl", [sample_row("one")])
    told = ran("run_a_loop.py", str(table), "run", f"model.model_name_or_path={script}", "model.engine=scripted", "cycles=1", cwd=tmp_path)
    assert told.splitlines()[:2] == [f"base: as it was, checkpoint {script}", "cycle 1: 1 of 1 samples kept, checkpoint cycle-1/checkpoint"]
    with opened(tmp_path / "run") as best:
        assert best.origin.endswith(f"of {tmp_path / 'run'}")
        assert Path(best.checkpoint).exists()
    with pytest.raises(vs.UserError, match="neither a run directory"):
        vs.load(tmp_path / "clips" / "a.mp4")


@pytest.mark.slow
def test_examples_run_on_the_embedded_model(clip: Path, tmp_path: Path) -> None:
    assert ran("ask_a_video.py", str(clip), cwd=tmp_path).count("> ") == 2
    assert ran("assess_clips.py", "osats", str(clip), cwd=tmp_path).startswith(f"{clip}: ")
