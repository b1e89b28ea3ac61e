"""What tests of people's commands use: a model made of a function, ready to be asked about real videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.conftest import render_clip
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
        model = ScriptedModel(says) if not hasattr(says, "answer") else says
        return Opened(model, store, config, "-", "a function")

    yield make
    store.close()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Two seconds."""
    return render_clip(tmp_path / "a.mp4", 90)
