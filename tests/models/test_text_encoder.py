"""A local folder of a text encoder: a tiny random one, saved by the test as any other tool saves it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from tests.conftest import ScriptedRun, rows_of, sample_row
from videostar import torchvision_on_cpu
from videostar.errors import CheckpointError
from videostar.models.text_encoder import TextEncoder

torchvision_on_cpu.make_importable()
SPECIAL = {"pad_token": "[PAD]", "unk_token": "[UNK]"}
WORDS = "[PAD] [UNK] a clown keeps three clubs circling above his head juggling yoga arm wrestling".split()


def save_encoder(folder: Path, pooling: dict[str, object] | None = None) -> Path:
    """A BERT of two small layers, its weights drawn by seed."""
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    tokenizer = Tokenizer(WordLevel({word: place for place, word in enumerate(WORDS)}, SPECIAL["unk_token"]))
    tokenizer.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=24, **SPECIAL).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48, max_position_embeddings=24
    )
    BertModel(config).eval().save_pretrained(folder)
    if pooling is not None:
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("encoder"))


def test_rows_have_length_one_and_do_not_depend_on_what_else_is_asked(encoder: Path) -> None:
    texts = ["a clown keeps three clubs", "yoga", "arm wrestling " * 40, "unknown \x00 words", ""]
    together = TextEncoder(encoder).embed([*texts[:4], "juggling"])
    assert together is not None
    assert together.shape == (5, 32)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-6)
    alone = TextEncoder(encoder).embed(["yoga"])
    assert alone is not None
    assert (alone[0] == together[1]).all()
    assert abs(float(together[0] @ together[1])) < 1 - 1e-4


def test_vectors_are_the_mean_of_the_last_layer_unless_the_folder_says_otherwise(encoder: Path, tmp_path: Path) -> None:
    from transformers import BertModel

    model = BertModel.from_pretrained(encoder).eval()
    with torch.inference_mode():
        tokens = model(torch.tensor([[WORDS.index(word) for word in "a clown keeps".split()]])).last_hidden_state[0].numpy()
    first = save_encoder(
        tmp_path / "first", {"word_embedding_dimension": 32, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    )
    last = save_encoder(tmp_path / "last", {"pooling_mode": "lasttoken", "include_prompt": True})
    for folder, expected in ((encoder, tokens.mean(0)), (first, tokens[0]), (last, tokens[-1])):
        found = TextEncoder(folder).embed(["a clown keeps"])
        assert found is not None
        assert np.allclose(found[0], expected / np.linalg.norm(expected), atol=1e-5)


@pytest.mark.parametrize(
    ("pooling", "message"),
    [
        ({"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True}, "2 ways of pooling"),
        ({"pooling_mode": "weightedmean"}, "known are mean"),
    ],
)
def test_a_pooling_that_is_not_known_is_told(tmp_path: Path, pooling: dict[str, object], message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        TextEncoder(save_encoder(tmp_path / "encoder", pooling)).embed(["yoga"])


def test_a_model_that_gives_no_vectors_of_its_text_is_told(encoder: Path, tmp_path: Path) -> None:
    from transformers import T5Config, T5Model

    folder = tmp_path / "two parts"
    shutil.copytree(encoder, folder)
    config = T5Config(vocab_size=len(WORDS), d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2)
    T5Model(config).save_pretrained(folder)
    with pytest.raises(CheckpointError, match="cannot be used as a text encoder"):
        TextEncoder(folder).embed(["yoga"])
    (folder / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(CheckpointError, match="cannot be loaded"):
        TextEncoder(folder).embed(["yoga"])


LABEL = {"kind": "category", "value": "juggling", "classes": ["arm wrestling", "juggling", "yoga"]}
TOSSES = "a clown keeps three clubs circling above his head"


def test_a_run_asks_a_folder_about_paraphrases_and_never_against_a_named_class(scripted: ScriptedRun, encoder: Path) -> None:
    """Random weights: which class is nearest is known from the encoder itself."""
    vectors = TextEncoder(encoder).embed([TOSSES, *LABEL["classes"]])
    assert vectors is not None
    nearest = LABEL["classes"][int((vectors[1:] @ vectors[0]).argmax())]
    answers = {"a": TOSSES, "b": "a clown keeps yoga above his head", "c": "I cannot tell."}
    rules = [{"sample_id": name, "replies": [answer]} for name, answer in answers.items()]
    samples = [sample_row(name, label={**LABEL, "value": nearest}) for name in answers]
    samples[1]["label"] = {**LABEL, "value": "juggling"}
    embedder = {"folder": str(encoder), "minimum_similarity": -1.0, "minimum_margin": 1e-9}
    config, _ = scripted(samples, rules, cycles=1, rationalize={"enabled": False}, embedder=embedder)
    found = rows_of(config.run / "cycle-1" / "verdicts.jsonl")
    assert [row["outcome"] for row in found] == ["pass", "fail", "undecided"]
    assert f'by the embedder {encoder} nearest is "{nearest}"' in found[0]["reason"]
    assert found[1]["reason"] == 'the answer says "yoga"'


def test_a_folder_that_lacks_something_is_told_before_any_video_is_read(scripted: ScriptedRun, encoder: Path, tmp_path: Path) -> None:
    for folder, message in ((tmp_path / "nowhere", "there is no text encoder folder"), (tmp_path, "no tokenizer")):
        with pytest.raises(CheckpointError, match=message):
            scripted([sample_row("a", label=LABEL)], [], run=f"{folder.name} told", cycles=1, embedder={"folder": str(folder)})
        assert not (tmp_path / f"{folder.name} told" / "cycle-1").exists()
