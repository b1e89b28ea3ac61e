from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoConfig

from tests.training.tiny_training import ANSWERS, CLIPS, QUESTION, Rendered, config, conversation, job, memories
from videostar import checkpoints
from videostar.config import Config
from videostar.errors import CheckpointError, ConfigError, DataError, MissingExtraError
from videostar.models.transformers import TransformersModel
from videostar.ports import Decoding, Progress, Request, Silent, TrainingJob
from videostar.training.finetune import FineTuner
from videostar.types import Message
from videostar.video.frames import ClipRef, FrameFailure, Frames

GREEDY = Decoding(0.0, 1.0, 30)


def _tuner(settings: Config, source: Rendered | None = None) -> FineTuner:
    return FineTuner(settings, source or Rendered(dict(CLIPS)), Path())


def _ask(folder: Path, settings: Config, shown: dict[str, str]) -> dict[str, str]:
    """Question under a clip's name, with the frames of another: name -> answer."""
    model = TransformersModel(str(folder), settings.model)
    requests = [Request(name, (Message("user", QUESTION),), CLIPS[clip], (1,)) for name, clip in shown.items()]
    return {name: row[0].text for name, row in zip(shown, model.answer(requests, GREEDY), strict=True)}


@pytest.fixture(scope="module")
def memorised(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingJob:
    """All weights, trained on four conversations until they are known by heart."""
    task = job(tmp_path_factory.mktemp("memorised"), tiny)
    result = _tuner(config(tiny, finetuning_type="full", num_train_epochs=60)).train(task, Silent())
    assert (result.rows, result.dropped, result.steps) == (4, {}, 60)
    assert [step for step, _ in result.losses] == list(range(1, 61))
    assert result.losses[0][1] > 3.0
    assert result.losses[-1][1] < 0.1
    return task


def test_memorises_what_it_is_shown(memorised: TrainingJob, tiny: Path) -> None:
    assert _ask(memorised.output, config(tiny), {name: name for name in ANSWERS}) == ANSWERS


def test_with_videos_swapped_the_answers_swap(memorised: TrainingJob, tiny: Path) -> None:
    names = list(ANSWERS)
    shown = dict(zip(names, names[1:] + names[:1], strict=True))
    assert _ask(memorised.output, config(tiny), shown) == {name: ANSWERS[clip] for name, clip in shown.items()}


def test_the_result_is_a_plain_folder(memorised: TrainingJob, tiny: Path) -> None:
    assert {path.name for path in memorised.output.iterdir()} == {path.name for path in tiny.iterdir()}
    for name in ("tokenizer.json", "chat_template.jinja", "processor_config.json"):
        assert (memorised.output / name).read_text() == (tiny / name).read_text()
    before, after = (json.loads((folder / "generation_config.json").read_text()) for folder in (tiny, memorised.output))
    assert before == after
    shipped, written = (AutoConfig.from_pretrained(folder).to_dict() for folder in (tiny, memorised.output))
    for part in ("text_config", "vision_config"):
        assert {**shipped[part], "dtype": None} == {**written[part], "dtype": None}
    before, after = (load_file(folder / "model.safetensors") for folder in (tiny, memorised.output))
    assert {name: (tensor.shape, tensor.dtype) for name, tensor in before.items()} == {
        name: (tensor.shape, tensor.dtype) for name, tensor in after.items()
    }
    assert not [path for path in memorised.work.iterdir() if path.is_dir()]


def test_a_finished_job_is_not_done_again(memorised: TrainingJob, tiny: Path) -> None:
    source = Rendered(dict(CLIPS))
    result = _tuner(config(tiny, finetuning_type="full", num_train_epochs=60), source).train(memorised, Silent())
    assert (result.rows, result.steps, source.loads) == (4, 60, 0)
    assert len(result.losses) == 60


def test_the_base_dtype_is_kept(tiny: Path, tmp_path: Path) -> None:
    base = _as_bfloat16(tiny, tmp_path / "base")
    task = job(tmp_path, base)
    _tuner(config(base, finetuning_type="full")).train(task, Silent())
    assert {tensor.dtype for tensor in load_file(task.output / "model.safetensors").values()} == {torch.bfloat16}


def test_a_frozen_tower_stays_as_it_was(tiny: Path, tmp_path: Path) -> None:
    task = job(tmp_path, tiny)
    _tuner(config(tiny, finetuning_type="full", freeze_vision_tower=True)).train(task, Silent())
    before, after = (load_file(folder / "model.safetensors") for folder in (tiny, task.output))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert not [name for name in changed if "visual" in name]


def test_lora_changes_the_text_model_and_merges_to_the_same_outputs(tiny: Path, tmp_path: Path) -> None:
    from peft import PeftModel

    task = job(tmp_path, tiny)
    settings = config(tiny, finetuning_type="lora", freeze_vision_tower=True, num_train_epochs=10, learning_rate=2e-2)
    _tuner(settings).train(task, Silent())
    before, after = (load_file(folder / "model.safetensors") for folder in (tiny, task.output))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.endswith("_proj.weight") and "visual" not in name for name in changed)
    cpu = torch.device("cpu")
    adapted = PeftModel.from_pretrained(checkpoints.load_model(str(tiny), "float32", device=cpu), task.output / "adapter")
    merged = checkpoints.load_model(str(task.output), "float32", device=cpu)
    ids = torch.arange(10, 50)[None]
    with torch.no_grad():
        assert torch.allclose(adapted(input_ids=ids).logits, merged(input_ids=ids).logits, atol=1e-4)


@pytest.mark.parametrize("freeze", [True, False])
def test_qlora_learns_on_four_bits_and_merges_into_the_whole_base(tiny: Path, tmp_path: Path, freeze: bool) -> None:
    pytest.importorskip("bitsandbytes", reason="four-bit weights need bitsandbytes")
    task = job(tmp_path, tiny)
    settings = config(tiny, finetuning_type="qlora", freeze_vision_tower=freeze, num_train_epochs=30, learning_rate=2e-2)
    result = _tuner(settings).train(task, Silent())
    assert result.losses[-1][1] < result.losses[0][1] - 0.3
    before, after = (load_file(folder / "model.safetensors") for folder in (tiny, task.output))
    assert {name: (tensor.shape, tensor.dtype) for name, tensor in before.items()} == {
        name: (tensor.shape, tensor.dtype) for name, tensor in after.items()
    }
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert any("visual" in name for name in changed) is not freeze
    assert (task.output / "adapter" / "adapter_model.safetensors").is_file()


def test_qlora_goes_on_from_a_checkpoint(tiny: Path, tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes", reason="four-bit weights need bitsandbytes")
    settings = config(tiny, finetuning_type="qlora", num_train_epochs=4, per_device_train_batch_size=2, save_steps=3)
    whole = _tuner(settings).train(job(tmp_path / "whole", tiny), Silent())

    class Unplugged(Rendered):
        def load(self, clips: Iterable[ClipRef]) -> Iterator[Frames | FrameFailure]:
            if self.loads >= 8:
                raise ConnectionError("unplugged")
            return super().load(clips)

    task = job(tmp_path / "halved", tiny)
    with pytest.raises(ConnectionError):
        _tuner(settings, Unplugged(dict(CLIPS))).train(task, Silent())
    source = Rendered(dict(CLIPS))
    resumed = _tuner(settings, source).train(task, Silent())
    assert source.loads < 4 * 4
    assert resumed.losses == whole.losses


def test_qlora_without_its_library_says_what_is_needed(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    told = r"qlora needs bitsandbytes, for a GPU or a CPU that its wheels support: pip install 'videostar\[qlora\]' \(it is not installed\)"
    with pytest.raises(MissingExtraError, match=told):
        _tuner(config(tiny, finetuning_type="qlora"))


def test_gradient_accumulation_changes_nothing(tiny: Path, tmp_path: Path) -> None:
    losses = []
    for batch, steps in ((4, 1), (1, 4)):
        settings = config(
            tiny, finetuning_type="full", num_train_epochs=3, per_device_train_batch_size=batch, gradient_accumulation_steps=steps
        )
        losses.append([loss for _, loss in _tuner(settings).train(job(tmp_path / str(batch), tiny), Silent()).losses])
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_out_of_memory_says_what_to_lower(tiny: Path, tmp_path: Path) -> None:
    class Full(Rendered):
        def load(self, clips: Iterable[ClipRef]) -> Iterator[Frames | FrameFailure]:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(ConfigError, match=r"training ran out of memory \(CUDA out of memory.\); lower train.per_device_train_batch_size"):
        _tuner(config(tiny), Full(dict(CLIPS))).train(job(tmp_path, tiny), Silent())


def test_gradient_checkpointing_changes_nothing(tiny: Path, tmp_path: Path) -> None:
    losses = []
    for saving in (False, True):
        settings = config(tiny, finetuning_type="lora", freeze_vision_tower=True, gradient_checkpointing=saving, num_train_epochs=3)
        losses.append(_tuner(settings).train(job(tmp_path / str(saving), tiny), Silent()).losses)
    assert [loss for _, loss in losses[0]] == pytest.approx([loss for _, loss in losses[1]], rel=1e-4)
    assert losses[0][0][1] > losses[0][2][1]


def test_a_diverged_training_says_so(tiny: Path, tmp_path: Path) -> None:
    task = job(tmp_path, tiny)
    with pytest.raises(ConfigError, match=r"the loss became (nan|inf) at step \d+: .* lower train.learning_rate \(now 1e\+30\)"):
        _tuner(config(tiny, finetuning_type="full", num_train_epochs=9, learning_rate=1e30)).train(task, Silent())
    assert not task.output.exists()


def test_rows_that_cannot_be_used_are_counted(tiny: Path, tmp_path: Path) -> None:
    source = Rendered({**CLIPS, "lost.mp4": FrameFailure("decoder error", "bad data")})
    rows = [
        *memories(),
        conversation("lost.mp4", "Red."),
        conversation("", "No video."),
        conversation("red.mp4", "very " * 300, id_="long"),
    ]
    task = job(tmp_path, tiny, rows)
    result = _tuner(config(tiny, finetuning_type="lora", max_length=200, num_train_epochs=2), source).train(task, Silent())
    assert result.rows == 5
    assert result.dropped == {"longer than 200 tokens": 1, "video: decoder error": 1}


def test_no_row_left(tiny: Path, tmp_path: Path) -> None:
    task = job(tmp_path, tiny)
    with pytest.raises(DataError, match=r"every one of the 4 conversations was left out of training \(longer than 10 tokens: 4\)"):
        _tuner(config(tiny, max_length=10)).train(task, Silent())
    assert not task.output.exists()


def test_another_job_does_not_go_on_from_these_checkpoints(tiny: Path, tmp_path: Path) -> None:
    task = job(tmp_path, tiny)
    settings = config(tiny, finetuning_type="lora")
    _tuner(settings).train(task, Silent())
    other = TrainingJob(task.base, task.conversations, task.output, task.work, seed=1)
    source = Rendered(dict(CLIPS))
    _tuner(settings, source).train(other, Silent())
    assert source.loads == 4


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"lr_scheduler_type": "wavy"}, ConfigError, "train: wavy is not a valid SchedulerType"),
        ({"report_to": "wandv"}, ConfigError, r'"train.report_to": there is no "wandv" \(did you mean "wandb"\?\); allowed are none, all'),
        ({"report_to": "mlflow, dvclive"}, MissingExtraError, r'"mlflow", which is not installed: pip install mlflow(?s:.*)"dvclive"'),
    ],
)
def test_settings_that_cannot_be_used(tiny: Path, tmp_path: Path, settings: dict[str, object], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        _tuner(config(tiny, **settings)).train(job(tmp_path, tiny), Silent())


def test_a_base_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint folder"):
        _tuner(config(tmp_path / "gone")).train(job(tmp_path, tmp_path / "gone"), Silent())


def test_the_watcher_sees_every_step(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch = _Counting()
    _tuner(config(tiny, num_train_epochs=3)).train(job(tmp_path, tiny), watch)
    assert (watch.total, watch.advanced) == (3, 3)
    assert capsys.readouterr().out == ""


class _Counting(Silent):
    total = 0
    advanced = 0

    def progress(self, title: str, total: int, done: int = 0) -> AbstractContextManager[Progress]:
        self.total = total
        return nullcontext(self)

    def advance(self, units: int = 1) -> None:
        self.advanced += units


def _as_bfloat16(tiny: Path, folder: Path) -> Path:
    processor = checkpoints.load_processor(str(tiny))
    checkpoints.load_model(str(tiny), "float32", device=torch.device("cpu")).to(torch.bfloat16).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
