"""Annotation files are read by what stands in them: tabs in a .csv, lines in a .json, one object or many; with line numbers, in pieces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from videostar.datasets import files
from videostar.datasets.files import files_of, json_pairs, json_rows, table_rows
from videostar.errors import DataError


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("mark", ["\t", ",", ";", "|"])
def test_the_header_tells_the_delimiter_whatever_the_file_is_called(tmp_path: Path, mark: str) -> None:
    path = write(tmp_path, "a.csv", f"name{mark}question\n a1 {mark}what is it?\n\nb2{mark}where?\n")
    assert list(table_rows(path)) == [(2, {"name": "a1", "question": "what is it?"}), (4, {"name": "b2", "question": "where?"})]


def test_cells_over_several_lines_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", '\ufeffid,text\n1,"two\nlines, one cell"\n2,x\n')
    assert list(table_rows(path)) == [(3, {"id": "1", "text": "two\nlines, one cell"}), (4, {"id": "2", "text": "x"})]


def test_a_missing_column_is_told_with_those_found(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.csv has no column youtube_id; its columns are label, id"):
        list(table_rows(write(tmp_path, "a.csv", "label,id\n"), ("youtube_id",)))


ROWS = [{"a": 1}, {"a": [1, {"b": "}\n]"}]}, {"a": "é"}]


@pytest.mark.parametrize(
    "text", [json.dumps(ROWS), json.dumps(ROWS, indent=1), "\n".join(map(json.dumps, ROWS)), "\ufeff" + json.dumps(ROWS)]
)
@pytest.mark.parametrize("chunk", [1, 3, 1 << 20])
def test_an_array_and_lines_give_the_same_rows(tmp_path: Path, text: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHUNK_CHARS", chunk)
    assert [row for _, row in json_rows(write(tmp_path, "a.json", text))] == ROWS


def test_rows_come_with_their_lines(tmp_path: Path) -> None:
    assert [line for line, _ in json_rows(write(tmp_path, "a.json", '[\n {"a": 1},\n\n {"a":\n 2},\n {"a": 3}]'))] == ["2", "4", "6"]
    assert [place for place, _ in json_rows(write(tmp_path, "b.json", "[1, 2,\n3, 4, 5]"))] == ["1", "1#2", "2", "2#2", "2#3"]


@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_the_entries_of_one_object_come_one_by_one(tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHUNK_CHARS", chunk)
    path = write(tmp_path, "a.json", '{"v_1": {"x": 1.5},\n "v_2": [1, 2], "v_3": 12}')
    assert list(json_pairs(path)) == [("1", "v_1", {"x": 1.5}), ("2", "v_2", [1, 2]), ("2#2", "v_3", 12)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[{"a": 1}, {"a": ]', r"a\.json:1: not JSON"),
        ('{"a": 1}\n{"a": \n', r"a\.json:2: not JSON"),
        ("[" * 100_000, r"a\.json:1: (nested|not)"),
    ],
)
def test_broken_json_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        list(json_rows(write(tmp_path, "a.json", text)))


def test_one_endless_value_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_ITEM_CHARS", 1000)
    monkeypatch.setattr(files, "CHUNK_CHARS", 400)
    with pytest.raises(DataError, match="one value is longer than"):
        list(json_rows(write(tmp_path, "a.json", '["' + "x" * 5000)))


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LINE_CHARS", 100)
    with pytest.raises(DataError, match="a line is longer than"):
        list(table_rows(write(tmp_path, "a.csv", "id,text\n1," + "x" * 500)))


def test_a_folder_gives_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a/1.txt", "c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in files_of([tmp_path], ".txt")] == ["1.txt", "2.txt"]
    with pytest.raises(DataError, match=r"no file that ends with \.pkl"):
        files_of([tmp_path], ".pkl")
    with pytest.raises(DataError, match="there is no file or folder"):
        files_of([tmp_path / "none"], ".pkl")
