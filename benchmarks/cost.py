"""What a run of each recipe costs in tokens and GPU hours, computed from the assumptions of `--dry-run`, into docs/scale.md.

    python benchmarks/cost.py [--questions 10000] [--write]

Nothing here is measured. Clips of one length stand for a data set; sizes of models are those in their names.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from sections import table

from videostar.config import load_config
from videostar.plan.hours import DEVICES, Work, hours
from videostar.plan.shape import model_shape
from videostar.video.sampling import Sampling, frame_size, plan

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "scale.md"
CLIPS = {
    "qwen3_vl_8b_kinetics": (10.0, 80),
    "qwen3_vl_8b_finediving": (4.5, 80),
    "qwen3_vl_8b_folder": (12.0, 80),
    "qwen3_vl_4b_16gb": (12.0, 16),
}
"""Seconds of a clip, and the GB of a card that the recipe is made for."""
SOURCE = (640, 360)
TEXT_TOKENS = 80.0
HELD_SHARE = 0.1
BEGIN, END = "<!-- begin benchmarks/cost.py -->", "<!-- end benchmarks/cost.py -->"


def lines(questions: int) -> list[list[str]]:
    """A row for each recipe."""
    rows = []
    for name, (seconds, needed) in CLIPS.items():
        config = load_config(ROOT / "configs" / f"{name}.yaml")
        shape = model_shape(config.model)
        frames = plan(Sampling.of(config.frames), seconds).num_frames
        visual = shape.visual.tokens(frames, *frame_size(*SOURCE, config.frames.max_pixels))
        work = Work(questions, round(HELD_SHARE * questions), visual, TEXT_TOKENS)
        told = questions * config.generate.n * config.generate.max_new_tokens
        cards = [hours(config, work, shape.parameters or 0, device) for device in DEVICES]
        fits = [device.gib >= needed for device in DEVICES]
        said = [f"{found.cycle:.1f} / {found.run:.0f}" if fit else "too small" for found, fit in zip(cards, fits, strict=True)]
        rows.append([name, f"{seconds:g} s", str(frames), f"{work.prompt:,.0f}", f"{told / 1e6:.0f} M", *said])
    return rows


def main() -> None:
    """Print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    cards = [f"{device.name}: hours a cycle / a run" for device in DEVICES]
    head = ["recipe", "clip", "frames", "tokens of a question", "tokens told a cycle, at most", *cards]
    text = table(head, lines(options.questions))
    print(text)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        said = f"{options.questions:,} questions, {HELD_SHARE:.0%} as many held out; computed by `python benchmarks/cost.py`, not measured:"
        body = f"{BEGIN}\n{said}\n\n{text}\n{END}"
        PAGE.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: body, page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
