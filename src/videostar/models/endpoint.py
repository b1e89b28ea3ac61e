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
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from videostar import shown
from videostar.seeds import rng_for
from videostar.server_config import ServerConfig

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
LONGEST_WAIT_SECONDS = 60.0
SHOWN_CHARACTERS = 300
TIME_LIMIT_TRIES = 2
"""A call that reached its time limit is tried once more, whatever `retries` says: the next would mostly wait in vain too."""

CONNECT_SECONDS = 20.0
Why: TypeAlias = Literal["unreachable", "time limit", "busy", "refused", "too long", "unusable", "unseen"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no good reply; the last two reasons are for what stands in one.

    message: what the server said, on one line, without the key. status: of HTTP, where one came.
    """

    why: Why
    message: str
    status: int | None = None

    @property
    def may_pass(self) -> bool:
        """Whether it can be the server's state, rather than what it was asked."""
        return self.why in {"unreachable", "time limit", "busy"}


@dataclass(frozen=True, slots=True)
class _Said:
    status: int
    body: bytes
    wait_seconds: float


class Endpoint:
    """`path` under the server's url; safe to use from several threads.

    wait_seconds: before the first retry, give or take a half by seed; doubled before each further one. gone: says, between two tries,
    that no further one makes sense.
    """

    def __init__(
        self, settings: ServerConfig, path: str, most_bytes: int, wait_seconds: float, gone: Callable[[], bool] = lambda: False
    ) -> None:
        self._settings = settings
        self._path = path
        self._most_bytes = most_bytes
        self._wait_seconds = wait_seconds
        self._gone = gone
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._live: set[socket.socket] = set()

    def reply(self, payload: Mapping[str, Any]) -> bytes | None:
        """The body of a good reply, None for every failure. What may pass is tried again."""
        said = self.call(payload)
        return None if isinstance(said, Failure) else said

    def call(self, payload: Mapping[str, Any] | None, seed: int = 0) -> bytes | Failure:
        """The body of a good reply, or why there is none after all tries. None asks with GET. seed: of the waits between tries."""
        body = None if payload is None else json.dumps(payload).encode()
        failure = Failure("unreachable", "it was not asked")
        limits = 0
        for attempt in range(1 + self._settings.retries):
            said = self._tried(body)
            if isinstance(said, _Said) and said.status == http.client.OK and len(said.body) <= self._most_bytes:
                return said.body
            failure = said if isinstance(said, Failure) else self._failure(said)
            limits += failure.why == "time limit"
            last = attempt == self._settings.retries or limits == TIME_LIMIT_TRIES
            if last or not failure.may_pass or self._gone():
                break
            asked = said.wait_seconds if isinstance(said, _Said) else 0.0
            if self._stopped.wait(max(asked, self._back_off(attempt, seed))):
                break
        return failure

    def stop(self) -> None:
        """End all calls now, and those that wait to be tried again; nothing is asked any more."""
        self._stopped.set()
        with self._lock:
            for connected in self._live:
                _end(connected)

    def _back_off(self, attempt: int, seed: int) -> float:
        jitter = 0.5 + rng_for("retry", seed, attempt).random()
        return min(LONGEST_WAIT_SECONDS, self._wait_seconds * 2.0**attempt * jitter)

    def _tried(self, body: bytes | None) -> _Said | Failure:
        started = time.monotonic()
        try:
            return self._exchanged(body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() - started >= self._settings.timeout_seconds:
                return Failure("time limit", f"no whole reply within {self._settings.timeout_seconds:g} s")
            return Failure("unreachable", self._harmless(f"{type(error).__name__}: {error}"))

    def _failure(self, said: _Said) -> Failure:
        if said.status == http.client.OK:
            return Failure("too long", f"the reply has more than {self._most_bytes} bytes")
        text = _message(said.body)
        words = f"HTTP {said.status} {http.client.responses.get(said.status, '')}".strip()
        message = self._harmless(f"{words}: {text}" if text else words)
        return Failure("busy" if said.status in AGAIN else "refused", message, said.status)

    def _harmless(self, text: str) -> str:
        key = self._key()
        return shown.one_line(text.replace(key, "(key)") if key else text, SHOWN_CHARACTERS)

    def _exchanged(self, body: bytes | None) -> _Said:
        """Status and body of one call, which a timer ends whatever the server sends, or how slowly."""
        connection = self._connection()
        started = time.monotonic()
        connection.connect()
        connected = connection.sock
        connected.settimeout(self._settings.timeout_seconds)
        left = self._settings.timeout_seconds - (time.monotonic() - started)
        timer = threading.Timer(max(0.0, left), _end, [connected])
        timer.daemon = True
        timer.start()
        with self._lock:
            self._live.add(connected)
        try:
            if self._stopped.is_set():
                raise OSError("stopped")
            path = f"{urlsplit(str(self._settings.url)).path.rstrip('/')}/{self._path}"
            connection.request("GET" if body is None else "POST", path, body, self._headers())
            with connection.getresponse() as response:
                said = _Said(response.status, response.read(self._most_bytes + 1), _seconds(response.headers.get("Retry-After")))
                if response.length and len(said.body) <= self._most_bytes:  # reading up to a limit does not notice by itself
                    raise http.client.IncompleteRead(said.body[:0], response.length)
            if time.monotonic() - started >= self._settings.timeout_seconds:
                raise TimeoutError("the timer has ended it, which reads like the end of a body")
            return said
        finally:
            with self._lock:
                self._live.discard(connected)
            timer.cancel()
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(str(self._settings.url))
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=min(CONNECT_SECONDS, self._settings.timeout_seconds))

    def _key(self) -> str:
        return os.environ.get(self._settings.key_variable or "", "")

    def _headers(self) -> dict[str, str]:
        key = self._key()
        return {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}


def _end(connected: socket.socket) -> None:
    """Break a connection off under a thread that waits for it. The plain shutdown also ends one that is encrypted."""
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _seconds(retry_after: str | None) -> float:
    """What a server asks to wait; dates, which few servers send, and nonsense count as nothing."""
    try:
        return min(max(0.0, float(retry_after or 0)), LONGEST_WAIT_SECONDS)
    except ValueError:
        return 0.0


def _message(body: bytes) -> str:
    """What an error says: the message inside, where it is JSON as servers write it, else its text."""
    text = body[:10_000].decode("utf-8", "replace")
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text
    for _ in range(2):
        if isinstance(said, dict):
            said = said.get("error") or said.get("message") or said.get("detail") or said
    return said if isinstance(said, str) else text
