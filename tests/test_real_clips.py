"""A full cycle over real clips: every container and codec answered, every damaged file quarantined with the decoder's message."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import rows_of

ROOT = Path(__file__).parents[1]
VIDEOSTAR = Path(sys.executable).with_name("videostar")


def cycle_over(table: Path, folder: Path) -> Path:
    """Run the shipped config on a table; the run directory."""
    run = folder / table.stem
    words = [f"data.train={table}", f"run={run}", f"frames.cache={folder / 'cache'}"]
    done = subprocess.run(
        [VIDEOSTAR, "run", "configs/real_clips.yaml", *words], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ledger = json.loads((run / "ledger.json").read_text())["cycle-1"]
    assert ledger["in"] == ledger["kept"] + sum(ledger["dropped"].values())
    return run


@pytest.mark.parametrize("name", ["actions", "qa"])
def test_every_real_clip_is_answered(real: Path, tmp_path: Path, name: str) -> None:
    run = cycle_over(real / f"{name}.csv", tmp_path)
    answers = rows_of(run / "cycle-1" / "answers.jsonl")
    assert len(answers) == len(list(csv.DictReader((real / f"{name}.csv").open())))
    assert [row["frames"]["error"] for row in answers if row["finish"] == "error"] == []
    assert all(len(row["frames"]["timestamps_seconds"]) == 16 for row in answers)


def test_damaged_files_are_quarantined_and_odd_ones_answered(real: Path, tmp_path: Path) -> None:
    run = cycle_over(real / "damaged.csv", tmp_path)
    found = {}
    for row in rows_of(run / "samples" / "train.jsonl"):
        answer = next(item for item in rows_of(run / "cycle-1" / "answers.jsonl") if item["sample_id"] == row["id"])
        found[Path(row["video"]).name] = ("quarantined" if answer["finish"] == "error" else "answered", answer["frames"]["error"])
    expected = {Path(row["video"]).name: row["expected"] for row in csv.DictReader((real / "damaged.csv").open())}
    assert {name: outcome for name, (outcome, _) in found.items()} == expected
    assert all(error for outcome, error in found.values() if outcome == "quarantined")
