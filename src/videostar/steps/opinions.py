"""A second opinion on free texts: a judge model is asked only where words leave the verdict open, and never twice the same.

Off unless a judge is configured. What it said is kept in the run directory, so that a run that goes on, or is judged again,
gives the same verdicts without asking. Without an opinion the label's own verdict stands.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from videostar.config import JudgeConfig
from videostar.labels.text import TextLabel
from videostar.ports import Judge
from videostar.prompts import judging
from videostar.rows import dump
from videostar.steps.run import Run
from videostar.steps.verify import Judged, first_verdicts
from videostar.types import Sample, Verdict

LONGEST_ANSWER = 4000
SILENT_CALLS = 8
"""After so many calls in a row without an opinion the judge is left alone."""


class Opinions:
    """Opinions on disk, one JSON line each: `{"key": sha256 of model and prompt, "same": true}`. A line cut off by a kill is removed."""

    def __init__(self, path: Path, model: str, failed_too: bool) -> None:
        self._path = path
        self._model = model
        self._failed_too = failed_too
        self._known = _read(path)

    def settled(self, sample: Sample, item: Judged) -> Verdict:
        """The verdict with the judge's opinion taken in; the label's own where there is none."""
        prompt = self.prompt(sample, item)
        same = self._known.get(self._key(prompt)) if prompt else None
        if same is None:
            return item.verdict
        reason = f"{item.verdict.reason}; the judge model {self._model} says that it {'says' if same else 'does not say'} the same"
        return Verdict("pass" if same else "fail", 1.0 if same else 0.0, item.answer.text.strip()[:200], reason)

    def prompt(self, sample: Sample, item: Judged) -> str:
        """What the judge is asked about an answer; "" where its verdict is not open."""
        label, answer = sample.label, item.answer.text.strip()
        is_open = item.verdict.outcome == "undecided" or (self._failed_too and item.verdict.outcome == "fail")
        if not (is_open and isinstance(label, TextLabel) and answer):
            return ""
        return judging(sample.question, (label.value, *label.references), answer[:LONGEST_ANSWER])

    def knows(self, prompt: str) -> bool:
        """Whether there is an opinion already."""
        return self._key(prompt) in self._known

    def add(self, prompt: str, same: bool) -> None:
        """Keep an opinion, durably."""
        key = self._key(prompt)
        self._known[key] = same
        with self._path.open("a", encoding="utf-8") as file:
            file.write(dump({"key": key, "same": same}))
            file.flush()
            os.fsync(file.fileno())

    def _key(self, prompt: str) -> str:
        return hashlib.sha256(f"{self._model}\n{prompt}".encode("utf-8", "surrogatepass")).hexdigest()


def kept_opinions(path: Path, settings: JudgeConfig) -> Opinions | None:
    """The opinions that a run has asked for so far, where it has a judge."""
    return None if settings.url is None or settings.model is None else Opinions(path, settings.model, settings.failed_too)


def asked_opinions(run: Run, samples: Callable[[], Iterable[Sample]], answers: Path) -> Opinions | None:
    """Ask the judge about every open answer of a file that it has not been asked about; how many is said first."""
    opinions = kept_opinions(run.store.opinions, run.config.judge)
    if opinions is None or run.judge is None:
        return opinions
    total = sum(1 for _ in _pending(opinions, samples(), answers))
    if total:
        settings = run.config.judge
        longest = total * settings.timeout_seconds * (1 + settings.retries) / settings.parallel
        run.watch.say(
            f"judge: {total} open answers in {answers.parent.name}/{answers.name} go to {run.judge.name} at {settings.url}; "
            f"one call each, at most about {longest:.0f}s in all"
        )
        _ask(run, opinions, run.judge, (_pending(opinions, samples(), answers), total))
    return opinions


def _pending(opinions: Opinions, samples: Iterable[Sample], answers: Path) -> Iterator[str]:
    """Different prompts that there is no opinion on."""
    seen: set[bytes] = set()
    for sample, item in first_verdicts(samples, answers):
        prompt = opinions.prompt(sample, item)
        if prompt and not opinions.knows(prompt):
            mark = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).digest()
            if mark not in seen:
                seen.add(mark)
                yield prompt


def _ask(run: Run, opinions: Opinions, judge: Judge, todo: tuple[Iterator[str], int]) -> None:
    prompts, total = todo
    silent = given = 0
    with run.watch.progress("judge", total) as bar, ThreadPoolExecutor(run.config.judge.parallel) as threads:
        while silent < SILENT_CALLS and (batch := list(islice(prompts, run.config.judge.parallel))):
            for prompt, same in zip(batch, threads.map(judge.says_same, batch), strict=True):
                silent = silent + 1 if same is None else 0
                if same is not None:
                    opinions.add(prompt, same)
                    given += 1
            bar.advance(len(batch))
    if given < total:
        why = f"after {SILENT_CALLS} calls in a row without an opinion it is left alone; " if silent >= SILENT_CALLS else ""
        run.watch.say(f"judge: {why}{total - given} of {total} answers have no opinion, and the labels' own verdicts stand")


def _read(path: Path) -> dict[str, bool]:
    if not path.exists():
        return {}
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    rows = (json.loads(line) for line in whole.splitlines())
    return {row["key"]: row["same"] for row in rows}
