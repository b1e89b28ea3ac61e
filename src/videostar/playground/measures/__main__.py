"""`python -m videostar.playground.measures RUN_OR_CHECKPOINT` measures one checkpoint where the truth is known, prints, writes JSON."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from videostar import shown
from videostar.errors import ConfigError, UserError, nearest
from videostar.playground.measures import hallucination, subject
from videostar.playground.measures.table import MEASURES
from videostar.seeds import seed_for
from videostar.store import write_json
from videostar.types import Estimate

NUMBERS = ("statements an explanation",)
"""What is no share."""
log = logging.getLogger(__name__)
Results = dict[str, dict[str, Estimate]]


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured. not_understood: sentences with how often each came, by where. explained: to draw examples from."""

    name: str
    results: Results
    not_understood: Mapping[str, Sequence[tuple[str, int]]]
    explained: Sequence[hallucination.Explained]


def measure(one: subject.Subject, names: Sequence[str] = tuple(MEASURES)) -> Results:
    """Measure -> name -> estimate, each measure alone."""
    results: Results = {}
    for name in names:
        started = time.monotonic()
        results[name] = MEASURES[name](one)
        log.info("%s: %s", name, shown.duration(time.monotonic() - started))
    return results


def text_table(results: Mapping[str, Mapping[str, Estimate]]) -> str:
    """All results as lines of plain text, shares in per cent."""
    lines = []
    for name, values in results.items():
        lines.append(f"\n{name}")
        for key, value in values.items():
            told = f"{value.mean:.1f}" if key.rpartition(": ")[2] in NUMBERS else shown.interval(value)
            lines.append(f"  {key:<58} {told:<22} n {shown.count(value.count)}")
    return "\n".join(lines).lstrip("\n")


def example_lines(rows: Sequence[hallucination.Explained], count: int) -> list[str]:
    """Explanations of samples that are drawn, with the verdict on each statement; of several about one sample the last."""
    by_sample = {one.sample.id: one for one in rows}
    drawn = sorted(by_sample.values(), key=lambda one: seed_for("example", one.sample.id))[:count]
    lines = []
    for one in drawn:
        lines.append(f"{one.sample.id}: {shown.one_line(one.text, 600)}")
        for item in hallucination.verdicts(one):
            said, verdict = item.statement, {True: "true", False: "FALSE", None: "unknown"}[item.true]
            lines.append(f"    {verdict:<8}{item.fact:<12}{shown.one_line(one.text[said.start : said.end], 80)}")
    return lines


def as_json(results: Mapping[str, Mapping[str, Estimate]]) -> dict[str, Any]:
    """The results as plain JSON values."""
    return {name: {key: asdict(value) for key, value in values.items()} for name, values in results.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, measure, print."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    started = time.monotonic()
    try:
        report = _report(options, _names(options))
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    sys.stdout.write(text_table(report.results) + "\n")
    for where, sentences in report.not_understood.items():
        for sentence, count in sentences:
            sys.stdout.write(f"not understood, {where}, {count} times: {shown.one_line(sentence, 200)}\n")
    sys.stdout.writelines(f"{line}\n" for line in example_lines(report.explained, options.examples))
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        content = {"name": report.name, "measures": as_json(report.results), "not_understood": report.not_understood}
        write_json(options.out, content)
    sys.stderr.write(f"measured in {shown.duration(time.monotonic() - started)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m videostar.playground.measures", description="Measure where the truth is known.")
    parser.add_argument("path", type=Path, help="a run over the rendered worlds, or the folder of a checkpoint")
    parser.add_argument("--checkpoint", help='of a run: "base", "cycle 1", ..., "final"; else the best')
    parser.add_argument("--measures", default=",".join(MEASURES), help="some of them, comma-separated; default: %(default)s")
    parser.add_argument("--files-only", action="store_true", help="of a run: only what its stored answers tell; no model is loaded")
    parser.add_argument("--videos", type=int, default=subject.VIDEOS, help="of every world and part; default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of a checkpoint: the worlds that its videos are of; default: %(default)s")
    parser.add_argument("--examples", type=int, default=0, help="explanations to print with the verdict on each statement")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    return parser


def _names(options: argparse.Namespace) -> list[str]:
    """The measures that are wanted. Raises `ConfigError` for options that cannot be used."""
    names = [name for name in options.measures.split(",") if name]
    problems = [
        f'there is no measure "{name}"{nearest(name, MEASURES)}; there are {", ".join(MEASURES)}' for name in names if name not in MEASURES
    ]
    problems += [
        f"--{name} must be at least 1, not {value}"
        for name, value in (("videos", options.videos), ("threads", options.threads))
        if value < 1
    ]
    if not options.path.is_dir():
        problems.append(f"there is no folder {options.path}; give a run directory or a checkpoint")
    if (options.files_only or options.checkpoint) and not _is_run(options.path):
        problems.append(f"--files-only and --checkpoint need a run directory; {options.path} has no config.yaml")
    if problems:
        raise ConfigError(*problems)
    torch.set_num_threads(options.threads)
    return names


def _is_run(path: Path) -> bool:
    return (path / "config.yaml").exists()


def _report(options: argparse.Namespace, names: Sequence[str]) -> Report:
    explained = hallucination.of_run(options.path) if _is_run(options.path) else {}
    results = {f"hallucination, {name}": hallucination.hallucination(rows) for name, rows in explained.items()}
    if gains := hallucination.against_base(explained):
        results["hallucination, statements true against the base"] = gains
    not_understood = {name: found for name, rows in explained.items() if (found := hallucination.not_understood(rows))}
    if options.files_only:
        return Report(str(options.path), results, not_understood, [one for rows in explained.values() for one in rows])
    opened = (
        subject.of_run(options.path, options.checkpoint, options.videos)
        if _is_run(options.path)
        else subject.of_checkpoint(str(options.path), options.seed, options.videos)
    )
    with opened as one:
        told = [hallucination.Explained(asked.sample, one.told[asked.sample.id]) for asked in one.shown]
        found = hallucination.not_understood(told)
        measured = measure(one, names)
    return Report(one.name, {**results, **measured}, {**not_understood, **({one.name: found} if found else {})}, told)


if __name__ == "__main__":
    main()
