"""Hours of video by windows: what memory they take, and which of their events are found when.

    python benchmarks/long_videos.py memory [--minutes 60]
    python benchmarks/long_videos.py events [--minutes 120] [--model CHECKPOINT] [--question WORDS] [--folder KEEP]

`memory` indexes a file of one minute and one of many, each in a process of its own that starts from the same checkpoint, and prints
the ratio of their peaks; it counts the decoding processes too.

`events` renders a file in which dives happen among other clips, the kinds in an order drawn by seed, and asks about it window by window.
By default the windows are described, and an event is where descriptions speak of a diver, neighbours joined; `--question` asks a
question for an interval instead, such as one that a checkpoint was trained on. An event is found where one that is told begins within two
seconds of its beginning; whatever is told besides is a false alarm.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from videostar.labels import parse_label
from videostar.people.index import IndexRequest, index
from videostar.people.index_questions import plan_from
from videostar.people.opening import opened
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.worlds.drawing import VIDEO_FPS, video_times
from videostar.playground.worlds.tables import WORLDS, draw_clips
from videostar.ports import Decoding, Silent
from videostar.prompts import asked_of_window
from videostar.seeds import rng_for
from videostar.steps.windowed import Lengths, WindowQuestions, sightings
from videostar.types import Message, Sample
from videostar.video.frames import ClipRef
from videostar.video.windows import Windowing

SEED = 9_009
CLIP_SECONDS = 4.0
DRAWN = 60
"""Different clips of each world; a longer file shows them again in another order."""
DIVES_SHARE = 0.2
NEAR_SECONDS = 2.0
PROMISED_FOUND, PROMISED_ALARMS = 0.8, 1.0
WINDOWING = Windowing(CLIP_SECONDS, CLIP_SECONDS / 2)


@dataclass(frozen=True, slots=True)
class Scene:
    """One clip of the long file: the world that it is of."""

    world: str
    number: int


def scenes(minutes: float) -> list[Scene]:
    """What comes after each other. No two dives touch, so that each is an event of its own."""
    rng = rng_for("long videos", SEED)
    found: list[Scene] = []
    for _ in range(round(minutes * 60 / CLIP_SECONDS)):
        dives = rng.random() < DIVES_SHARE and not (found and found[-1].world == "dives")
        found.append(Scene("dives" if dives else rng.choice(("moves", "procedures")), rng.randrange(DRAWN)))
    return found


def render(path: Path, minutes: float) -> None:
    """The file, clip by clip: H.264 with a keyframe every four seconds; memory does not grow with it."""
    drawn = {name: [clip for _, clip in draw_clips(WORLDS[name](SEED), "test-seen", DRAWN)] for name in ("dives", "moves", "procedures")}
    unfinished = path.with_suffix(".tmp")
    with av.open(str(unfinished), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=VIDEO_FPS, options={"crf": "20", "preset": "veryfast", "threads": "1"})
        stream.pix_fmt, stream.width, stream.height, stream.codec_context.gop_size = "yuv420p", FRAME_SIZE, FRAME_SIZE, 4 * VIDEO_FPS
        for scene in scenes(minutes):
            for pixels in drawn[scene.world][scene.number].frames(video_times(CLIP_SECONDS), FRAME_SIZE):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")))
        container.mux(stream.encode(None))
    unfinished.replace(path)


def true_events(minutes: float) -> list[tuple[float, float]]:
    """Start and end of each dive."""
    return [(place * CLIP_SECONDS, (place + 1) * CLIP_SECONDS) for place, scene in enumerate(scenes(minutes)) if scene.world == "dives"]


def told_events(video: Path, model: str | None, question: str) -> Iterator[tuple[float, float]]:
    """What a checkpoint tells of the file, in seconds."""
    label = parse_label({"kind": "interval", "start_seconds": 0, "end_seconds": 1} if question else {"kind": "text", "value": "-"})
    sample = Sample(id="-", video="-", question=question or "Describe the video.", label=label)
    with opened(model) as watching:
        long = Lengths(watching.frames, WINDOWING).long_clip(ClipRef(video))
        if long is None:
            raise SystemExit(f"{video} is not longer than a window")
        prompt = asked_of_window(sample, "direct")
        asks = WindowQuestions("-", lambda _: (Message("user", prompt),), lambda _: (0,), Decoding(0.0, 1.0, 128))
        windows = long.windows(overlapping=True)
        parts = []
        started = time.monotonic()
        for number, seen in enumerate(sightings(long, windows, watching.frames, watching.model, asks), 1):
            parts.append((seen.window, seen.replies[0].text))
            if number % 50 == 0:
                print(f"  {number} of {len(windows)} windows, {(time.monotonic() - started) / number:.2f} s each", flush=True)
    if question:
        row = label.judge(label.merged(parts, question), question).extracted or []
        yield from ((start, end) for start, end in (row if row and isinstance(row[0], list) else [row] if row else []))
        return
    yield from _spoken_of([(window.start_seconds, "diver" in text.lower()) for window, text in parts])


def _spoken_of(windows: Sequence[tuple[float, bool]]) -> Iterator[tuple[float, float]]:
    """Runs of windows that speak of a diver. Half of a clip is seen by the windows before and after it: a run begins and ends in the
    middle of its first and last window, a run of one is that window."""
    run: list[float] = []
    for start, speaks in [*windows, (0.0, False)]:
        if speaks:
            run.append(start)
        elif run:
            middle = (run[0] + run[-1] + CLIP_SECONDS) / 2
            yield middle - CLIP_SECONDS / 2, middle + CLIP_SECONDS / 2
            run = []


def events(options: argparse.Namespace) -> None:
    """Print which share of events is found, and how many are told that are none."""
    video = options.folder / f"long-{options.minutes:g}.mp4"
    if not video.exists():
        started = time.process_time()
        render(video, options.minutes)
        print(
            f"rendered {options.minutes:g} minutes in {time.process_time() - started:.0f} s of processor, {video.stat().st_size >> 20} MiB"
        )
    true, told = true_events(options.minutes), list(told_events(video, options.model, options.question))
    left = list(told)
    found = 0
    for start, _ in true:
        nearest = min(left, key=lambda one: abs(one[0] - start), default=None)
        if nearest is not None and abs(nearest[0] - start) <= NEAR_SECONDS:
            left.remove(nearest)
            found += 1
    alarms = len(left) / options.minutes * 10
    print(
        f"{len(true)} events in {options.minutes:g} minutes: {found} found within {NEAR_SECONDS:g} s, share {found / max(1, len(true)):.3f}",
        end=" ",
    )
    print(f"(promised: {PROMISED_FOUND}); {len(left)} false alarms, {alarms:.2f} in ten minutes (promised: at most {PROMISED_ALARMS:g})")


def peak_mib() -> float:
    """Of this process and the largest of its children."""
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def one_memory(folder: Path, minutes: float, model: str | None) -> None:
    """In a process of its own: index a file of so many minutes."""
    video = folder / f"memory-{minutes:g}.mp4"
    if not video.exists():
        subprocess.run([sys.executable, __file__, "render", "--minutes", str(minutes), "--folder", str(video)], check=True)
    out = folder / f"memory-{minutes:g}-{os.getpid()}.index"
    with opened(model) as watching:
        account = index(IndexRequest([video], out, plan_from(None, (), WINDOWING)), watching, Silent())
    print(json.dumps({"minutes": minutes, "windows": account.moments, "peak_mib": round(peak_mib())}))


def memory(options: argparse.Namespace) -> None:
    """Print the peak of one minute and of many, and their ratio."""
    rows = []
    for minutes in (1.0, options.minutes):
        words = [sys.executable, __file__, "one-memory", "--minutes", str(minutes), "--folder", str(options.folder)]
        words += ["--model", options.model] if options.model else []
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        print(f"{rows[-1]['minutes']:g} minutes: {rows[-1]['windows']} windows, peak {rows[-1]['peak_mib']} MiB", flush=True)
    print(f"ratio {rows[1]['peak_mib'] / rows[0]['peak_mib']:.3f} (promised: at most 1.2)")


def main() -> None:
    """One of these."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("memory", "events", "one-memory", "render"))
    parser.add_argument("--minutes", type=float, default=None)
    parser.add_argument("--model", default=None)
    parser.add_argument("--question", default="")
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    random.seed(0)
    with tempfile.TemporaryDirectory() as temporary:
        if options.what == "render":
            render(options.folder, options.minutes)
            return
        options.folder = options.folder or Path(temporary)
        options.folder.mkdir(parents=True, exist_ok=True)
        options.minutes = options.minutes or (60.0 if options.what == "memory" else 120.0)
        if options.what == "one-memory":
            one_memory(options.folder, options.minutes, options.model)
        else:
            (memory if options.what == "memory" else events)(options)


if __name__ == "__main__":
    main()
