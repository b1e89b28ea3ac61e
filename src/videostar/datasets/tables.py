"""The rows of a table in whatever file it comes, streamed: its line, or for Arrow its number, and values by column name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.datasets.files import json_rows, table_rows
from videostar.errors import DataError, MissingExtraError

TEXT_TABLES = (".csv", ".tsv")
JSON_TABLES = (".json", ".jsonl")
ARROW_TABLES = (".parquet", ".arrow")
BATCH_ROWS = 1000
OF_THE_LIBRARY = frozenset({"dataset_info.json", "dataset_dict.json", "state.json"})


def table_files(paths: Sequence[Path]) -> list[Path]:
    """The tables named; of a folder its Arrow or Parquet files at any depth, else the tables that lie in it."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for file in path.rglob("*") if file.suffix in ARROW_TABLES and not file.name.startswith("cache-"))
        beside = (*TEXT_TABLES, *JSON_TABLES)
        inside = inside or sorted(file for file in path.iterdir() if file.suffix in beside and file.name not in OF_THE_LIBRARY)
        if not inside:
            raise DataError(f"{path} holds no table; where its folders are the classes, use the format folder")
        found += inside
    return found


def values(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Rows that are objects; others come without columns."""
    if path.suffix in ARROW_TABLES:
        yield from _arrow_rows(path)
    elif path.suffix in JSON_TABLES:
        yield from ((line, row if isinstance(row, Mapping) else {}) for line, row in json_rows(path))
    elif path.suffix in (*TEXT_TABLES, ".txt"):
        yield from ((str(line), cells) for line, cells in table_rows(path))
    else:
        raise DataError(f"{path} has the ending {path.suffix!r}; tables are {', '.join((*TEXT_TABLES, *JSON_TABLES, *ARROW_TABLES))}")


def first_row(path: Path) -> list[str]:
    """The names of the columns: of the first rows, since JSON rows may lack some."""
    names: dict[str, None] = {}
    for _, cells in itertools.islice(values(path), 20):
        names.update(dict.fromkeys(map(str, cells)))
    return list(names)


def _arrow_rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Batch by batch. Values that are files (a video's bytes) are never loaded whole beyond their batch."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError(f"{path.name}: reading Parquet and Arrow needs pyarrow; pip install 'videostar[datasets]'") from None
    try:
        number = 0
        for batch in pq.ParquetFile(path).iter_batches(BATCH_ROWS) if path.suffix == ".parquet" else _arrow_batches(path):
            for row in batch.to_pylist():
                number += 1
                yield str(number), row
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} is no readable table ({str(error).splitlines()[0][:200]})") from None


def _arrow_batches(path: Path) -> Iterator[Any]:
    """The stream format that the library saves, or the file format."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        try:
            yield from pa.ipc.open_stream(source)
        except pa.ArrowInvalid:
            reader = pa.ipc.open_file(source)
            yield from (reader.get_batch(place) for place in range(reader.num_record_batches))
