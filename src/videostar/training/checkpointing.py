"""What makes a training resumable: which checkpoints on the way are whole, whose they are, and a result that appears whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from videostar.ports import TrainingJob, TrainingResult
from videostar.store import read_json, write_json, write_text

JOB = "job.json"
RESULT = "result.json"
WHOLE = "whole.json"
PREFIX = "checkpoint-"


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
    """Set the marker without which a checkpoint does not count; keeps the rows left out so far."""
    write_json(checkpoint / WHOLE, {"dropped": dict(dropped)})


def last_whole(work: Path) -> tuple[Path, dict[str, str]] | None:
    """The latest whole checkpoint and the rows left out until then. Later ones, cut off while written, are removed."""
    steps = [path for path in work.glob(f"{PREFIX}*") if path.name.removeprefix(PREFIX).isdigit()]
    for path in sorted(steps, key=lambda path: int(path.name.removeprefix(PREFIX)), reverse=True):
        if (path / WHOLE).is_file():
            return path, read_json(path / WHOLE)["dropped"]
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


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
