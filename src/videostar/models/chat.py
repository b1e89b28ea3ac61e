"""The chat protocol's own shapes: turns and content parts out, the text and what it cost back. What comes back is hostile."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from videostar import shown
from videostar.ports import Reply
from videostar.types import Finish, Message

FINISHES: dict[object, Finish] = {"stop": "stop", "eos": "stop", "length": "length"}
CONTROL = re.compile(
    r"<\|[^<>|\s]{1,60}\|>|</?(?:s|pad|bos|eos|unk|img|image|video|audio|IMG_CONTEXT|start_of_turn|end_of_turn|image_soft_token)>|\[/?INST\]"
)
"""Control tokens as the published chat templates write them. A server turns text into tokens itself, and would obey them."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a server. prompt_tokens: what its prompt came to, the video included; None where it does not say."""

    reply: Reply
    prompt_tokens: int | None


def turns(messages: Sequence[Message], parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The protocol's messages; the parts of the clip stand before the text of the first user turn."""
    waiting = list(parts)
    chat: list[dict[str, Any]] = []
    for message in messages:
        text = harmless(message.content)
        if message.role == "user" and waiting:
            chat.append({"role": "user", "content": [*waiting, {"type": "text", "text": text}]})
            waiting = []
        else:
            chat.append({"role": message.role, "content": text})
    return chat


def harmless(text: str) -> str:
    """The text with a space inside every control token, as the encoder of training writes it."""
    return CONTROL.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)


def read(body: bytes) -> Said | str:
    """The answer in a reply's body, or in words what is wrong with it."""
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        return f"the reply is not JSON: {shown.one_line(body[:200].decode('utf-8', 'replace'), 100)!r}"
    try:
        choice = content["choices"][0]
        text, finish = choice["message"]["content"], FINISHES.get(choice.get("finish_reason"))
    except (LookupError, TypeError, AttributeError):
        return f"the reply is not one of the chat protocol: {shown.one_line(json.dumps(content), 100)}"
    if not isinstance(text, str):
        return f"the reply has no text: {shown.one_line(json.dumps(choice), 100)}"
    if finish is None:
        return f"the server ended the answer for the reason {shown.one_line(json.dumps(choice.get('finish_reason')), 40)}"
    return Said(Reply(text, finish, _count(content, "completion_tokens") or 0), _count(content, "prompt_tokens"))


def _count(content: Any, name: str) -> int | None:
    usage = content.get("usage") if isinstance(content, dict) else None
    number = usage.get(name) if isinstance(usage, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**40 else None
