"""Answer generation: the model of the last cycle answers every train question (paper, cycle step a)."""

from __future__ import annotations

from collections.abc import Iterable

from videostar.config import Config
from videostar.ports import Decoding, VideoModel
from videostar.prompts import asked
from videostar.steps.ask import Asking, ask
from videostar.steps.run import Run
from videostar.steps.shards import gathered, own_log, sweep
from videostar.steps.spread import Desk, ask_elsewhere, scattered
from videostar.store import StageLog
from videostar.types import Route, Sample
from videostar.video.windows import Windowing

AUTO_BATCH_SIZE = 128
"""Most answers at once to begin with; halved for the rest of the stage whenever memory runs out."""
PIXEL_BYTES = 6 << 30
"""What the frames of a batch may take in main memory, as float32, once they are ready for the model."""


def generate(run: Run, cycle: int, model: VideoModel) -> bool:
    """`n` candidates for every train sample. True when there was something left to do."""
    asking = asking_for(run, "generate", cycle, "generated")
    log = StageLog(run.store.cycle(cycle).answers)
    return carry_out(run, f"cycle {cycle}: generate", (run.train(), run.samples.counts["train"]), model, (asking, log))


def answers_at_once(config: Config) -> int:
    """Answers in a batch: as configured, or as many as clips of the config's largest size allow."""
    if config.generate.batch_size != "auto":
        return config.generate.batch_size
    frames = config.frames
    clip = (frames.num_frames or frames.max_frames) * frames.max_pixels * 3 * 4
    size = AUTO_BATCH_SIZE
    while size > 1 and size * clip > PIXEL_BYTES:
        size //= 2
    return size


def ask_blind(run: Run, cycle: int, model: VideoModel) -> bool:
    """One greedy answer for every train sample without its video, for `select.blind_filter`."""
    asking = asking_for(run, "blind", cycle, "generated", sampled=False)
    log = StageLog(run.store.cycle(cycle).blind_answers)
    return carry_out(run, f"cycle {cycle}: without the video", (run.train(), run.samples.counts["train"]), model, (asking, log))


def asking_for(run: Run, stage: str, cycle: int, route: Route, sampled: bool = True) -> Asking:
    """How a stage asks; not sampled means one greedy answer (evaluation, the blind filter)."""
    settings = run.config.generate
    longest = settings.max_new_tokens if sampled else run.config.evaluate.max_new_tokens
    return Asking(
        stage=stage,
        cycle=cycle,
        route=route,
        prompt=lambda sample: asked(sample, "reasoned"),
        n=settings.n if sampled else 1,
        decoding=Decoding(settings.temperature if sampled else 0.0, settings.top_p if sampled else 1.0, longest),
        batch_size=answers_at_once(run.config),
        seed=run.config.seed,
        root=run.samples.root,
        blind=stage == "blind",
        windowing=Windowing.of(run.config.frames),
    )


def carry_out(run: Run, title: str, todo: tuple[Iterable[Sample], int], model: VideoModel, how: tuple[Asking, StageLog]) -> bool:
    """Ask with a progress bar what is not answered yet, of a shard its own part. True when there was something left to do."""
    samples, total = todo
    asking, log = how
    if log.done:
        sweep(log.path)
        return False
    if run.shard is None:
        return gathered(log.path, samples, total) or _asked(run, title, todo, model, how)
    own = own_log(log.path, run.shard)
    if own.done:
        return False
    part = (run.shard.part(samples, total), run.shard.size(total))
    with run.store.alone(f"{own.path.parent.name}-{own.path.stem}", wait=False):
        return _asked(run, f"{title}, shard {run.shard}", part, model, (asking, own))


def _asked(run: Run, title: str, todo: tuple[Iterable[Sample], int], model: VideoModel, how: tuple[Asking, StageLog]) -> bool:
    samples, total = todo
    asking, log = how
    partly = log if run.executor is None else scattered(log.path)
    before = min(total, partly.recover() * asking.samples_per_batch)
    if run.executor is None:
        finished = ask(samples, model, run.frames, asking, log)
    else:
        finished = ask_elsewhere(samples, Desk(model, run.config.frames, asking), run.executor, log)
    with run.watch.progress(title, total, before) as bar:
        for count in finished:
            bar.advance(count)
    return True
