"""What a format is: tables with rows made of one question at a time, and a word on what to do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from videostar.steps.verify import Judged
from videostar.types import Conversation, Route, Sample


@dataclass(frozen=True, slots=True)
class Question:
    """All that one cycle of a run knows of one sample.

    stated: the sample as its row says it, without the config's label defaults, which `sample.label` is filled with.
    generated, rationalized: every answer beside its verdict. kept: the conversations made of them.
    unread: why its video could not be read, or "".
    run: the run directory's name and a digest of its config. cycle: whose answers these are.
    video: the path as rows are to hold it. start_seconds, end_seconds: of the part of that file that the sample is about.
    """

    sample: Sample
    stated: Mapping[str, Any]
    generated: Sequence[Judged]
    rationalized: Sequence[Judged]
    kept: Sequence[Conversation]
    unread: str
    run: str
    cycle: int
    video: str
    start_seconds: float = 0.0
    end_seconds: float | None = None

    @property
    def is_part(self) -> bool:
        """Whether the sample is about a part of the file only."""
        return self.start_seconds > 0 or self.end_seconds is not None

    @property
    def difficulty(self) -> float | None:
        """The share of generated answers that do not pass, in [0, 1]; None where nothing was asked."""
        passes = [item.passed for item in self.generated]
        return round(1 - sum(passes) / len(passes), 6) if passes else None

    def answer(self, route: Route, candidate: int) -> Judged | None:
        """One answer, by how it was made."""
        items = self.generated if route == "generated" else self.rationalized
        return next((item for item in items if item.answer.candidate == candidate), None)

    def kept_answers(self) -> list[Judged]:
        """The answers that were kept for training, in the order of their conversations."""
        refs = {(row.route, row.answer_ref.candidate): None for row in self.kept if row.answer_ref and row.form != "multi_turn"}
        return [item for ref in refs if (item := self.answer(*ref)) is not None]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table with that file name."""

    file: str
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One conversation, question or pair that the format cannot hold, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows. file: ends with .jsonl, .json (one array) or .parquet. rows_are: what one row is, in the plural.

    schema: makes the `pyarrow.Schema` of a Parquet file.
    """

    file: str
    rows_are: str
    schema: Callable[[], Any] | None = None


class Exporter(Protocol):
    """One format. Its class docstring says what reads it and shows a real row; `docs/formats.md` is made of it.

    Rows are made question by question, in the order of sample ids, and depend on nothing else: a million questions need no
    list, and the same run gives the same bytes.
    """

    says_parts: bool = False
    """Whether rows can say that they are about a part of a video; otherwise such samples are left out unless they are cut."""
    held_out: bool = False
    """Whether the validation and test samples are wanted too; they come without answers."""
    tables: Sequence[Table]

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """The rows of one question, and what of it is left out."""

    def companions(self) -> Mapping[str, str]:
        """Small files that belong beside the tables: their text by name. None unless a format says otherwise."""
        return {}

    def next_step(self, folder: Path, videos: str) -> str:
        """One line: what to do with `folder`; the videos are relative to `videos` ("" where paths are absolute)."""


def provenance(question: Question, conversation: Conversation) -> list[dict[str, Any]]:
    """Where each answer of a conversation comes from: run, cycle, sample, route and candidate, and its verdict."""
    if conversation.turns:
        return [
            _origin(question.run, (turn.cycle, turn.sample_id, turn.route, turn.candidate), ("pass", turn.score))
            for turn in conversation.turns
        ]
    ref = conversation.answer_ref
    item = question.answer(conversation.route, ref.candidate) if ref else None
    return [] if item is None else [origin(question, item)]


def origin(question: Question, item: Judged) -> dict[str, Any]:
    """Where one answer comes from, and its verdict."""
    answer = item.answer
    ids = (answer.cycle, answer.sample_id, answer.route, answer.candidate)
    return _origin(question.run, ids, (item.verdict.outcome, item.verdict.score))


def _origin(run: str, ids: tuple[int, str, str, int], verdict: tuple[str, float]) -> dict[str, Any]:
    cycle, sample_id, route, candidate = ids
    return {
        "run": run,
        "cycle": cycle,
        "sample_id": sample_id,
        "route": route,
        "candidate": candidate,
        "outcome": verdict[0],
        "score": float(verdict[1]),
    }


def conversation_columns(question: Question, conversation: Conversation) -> dict[str, Any]:
    """What rows of every format say beside the conversation itself."""
    origins = provenance(question, conversation)
    return {
        "form": conversation.form,
        "task": question.sample.task,
        "source": question.sample.source,
        "score": min((row["score"] for row in origins), default=None),
        "difficulty": question.difficulty,
        "provenance": origins,
    }


def kept_or_why_not(question: Question) -> Iterable[Conversation | LeftOut]:
    """The kept conversations of a question, or the reason why there are none."""
    if question.kept:
        return question.kept
    return [LeftOut("the video could not be read" if question.unread else "no answer was kept")]
