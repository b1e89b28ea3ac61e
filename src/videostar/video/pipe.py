"""How a decoding process and its parent talk: length-prefixed JSON over pipes, with raw pixels behind it. Nothing is unpickled.

A message is 4 bytes (big endian) of length, a JSON object, and, if that has "payload_bytes", so many bytes.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

MAX_HEADER_BYTES = 1 << 20
MAX_PAYLOAD_BYTES = 1 << 34
CHUNK_BYTES = 1 << 20


class PipeClosed(Exception):  # noqa: N818  (the ordinary end of a conversation)
    """The other side is gone, or what it says is not of this protocol."""


def send(pipe: int, message: dict[str, Any], payload: memoryview | bytes = b"") -> None:
    """Write one message whole."""
    size = memoryview(payload).nbytes
    body = json.dumps({**message, "payload_bytes": size}).encode("ascii")
    _write(pipe, struct.pack(">I", len(body)) + body)
    _write(pipe, memoryview(payload).cast("B") if size else b"")


def receive(pipe: int, deadline: float | None = None) -> tuple[dict[str, Any], bytearray]:
    """Read one message whole. deadline: by `time.monotonic()`; TimeoutError after it. Raises PipeClosed."""
    (length,) = struct.unpack(">I", _read(pipe, 4, deadline))
    if length > MAX_HEADER_BYTES:
        raise PipeClosed(f"a header of {length} bytes")
    try:
        message = json.loads(bytes(_read(pipe, length, deadline)))
        size = message["payload_bytes"]
    except (ValueError, KeyError, TypeError) as error:
        raise PipeClosed(f"not a message: {error}") from error
    if not isinstance(size, int) or not 0 <= size <= MAX_PAYLOAD_BYTES:
        raise PipeClosed(f"a payload of {size!r} bytes")
    return message, _read(pipe, size, deadline)


def _write(pipe: int, data: memoryview | bytes) -> None:
    view = memoryview(data)
    while view.nbytes:
        try:
            view = view[os.write(pipe, view[:CHUNK_BYTES]) :]
        except BrokenPipeError as error:
            raise PipeClosed("the other side is gone") from error


def _read(pipe: int, size: int, deadline: float | None) -> bytearray:
    data = bytearray(size)
    view, filled = memoryview(data), 0
    while filled < size:
        if deadline is not None and not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        count = os.readv(pipe, [view[filled : filled + CHUNK_BYTES]])
        if count == 0:
            raise PipeClosed("the other side is gone")
        filled += count
    return data
