"""Our own samples, as `videostar import` writes them and a config names them: JSON Lines; or an export's `samples.parquet`.

    {"id": "k-1", "video": "clips/a.mp4", "question": "What is the person doing?", "label": {"kind": "category", "value": "yoga"}}

In Parquet, `label` and `meta` are JSON texts. Exporting a run and reading it here gives the same samples.
https://huggingface.co/docs/datasets/loading
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from videostar.datasets.files import files_of, json_rows
from videostar.datasets.importer import Dropped, Format, Item, Options, Row
from videostar.datasets.tables import values
from videostar.errors import DataError
from videostar.rows import sample_from_json
from videostar.types import Sample


def rows(paths: Sequence[Path], options: Options) -> Iterator[Row]:
    """Each row as it is; its video is looked for below the folder of videos, where one is named."""
    for path in files_of(paths, ".jsonl", "samples.parquet"):
        found = values(path) if path.suffix == ".parquet" else json_rows(path)
        for place, row in found:
            item = _item(row, options)
            split = item.split if isinstance(item, Sample) else None
            yield Row(f"{path.name}:{place}", (item,), split, "the samples themselves")


def _item(row: Any, options: Options) -> Item:
    if not isinstance(row, Mapping):
        return Dropped("not a sample", f"a row must be an object, not {type(row).__name__}")
    try:
        sample = sample_from_json({name: _parsed(name, value) for name, value in row.items()}, {})
    except DataError as error:
        return Dropped("not a sample", "; ".join(error.problems))
    return sample if options.videos is None else replace(sample, video=options.videos.find(sample.video))


def _parsed(name: str, value: Any) -> Any:
    """Nested values that Parquet holds as JSON texts."""
    if name not in ("label", "meta") or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value  # the row check says what is wrong with it


FORMAT = Format(
    title="samples of videostar",
    read=rows,
    files="a .jsonl of samples, or the folder of an export as parquet",
    tasks=("as they are",),
)
