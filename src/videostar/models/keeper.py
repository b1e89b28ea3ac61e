"""Keeps a server's process only as long as the run that started it: `python keeper.py SECONDS COMMAND...`. Standard library alone.

Started as the leader of a process group of its own, with a pipe from the run as standard input. Whatever ends the run, SIGKILL
included, closes the pipe; then the whole group gets SIGTERM and, after SECONDS, SIGKILL. When the server ends, so does this process,
with the server's exit code (128 + n for signal n).
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time

LOOK_SECONDS = 1.0
NOT_STARTED = 127


def main() -> int:
    """The exit code."""
    seconds, command = float(sys.argv[1]), sys.argv[2:]
    parent = os.getppid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is sent to the whole group, and this process sends the last signal
    try:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_as_before)  # noqa: S603, PLW1509 - no thread runs yet
    except OSError as error:
        print(f"cannot be started: {command[0]}: {error.strerror}", flush=True)  # noqa: T201 - the log
        return NOT_STARTED
    print(f"process {server.pid}", flush=True)  # noqa: T201 - the log
    ending = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(parent, seconds, ending), daemon=True).start()
    code = server.wait()
    os.killpg(0, signal.SIGKILL if ending.is_set() else signal.SIGTERM)  # what the server has started and left behind
    return code if code >= 0 else 128 - code


def _as_before() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _wait_for_the_end(parent: int, seconds: float, ending: threading.Event) -> None:
    """Ends the group once the run is gone: its end of the pipe is closed, or it is no longer the parent."""
    while os.getppid() == parent:
        readable, _, _ = select.select([sys.stdin], [], [], LOOK_SECONDS)
        if readable and not os.read(sys.stdin.fileno(), 1):
            break
    ending.set()
    os.killpg(0, signal.SIGTERM)
    time.sleep(seconds)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
