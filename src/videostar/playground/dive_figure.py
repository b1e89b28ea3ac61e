"""A held-out dive before and after the loop, as a picture: `python -m videostar.playground.dive_figure RUN OUT.svg`.

The dive is drawn by the run's seed among the test dives of seen combinations, not chosen. Below it stands how often take-off, number of
half somersaults, position and entry were told right over all those dives, by the base and by the run's best checkpoint.
"""

from __future__ import annotations

import argparse
import base64
import html
import io
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from videostar.playground.gains import files_of, test_samples
from videostar.playground.worlds.drawing import NUM_FRAMES
from videostar.rows import read_rows
from videostar.seeds import rng_for
from videostar.store import CycleFiles, RunStore, read_config, read_json
from videostar.types import Sample
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, Frames
from videostar.video.sampling import Sampling

PHASES_TASK, SCORE_TASK = "dive-phases", "dive-score"
PARTS = ("take-off", "half somersaults", "position", "entry")
SHOWN_FRAMES = 8
FRAME_PIXELS = 96
WIDTH = SHOWN_FRAMES * (FRAME_PIXELS + 6) + 34
LINE = 18
LONGEST_LINE = 118

Row = Mapping[str, Any]


def parts_of(told: object) -> dict[str, str]:
    """What a list of three phases says, by part; what it lacks is "". "dapli 5" is a position and a number of half somersaults."""
    items = [str(item) for item in told] if isinstance(told, (list, tuple)) else []
    take_off, middle, entry = (*items, "", "", "")[:3]
    position, _, count = middle.rpartition(" ")
    return dict(zip(PARTS, (take_off, count, position, entry), strict=True))


def part_counts(samples: Sequence[Sample], verdicts: Mapping[str, Row]) -> dict[str, int]:
    """In how many of the dives each part was told right."""
    told = [(parts_of(verdicts[sample.id]["extracted"]), parts_of(sample.label.to_json()["value"])) for sample in samples]
    return {part: sum(one[part].lower() == two[part].lower() for one, two in told) for part in PARTS}


def figure(run: Path) -> str:
    """The picture as SVG."""
    store, seed = RunStore(run), read_config(run).seed
    dives = [sample for sample in test_samples(run) if sample.task in (PHASES_TASK, SCORE_TASK) and not sample.meta["unseen"]]
    asked = {(sample.group, sample.task): sample for sample in dives}
    videos = sorted(group for group, task in asked if task == PHASES_TASK and (group, SCORE_TASK) in asked)
    drawn = rng_for("dive figure", seed).choice(videos)
    shown = [asked[drawn, task] for task in (PHASES_TASK, SCORE_TASK)]
    checkpoints = {"before": store.cycle(0), "after": files_of(run, None)}
    lines: list[tuple[str, str]] = [("title", f"A held-out dive, drawn by seed {seed}, before and after the loop")]
    for sample in shown:
        lines += [("question", sample.question), ("text", f"true: {sample.label.answer_text()}")]
        for name, files in checkpoints.items():
            outcome = _rows(files.evaluation_verdicts("test"))[sample.id]["outcome"]
            text = _rows(files.evaluation_answers("test"))[sample.id]["text"]
            lines += [(outcome, part) for part in textwrap.wrap(f"{name}: {text}", LONGEST_LINE)]
    lines += _accuracies([sample for sample in dives if sample.task == PHASES_TASK], checkpoints)
    return _svg(_frames(run, shown[0]), lines)


def _accuracies(samples: Sequence[Sample], checkpoints: Mapping[str, CycleFiles]) -> list[tuple[str, str]]:
    counts = {name: part_counts(samples, _rows(files.evaluation_verdicts("test"))) for name, files in checkpoints.items()}
    found = [f"{part} {counts['before'][part]} -> {counts['after'][part]}" for part in PARTS]
    return [("question", f"Right over all {len(samples)} held-out dives, before -> after"), ("text", ", ".join(found))]


def _rows(path: Path) -> dict[str, Row]:
    return {row["sample_id"]: row for row in read_rows(path)}


def _frames(run: Path, sample: Sample) -> list[Image.Image]:
    frames = decode_clip(ClipRef(Path(read_json(RunStore(run).ingested)["root"]) / sample.video), Sampling(num_frames=NUM_FRAMES))
    if not isinstance(frames, Frames):
        raise ValueError(f"{sample.video} cannot be read: {frames.reason}: {frames.message}")
    step = NUM_FRAMES // SHOWN_FRAMES
    return [Image.fromarray(pixels).resize((FRAME_PIXELS, FRAME_PIXELS)) for pixels in frames.pixels[::step]]


def _svg(frames: Sequence[Image.Image], lines: Sequence[tuple[str, str]]) -> str:
    top = 20 + FRAME_PIXELS + 14
    height = top + LINE * (len(lines) + 1)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<style>text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:700}.question{font-weight:600}"
        ".pass{fill:#186a3b}.fail,.undecided{fill:#a93226}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for place, frame in enumerate(frames):
        drawn.append(
            f'<image x="{20 + place * (FRAME_PIXELS + 6)}" y="16" width="{FRAME_PIXELS}" height="{FRAME_PIXELS}" href="{_uri(frame)}"/>'
        )
    for number, (kind, text) in enumerate(lines):
        drawn.append(f'<text class="{kind}" x="20" y="{top + LINE * number}">{html.escape(text)}</text>')
    return "\n".join([*drawn, "</svg>\n"])


def _uri(frame: Image.Image) -> str:
    buffer = io.BytesIO()
    frame.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the picture."""
    parser = argparse.ArgumentParser(description="Draw a held-out dive before and after the loop.")
    parser.add_argument("run", type=Path, help="a finished run of the demo")
    parser.add_argument("out", type=Path, help="where the SVG goes")
    options = parser.parse_args(arguments)
    options.out.write_text(figure(options.run), encoding="utf-8")


if __name__ == "__main__":
    main()
