"""The demo's config: rendered videos, the embedded checkpoint, and an ordinary run over them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from videostar.config import Config, checked
from videostar.playground.demo_data import SHARES, Share, write_demo
from videostar.playground.worlds.drawing import FRAME_SIZE, NUM_FRAMES

TINY = Path(str(files("videostar.playground") / "tiny"))
CYCLES = 3


def demo_config(folder: Path, seed: int, cycles: int | None = None) -> Config:
    """Render the videos into `folder`/data, unless they are there from before, and give the config of a run in `folder`."""
    render_demo(folder, seed, SHARES)
    return checked({**demo_settings(folder, seed), "cycles": cycles or CYCLES})


def render_demo(folder: Path, seed: int, shares: Mapping[str, Share]) -> None:
    """Render `shares` of the worlds into `folder`/data, unless they are there from before."""
    data = folder / "data"
    if not (data / "done").exists():
        write_demo(data, seed, shares)
        (data / "done").touch()


def demo_settings(folder: Path, seed: int) -> dict[str, Any]:
    """The keys of a run in `folder` over the worlds that are rendered there."""
    data = folder / "data"
    return {
        "run": str(folder),
        "seed": seed,
        "cycles": CYCLES,
        "data": {split: str(data / f"{split}.jsonl") for split in ("train", "validation", "test")},
        "model": {"model_name_or_path": str(TINY), "dtype": "float32"},
        "frames": {**demo_frames(), "cache": str(folder / "cache")},
        "generate": {"n": 1, "temperature": 0.5, "max_new_tokens": 128},
        "evaluate": {"max_new_tokens": 128},
        # Every kept answer is told with its reasons, and half of them also at once: a row of one new word says more of it than a long one.
        "select": {"forms": {"reasoned": 1.0, "direct": 0.5}},
        "train": {
            "finetuning_type": "full",
            "freeze_vision_tower": True,
            "learning_rate": 1e-3,
            "num_train_epochs": 3,
            # Small batches: some forty new words are learned by many updates, not by exact ones.
            "per_device_train_batch_size": 6,
            "gradient_accumulation_steps": 1,
            # Prompts of one world are of like length: batches of one world alone teach names worse than mixed ones.
            "group_by_length": False,
        },
    }


def demo_frames() -> dict[str, int]:
    """The frames that the embedded checkpoint was taught on, as the config says them."""
    return {"num_frames": NUM_FRAMES, "max_pixels": FRAME_SIZE**2}
