"""What tests of the app use: a finished run whose texts are hostile, an index, and one real server for all of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.app.hostile import ALL, FILE_NAME
from tests.conftest import render_clip, sample_row, write_table
from videostar.app.context import Context, SharedModel
from videostar.app.media import Media
from videostar.app.sessions import Sessions
from videostar.app.uploads import Limits, Uploads
from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.loop import stages
from videostar.people.index_file import StoredLabel, StoredMoment, written
from videostar.ports import Silent

RIGHT = "The person bends forward, holds a slow stretch and breathes deeply on the mat. So the answer is yoga."
WRONG = f"The person runs quickly over the grass {ALL}. So the answer is running."
TOKEN = "a-token-of-the-tests"  # noqa: S105
SAMPLES = 30


def rows() -> list[dict[str, Any]]:
    """Two thirds are answered right; every question and many an id holds what would be markup."""
    return [
        sample_row(
            f"s-{number:02d}" if number % 3 else f"s-{number:02d} {ALL}",
            video=f"clips/{FILE_NAME}" if number == 1 else f"clips/{'abc'[number % 3]}.mp4",
            question=f"What is the person doing? {ALL}",
            source=("gym", ALL)[number % 2],
        )
        for number in range(SAMPLES)
    ]


def build_run(folder: Path, name: str = "run", until: tuple[int, str] | None = None, **changes: Any) -> Config:
    """A run with a scripted model in `folder`; `until` stops it after (cycle, stage)."""
    data = folder / "data"
    for place, clip in enumerate("abc"):
        render_clip(data / "clips" / f"{clip}.mp4", 40 + 60 * place)
    render_clip(data / "clips" / FILE_NAME, 200)
    table = write_table(data / "train.jsonl", rows())
    script = folder / "script.json"
    hinted = {"contains": "The correct answer is", "replies": [f"As the correct answer is yoga: {RIGHT}", RIGHT]}
    rules = [hinted, *({"sample_id": row["id"], "replies": [RIGHT if place % 3 else WRONG]} for place, row in enumerate(rows()))]
    script.write_text(json.dumps({"rules": rules, "default": ["I cannot tell."]}), encoding="utf-8")
    raw = {
        "run": str(folder / name),
        "cycles": 2,
        "data": {"train": str(table)},
        "model": {"model_name_or_path": str(script), "engine": "scripted"},
        "frames": {"cache": str(folder / "cache"), "num_frames": 4},
        **changes,
    }
    config = checked(raw)
    for stage in stages(config, ConfiguredAdapters(config), Silent()):
        if (stage.cycle, stage.name) == until:
            break
    return config


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A run of two cycles that has ended."""
    return build_run(tmp_path_factory.mktemp("finished"))


@pytest.fixture
def context(tmp_path: Path, finished: Config) -> Iterator[Context]:
    """What tabs are given, with the finished run and its scripted model."""
    with Uploads(Limits(megabytes=1, seconds=5.0)) as uploads:
        made = Context(
            {"run": finished.run},
            Media((finished.run, tmp_path, uploads.root)),
            uploads,
            SharedModel(finished.model.model_name_or_path),
            Sessions(uploads.forget),
            {"clips": build_index(tmp_path / "clips.index", sorted((finished.run.parent / "data" / "clips").glob("?.mp4")))},
            {"diving": "diving"},
        )
        yield made
        made.model.close()


def build_index(path: Path, videos: list[Path]) -> Path:
    """An index of records: each video with a description and a moment at one second; only the second has a big splash."""
    with written(path) as out:
        for place, video in enumerate(videos):
            splash = "big" if place == 1 else "small"
            own = f"A diver enters the water with a {splash} splash. {ALL}"
            with out.database:
                number = out.begin(video, video.stat(), "0" * 64, "asked", 2.0)
            moments = [StoredMoment(0.0, 0.9, True, own), StoredMoment(1.0, 1.1, False, "the water is reached", own)]
            out.add([(number, moment) for moment in moments])
            out.finish(number, [StoredLabel("splash", "category", splash), StoredLabel("score", "number", str(place), float(place))], "")
    return path


@dataclass(frozen=True)
class Server:
    """A running `videostar app`. temporary: its folder for temporary files."""

    address: str
    temporary: Path
    process: subprocess.Popen[str]

    @property
    def root(self) -> str:
        """The address without the token."""
        return self.address.partition("?")[0]

    def end(self) -> str:
        """Tell it to end; gives what it printed since."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=120)[0]


def start(folder: Path, *words: str) -> Server:
    """`videostar app WORDS` on a free port of loopback, ready to be opened."""
    if find_spec("gradio") is None:
        pytest.skip('Gradio is not installed: pip install "videostar[app]"')
    temporary = folder / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary), "VIDEOSTAR_TOKEN": TOKEN, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "videostar.cli", "app", *words, "--port", "0", "--token"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("open http://127.0.0.1:"), line
    return Server(line.split()[1], temporary, process)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, finished: Config) -> Iterator[Server]:
    """The app over the finished run and an index of its clips, with its scripted model and a token."""
    folder = tmp_path_factory.mktemp("server")
    clips = finished.run.parent / "data" / "clips"
    index = build_index(folder / "clips.index", sorted(clips.glob("?.mp4")))
    words = [str(finished.run), "--model", finished.model.model_name_or_path, "--index", str(index), "--videos", str(clips)]
    running = start(folder, *words, "--upload-mb", "1", "--upload-minutes", "0.05")
    yield running
    running.end()
