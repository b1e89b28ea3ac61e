"""What makes a training resumable: which checkpoints on the way are whole, whose they are, and a result that appears whole."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from videostar import shown
from videostar.errors import RunError
from videostar.ports import TrainingJob, TrainingResult
from videostar.store import read_json, write_json, write_text

JOB = "job.json"
RESULT = "result.json"
WHOLE = "whole.json"
PREFIX = "checkpoint-"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
TORCH_FAILED_TO_WRITE = ("PytorchStreamWriter failed", "inline_container.cc", "file write failed")


@dataclass(frozen=True, slots=True)
class Whole:
    """A checkpoint on the way that can be gone on from. dropped: id -> reason of the rows left out until then."""

    folder: Path
    dropped: dict[str, str]


def claim(job: TrainingJob, settings: Mapping[str, Any]) -> None:
    """Make `job.work` this job's; what another job, other data or other settings left there is removed."""
    with job.conversations.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    identity = {"base": job.base, "seed": job.seed, "conversations": digest, "settings": dict(settings)}
    text = json.dumps(identity, indent=2, sort_keys=True, default=str)
    file_path = job.work / JOB
    if file_path.is_file() and file_path.read_text(encoding="utf-8") == text:
        return
    shutil.rmtree(job.work, ignore_errors=True)
    job.work.mkdir(parents=True)
    write_text(file_path, text)


def finished(job: TrainingJob) -> TrainingResult | None:
    """The result, where this very job has been done already."""
    if not (job.output.is_dir() and (job.work / RESULT).is_file()):
        return None
    row = read_json(job.work / RESULT)
    return TrainingResult(**{**row, "losses": tuple((step, loss) for step, loss in row["losses"])})


def mark_whole(checkpoint: Path, dropped: Mapping[str, str]) -> None:
    """Set the marker without which a checkpoint does not count: what is in the folder, and the rows left out so far."""
    write_json(checkpoint / WHOLE, {"dropped": dict(dropped), "bytes": _sizes(checkpoint)})


def last_whole(work: Path) -> Whole | None:
    """The latest whole checkpoint. Later ones, cut off while written or with a file that is missing or cut, are removed."""
    steps = [path for path in work.glob(f"{PREFIX}*") if path.name.removeprefix(PREFIX).isdigit()]
    for path in sorted(steps, key=lambda path: int(path.name.removeprefix(PREFIX)), reverse=True):
        if (path / WHOLE).is_file():
            marked = read_json(path / WHOLE)
            if _sizes(path) == marked.get("bytes"):
                return Whole(path, marked["dropped"])
        shutil.rmtree(path)
    return None


@contextmanager
def appearing(job: TrainingJob, result: TrainingResult) -> Iterator[Path]:
    """A folder to write the finished checkpoint into; it becomes `job.output` at the end, and only then."""
    part = job.output.with_name(f".{job.output.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    yield part
    for file in part.rglob("*"):
        _make_durable(file)
    shutil.rmtree(job.output, ignore_errors=True)
    write_json(job.work / RESULT, asdict(result))
    part.rename(job.output)
    for checkpoint in job.work.glob(f"{PREFIX}*"):
        shutil.rmtree(checkpoint)


@contextmanager
def room_for(job: TrainingJob) -> Iterator[None]:
    """Say it in one `RunError` where the disk is full, in whichever of several ways the libraries that write say so."""
    try:
        yield
    except Exception as error:
        if not _disk_is_full(error):
            raise
        held = sum(path.stat().st_size for path in job.work.rglob("*") if path.is_file())
        raise RunError(
            f"the disk of {job.work} is full: {shown.size(shutil.disk_usage(job.work).free)} are left, and {shown.size(held)} are in there;"
            " a training keeps two checkpoints and writes a third. Make room; the same command goes on from the last whole one"
        ) from error


def _disk_is_full(error: Exception) -> bool:
    """torch, safetensors and tokenizers tell of a failed write in words of their own; torch does not even say why it failed."""
    if isinstance(error, OSError):
        return error.errno in FULL
    text = str(error)
    if any(f"os error {number}" in text for number in FULL):
        return True
    return isinstance(error, RuntimeError) and any(word in text for word in TORCH_FAILED_TO_WRITE)


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of every file below a folder but the marker, by name."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != WHOLE)
    return {str(path.relative_to(folder)): path.stat().st_size for path in files}


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
