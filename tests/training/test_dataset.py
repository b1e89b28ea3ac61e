from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.tiny_training import conversation, write
from videostar.errors import DataError
from videostar.training.dataset import ConversationFile


def test_rows_by_number(tmp_path: Path) -> None:
    rows = [conversation("red.mp4", f"answer {number} \u00e9\u4e2d", id_=str(number)) for number in range(5)]
    file = ConversationFile(write(tmp_path / "c.jsonl", rows))
    assert [file[index] for index in range(len(file))] == rows
    assert file[3] == rows[3]


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_blank_lines_and_a_missing_last_line_break_do_not_count(tmp_path: Path, end: str) -> None:
    path = write(tmp_path / "c.jsonl", [conversation("red.mp4", "x")])
    line = path.read_text().rstrip("\n")
    path.write_text(f"\n{line}\n\n{line}{end}")
    file = ConversationFile(path)
    assert len(file) == 2
    assert file[0] == file[1]


def test_lines_longer_than_a_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("videostar.training.dataset.CHUNK_BYTES", 7)
    rows = [conversation("red.mp4", "x" * number) for number in range(4)]
    file = ConversationFile(write(tmp_path / "c.jsonl", rows))
    assert [file[index] for index in range(4)] == rows


def test_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no conversations"):
        ConversationFile(write(tmp_path / "c.jsonl", []))


@pytest.mark.parametrize("line", ["{not json", '{"id": "x"}', "[]", '{"id": "x", "messages": [{"role": "user"}]}'])
def test_a_broken_row_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(DataError, match=r"c\.jsonl, row 1: "):
        ConversationFile(path)[0]
