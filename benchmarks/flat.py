"""Memory and time up to the first answer, for tables of a thousand to a million samples: what grows with the table, and what does not.

    python benchmarks/flat.py [--largest 1000000] [--write]

Each size runs in a process of its own with a scripted model: the table is checked and ordered, the first batch is asked, and there it
ends. Processor time is measured, so that other work on the machine does not count. `--write` puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from videostar.build import ConfiguredAdapters
from videostar.config import checked
from videostar.loop import stages
from videostar.ports import Silent
from videostar.store import RunStore, write_rows
from videostar.video.write import write_mp4

SIZES = (1_000, 10_000, 100_000, 1_000_000)


class Answered(BaseException):
    """The first answers are on disk."""


class First(Silent):
    """Ends the run at the first batch."""

    def progress(self, title: str, total: int, done: int = 0) -> AbstractContextManager[Any]:
        """A bar that counts nothing."""
        return nullcontext(self)

    def advance(self, units: int = 1) -> None:
        """The first batch."""
        raise Answered


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Not in the order of ids, as tables are not; two questions a video."""
    for number in range(count):
        name = (number * 7_919) % count
        label = {"kind": "category", "value": "yoga", "aliases": ["doing yoga"]}
        yield {"id": f"s{name:08d}", "video": "a.mp4", "question": "What is the person doing?", "label": label, "group": f"g{name // 2}"}


def first_answer(folder: Path) -> None:
    """In a process of its own: print processor seconds until tables are checked, until the first answers, and peak MiB for both."""
    script = folder / "script.json"
    script.write_text('{"default": ["So the answer is yoga."]}', encoding="utf-8")
    raw = {"run": str(folder / "run"), "cycles": 1, "data": {"train": str(folder / "t.jsonl")}, "frames": {"cache_gib": 0, "num_frames": 4}}
    config = checked({**raw, "model": {"model_name_or_path": str(script), "engine": "scripted"}})
    started = time.process_time()
    ingested = RunStore(config.run).ingested
    try:
        for _ in stages(config, Timed(config, ingested, started), First()):
            pass
    except Answered:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"checked": MARKS["checked"], "answered": time.process_time() - started - MARKS["checked"], "peak": peak}))


MARKS: dict[str, float] = {}


class Timed(ConfiguredAdapters):
    """Notes when the tables are done: frames are asked for right after."""

    def __init__(self, config: Any, ingested: Path, started: float) -> None:
        super().__init__(config)
        self._ingested, self._started = ingested, started

    def frames(self) -> Any:
        """As configured."""
        if self._ingested.exists():
            MARKS["checked"] = time.process_time() - self._started
        return super().frames()


def measured(count: int) -> dict[str, float]:
    """One size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(folder / "t.jsonl", rows(count))
        write_mp4(folder / "a.mp4", np.full((16, 64, 64, 3), 90, np.uint8), 8.0)
        command = [sys.executable, __file__, "--in", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found: dict[str, float] = json.loads(done.stdout)
        return found


def main() -> None:
    """Print a line for each size, and ratios to the smallest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--in", dest="folder", type=Path, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder is not None:
        first_answer(options.folder)
        return
    found = {count: measured(count) for count in SIZES if count <= options.largest}
    least = found[SIZES[0]]
    lines = [
        [
            f"{count:,}",
            f"{item['peak']:.0f} MiB",
            f"{item['peak'] / least['peak']:.2f}",
            f"{item['answered']:.2f} s",
            f"{item['answered'] / least['answered']:.2f}",
            f"{item['checked']:.1f} s",
            f"{1e6 * item['checked'] / count:.0f} us",
        ]
        for count, item in found.items()
    ]
    head = [
        "samples",
        "most memory",
        "ratio",
        "from checked tables to the first answers",
        "ratio",
        "checking tables, once a run",
        "a sample",
    ]
    for line in [head, *lines]:
        print("  ".join(f"{cell:>14}" for cell in line))
    if options.write:
        from sections import table, write_section

        text = (
            f"{table(head, lines)}\n\nSeconds are processor time of one process with a scripted model; ratios are to the smallest table. "
            "Memory and the time from checked tables to the first answers stay as they are; checking a table, which tells every mistake in "
            "it before any model is loaded, takes its time a sample."
        )
        write_section("benchmarks/flat.py", "Memory and time to the first answer", text)


if __name__ == "__main__":
    main()
