"""What a click sends, looked through before the framework sees it: it may name no file but one that was uploaded.

Wherever the framework finds a file named, it takes a copy of it, be it any path of this machine or an address elsewhere. So every name
must lie where uploads arrive.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, TypeAlias

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
PATH = "path"


async def whole(receive: Receive, longest: int) -> bytes | None:
    """A request's body; None where it is longer, or the browser has gone away."""
    pieces, length, more = list[bytes](), 0, True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        length += len(pieces[-1])
        if message["type"] != "http.request" or length > longest:
            return None
        more = bool(message.get("more_body"))
    return b"".join(pieces)


def harmless(body: bytes, arrivals: Path) -> bytes | None:
    """The body written anew, so that the framework reads what was looked at; None where it names another file or is no JSON."""
    try:
        told = json.loads(body)
        return json.dumps(told).encode("ascii") if _names_arrivals_only(told, arrivals.resolve()) else None
    except (ValueError, RecursionError, OSError):
        return None


def _names_arrivals_only(told: Any, arrivals: Path) -> bool:
    left = [told]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            named = item.get(PATH)
            if named is not None and not (isinstance(named, str) and Path(named).resolve().is_relative_to(arrivals)):
                return False
            left += item.values()
        elif isinstance(item, list):
            left += item
    return True


def again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body, and afterwards what comes."""
    given = False

    async def replayed() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
