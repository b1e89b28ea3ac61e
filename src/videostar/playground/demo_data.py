"""The data set of the demo: a small world of moves, rendered anew in seconds."""

from __future__ import annotations

from pathlib import Path

from videostar.playground.moves import Tables, write_moves
from videostar.types import Split

CLIPS: dict[Split, int] = {"train": 128, "validation": 40, "test": 80}
ACTIONS = 8
OTHER_QUESTIONS = 0.25


def write_demo(folder: Path, seed: int) -> Tables:
    """Render the demo's videos and tables into `folder`; about 160, 50 and 100 questions. The same seed gives the same bytes."""
    return write_moves(folder, seed, CLIPS, ACTIONS, OTHER_QUESTIONS)
