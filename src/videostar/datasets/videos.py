"""A folder of videos, known by name: annotations say `v_abc`, the file may lie anywhere below and have any ending."""

from __future__ import annotations

import os
from pathlib import Path

SUFFIXES = frozenset(".mp4 .avi .mkv .mov .webm .m4v .mpg .mpeg .flv .wmv .gif .3gp .ts".split())


class VideoFolder:
    """The video files below `root`; found by path, else by a file name that only one of them has."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._paths: set[str] = set()
        self._by_stem: dict[str, str | None] = {}
        for folder, _, names in os.walk(root):
            for name in names:
                if has_video_suffix(name):
                    self._add(os.path.relpath(os.path.join(folder, name), root))

    def __len__(self) -> int:
        return len(self._paths)

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def find(self, path: str) -> str:
        """The path below `root` of what an annotation calls `path`; `path` itself where nothing or more than one file fits."""
        if path in self._paths:
            return path
        return self._by_stem.get(stem(path)) or path

    def _add(self, path: str) -> None:
        self._paths.add(path)
        name = stem(path)
        self._by_stem[name] = None if name in self._by_stem else path


def stem(path: str) -> str:
    """The file's name without folders and without a video ending; other dots belong to the name."""
    name = path.rsplit("/", 1)[-1]
    head, dot, tail = name.rpartition(".")
    return head if dot and f".{tail.lower()}" in SUFFIXES else name


def has_video_suffix(name: str) -> bool:
    """Whether the name ends like a video's."""
    return os.path.splitext(name)[1].lower() in SUFFIXES
