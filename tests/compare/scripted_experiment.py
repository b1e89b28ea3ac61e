"""A comparison over the scripted model: the whole loop for several arms in a second or two, every answer foreseeable.

Of four questions the base answers one; shown a label it explains it. What was learned of a question is asked again in test, in the same
words, so an arm's accuracy is the share of questions that it learned from rightly.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import merged, render_clip, sample_row, write_table

LABELS = {"k0": "yoga", "k1": "boxing", "k2": "yoga", "k3": "boxing"}
SAID = {
    "k0": "Arms and legs are slowly stretched out on a mat, and so this is yoga.",
    "k1": "Two fists in gloves go forward again and again, and so this is boxing.",
    "k2": "Somebody stands on one leg and breathes calmly, and so this is yoga.",
    "k3": "Someone jumps on the spot and hits a heavy bag, and so this is boxing.",
}
WRONG = "Somebody runs around a large field, and so this is football."


def write_experiment(folder: Path, file: str = "experiment.yaml", **changes: Any) -> Path:
    """The experiment's file; clips, tables and script beside it. `changes` over its keys, section by section."""
    for position, clip in enumerate("abcd"):
        render_clip(folder / "clips" / f"{clip}.mp4", 40 + 50 * position)
    for split in ("train", "validation", "test"):
        rows = [_row(sample, position, split) for position, sample in enumerate(LABELS)]
        write_table(folder / f"{split}.jsonl", rows)
    rules = [{"contains": "without referring to the given answer", "sample_id": sample, "replies": [text]} for sample, text in SAID.items()]
    rules += [{"contains": "person 0", "replies": [SAID["k0"]]}, {"contains": "person", "replies": [WRONG]}]
    (folder / "script.json").write_text(json.dumps({"rules": rules, "generalizes": True}), encoding="utf-8")
    raw = {
        "name": "scripted",
        "work": str(folder / "runs"),
        "results": str(folder / "results"),
        "seeds": [0, 1],
        "base": {
            "cycles": 1,
            "data": {split: str(folder / f"{split}.jsonl") for split in ("train", "validation", "test")},
            "model": {"model_name_or_path": str(folder / "script.json"), "engine": "scripted"},
            "frames": {"cache": str(folder / "cache"), "num_frames": 4, "decode_workers": 1},
            "select": {"forms": {"reasoned": 1.0}},
        },
        "reference": "full",
        "parts": {"early": {"late": False}, "late": {"late": True}},
        "arms": {"base": {"trained": False}, "full": {}, "without rationalization": {"set": {"rationalize.enabled": False}}},
    }
    path = folder / file
    path.write_text(yaml.safe_dump(merged(raw, changes), sort_keys=False), encoding="utf-8")
    return path


def _row(sample: str, position: int, split: str) -> dict[str, Any]:
    label = {"kind": "category", "value": LABELS[sample], "classes": ["yoga", "boxing", "football"]}
    name = sample if split == "train" else f"{split}-{sample}"
    about = {"question": f"What is person {position} doing?", "label": label, "task": "action", "group": f"{split}-{position}"}
    return sample_row(name, video=f"clips/{'abcd'[position]}.mp4", split=split, meta={"late": position > 1}, **about)
