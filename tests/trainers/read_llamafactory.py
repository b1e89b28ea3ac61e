"""Run in an environment with LlamaFactory: its own loader reads the exports through `dataset_info.json`.

    python read_llamafactory.py EXPORTS TORCHVISION_ON_CPU.py

EXPORTS holds the folder `llamafactory`, made with absolute video paths.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import types
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any


def main(exports: Path, helper: Path) -> None:
    _make_importable(helper)
    from llamafactory.data.loader import _load_single_dataset
    from llamafactory.data.mm_plugin import get_mm_plugin
    from llamafactory.data.parser import get_dataset_list
    from llamafactory.hparams import DataArguments, ModelArguments
    from transformers import Seq2SeqTrainingArguments

    folder = exports / "llamafactory"
    plugin = get_mm_plugin("base", None, "<video>")
    for name, ranking in (("videostar", False), ("videostar_preferences", True)):
        (attributes,) = get_dataset_list([name], str(folder))
        assert attributes.ranking is ranking
        options = DataArguments(dataset=name, dataset_dir=str(folder), preprocessing_num_workers=None)
        training = Seq2SeqTrainingArguments(output_dir=str(exports / "out"), report_to="none", use_cpu=True)
        read = _load_single_dataset(attributes, ModelArguments(model_name_or_path="unused"), options, training)
        written = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        assert len(read) == len(written)
        for row, source in zip(read, written, strict=True):
            _check(row, source, ranking)
            plugin._validate_messages([*row["_prompt"]], [], row["_videos"], [])
        print(f"{name}: {len(read)} rows aligned; first: {read[0]['_prompt'][0]['content'][:60]!r} -> {read[0]['_response']}")


def _check(row: Any, source: Any, ranking: bool) -> None:
    """Prompt, response and videos are those of the exported row; a ranked one has both answers."""
    answers = [source["chosen"], source["rejected"]] if ranking else [source["messages"][-1]]
    before = source["messages"] if ranking else source["messages"][:-1]
    assert [turn["content"] for turn in row["_prompt"]] == [turn["content"] for turn in before]
    assert [turn["content"] for turn in row["_response"]] == [turn["content"] for turn in answers]
    assert [Path(path).name for path in row["_videos"]] == [Path(path).name for path in source["videos"]]
    assert all(Path(path).is_file() for path in row["_videos"])


def _make_importable(helper: Path) -> None:
    """torchvision beside a CPU torch; torchaudio's library wants CUDA and nothing here needs sound."""
    spec = importlib.util.spec_from_file_location("torchvision_on_cpu", helper)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make_importable()
    try:
        importlib.import_module("torchaudio")
    except (ImportError, OSError) as error:
        print(f"torchaudio is stubbed: {error}".splitlines()[0])
        stub = types.ModuleType("torchaudio")
        stub.__spec__ = ModuleSpec("torchaudio", None)
        sys.modules["torchaudio"] = stub


if __name__ == "__main__":
    main(*(Path(word) for word in sys.argv[1:3]))
