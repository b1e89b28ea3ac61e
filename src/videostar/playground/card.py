"""The model card of the tiny checkpoint, its figures as measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from videostar.playground.figures import Figure

CARD = """\
---
license: apache-2.0
library_name: transformers
pipeline_tag: image-text-to-text
tags: [video, qwen2_5_vl]
---

# A tiny video-language model for trying things out

Transformers' own Qwen2.5-VL architecture with 2.3 million parameters, trained from nothing on rendered clips of one moving shape.
It describes such clips, answers short questions about them, and explains an answer that it is given, repeating it to the letter.
It knows nothing of the world, and no names of actions: those are for a fine-tuning run to teach. It goes through the very code
that large checkpoints go through, and loads with `AutoProcessor` and `AutoModelForImageTextToText`.

- Input: 8 frames of 4 seconds, about 64 x 64 pixels (the processor resizes), one video in the first turn.
- Weights are kept in float16 and load as float32.
- Made by `python -m videostar.playground.build`; measured by `python -m videostar.playground.gates`.

## Figures

Fresh clips, written as H.264 MP4 and read back through decoder and processor; greedy answers.

| what | | share | of | gate |
|---|---|---|---|---|
{rows}

Without the video the short answers are guesses; their figures show what guessing gives.
"""


def write_card(folder: Path, figures: Sequence[Figure]) -> None:
    """Write `README.md` into the checkpoint's folder."""
    (folder / "README.md").write_text(CARD.format(rows="\n".join(map(_row, figures))), encoding="utf-8")


def _row(figure: Figure) -> str:
    return f"| {figure.group} | {figure.name} | {figure.share:.3f} | {figure.count} | {figure.gate} |"
