"""Second opinions: a judge model on free texts, an embedder on paraphrases; asked where the rules leave open, never twice the same.

Off unless one is configured. What was said is kept in the run directory, so that a run that goes on, or is judged again, gives
the same verdicts without asking. Without an opinion the label's own verdict stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from videostar.config import Config
from videostar.ports import Embedder, Judge
from videostar.steps.free_texts import FreeTexts
from videostar.steps.kept import Kept
from videostar.steps.nearest_class import NearestClass
from videostar.steps.run import Run
from videostar.steps.verify import Judged, first_verdicts
from videostar.types import Sample, Verdict

SILENT_CALLS = 8
"""After so many calls in a row without an opinion an adviser is left alone."""


class Adviser(Protocol):
    """Whose opinion is asked for. Questions are texts; replies are plain JSON values."""

    @property
    def title(self) -> str:
        """What it is called on the screen."""

    @property
    def name(self) -> str:
        """The model that its replies are kept under."""

    @property
    def field(self) -> str:
        """What its replies are called on disk."""

    @property
    def questions_at_once(self) -> int:
        """How many are asked together; their replies are kept together."""

    @property
    def questions_per_call(self) -> int:
        """How many one call takes."""

    def question(self, sample: Sample, item: Judged) -> str:
        """What it is asked about an answer; "" where it has no say."""

    def estimate(self, total: int) -> str:
        """Where so many questions go, and in how many calls."""

    def replies(self, questions: Sequence[str]) -> Sequence[Any]:
        """One for each question; None where none can be had."""

    def verdict(self, item: Judged, reply: Any) -> Verdict:
        """The verdict with its reply taken in."""


class Opinions:
    """What advisers have said, kept in one file."""

    def __init__(self, path: Path, advisers: Sequence[Adviser]) -> None:
        self._advisers = [(adviser, Kept(path, adviser.name, adviser.field)) for adviser in advisers]

    def settled(self, sample: Sample, item: Judged) -> Verdict:
        """The verdict with an opinion taken in; the label's own where there is none."""
        for adviser, kept in self._advisers:
            question = adviser.question(sample, item)
            reply = kept.get(question) if question else None
            if reply is not None:
                return adviser.verdict(item, reply)
        return item.verdict

    def ask(self, run: Run, samples: Callable[[], Iterable[Sample]], answers: Path) -> None:
        """Ask about every open answer of a file that has no opinion yet; how many is said first."""
        for adviser, kept in self._advisers:
            total = sum(1 for _ in _pending(adviser, kept, samples(), answers))
            if total:
                where = f"{answers.parent.name}/{answers.name}"
                run.watch.say(f"{adviser.title}: {total} open answers in {where} go to {adviser.estimate(total)}")
                _ask(run, adviser, kept, (_pending(adviser, kept, samples(), answers), total))


def kept_opinions(path: Path, config: Config) -> Opinions | None:
    """The opinions that a run has asked for so far, where one is configured."""
    return _opinions(path, config, None, None)


def asked_opinions(run: Run, samples: Callable[[], Iterable[Sample]], answers: Path) -> Opinions | None:
    """The opinions on a file of answers, those that are missing asked for."""
    opinions = _opinions(run.store.opinions, run.config, run.judge, run.embedder)
    if opinions is not None:
        opinions.ask(run, samples, answers)
    return opinions


def _opinions(path: Path, config: Config, judge: Judge | None, embedder: Embedder | None) -> Opinions | None:
    advisers: list[Adviser] = []
    if config.judge.url is not None:
        advisers.append(FreeTexts(config.judge, judge))
    if config.embedder.url is not None or config.embedder.folder is not None:
        advisers.append(NearestClass(config.embedder, embedder))
    return Opinions(path, advisers) if advisers else None


def _pending(adviser: Adviser, kept: Kept, samples: Iterable[Sample], answers: Path) -> Iterator[str]:
    """Different questions that there is no reply to."""
    seen: set[bytes] = set()
    for sample, item in first_verdicts(samples, answers):
        question = adviser.question(sample, item)
        if question and kept.get(question) is None:
            mark = hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()
            if mark not in seen:
                seen.add(mark)
                yield question


def _ask(run: Run, adviser: Adviser, kept: Kept, todo: tuple[Iterator[str], int]) -> None:
    questions, total = todo
    silent = given = 0
    most = SILENT_CALLS * adviser.questions_per_call
    with run.watch.progress(adviser.title, total) as bar:
        while silent < most and (batch := list(islice(questions, adviser.questions_at_once))):
            replies = dict(zip(batch, adviser.replies(batch), strict=True))
            for reply in replies.values():
                silent = silent + 1 if reply is None else 0
            said = {question: reply for question, reply in replies.items() if reply is not None}
            kept.add(said)
            given += len(said)
            bar.advance(len(batch))
    if given < total:
        why = f"after {SILENT_CALLS} calls in a row without an opinion it is left alone; " if silent >= most else ""
        run.watch.say(f"{adviser.title}: {why}{total - given} of {total} answers have no opinion, and the labels' own verdicts stand")
