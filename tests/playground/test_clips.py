"""The few clips that the commands are tried on: rendered by one command, the same ones each time, with tables that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from videostar.datasets.table import Problem, Table, read_table
from videostar.errors import UserError
from videostar.playground.clips import command, write_clips


def test_the_tables_name_the_clips_that_are_there(tmp_path: Path) -> None:
    tables = write_clips(tmp_path / "new" / "clips")
    samples = [sample for path in (tables.train, tables.validation, tables.test) for sample in read_table(Table(path), 0, {})]
    named = {str(tmp_path / "new" / "clips" / sample.video) for sample in samples if not isinstance(sample, Problem)}
    assert named == {str(path) for path in tmp_path.rglob("*.mp4")}
    assert len(named) == 22
    assert len(samples) == 22 + 4, "procedures are asked about twice"


def test_a_folder_must_be_named() -> None:
    with pytest.raises(UserError, match="name the folder to write into: python -m videostar"):
        command([])
