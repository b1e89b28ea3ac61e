"""Run in an environment with TRL: its own checks, chat templates and trainers read the exports.

    python read_trl.py EXPORTS TORCHVISION_ON_CPU.py MODEL

EXPORTS holds the folders `trl` and `trl-preference`, made with absolute video paths. MODEL: a small local checkpoint.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

PLACEHOLDER = "<|video_pad|>"


def main(exports: Path, helper: Path, model: Path) -> None:
    spec = importlib.util.spec_from_file_location("torchvision_on_cpu", helper)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make_importable()
    from transformers import AutoTokenizer

    from datasets import load_dataset

    tokenizer = AutoTokenizer.from_pretrained(model)
    for name, trainer in (("trl", _sft), ("trl-preference", _dpo)):
        rows = load_dataset("json", data_files=str(exports / name / "train.jsonl"), split="train")
        _conversational(rows, tokenizer)
        first = trainer(rows, tokenizer, exports)
        print(f"{name}: {len(rows)} rows; first: {first}")


def _conversational(rows: Any, tokenizer: Any) -> None:
    """Every row is conversational to TRL, and its chat template shows the video once and every text."""
    import trl

    for row in rows:
        assert trl.is_conversational(row), row
        parts = [part for turn in row["prompt"] for part in turn["content"]]
        assert [part["type"] for part in parts].count("video") == 1
        rendered = trl.apply_chat_template(
            {key: row[key] for key in ("prompt", "completion", "chosen", "rejected") if key in row}, tokenizer
        )
        assert rendered["prompt"].count(PLACEHOLDER) == 1, rendered["prompt"]
        assert all(part["text"] in rendered["prompt"] for part in parts if part["type"] == "text")


def _sft(rows: Any, tokenizer: Any, exports: Path) -> str:
    """TRL's `SFTTrainer` on the texts: the completion alone is learned."""
    import trl

    trainer = trl.SFTTrainer(
        model=_language_model(tokenizer),
        processing_class=tokenizer,
        train_dataset=rows,
        args=trl.SFTConfig(output_dir=str(exports / "out"), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to="none"),
    )
    batch = trainer.data_collator([trainer.train_dataset[0]])
    learned = [token for token in batch["labels"][0].tolist() if token >= 0]
    said = tokenizer.decode(learned, skip_special_tokens=True).strip()
    expected = rows[0]["completion"][0]["content"][0]["text"]
    assert said.startswith(expected.strip()), (said, expected)
    return repr(said)


def _dpo(rows: Any, tokenizer: Any, exports: Path) -> str:
    """TRL's `DPOTrainer` on the texts."""
    import trl

    trainer = trl.DPOTrainer(
        model=_language_model(tokenizer),
        ref_model=_language_model(tokenizer),
        processing_class=tokenizer,
        train_dataset=rows,
        args=trl.DPOConfig(output_dir=str(exports / "out"), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to="none"),
    )
    row = trainer.train_dataset[0]
    for side in ("chosen", "rejected"):
        said = tokenizer.decode(row[f"{side}_ids"], skip_special_tokens=True).strip()
        assert said.startswith(rows[0][side][0]["content"][0]["text"].strip()), said
    return "chosen and rejected as exported"


def _language_model(tokenizer: Any) -> Any:
    from transformers import AutoModelForCausalLM, LlamaConfig

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return AutoModelForCausalLM.from_config(config)


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:4]))
