"""`python -m videostar.playground.clips FOLDER`: a few rendered clips of each world with their tables, to try the commands on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from videostar.errors import UserError
from videostar.playground.demo_data import Share, write_demo
from videostar.playground.worlds.tables import Tables

FEW = {
    "moves": Share({"train": 6, "validation": 2, "test-seen": 2, "test-unseen": 0}, questions=1),
    "dives": Share({"train": 4, "validation": 2, "test-seen": 2, "test-unseen": 0}, questions=1),
    "procedures": Share({"train": 2, "validation": 1, "test-seen": 1, "test-unseen": 0}, questions=2),
}


def write_clips(folder: Path, seed: int = 0) -> Tables:
    """Render 22 clips and the tables of their questions into `folder`; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return write_demo(folder, seed, FEW)


def command(words: Sequence[str]) -> str:
    """What the module does as a command, and what it then says. Raises `UserError` where no folder is named."""
    if len(words) != 1:
        raise UserError("name the folder to write into: python -m videostar.playground.clips FOLDER")
    tables = write_clips(Path(words[0]))
    return f"22 clips; tables: {tables.train}, {tables.validation}, {tables.test}"


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{command(sys.argv[1:])}\n")
    except UserError as error:
        sys.exit(f"error: {error}")
