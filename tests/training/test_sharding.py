"""Files for FSDP, DeepSpeed and accelerate are held against the config before a video is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.launched import rows, settings
from tests.training.tiny_training import CLIPS, Rendered, config, conversation, job, memories
from videostar import checkpoints
from videostar.config import changed
from videostar.encoding import IGNORED, Encoder
from videostar.errors import ConfigError, MissingExtraError
from videostar.ports import Silent
from videostar.training.collator import Collator
from videostar.training.finetune import FineTuner
from videostar.training.sharding import read_sharding
from videostar.types import Conversation
from videostar.video.store import FrameStore

ZERO3 = {"stage": 3, "stage3_gather_16bit_weights_on_model_save": True}


def _problems(tiny: Path, folder: Path, key: str, content: Any, **train: Any) -> str:
    path = folder / "file.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    settings = config(tiny, **{key: str(path)}, **train)
    return "\n".join(read_sharding(settings.train).problems)


@pytest.mark.parametrize(
    ("content", "train", "told"),
    [
        ({"zero_optimisation": {}}, {}, 'unknown key "zero_optimisation" (did you mean "zero_optimization"?)'),
        ({"zero_optimization": {"stagee": 2}}, {}, 'unknown key "zero_optimization.stagee" (did you mean "stage"?)'),
        ({"zero_optimization": {"stage": 4}}, {}, '"zero_optimization.stage" is 4; it is 0, 1, 2 or 3'),
        ({"zero_optimization": {"stage": 3}}, {}, "ZeRO stage 3 leaves the weights in pieces, which cannot be exported"),
        ({"zero_optimization": {"stage": 2, "offload_param": {"device": "cpu"}}}, {}, 'works with stage 3 only, and "stage" is 2'),
        ({"train_micro_batch_size_per_gpu": 2}, {}, "is 2, and the config makes it 4 (per_device_train_batch_size)"),
        ({"gradient_accumulation_steps": 8}, {}, "is 8, and the config makes it 1 (gradient_accumulation_steps)"),
        ({"train_batch_size": 4}, {"processes": 2}, "is 4, and the config makes it 8 (processes and batch sizes)"),
        ({"optimizer": {"type": "AdamW", "params": {"lr": 1.0}}}, {}, "is 1.0, and the config makes it 0.003 (learning_rate)"),
        ({"bf16": {"enabled": True}, "fp16": {"enabled": True}}, {}, '"bf16" and "fp16" are both enabled'),
        ({"zero_optimization": 2}, {}, '"zero_optimization" is 2; it must hold keys such as "stage"'),
        ("[1]", {}, "must hold keys and values, not list"),
        ("{", {}, "cannot be read: Expecting property name"),
    ],
)
def test_deepspeeds_file(tiny: Path, tmp_path: Path, content: Any, train: dict[str, Any], told: str) -> None:
    found = _problems(tiny, tmp_path, "deepspeed", content, **train)
    assert told in found
    assert f'"train.deepspeed": {tmp_path / "file.json"}' in found


@pytest.mark.parametrize(
    ("content", "train", "told"),
    [
        ({"fsdp_verson": 2}, {}, 'unknown key "verson" (did you mean "version"?)'),
        ({"version": 1}, {}, '"version" is 1; only FSDP2 is trained with'),
        ({"forward_prefetch": True}, {}, '"forward_prefetch" belongs to FSDP1'),
        ({"auto_wrap_policy": "TRANSFORMER_WRAP"}, {}, "allowed are TRANSFORMER_BASED_WRAP, SIZE_BASED_WRAP, NO_WRAP"),
        ({"auto_wrap_policy": "SIZE_BASED_WRAP"}, {}, 'needs "min_num_params" above 0'),
        ({"state_dict_type": "LOCAL_STATE_DICT"}, {}, "allowed are FULL_STATE_DICT and SHARDED_STATE_DICT"),
        ({"activation_checkpointing": True}, {"gradient_checkpointing": True}, "are both on; keep the one in the file"),
    ],
)
def test_fsdps_file(tiny: Path, tmp_path: Path, content: Any, train: dict[str, Any], told: str) -> None:
    assert told in _problems(tiny, tmp_path, "fsdp", content, **train)


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("deepspeed", {"zero_optimization": ZERO3, "train_batch_size": "auto", "bf16": {"enabled": "auto"}}),
        ("deepspeed", {"zero_optimization": {"stage": 2}, "train_micro_batch_size_per_gpu": 4, "optimizer": {"params": {"lr": 0.003}}}),
        ("fsdp", {"fsdp_auto_wrap_policy": "TRANSFORMER_BASED_WRAP", "fsdp_transformer_layer_cls_to_wrap": ["Layer"], "cpu_offload": True}),
        ("fsdp", {}),
        ("accelerate", "distributed_type: FSDP\nnum_processes: 1\nfsdp_config: {fsdp_version: 2, fsdp_offload_params: false}"),
    ],
)
def test_files_that_are_right(tiny: Path, tmp_path: Path, key: str, content: Any) -> None:
    assert _problems(tiny, tmp_path, key, content) == ""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"distributed_type": "FSDP", "fsdp_config": {"fsdp_version": 1}}, '"version" is 1'),
        ({"distributed_type": "DEEPSPEED", "deepspeed_config": {"zero_stage": 3}}, "set zero3_save_16bit_model: true, or zero_stage: 2"),
        ({"distributed_type": "DEEPSPEED", "deepspeed_config": {"deepspeed_config_file": "nowhere.json"}}, "nowhere.json cannot be read"),
    ],
)
def test_what_accelerates_file_holds_or_names_is_checked_too(tiny: Path, tmp_path: Path, content: Any, told: str) -> None:
    assert told in _problems(tiny, tmp_path, "accelerate", content)


def test_one_file_at_a_time(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{}")
    with pytest.raises(ConfigError, match=r"train.deepspeed and train.fsdp are set; a training takes one such file"):
        config(tiny, deepspeed=str(tmp_path / "a"), fsdp=str(tmp_path / "a"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
@pytest.mark.parametrize(("key", "content"), [("fsdp", "{}"), ("accelerate", "{distributed_type: FSDP}")])
def test_fsdp_on_a_cpu_is_refused_before_anything_is_read(tiny: Path, tmp_path: Path, key: str, content: str) -> None:
    (tmp_path / "file").write_text(content)
    source = Rendered(dict(CLIPS))
    with pytest.raises(ConfigError, match=rf'"train.{key}" asks for FSDP, and no GPU is in sight here: on a CPU its weights would not be'):
        FineTuner(config(tiny, **{key: str(tmp_path / "file")}), source, Path())
    assert source.loads == 0


def test_deepspeed_that_is_not_installed(tiny: Path, tmp_path: Path) -> None:
    try:
        import deepspeed  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        (tmp_path / "ds.json").write_text("{}")
        with pytest.raises(MissingExtraError, match=r"train.deepspeed needs DeepSpeed, which is not installed: pip install deepspeed"):
            FineTuner(config(tiny, deepspeed=str(tmp_path / "ds.json")), Rendered(dict(CLIPS)), Path())
    else:
        pytest.skip("DeepSpeed is installed here")


def test_four_bits_cannot_be_sharded(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "ds.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"cannot shard the four-bit weights of train.finetuning_type: qlora"):
        FineTuner(config(tiny, finetuning_type="qlora", deepspeed=str(tmp_path / "ds.json")), Rendered(dict(CLIPS)), Path())


@pytest.mark.parametrize("kept", ["video", "text", "nothing"])
def test_where_weights_lie_in_pieces_every_batch_runs_the_tower(tiny: Path, kept: str) -> None:
    processor = checkpoints.load_processor(str(tiny))
    encoder = Encoder(processor, {processor.tokenizer.eos_token_id})
    batches: dict[str, list[Conversation | None]] = {"video": [memories()[0]], "text": [conversation("", "No video.")], "nothing": [None]}
    source = Rendered(dict(CLIPS))
    plain, sharded = (Collator(encoder, source, Path(), logits_to_keep=False, always_frames=always) for always in (False, True))
    learned = [int((collator(batches[kept])["labels"] != IGNORED).sum()) for collator in (plain, sharded)]
    assert "pixel_values_videos" in sharded(batches[kept])
    assert learned[0] == learned[1]


@pytest.mark.slow
@pytest.mark.skipif(not torch.cuda.is_available(), reason="FSDP shards on GPUs only, and there is none here")
@pytest.mark.parametrize("finetuning_type", ["full", "lora"])
def test_fsdp_at_world_size_one(tiny: Path, tmp_path: Path, finetuning_type: str) -> None:
    (tmp_path / "fsdp.json").write_text(json.dumps({"transformer_layer_cls_to_wrap": ["Qwen2_5_VLDecoderLayer"]}))
    chosen = changed(settings(tmp_path, tiny, 1, finetuning_type), [f"train.fsdp={tmp_path / 'fsdp.json'}"])
    task = job(tmp_path, tiny, [row for row in rows() if not row.video])
    with FrameStore(chosen.frames) as frames:
        result = FineTuner(chosen, frames, tmp_path).train(task, Silent())
    assert result.losses[-1][1] < result.losses[0][1]
    checkpoints.check(str(task.output))
    checkpoints.load_model(str(task.output), "float32")
