"""Who may ask the app for what: the right machine name, the token where there is one, and only the addresses that the app needs.

A plain ASGI layer around everything, so that nothing of the framework underneath answers before it.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlencode

from videostar.app.bodies import Receive, again, harmless, whole

Scope: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "videostar_token"
API = "/gradio_api/"
NEEDED = ("upload", "upload_progress", "queue/", "heartbeat/", "startup-events", "cancel", "reset", "info")
"""What the page itself asks of the framework. Its file, proxy and component routes stay shut: videos have an address of their own."""
MESSAGE_BYTES = 1 << 20
"""Longest body of anything but an upload."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (
        b"content-security-policy",
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob:; object-src 'none'; base-uri 'self'",
    ),
)
"""Whatever became of a text in the page, it could reach no other machine."""
DENIED = b"This page wants its token: open the address that `videostar app` printed, with ?token=... at its end.\n"


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI app. token: "" asks for none. hosts: the names by which the machine may be called, () any. upload_bytes: longest upload.

    arrivals: the folder of the only files that a click may name.
    """

    app: App
    token: str = ""
    hosts: tuple[str, ...] = ()
    upload_bytes: int = 0
    arrivals: Path = Path("/nonexistent")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let through."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["type"] != "http":
            return
        answer = self._refusal(scope, headers)
        if answer is not None:
            await _say(send, *answer)
            return
        if self.token and not self._knows(headers):
            await self._let_in(scope, send)
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        if scope["method"] == "GET" or self._longest(scope) != MESSAGE_BYTES:
            await self.app(scope, _bounded(receive, self._longest(scope)), with_headers)
            return
        body = await whole(receive, MESSAGE_BYTES)
        checked = None if body is None else harmless(body or b"null", self.arrivals)
        if checked is None:
            await _say(send, 403, b"This cannot be taken.\n")
            return
        scope["headers"] = [*(pair for pair in scope["headers"] if pair[0].lower() != b"content-length"), _length(checked)]
        await self.app(scope, again(checked, receive), with_headers)

    def _longest(self, scope: Scope) -> int:
        return self.upload_bytes if str(scope["path"]) == f"{API}upload" else MESSAGE_BYTES

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, bytes] | None:
        if self.hosts and _name(headers.get("host", "")) not in self.hosts:
            return 403, b"This app answers only to the name of this machine; open it as http://127.0.0.1\n"
        path = str(scope["path"])
        is_shut = path.startswith(API) and not path.removeprefix(API).startswith(NEEDED)
        if is_shut or "//" in path or ".." in path.split("/"):
            return 403, b"There is nothing here.\n"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._longest(scope):
            return 413, b"The upload is too large.\n"
        origin = headers.get("origin", "")
        if scope["method"] != "GET" and origin and origin.partition("://")[2] != headers.get("host", ""):
            return 403, b"Another site may not ask this.\n"
        return None

    def _knows(self, headers: dict[str, str]) -> bool:
        try:
            held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except ValueError:
            return False
        return held is not None and _equal(held.value, self.token)

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """The token in the address becomes a cookie, and goes out of the address."""
        query = parse_qs(str(scope["query_string"], "latin-1"))
        given = query.pop("token", [""])[0]
        if not _equal(given, self.token):
            await _say(send, 401, DENIED)
            return
        rest = urlencode(query, doseq=True)
        cookie = f"{COOKIE}={self.token}; HttpOnly; SameSite=Lax; Path=/"
        place = f"./?{rest}" if rest else "./"
        await _say(send, 303, b"", [(b"location", place.encode("latin-1")), (b"set-cookie", cookie.encode("latin-1"))])


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode("ascii")


def _bounded(receive: Receive, longest: int) -> Receive:
    """A body of unknown length ends where it grows too long, as if the browser had gone away."""
    taken = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return message if taken <= longest else {"type": "http.disconnect"}

    return counted


def _equal(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode("utf-8"))


def _name(host: str) -> str:
    """The machine's name without the port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if ":" in host else host


async def _say(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS, *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await send({"type": "http.response.body", "body": body})
