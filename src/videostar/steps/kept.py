"""What was asked for once and is not asked for again: JSON lines on disk, by the sha256 of who was asked what."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from videostar.rows import dump


class Kept:
    """Replies of one giver: `{"key": ..., FIELD: reply}`. Several may share a file. A line cut off by a kill is removed."""

    def __init__(self, path: Path, giver: str, field: str) -> None:
        self._path = path
        self._giver = giver
        self._field = field
        self._known = _read(path, field)

    def get(self, question: str) -> Any:
        """The reply to a question; None where there is none."""
        return self._known.get(self._key(question))

    def add(self, replies: Mapping[str, Any]) -> None:
        """Keep replies by their questions, durably."""
        if not replies:
            return
        rows = {self._key(question): reply for question, reply in replies.items()}
        self._known.update(rows)
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(dump({"key": key, self._field: reply}) for key, reply in rows.items())
            file.flush()
            os.fsync(file.fileno())

    def _key(self, question: str) -> str:
        return hashlib.sha256(f"{self._giver}\n{question}".encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path, field: str) -> dict[str, Any]:
    if not path.exists():
        return {}
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    rows = (json.loads(line) for line in whole.splitlines())
    return {row["key"]: row[field] for row in rows if field in row}
