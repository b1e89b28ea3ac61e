"""`python -m videostar.video.worker`: a decoding process. Reads requests from stdin, answers on stdout, ends with its parent.

It imports neither torch nor the caller's main module, so it is up in a fraction of a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import resource
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from videostar.video.decode import decode_clip, probe_video
from videostar.video.frames import ClipRef, FrameFailure
from videostar.video.pipe import PipeClosed, receive, send
from videostar.video.sampling import Sampling

Reply: TypeAlias = tuple[dict[str, Any], memoryview | bytes]
GRACE_SECONDS = 5.0
MEMORY_BYTES = 8 << 30  # of address space; what a hostile header asks for beyond it fails here and costs one row


def handle(request: dict[str, Any]) -> Reply:
    """Do what is asked: `decode`, `probe` or `digest` one file."""
    path = Path(request["path"])
    if request["do"] == "probe":
        info = probe_video(path)
        return ({"failure": asdict(info)} if isinstance(info, FrameFailure) else {"info": asdict(info)}), b""
    if request["do"] == "digest":
        return _digest(path), b""
    found = decode_clip(ClipRef(path, request["start_seconds"], request["end_seconds"]), Sampling.from_json(request["sampling"]))
    if isinstance(found, FrameFailure):
        return {"failure": asdict(found)}, b""
    facts = {name: getattr(found, name) for name in ("timestamps_seconds", "fps", "duration_seconds", "width", "height")}
    return {"frames": {**facts, "shape": found.pixels.shape, "record": asdict(found.record)}}, np.ascontiguousarray(found.pixels).data


def serve(answer: Callable[[dict[str, Any]], Reply] = handle) -> None:
    """Answer requests until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    with contextlib.suppress(ValueError, OSError):  # not on every system
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    replies = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not end up among the replies
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    send(replies, {"ready": True})
    while True:
        request = requests.get()
        _alarm(request["limit_seconds"] + GRACE_SECONDS)
        message, payload = answer(request)
        _alarm(0)
        send(replies, message, payload)


def _read_requests(requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    """In a thread of its own, so that the end of the parent is noticed while a file is being decoded."""
    try:
        while True:
            requests.put(receive(0)[0])
    except PipeClosed:
        os._exit(0)


def _alarm(seconds: float) -> None:
    """The kernel ends this process after so long, even one whose threads are all stuck; 0 calls it off."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _digest(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    except FileNotFoundError:
        return {"failure": {"reason": "missing", "message": "no such file"}}
    except OSError as error:
        return {"failure": {"reason": "unreadable", "message": str(error)}}


if __name__ == "__main__":
    try:
        serve()
    except PipeClosed:
        sys.exit(0)
