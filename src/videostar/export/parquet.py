"""Our own format: samples, conversations and every answer with its verdict, texts as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.export.exporter import Exporter, LeftOut, Question, Row, Table, conversation_columns, kept_or_why_not
from videostar.export.schemas import origins
from videostar.export.texts import encodable
from videostar.steps.verify import Judged
from videostar.types import Conversation

SAMPLES, CONVERSATIONS, ANSWERS = "samples.parquet", "conversations.parquet", "answers.parquet"
TEXTS_OF_SAMPLES = ("id", "video", "question", "task", "split", "source", "group")


def _columns(**types: str) -> Callable[[], Any]:
    """A schema of text, number, whole number and nested columns, made when it is needed."""

    def schema() -> Any:
        import pyarrow as pa

        message = pa.struct([("role", pa.string()), ("content", pa.string())])
        known = {
            "text": pa.string(),
            "number": pa.float64(),
            "whole": pa.int64(),
            "numbers": pa.list_(pa.float64()),
            "messages": pa.list_(message),
            "origins": origins(),
        }
        return pa.schema([(name, known[kind]) for name, kind in types.items()])

    return schema


SAMPLE_COLUMNS = _columns(
    **dict.fromkeys(TEXTS_OF_SAMPLES[:2], "text"),
    start_seconds="number",
    end_seconds="number",
    **dict.fromkeys(TEXTS_OF_SAMPLES[2:], "text"),
    label="text",
    meta="text",
)
CONVERSATION_COLUMNS = _columns(
    id="text",
    sample_id="text",
    route="text",
    form="text",
    video="text",
    start_seconds="number",
    end_seconds="number",
    messages="messages",
    task="text",
    source="text",
    score="number",
    difficulty="number",
    provenance="origins",
)
ANSWER_COLUMNS = _columns(
    run="text",
    cycle="whole",
    sample_id="text",
    route="text",
    candidate="whole",
    prompt="text",
    text="text",
    finish="text",
    outcome="text",
    score="number",
    extracted="text",
    reason="text",
    frames_sha256="text",
    timestamps_seconds="numbers",
    model="text",
    seed="whole",
)


class Parquet(Exporter):
    """videostar's own tables, as Parquet. `videostar import` reads samples.parquet again: the same samples.

    A row each of samples.parquet (every split), conversations.parquet, and answers.parquet (right and wrong ones):

    {"id": "k-1", "video": "clips/a.mp4", "question": "What is the person doing?", "label": "{\\"kind\\": \\"category\\", ...}",
    "split": "train", "meta": "{}", ...}
    {"id": "k-1/1/generated/0/direct", "sample_id": "k-1", "messages": [...], "provenance": [...], ...}
    {"sample_id": "k-1", "candidate": 0, "text": "...", "outcome": "fail", "score": 0.0, ...}
    """

    says_parts = True
    held_out = True
    tables: Sequence[Table] = (
        Table(CONVERSATIONS, "conversations", CONVERSATION_COLUMNS),
        Table(SAMPLES, "samples", SAMPLE_COLUMNS),
        Table(ANSWERS, "answers", ANSWER_COLUMNS),
    )

    def rows(self, question: Question) -> Iterator[Row | LeftOut]:
        """The sample; if it is one to train on, its answers and conversations."""
        yield Row(SAMPLES, _sample(question))
        if question.sample.split != "train":
            return
        for item in (*question.generated, *question.rationalized):
            yield Row(ANSWERS, _answer(question, item))
        for kept in kept_or_why_not(question):
            yield kept if isinstance(kept, LeftOut) else Row(CONVERSATIONS, _conversation(question, kept))

    def next_step(self, folder: Path, videos: str) -> str:
        """What reads it."""
        return f'read it with load_dataset("{folder}", "conversations"), or train on its samples again: data.root: {videos or "/"}'


def _sample(question: Question) -> dict[str, Any]:
    stated = {**question.stated, "video": question.video}
    texts = {name: stated[name] for name in TEXTS_OF_SAMPLES}
    span = {"start_seconds": question.start_seconds, "end_seconds": question.end_seconds}
    return {**texts, **span, "label": json.dumps(stated["label"]), "meta": json.dumps(stated["meta"])}


def _conversation(question: Question, conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "sample_id": conversation.sample_id,
        "route": conversation.route,
        "video": question.video,
        "start_seconds": question.start_seconds,
        "end_seconds": question.end_seconds,
        "messages": [{"role": turn.role, "content": _text(turn.content)} for turn in conversation.messages],
        **conversation_columns(question, conversation),
    }


def _answer(question: Question, item: Judged) -> Mapping[str, Any]:
    answer, verdict = item.answer, item.verdict
    return {
        "run": question.run,
        "cycle": answer.cycle,
        "sample_id": answer.sample_id,
        "route": answer.route,
        "candidate": answer.candidate,
        "prompt": _text(answer.prompt),
        "text": _text(answer.text),
        "finish": answer.finish,
        "outcome": verdict.outcome,
        "score": float(verdict.score),
        "extracted": json.dumps(verdict.extracted),
        "reason": _text(verdict.reason),
        "frames_sha256": answer.frames.sha256,
        "timestamps_seconds": list(answer.frames.timestamps_seconds),
        "model": Path(answer.model).name,
        "seed": answer.seed,
    }


def _text(text: str) -> str:
    """The text, as UTF-8 can hold it."""
    return text if encodable(text) else text.encode("utf-8", "replace").decode()
