"""Clips in, frames out, in order: from memory, from disk by content, or by decoding each once."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from tests.video.rendered import Recipe, number_of, steady, write_numbered
from videostar.config import FramesConfig
from videostar.errors import ConfigError
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, FrameFailure, Frames
from videostar.video.sampling import Sampling
from videostar.video.store import FrameCounts, FrameStore


@pytest.fixture
def settings(tmp_path: Path) -> FramesConfig:
    return FramesConfig(num_frames=4, cache=tmp_path / "cache", cache_gib=1, decode_seconds=30)


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    folder.mkdir()
    for number in range(3):
        write_numbered(folder / f"{number}.mp4", steady(25 * (number + 1)))
    return folder


def loaded(settings: FramesConfig, root: Path, *clips: ClipRef) -> tuple[list[Frames | FrameFailure], FrameCounts]:
    with FrameStore(settings, root) as store:
        return list(store.load(clips)), store.counts


def only(settings: FramesConfig, root: Path, name: str = "0.mp4") -> tuple[Frames | FrameFailure, FrameCounts]:
    found, counts = loaded(settings, root, ClipRef(Path(name)))
    return found[0], counts


def entries(settings: FramesConfig) -> list[Path]:
    return sorted((settings.cache / "frames").rglob("*.*"))


def test_frames_come_in_order_and_are_those_of_the_decoder(settings: FramesConfig, videos: Path) -> None:
    names = [f"{number}.mp4" for number in (2, 0, 1, 2, 0, 1, 2, 0)]
    found, counts = loaded(settings, videos, *(ClipRef(Path(name)) for name in names))
    assert counts == FrameCounts(decoded=3, cached=5)
    for name, frames in zip(names, found, strict=True):
        direct = decode_clip(ClipRef(videos / name), Sampling.of(settings))
        assert isinstance(frames, Frames)
        assert isinstance(direct, Frames)
        assert np.array_equal(frames.pixels, direct.pixels)
        assert (frames.record, frames.clip, frames.fps) == (direct.record, direct.clip, direct.fps)


def test_a_bad_clip_stands_in_its_place(settings: FramesConfig, videos: Path) -> None:
    (videos / "bad.mp4").write_text("not a video")
    found, counts = loaded(settings, videos, *(ClipRef(Path(name)) for name in ("0.mp4", "bad.mp4", "none.mp4", "1.mp4")))
    assert [item.reason if isinstance(item, FrameFailure) else len(item.pixels) for item in found] == [4, "unreadable", "missing", 4]
    assert counts == FrameCounts(decoded=2, failed=2)


def test_a_hanging_file_costs_one_row(settings: FramesConfig, videos: Path) -> None:
    os.mkfifo(videos / "hang.mp4")
    quick = settings.model_copy(update={"decode_seconds": 3.0, "cache_gib": 0})
    found, counts = loaded(quick, videos, *(ClipRef(Path(name)) for name in ("0.mp4", "hang.mp4", "1.mp4", "2.mp4")))
    assert [isinstance(item, Frames) for item in found] == [True, False, True, True]
    assert isinstance(found[1], FrameFailure)
    assert found[1].reason == "time limit"
    assert counts == FrameCounts(decoded=3, failed=1)


def test_frames_on_disk_are_the_decoded_ones(settings: FramesConfig, videos: Path) -> None:
    first, counts = only(settings, videos)
    again, counts_again = only(settings, videos)
    assert (counts, counts_again) == (FrameCounts(decoded=1), FrameCounts(cached=1))
    assert isinstance(first, Frames)
    assert isinstance(again, Frames)
    assert np.array_equal(first.pixels, again.pixels)
    assert (first.record, first.clip, first.fps) == (again.record, again.clip, again.fps)


def test_frames_on_disk_are_known_by_content(settings: FramesConfig, videos: Path) -> None:
    only(settings, videos)
    shutil.copy(videos / "0.mp4", videos / "copy.mp4")
    assert only(settings, videos, "copy.mp4")[1] == FrameCounts(cached=1)
    write_numbered(videos / "0.mp4", steady(100))
    changed, counts = only(settings, videos)
    assert counts == FrameCounts(decoded=1)
    assert isinstance(changed, Frames)
    assert number_of(changed.pixels[-1]) == 87


@pytest.mark.parametrize("change", [{"num_frames": 5}, {"num_frames": None, "fps": 4.0}, {"max_pixels": 5000}])
def test_other_settings_are_other_frames(settings: FramesConfig, videos: Path, change: dict[str, object]) -> None:
    only(settings, videos)
    assert only(settings.model_copy(update=change), videos)[1] == FrameCounts(decoded=1)
    assert loaded(settings, videos, ClipRef(Path("0.mp4"), 0.0, 0.5))[1] == FrameCounts(decoded=1)


@pytest.mark.parametrize("damage", ["torn", "flipped pixel", "flipped fact", "emptied", "another's"])
def test_a_damaged_entry_is_decoded_again_and_mended(settings: FramesConfig, videos: Path, damage: str) -> None:
    first, _ = only(settings, videos)
    (place,) = entries(settings)
    stored = bytearray(place.read_bytes())
    if damage == "flipped pixel":
        stored[-1] ^= 1
    elif damage == "flipped fact":
        stored[stored.index(b"fps") + 7] ^= 1
    elif damage == "another's":
        stored = stored[:8] + stored[8:].replace(b"pixels", b"pixel5")
    place.write_bytes(bytes({"torn": stored[: len(stored) // 2], "emptied": b""}.get(damage, stored)))
    again, counts = only(settings, videos)
    assert counts == FrameCounts(decoded=1)
    assert isinstance(first, Frames)
    assert isinstance(again, Frames)
    assert first.record == again.record
    assert only(settings, videos)[1] == FrameCounts(cached=1)


def test_beyond_its_limit_the_cache_lets_the_longest_unused_go(settings: FramesConfig, tmp_path: Path) -> None:
    for number in range(4):
        write_numbered(tmp_path / f"{number}.mp4", steady(10 + number), Recipe(height=128, width=320))
    entry_bytes = 4 * 128 * 320 * 3
    small = settings.model_copy(update={"cache_gib": 3.5 * entry_bytes / 2**30})
    for number in range(3):
        only(small, tmp_path, f"{number}.mp4")
    assert only(small, tmp_path, "0.mp4")[1] == FrameCounts(cached=1)
    only(small, tmp_path, "3.mp4")
    assert sum(place.stat().st_size for place in entries(small)) <= 3.5 * entry_bytes
    assert only(small, tmp_path, "0.mp4")[1] == FrameCounts(cached=1), "used last"
    assert only(small, tmp_path, "1.mp4")[1] == FrameCounts(decoded=1), "the longest unused"


def test_without_a_cache_nothing_is_kept_on_disk(settings: FramesConfig, videos: Path) -> None:
    bare = settings.model_copy(update={"cache_gib": 0})
    assert only(bare, videos)[1] == FrameCounts(decoded=1)
    assert only(bare, videos)[1] == FrameCounts(decoded=1)
    assert not settings.cache.exists()


def test_a_failure_is_remembered_within_a_run_only(settings: FramesConfig, videos: Path) -> None:
    path = videos / "0.mp4"
    good, facts = path.read_bytes(), path.stat()
    path.write_bytes(b"x" * len(good))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    bare = settings.model_copy(update={"cache_gib": 0})
    with FrameStore(bare, videos) as store:
        assert [item.reason for item in store.load([ClipRef(Path("0.mp4"))]) if isinstance(item, FrameFailure)] == ["unreadable"]
        path.write_bytes(good)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert isinstance(next(store.load([ClipRef(Path("0.mp4"))])), FrameFailure)
        assert store.counts == FrameCounts(failed=2)
    assert only(bare, videos)[1] == FrameCounts(decoded=1)


def test_a_caller_may_stop_early(settings: FramesConfig, videos: Path) -> None:
    with FrameStore(settings, videos) as store:
        clips = [ClipRef(Path(f"{number % 3}.mp4"), 0.0, 0.2 + number / 10) for number in range(9)]
        next(store.load(clips))
        assert [isinstance(item, Frames) for item in store.load(clips)] == [True] * 9
        next(store.load(clips))


@pytest.mark.parametrize(("num_frames", "ahead"), [(4, 128), (4096, 2)])
def test_clips_are_taken_ahead_within_a_bound_on_memory(settings: FramesConfig, videos: Path, num_frames: int, ahead: int) -> None:
    """Of small ones as many as a batch is about; of those that may be large a few for each process."""
    taken = []

    def clips() -> object:
        for number in range(1000):
            taken.append(number)
            yield ClipRef(Path("0.mp4"), 0.0, 0.1 + number / 2000)

    with FrameStore(settings.model_copy(update={"decode_workers": 1, "num_frames": num_frames}), videos) as store:
        next(store.load(clips()))  # type: ignore[arg-type]  # a generator
    assert len(taken) == ahead + 1


def test_a_folder_that_cannot_be_used_is_told(settings: FramesConfig, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"frames\.cache: .*file.* cannot be used: .*; name another folder or set frames\.cache_gib=0"):
        FrameStore(settings.model_copy(update={"cache": tmp_path / "file"}))


def test_two_processes_may_share_a_cache(settings: FramesConfig, videos: Path) -> None:
    program = textwrap.dedent(f"""
        from pathlib import Path
        from videostar.config import FramesConfig
        from videostar.video.frames import ClipRef
        from videostar.video.store import FrameStore
        settings = FramesConfig(num_frames=4, cache=Path({str(settings.cache)!r}), cache_gib=0.0002)
        clips = [ClipRef(Path(f"{{i % 3}}.mp4"), 0.0, 0.3 + i // 3 / 10) for i in range(24)]
        with FrameStore(settings, Path({str(videos)!r})) as store:
            print([frames.record.sha256 for frames in store.load(clips)])
    """)
    command = [sys.executable, "-c", program]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert said[0] == said[1]
    assert len(said[0]) > 24 * 64
    assert not list(settings.cache.rglob("*.tmp"))


def test_probing_goes_through_a_process_too(settings: FramesConfig, videos: Path) -> None:
    with FrameStore(settings, videos) as store:
        info = store.probe(Path("0.mp4"))
        assert not isinstance(info, FrameFailure)
        assert (info.duration_seconds, info.width, info.height, info.codec) == (1.0, 160, 64, "h264")
        assert store.probe(Path("none.mp4")) == FrameFailure("missing", "no such file")


def test_real_clips_are_answered_or_quarantined_as_they_should(settings: FramesConfig, real: Path) -> None:
    rows = [row for name in ("actions.csv", "damaged.csv") for row in csv.DictReader((real / name).open())]
    found, counts = loaded(settings, real, *(ClipRef(Path(row["video"])) for row in rows))
    answered = ["answered" if isinstance(item, Frames) else "quarantined" for item in found]
    assert answered == [row.get("expected", "answered") for row in rows]
    assert counts == FrameCounts(decoded=answered.count("answered"), failed=answered.count("quarantined"))
