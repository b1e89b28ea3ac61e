from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from tests.models.tiny_checkpoint import moving_square
from videostar import checkpoints
from videostar.encoding import Encoder
from videostar.errors import CheckpointError
from videostar.types import Message


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


NAMES = (
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "processor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
)


@pytest.mark.parametrize("lost", NAMES)
def test_a_folder_that_lost_any_one_file_is_refused_or_says_the_same(tiny: Path, tmp_path: Path, lost: str) -> None:
    folder = shutil.copytree(tiny, tmp_path / "copy")
    (folder / lost).unlink()
    messages = (Message("user", "What colour is it?"),)
    try:
        found, whole = (_prompt_and_logits(place, messages) for place in (folder, tiny))
    except CheckpointError as error:
        told = str(error)
        assert str(folder) in told
        assert lost in told or lost == "tokenizer_config.json"
    else:
        assert torch.equal(found[1], whole[1])
        # Some published checkpoints come without a generation config; then the tokenizer alone says what ends an answer.
        assert found[0] == whole[0] if lost != "generation_config.json" else found[0] < whole[0]


def _prompt_and_logits(folder: Path, messages: tuple[Message, ...]) -> tuple[frozenset[int], torch.Tensor]:
    """The ids that end answers, and what the model makes of a question."""
    processor = checkpoints.load_processor(str(folder))
    model = checkpoints.load_model(str(folder), "float32", device=torch.device("cpu"))
    ends = checkpoints.end_token_ids(processor, model)
    prompt = Encoder(processor, ends).prompt(messages, moving_square())
    inputs = {name: tensor[None] for name, tensor in prompt.sequence.items()}
    with torch.no_grad():
        return ends, model(**inputs, **prompt.visual).logits
