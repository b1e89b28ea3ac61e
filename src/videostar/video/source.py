"""One opened video file: its header, its packets, its keyframes, its frames with their times. Knows no sampling.

All times are file time in seconds: what a player shows, so the container's first timestamp is 0, whatever it is.
Files are hostile input: only containers of video are opened, only local files are read, a damaged frame is an error.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

import av

from videostar.video.frames import Reason, VideoInfo
from videostar.video.images import upright_size

# Playlists and filter scripts (hls, concat, dash, lavfi...) are left out: they name other files to open.
CONTAINERS = (
    "3gp,apng,asf,av1,avi,dv,flic,flv,gif,h261,h263,h264,hevc,ivf,m4v,matroska,mjpeg,mov,mpeg,mpegts,mpegvideo,mxf,nsv,nut,"
    "obu,ogg,rm,roq,swf,vc1,vvc,webm,wtv,yuv4mpegpipe"
)
OPENING = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
# A decoder that conceals damage would hand out invented pixels. The cap on pixels (four times 8K) stops decompression bombs.
DECODING = {"err_detect": "explode", "max_pixels": str(4 * 7680 * 4320)}
MAX_BACKING_SECONDS = 64.0


Shown: TypeAlias = tuple[float, av.VideoFrame]  # when a frame comes on screen, the frame


class Unreadable(Exception):  # noqa: N818  (a finding about the file, not a fault of the program)
    """The file or the needed part of it cannot be read; becomes a `FrameFailure`."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class Key:
    """A keyframe that decoding can start from. `ticks`: its own time; `seek`: the offset that lands on it."""

    ticks: int
    seek: int


class Source:
    """A file opened for reading frames; a context manager. Raises `Unreadable` where that cannot be.

    Decoding runs on the calling thread alone: callers use processes, and decoders with unbounded threads can deadlock.
    """

    def __init__(self, path: Path) -> None:
        _check_file(path)
        self._url = f"file:{os.path.abspath(path)}"  # the protocol keeps "http://..." and "-i" plain names
        self._container: Any = None
        self._open()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._container.close()

    @property
    def declared_end_seconds(self) -> float | None:
        """Where the header says that the video ends; None where it does not say."""
        stream = self._stream
        ends = []
        if stream.duration:
            ends.append(self._seconds((stream.start_time or 0) + stream.duration))
        elif (tagged := _tagged_duration(stream.metadata.get("DURATION", ""))) is not None:
            ends.append(tagged)
        elif self._container.duration:
            ends.append(self._container.duration / av.time_base)
        if self._is_avi and stream.frames and stream.average_rate:  # a cut AVI shortens its duration, not its frame count
            ends.append(float(stream.frames / stream.average_rate))
        end = max(ends, default=0.0)
        return end if end > 0 else None

    @property
    def frame_seconds(self) -> float:
        """Length of a frame by the header's mean rate."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return 1.0 / float(rate) if rate else 0.0

    def info(self) -> VideoInfo:
        """The header's facts and, for the size as shown, the first frame's."""
        _, frame = next(self.frames(None), (0.0, None))
        if frame is None:
            raise Unreadable("decoder error", "no frame could be decoded")
        width, height = upright_size(frame, self.pixel_aspect)
        stream = self._stream
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        return VideoInfo(self.declared_end_seconds, width, height, rate, stream.frames or None, stream.codec_context.codec.name)

    @property
    def pixel_aspect(self) -> float:
        """Width / height of one stored pixel."""
        return float(self._stream.sample_aspect_ratio or self._stream.codec_context.sample_aspect_ratio or 1)

    def packets_end_seconds(self, after: float | None = None) -> float:
        """Where the last packet ends, found without decoding.

        after: stop as soon as a packet reaches this time, and start from the keyframe before it; None reads the whole file.
        """
        self._go_to(None if after is None else self.key_before(after))
        end, step = 0.0, self.frame_seconds
        for packet in self._container.demux(self._stream):
            if packet.size == 0 or packet.is_corrupt:
                continue
            ticks = self._ticks(packet)
            begin = end if ticks is None else self._seconds(ticks)
            end = max(end, begin + (float(packet.duration * packet.time_base) if packet.duration else step))
            if after is not None and end >= after:
                break
        return end

    def key_before(self, seconds: float) -> Key | None:
        """The last keyframe at or before `seconds`; None where decoding must start at the file's beginning."""
        if not self._seekable:
            return None
        base = self._stream.time_base
        target, first = int((seconds + self._origin) / base), int(self._origin / base)
        back = 0.0
        while back <= MAX_BACKING_SECONDS and (offset := target - int(back / base)) > first:
            packet = self._keyframe_packet(offset)
            ticks = None if packet is None else self._ticks(packet)
            if ticks is not None and self._seconds(ticks) <= seconds:
                return Key(ticks, offset)
            back = max(0.5, 2 * back)
        return None

    def frames(self, key: Key | None) -> Iterator[Shown]:
        """Frames in the order shown with their times, which never go back, from a keyframe or the file's beginning.

        A frame without a time follows the one before by the mean rate. Raises `Unreadable` on a damaged one.
        """
        self._go_to(key)
        last: float | None = None
        for ticks, frame in self._decoded():
            seconds = self._seconds(ticks) if ticks is not None else 0.0 if last is None else last + self.frame_seconds
            last = seconds if last is None else max(last, seconds)
            if frame.is_corrupt:
                raise Unreadable("decoder error", f"the frame at {last:.3f} s is damaged")
            yield last, frame

    def end_of(self, seconds: float, frame: av.VideoFrame) -> float:
        """When a frame shown at `seconds` gives way to the next."""
        return seconds + (float(frame.duration * self._stream.time_base) if frame.duration else self.frame_seconds)

    def _open(self) -> None:
        try:
            self._container = av.open(self._url, mode="r", container_options=OPENING, metadata_errors="replace")
        except (av.FFmpegError, ValueError) as error:
            raise Unreadable("unreadable", _words(error)) from error
        if not self._container.streams.video:
            self._container.close()
            raise Unreadable("no video stream", "the file holds no video stream")
        self._stream = self._container.streams.video[0]
        self._stream.codec_context.options = DECODING
        self._stream.codec_context.thread_count = 1
        # Whole numbers divide correctly rounded, and faster than fractions.
        self._tick: tuple[int, int] = self._stream.time_base.as_integer_ratio()
        self._is_fresh = True  # nothing was read or sought since it was opened
        self._is_avi = self._container.format.name == "avi"
        # A GIF's pictures build on all before. After a seek in AVI, a decoder drops B-frames and nothing tells how many.
        self._seekable = self._container.format.name not in {"gif", "apng", "avi"}
        start = self._container.start_time
        self._origin = start / av.time_base if start is not None else float((self._stream.start_time or 0) * self._stream.time_base)

    def _go_to(self, key: Key | None) -> None:
        if key is None and self._is_fresh:
            self._is_fresh = False
        elif key is None:
            self._container.close()
            self._open()
            self._is_fresh = False
        else:
            self._is_fresh = False
            self._container.seek(key.seek, stream=self._stream)

    def _decoded(self) -> Iterator[tuple[int | None, av.VideoFrame]]:
        """Each frame with its time in ticks. AVI stores none, and what is made up for B-frames jumps: there the n-th packet
        holds the time of the n-th frame shown.
        """
        started, clock = False, deque[int | None]()
        try:
            for packet in self._container.demux(self._stream):
                started = started or packet.is_keyframe  # what comes before the first one refers to frames that are not there
                if not started:
                    continue
                if packet.size:
                    clock.append(packet.dts)
                for frame in packet.decode():
                    yield (clock.popleft() if clock else None) if self._is_avi else frame.pts, frame
        except (av.FFmpegError, MemoryError) as error:
            raise Unreadable("decoder error", _words(error)) from error

    def _keyframe_packet(self, offset: int) -> Any:
        self._is_fresh = False
        try:
            self._container.seek(offset, stream=self._stream)
            return next((packet for packet in self._container.demux(self._stream) if packet.is_keyframe and packet.size), None)
        except av.FFmpegError:  # a format that cannot seek is read from its beginning
            return None

    def _ticks(self, packet: Any) -> int | None:
        ticks: int | None = packet.dts if self._is_avi else packet.pts
        return ticks

    def _seconds(self, ticks: int) -> float:
        return ticks * self._tick[0] / self._tick[1] - self._origin


def _check_file(path: Path) -> None:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable("missing", "no such file") from None
    except (OSError, ValueError) as error:
        raise Unreadable("unreadable", str(error)) from error
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable("unreadable", "a folder, not a file")
    if stat.S_ISREG(found.st_mode) and found.st_size == 0:
        raise Unreadable("empty", "the file has no bytes")


def _tagged_duration(text: str) -> float | None:
    """Seconds of Matroska's "00:00:05.000000000"; None for anything else."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return None


def _words(error: BaseException) -> str:
    """The decoder's message without the path, which the row already names."""
    strerror = getattr(error, "strerror", None)
    return str(strerror or error or type(error).__name__)
