"""Conversations of a JSONL file by number, read when they are needed: start-up costs one pass for line breaks, memory 8 bytes a row."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from videostar.errors import DataError
from videostar.rows import conversation_from_json
from videostar.types import Conversation

CHUNK_BYTES = 1 << 22


class ConversationFile:
    """A map-style dataset. Blank lines do not count. Raises `DataError` for a file without rows and for a row that cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offsets = _line_starts(path)
        if len(self._offsets) == 0:
            raise DataError(f"{path} holds no conversations; nothing can be trained on it")

    def __len__(self) -> int:
        return len(self._offsets)

    def __getitem__(self, index: int) -> Conversation:
        with self._path.open("rb") as file:
            file.seek(int(self._offsets[index]))
            line = file.readline()
        try:
            return conversation_from_json(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{self._path}, row {index + 1}: {error!r} where a conversation with id and messages was expected: {line[:200]!r}"
            ) from None


def _line_starts(path: Path) -> NDArray[np.int64]:
    """Byte offsets of the lines that hold more than a line break."""
    breaks = [np.array([-1], np.int64)]
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found = np.flatnonzero(np.frombuffer(chunk, np.uint8) == ord("\n"))
            breaks.append(found.astype(np.int64) + size)
            size += len(chunk)
    ends = np.concatenate([*breaks, np.array([size], np.int64)])
    starts: NDArray[np.int64] = ends[:-1] + 1
    filled: NDArray[np.int64] = starts[ends[1:] - starts > 1]
    return filled
