"""Annotation files written by a test, read through the import that the command uses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from videostar.datasets.importers import importer
from videostar.importing import Account, ImportRequest, import_samples
from videostar.rows import read_rows

REAL = Path(__file__).parents[2].parent / "shared" / "real" / "annotations"


class Read:
    """What an import gave: the account, the samples by id, in order."""

    def __init__(self, name: str, account: Account, out: Path) -> None:
        self.account = account
        known = importer(name).tasks
        assert any(" " in task for task in known) or set(account.tasks) <= set(known), "tasks that the format does not name"
        self.rows: dict[str, dict[str, Any]] = {row["id"]: row for row in read_rows(out)}
        assert account.rows_in == account.rows_used + sum(account.rows_dropped.values())
        assert len(self.rows) == sum(account.tasks.values())

    @property
    def tasks(self) -> dict[str, int]:
        return dict(self.account.tasks)

    def of(self, task: str) -> list[dict[str, Any]]:
        return [row for row in self.rows.values() if row["task"] == task]

    def labels(self, task: str) -> list[Any]:
        return [row["label"] for row in self.of(task)]


def read(folder: Path, name: str, files: Mapping[str, str | bytes], *settings: str, **words: Any) -> Read:
    """Import files with these contents."""
    paths = []
    for file, content in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(str(path))
    return read_paths(folder, name, tuple(paths), *settings, **words)


def read_paths(folder: Path, name: str, paths: tuple[str, ...], *settings: str, **words: Any) -> Read:
    out = words.pop("out", folder / "samples.jsonl")
    return Read(name, import_samples(ImportRequest(name, paths, out, settings=settings, **words)), out)


def real_files(*names: str) -> tuple[str, ...]:
    """Rows of the real files, beside the checkout."""
    if not REAL.is_dir():
        pytest.skip(f"the real rows are not here: no folder {REAL}")
    return tuple(str(REAL / name) for name in names)


def lines(*rows: Any) -> str:
    """JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)
