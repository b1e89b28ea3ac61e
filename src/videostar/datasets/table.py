"""Tables: JSON Lines of samples, and CSV or TSV files with `video,label` or `video,question,answer`.

A real row of each:

    {"id": "k-1", "video": "clips/a.mp4", "question": "What is the person doing?", "label": {"kind": "category", "value": "yoga"}}
    videos/yoga.mp4,yoga
    videos/boy_waving.gif,How many times does the boy wave his hands?,3
"""

from __future__ import annotations

import csv
import heapq
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.datasets.answers import label_of_answer
from videostar.errors import DataError
from videostar.rows import SAMPLE_FIELDS, sample_from_json
from videostar.seeds import seed_for
from videostar.types import Sample

ACTION_QUESTION = "What is happening in the video?"
DELIMITERS = {".csv": ",", ".tsv": "\t"}
MAX_FIELD_CHARS = 1_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be used, and why."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as written in a config: `path` or `path#count`, where count samples are drawn by seed."""

    path: Path
    count: int | None = None

    @staticmethod
    def named(text: str) -> Table:
        """Split `data.jsonl#1000`. Raises `DataError` when the file is not there or the number is not one."""
        path, mark, count = text.partition("#")
        if mark and not (count.isdecimal() and int(count) > 0):
            raise DataError(f'"{text}": after # stands how many samples to draw, such as #1000')
        if not Path(path).is_file():
            raise DataError(f"there is no table {path}; it is a .jsonl of samples, or a .csv with video,label or video,question,answer")
        return Table(Path(path), int(count) if mark else None)

    @property
    def folder(self) -> Path:
        """What the table's videos are relative to, unless `data.root` is set."""
        return self.path.parent


@dataclass(frozen=True, slots=True)
class Stated:
    """A sample, and its label as the row states it: without the defaults that `sample.label` was filled with."""

    sample: Sample
    label: Mapping[str, Any]


def read_table(table: Table, seed: int, label_defaults: Mapping[str, Any]) -> Iterator[Sample | Problem]:
    """The samples of a table, streamed; a row that cannot be used comes as a Problem with its line."""
    return (item if isinstance(item, Problem) else item.sample for item in read_stated(table, seed, label_defaults))


def read_stated(table: Table, seed: int, label_defaults: Mapping[str, Any]) -> Iterator[Stated | Problem]:
    """As `read_table`, each sample beside its label as the row states it."""
    rows = _json_rows(table.path) if table.path.suffix in {".jsonl", ".json"} else _delimited_rows(table.path)
    samples = (_sample(where, row, label_defaults) for where, row in rows)
    return samples if table.count is None else _drawn(samples, table.count, seed)


def guesses(table: Table) -> str:
    """How the columns of a CSV or TSV are read, in one line for a person; "" for samples."""
    if table.path.suffix in {".jsonl", ".json"}:
        return ""
    classes = _classes(table.path)
    if classes:
        return f'{table.path.name}: "label" is the class of the video ({len(classes)} classes), asked as "{ACTION_QUESTION}"'
    return f'{table.path.name}: "answer" is read as yes/no, count, number or text by its form'


def _drawn(samples: Iterator[Stated | Problem], count: int, seed: int) -> Iterator[Stated | Problem]:
    """Problems as they come, then `count` samples by seed; memory holds `count` samples."""
    best: list[tuple[int, str, int, Stated]] = []  # the position keeps rows of one id apart
    for position, item in enumerate(samples):
        if isinstance(item, Problem):
            yield item
            continue
        ranked = (-seed_for(seed, "subsample", item.sample.id), item.sample.id, position, item)
        if len(best) < count:
            heapq.heappush(best, ranked)
        elif ranked[:2] > best[0][:2]:
            heapq.heapreplace(best, ranked)
    yield from (item for _, _, _, item in best)


def _sample(where: str, row: Mapping[str, Any] | Problem, label_defaults: Mapping[str, Any]) -> Stated | Problem:
    if isinstance(row, Problem):
        return row
    try:
        return Stated(sample_from_json(row, label_defaults), row["label"])
    except DataError as error:
        return Problem(where, "; ".join(error.problems))


def _json_rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any] | Problem]]:
    with path.open("r", encoding="utf-8-sig", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, 1):
            where = f"{path}:{number}"
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield where, Problem(where, f"not a JSON object on one line ({error})")
                continue
            yield where, row if isinstance(row, dict) else Problem(where, f"a row must be an object, not {type(row).__name__}")


def _delimited_rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any] | Problem]]:
    classes = _classes(path)
    for number, cells in _cells(path):
        where = f"{path}:{number}"
        problems = _cell_problems(cells)
        if problems:
            yield where, Problem(where, "; ".join(problems))
        else:
            yield where, _row_of(f"{path.stem}-{number:06d}", cells, classes)


def _row_of(row_id: str, cells: Mapping[str, str], classes: list[str]) -> dict[str, Any]:
    """A sample row from named cells; columns that mean nothing to us are kept in `meta`."""
    row: dict[str, Any] = {"id": row_id, **{name: cells[name] for name in SAMPLE_FIELDS if cells.get(name)}}
    for name in ("start_seconds", "end_seconds"):
        if name in row:
            row[name] = _number(row[name])
    if cells.get("label"):
        row["label"] = {"kind": "category", "value": cells["label"], "classes": classes}
        row.setdefault("question", ACTION_QUESTION)
    else:
        row["label"] = label_of_answer(cells["answer"], cells["question"])
    known = {*SAMPLE_FIELDS, "answer"}
    row["meta"] = {name: value for name, value in cells.items() if name not in known}
    return row


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text  # the row check says what is wrong with it


def _cell_problems(cells: Mapping[str, str]) -> list[str]:
    problems = [] if cells.get("video") else ['"video" is empty']
    if cells.get("label") or ("label" not in cells and cells.get("question") and cells.get("answer")):
        return problems
    if "label" in cells:
        return [*problems, '"label" is empty: a label without a value cannot check an answer']
    return [*problems, '"question" or "answer" is empty']


def _classes(path: Path) -> list[str]:
    """The closed set of classes of a `video,label` table, sorted; empty for other tables."""
    return sorted({cells["label"] for _, cells in _cells(path) if cells.get("label")})


def _cells(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column name, surrounding blanks removed."""
    csv.field_size_limit(MAX_FIELD_CHARS)
    with path.open("r", encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.DictReader(file, delimiter=DELIMITERS.get(path.suffix, ","), restkey="", restval="")
        _check_columns(path, reader.fieldnames or [])
        try:
            for cells in reader:
                yield reader.line_num, {name: value.strip() for name, value in cells.items() if name and isinstance(value, str)}
        except csv.Error as error:
            raise DataError(f"{path}:{reader.line_num}: not readable as a table ({error})") from None


def _check_columns(path: Path, found: object) -> None:
    columns = set(found) if isinstance(found, list | tuple) else set()
    if "video" in columns and ("label" in columns or {"question", "answer"} <= columns):
        return
    if path.suffix not in DELIMITERS:
        raise DataError(f"{path} has the ending {path.suffix!r}; tables are .jsonl, .csv or .tsv")
    raise DataError(
        f"{path} has the columns {', '.join(map(str, sorted(columns))) or 'none'}; it needs video,label or video,question,answer"
    )


def escapes(folder: Path, video: str) -> bool:
    """Whether a video path leads out of its folder (`..` counted, links not followed)."""
    base = os.path.abspath(folder)
    return os.path.commonpath([base, os.path.abspath(os.path.join(base, video))]) != base
