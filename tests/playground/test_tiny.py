"""The shipped checkpoint: ordinary, small, truthful about rendered clips, and able to repeat an answer that it never saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from videostar.playground.demo import TINY
from videostar.playground.figures import Figure
from videostar.playground.gates import Gates
from videostar.playground.moves import draw_actions

NAMED_PARTS = ("colour", "shape", "path", "size_change", "speed")


@pytest.fixture(scope="module")
def figures() -> dict[tuple[str, str], Figure]:
    measured = Gates(str(TINY), count=16, seed=77).measure()
    return {(figure.group, figure.name): figure for figure in measured}


def test_it_is_an_ordinary_folder_of_at_most_ten_megabytes() -> None:
    names = {path.name for path in TINY.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "generation_config.json", "README.md"} <= names
    assert not [name for name in names if name.endswith((".py", ".bin", ".pt", ".pkl"))]
    assert sum(path.stat().st_size for path in TINY.iterdir()) < 10e6


@pytest.mark.parametrize("part", NAMED_PARTS)
def test_it_describes_clips_truthfully(figures: dict[tuple[str, str], Figure], part: str) -> None:
    assert figures["description", part].share >= 0.8


def test_it_repeats_given_answers_to_the_letter(figures: dict[tuple[str, str], Figure]) -> None:
    assert figures["given answer, verbatim", "all"].share >= 0.9


def test_it_answers_unknown_names_in_the_right_form_and_does_not_know_them(figures: dict[tuple[str, str], Figure]) -> None:
    assert figures["unknown name", "described, then named"].share >= 0.9
    assert figures["unknown name", "right by chance"].share <= 0.2


def test_no_name_of_the_demo_stands_in_its_files() -> None:
    tokens = (TINY / "tokenizer.json").read_text(encoding="utf-8")
    card = Path(TINY / "README.md").read_text(encoding="utf-8")
    for action in draw_actions(0):
        assert action.name not in tokens
        assert action.name not in card
