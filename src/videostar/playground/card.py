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

Transformers' own Qwen2.5-VL architecture with 4.8 million parameters, trained from nothing on rendered clips of three kinds: a shape that
moves and turns, a diver who leaves a platform, an instrument that works on objects. It describes such clips, answers short questions
about them and a second one after the first, and explains an answer that it is given, repeating it. It knows nothing of the world, and no
label names: those are for a fine-tuning run to teach. It goes through the very code that large checkpoints go through, and loads with
`AutoProcessor` and `AutoModelForImageTextToText`.

- Input: 16 frames of 4 seconds, about 96 x 96 pixels (the processor resizes), one video in the first turn.
- Weights are kept in float16 and load as float32.
- Made by `python -m videostar.playground.build`; measured by `python -m videostar.playground.gates`.

## Figures

Fresh clips, written as H.264 MP4 and read back through decoder and processor; greedy answers.

| what | | share | of | gate |
|---|---|---|---|---|
{rows}

A gate that fails is said to fail: the checkpoint is shipped as it is. "No video" figures show what guessing gives; label tasks are what a
run would teach, so that nothing but chance is expected there ("dive-count" asks for a number that the base may count).
"""


def write_card(folder: Path, figures: Sequence[Figure]) -> None:
    """Write `README.md` into the checkpoint's folder."""
    (folder / "README.md").write_text(CARD.format(rows="\n".join(map(_row, figures))), encoding="utf-8")


def _row(figure: Figure) -> str:
    return f"| {figure.group} | {figure.name} | {figure.share:.3f} | {figure.count} | {figure.gate} |"
