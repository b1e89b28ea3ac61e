"""What tests of people's commands use: a model made of a function, ready to be asked about real videos."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from tests.conftest import render_clip
from videostar.cli import main
from videostar.config import Config, checked
from videostar.models.scripted import ScriptedModel
from videostar.people.opening import Opened
from videostar.ports import Request, VideoModel
from videostar.video.store import FrameStore

Says = Callable[[Request], Sequence[str]]


@pytest.fixture
def config() -> Config:
    """Four frames a clip, nothing kept on disk."""
    raw = {"run": "-", "data": {"train": "-"}, "model": {"model_name_or_path": "-", "engine": "scripted"}}
    return checked({**raw, "frames": {"num_frames": 4, "cache_gib": 0, "decode_workers": 1}})


@pytest.fixture
def ready(config: Config) -> Iterator[Callable[[Says | VideoModel], Opened]]:
    """`ready(function)` or `ready(model)`: opened, and closed after the test."""
    store = FrameStore(config.frames)

    def make(says: Says | VideoModel) -> Opened:
        model: VideoModel = cast("VideoModel", says) if hasattr(says, "answer") else ScriptedModel(says)
        return Opened(model, store, config, "-", "a function")

    yield make
    store.close()


@dataclass(frozen=True)
class Done:
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """`command(*words, cwd=..., said=...)`: the `videostar` command in this process; a fault of ours would come out as it is."""

    def run(*words: str, cwd: Path, said: str = "") -> Done:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["videostar", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Done(int(ended.value.code or 0), told.out, told.err)

    return run


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Two seconds."""
    return render_clip(tmp_path / "a.mp4", 90)
