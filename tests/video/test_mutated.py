"""Damaged copies of good clips: each ends as frames of its own clip, or as a counted failure that says what the decoder said."""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import ScriptedRun, rows_of, sample_row
from tests.video.rendered import Recipe, steady, write_numbered
from videostar.config import FramesConfig
from videostar.video.frames import ClipRef, FrameFailure, Frames
from videostar.video.store import FrameStore

COPIES = 200
SECONDS_PER_CLIP = 20.0
KINDS = (
    ("a.mp4", Recipe()),
    ("b.mp4", Recipe(options={"movflags": "frag_keyframe+empty_moov"}, gop=5)),
    ("c.mkv", Recipe(codec_options={"bf": "2"})),
    ("d.webm", Recipe(codec="libvpx", codec_options={"deadline": "realtime", "cpu-used": "8"})),
    ("e.avi", Recipe(codec="mpeg4")),
    ("f.ts", Recipe(gop=8)),
    ("g.gif", Recipe(codec="gif")),
    ("h.mov", Recipe(codec="libx265", rotation=90)),
)
"""Containers and codecs, each with pictures of its own size, so that no clip can be taken for another."""
Mutation = Callable[[bytearray, random.Random], bytearray]


def bits(data: bytearray, rng: random.Random) -> bytearray:
    """One to two hundred flipped bits, anywhere."""
    for _ in range(rng.choice((1, 3, 20, 200))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def head(data: bytearray, rng: random.Random) -> bytearray:
    """A few wrong bytes where the header is."""
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(min(len(data), 512))] = rng.randrange(256)
    return data


def cut(data: bytearray, rng: random.Random) -> bytearray:
    """The rest is missing."""
    return data[: rng.randrange(len(data))]


def hole(data: bytearray, rng: random.Random) -> bytearray:
    """A stretch in the middle is missing."""
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 4096) :]


def swapped(data: bytearray, rng: random.Random) -> bytearray:
    """Two blocks have changed places."""
    size = rng.choice((16, 256, 2048))
    one, two = sorted(rng.randrange(max(1, len(data) - size)) for _ in range(2))
    if two - one < size:
        return bits(data, rng)
    data[one : one + size], data[two : two + size] = data[two : two + size], data[one : one + size]
    return data


def zeros(data: bytearray, rng: random.Random) -> bytearray:
    """A stretch of zeros, as of a download that never came."""
    start = rng.randrange(len(data))
    length = min(rng.randint(1, 4096), len(data) - start)
    data[start : start + length] = bytes(length)
    return data


MUTATIONS: tuple[Mutation, ...] = (bits, head, cut, hole, swapped, zeros)


def mutated(folder: Path, seed: int) -> list[tuple[Path, Path]]:
    """(copy, original), every mutation of every kind of file in turn."""
    rng = random.Random(seed)
    originals = []
    for position, (name, recipe) in enumerate(KINDS):
        own = Recipe(**{**{field: getattr(recipe, field) for field in recipe.__dataclass_fields__}, "width": 160 + 16 * position})
        originals.append(write_numbered(folder / name, steady(40), own))
    copies = []
    for number in range(COPIES):
        original = originals[number % len(originals)]
        change = MUTATIONS[number // len(originals) % len(MUTATIONS)]
        copy = folder / "copies" / f"{number:03d}-{change.__name__}{original.suffix}"
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(change(bytearray(original.read_bytes()), rng))
        copies.append((copy, original))
    return copies


def unlike(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> float:
    """Mean difference of two clips in grey levels."""
    return float(np.abs(one.astype(int) - two.astype(int)).mean())


@pytest.mark.slow
def test_two_hundred_mutated_copies_end_as_their_own_frames_or_as_counted_failures(tmp_path: Path, scripted: ScriptedRun) -> None:
    copies = mutated(tmp_path / "data", int(os.environ.get("MUTATION_SEED", "0")))
    rows = [sample_row(copy.stem, video=str(copy.relative_to(tmp_path / "data")), group=copy.stem) for copy, _ in copies]
    rules = [{"replies": ["The person bends forward, holds a slow stretch and breathes on the mat. So the answer is yoga."]}]
    frames = {"num_frames": 8, "decode_seconds": SECONDS_PER_CLIP, "cache": str(tmp_path / "cache")}
    started = time.monotonic()
    config, _ = scripted(rows, rules, until=(1, "select"), frames=frames)
    assert time.monotonic() - started < COPIES * SECONDS_PER_CLIP / 4
    ledger = json.loads((config.run / "ledger.json").read_text())["cycle-1"]
    failures = sum(count for reason, count in ledger["dropped"].items() if reason.startswith("quarantined: "))
    assert ledger["in"] == COPIES == ledger["kept"] + failures
    assert 20 < failures < COPIES - 20, "both ends are reached"
    answers = {row["sample_id"]: row["frames"] for row in rows_of(config.run / "cycle-1" / "answers.jsonl")}
    quarantined = {row["sample_id"]: row for row in rows_of(config.run / "quarantine.jsonl")}
    assert {name for name, record in answers.items() if record["error"]} == quarantined.keys()
    assert all(row["message"].strip() for row in quarantined.values())
    reasons = Counter(row["reason"] for row in quarantined.values())
    assert not reasons.keys() - {"unreadable", "ends early", "decoder error", "empty", "no video stream", "time limit"}
    seen = check_pictures(config.frames, copies, answers)
    assert seen == COPIES - failures


def check_pictures(settings: FramesConfig, copies: list[tuple[Path, Path]], answers: dict[str, dict[str, str]]) -> int:
    """What was read is the clip itself: its size, and pictures nearer to it than to any other clip of such a size."""
    originals = sorted({original for _, original in copies})
    seen = 0
    with FrameStore(settings) as store:
        whole = dict(zip(originals, store.load(ClipRef(path) for path in originals), strict=True))
        assert all(isinstance(item, Frames) for item in whole.values()), whole
        for (copy, original), found in zip(copies, store.load(ClipRef(copy) for copy, _ in copies), strict=True):
            record = answers[copy.stem]
            if isinstance(found, FrameFailure):
                assert record["error"] == f"{found.reason}: {found.message}", "a second look says the same"
                continue
            seen += 1
            own = whole[original]
            assert isinstance(own, Frames)
            assert found.record.sha256 == record["sha256"]
            assert len(found.timestamps_seconds) == 8, "never fewer frames"
            assert list(found.timestamps_seconds) == sorted(found.timestamps_seconds)
            if found.pixels.shape == own.pixels.shape:
                blank = np.full_like(own.pixels, 128)
                assert unlike(found.pixels, own.pixels) < unlike(blank, own.pixels), f"{copy.name} shows something else"
    return seen
