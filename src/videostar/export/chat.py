"""Conversations as role and content, with the video named by a placeholder in the first user turn, which most trainers take."""

from __future__ import annotations

from collections.abc import Iterable

from videostar.export.texts import VIDEO, plain
from videostar.types import Message


def turns(messages: Iterable[Message], video: bool = True) -> list[dict[str, str]]:
    """`[{"role": "user", "content": "<video>..."}, ...]`; the placeholder stands exactly once, whatever the texts hold."""
    rows = [{"role": turn.role, "content": plain(turn.content)} for turn in messages]
    if video and rows:
        rows[0]["content"] = f"{VIDEO}{rows[0]['content']}"
    return rows


def question_and_answer(asked: str, said: str) -> tuple[Message, Message]:
    """One exchange."""
    return Message("user", asked), Message("assistant", said)
