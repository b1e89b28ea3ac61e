"""Decoding in processes that can be killed: a hang, a crash or a runaway costs one row, never the run.

Each process is a plain `python -m videostar.video.worker`, so nothing of the caller (its main module, torch) is imported there.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any

from videostar.video.frames import FrameFailure
from videostar.video.pipe import PipeClosed, receive, send

WORKER = (sys.executable, "-P", "-m", "videostar.video.worker")
STARTING_SECONDS = 120.0
ENDING_SECONDS = 5.0
SHOWN_CHARACTERS = 2000
TRIES = 2


@dataclass(frozen=True, slots=True)
class Reply:
    """What a process answered: a JSON object and the bytes behind it."""

    message: dict[str, Any]
    payload: bytearray


class WorkerLost(Exception):  # noqa: N818  (a finding about a process)
    """A process ended without an answer; the message says how."""


class WorkerPool:
    """`count` processes, started when first needed and kept. Safe to use from several threads; a context manager.

    command: what is started; it must speak the protocol of `videostar.video.pipe`.
    """

    def __init__(self, count: int, command: Sequence[str] = WORKER) -> None:
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._workers = [_Worker(command) for _ in range(count)]
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def ask(self, request: dict[str, Any], limit_seconds: float) -> Reply | FrameFailure:
        """Send a request to a free process and wait for its answer, at most `limit_seconds` from when it takes the request.

        One that ends without an answer is replaced and asked once more: it may have been killed for another's sake. Raises
        RuntimeError where a process cannot even start.
        """
        worker = self._idle.get()
        try:
            return _asked(worker, request, limit_seconds)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End all processes at once, whatever they do; what is asked now or later fails."""
        for worker in self._workers:
            worker.kill_for_good()
        ended = [self._idle.get() for _ in self._workers]
        for worker in ended:
            worker.bury()
            self._idle.put(worker)


def _asked(worker: _Worker, request: dict[str, Any], limit_seconds: float) -> Reply | FrameFailure:
    lost = ""
    for _ in range(TRIES):
        try:
            reply = worker.ask(request, limit_seconds)
        except TimeoutError:
            return FrameFailure("time limit", f"no answer within {limit_seconds:g} s; the decoding process was killed")
        except WorkerLost as error:
            lost = str(error)
            continue
        found = reply.message.get("failure")
        return reply if found is None else FrameFailure(found["reason"], found["message"])
    return FrameFailure("decoder error", lost)


class _Worker:
    """One process, or the place of one. All but `kill_for_good` is called by one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._closed = False

    def ask(self, request: dict[str, Any], limit_seconds: float) -> Reply:
        """Raises TimeoutError or WorkerLost, with the process gone."""
        process = self._running()
        try:
            send(_pipe(process.stdin), {**request, "limit_seconds": limit_seconds})
            return Reply(*receive(_pipe(process.stdout), time.monotonic() + limit_seconds))
        except TimeoutError:
            process.kill()
            self.bury()
            raise
        except PipeClosed:
            raise WorkerLost(self.bury()) from None

    def kill_for_good(self) -> None:
        """Kill the process from any thread and let no other be started."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def bury(self) -> str:
        """Kill what is left of the process, free its pipes, and say how it ended."""
        process, errors = self._process, self._errors
        self._process = self._errors = None
        if process is None or errors is None:
            return "the decoding process is gone"
        with process:
            if not _ended(process):
                process.kill()
        with errors:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip()[-SHOWN_CHARACTERS:]
        return f"the decoding process ended with {_status(process.returncode)}" + (f": {said}" if said else "")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.bury()
        with self._lock:
            if self._closed:
                raise WorkerLost("the pool of decoding processes is closed")
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `bury`)
            pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._errors, "bufsize": 0}
            process = self._process = subprocess.Popen(self._command, env=_environment(), **pipes)  # noqa: S603  (our own command)
        try:
            receive(_pipe(process.stdout), time.monotonic() + STARTING_SECONDS)
        except (PipeClosed, TimeoutError):
            raise RuntimeError(f"a decoding process could not start ({' '.join(self._command)}): {self.bury()}") from None
        return process


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process that closed its pipes ends by itself in a moment; its own exit status says most."""
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        return False
    return True


def _pipe(stream: IO[bytes] | None) -> int:
    if stream is None:
        raise PipeClosed("no pipe")
    return stream.fileno()


def _environment() -> dict[str, str]:
    """One thread for each process: their number is what the config bounds."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _status(code: int) -> str:
    if code >= 0:
        return f"status {code}"
    try:
        return f"signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"signal {-code}"
