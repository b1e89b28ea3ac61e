"""Official files in small, and given answers to them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from videostar.benchmarks.running import BenchmarkRequest, benchmark
from videostar.ports import Silent

SCENES = ("v1", "v1_reverse")
TEMPCOMPASS: dict[str, Any] = {
    "multi-choice.json": {
        "v1": {
            "attribute_change": [{"question": "What colour does it get?\nA. red\nB. green", "answer": "A. red"}],
            "direction": [{"question": "Where does it go?\nA. right\nB. left\nC. up", "answer": "B. left"}],
        },
        "v1_reverse": {"direction": [{"question": "Where does it go?\nA. right\nB. left", "answer": "A. right"}]},
    },
    "yes_no.json": {"v1": {"action": [{"question": "Is it moving?", "answer": "yes"}, {"question": "Is it resting?", "answer": "no"}]}},
    "caption_matching.json": {
        "v1": {
            "direction": [
                {
                    "question": "Which caption matches the video better?\nCaption A: It goes right.\nCaption B: It goes left.",
                    "answer": "Caption B: It goes left.",
                }
            ]
        }
    },
    "captioning.json": {
        "v1": {
            "direction": [
                {
                    "question": "Caption it.\nInformation A: {'subject': 'it', 'direction': 'right'}\n"
                    "Information B: {'subject': 'it', 'direction': 'left'}\nGenerated Caption:",
                    "answer": "B. left",
                }
            ]
        }
    },
    "meta_info.json": {
        "v1": {"eval_dim": {"attribute_change": {"type": "color & light change"}, "direction": {"type": "object motion"}, "order": None}},
    },
}


def write_json(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def official(folder: Path, files: Mapping[str, Any] | Sequence[Path]) -> tuple[str, ...]:
    """Paths of the official files, written where they are given as contents."""
    if not isinstance(files, Mapping):
        return tuple(map(str, files))
    return tuple(str(write_json(folder / "official" / name, content)) for name, content in files.items())


def score(
    folder: Path, name: str, files: Mapping[str, Any] | Sequence[Path], given: Sequence[Path], out: str = "out", **words: Any
) -> dict[str, Any]:
    """results.json of given answers."""
    request = BenchmarkRequest(name, official(folder, files), folder / out, predictions=tuple(given), **words)
    benchmark(request, Silent())
    found: dict[str, Any] = json.loads((folder / out / "results.json").read_text())
    return found
