"""A judge model behind a server that speaks the OpenAI chat protocol (vLLM, SGLang, llama.cpp and others).

Nothing it does can raise, hang or fill memory: a call ends by its deadline, a reply is read up to a limit, and only a plain
"yes" or "no" counts. Standard library alone; proxies and redirects are not followed.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from videostar.config import JudgeConfig

MOST_REPLY_BYTES = 1 << 20
REPLY_TOKENS = 8
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class JudgeServer:
    """A `ports.Judge`. wait_seconds: before the first retry; doubled before each further one."""

    def __init__(self, settings: JudgeConfig, wait_seconds: float = 0.5) -> None:
        self._settings = settings
        self._wait_seconds = wait_seconds

    @property
    def name(self) -> str:
        """The model's name."""
        return self._settings.model or ""

    def says_same(self, prompt: str) -> bool | None:
        """True for "yes", False for "no", None for anything else and for every failure."""
        for attempt in range(1 + self._settings.retries):
            if attempt:
                time.sleep(self._wait_seconds * 2 ** (attempt - 1))
            try:
                status, body = self._posted(prompt)
            except (OSError, http.client.HTTPException, ValueError):
                continue
            if status == http.client.OK:
                return _opinion(body)
            if status not in AGAIN:
                return None
        return None

    def _posted(self, prompt: str) -> tuple[int, bytes]:
        """Status and body of one call, which a timer ends whatever the server sends, or how slowly."""
        connection = self._connection()
        started = time.monotonic()
        connection.connect()
        left = self._settings.timeout_seconds - (time.monotonic() - started)
        timer = threading.Timer(max(0.0, left), _end, [connection.sock])
        timer.daemon = True
        timer.start()
        try:
            path = f"{urlsplit(str(self._settings.url)).path.rstrip('/')}/chat/completions"
            connection.request("POST", path, self._body(prompt), self._headers())
            with connection.getresponse() as response:
                return response.status, response.read(MOST_REPLY_BYTES)
        finally:
            timer.cancel()
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(str(self._settings.url))
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=self._settings.timeout_seconds)

    def _headers(self) -> dict[str, str]:
        key = os.environ.get(self._settings.key_variable or "", "")
        return {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}

    def _body(self, prompt: str) -> bytes:
        messages = [{"role": "user", "content": prompt}]
        return json.dumps({"model": self.name, "messages": messages, "temperature": 0, "max_tokens": REPLY_TOKENS, "seed": 0}).encode()


def _end(connected: socket.socket) -> None:
    """Break a connection off under a thread that waits for it. The plain shutdown also ends one that is encrypted."""
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _opinion(body: bytes) -> bool | None:
    try:
        reply: Any = json.loads(body)
        text = reply["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    word = text.strip().strip(".\"'*!").lower() if isinstance(text, str) else ""
    return {"yes": True, "no": False}.get(word)
