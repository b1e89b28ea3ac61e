"""The tables and labels of docs/own_data.md can be read, and there is one of each kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.documentation.pages import BLOCK, ROOT
from videostar.datasets.table import Problem, Table, read_table
from videostar.labels import KINDS, parse_label

BLOCKS = [(block[1], block[2]) for block in BLOCK.finditer((ROOT / "docs" / "own_data.md").read_text(encoding="utf-8"))]
TABLES = [(".csv", text) for kind, text in BLOCKS if not kind and text.startswith("video,")] + [
    (".jsonl", text) for kind, text in BLOCKS if kind == "json" and text.startswith('{"id"')
]


@pytest.mark.parametrize(("ending", "text"), TABLES)
def test_the_tables_are_read_whole(tmp_path: Path, ending: str, text: str) -> None:
    path = tmp_path / f"table{ending}"
    path.write_text(text, encoding="utf-8")
    samples = list(read_table(Table(path), 0, {}))
    assert [item for item in samples if isinstance(item, Problem)] == []
    assert len(samples) == len(text.splitlines()) - (ending == ".csv")


def test_there_are_tables_of_each_sort() -> None:
    assert [ending for ending, _ in TABLES] == [".csv", ".csv", ".jsonl"]


def test_each_kind_of_label_stands_there_once() -> None:
    (lines,) = (text.splitlines() for kind, text in BLOCKS if kind == "json" and text.startswith('{"kind"'))
    labels = [parse_label(json.loads(line)) for line in lines]
    assert sorted(label.kind for label in labels) == sorted(KINDS)
