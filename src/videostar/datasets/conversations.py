"""Auxiliary conversations to mix in: JSON Lines of our own `Conversation` rows, of which `id` and `messages` are enough.

{"id": "chat-1", "video": "clips/a.mp4", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from videostar.datasets.table import escapes


def check_conversations(path: Path, root: Path) -> list[str]:
    """Every problem of the file, with its line; empty when all rows can be trained on."""
    if not path.is_file():
        return [f'"data.mix": there is no file {path}']
    problems = []
    with path.open(encoding="utf-8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, 1):
            problem = _problem(line, root) if line.strip() else ""
            problems += [f"{path}:{number}: {problem}"] if problem else []
    return problems


def read_conversations(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a checked file, streamed."""
    with path.open(encoding="utf-8", errors="surrogateescape") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _problem(line: str, root: Path) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not a JSON object on one line ({error})"
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        return 'a conversation is an object with a text "id" and a list "messages"'
    turns = row.get("messages")
    if not isinstance(turns, list) or not turns or not all(_is_turn(turn, number) for number, turn in enumerate(turns)) or len(turns) % 2:
        return '"messages" must be turns {"role", "content"} that alternate from "user" to "assistant"'
    video = row.get("video", "")
    if not isinstance(video, str) or escapes(root, video):
        return f"the video {video!r} lies outside {root}; paths may not leave it"
    return ""


def _is_turn(turn: object, number: int) -> bool:
    role = ("user", "assistant")[number % 2]
    return isinstance(turn, dict) and turn.get("role") == role and isinstance(turn.get("content"), str)
