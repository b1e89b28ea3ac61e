"""How soon the app is there, how soon it answers, and what a page of a large run costs.

    python benchmarks/app.py start [RUN]
    python benchmarks/app.py answer [VIDEO]
    python benchmarks/app.py browse [--samples 1000000] [--folder KEEP]

`start` runs `videostar app` until its page can be opened, and fetches the page. `answer` opens the embedded model as the app does and
asks two questions about a video (a rendered dive without one) through what the Chat tab calls: the first with the video still to be
decoded. `browse` writes a run of one cycle with that many samples, lets the app take it in, and turns its pages, filtered and not,
near the beginning and at the end; 300 ms a page are allowed.

Beside the time by the clock stands the time of the processor, which a busy machine does not lengthen.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from videostar.app.browse_file import index_path
from videostar.app.browse_index import refresh
from videostar.app.browse_query import Wanted
from videostar.app.browsing import Browsing, View
from videostar.app.context import Context, SharedModel
from videostar.app.media import Media
from videostar.app.sessions import Sessions
from videostar.app.talking import talk
from videostar.app.uploads import Uploads
from videostar.config import checked, resolved_yaml
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.worlds.drawing import VIDEO_FPS, video_times
from videostar.playground.worlds.tables import WORLDS, draw_clips
from videostar.store import RunStore, StageLog, write_json
from videostar.video.write import write_mp4

ALLOWED_MS = 300.0
QUESTIONS = ("How big is the splash?", "Why?")
TICKS = os.sysconf("SC_CLK_TCK")


def start(run: Path | None) -> None:
    """Seconds until the address is printed, and until the page has been fetched."""
    words = [sys.executable, "-m", "videostar.cli", "app", *([] if run is None else [str(run)]), "--port", "0"]
    began = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        address = _first_line(process).split()[1]
        there, busy = time.monotonic() - began, _processor_seconds(process.pid)
        with urllib.request.urlopen(address) as page:  # noqa: S310 - loopback
            size = len(page.read())
        fetched = time.monotonic() - began
        process.terminate()
    print(f"the app is there after {there:.1f} s ({busy:.1f} s of processor); its page of {size / 1024:.0f} KiB after {fetched:.1f} s")


def _first_line(process: subprocess.Popen[str]) -> str:
    return "" if process.stdout is None else process.stdout.readline()


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def answer(video: Path | None) -> None:
    """Seconds to the first words and to the whole answer."""
    with tempfile.TemporaryDirectory() as temporary, _opened({}, Path(temporary)) as context:
        clip = video or _dive(Path(temporary) / "dive.mp4")
        began, busy = time.monotonic(), time.process_time()
        context.model.warm()
        print(f"the model is open after {time.monotonic() - began:.1f} s ({time.process_time() - busy:.1f} s of processor)")
        for question in QUESTIONS:
            began, busy, first = time.monotonic(), time.process_time(), 0.0
            for place, (_, message) in enumerate(talk(context, context.sessions.of("one"), clip, question)):
                first = first or (time.monotonic() - began if place else 0.0)
                if message:
                    raise SystemExit(message)
            whole, used = time.monotonic() - began, time.process_time() - busy
            print(f"{question:24} first words {first:.2f} s, whole {whole:.2f} s ({used:.2f} s of processor)", flush=True)


def _dive(path: Path) -> Path:
    (_, clip), *_ = draw_clips(WORLDS["dives"](0), "test-seen", 1)
    write_mp4(path, clip.frames(video_times(clip.duration_seconds), FRAME_SIZE), VIDEO_FPS)
    return path


def browse(samples: int, folder: Path) -> None:
    """The median and the slowest page of each kind."""
    run = folder / f"run-{samples}"
    if not RunStore(run).ingested.exists():
        _write_run(run, samples)
    began, busy = time.monotonic(), time.process_time()
    with _opened({"run": run}, folder) as context:
        config = context.run("run")[1]
        while not refresh(run, config, 1.0):
            pass
        took, used = time.monotonic() - began, time.process_time() - busy
        size = index_path(run).stat().st_size / 2**20
        print(f"{samples:,} samples taken in within {took:.0f} s ({used:.0f} s of processor), index of {size:.0f} MiB")
        browsing = Browsing(context, "run")
        print(f"{'page':34} {'median ms':>10} {'slowest ms':>10} {'of processor':>12}")
        for name, turn in _turns(browsing, samples).items():
            times, processor = [], []
            for _ in range(9):
                began, busy = time.monotonic(), time.process_time()
                turn()
                times.append(1000 * (time.monotonic() - began))
                processor.append(1000 * (time.process_time() - busy))
            flag = "" if statistics.median(processor) < ALLOWED_MS else "  above what is allowed"
            print(f"{name:34} {statistics.median(times):10.1f} {max(times):10.1f} {statistics.median(processor):12.1f}{flag}", flush=True)


def _turns(browsing: Browsing, samples: int) -> Mapping[str, Callable[[], View]]:
    failed, common = Wanted(cycle="1", route="generated", outcome="fail"), Wanted(text="person", outcome="fail")
    last = browsing.found(f"s-{samples - 21:07d}").place
    return {
        "the first page": lambda: browsing.first(Wanted()),
        "the last page": lambda: browsing.turned(Wanted(), last, forward=True),
        "back from the last page": lambda: browsing.turned(Wanted(), last, forward=False),
        "filtered": lambda: browsing.first(failed),
        "filtered, at the end": lambda: browsing.turned(failed, last, forward=False),
        "the next sample, filtered": lambda: browsing.stepped(failed, last, forward=True),
        "a rare word": lambda: browsing.first(Wanted(text=f"word{samples // 2}")),
        "a word of every sample, filtered": lambda: browsing.first(common),
        "a link to a sample": lambda: browsing.found(f"s-{samples // 2:07d}"),
    }


def _write_run(run: Path, samples: int) -> None:
    store = RunStore(run)
    files = store.cycle(1)
    for path in (store.samples("train"), files.answers):
        path.parent.mkdir(parents=True, exist_ok=True)
    raw = {"run": str(run), "data": {"train": "-"}, "model": {"model_name_or_path": "-", "engine": "scripted"}}
    store.config_path.write_text(resolved_yaml(checked(raw)), encoding="utf-8")
    frames = {"policy": "4 frames", "timestamps_seconds": [0.5, 1.5, 2.5, 3.5], "sha256": "0" * 64, "error": ""}
    asked = {"cycle": 1, "candidate": 0, "route": "generated"}
    made = {"prompt": "What is it?", "finish": "stop", "frames": frames, "model": "-", "seed": 1, "tokens": 9, "seconds": 0.1}
    with store.samples("train").open("w") as table, files.answers.open("w") as answers, files.verdicts.open("w") as verdicts:
        for number in range(samples):
            name, outcome = f"s-{number:07d}", ("pass", "fail", "undecided")[number % 3]
            question = f"What does the person do, word{number}?"
            label = {"kind": "category", "value": f"action {number % 400}"}
            sample = {"id": name, "video": f"{number}.mp4", "question": question, "label": label}
            table.write(f"{json.dumps({**sample, 'split': 'train', 'source': f'source {number % 5}'})}\n")
            text = f"The person does action {number % 400}."
            answers.write(f"{json.dumps({'sample_id': name, **asked, **made, 'text': text})}\n")
            verdict = {"sample_id": name, **asked, "outcome": outcome, "score": 0.5, "extracted": None, "reason": "-"}
            verdicts.write(f"{json.dumps(verdict)}\n")
    progress = StageLog(files.answers).progress_path
    progress.write_text(json.dumps({"bytes": files.answers.stat().st_size}) + "\n", encoding="utf-8")
    write_json(store.ingested, {"root": str(run), "counts": {"train": samples}, "notes": [], "tables": {}})


@contextmanager
def _opened(runs: Mapping[str, Path], folder: Path) -> Iterator[Context]:
    with Uploads() as uploads:
        context = Context(runs, Media((folder,)), uploads, SharedModel(None), Sessions(uploads.forget))
        try:
            yield context
        finally:
            context.model.close()


def main() -> None:
    """One of the three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("start", "answer", "browse"))
    parser.add_argument("subject", nargs="?", type=Path, help="a run to start with, or a video to ask about")
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None, help="where the run stays, to go on with")
    options = parser.parse_args()
    if options.what == "start":
        start(options.subject)
    elif options.what == "answer":
        answer(options.subject)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            browse(options.samples, options.folder or Path(temporary))


if __name__ == "__main__":
    main()
