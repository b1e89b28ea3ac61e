"""The shipped checkpoint: ordinary, small, truthful about rendered clips, and able to repeat an answer that it never saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from videostar.playground.demo import TINY
from videostar.playground.figures import Figure
from videostar.playground.gates import Gates
from videostar.playground.worlds.tables import WORLDS


@pytest.fixture(scope="module")
def figures() -> dict[tuple[str, str], Figure]:
    measured = Gates(str(TINY), count=12, seed=77).measure()
    return {(figure.group, figure.name): figure for figure in measured}


def test_it_is_an_ordinary_folder_of_at_most_ten_megabytes() -> None:
    names = {path.name for path in TINY.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "generation_config.json", "README.md"} <= names
    assert not [name for name in names if name.endswith((".py", ".bin", ".pt", ".pkl"))]
    assert sum(path.stat().st_size for path in TINY.iterdir()) < 10e6


@pytest.mark.slow
def test_it_describes_clips_truthfully(figures: dict[tuple[str, str], Figure]) -> None:
    assert figures["description, statements true", "all"].share >= 0.7


@pytest.mark.slow
def test_it_repeats_given_answers_to_the_letter(figures: dict[tuple[str, str], Figure]) -> None:
    assert figures["given answer, judged right", "all"].share >= 0.85


@pytest.mark.slow
def test_it_does_not_know_the_label_tasks(figures: dict[tuple[str, str], Figure]) -> None:
    tasks = [figure for (group, _), figure in figures.items() if group == "label task"]
    assert len(tasks) > 15
    assert sum(figure.right for figure in tasks) <= 0.3 * sum(figure.count for figure in tasks)


def test_no_name_of_the_worlds_stands_in_its_files() -> None:
    tokens = (TINY / "tokenizer.json").read_text(encoding="utf-8")
    card = Path(TINY / "README.md").read_text(encoding="utf-8")
    for world in WORLDS.values():
        for name in world(0).names.values():
            assert name not in tokens
            assert name not in card
