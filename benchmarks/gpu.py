"""Answering and training of a randomly initialised model of Qwen2.5-VL-3B size on one GPU, beside the rates measured on that very card.

    python benchmarks/gpu.py [--write]
    python benchmarks/gpu.py --rehearse      the same program with a model of a few thousand weights on the CPU; its figures mean nothing

Without CUDA it says so and ends. First the card's own rates are measured: bf16 matrix products and copies in memory. Then answering
(prompts as long as a clip's, then token by token) and training (forward, backward with activations computed again, AdamW, all weights)
are timed, each with the share of the measured rate that it reaches and with what bounds it. Recomputed operations count as none.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SIZE_3B: dict[str, Any] = {
    "text_config": {
        "hidden_size": 2048,
        "intermediate_size": 11_008,
        "num_hidden_layers": 36,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "vocab_size": 151_936,
        "tie_word_embeddings": True,
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    },
    "vision_config": {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 2048},
    "tie_word_embeddings": True,
}
REHEARSAL: dict[str, Any] = {
    "text_config": {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 512,
        "tie_word_embeddings": True,
        "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
    },
    "vision_config": {"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": 64},
    "tie_word_embeddings": True,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured. prompt: tokens, visual ones included. answer: tokens. batch, rows: answers and conversations at once."""

    shape: dict[str, Any]
    device: str
    dtype: str
    prompt: int
    answer: int
    batch: int
    rows: int
    matrix: int
    repeats: int


ON_GPU = Setting(SIZE_3B, "cuda", "bfloat16", 1500, 128, 32, 4, 8192, 10)
REHEARSED = Setting(REHEARSAL, "cpu", "float32", 48, 8, 2, 2, 128, 2)


def main() -> None:
    """Print, or say why there is nothing to print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rehearse", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    import torch

    if not options.rehearse and not torch.cuda.is_available():
        print(f"skipped: torch {torch.__version__} sees no CUDA device, and these figures are about one")
        return
    setting = REHEARSED if options.rehearse else ON_GPU
    lines = measured(setting)
    name = torch.cuda.get_device_name() if setting.device == "cuda" else "a rehearsal on the CPU: the figures mean nothing"
    print(name, *(" | ".join(line) for line in lines), sep="\n")
    if options.write and not options.rehearse:
        from sections import table, write_section

        head = ["Qwen2.5-VL-3B's size, random weights", "rate", "share of the measured rate", "bound by"]
        write_section("benchmarks/gpu.py", f"On a GPU: {name}", table(head, lines))


def measured(setting: Setting) -> list[list[str]]:
    """A line for each measure: what, rate, share of the card's own measured rate, what bounds it."""
    model = built(setting)
    weights = sum(parameter.numel() for parameter in model.parameters())
    operations, copied = matrix_rate(setting), memory_rate(setting)
    lines = [
        ["matrix products", f"{operations / 1e12:.4g} T operations/s", "1.00", "-"],
        ["memory", f"{copied / 1e9:.4g} GB/s", "1.00", "-"],
    ]
    prompt_seconds, step_seconds = answering(model, setting)
    width = next(model.parameters()).element_size()
    read = setting.batch * setting.prompt / prompt_seconds
    lines.append(["reading prompts", f"{read:,.0f} tokens/s", f"{2 * weights * read / operations:.2f}", "operations"])
    told = setting.batch / step_seconds
    of_memory, of_operations = weights * width / step_seconds / copied, 2 * weights * told / operations
    bound = nearer = "memory" if of_memory > of_operations else "operations"
    if max(of_memory, of_operations) < 0.3:
        bound = "starting kernels and attention over the cache: neither rate is near"
    lines.append(["answering", f"{told:,.0f} tokens/s", f"{max(of_memory, of_operations):.2f} of {nearer}", bound])
    trained = setting.rows * (setting.prompt + setting.answer) / training(model, setting)
    lines.append(["training, all weights", f"{trained:,.0f} tokens/s", f"{6 * weights * trained / operations:.2f}", "operations"])
    return lines


def built(setting: Setting) -> Any:
    """The architecture from its config; no file is read."""
    import torch

    from videostar.torchvision_on_cpu import make_importable

    make_importable()
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    torch.manual_seed(0)
    config = Qwen2_5_VLConfig(**setting.shape)
    with torch.device(setting.device):
        return Qwen2_5_VLForConditionalGeneration(config).to(getattr(torch, setting.dtype)).eval()


def matrix_rate(setting: Setting) -> float:
    """Operations a second of square matrix products."""
    import torch

    one, two = (torch.randn(setting.matrix, setting.matrix, device=setting.device, dtype=getattr(torch, setting.dtype)) for _ in range(2))
    return 2 * setting.matrix**3 / seconds_of(lambda: one @ two, setting)


def memory_rate(setting: Setting) -> float:
    """Bytes a second read and written by a copy."""
    import torch

    source = torch.zeros(setting.matrix**2 * 2, device=setting.device, dtype=getattr(torch, setting.dtype))
    target = torch.empty_like(source)
    return 2 * source.numel() * source.element_size() / seconds_of(lambda: target.copy_(source), setting)


def answering(model: Any, setting: Setting) -> tuple[float, float]:
    """Seconds of reading a batch of prompts, and of one further token for each."""
    import torch

    tokens = torch.randint(0, 500, (setting.batch, setting.prompt), device=setting.device)
    with torch.inference_mode():
        reading = seconds_of(lambda: model(input_ids=tokens, use_cache=True, logits_to_keep=1), setting)
        out = model(input_ids=tokens, use_cache=True, logits_to_keep=1)
        cache, new = out.past_key_values, tokens[:, :1]
        started = _now(setting)
        for _ in range(setting.answer):
            model(input_ids=new, past_key_values=cache, use_cache=True)
        return reading, (_now(setting) - started) / setting.answer


def training(model: Any, setting: Setting) -> float:
    """Seconds of one update of all weights, activations computed again."""
    import torch

    model.train()
    model.gradient_checkpointing_enable()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    tokens = torch.randint(0, 500, (setting.rows, setting.prompt + setting.answer), device=setting.device)

    def update() -> None:
        model(input_ids=tokens, labels=tokens).loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return seconds_of(update, setting)


def seconds_of(work: Callable[[], object], setting: Setting) -> float:
    """The mean of a few runs after one to warm up."""
    work()
    started = _now(setting)
    for _ in range(setting.repeats):
        work()
    return (_now(setting) - started) / setting.repeats


def _now(setting: Setting) -> float:
    """The time when all that was asked of the card is done."""
    if setting.device == "cuda":
        import torch

        torch.cuda.synchronize()
    return time.perf_counter()


if __name__ == "__main__":
    main()
