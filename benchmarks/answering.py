"""How fast questions are answered, as ratios within one run, with the embedded checkpoint on rendered clips.

    python benchmarks/answering.py [--clips 128] [--blocks 5] [--threads 1] [--write]

The yardstick is this project's own engine used the published way: one question at a time, its video decoded, made ready and looked at for
it, whatever was asked about the same clip before. Weights, prompts, seeds and so answers are the same on both sides. The ways take turns,
block by block, so that what else the machine does falls on both alike; a ratio is the median over the blocks. `--write` puts the figures
into docs/performance.md.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import torch

from videostar.config import Config, checked
from videostar.models.transformers import TransformersModel
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.demo import TINY
from videostar.playground.worlds.drawing import NUM_FRAMES
from videostar.playground.worlds.tables import QUESTIONS_PER_VIDEO, WORLDS, write_world
from videostar.ports import Decoding, Reply, Request
from videostar.prompts import asked
from videostar.rows import read_rows, sample_from_json
from videostar.seeds import seed_for
from videostar.steps.ask import Asking, ask
from videostar.steps.generate import answers_at_once
from videostar.store import StageLog
from videostar.types import Message, Sample
from videostar.video.decode import decode_clip
from videostar.video.frames import ClipRef, Frames
from videostar.video.sampling import Sampling
from videostar.video.store import FrameStore

CANDIDATES = 8
VIDEOS = 4
FULL = 32
SHARE = 4
KINDS = ("wall", "processor")
T = TypeVar("T")


@dataclass(frozen=True)
class Spent:
    """Seconds on the wall, and of processors; where the machine is shared, the second is the steadier."""

    wall: float = 0.0
    processor: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.processor + other.processor)

    def __truediv__(self, count: float) -> Spent:
        return Spent(self.wall / count, self.processor / count)


@dataclass(frozen=True)
class Bench:
    """A model and questions about rendered videos."""

    config: Config
    samples: Sequence[Sample]
    folder: Path

    @property
    def decoding(self) -> Decoding:
        """As the loop draws answers."""
        return Decoding(self.config.generate.temperature, 1.0, self.config.generate.max_new_tokens)

    def model(self) -> TransformersModel:
        """Freshly loaded and warmed up, so that nothing is remembered from another measurement."""
        made = TransformersModel(self.config.model.model_name_or_path, self.config.model)
        made.answer([Request("warm", (Message("user", "What?"),), None, (1,))], Decoding(0.0, 1.0, 4))
        return made

    def request(self, sample: Sample, frames: Frames, seeds: Sequence[int]) -> Request:
        """What the loop asks."""
        return Request(sample.id, (Message("user", asked(sample, "reasoned")),), frames, tuple(seeds))

    def frames(self, sample: Sample) -> Frames:
        """Decoded here and now."""
        found = decode_clip(ClipRef(self.folder / sample.video, sample.start_seconds, sample.end_seconds), Sampling.of(self.config.frames))
        if not isinstance(found, Frames):
            raise SystemExit(f"{sample.video}: {found}")
        return found


def one_by_one(bench: Bench, samples: Sequence[Sample], model: TransformersModel) -> list[tuple[str, int]]:
    """The published way: for each question its video is decoded and looked at, and one answer is drawn."""
    rows = []
    for sample in samples:
        seed = seed_for(0, "bench", 1, sample.id, 0)
        reply = _fresh(model, [bench.request(sample, bench.frames(sample), [seed])], bench.decoding)[0][0]
        rows.append((reply.text, reply.tokens))
    return rows


def in_a_stage(bench: Bench, samples: Sequence[Sample], model: TransformersModel, frames: FrameStore, place: Path) -> list[tuple[str, int]]:
    """The way of the loop: frames read ahead, alike questions in full batches, answers logged."""
    asking = Asking(
        "bench", 1, "generated", lambda sample: asked(sample, "reasoned"), 1, bench.decoding, answers_at_once(bench.config), 0, bench.folder
    )
    log = StageLog(place / "answers.jsonl")
    with frames:
        list(ask(samples, model, frames, asking, log))
    return [(row["text"], row["tokens"]) for row in read_rows(log.path)]


def _started(bench: Bench) -> FrameStore:
    """Its processes run, as they do during a stage; what they take is counted as processor time when they end."""
    frames = FrameStore(bench.config.frames)
    spans = (ClipRef(bench.folder / bench.samples[0].video, 0.0, 0.5 + part / 10) for part in range(4))  # that no question is about
    list(frames.load(spans))
    return frames


def compare_stage(bench: Bench, blocks: int) -> dict[str, str]:
    """Both ways in turns, block by block; the published one answers one in SHARE questions of a block.

    So each block is a full batch or more, and a run still ends. Times are those of a question.
    """
    took: dict[str, list[Spent]] = {"ours": [], "published": []}
    said: dict[str, list[tuple[str, int]]] = {"ours": [], "published": []}
    same = 0
    published, ours = bench.model(), bench.model()
    for block in range(blocks):
        part = bench.samples[block * len(bench.samples) // blocks : (block + 1) * len(bench.samples) // blocks]
        with tempfile.TemporaryDirectory() as place:
            spent, rows = _timed(partial(in_a_stage, bench, part, ours, _started(bench), Path(place)))
        took["ours"].append(spent / len(part))
        said["ours"] += rows
        few = range(block % SHARE, len(part), SHARE)
        spent, single = _timed(partial(one_by_one, bench, [part[number] for number in few], published))
        took["published"].append(spent / len(few))
        said["published"] += single
        same += sum(rows[number] == answer for number, answer in zip(few, single, strict=True))
    lengths = {way: statistics.mean(tokens for _, tokens in rows) for way, rows in said.items()}
    return {
        f"times as fast as one by one, decoding per question (median of {blocks} turns)": _ratio(took["published"], took["ours"]),
        "ours": _rates(took["ours"], lengths["ours"]),
        "one by one": _rates(took["published"], lengths["published"]),
        f"the same answers on both sides (mean length {lengths['ours']:.0f} tokens)": f"{same} of {len(said['published'])} |",
    }


def compare_candidates(bench: Bench) -> dict[str, str]:
    """Eight candidates of one video against one, and with full batches against asking eight times."""
    clips = {sample.video: sample for sample in bench.samples}
    chosen = list(clips.values())[:VIDEOS]
    asked_about = [(sample, bench.frames(sample)) for sample in chosen]
    seeds = [[seed_for(0, "bench", 1, sample.id, number) for number in range(CANDIDATES)] for sample in chosen]
    every = [bench.request(sample, frames, seeds[place]) for place, (sample, frames) in enumerate(asked_about)]
    model = bench.model()
    one, eight = list[Spent](), list[Spent]()
    for request in every:  # each video alone: the mean of its eight answers one by one, then all of them at once
        alone = Spent()
        for seed in request.seeds:
            alone += _timed(partial(_fresh, model, [replace(request, seeds=(seed,))], bench.decoding))[0]
        one.append(alone / CANDIDATES)
        eight.append(_timed(partial(_fresh, model, [request], bench.decoding))[0])
    full = [bench.request(sample, bench.frames(sample), ()) for sample in list(clips.values())[:FULL]]
    together, apart = list[Spent](), list[Spent]()
    for number, start in enumerate(range(0, len(full), VIDEOS)):
        batch = [replace(request, seeds=tuple(range(CANDIDATES))) for request in full[start : start + VIDEOS]]
        together.append(_timed(partial(_fresh, model, batch, bench.decoding))[0])
        batch = [replace(request, seeds=(number,)) for request in full]
        apart.append(_timed(partial(_fresh, model, batch, bench.decoding))[0])
    return {
        f"{CANDIDATES} candidates of one video: times the time of 1 (median of {len(one)} videos)": _ratio(eight, one),
        f"{CANDIDATES} candidates of each video, {FULL} answers at once: times as fast as asking {CANDIDATES} times, {FULL} at once "
        f"(median of {len(apart)} turns)": _ratio(apart, together),
    }


def _fresh(model: TransformersModel, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
    """Asked with nothing kept of a clip from before: neither what the processor nor what the tower made of it."""
    model.forget_clips()
    return model.answer(requests, decoding)


def _timed(work: Callable[[], T]) -> tuple[Spent, T]:
    started, before = time.perf_counter(), _processor_seconds()
    found = work()
    return Spent(time.perf_counter() - started, _processor_seconds() - before), found


def _processor_seconds() -> float:
    """Of this process and of those that it has ended, decoding ones among them."""
    usages = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _ratio(more: Sequence[Spent], less: Sequence[Spent]) -> str:
    """The median of the ratios of pairs."""
    pairs = list(zip(more, less, strict=True))
    ratios = (statistics.median(getattr(one, kind) / getattr(other, kind) for one, other in pairs) for kind in KINDS)
    return " | ".join(f"{ratio:.2f}" for ratio in ratios)


def _rates(spent: Sequence[Spent], tokens: float) -> str:
    """From seconds a question, the median of the turns."""
    seconds = [statistics.median(getattr(one, kind) for one in spent) for kind in KINDS]
    return " | ".join(f"{1 / second:.2f} questions/s, {tokens / second:.0f} tokens/s" for second in seconds)


def _bench(folder: Path, clips: int) -> Bench:
    """Rendered dives and procedures, each asked as many questions as the worlds ask of one."""
    samples: list[Sample] = []
    for name in ("dives", "procedures"):
        table = write_world(WORLDS[name](0), folder / name, {"train": clips // 2}, QUESTIONS_PER_VIDEO, FRAME_SIZE).train
        rows = (sample_from_json(row, {}) for row in read_rows(table))
        samples += [replace(sample, video=f"{name}/{sample.video}") for sample in rows]
    config = checked(
        {
            "run": str(folder / "run"),
            "data": {"train": "train.jsonl"},
            "model": {"model_name_or_path": str(TINY), "dtype": "float32"},
            "frames": {"num_frames": NUM_FRAMES, "max_pixels": FRAME_SIZE**2, "cache_gib": 0},
            "generate": {"temperature": 0.5, "max_new_tokens": 128},
        }
    )
    return Bench(config, sorted(samples, key=lambda sample: sample.id), folder)


def main() -> None:
    """Render, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=256)
    parser.add_argument("--blocks", type=int, default=5, help="in how many turns both ways are measured")
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0 leaves its default")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        bench = _bench(Path(folder), options.clips)
        single = replace(bench, samples=list({sample.video: sample for sample in bench.samples}.values()))
        found: dict[str, str] = {}
        for asked_of_each, part in ((f"{QUESTIONS_PER_VIDEO} questions", bench), ("1 question", single)):
            found |= {f"{asked_of_each} a clip: {name}": value for name, value in compare_stage(part, options.blocks).items()}
            print(*(f"{name} | {value}" for name, value in found.items()), sep="\n", file=sys.stderr)
        found |= compare_candidates(bench)
    rows = [[name, *value.split(" | ")] if " | " in value else [name, value.rstrip(" |"), ""] for name, value in found.items()]
    about = (
        f"{len(bench.samples)} questions about {len(single.samples)} rendered clips, {NUM_FRAMES} frames each, the embedded checkpoint in "
        f"float32, temperature {bench.decoding.temperature:g}, {torch.get_num_threads()} thread(s) of torch. One by one, every question "
        "has its clip decoded, made ready and looked at anew. Ratios are medians of turns within one run."
    )
    head = ["measured in one run", "wall clock", "processor time"]
    print(about, *(" | ".join(row) for row in rows), sep="\n")
    if options.write:
        from sections import table, write_section

        write_section("benchmarks/answering.py", "Answering", f"{about}\n\n{table(head, rows)}")


if __name__ == "__main__":
    main()
