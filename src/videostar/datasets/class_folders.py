"""A folder per class: what a video shows is the name of its folder. Folders of splits may stand above.

    train/apply eye makeup/a.avi

https://huggingface.co/docs/datasets/video_dataset
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from videostar.datasets.importer import Dropped, Format, Item, Options, Row, Take, split_named
from videostar.datasets.videos import has_video_suffix
from videostar.errors import DataError
from videostar.types import Split

MOST_CLASSES = 64


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """One video, one class question."""
    root = _root(paths)
    classes = _classes(root)
    label = {"classes": classes} if len(classes) <= MOST_CLASSES else {}
    for path in _videos(root):
        folders = path.split("/")[:-1]
        split, folders = _split(folders)
        item: Item = Dropped("not in a folder of a class", path)
        if folders:
            take = Take("folder", path, path, options.seed)
            item = take.ask("action", {"kind": "category", "value": _named(folders[-1]), **label})
        yield Row(path, (item,), split, "the folders" if split else "")


def notes(paths: Sequence[Path], _: Options) -> list[str]:
    """Which classes the folders stand for."""
    classes = _classes(_root(paths))
    return [f"{paths[0]}: {len(classes)} folders as classes: {', '.join(classes[:10])}{', ...' if len(classes) > 10 else ''}"]


def _root(paths: Sequence[Path]) -> Path:
    if len(paths) != 1 or not paths[0].is_dir():
        raise DataError("name one folder, in which each class has a folder of videos")
    return paths[0]


def _videos(root: Path) -> Iterator[str]:
    """Paths below the root, in order."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        yield from (os.path.relpath(os.path.join(folder, name), root) for name in sorted(names) if has_video_suffix(name))


def _classes(root: Path) -> list[str]:
    found = (_split(path.split("/")[:-1])[1] for path in _videos(root))
    return sorted({_named(folders[-1]) for folders in found if folders})


def _split(folders: list[str]) -> tuple[Split | None, list[str]]:
    split = split_named(folders[0]) if len(folders) > 1 else None
    return (split, folders[1:]) if split else (None, folders)


def _named(folder: str) -> str:
    return folder.replace("_", " ").strip()


FORMAT = Format(
    title="a folder per class",
    read=rows,
    files="the folder that holds the folders of the classes",
    tasks=("action",),
    notes=notes,
    holds_videos=True,
)
