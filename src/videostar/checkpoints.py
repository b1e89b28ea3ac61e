"""Loads a model and its processor from a local folder or a hub name: safetensors only, checked for completeness first."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from videostar import memory_on_cpu, torchvision_on_cpu
from videostar.errors import CheckpointError

INDEX = "model.safetensors.index.json"
WEIGHTS = "model.safetensors"
PROCESSOR_FILES = ("processor_config.json", "preprocessor_config.json", "video_preprocessor_config.json")
# What transformers lets through when a file of the folder is not what it should be.
BROKEN = (OSError, ValueError, ImportError, TypeError, LookupError, AttributeError, RuntimeError, SafetensorError)
SHOWN_CHARACTERS = 400
TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json")


def load_processor(name: str, trust_remote_code: bool = False) -> Any:
    """The processor of a checkpoint: tokenizer, chat template and what turns frames into tensors.

    Raises `CheckpointError` for an incomplete folder, an unknown hub name or a processor without tokenizer or chat template.
    """
    check(name)
    transformers = _transformers()
    try:
        processor = transformers.AutoProcessor.from_pretrained(name, trust_remote_code=trust_remote_code)
    except BROKEN as error:
        raise CheckpointError(f'the processor of "{name}" cannot be loaded: {_short(error)}') from error
    tokenizer = getattr(processor, "tokenizer", None)
    if tokenizer is None:
        raise CheckpointError(f'"{name}" has no multimodal processor; a video-language checkpoint has a processor_config.json')
    if getattr(processor, "chat_template", None) is None:
        processor.chat_template = tokenizer.chat_template
    if processor.chat_template is None:
        raise CheckpointError(f'"{name}" has no chat template; add the chat_template.jinja that the model was trained with')
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def load_model(name: str, dtype: str, trust_remote_code: bool = False, device: torch.device | None = None, four_bits: bool = False) -> Any:
    """The model of a checkpoint, in evaluation mode, on `device` (default: `best_device()`). Needs no processor beside it.

    dtype: "bfloat16", "float16" or "float32"; on a CPU always float32, which is several times faster there.
    four_bits: hold the linear layers in four bits (NF4 of bitsandbytes) and reckon in `dtype`.
    Raises `CheckpointError` as `load_processor` does.
    """
    _refuse_incomplete(name, _missing_config, _missing_weights)
    transformers = _transformers()
    place = best_device() if device is None else device
    if place.type == "cpu":
        memory_on_cpu.keep_freed()
    torch_dtype = torch.float32 if place.type == "cpu" else getattr(torch, dtype)
    packed = {"quantization_config": _four_bits(transformers, torch_dtype), "device_map": {"": place}} if four_bits else {}
    try:
        model = transformers.AutoModelForImageTextToText.from_pretrained(
            name, dtype=torch_dtype, use_safetensors=True, trust_remote_code=trust_remote_code, **packed
        )
    except BROKEN as error:
        raise CheckpointError(f'the model of "{name}" cannot be loaded: {_short(error)}') from error
    return model.eval() if four_bits else model.to(place).eval()


def load_text_encoder(name: str) -> tuple[Any, Any]:
    """Tokenizer and text encoder of a local folder, in evaluation mode, float32 on the CPU.

    Raises `CheckpointError` as `check_text_encoder` does, and for what cannot be loaded.
    """
    check_text_encoder(name)
    transformers = _transformers()
    folder = str(Path(name).expanduser())
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32, use_safetensors=True, local_files_only=True)
    except BROKEN as error:
        raise CheckpointError(f'the text encoder of "{name}" cannot be loaded: {_short(error)}') from error
    return tokenizer, model.eval()


def best_device() -> torch.device:
    """The first CUDA device, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a GPU or the machine ran out of memory; torch says so in several ways."""
    text = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "out of memory" in text or "can't allocate memory" in text


def free_memory() -> None:
    """Give back what nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def check(name: str) -> None:
    """Raise `CheckpointError` with everything that a local folder lacks; a hub name passes."""
    _refuse_incomplete(name, _missing_config, _missing_processor, _missing_weights)


def check_text_encoder(name: str) -> None:
    """Raise `CheckpointError` with everything that the local folder of a text encoder lacks."""
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise CheckpointError(f'there is no text encoder folder "{name}"; give the local folder of one')
    _refuse_incomplete(name, _missing_config, _missing_tokenizer, _missing_weights)


def context_length(model: Any) -> int | None:
    """How many positions the text model was built for, where its config says so."""
    length = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    return int(length) if length else None


def end_token_ids(processor: Any, model: Any) -> frozenset[int]:
    """The tokens that end an answer: the tokenizer's and those of the checkpoint's generation config."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    listed = configured if isinstance(configured, list | tuple) else [configured]
    ids = [token for token in (*listed, processor.tokenizer.eos_token_id) if token is not None]
    if not ids or not all(isinstance(token, int) for token in ids):
        raise CheckpointError(f"the end tokens of the checkpoint are {ids!r}; its generation_config.json must give the id of at least one")
    return frozenset(ids)


def forget_sampling(model: Any) -> None:
    """Leave only the token ids of the checkpoint's generation config, so that no setting of its own changes an answer."""
    shipped = model.generation_config
    names = ("eos_token_id", "pad_token_id", "bos_token_id")
    model.generation_config = type(shipped)(**{name: getattr(shipped, name, None) for name in names})


def _four_bits(transformers: Any, dtype: torch.dtype) -> Any:
    return transformers.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )


def _short(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."


def _looks_local(name: str) -> bool:
    return name.startswith(("/", "./", "../", "~")) or name.count("/") > 1


def _refuse_incomplete(name: str, *searches: Callable[[Path], list[str]]) -> None:
    folder = Path(name).expanduser()
    if not folder.exists() and not _looks_local(name):
        return
    if not folder.is_dir():
        raise CheckpointError(f'there is no checkpoint folder "{name}"; give a folder or a hub name such as Qwen/Qwen2.5-VL-7B-Instruct')
    missing = [problem for search in searches for problem in search(folder)]
    if missing:
        raise CheckpointError(*(f'checkpoint "{name}": {problem}' for problem in missing))


def _missing_config(folder: Path) -> list[str]:
    return [] if (folder / "config.json").is_file() else ["config.json is missing"]


def _missing_tokenizer(folder: Path) -> list[str]:
    return [] if _holds_any(folder, TOKENIZER_FILES) else [f"no tokenizer ({', '.join(TOKENIZER_FILES)})"]


def _missing_processor(folder: Path) -> list[str]:
    missing = [] if _holds_any(folder, PROCESSOR_FILES) else [f"no processor config ({', '.join(PROCESSOR_FILES)})"]
    return [*_missing_tokenizer(folder), *missing]


def _holds_any(folder: Path, names: Sequence[str]) -> bool:
    return any((folder / name).is_file() for name in names)


def _missing_weights(folder: Path) -> list[str]:
    index = folder / INDEX
    if index.is_file():
        try:
            shards = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (ValueError, KeyError, TypeError, AttributeError):
            return [f"{INDEX} is not a weight index"]
        return [f"shard {shard}, named in {INDEX}, is missing" for shard in shards if not (folder / str(shard)).is_file()]
    if (folder / WEIGHTS).is_file():
        return []
    if (folder / "adapter_config.json").is_file():
        return ["it holds only an adapter; merge it into its base model first"]
    if any(folder.glob("*.bin")):
        return ["its weights are pickled (*.bin), which is never loaded; convert them to safetensors"]
    return [f"no weights ({WEIGHTS} or {INDEX})"]


def _transformers() -> Any:
    """transformers, after what its processors need, and without its progress bars."""
    torchvision_on_cpu.make_importable()
    import transformers

    transformers.utils.logging.disable_progress_bar()
    if "TRANSFORMERS_VERBOSITY" not in os.environ:
        transformers.utils.logging.set_verbosity_error()
    return transformers
