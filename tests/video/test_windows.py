"""Windows cover a clip, overlap by exactly what is asked for, and own it end to end."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videostar.config import FramesConfig, checked
from videostar.errors import ConfigError
from videostar.video.windows import MOST_WINDOWS, Windowing


@settings(deadline=None, max_examples=60)
@given(st.floats(0.05, 4_000), st.floats(1, 120), st.floats(0, 0.5), st.booleans())
def test_windows_cover_the_clip_and_own_it_end_to_end(duration: float, window: float, share: float, overlapping: bool) -> None:
    windowing = Windowing(window, window * share)
    found = windowing.cut(duration, overlapping)
    assert (found[0].start_seconds, found[-1].end_seconds) == (0.0, duration)
    assert (found[0].owned_start_seconds, found[-1].owned_end_seconds) == (0.0, duration)
    shared = windowing.overlap_seconds if overlapping and windowing.is_long(duration) else 0.0
    for one, two in pairwise(found):
        assert abs(one.end_seconds - two.start_seconds - shared) <= 0.003
        assert one.owned_end_seconds == two.owned_start_seconds
        assert two.start_seconds - 1e-3 <= one.owned_end_seconds <= one.end_seconds + 1e-3
    if len(found) > 1:
        assert max(one.seconds for one in found) <= window + 0.003
        assert min(one.seconds for one in found) > window / 3
        assert len({round(one.seconds, 1) for one in found}) <= 2


def test_a_clip_hardly_longer_than_a_window_is_looked_at_as_a_whole() -> None:
    assert len(Windowing(10, 2).cut(10.9)) == 1
    assert len(Windowing(10, 2).cut(11.1)) == 2


def test_a_clip_of_absurd_length_is_refused() -> None:
    with pytest.raises(ValueError, match=f"at most {MOST_WINDOWS}"):
        Windowing(1, 0.5).cut(1e9)


def test_a_config_has_no_windows_unless_it_says_so() -> None:
    assert Windowing.of(FramesConfig()) is None
    assert Windowing.of(FramesConfig(window_seconds=8)) == Windowing(8, 2)
    assert Windowing.of(FramesConfig(window_seconds=8, window_overlap_seconds=0)) == Windowing(8, 0)


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ({"window_seconds": 0}, r'"frames.window_seconds" is 0: input should be greater than 0'),
        ({"window_seconds": 4, "window_overlap_seconds": 3}, r'"frames.window_overlap_seconds" is 3; at most half of .* \(4\) can overlap'),
        ({"window_overlap_seconds": 1}, r'"frames.window_overlap_seconds" is set without "frames.window_seconds"; set both, or neither'),
    ],
)
def test_mistakes_in_the_config_are_told(frames: dict[str, float], message: str, tmp_path: Path) -> None:
    raw = {"run": str(tmp_path), "data": {"train": "t.jsonl"}, "model": {"model_name_or_path": "m"}, "frames": frames}
    with pytest.raises(ConfigError, match=message):
        checked(raw)
