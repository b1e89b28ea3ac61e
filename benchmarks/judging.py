"""How many answers one core judges in a second, on the golden set, on long texts, and on closed sets of 700 classes.

Processor time is measured, so that other work on the machine does not count.
Usage: python benchmarks/judging.py [--golden tests/golden] [--seconds 1.0]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from videostar.labels import parse_label
from videostar.types import Clip, Label

Case = tuple[Label, str, str, Clip]
_SHORT, _LONG = 20, 200


def main() -> None:
    """Print one line for each measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--golden", type=Path, default=Path(__file__).parents[1] / "tests" / "golden")
    parser.add_argument("--seconds", type=float, default=1.0, help="processor time for each measure")
    options = parser.parse_args()
    by_kind = {path.stem: cases(path) for path in sorted(options.golden.glob("*.jsonl"))}
    everything = [case for found in by_kind.values() for case in found]
    long = [case for case in everything if len(case[1]) >= _LONG]
    short = [case for case in everything if len(case[1]) < _SHORT]
    report(f"answers of {_LONG} characters and more (median {median_length(long)})", long, options.seconds)
    report(f"answers under {_SHORT} characters", short, options.seconds)
    for kind, found in by_kind.items():
        report(f"  {kind}, all its answers (median {median_length(found)})", found, options.seconds / 4)
    report("one of 700 classes, long answers", seven_hundred(long), options.seconds)
    growth(by_kind)


def cases(path: Path) -> list[Case]:
    """Label, answer, question and clip of each row of one golden file."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        (
            parse_label(row["label"]),
            row["answer"],
            row.get("question", ""),
            Clip(row.get("duration_seconds"), row.get("width"), row.get("height")),
        )
        for row in rows
    ]


def seven_hundred(long: Sequence[Case]) -> list[Case]:
    """The long answers, judged against a closed set of 700 made-up classes."""
    verbs = "throwing catching kicking painting washing cutting opening riding folding tasting lifting pushing drawing cleaning".split()
    things = (
        "ball axe bread car hair grass paper water door window wood fish onion table bike horse shirt tree guitar drum rope "
        "hat knife box cake bottle phone book shoe wall floor dog cat snow sand rock coffee tea egg nail pot cup pan net disc "
        "sword bow ring card leaf"
    ).split()
    classes = [f"{verb} {thing}" for verb in verbs for thing in things][:700]
    label = parse_label({"kind": "category", "value": classes[0], "classes": classes})
    return [(label, answer, "What is the person doing?", clip) for _, answer, _, clip in long]


def growth(by_kind: dict[str, list[Case]]) -> None:
    """For each kind the worst time for texts of 25, 50 and 100 kB made of its golden answers."""
    for kind, found in by_kind.items():
        label, _, question, clip = found[0]
        text = " ".join(answer for _, answer, _, _ in found if not {"<", "{"} & set(answer))
        took = []
        for size in (25_000, 50_000, 100_000):
            long = (text * (size // len(text) + 1))[:size]
            took.append(processor_seconds(partial(label.judge, long, question, clip)))
        print(f"  {kind:10} 25 kB {took[0] * 1e3:6.0f} ms   50 kB {took[1] * 1e3:6.0f} ms   100 kB {took[2] * 1e3:6.0f} ms")


def processor_seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def report(name: str, found: Sequence[Case], seconds: float) -> None:
    """Judge `found` again and again for `seconds` of processor time and print the answers judged in one."""
    judge_all(found)
    judged, spent = 0, 0.0
    while spent < seconds:
        spent += processor_seconds(lambda: judge_all(found))
        judged += len(found)
    print(f"{judged / spent:10,.0f} a second: {name}")


def judge_all(found: Sequence[Case]) -> None:
    """Judge every case once."""
    for label, answer, question, clip in found:
        label.judge(answer, question, clip)


def median_length(found: Sequence[Case]) -> int:
    """Median length of the answers in characters."""
    return int(statistics.median(len(answer) for _, answer, _, _ in found))


if __name__ == "__main__":
    main()
