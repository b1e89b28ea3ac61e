"""The judge card: tables between the marks of a page, and a page without them is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from videostar.playground.judge_card.__main__ import END, START, main

SMALL = ["--clips", "1", "--answers", "3", "--seeds", "0"]


def test_the_card_is_written_between_the_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{START}\nold\n{END}\nafter\n", encoding="utf-8")
    assert main([*SMALL, "--docs", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{START}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| **all** |" in text
    assert "precision" in capsys.readouterr().out


def test_a_page_without_a_place_for_the_card_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here\n", encoding="utf-8")
    assert main([*SMALL, "--docs", str(page)]) == 1
    assert page.read_text(encoding="utf-8") == "nothing here\n"
    assert "has no place for the card" in capsys.readouterr().err
