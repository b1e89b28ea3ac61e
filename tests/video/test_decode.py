"""The frame that a moment gets is the one on screen then, whatever the container, codec, rate or orientation."""

from __future__ import annotations

import csv
import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.video.rendered import Recipe, number_of, on_screen, steady, write_numbered
from videostar.video.decode import decode_clip, probe_video
from videostar.video.frames import ClipRef, FrameFailure, Frames
from videostar.video.sampling import Sampling
from videostar.video.source import Source

GAPS = random.Random(7)
VARIABLE = [0.0]
for _ in range(149):
    VARIABLE.append(round(VARIABLE[-1] + GAPS.randint(20, 200) / 1000, 3))
OPEN_GOPS = {"x264-params": "open-gop=1:bframes=3:keyint=12"}
STORED = {
    "mp4": ("a.mp4", VARIABLE, Recipe()),
    "long gops": ("a.mp4", steady(300), Recipe(gop=140)),
    "open gops": ("a.mp4", VARIABLE, Recipe(codec_options=OPEN_GOPS)),
    "no true keyframes": ("a.mp4", VARIABLE, Recipe(codec_options={"x264-params": "intra-refresh=1:keyint=20"})),
    "h265": ("a.mp4", VARIABLE, Recipe("libx265", codec_options={"x265-params": "open-gop=1:keyint=12:log-level=none"})),
    "mkv": ("a.mkv", VARIABLE, Recipe()),
    "av1": ("a.mkv", steady(100), Recipe("libsvtav1")),
    "webm": ("a.webm", VARIABLE, Recipe("libvpx-vp9")),
    "transport stream": ("a.ts", VARIABLE, Recipe(codec_options=OPEN_GOPS)),
    "elementary stream": ("a.h264", steady(120), Recipe()),
    "flv": ("a.flv", VARIABLE, Recipe()),
    "avi": ("a.avi", steady(120), Recipe("mpeg4", codec_options={"bf": "2"})),
    "h264 in avi": ("a.avi", steady(120), Recipe()),
    "gif": ("a.gif", steady(60), Recipe("gif")),
    "turned left": ("a.mov", VARIABLE, Recipe(rotation=90)),
    "turned right": ("a.mov", VARIABLE, Recipe(rotation=-90)),
    "upside down": ("a.mov", VARIABLE, Recipe(rotation=180)),
}


def frames_of(path: Path, settings: Sampling, start: float = 0.0, end: float | None = None) -> Frames:
    found = decode_clip(ClipRef(path, start, end), settings)
    assert isinstance(found, Frames), found
    return found


def failure_of(path: Path, settings: Sampling = Sampling(), start: float = 0.0, end: float | None = None) -> FrameFailure:
    found = decode_clip(ClipRef(path, start, end), settings)
    assert isinstance(found, FrameFailure), found
    return found


@pytest.mark.parametrize("count", [1, 7, 64])
@pytest.mark.parametrize("name", STORED)
def test_the_frame_on_screen_at_each_moment(tmp_path: Path, name: str, count: int) -> None:
    file, times, recipe = STORED[name]
    frames = frames_of(write_numbered(tmp_path / file, times, recipe), Sampling(num_frames=count))
    assert frames.duration_seconds is not None
    moments = [(i + 0.5) * frames.duration_seconds / count for i in range(count)]
    shown = [number_of(picture) for picture in frames.pixels]
    assert shown == [on_screen(times, moment) for moment in moments]
    assert frames.timestamps_seconds == pytest.approx([times[number] for number in shown], abs=0.002)
    assert frames.fps == pytest.approx(count / frames.duration_seconds)
    assert frames.duration_seconds == pytest.approx(times[-1], abs=0.35)


@pytest.mark.parametrize("file", ["a.ts", "a.mkv", "a.webm", "a.mp4"])
def test_a_negative_first_timestamp(tmp_path: Path, file: str) -> None:
    """Players start such a file at its first timestamp; an MP4 says in its edit list that the video starts at 0."""
    times = [seconds - 0.48 for seconds in steady(100)]
    options = {"avoid_negative_ts": "disabled"} | ({"mpegts_copyts": "1"} if file == "a.ts" else {})
    codec = {"a.mkv": "mpeg4", "a.webm": "libvpx"}.get(file, "libx264")
    frames = frames_of(write_numbered(tmp_path / file, times, Recipe(codec, options=options)), Sampling(num_frames=10))
    shift = 12 if file == "a.mp4" else 0
    for picture, seconds in zip(frames.pixels, frames.timestamps_seconds, strict=True):
        assert number_of(picture) - shift == round(seconds * 25)


def test_a_span_is_timed_from_its_start(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "a.mp4", steady(30, fps=2.0), Recipe(gop=5))
    frames = frames_of(path, Sampling(num_frames=4), start=5.25, end=7.25)
    assert [number_of(picture) for picture in frames.pixels] == [11, 12, 13, 14]
    assert frames.timestamps_seconds == (0.25, 0.75, 1.25, 1.75)
    assert frames_of(path, Sampling(num_frames=1), start=5.25, end=5.35).timestamps_seconds == (0.0,), "on screen since before"
    assert frames.clip.duration_seconds == 2.0


def test_a_span_ends_with_the_file_and_must_start_in_it(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "a.mp4", steady(100))
    frames = frames_of(path, Sampling(num_frames=3), start=1.0, end=99.0)
    assert (frames.duration_seconds, [number_of(picture) for picture in frames.pixels]) == (3.0, [37, 62, 87])
    assert failure_of(path, start=4.0) == FrameFailure("ends early", "the clip starts at 4 s but the video ends at 4.000 s")


def test_a_single_frame_is_given_as_often_as_it_is_asked_for(tmp_path: Path) -> None:
    frames = frames_of(write_numbered(tmp_path / "a.mp4", [0.0]), Sampling(num_frames=5))
    assert frames.timestamps_seconds == (0.0,) * 5
    assert [number_of(picture) for picture in frames.pixels] == [0] * 5


def test_non_square_pixels_are_stretched_and_large_frames_shrunk(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "a.mp4", steady(30), Recipe(aspect=Fraction(2)))
    frames = frames_of(path, Sampling(num_frames=2))
    assert (frames.pixels.shape, frames.width, frames.height) == ((2, 64, 320, 3), 320, 64)
    small = frames_of(path, Sampling(num_frames=2, max_pixels=5000))
    assert small.pixels.shape == (2, 31, 158, 3)
    assert [number_of(picture) for picture in small.pixels] == [7, 22]
    assert (small.width, small.height) == (320, 64)


def test_seeking_gives_the_bytes_that_decoding_in_order_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_numbered(tmp_path / "a.mkv", VARIABLE, Recipe(codec_options=OPEN_GOPS))
    sought = frames_of(path, Sampling(num_frames=9))
    monkeypatch.setattr(Source, "key_before", lambda self, seconds: None)
    in_order = frames_of(path, Sampling(num_frames=9))
    assert np.array_equal(sought.pixels, in_order.pixels)
    assert sought.record == in_order.record == frames_of(path, Sampling(num_frames=9)).record


def test_decoding_skips_what_lies_between_the_moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_numbered(tmp_path / "a.mp4", steady(900), Recipe(gop=10))
    decoded = []
    original = Source.frames

    def counted(self: Source, key: object) -> object:
        for shown in original(self, key):  # type: ignore[arg-type]  # passed on as it came
            decoded.append(shown[0])
            yield shown

    monkeypatch.setattr(Source, "frames", counted)
    frames_of(path, Sampling(num_frames=4))
    assert len(decoded) <= 4 * 12


@pytest.mark.parametrize("count", [2, 4, 64])
@pytest.mark.parametrize("file", ["a.mkv", "a.mp4", "a.avi", "a.webm"])
def test_a_file_cut_short_is_a_failure(tmp_path: Path, file: str, count: int) -> None:
    codec = {"a.avi": "mpeg4", "a.webm": "libvpx"}.get(file, "libx264")
    options = {"movflags": "faststart"} if file == "a.mp4" else {}
    path = write_numbered(tmp_path / file, steady(250), Recipe(codec, options=options))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 7 // 10])
    assert failure_of(path, Sampling(num_frames=count)).reason in {"ends early", "decoder error"}


def test_the_end_of_a_cut_file_is_named(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "a.mkv", steady(250))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    failure = failure_of(path, Sampling(num_frames=1))
    assert failure.reason == "ends early"
    assert "those up to 9.000 s at least were expected" in failure.message
    assert isinstance(decode_clip(ClipRef(path, 0.0, 2.0), Sampling()), Frames), "what the row needs is there"


def test_flipped_bits_are_a_failure_not_an_invented_picture(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "a.mp4", steady(100), Recipe(gop=100))
    stored = bytearray(path.read_bytes())
    middle = stored.index(b"mdat") + 3000
    for place in range(middle, middle + 200, 20):
        stored[place] ^= 0x55
    path.write_bytes(stored)
    failure = failure_of(path)
    assert failure.reason == "decoder error"
    assert failure.record.error == f"decoder error: {failure.message}"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.mp4", "", "empty"),
        ("a.mp4", "<html>not found</html>", "unreadable"),
        ("a.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nb.mp4\n#EXT-X-ENDLIST\n", "unreadable"),
        ("a.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nb.mp4\n#EXT-X-ENDLIST\n", "unreadable"),
        ("a.ffconcat", "ffconcat version 1.0\nfile b.mp4\n", "unreadable"),
    ],
)
def test_what_is_not_a_video_and_what_names_other_files(tmp_path: Path, name: str, text: str, reason: str) -> None:
    write_numbered(tmp_path / "b.mp4", steady(30))
    (tmp_path / name).write_text(text)
    assert failure_of(tmp_path / name).reason == reason


@pytest.mark.parametrize("name", ["http://localhost:1/a.mp4", "pipe:0", "-i", "no\x00where.mp4", "x" * 5000])
def test_a_name_is_a_file_name_and_nothing_else(tmp_path: Path, name: str) -> None:
    assert failure_of(Path(name)).reason in {"missing", "unreadable"}


def test_odd_names_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = write_numbered(tmp_path / "a.mp4", steady(30))
    monkeypatch.chdir(tmp_path)
    for name in ("-i", "concat:a|b", "%03d.mp4", "ünï \udcff.mp4"):
        Path(name).write_bytes(plain.read_bytes())
        assert isinstance(decode_clip(ClipRef(Path(name)), Sampling()), Frames), name


def test_a_folder_is_not_a_video(tmp_path: Path) -> None:
    assert failure_of(tmp_path) == FrameFailure("unreadable", "a folder, not a file")
    assert failure_of(tmp_path / "missing.mp4") == FrameFailure("missing", "no such file")


def test_probe_tells_what_a_viewer_sees(tmp_path: Path) -> None:
    info = probe_video(write_numbered(tmp_path / "a.mov", steady(50), Recipe(rotation=90, aspect=Fraction(2))))
    assert not isinstance(info, FrameFailure)
    assert (info.width, info.height, info.num_frames, info.codec) == (160, 128, 50, "h264")
    assert (info.duration_seconds, info.fps) == (2.0, 25.0)
    assert probe_video(tmp_path / "missing.mp4") == FrameFailure("missing", "no such file")


def test_every_real_clip_is_answered(real: Path) -> None:
    with (real / "actions.csv").open() as table:
        found = {row["video"]: decode_clip(ClipRef(real / row["video"]), Sampling()) for row in csv.DictReader(table)}
    assert {video: outcome for video, outcome in found.items() if isinstance(outcome, FrameFailure)} == {}


def test_damaged_clips_are_answered_or_quarantined_as_they_should(real: Path) -> None:
    with (real / "damaged.csv").open() as table:
        rows = list(csv.DictReader(table))
    for count in (1, 4, 64):
        found = {row["video"]: decode_clip(ClipRef(real / row["video"]), Sampling(num_frames=count)) for row in rows}
        answered = {video: "answered" if isinstance(outcome, Frames) else "quarantined" for video, outcome in found.items()}
        assert answered == {row["video"]: row["expected"] for row in rows}


def test_a_phone_video_stands_upright(real: Path) -> None:
    path = real / "videos/rotated_phone.mov"
    frames = frames_of(path, Sampling(num_frames=1, max_pixels=10**6))
    assert (frames.width, frames.height) == (480, 640)
    with av.open(str(path)) as container:
        stored = [frame for frame in container.decode(video=0) if frame.time <= 1.0166 / 2][-1]
    turned = np.rot90(stored.to_ndarray(format="rgb24"), -1).astype(int)
    assert np.abs(turned - frames.pixels[0]).mean() < 2
