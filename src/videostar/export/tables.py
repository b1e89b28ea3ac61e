"""Rows into files that appear whole: JSON Lines, one JSON array, Parquet. The same rows give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

from videostar.errors import MissingExtraError
from videostar.export.exporter import Table
from videostar.rows import dump

ROW_GROUP = 2_000


class _Writer(Protocol):
    def write(self, row: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...


class TableFiles:
    """The files of an export while they are written. They take their names when all are whole; else nothing stays of them."""

    def __init__(self, folder: Path, tables: tuple[Table, ...]) -> None:
        self.counts = {table.file: 0 for table in tables}
        self._paths = {table.file: folder / table.file for table in tables}
        self._writers: dict[str, _Writer] = {}
        for table in tables:
            self._writers[table.file] = _writer(_part(self._paths[table.file]), table)

    def write(self, file: str, row: Mapping[str, Any]) -> None:
        """One row more."""
        self._writers[file].write(row)
        self.counts[file] += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for writer in self._writers.values():
            writer.close()
        for path in self._paths.values():
            if kind is None:
                _part(path).replace(path)
            else:
                _part(path).unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _writer(path: Path, table: Table) -> _Writer:
    if path.name.endswith(".jsonl.part"):
        return _Lines(path)
    if path.name.endswith(".json.part"):
        return _Array(path)
    return _ParquetFile(path, table)


class _Lines:
    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8")

    def write(self, row: Mapping[str, Any]) -> None:
        self._file.write(dump(row))

    def close(self) -> None:
        self._file.close()


class _Array:
    """One row on each line, so that a reader for people or `grep` still works."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8")
        self._before = "[\n"

    def write(self, row: Mapping[str, Any]) -> None:
        self._file.write(self._before + json.dumps(row, ensure_ascii=True))
        self._before = ",\n"

    def close(self) -> None:
        self._file.write("\n]\n" if self._before == ",\n" else "[]\n")
        self._file.close()


class _ParquetFile:
    def __init__(self, path: Path, table: Table) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise MissingExtraError("Parquet needs pyarrow; install it with: pip install 'videostar[datasets]'") from None
        if table.schema is None:
            raise ValueError(f"{table.file} needs a schema")
        self._schema = table.schema()
        self._table_of = pa.Table.from_pylist
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[Mapping[str, Any]] = []

    def write(self, row: Mapping[str, Any]) -> None:
        self._rows.append(row)
        if len(self._rows) == ROW_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._rows:
            self._file.write_table(self._table_of(self._rows, schema=self._schema))
            self._rows.clear()
