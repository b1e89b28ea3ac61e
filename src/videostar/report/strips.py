"""A strip of small pictures for each shown sample, decoded again by the run's own policy."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from videostar.config import Config
from videostar.report.examples import Example
from videostar.store import RunStore, read_json
from videostar.video.frames import ClipRef, FrameFailure, Frames
from videostar.video.store import FrameStore

MOST_PICTURES = 8
HEIGHT = 96
DECODE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame: its time from the sample's start, and a data URI."""

    seconds: float
    uri: str


@dataclass(frozen=True, slots=True)
class Strip:
    """Pictures, or in words why there are none. note: what a reader should know of them."""

    pictures: tuple[Picture, ...]
    note: str


def strips(store: RunStore, config: Config, examples: Sequence[Example]) -> list[Strip]:
    """One strip per example, in order."""
    if not examples:
        return []
    root = Path(read_json(store.ingested)["root"])
    settings = config.frames.model_copy(update={"decode_seconds": min(DECODE_SECONDS, config.frames.decode_seconds)})
    clips = (ClipRef(root / item.sample.video, item.sample.start_seconds, item.sample.end_seconds) for item in examples)
    with FrameStore(settings) as frames:
        return [_strip(loaded, item) for loaded, item in zip(frames.load(clips), examples, strict=True)]


def _strip(loaded: Frames | FrameFailure, example: Example) -> Strip:
    if isinstance(loaded, FrameFailure):
        return Strip((), "the video is gone" if loaded.reason == "missing" else f"no frames: {loaded.reason}: {loaded.message}")
    changed = example.frames_sha256 not in {"", loaded.record.sha256}
    shown = sorted({round(place) for place in np.linspace(0, len(loaded.pixels) - 1, MOST_PICTURES)})
    some = f"{len(shown)} of {len(loaded.pixels)} frames" if len(shown) < len(loaded.pixels) else f"{len(shown)} frames"
    note = f"{some}; not the frames that the answers were given on: the file has changed since" if changed else some
    return Strip(tuple(pictures(loaded, shown)), note)


def pictures(frames: Frames, shown: Sequence[int]) -> Iterator[Picture]:
    """The frames at these places."""
    for place in shown:
        yield Picture(frames.timestamps_seconds[place], _data_uri(frames.pixels[place]))


def _data_uri(pixels: NDArray[np.uint8]) -> str:
    picture = Image.fromarray(pixels)
    if picture.height > HEIGHT:
        picture = picture.resize((max(1, round(picture.width * HEIGHT / picture.height)), HEIGHT), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=75)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
