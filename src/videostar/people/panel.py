"""A rubric's questions about one clip, each answered several times: raw answers, kept since asking is dear and judging cheap."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from videostar.errors import OutOfMemoryError, UserError
from videostar.people.opening import Opened, memory_told, unreadable
from videostar.people.rubric import Question, Rubric, key
from videostar.ports import Decoding, Reply, Request
from videostar.rows import dump
from videostar.seeds import seed_for
from videostar.standing import whole_rows
from videostar.types import Message
from videostar.video.frames import ClipRef, FrameFailure, Frames

VIDEO_NAMES = frozenset((".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".wmv", ".flv", ".3gp", ".ogv"))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a model answered about one video.

    answers: by the key of the question, its candidates' texts; the first is the likeliest answer, the others are drawn.
    problem: why there are none, where the video could not be read; "" else.
    """

    video: str
    duration_seconds: float | None
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problem: str = ""


class Kept:
    """Answers in a folder, one file for each model and rubric: what is there is not asked again. A file that changed since is."""

    def __init__(self, folder: Path, opened: Opened, rubric: Rubric) -> None:
        self._path = folder / f"answers-{opened.fingerprint[:12]}-{rubric.sha256[:12]}.jsonl"
        self._rows: dict[str, Heard] = {}
        for row in whole_rows(self._path):
            self._rows[str(row["file"])] = Heard(row["video"], row["duration_seconds"], row["answers"], row["problem"])
        self._mend()

    def get(self, video: Path) -> Heard | None:
        """What was answered about this very file."""
        return self._rows.get(_file_key(video))

    def put(self, video: Path, heard: Heard) -> None:
        """Keep, at once."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        row: dict[str, Any] = {
            "file": _file_key(video),
            "video": heard.video,
            "duration_seconds": heard.duration_seconds,
            "answers": heard.answers,
            "problem": heard.problem,
        }
        with self._path.open("a", encoding="utf-8") as rows:
            rows.write(dump(row))
        self._rows[row["file"]] = heard

    def _mend(self) -> None:
        """Cut off a line that an interruption left half written."""
        if not self._path.exists():
            return
        with self._path.open("rb+") as file:
            content = file.read()
            if content and not content.endswith(b"\n"):
                file.truncate(content.rfind(b"\n") + 1)


def hear_all(opened: Opened, rubric: Rubric, videos: Iterable[Path], kept: Kept | None = None) -> Iterator[tuple[Path, Heard]]:
    """Each video with what was answered about it, those kept from before first. One that cannot be read says so and ends nothing."""
    rest = []
    for video in videos:
        known = kept.get(video) if kept is not None else None
        if known is None:
            rest.append(video)
        else:
            yield video, known
    for video, loaded in zip(rest, opened.frames.load(ClipRef(video) for video in rest), strict=True):
        if isinstance(loaded, FrameFailure):
            heard = Heard(str(video), None, {}, f"{loaded.reason}: {loaded.message}")
        else:
            heard = _asked(opened, rubric, video, loaded)
        if kept is not None and (not heard.problem or video.is_file()):
            kept.put(video, heard)
        yield video, heard


def hear(opened: Opened, rubric: Rubric, video: Path) -> tuple[Heard, Frames]:
    """What is answered about one video, and its frames. Raises `DataError` for one that cannot be read."""
    frames = opened.look(video)
    return _asked(opened, rubric, video, frames), frames


def hear_reasons(opened: Opened, frames: Frames, questions: Sequence[Question]) -> list[str]:
    """For each question, the likeliest answer when asked step by step."""
    requests = [Request("reasons", (Message("user", question.reasons_prompt),), frames, (0,)) for question in questions]
    longest = Decoding(0.0, 1.0, opened.config.generate.max_new_tokens)
    return [replies[0].text.strip() for replies in _replies(opened, requests, longest)]


def videos_in(folder: Path) -> list[Path]:
    """All files below a folder that are named like videos, by name. Raises `DataError` where there is none."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in VIDEO_NAMES and path.is_file())
    if not found:
        names = ", ".join(sorted(VIDEO_NAMES))
        raise UserError(f"{folder} holds no video; files named {names} are taken")
    return found


def readable(heard: Heard) -> Heard:
    """The same. Raises `DataError` where the video could not be read."""
    if heard.problem:
        reason, _, message = heard.problem.partition(": ")
        raise unreadable(Path(heard.video), FrameFailure(reason, message))  # type: ignore[arg-type]
    return heard


def _asked(opened: Opened, rubric: Rubric, video: Path, frames: Frames) -> Heard:
    questions = rubric.questions
    drawn = rubric.candidates - 1 if rubric.temperature > 0 else 0
    # A candidate's noise comes from the question, not from the file's name: a copied video is judged alike.
    seeds = {key(question): tuple(seed_for(0, "assess", 0, key(question), number) for number in range(drawn)) for question in questions}
    likeliest = [_request(question, frames, (0,)) for question in questions]
    replies = _replies(opened, likeliest, Decoding(0.0, 1.0, rubric.max_new_tokens))
    if drawn:
        again = [_request(question, frames, seeds[key(question)]) for question in questions]
        more = _replies(opened, again, Decoding(rubric.temperature, 1.0, rubric.max_new_tokens))
        replies = [[*first, *others] for first, others in zip(replies, more, strict=True)]
    answers = {key(question): [reply.text for reply in found] for question, found in zip(questions, replies, strict=True)}
    return Heard(str(video), frames.duration_seconds, answers)


def _request(question: Question, frames: Frames, seeds: tuple[int, ...]) -> Request:
    return Request("assess", (Message("user", question.prompt),), frames, seeds)


def _replies(opened: Opened, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
    """All at once, or in as many parts as memory asks for. Raises `UserError` where the model gives no answer at all."""
    parts = 1
    while True:
        size = -(-len(requests) // parts)
        try:
            found = [
                replies
                for start in range(0, len(requests), max(1, size))
                for replies in opened.model.answer(requests[start : start + size], decoding)
            ]
            break
        except OutOfMemoryError:
            if size <= 1:
                with memory_told():
                    raise
            parts *= 2
    failed = next((reply for replies in found for reply in replies if reply.finish == "error"), None)
    if failed is not None:
        why = failed.error or "question, video and answer do not fit its context together"
        raise UserError(f"the model gives no answer: {why}")
    return found


def _file_key(video: Path) -> str:
    path = os.path.abspath(video)
    try:
        found = video.stat()
    except OSError:
        return f"{path}|missing"
    return f"{path}|{found.st_size}|{found.st_mtime_ns}"
