"""A training whose checkpoints do not fit on the disk says so, and goes on when they do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.small_disk import small_disk
from tests.training.tiny_training import CLIPS, Rendered, config, job
from videostar.errors import RunError
from videostar.ports import Silent
from videostar.training.finetune import FineTuner


@pytest.mark.slow
def test_a_disk_that_is_full_while_checkpoints_and_the_result_are_written(tiny: Path, tmp_path: Path) -> None:
    settings = config(tiny, finetuning_type="full", num_train_epochs=4, per_device_train_batch_size=4, save_steps=1)
    calm = job(tmp_path, tiny)
    FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(calm, Silent())
    checkpoint = sum(path.stat().st_size for path in tiny.iterdir())
    size = 64
    with small_disk(tmp_path / "disk", size) as disk:
        task = replace(calm, work=disk.path / "work", output=disk.path / "output")
        refusals = []
        while not task.output.exists():
            try:
                FineTuner(settings, Rendered(dict(CLIPS)), Path()).train(task, Silent())
            except RunError as error:
                refusals.append(str(error))
            size += max(checkpoint // 1024 // 3, 64)
            assert size < 20 * checkpoint // 1024
            disk.resize(size)
        assert (task.output / "model.safetensors").read_bytes() == (calm.output / "model.safetensors").read_bytes()
    assert len(refusals) >= 2
    assert all("is full" in told and "the same command goes on from the last whole one" in told for told in refusals)
