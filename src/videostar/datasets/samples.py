"""Our own samples, as `videostar import` writes them and a config names them: JSON Lines.

    {"id": "k-1", "video": "clips/a.mp4", "question": "What is the person doing?", "label": {"kind": "category", "value": "yoga"}}

The fields are described in docs/design.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from videostar.datasets.files import files_of
from videostar.datasets.importer import Dropped, Format, Options, Row
from videostar.datasets.table import Problem, Table, read_table


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """Each row as it is; its video is looked for below the folder of videos, where one is named."""
    for path in files_of(paths, ".jsonl"):
        for line, item in enumerate(read_table(Table(path), options.seed, {}), 1):
            if isinstance(item, Problem):
                yield Row(f"{path.name}:{item.where.rpartition(':')[2]}", (Dropped("not a sample", item.text),))
                continue
            video = item.video if options.videos is None else options.videos.find(item.video)
            yield Row(f"{path.name}:{line}", (replace(item, video=video),), item.split, "the samples themselves")


FORMAT = Format(
    title="samples of videostar",
    read=rows,
    files="a .jsonl of samples",
    tasks=("as they are",),
)
