"""A training in processes of its own, started by torchrun or `accelerate launch`: the job goes into a file, progress and errors come back.

The processes end with this one, whatever ends it. SIGTERM is passed on to each of them, so that the step that runs is saved;
an interrupt from the keyboard ends them at once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from videostar import errors
from videostar.config import LAUNCH_FILES, Config, TrainConfig
from videostar.errors import UserError
from videostar.ports import Progress, TrainingJob, Watcher
from videostar.store import write_json
from videostar.training.checkpointing import Whole
from videostar.training.worker import TOLD

LOG = "launch.log"
JOB = "launch.json"
SHOWN_LINES = 20
STOP_SECONDS = 120


def is_needed(train: TrainConfig) -> bool:
    """Whether a training has processes of its own: for several of them, or where its weights are sharded."""
    return train.processes > 1 or any(getattr(train, key) is not None for key in LAUNCH_FILES)


def train(config: Config, root: Path, job: TrainingJob, found: Whole | None, watch: Watcher) -> None:
    """Train `job` from `found`, or from its base. Raises what the processes raise for a user to mend; `KeyboardInterrupt` after SIGTERM."""
    row = {
        "config": config.model_dump(mode="json"),
        "root": str(root),
        "job": {**asdict(job), **{name: str(getattr(job, name)) for name in ("conversations", "output", "work")}},
        "found": {"folder": str(found.folder), "dropped": found.dropped} if found else None,
    }
    write_json(job.work / JOB, row)
    log = job.work / LOG
    with log.open("wb") as written, ExitStack() as bars:
        heard = _Heard(watch, bars)
        code = _run(_command(config.train, job.work / JOB), heard, written)
    if heard.stopped:
        raise KeyboardInterrupt
    if heard.failed is not None:
        raise heard.failed
    if code != 0:
        raise UserError(
            f"the training on {config.train.processes} processes ended with code {code}; {heard.died or 'none of them said why'}."
            f" The last lines of {log}:\n{_tail(log)}"
        )


def _command(train: TrainConfig, job_file: Path) -> list[str]:
    count, worker = str(train.processes), ["-m", "videostar.training.worker", str(job_file)]
    if train.accelerate is not None:
        launcher = ["accelerate.commands.launch", "--config_file", str(train.accelerate), "--num_processes", count]
    else:
        launcher = ["torch.distributed.run", "--standalone", "--nproc-per-node", count, "--shutdown-timeout", str(STOP_SECONDS)]
    return [sys.executable, "-m", *launcher, *worker]


class _Heard:
    """What the processes have told so far; progress is passed on to the watcher."""

    def __init__(self, watch: Watcher, bars: ExitStack) -> None:
        self.processes: list[int] = []
        self.stopped = False
        self.failed: UserError | None = None
        self.died = ""
        self._watch = watch
        self._bars = bars
        self._bar: Progress | None = None

    def hear(self, told: dict[str, Any]) -> None:
        """One line of a process."""
        match told:
            case {"process": int(number)}:
                self.processes.append(number)
            case {"title": title, "total": total, "done": done}:
                self._bar = self._bars.enter_context(self._watch.progress(title, total, done))
            case {"advance": int(units)} if self._bar is not None:
                self._bar.advance(units)
            case {"line": str(line)}:
                self._watch.say(line)
            case {"stopped": True}:
                self.stopped = True
            case {"failed": str(words), "kind": str(kind)}:
                self._failed(words, kind)

    def _failed(self, words: str, kind: str) -> None:
        """The first mistake of a user counts; of other deaths the first, since those that follow it come from it."""
        if kind and self.failed is None:
            known = getattr(errors, kind, UserError)
            self.failed = known(words) if isinstance(known, type) and issubclass(known, UserError) else UserError(words)
        elif not kind:
            self.died = self.died or words


def _run(command: list[str], heard: _Heard, log: IO[bytes]) -> int:
    """Run to the end; the exit code. No process is left, however this ends."""
    process = subprocess.Popen(  # noqa: S603  (our own command)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
    )
    try:
        with _sigterm_passed_on(process, heard):
            for line in process.stdout or ():
                if not _told(line, heard):
                    log.write(line)
            return process.wait()
    finally:
        _end(process, heard)


def _told(line: bytes, heard: _Heard) -> bool:
    """Whether a line is one of ours; libraries may print what they like."""
    text = line.decode("utf-8", errors="replace")
    if not text.startswith(TOLD):
        return False
    try:
        message = json.loads(text.removeprefix(TOLD))
    except ValueError:
        return False
    if isinstance(message, dict):
        heard.hear(message)
    return True


@contextmanager
def _sigterm_passed_on(process: subprocess.Popen[bytes], heard: _Heard) -> Iterator[None]:
    """SIGTERM goes to the training processes, not to their launcher, which would not give them the time to save."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def pass_on(*_: object) -> None:
        for number in heard.processes or [process.pid]:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(process: subprocess.Popen[bytes], heard: _Heard) -> None:
    """Kill what still runs. A process that has not told its number yet ends when its standard input does."""
    if process.poll() is None:
        for number in heard.processes:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()


def _tail(log: Path) -> str:
    with log.open(encoding="utf-8", errors="replace") as file:
        return "".join(deque(file, SHOWN_LINES)).rstrip()
