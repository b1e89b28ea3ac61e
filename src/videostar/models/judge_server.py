"""A judge model behind a server that speaks the OpenAI chat protocol; only a plain "yes" or "no" counts."""

from __future__ import annotations

import json
from typing import Any

from videostar.config import JudgeConfig
from videostar.models.endpoint import Endpoint

MOST_REPLY_BYTES = 1 << 20
REPLY_TOKENS = 8


class JudgeServer:
    """A `ports.Judge`. wait_seconds: before the first retry; doubled before each further one."""

    def __init__(self, settings: JudgeConfig, wait_seconds: float = 0.5) -> None:
        self._model = settings.model or ""
        self._chat = Endpoint(settings, "chat/completions", MOST_REPLY_BYTES, wait_seconds)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    def says_same(self, prompt: str) -> bool | None:
        """True for "yes", False for "no", None for anything else and for every failure."""
        messages = [{"role": "user", "content": prompt}]
        asked = {"model": self._model, "messages": messages, "temperature": 0, "max_tokens": REPLY_TOKENS, "seed": 0}
        body = self._chat.reply(asked)
        return None if body is None else _opinion(body)


def _opinion(body: bytes) -> bool | None:
    try:
        reply: Any = json.loads(body)
        text = reply["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    word = text.strip().strip(".\"'*!").lower() if isinstance(text, str) else ""
    return {"yes": True, "no": False}.get(word)
