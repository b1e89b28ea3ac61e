"""The frames of one clip, decoded in this process. Callers that must survive hostile files use `FrameStore`.

Moments are grouped by the keyframe before them; each group is decoded once, from its keyframe to its last moment, and
what lies between groups is never decoded. With a single keyframe that is decoding in order.

A partial decode is a failure, never fewer frames: an error in the needed range, or a stream that ends more than a tenth
of the clip before the clip's end, quarantines it. The clip's end is what the row says or, if sooner, what the header says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from videostar.types import FrameRecord
from videostar.video.frames import ClipRef, FrameFailure, Frames, VideoInfo, frames_sha256
from videostar.video.images import upright_rgb, upright_size
from videostar.video.sampling import Sampling, frame_size, plan
from videostar.video.source import Key, Shown, Source, Unreadable

SAME_MOMENT_SECONDS = 1e-6
NEAR_SECONDS = 3.0  # from the beginning of a file: looking for keyframes takes longer than decoding so much
MISSING_SHARE = 0.1  # of a clip: how much sooner than its end a stream may end
MISSING_SECONDS = 0.5  # likewise for short spans: a header's duration is often that of the sound

Moment: TypeAlias = tuple[int, float]  # index of a frame in the plan, file time in seconds


def decode_clip(clip: ClipRef, settings: Sampling) -> Frames | FrameFailure:
    """The sampled frames of a clip, or why there are none. The same file and settings give the same bytes.

    An `end_seconds` after the end of the file means the end of the file.
    """
    try:
        with Source(clip.path) as source:
            return _sampled(source, clip, settings)
    except Unreadable as error:
        return FrameFailure(error.reason, error.message)


def probe_video(path: Path) -> VideoInfo | FrameFailure:
    """A file's facts from its header and first frame."""
    try:
        with Source(path) as source:
            return source.info()
    except Unreadable as error:
        return FrameFailure(error.reason, error.message)


class _Album:
    """The frames of a clip as they come in: one array, whose size the first frame decides."""

    def __init__(self, count: int, pixel_aspect: float, max_pixels: int) -> None:
        self.times = [0.0] * count
        self.source_size = (0, 0)
        self.pixels: NDArray[np.uint8] = np.empty((0, 0, 0, 3), np.uint8)
        self._pixel_aspect = pixel_aspect
        self._max_pixels = max_pixels
        self._scaler = VideoReformatter()
        self._last: tuple[av.VideoFrame, int] | None = None

    def place(self, index: int, seconds: float, frame: av.VideoFrame) -> None:
        """Put the frame at `index`; one frame at several places is converted once."""
        if not self.pixels.size:
            self.source_size = upright_size(frame, self._pixel_aspect)
            width, height = frame_size(*self.source_size, self._max_pixels)
            self.pixels = np.empty((len(self.times), height, width, 3), np.uint8)
        self.times[index] = seconds
        if self._last is not None and self._last[0] is frame:
            self.pixels[index] = self.pixels[self._last[1]]
        else:
            self.pixels[index] = upright_rgb(frame, (self.pixels.shape[2], self.pixels.shape[1]), self._scaler)
            self._last = (frame, index)


def _sampled(source: Source, clip: ClipRef, settings: Sampling) -> Frames:
    end = source.declared_end_seconds or source.packets_end_seconds()
    stop = end if clip.end_seconds is None else min(clip.end_seconds, end)
    duration = stop - clip.start_seconds
    if duration <= 0:
        raise Unreadable("ends early", f"the clip starts at {clip.start_seconds:g} s but the video ends at {end:.3f} s")
    planned = plan(settings, duration)
    needed = stop - max(MISSING_SHARE * duration, min(MISSING_SHARE * end, MISSING_SECONDS))
    moments = [(index, clip.start_seconds + moment) for index, moment in enumerate(planned.timestamps_seconds)]
    album = _Album(len(moments), source.pixel_aspect, settings.max_pixels)
    _place_all(album, source, moments, needed)
    if moments[-1][1] < needed:
        _check_reached(source.packets_end_seconds(after=needed), needed)
    times = tuple(round(max(0.0, seconds - clip.start_seconds), 6) for seconds in album.times)
    record = FrameRecord(planned.policy, times, frames_sha256(album.pixels, times))
    return Frames(album.pixels, times, len(times) / duration, record, duration, *album.source_size)


def _groups(source: Source, moments: Sequence[Moment]) -> Iterator[tuple[Key | None, list[Moment]]]:
    """Moments by the keyframe that they are decoded from. What lies near the beginning is decoded in order, without a search."""
    if moments[-1][1] <= NEAR_SECONDS:
        yield None, list(moments)
        return
    keyed = zip(_keys(source, moments), moments, strict=True)
    for _, group in groupby(keyed, key=lambda pair: None if pair[0] is None else pair[0].ticks):
        members = list(group)
        yield members[0][0], [moment for _, moment in members]


def _keys(source: Source, moments: Sequence[Moment]) -> list[Key | None]:
    """The keyframe of each moment. Keyframes follow in time, so those between two moments with the same one have it too."""
    keys: list[Key | None] = [None] * len(moments)

    def look(first: int, last: int) -> None:
        """Between two moments whose keyframes are known."""
        low, high = keys[first], keys[last]
        if (low is None) == (high is None) and (low is None or high is None or low.ticks == high.ticks):
            keys[first : last + 1] = [low] * (last - first + 1)
        elif last - first > 1:
            middle = (first + last) // 2
            keys[middle] = source.key_before(moments[middle][1])
            look(first, middle)
            look(middle, last)

    keys[0] = source.key_before(moments[0][1])
    keys[-1] = keys[0] if len(moments) == 1 else source.key_before(moments[-1][1])
    look(0, len(moments) - 1)
    return keys


def _place_all(album: _Album, source: Source, moments: Sequence[Moment], needed: float) -> None:
    """By seeking; if that fails, in order from the beginning, whose verdict counts: some streams call frames keyframes that are not."""
    groups = list(_groups(source, moments))
    try:
        for key, group in groups:
            _place(album, source, key, group, needed)
    except Unreadable as error:
        if error.reason != "decoder error" or all(key is None for key, _ in groups):
            raise
        _place(album, source, None, moments, needed)


def _place(album: _Album, source: Source, key: Key | None, group: Sequence[Moment], needed: float) -> None:
    waiting = 0
    current: Shown | None = None
    for shown in source.frames(key):
        while shown[0] > group[waiting][1] + SAME_MOMENT_SECONDS:
            if current is None and key is not None:
                raise Unreadable("decoder error", f"no frame could be decoded at {group[waiting][1]:.3f} s")
            album.place(group[waiting][0], *(current or shown))  # before the first frame of a file, players show the first
            waiting += 1
            if waiting == len(group):
                return
        current = shown
    if current is None:
        raise Unreadable("decoder error", "no frame could be decoded")
    _check_reached(source.end_of(*current), needed)
    for index, _ in group[waiting:]:
        album.place(index, *current)


def _check_reached(end: float, needed: float) -> None:
    if end + SAME_MOMENT_SECONDS < needed:
        raise Unreadable("ends early", f"the pictures end at {end:.3f} s, those up to {needed:.3f} s at least were expected")
