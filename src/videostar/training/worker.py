"""`python -m videostar.training.worker JOB`: one of the processes of a training that `launch` has started.

It ends with its parent, whose death closes its standard input. The leading process tells of its progress on standard output, one line
each, and every one of what it dies of.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from videostar.config import checked
from videostar.errors import ConfigError, UserError
from videostar.ports import Progress, Silent, TrainingJob, Watcher
from videostar.rows import dump
from videostar.store import read_json
from videostar.training import ranks
from videostar.training.checkpointing import Whole

TOLD = "videostar-training "
LONGEST_WORDS = 3000  # what a pipe takes in one piece is 4096


def main(job_file: Path) -> int:
    """Do the job. 0: done, or stopped by SIGTERM with a checkpoint written, which is told; 1: failed."""
    rank = int(os.environ.get("RANK", "0"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _tell({"process": os.getpid()})
    try:
        _train(read_json(job_file), rank)
    except KeyboardInterrupt:
        _tell({"stopped": True})
    except BaseException as error:  # noqa: BLE001  (the parent raises it again, or shows it)
        _tell_of(error)
        return 1
    finally:
        ranks.part()
    return 0


def _train(row: dict[str, Any], rank: int) -> None:
    config = checked(row["config"])
    if ranks.count() != config.train.processes:  # each would take itself for the only one, and all would write the same files
        raise ConfigError(
            f"{ranks.count()} processes were started together, and train.processes is {config.train.processes}; on CPUs accelerate needs"
            " mpirun for several: leave train.accelerate out there"
        )
    from videostar.training.fitting import Fitting
    from videostar.video.store import FrameStore

    places = {name: Path(row["job"][name]) for name in ("conversations", "output", "work")}
    job = TrainingJob(base=row["job"]["base"], seed=row["job"]["seed"], **places)
    found = Whole(Path(row["found"]["folder"]), row["found"]["dropped"]) if row["found"] else None
    watch: Watcher = _Telling() if rank == 0 else Silent()
    with FrameStore(config.frames) as frames:
        Fitting(config, frames, Path(row["root"])).train(job, found, watch)


class _Telling(Silent):
    """A watcher that passes everything on."""

    def progress(self, title: str, total: int, done: int = 0) -> AbstractContextManager[Progress]:
        _tell({"title": title, "total": total, "done": done})
        return _Bar()

    def say(self, line: str) -> None:
        _tell({"line": line})


class _Bar:
    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def advance(self, units: int = 1) -> None:
        _tell({"advance": units})


def _tell(message: dict[str, Any]) -> None:
    """One line, written at once, so that lines of several processes do not mix."""
    with suppress(OSError):  # the parent is gone; this process will be too
        os.write(1, (TOLD + dump(message)).encode("ascii"))


def _tell_of(error: BaseException) -> None:
    """What this process dies of: a user's mistake by its kind and words, anything else by the end of its trace."""
    sys.stderr.write("".join(traceback.format_exception(error)))
    mendable = isinstance(error, UserError)
    words = str(error) if mendable else f"{type(error).__name__}: {error}"
    while len(dump({"": words})) > LONGEST_WORDS:
        words = words[: len(words) * 2 // 3] + "..."
    _tell({"failed": words, "kind": type(error).__name__ if mendable else ""})


def _end_with_parent() -> None:
    with suppress(OSError):
        while os.read(0, 1):
            pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
