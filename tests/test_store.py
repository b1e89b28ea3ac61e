"""The run directory: append-only logs that survive a kill in the middle of a write."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.conftest import rows_of
from videostar.store import BatchNote, StageLog, write_rows

NOTE = BatchNote(1.0, 2, 3)


def filled(path: Path, batches: int) -> StageLog:
    """A log of `batches` batches of two rows."""
    log = StageLog(path)
    log.recover()
    for batch in range(batches):
        log.append([{"row": 2 * batch}, {"row": 2 * batch + 1}], NOTE)
    return log


def test_rows_of_a_batch_that_was_cut_off_are_removed_and_whole_batches_stay(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    filled(path, 3)
    whole = path.read_bytes()
    progress = path.with_name("answers.progress.jsonl")
    lines = progress.read_bytes()
    with path.open("ab") as file:
        file.write(b'{"row": 6}\n{"ro')
    with progress.open("ab") as file:
        file.write(b'{"bytes": 12')
    log = StageLog(path)
    assert log.recover() == 3
    assert path.read_bytes() == whole
    assert progress.read_bytes() == lines


def test_any_cut_leaves_a_log_that_goes_on_to_the_same_rows(tmp_path: Path) -> None:
    rng = random.Random(0)
    for attempt in range(50):
        path = tmp_path / f"{attempt}.jsonl"
        filled(path, 4)
        progress = path.with_name(f"{attempt}.progress.jsonl")
        size = rng.randrange(progress.stat().st_size + 1)
        progress.write_bytes(progress.read_bytes()[:size])
        log = StageLog(path)
        for batch in range(log.recover(), 4):
            log.append([{"row": 2 * batch}, {"row": 2 * batch + 1}], NOTE)
        log.finish()
        assert [row["row"] for row in rows_of(path)] == list(range(8))
        assert log.done


def test_costs_add_up_and_halvings_are_remembered(tmp_path: Path) -> None:
    log = filled(tmp_path / "answers.jsonl", 2)
    log.record_halving(2, 4)
    again = StageLog(tmp_path / "answers.jsonl")
    assert again.recover() == 2
    assert again.cost() == BatchNote(2.0, 4, 6)
    assert again.halvings() == {2: 4}
    assert not again.done


def test_a_file_written_whole_is_not_there_when_writing_fails(tmp_path: Path) -> None:
    def rows() -> object:
        yield {"a": 1}
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        write_rows(tmp_path / "x.jsonl", rows())  # type: ignore[arg-type]  # a generator that breaks has no row type
    assert not (tmp_path / "x.jsonl").exists()
