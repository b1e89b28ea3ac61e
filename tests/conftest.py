"""What many tests use: rendered clips, tables, scripted runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import settings

from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.loop import Stage, stages
from videostar.ports import Silent
from videostar.video.write import write_mp4

# The same examples at every run, so that a change is to blame for what fails; `--hypothesis-profile=search` draws new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("search", max_examples=2000)
settings.load_profile("same")

REAL = Path(__file__).parents[1].parent / "shared" / "real"


@pytest.fixture
def real() -> Path:
    """Real clips beside the checkout."""
    if not REAL.is_dir():
        pytest.skip(f"the real clips are not here: no folder {REAL}")
    return REAL


def render_clip(path: Path, shade: int, num_frames: int = 16, size: int = 64) -> Path:
    """A square that moves right over a plain ground whose grey value tells clips apart."""
    frames = np.full((num_frames, size, size, 3), shade, dtype=np.uint8)
    for index in range(num_frames):
        left = 2 + index * (size - 20) // num_frames
        frames[index, 20:36, left : left + 16] = (255 - shade, 40, 200)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mp4(path, frames, fps=8.0)
    return path


def write_table(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """JSON Lines of samples."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def sample_row(name: str, **changes: Any) -> dict[str, Any]:
    """A row whose label is the category `yoga` unless said otherwise."""
    row = {"id": name, "video": "clips/a.mp4", "question": "What is the person doing?", "label": {"kind": "category", "value": "yoga"}}
    return {**row, **changes}


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A folder `data` with clips/a.mp4, b.mp4 and c.mp4."""
    for position, name in enumerate("abc"):
        render_clip(tmp_path / "data" / "clips" / f"{name}.mp4", 40 + 60 * position)
    return tmp_path / "data"


ScriptedRun = Callable[..., tuple[Config, list[Stage]]]


@pytest.fixture
def scripted(tmp_path: Path, clips: Path) -> ScriptedRun:
    """Run the loop with a scripted model: `scripted(rows, rules, **config changes)`; `until` stops after (cycle, stage)."""

    def go(
        rows: Sequence[Mapping[str, Any]],
        rules: Sequence[Mapping[str, Any]],
        run: str = "run",
        until: tuple[int, str] | None = None,
        **changes: Any,
    ) -> tuple[Config, list[Stage]]:
        script = tmp_path / "script.json"
        script.write_text(json.dumps({"rules": list(rules), "default": ["I cannot tell."]}), encoding="utf-8")
        write_table(clips / "train.jsonl", rows)
        raw = {
            "run": str(tmp_path / run),
            "cycles": 2,
            "data": {"train": str(clips / "train.jsonl")},
            "model": {"model_name_or_path": str(script), "engine": "scripted"},
            "frames": {"cache": str(tmp_path / "cache"), "num_frames": 4},
        }
        config = checked(merged(raw, changes))
        done: list[Stage] = []
        for stage in stages(config, ConfiguredAdapters(config), Silent()):
            done.append(stage)
            if (stage.cycle, stage.name) == until:
                break
        return config, done

    return go


def merged(raw: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` over `raw`, section by section."""
    both = {key: value for key, value in raw.items() if key not in changes}
    for key, value in changes.items():
        both[key] = {**raw[key], **value} if isinstance(value, dict) and isinstance(raw.get(key), dict) else value
    return both


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The JSON rows of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_config(path: Path, raw: Mapping[str, Any]) -> Path:
    """A config file."""
    path.write_text(yaml.safe_dump(dict(raw)), encoding="utf-8")
    return path
