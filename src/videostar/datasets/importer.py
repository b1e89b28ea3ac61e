"""What an importer is: files of one annotation format in, rows out, each with its samples or with the reason why there are none.

A format is one file beside this one with a `FORMAT`; `videostar.datasets.importers` holds them by name. Another package adds its own by the
entry point group `videostar.importers` (a `Format` under its name); `examples/my_dataset.py` shows one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from pydantic import ValidationError

from videostar.datasets.questions import worded
from videostar.datasets.videos import VideoFolder
from videostar.errors import DataError
from videostar.labels import KINDS, parse_label
from videostar.types import Sample, Split

SPLIT_WORDS: Mapping[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validate": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "trainlist": "train",
    "testlist": "test",
    "testing": "test",
}
QUESTION_WORDS = frozenset(
    "what which who whom whose how when where why is are was were does do did has have had can could will would should in on at".split()
)
_PLACE = re.compile(r"\{(\w+)(?::0(\d{1,2})d)?\}")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something annotated that gives no sample. reason: few words, counted by; detail: the value that was wrong."""

    reason: str
    detail: str = ""


Item: TypeAlias = Sample | Dropped


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one row of an annotation file.

    where: file and line, such as "val.csv:12". items: its samples, and what of it gives none; a row without a sample is a dropped row.
    split: what the source says, None where it says nothing; split_by: where it says so.
    mended: what was put right in it, such as "an end cut to the video's length".
    """

    where: str
    items: tuple[Item, ...]
    split: Split | None = None
    split_by: str = ""
    mended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How to read. seed: draws wordings and frames. settings: the format's own, by name. videos: where the files lie, if told."""

    seed: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    videos: VideoFolder | None = None

    def video(self, pattern: str, fields: Mapping[str, object]) -> str:
        """The path of a row's video: the setting `video` or `pattern` with `{name}` and `{name:06d}` filled in; found by its name where
        it lies elsewhere in the folder of videos.
        """
        path = filled(self.settings.get("video") or pattern, fields)
        return path if self.videos is None else self.videos.find(path)

    def number(self, name: str, default: float | None = None) -> float | None:
        """A setting that is a number (checked before reading)."""
        text = self.settings.get(name, "")
        return float(text) if text else default


class Reader(Protocol):
    """Reads the files of one format, streamed."""

    def __call__(self, paths: Sequence[Path], options: Options) -> Iterator[Row]:
        """One `Row` for each row of the files, in their order. Raises `DataError` where a file is not of this format at all."""


class Notes(Protocol):
    """Says how files will be read."""

    def __call__(self, paths: Sequence[Path], options: Options, /) -> Sequence[str]:
        """Lines for a person."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format, for the command and for its page.

    title: its name in the field. read: its reader; the docstring of its module shows a row and names the public page.
    files: what to name on the command line. tasks: what is asked. verified: whether the reader was tried on rows of the real files.
    settings: name -> meaning, for `--set name=value`; allowed: the values of those that take only some.
    notes: what is guessed about the files, in lines that are shown before anything is read.
    holds_videos: whether a folder that is named is itself the folder of the videos, unless another is told.
    """

    title: str
    read: Reader
    files: str
    tasks: tuple[str, ...]
    verified: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: Notes | None = None
    holds_videos: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """What all samples of one annotated stretch of video share. key: unique in its source."""

    source: str
    key: str
    video: str
    seed: int
    start_seconds: float = 0.0
    end_seconds: float | None = None
    group: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)

    def ask(self, task: str, label: Mapping[str, Any], name: str = "", **slots: object) -> Item:
        """A question of ours: a wording of `task` drawn by seed. name: tells several questions of one task apart."""
        identity = f"{self.source}-{self.key}-{task}{name and '-' + name}"
        return self._sample(identity, task, worded(task, self.seed, identity, slots), label)

    def own(self, task: str, question: str, label: Mapping[str, Any], name: str = "") -> Item:
        """A question that the source itself asks."""
        return self._sample(f"{self.source}-{self.key}{name and '-' + name}", task, tidy(question), label)

    def _sample(self, identity: str, task: str, question: str, label: Mapping[str, Any]) -> Item:
        if not question:
            return Dropped("empty question", identity)
        if not 0 <= self.start_seconds < float("inf") or (self.end_seconds is not None and not self.start_seconds < self.end_seconds):
            return Dropped("the end is not after the start", f"{self.start_seconds} to {self.end_seconds}")
        try:
            record = parse_label(label) if label["kind"] == "composite" else KINDS[label["kind"]](**label)
        except DataError as error:
            return Dropped("no usable label", error.problems[0])
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            return Dropped("no usable label", f"{place} {first['msg'][:1].lower()}{first['msg'][1:]}".strip())
        return Sample(
            id=identity,
            video=self.video,
            question=question,
            label=record,
            start_seconds=self.start_seconds,
            end_seconds=self.end_seconds,
            task=task,
            source=self.source,
            group=self.group or self.video,
            meta=self.meta,
        )


def filled(pattern: str, fields: Mapping[str, object]) -> str:
    """`{name}` replaced by a field, `{name:06d}` by a whole number with leading zeros; other text stays. Nothing is evaluated."""

    def put(match: re.Match[str]) -> str:
        value = fields.get(match[1], match[0])
        return f"{int(float(str(value))):0{int(match[2])}d}" if match[2] and is_number(value) else str(value)

    return _PLACE.sub(put, pattern)


def is_number(value: object) -> bool:
    """Whether a cell or a JSON value is a finite number."""
    return number(value) is not None


def number(value: object) -> float | None:
    """The finite number that a cell or a JSON value says; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < float("inf") else None


def whole(value: object) -> int | None:
    """The whole number that a cell or a JSON value says; None for anything else."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def text_of(value: object) -> str:
    """A text without surrounding blanks; "" for what is no text."""
    return value.strip() if isinstance(value, str) else ""


def tidy(question: str) -> str:
    """A source's question with a capital and an end: its own mark, else a question mark after a question's first word.

    Blanks are made single; what has several lines is kept as it is.
    """
    if "\n" in question.strip():
        return question.strip()
    words = " ".join(question.split())
    body = words.rstrip("?.! ")
    tail = words[len(body) :]
    asks = "?" in tail or (not tail.strip() and body.lower().partition(" ")[0] in QUESTION_WORDS)
    end = "?" if asks else tail.strip()[:1]
    return f"{body[:1].upper()}{body[1:]}{end}" if body else ""


def split_named(word: object) -> Split | None:
    """`val` -> validation; None for a word that names no split."""
    return SPLIT_WORDS.get(word.strip().lower()) if isinstance(word, str) else None


def split_of_file(path: Path) -> tuple[Split | None, str]:
    """The split that a file's name says (`nextqa_val.csv`), and that it was the name."""
    found = {SPLIT_WORDS[word] for word in re.split(r"[^a-z]+", path.name.lower()) if word in SPLIT_WORDS}
    return (found.pop(), f"the name {path.name}") if len(found) == 1 else (None, "")
