"""What is measured: one checkpoint, the held-out videos that it is asked about, and its explained answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from videostar.build import ConfiguredAdapters
from videostar.config import Config, checked
from videostar.errors import RunError
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.measures.asking import Ask, Shown, asking
from videostar.playground.measures.facts import KINDS
from videostar.playground.measures.forms import explained
from videostar.playground.measures.rendering import world_clips
from videostar.playground.worlds.drawing import NUM_FRAMES
from videostar.rows import answer_from_json, read_rows, result_from_json, sample_from_json
from videostar.seeds import seed_for
from videostar.store import CycleFiles, RunStore, read_config, read_json, rows_if_any
from videostar.types import CycleResult, Sample
from videostar.video.frames import ClipRef, Frames

VIDEOS = 4  # all measures of a checkpoint then take under a minute on two quiet cores
QUESTIONS = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """name: what results are filed under. seed: of the worlds that the videos are of. told: answers step by step, by sample."""

    name: str
    seed: int
    ask: Ask
    shown: Sequence[Shown]
    told: Mapping[str, str]


@contextmanager
def of_checkpoint(checkpoint: str, seed: int, videos: int = VIDEOS) -> Iterator[Subject]:
    """A checkpoint by itself, asked every label task about fresh videos of the worlds of `seed`, whose names it may not know."""
    config = checked(
        {
            "run": "unused",
            "data": {"train": "unused"},
            "model": {"model_name_or_path": checkpoint, "dtype": "float32"},
            "frames": {"num_frames": NUM_FRAMES, "max_pixels": FRAME_SIZE**2},
        }
    )
    with _asking(config, checkpoint) as ask:
        shown = world_clips(seed, videos, QUESTIONS)
        yield Subject(checkpoint, seed, ask, shown, explained(shown, ask))


@contextmanager
def of_run(run: Path, name: str | None = None, videos: int = VIDEOS) -> Iterator[Subject]:
    """A checkpoint of a run, such as "base", "cycle 1" or "final", else the best; asked about the run's own test videos.

    What it answered in the run's evaluation is taken from there. Raises `RunError` for a run without it, or over other videos.
    """
    store, config = RunStore(run), read_config(run)
    result = _result(store, name)
    with _asking(config, _checkpoint(store, config, result)) as ask:
        shown = _shown(store, config, videos)
        files = store.final if result.name == "final" else store.cycle(result.cycle)
        yield Subject(f"{run}, {result.name}", config.seed, ask, shown, _told(files, shown, ask))


def _told(files: CycleFiles, shown: Sequence[Shown], ask: Ask) -> dict[str, str]:
    """The run's own greedy answers; what it does not hold, as where only validation was evaluated, is asked."""
    wanted = {one.sample.id for one in shown}
    answers = [answer_from_json(row) for row in rows_if_any(files.evaluation_answers("test")) if row["sample_id"] in wanted]
    told = {answer.sample_id: answer.text for answer in answers if answer.finish != "error"}
    return told | explained([one for one in shown if one.sample.id not in told], ask)


@contextmanager
def _asking(config: Config, checkpoint: str) -> Iterator[Ask]:
    adapters = ConfiguredAdapters(config)
    try:
        yield asking(adapters.model(checkpoint), longest=config.evaluate.max_new_tokens)
    finally:
        adapters.close()


def _result(store: RunStore, name: str | None) -> CycleResult:
    results = {result.name: result for result in map(result_from_json, rows_if_any(store.metrics))}
    wanted = name or (str(read_json(store.best)["name"]) if store.best.exists() else "")
    if wanted not in results:
        what = f'has no "{wanted}"' if wanted else "has evaluated nothing yet"
        raise RunError(f"{store.root} {what}; it holds {', '.join(results) or 'nothing that was evaluated'}")
    return results[wanted]


def _checkpoint(store: RunStore, config: Config, result: CycleResult) -> str:
    """Where it lies: inside of the run, or what the run began with."""
    inside = store.root / result.checkpoint
    return str(inside) if inside.is_dir() else result.checkpoint or config.model.model_name_or_path


def _shown(store: RunStore, config: Config, videos: int) -> list[Shown]:
    """The questions about `videos` test videos of every world and part, drawn by their names; unread videos are passed over."""
    samples = [sample_from_json(row, config.labels) for row in (read_rows(store.samples("test")) if store.samples("test").exists() else ())]
    samples = [sample for sample in samples if sample.source in KINDS]
    if not samples:
        raise RunError(f"{store.root} has no test questions about rendered worlds ({', '.join(KINDS)}), so no truth to measure against")
    chosen = _drawn(samples, videos)
    root = Path(read_json(store.ingested)["root"])
    with ConfiguredAdapters(config).frames() as frames:
        clips = frames.load(ClipRef(root / sample.video, sample.start_seconds, sample.end_seconds) for sample in chosen)
        return [Shown(sample, loaded) for sample, loaded in zip(chosen, clips, strict=True) if isinstance(loaded, Frames)]


def _drawn(samples: Sequence[Sample], videos: int) -> list[Sample]:
    groups: dict[tuple[str, bool], set[str]] = {}
    for sample in samples:
        groups.setdefault((sample.source, bool(sample.meta.get("unseen"))), set()).add(sample.video)
    chosen = {video for found in groups.values() for video in sorted(found, key=lambda video: seed_for("measured", video))[:videos]}
    return sorted((sample for sample in samples if sample.video in chosen), key=lambda sample: (sample.video, sample.id))
