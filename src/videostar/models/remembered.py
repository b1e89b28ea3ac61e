"""A processor's part for videos that remembers what it made of the last clips, since questions about one clip follow each other."""

from __future__ import annotations

import copy
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

MOST_CLIPS = 4


class Remembered:
    """Stands for a video processor; everything but calling it goes to the one behind. For answering only: it cannot be saved."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind
        self._made: OrderedDict[str, Any] = OrderedDict()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    def clear(self) -> None:
        """Forget all."""
        self._made.clear()

    def __call__(self, videos: Sequence[Any], **options: Any) -> Any:
        """As the processor behind; the result may be changed freely, the tensors in it may not."""
        name = _name(videos, options)
        if name not in self._made:
            self._made[name] = self._behind(videos, **options)
        self._made.move_to_end(name)
        while len(self._made) > MOST_CLIPS:
            self._made.popitem(last=False)
        made = self._made[name]
        given = copy.copy(made)
        given.data = {key: copy.deepcopy(value) if key == "video_metadata" else value for key, value in made.items()}
        return given


def _name(videos: Sequence[Any], options: dict[str, Any]) -> str:
    """Equal for the same pixels handled in the same way."""
    digest = hashlib.sha256(repr(sorted(options.items())).encode())
    for video in videos:
        pixels = np.ascontiguousarray(video)
        digest.update(repr((pixels.shape, pixels.dtype)).encode())
        digest.update(pixels.data)
    return digest.hexdigest()
