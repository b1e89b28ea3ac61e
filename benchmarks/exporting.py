"""Selecting and exporting at scale: processor time and memory from a table of samples to files, without a model.

    python benchmarks/exporting.py 1000000 swift parquet
    python benchmarks/exporting.py samples.jsonl

Checks the table, makes up two judged answers to each sample, selects all forms and exports. Each stage runs in a process of its
own, whose peak memory is told.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from videostar.config import checked
from videostar.export.make import export
from videostar.labels import parse_label
from videostar.rows import read_rows
from videostar.steps.ingest import ingest, ingested
from videostar.steps.keep import select_conversations
from videostar.steps.run import Records
from videostar.store import RunStore, read_config, write_json, write_rows

ACTIONS = tuple(f"{verb} the {thing}" for verb in ("opening", "closing", "washing", "lifting") for thing in ("door", "cup", "box", "lamp"))
RIGHT = "The person moves both hands, looks at number {number} and then lets go of it slowly. So the answer is {answer}."
WRONG = "The person stands still beside the table for a long while. So the answer is waiting."
FRAMES = {"policy": "8 frames", "timestamps_seconds": [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5], "sha256": "0" * 64, "error": ""}


def sample_rows(count: int) -> Iterator[dict[str, Any]]:
    """Two questions a video, in the order of ids."""
    for number in range(count):
        answer, earlier = ACTIONS[number // 2 % len(ACTIONS)], ACTIONS[(number // 2 + 5) % len(ACTIONS)]
        question = f'What happens right before "{answer}"?' if number % 2 else "Which action ends the clip?"
        yield {
            "id": f"s{number:08d}",
            "video": f"videos/{number // 2:07d}.mp4",
            "question": question,
            "label": {"kind": "category", "value": earlier if number % 2 else answer},
            "start_seconds": 0.0,
            "end_seconds": None,
            "task": "before" if number % 2 else "action",
            "split": "train",
            "source": "made",
            "group": f"{number // 2:07d}",
            "meta": {},
        }


def check_table(samples: Path, run: Path) -> None:
    """What `videostar run` does first: every row checked and ordered by id."""
    forms = {"reasoned": 0.4, "direct": 0.3, "choice": 0.3, "multi_turn": 0.3}
    raw = {"run": str(run), "data": {"train": str(samples)}, "model": {"model_name_or_path": "made"}, "select": {"forms": forms}}
    config = checked(raw)
    with closing(RunStore(run).open(config)) as store:
        ingest(config, store)


def make_answers(run: Path) -> int:
    """A right and a wrong answer to each train sample, judged; the number of samples. Not measured: a model's work."""
    store, count = RunStore(run), 0
    files = store.cycle(1)
    files.folder.mkdir()
    with files.answers.open("w") as answers, files.verdicts.open("w") as verdicts:
        for count, sample in enumerate(read_rows(store.samples("train")), 1):
            right = RIGHT.format(number=count, answer=parse_label(sample["label"]).answer_text())
            for candidate, text in enumerate((right, WRONG)):
                ids = {"sample_id": sample["id"], "cycle": 1, "candidate": candidate, "route": "generated"}
                rest = {"prompt": sample["question"], "text": text, "finish": "stop", "frames": FRAMES, "model": "made", "seed": candidate}
                answers.write(json.dumps({**ids, **rest, "tokens": 20, "seconds": 0.1}) + "\n")
                outcome, score = ("fail", 0.0) if candidate else ("pass", 1.0)
                verdicts.write(json.dumps({**ids, "outcome": outcome, "score": score, "extracted": "", "reason": "made"}) + "\n")
    write_rows(files.rationales, ())
    write_rows(files.rationale_verdicts, ())
    return count


def select(run: Path) -> None:
    """What `videostar run` does between judging and training."""
    config, store = read_config(run), RunStore(run)
    entry = select_conversations(Records(config, store, ingested(config, store)), 1)
    write_json(store.cycle(1).selection, entry)
    write_json(store.ledger, {"cycle-1": entry})


def measured(samples: Path, folder: Path, formats: Iterable[str]) -> None:
    """Print a line for each stage over a table of samples."""
    lines = [_apart("check", folder, samples)]
    count = make_answers(folder / "run")
    lines += [_apart(stage, folder, samples) for stage in ("select", *(f"export {name}" for name in formats))]
    print(f"{count:,} samples, {2 * count:,} answers")
    for stage, seconds, peak in lines:
        print(f"{stage:24}  {seconds:8.1f} s of processor  {1e6 * seconds / count:8.0f} us a sample  {peak:8.0f} MiB at most", flush=True)


def _apart(stage: str, folder: Path, samples: Path) -> tuple[str, float, float]:
    """One stage in a process of its own: its name, processor seconds and peak MiB."""
    done = subprocess.run(
        [sys.executable, __file__, "--stage", stage, str(folder), str(samples)], capture_output=True, text=True, check=True
    )
    seconds, peak = done.stdout.split()
    return stage, float(seconds), float(peak)


def _stage(stage: str, folder: Path, samples: Path) -> None:
    started = time.process_time()
    if stage == "check":
        check_table(samples, folder / "run")
    elif stage == "select":
        select(folder / "run")
    else:
        name = stage.removeprefix("export ")
        export(folder / "run", name, folder / name)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(time.process_time() - started, peak)


def main(source: str, formats: list[str]) -> None:
    """`source`: a number of samples to make up, or a table of samples."""
    with tempfile.TemporaryDirectory() as name:
        samples = Path(source)
        if source.isdecimal():
            samples = Path(name) / "samples.jsonl"
            write_rows(samples, sample_rows(int(source)))
        measured(samples.absolute(), Path(name), formats)


if __name__ == "__main__":
    if sys.argv[1] == "--stage":
        _stage(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(sys.argv[1], sys.argv[2:] or ["swift", "parquet"])
