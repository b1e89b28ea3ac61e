from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from videostar import checkpoints
from videostar.errors import CheckpointError


def _load_all(folder: Path) -> None:
    checkpoints.load_processor(str(folder))
    checkpoints.load_model(str(folder), "float32")


def test_loads_what_was_saved(tiny: Path) -> None:
    processor = checkpoints.load_processor(str(tiny))
    model = checkpoints.load_model(str(tiny), "bfloat16", device=torch.device("cpu"))
    assert processor.video_processor.patch_size == 8
    assert model.dtype == torch.float32  # on a CPU, whatever was asked
    assert not model.training
    assert checkpoints.context_length(model) == 2048
    ends = {processor.tokenizer.convert_tokens_to_ids(token) for token in ("<|im_end|>", "<|endoftext|>")}
    assert checkpoints.end_token_ids(processor, model) == ends


def test_all_that_is_missing_is_told_at_once(tiny: Path, tmp_path: Path) -> None:
    index = {"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    shutil.copy(tiny / "model.safetensors", tmp_path / "model-00001-of-00002.safetensors")
    with pytest.raises(CheckpointError) as caught:
        checkpoints.load_processor(str(tmp_path))
    text = str(caught.value)
    assert "config.json is missing" in text
    assert "no tokenizer (tokenizer.json" in text
    assert "no processor config" in text
    assert "shard model-00002-of-00002.safetensors, named in model.safetensors.index.json, is missing" in text
    assert "00001" not in text


@pytest.mark.parametrize(
    ("present", "told"),
    [
        ("pytorch_model.bin", r"weights are pickled \(\*\.bin\), which is never loaded"),
        ("adapter_config.json", "only an adapter; merge it"),
        ("model.safetensors.index.json", "is not a weight index"),
        ("readme.txt", r"no weights \(model.safetensors or"),
    ],
)
def test_weights_that_cannot_be_used(tiny: Path, tmp_path: Path, present: str, told: str) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    (folder / "model.safetensors").unlink()
    (folder / present).write_text("[]")
    with pytest.raises(CheckpointError, match=told):
        checkpoints.check(str(folder))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r'there is no checkpoint folder ".*nowhere"; give a folder or a hub name'):
        checkpoints.check(str(tmp_path / "nowhere"))


def test_a_hub_name_is_not_looked_for_on_disk() -> None:
    checkpoints.check("Qwen/Qwen2.5-VL-7B-Instruct")


def test_no_chat_template(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(CheckpointError, match="has no chat template"):
        checkpoints.load_processor(str(folder))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("config.json", "[]"),
        ("config.json", "{}"),
        ("config.json", '{"model_type": "qwen2"}'),
        ("config.json", '{"model_type": "unheard_of"}'),
        ("tokenizer.json", "{}"),
        ("tokenizer.json", '{"version": "1.0"'),
        ("processor_config.json", "[]"),
        ("processor_config.json", '{"processor_class": "Nope"}'),
    ],
)
def test_broken_files_are_a_users_mistake(tiny: Path, tmp_path: Path, file: str, content: str) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    (folder / file).write_text(content)
    with pytest.raises(CheckpointError) as caught:
        _load_all(folder)
    assert len(str(caught.value)) < 600


def test_end_tokens_that_are_no_ids(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    (folder / "generation_config.json").write_text('{"eos_token_id": "the end"}')
    model = checkpoints.load_model(str(folder), "float32", device=torch.device("cpu"))
    with pytest.raises(CheckpointError, match=r"end tokens of the checkpoint are \['the end'"):
        checkpoints.end_token_ids(checkpoints.load_processor(str(folder)), model)


def test_truncated_weights_are_a_users_mistake(tiny: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(CheckpointError, match="cannot be loaded"):
        checkpoints.load_model(str(folder), "float32")
