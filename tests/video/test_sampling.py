"""The one sampling policy, by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videostar.video.sampling import Sampling, frame_size, plan


def test_each_frame_is_the_middle_of_an_equal_segment() -> None:
    assert plan(Sampling(fps=2, min_frames=1), 3.0).timestamps_seconds == (0.25, 0.75, 1.25, 1.75, 2.25, 2.75)
    assert plan(Sampling(num_frames=1), 5.0).timestamps_seconds == (2.5,)


@pytest.mark.parametrize(
    ("settings", "duration", "count", "words"),
    [
        (Sampling(fps=2, max_frames=64), 600.0, 64, "2 frames per second, capped at max_frames=64"),
        (Sampling(fps=2, min_frames=4), 0.04, 4, "2 frames per second, raised to min_frames=4"),
        (Sampling(fps=0.5), 20.0, 10, "0.5 frames per second"),
        (Sampling(num_frames=8, max_frames=4), 600.0, 8, "8 frames"),
        (Sampling(num_frames=1), 600.0, 1, "1 frame"),
        (Sampling(fps=2, min_frames=9, max_frames=3), 2.0, 3, "2 frames per second, capped at max_frames=3"),
        (Sampling(), 1e300, 64, "2 frames per second, capped at max_frames=64"),
    ],
)
def test_the_cap_that_applied_is_said(settings: Sampling, duration: float, count: int, words: str) -> None:
    planned = plan(settings, duration)
    assert (planned.num_frames, len(planned.timestamps_seconds)) == (count, count)
    assert planned.policy == f"{words}; at most 200704 pixels a frame"


def test_an_unknown_duration_has_a_bound_but_no_timestamps() -> None:
    planned = plan(Sampling(max_frames=16, max_pixels=1000), None)
    assert (planned.timestamps_seconds, planned.num_frames, planned.total_pixels) == ((), 16, 16_000)
    assert planned.policy == "2 frames per second, duration unknown, at most max_frames=16; at most 1000 pixels a frame"


def test_frames_times_pixels_are_known_before_decoding() -> None:
    assert plan(Sampling(num_frames=8, max_pixels=50_176), 10.0).total_pixels == 8 * 50_176


@given(st.floats(0.001, 1e6), st.integers(1, 200))
def test_timestamps_ascend_within_the_clip(duration: float, count: int) -> None:
    moments = plan(Sampling(num_frames=count), duration).timestamps_seconds
    assert len(moments) == count
    assert list(moments) == sorted(moments)
    assert moments[0] > 0
    assert moments[-1] < duration


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.integers(256, 500_000))
def test_a_frame_is_held_under_the_cap_in_its_own_shape(width: int, height: int, max_pixels: int) -> None:
    wide, high = frame_size(width, height, max_pixels)
    assert 1 <= wide <= width
    assert 1 <= high <= height
    assert wide * high <= max_pixels
    if width * height <= max_pixels:
        assert (wide, high) == (width, height)
    elif min(wide, high) > 1:
        assert abs(wide - high * width / height) <= 1 + width / height
