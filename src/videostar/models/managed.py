"""A server process of our own, started from the config's command for one checkpoint and ended with it.

A keeper (`keeper.py`) stands between the run and the server, so that the server ends with the run however the run ends.
"""

from __future__ import annotations

import atexit
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from videostar import shown
from videostar.errors import ServerError
from videostar.models.endpoint import Endpoint, Failure
from videostar.models.hosts import CHECKPOINT, Address, resolved
from videostar.server_config import ModelServerConfig

KEEPER = Path(__file__).with_name("keeper.py")
LOOK_SECONDS = 0.5
HEALTH_SECONDS = 5.0
MOST_HEALTH_BYTES = 1 << 20
ENDING_SECONDS = 10.0
PLACEHOLDER = re.compile(r"\{(checkpoint|port|python)\}")
TAIL_BYTES, TAIL_LINES = 16_384, 15


class ManagedHost:
    """Starts `server.command` at `open`; {checkpoint}, {port} and {python} in it are filled in, and no shell reads it.

    folder: the server's log goes there, `server.log`; that of the start before is kept as `server.before.log`.
    """

    def __init__(self, settings: ModelServerConfig, checkpoint: str, folder: Path) -> None:
        self._settings = settings
        self._checkpoint = checkpoint
        self._log = folder / "server.log"
        self._keeper: subprocess.Popen[bytes] | None = None

    def open(self) -> Address:
        """Start, and wait until it answers, at most `server.start_seconds`."""
        self.close()
        port = _free_port()
        url = f"http://127.0.0.1:{port}/v1"
        words = self._words(port)
        with self._new_log() as log:
            log.write(f"$ {shlex.join(words)}\n".encode())
            log.flush()
            keeper = [sys.executable, "-I", str(KEEPER), str(self._settings.stop_seconds), *words]
            self._keeper = subprocess.Popen(  # noqa: S603 - the user's own command
                keeper, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        atexit.register(self.close)
        self._wait(url)
        return Address(url, (self._settings.model or CHECKPOINT).replace(CHECKPOINT, resolved(self._checkpoint)))

    def ended(self) -> str:
        """How the process ended and the last lines of its log; "" while it runs."""
        if self._keeper is None or self._keeper.poll() is None:
            return ""
        return f"the server's process ended ({_how(self._keeper.returncode)}). {self._tail()}"

    def close(self) -> None:
        """SIGTERM to the server and all it has started, SIGKILL after `server.stop_seconds`; returns when it is gone."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        atexit.unregister(self.close)
        if keeper.stdin is not None:
            with suppress(OSError):
                keeper.stdin.close()
        try:
            keeper.wait(self._settings.stop_seconds + ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(keeper.pid, signal.SIGKILL)
            keeper.wait()

    def _words(self, port: int) -> list[str]:
        command = self._settings.command
        given = shlex.split(command) if isinstance(command, str) else list(command or ())
        values = {"checkpoint": resolved(self._checkpoint), "port": str(port), "python": sys.executable}
        words = [PLACEHOLDER.sub(lambda found: values[found[1]], word) for word in given]
        if shutil.which(words[0]) is None:
            raise ServerError(f'"server.command" starts with "{words[0]}", which is no program here; install it, or give its path')
        return words

    def _new_log(self) -> IO[bytes]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            self._log.replace(self._log.with_name("server.before.log"))
        return self._log.open("wb")

    def _wait(self, url: str) -> None:
        """Until the server says that it is well, or has no way of saying so."""
        root = self._settings.model_copy(
            update={"url": url.removesuffix("/v1"), "timeout_seconds": min(HEALTH_SECONDS, self._settings.timeout_seconds), "retries": 0}
        )
        health = Endpoint(root, "health", MOST_HEALTH_BYTES, 0.0)
        deadline = time.monotonic() + self._settings.start_seconds
        while time.monotonic() < deadline:
            if ended := self.ended():
                self.close()
                raise ServerError(f"{ended}\nThe command was: {self._shown_command()}")
            said = health.call(None)
            if not isinstance(said, Failure) or said.why in {"refused", "too long"}:
                return
            time.sleep(LOOK_SECONDS)
        tail = self._tail()
        self.close()
        raise ServerError(
            f"the server does not answer {self._settings.start_seconds:g} s after its start; a large model may need a larger "
            f"`server.start_seconds`. {tail}\nThe command was: {self._shown_command()}"
        )

    def _shown_command(self) -> str:
        command = self._settings.command
        return command if isinstance(command, str) else shlex.join(command or ())

    def _tail(self) -> str:
        try:
            with self._log.open("rb") as file:
                file.seek(max(0, self._log.stat().st_size - TAIL_BYTES))
                text = file.read(TAIL_BYTES).decode("utf-8", "replace")
        except OSError:
            return f"{self._log} cannot be read"
        lines = [f"  {shown.one_line(line, 200)}" for line in text.splitlines() if line.strip()][-TAIL_LINES:]
        return "\n".join([f"The last lines of {self._log}:", *lines])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _how(code: int) -> str:
    """An exit code in words; the keeper gives 128 + n for signal n."""
    number = code - 128 if code > 128 else -code
    names: Sequence[str] = [one.name for one in signal.Signals if one.value == number]
    return f"by {names[0]}" if names and (code > 128 or code < 0) else f"exit code {code}"
