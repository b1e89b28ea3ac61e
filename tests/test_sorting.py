"""Rows that do not fit in memory come out in the order that sorting them there would give."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from videostar.sorting import MOST_FILES, SortedRows

ODD = ["a\tb", "a\nb", 'a"b', "a", "ä", "\udc80", "Z", "", "a b", "\u2028", "😀"]


@pytest.mark.parametrize("held_bytes", [1, 2_000, 1 << 30])
def test_rows_come_in_the_order_of_their_keys_then_texts(tmp_path: Path, held_bytes: int) -> None:
    rng = random.Random(0)
    rows = [(rng.choice(ODD) + str(rng.randint(0, 30)), f"text {rng.randint(0, 9)} \t x") for _ in range(3 * MOST_FILES)]
    with SortedRows(tmp_path, held_bytes) as sorting:
        for key, text in rows:
            sorting.add(key, text)
        assert list(sorting.rows()) == sorted(rows)
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) <= MOST_FILES
    assert list(tmp_path.iterdir()) == [], "its files go with it"


def test_nothing_is_written_where_all_fits(tmp_path: Path) -> None:
    with SortedRows(tmp_path) as sorting:
        sorting.add("b", "2")
        sorting.add("a", "1")
        assert list(sorting.rows()) == [("a", "1"), ("b", "2")]
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_files_go_also_when_something_fails(tmp_path: Path) -> None:
    sorting = SortedRows(tmp_path, held_bytes=1)
    sorting.add("a", "1")
    assert list(tmp_path.rglob("0")), "it lies on disk"
    error = ZeroDivisionError()
    sorting.__exit__(type(error), error, None)
    assert list(tmp_path.iterdir()) == []
