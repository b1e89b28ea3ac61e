"""How fast questions are answered, as ratios within one run, with the embedded checkpoint on rendered clips: python benchmarks/answering.py

The yardstick is this project's own engine used the published way: one question at a time, its video decoded for it. Weights, prompts,
seeds and so answers are the same on both sides. `--docs docs/performance.md` writes the figures there.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
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

MARKS = ("<!-- answering -->", "<!-- /answering -->")
CANDIDATES = 8
VIDEOS = 4
FULL = 32
T = TypeVar("T")


@dataclass(frozen=True)
class Spent:
    """Seconds on the wall, and of processors; where the machine is shared, the second is the steadier."""

    wall: float = 0.0
    processor: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.processor + other.processor)


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
    """The published way: for each question its video is decoded and one answer is drawn."""
    rows = []
    for sample in samples:
        seed = seed_for(0, "bench", 1, sample.id, 0)
        reply = model.answer([bench.request(sample, bench.frames(sample), [seed])], bench.decoding)[0][0]
        rows.append((reply.text, reply.tokens))
    return rows


def in_a_stage(bench: Bench, samples: Sequence[Sample], model: TransformersModel, place: Path) -> list[tuple[str, int]]:
    """The way of the loop: frames read ahead, alike questions in full batches, answers logged."""
    asking = Asking(
        "bench", 1, "generated", lambda sample: asked(sample, "reasoned"), 1, bench.decoding, answers_at_once(bench.config), 0, bench.folder
    )
    log = StageLog(place / "answers.jsonl")
    with FrameStore(bench.config.frames) as frames:
        list(ask(samples, model, frames, asking, log))
    return [(row["text"], row["tokens"]) for row in read_rows(log.path)]


def compare_stage(bench: Bench, blocks: int) -> dict[str, str]:
    """Both ways in turns, so that what else the machine does falls on both alike."""
    took = {"ours": Spent(), "published": Spent()}
    said: dict[str, list[tuple[str, int]]] = {"ours": [], "published": []}
    published, ours = bench.model(), bench.model()
    size = len(bench.samples) // blocks
    for block in range(blocks):
        part = bench.samples[block * size : (block + 1) * size]
        with tempfile.TemporaryDirectory() as place:
            spent, rows = _timed(partial(in_a_stage, bench, part, ours, Path(place)))
        took["ours"] += spent
        said["ours"] += rows
        spent, rows = _timed(partial(one_by_one, bench, part, published))
        took["published"] += spent
        said["published"] += rows
    same = sum(first == second for first, second in zip(said["ours"], said["published"], strict=True))
    tokens = {way: sum(count for _, count in rows) for way, rows in said.items()}
    count = size * blocks
    return {
        "times as fast as one by one, decoding per question": _ratio(took["published"], took["ours"]),
        "ours": _rates(count, tokens["ours"], took["ours"]),
        "one by one": _rates(count, tokens["published"], took["published"]),
        f"the same answers on both sides (mean length {tokens['ours'] / count:.0f} tokens)": f"{same} of {count} |",
    }


def compare_candidates(bench: Bench) -> dict[str, str]:
    """Eight candidates of one video against one, and with full batches against asking eight times."""
    clips = {sample.video: sample for sample in bench.samples}
    chosen = list(clips.values())[:VIDEOS]
    asked_about = [(sample, bench.frames(sample)) for sample in chosen]
    seeds = [[seed_for(0, "bench", 1, sample.id, number) for number in range(CANDIDATES)] for sample in chosen]
    every = [bench.request(sample, frames, seeds[place]) for place, (sample, frames) in enumerate(asked_about)]
    one, eight = Spent(), Spent()
    model = bench.model()
    for request in every:  # each video alone: the mean of its eight answers one by one, then all of them at once
        for seed in request.seeds:
            one += _timed(partial(_fresh, model, [replace(request, seeds=(seed,))], bench.decoding))[0]
        eight += _timed(partial(_fresh, model, [request], bench.decoding))[0]
    full = [bench.request(sample, bench.frames(sample), ()) for sample in list(clips.values())[:FULL]]
    together, apart = Spent(), Spent()
    for start in range(0, len(full), VIDEOS):
        batch = [replace(request, seeds=tuple(range(CANDIDATES))) for request in full[start : start + VIDEOS]]
        together += _timed(partial(_fresh, model, batch, bench.decoding))[0]
    for number in range(CANDIDATES):
        batch = [replace(request, seeds=(number,)) for request in full]
        apart += _timed(partial(_fresh, model, batch, bench.decoding))[0]
    return {
        f"{CANDIDATES} candidates of one video: times the time of 1": _ratio(
            eight, Spent(one.wall / CANDIDATES, one.processor / CANDIDATES)
        ),
        f"{CANDIDATES} candidates, {FULL} answers at once: times as fast as asking {CANDIDATES} times, {FULL} at once": _ratio(
            apart, together
        ),
    }


def _fresh(model: TransformersModel, requests: Sequence[Request], decoding: Decoding) -> list[list[Reply]]:
    """Asked with no look kept from before."""
    looks = model._load().looks
    if looks is not None:
        looks.clear()
    return model.answer(requests, decoding)


def _timed(work: Callable[[], T]) -> tuple[Spent, T]:
    started, before = time.perf_counter(), _processor_seconds()
    found = work()
    return Spent(time.perf_counter() - started, _processor_seconds() - before), found


def _processor_seconds() -> float:
    """Of this process and of those that it has ended, decoding ones among them."""
    usages = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _ratio(more: Spent, less: Spent) -> str:
    return f"{more.wall / less.wall:.2f} | {more.processor / less.processor:.2f}"


def _rates(questions: int, tokens: int, spent: Spent) -> str:
    speeds = (f"{questions / seconds:.2f} questions/s, {tokens / seconds:.0f} tokens/s" for seconds in (spent.wall, spent.processor))
    return " | ".join(speeds)


def _machine() -> str:
    with Path("/proc/meminfo").open(encoding="utf-8") as lines:
        memory = int(next(lines).split()[1]) / 2**20
    cores = f"{torch.get_num_threads()} thread(s) of {len(os.sched_getaffinity(0))} CPU cores"
    return f"{cores}, {memory:.0f} GiB of memory, load average {os.getloadavg()[0]:.1f}"


def _write(path: Path, text: str) -> None:
    """Put the text between the marks of a page; at its end where they are not there yet."""
    page = path.read_text(encoding="utf-8") if path.exists() else "# Performance\n"
    block = f"{MARKS[0]}\n{text}\n{MARKS[1]}"
    pattern = re.compile(f"{re.escape(MARKS[0])}.*?{re.escape(MARKS[1])}", re.DOTALL)
    page = pattern.sub(lambda _: block, page) if pattern.search(page) else f"{page.rstrip()}\n\n{block}\n"
    path.write_text(page, encoding="utf-8")


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=128)
    parser.add_argument("--blocks", type=int, default=2, help="in how many turns both ways are measured")
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0 leaves its default")
    parser.add_argument("--docs", type=Path, help="page to write the figures into")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        bench = _bench(Path(folder), options.clips)
        several = compare_stage(bench, options.blocks)
        single = replace(bench, samples=list({sample.video: sample for sample in bench.samples}.values()))
        found = {f"{QUESTIONS_PER_VIDEO} questions a clip: {name}": value for name, value in several.items()}
        found |= {f"1 question a clip: {name}": value for name, value in compare_stage(single, options.blocks).items()}
        found |= compare_candidates(bench)
    text = "\n".join(
        [
            "## Answering",
            "",
            f"`python benchmarks/answering.py`: {len(bench.samples)} questions about {len(single.samples)} rendered clips,",
            f"{NUM_FRAMES} frames each, the embedded checkpoint in float32, temperature {bench.decoding.temperature:g}; {_machine()}.",
            "",
            "| measured in one run | wall clock | processor time |",
            "|---|---|---|",
            *(f"| {name} | {value} |" for name, value in found.items()),
        ]
    )
    print(text)
    if options.docs:
        _write(options.docs, text)


if __name__ == "__main__":
    main()
