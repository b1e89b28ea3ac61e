"""What a benchmark is: which questions of an import are asked, in which words, and what makes an answer right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from videostar.prompts import asked
from videostar.types import Clip, Sample, Verdict

Part: TypeAlias = tuple[str, str]
"""Where a question counts in the table: a section, whose questions are of one kind, and a row of it ("all" for every question)."""
ALL = "all"


def no_parts(_: Sample) -> Sequence[str]:
    """Nothing but the section as a whole."""
    return ()


def asked_directly(sample: Sample) -> str:
    """The question with its label's format, and no request for steps."""
    return asked(sample, "direct")


def by_label(sample: Sample, text: str, clip: Clip) -> Verdict:
    """The label's own judgement."""
    return sample.label.judge(text, sample.question, clip)


def as_they_are(samples: Sequence[Sample]) -> Sequence[Sample]:
    """The questions unchanged."""
    return samples


@dataclass(frozen=True, slots=True)
class Protocol:
    """One benchmark.

    title: its name in the field. importer: the format that its official files are read as; files: which those are.
    tasks: the questions that are asked; () for all. has_splits: only the test questions are asked, where the files say which those are.
    prompt: what the model is asked. judge: the official rules; undecided where they leave it open. rows: rows of the table beside "all".
    prepared: what all questions together tell each of them. captions: the task whose answers only a judge model can score, or "".
    opinions: where the rules leave an answer open, what a judge model is asked, and the reply to each that makes the answer right.
    one_section: all tasks are rows of one section; else each is a section of its own.
    official: the page of the protocol. note: what differs from it, or "".
    """

    title: str
    importer: str
    files: str
    official: str
    tasks: tuple[str, ...] = ()
    has_splits: bool = False
    prompt: Callable[[Sample], str] = asked_directly
    judge: Callable[[Sample, str, Clip], Verdict] = by_label
    rows: Callable[[Sample], Sequence[str]] = no_parts
    prepared: Callable[[Sequence[Sample]], Sequence[Sample]] = as_they_are
    opinions: Callable[[Sample, str], list[tuple[str, bool]]] | None = None
    captions: str = ""
    one_section: bool = False
    note: str = ""

    def parts(self, sample: Sample) -> Iterator[Part]:
        """Where a question counts."""
        section = self.title if self.one_section else sample.task
        yield section, ALL
        yield from ((section, row) for row in dict.fromkeys(self.rows(sample)) if row)
