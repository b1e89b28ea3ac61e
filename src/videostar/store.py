"""The run directory: what has been done is on disk, whole lines only, so that a run killed anywhere goes on where it was.

A stage that costs model time writes batch by batch into an append-only `StageLog`; everything that can be computed again
is written whole through a rename. A file that exists under its final name is complete.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

import yaml

from videostar.config import Config, checked, differences, resolved_yaml
from videostar.errors import RunError
from videostar.rows import dump, read_rows
from videostar.server_config import MAY_CHANGE

PACKAGES = ("videostar", "torch", "torchvision", "transformers", "peft", "accelerate", "av", "numpy", "pydantic")


class RunStore:
    """One run directory, held by one process at a time (a lock that dies with the process).

    judged: folder for verdicts and what follows from them, where they are not those of the run itself.
    """

    def __init__(self, root: Path, judged: Path | None = None) -> None:
        self.root = root
        self._judged = judged
        self._lock: IO[str] | None = None

    def open(self, config: Config) -> RunStore:
        """Make the directory or go on in it. Raises `RunError` when it holds another config or is in use."""
        self._hold(fcntl.LOCK_EX)
        self._begin(config)
        return self

    def share(self, config: Config) -> RunStore:
        """As `open`, but beside other processes that share it. What they all need is written within `alone()`."""
        self._hold(fcntl.LOCK_SH)
        with self.alone():
            self._begin(config)
        return self

    @contextmanager
    def alone(self, name: str = "prepare", wait: bool = True) -> Iterator[None]:
        """No other process that shares the directory is in a block of this name meanwhile.

        wait: until the other has left it; else `RunError` where one is in it.
        """
        folder = self.root / "locks"
        folder.mkdir(exist_ok=True)
        with (folder / name).open("a+") as file:
            _lock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB), f"{self.root}: another process is at work on {name}")
            yield

    def close(self) -> None:
        """Let others use the directory."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _hold(self, how: int) -> None:
        """Take the directory: whole, or shared with others that do likewise."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._lock = (self.root / "lock").open("a+")
        except OSError as error:
            raise RunError(f"{self.root} cannot be made the run directory ({error.strerror}); choose another `run:`") from None
        _lock(self._lock, how | fcntl.LOCK_NB, f"{self.root} is in use by another process")

    def _begin(self, config: Config) -> None:
        if self.config_path.exists() and self.ingested.exists():
            self._refuse_changes(config)
        write_text(self.config_path, resolved_yaml(config))
        write_json(self.root / "environment.json", environment())

    def _refuse_changes(self, config: Config) -> None:
        changed = [line for line in differences(read_config(self.root), config) if not line.startswith(MAY_CHANGE)]
        if changed:
            raise RunError(
                f"{self.root} was started with another config; choose another `run:` directory, or set back:",
                *changed,
            )

    @property
    def config_path(self) -> Path:
        """The resolved config."""
        return self.root / "config.yaml"

    @property
    def ledger(self) -> Path:
        """Where every sample of every cycle went."""
        return self.root / "ledger.json"

    @property
    def metrics(self) -> Path:
        """One row per cycle."""
        return self.root / "metrics.jsonl"

    @property
    def best(self) -> Path:
        """The best checkpoint on validation."""
        return self.root / "best.json"

    @property
    def quarantine(self) -> Path:
        """Train samples whose video could not be read, and why."""
        return self.root / "quarantine.jsonl"

    @property
    def opinions(self) -> Path:
        """What the judge model has said, by what it was asked."""
        return self.root / "opinions.jsonl"

    @property
    def ingested(self) -> Path:
        """The mark that the tables have been checked; from then on config and tables may not change."""
        return self.root / "samples" / "done.json"

    def samples(self, split: str) -> Path:
        """Checked samples of a split, ordered by id."""
        return self.root / "samples" / f"{split}.jsonl"

    def baselines(self, split: str) -> Path:
        """What answers without a look at the video are worth on a split."""
        return self.root / f"baselines-{split}.json"

    def cycle(self, number: int) -> CycleFiles:
        """The files of a cycle; 0 is the base model."""
        judged = self._judged and self._judged / f"cycle-{number}"
        return CycleFiles(self.root / f"cycle-{number}", f"cycle {number}" if number else "base", judged=judged)

    @property
    def final(self) -> CycleFiles:
        """The files of the last training; its checkpoint is `final/` itself."""
        return CycleFiles(self.root / "final-training", "final", self.root / "final")


class CycleFiles:
    """Where the files of one cycle are. `name` is what a person calls it: "base", "cycle 1", ..., "final".

    judged: where verdicts and what follows from them are; the folder itself unless said otherwise.
    """

    def __init__(self, folder: Path, name: str, checkpoint: Path | None = None, judged: Path | None = None) -> None:
        judged = judged or folder
        self.folder = folder
        self.name = name
        self.checkpoint = checkpoint or folder / "checkpoint"
        self.answers = folder / "answers.jsonl"
        self.blind_answers = folder / "blind_answers.jsonl"
        self.blind_verdicts = judged / "blind_verdicts.jsonl"
        self.verdicts = judged / "verdicts.jsonl"
        self.rationales = folder / "rationales.jsonl"
        self.rationale_verdicts = judged / "rationale_verdicts.jsonl"
        self.conversations = judged / "conversations.jsonl"
        self.mixed = folder / "mixed.jsonl"
        self.selection = judged / "selection.json"
        self.training_work = folder / "training"
        self.training = folder / "training.json"
        self.evaluation = folder / "evaluation.json"

    def evaluation_answers(self, split: str) -> Path:
        """Greedy answers of the cycle's checkpoint on a split."""
        return self.folder / f"{split}_answers.jsonl"

    def evaluation_verdicts(self, split: str) -> Path:
        """Their verdicts."""
        return self.folder / f"{split}_verdicts.jsonl"


@dataclass(frozen=True, slots=True)
class BatchNote:
    """What a batch cost; kept beside its rows, so that costs add up over interruptions."""

    seconds: float
    clips_decoded: int
    clips_from_cache: int


class StageLog:
    """Append-only rows of one stage, batch by batch, with a progress file beside.

    A batch counts once its line stands in the progress file; rows after the last counted batch (a write that was cut off)
    are removed when the log is opened again, and that batch is redone whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.progress_path = path.with_name(f"{path.stem}.progress.jsonl")

    @property
    def done(self) -> bool:
        """Whether the stage has ended: the done marker is the last line of the progress file."""
        return any("done" in line for line in self._progress())

    def recover(self) -> int:
        """Cut off what a kill left half written; the number of whole batches."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = self._progress()
        batches = [line for line in lines if "bytes" in line]
        _cut(self.progress_path, sum(len(dump(line)) for line in lines))
        _cut(self.path, batches[-1]["bytes"] if batches else 0)
        return len(batches)

    def halvings(self) -> dict[int, int]:
        """Batch number -> answers at once, where memory ran out: replayed, so that batches stay what they were."""
        return {line["batch"]: line["halved_to"] for line in self._progress() if "halved_to" in line}

    def record_halving(self, batch: int, size: int) -> None:
        """Remember that from `batch` on only `size` answers fit at once."""
        _append(self.progress_path, dump({"batch": batch, "halved_to": size}))

    def append(self, rows: Iterable[Mapping[str, Any]], note: BatchNote, batch: int | None = None) -> None:
        """Write one batch: its rows first, then the line that makes it count. batch: its number, where batches come in any order."""
        text = "".join(dump(row) for row in rows)
        number = {} if batch is None else {"batch": batch}
        _append(self.progress_path, dump({**_line(_append(self.path, text), note), **number}))

    def sort(self, order: Callable[[Iterable[Mapping[str, Any]]], Iterable[Mapping[str, Any]]]) -> None:
        """Put the rows into another order, whole or not at all; none may be lost. Doing it again changes nothing."""
        if self.path.exists():
            write_rows(self.path, order(read_rows(self.path)))

    def finish(self) -> None:
        """Set the done marker."""
        self.path.touch()
        _append(self.progress_path, dump({"done": True}))

    def places(self) -> dict[int, tuple[int, int]]:
        """Number of a batch that came in any order -> where its rows begin and end, in bytes."""
        lines = [line for line in self._progress() if "bytes" in line]
        ends = [line["bytes"] for line in lines]
        return {line["batch"]: place for line, place in zip(lines, zip([0, *ends], ends, strict=False), strict=True)}

    def settle(self, cost: BatchNote) -> None:
        """Mark rows that were put together elsewhere and already lie in place as the whole stage."""
        write_text(self.progress_path, dump(_line(self.path.stat().st_size, cost)) + dump({"done": True}))

    def cost(self) -> BatchNote:
        """What all batches cost together."""
        lines = [line for line in self._progress() if "bytes" in line]
        return BatchNote(
            sum(line["seconds"] for line in lines), sum(line["decoded"] for line in lines), sum(line["cached"] for line in lines)
        )

    def _progress(self) -> list[dict[str, Any]]:
        if not self.progress_path.exists():
            return []
        whole, _, _ = self.progress_path.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.split("\n") if line]


def _lock(file: IO[str], how: int, taken: str) -> None:
    """Raises `RunError` where the lock is `taken`, or where the file system has none."""
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        raise RunError(f"{taken}; wait for it or choose another run directory") from None
    except OSError as error:
        raise RunError(f"{file.name} cannot be locked ({error.strerror}); the run directory must lie on a file system with locks") from None


def _line(end: int, note: BatchNote) -> dict[str, Any]:
    """What makes a batch count: where its rows end, and what it cost."""
    return {"bytes": end, "seconds": round(note.seconds, 3), "decoded": note.clips_decoded, "cached": note.clips_from_cache}


def _append(path: Path, text: str) -> int:
    """Add text and make it durable; the file's size then. What a full disk cuts off is removed by `StageLog.recover`."""
    with _named(path), path.open("ab") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _cut(path: Path, size: int) -> None:
    if path.exists() and path.stat().st_size > size:
        os.truncate(path, size)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    write_lines(path, [text])


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON for people and programs, whole or not at all."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=True) + "\n")


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Stream rows into a file that appears whole or not at all."""
    write_lines(path, (dump(row) for row in rows))


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Stream text into a file that appears whole or not at all."""
    with appearing(path) as file:
        file.writelines(lines)


@contextmanager
def appearing(path: Path) -> Iterator[IO[str]]:
    """A file to write into, which appears whole when the block ends well, else not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with _named(path):
        try:
            with part.open("w", encoding="utf-8") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)  # on a full disk it would only take room
            raise


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """An error of the system that does not say which file it is about, as that of a full disk does not, says it."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno is not None:
            error.filename = str(path)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file of ours."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def read_config(run: Path) -> Config:
    """The resolved config of a run. Raises `RunError` when the folder holds no run."""
    path = run / "config.yaml"
    if not path.is_file():
        raise RunError(f"{run} is not a run directory: it has no config.yaml; `videostar run CONFIG.yaml` makes one")
    return checked(yaml.safe_load(path.read_text(encoding="utf-8")))


def rows_if_any(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file that may not be there yet."""
    if path.exists():
        yield from read_rows(path)


def environment() -> dict[str, Any]:
    """What the run ran on."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return {"python": sys.version.split()[0], "platform": platform.platform(), "cpus": os.cpu_count(), "packages": versions}
