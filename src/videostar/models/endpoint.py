"""One address of a server that speaks the OpenAI protocols (vLLM, SGLang, llama.cpp and others), asked with JSON.

Nothing it does can raise, hang or fill memory: a call ends by its deadline and a reply is read up to a limit. Standard library
alone; proxies and redirects are not followed.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from videostar.config import ServerConfig

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class Endpoint:
    """`path` under the server's url. wait_seconds: before the first retry; doubled before each further one."""

    def __init__(self, settings: ServerConfig, path: str, most_bytes: int, wait_seconds: float) -> None:
        self._settings = settings
        self._path = path
        self._most_bytes = most_bytes
        self._wait_seconds = wait_seconds

    def reply(self, payload: Mapping[str, Any]) -> bytes | None:
        """The body of a good reply, cut at `most_bytes`; None for every failure. What may pass is tried again."""
        body = json.dumps(payload).encode()
        for attempt in range(1 + self._settings.retries):
            if attempt:
                time.sleep(self._wait_seconds * 2 ** (attempt - 1))
            try:
                status, said = self._posted(body)
            except (OSError, http.client.HTTPException, ValueError):
                continue
            if status == http.client.OK:
                return said
            if status not in AGAIN:
                return None
        return None

    def _posted(self, body: bytes) -> tuple[int, bytes]:
        """Status and body of one call, which a timer ends whatever the server sends, or how slowly."""
        connection = self._connection()
        started = time.monotonic()
        connection.connect()
        left = self._settings.timeout_seconds - (time.monotonic() - started)
        timer = threading.Timer(max(0.0, left), _end, [connection.sock])
        timer.daemon = True
        timer.start()
        try:
            path = f"{urlsplit(str(self._settings.url)).path.rstrip('/')}/{self._path}"
            connection.request("POST", path, body, self._headers())
            with connection.getresponse() as response:
                return response.status, response.read(self._most_bytes)
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


def _end(connected: socket.socket) -> None:
    """Break a connection off under a thread that waits for it. The plain shutdown also ends one that is encrypted."""
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
