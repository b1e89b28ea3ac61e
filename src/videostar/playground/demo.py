"""The demo's config: rendered videos, the embedded checkpoint, and an ordinary run over them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from videostar.config import Config, checked
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.demo_data import write_demo
from videostar.playground.worlds.drawing import NUM_FRAMES

TINY = Path(str(files("videostar.playground") / "tiny"))
CYCLES = 3


def demo_config(folder: Path, seed: int, cycles: int | None = None) -> Config:
    """Render the videos into `folder`/data, unless they are there from before, and give the config of a run in `folder`."""
    data = folder / "data"
    if not (data / "done").exists():
        write_demo(data, seed)
        (data / "done").touch()
    return checked(
        {
            "run": str(folder),
            "seed": seed,
            "cycles": cycles or CYCLES,
            "data": {split: str(data / f"{split}.jsonl") for split in ("train", "validation", "test")},
            "model": {"model_name_or_path": str(TINY), "dtype": "float32"},
            "frames": {**demo_frames(), "cache": str(folder / "cache")},
            "generate": {"n": 1, "temperature": 0.5, "max_new_tokens": 128},
            "evaluate": {"max_new_tokens": 128},
            "select": {"forms": {"reasoned": 1.0}},
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
    )


def demo_frames() -> dict[str, int]:
    """The frames that the embedded checkpoint was taught on, as the config says them."""
    return {"num_frames": NUM_FRAMES, "max_pixels": FRAME_SIZE**2}
