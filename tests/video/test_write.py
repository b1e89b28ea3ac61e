"""Rendered frames become the same file every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.video.rendered import number_of, numbered
from videostar.video.decode import decode_clip, probe_video
from videostar.video.frames import ClipRef, Frames, VideoInfo
from videostar.video.sampling import Sampling
from videostar.video.write import write_mp4

FRAMES = np.stack([numbered(number) for number in range(30)])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_mp4(tmp_path / "a.mp4", FRAMES, 10.0)
    assert probe_video(tmp_path / "a.mp4") == VideoInfo(3.0, 160, 64, 10.0, 30, "h264")
    frames = decode_clip(ClipRef(tmp_path / "a.mp4"), Sampling(num_frames=30))
    assert isinstance(frames, Frames)
    assert [number_of(picture) for picture in frames.pixels] == list(range(30))
    assert np.abs(frames.pixels.astype(int) - FRAMES).mean() < 4


def test_the_same_frames_give_the_same_bytes_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a.mp4", "-b.mp4"):
        write_mp4(tmp_path / name, FRAMES, 29.97)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "-b.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["-b.mp4", "a.mp4"]


@pytest.mark.parametrize(
    ("frames", "problem"),
    [
        (FRAMES.astype(np.float32), "frames must be uint8 .* got float32"),
        (FRAMES[0], "frames must be uint8"),
        (FRAMES[:0], "T > 0"),
        (FRAMES[:, :63], "height and width must be even, got 63 x 160"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, frames: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        write_mp4(tmp_path / "a.mp4", frames, 10.0)
    assert not list(tmp_path.iterdir())
