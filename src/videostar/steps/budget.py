"""How many tokens a question will take, in one line at the start of a run: from headers and JSON files, nothing is decoded."""

from __future__ import annotations

import time
from itertools import islice

from videostar import shown
from videostar.steps.run import Run
from videostar.video.frames import FrameFailure
from videostar.video.windows import Windowing
from videostar.visual_tokens import ClipBudget, VisualRule, clip_budget, local_folder, read_json, visual_rule

MOST_CLIPS = 16
MOST_SECONDS = 5.0


def say_what_it_takes(run: Run) -> None:
    """The notes on the tables and the token line, each once, before anything is asked."""
    for note in (*run.samples.notes, token_line(run)):
        if note:
            run.watch.say(note)


def token_line(run: Run) -> str:
    """What the first few train clips will cost, and what the model can hold; "" for an engine that has no tokens."""
    config = run.config
    if config.model.engine == "scripted":
        return ""
    rule = visual_rule(config.model.model_name_or_path)
    clips = _looked_at(run, rule)
    most = config.generate.max_new_tokens
    if not clips:
        return f"tokens: no video could be looked at; at most {shown.count(most)} of answer"
    largest = max(clips, key=lambda clip: clip.visual_tokens)
    sign = "" if rule.exact else "~"
    line = (
        f"tokens: at most {sign}{shown.count(largest.visual_tokens)} visual ({largest.sampling.num_frames} frames of {largest.width} x"
        f" {largest.height}, the largest of the first {len(clips)} clips; {rule.source}) and {shown.count(most)} of answer"
    )
    context = _context(config.model.model_name_or_path)
    if context is None:
        return line
    if largest.visual_tokens + most >= context:
        return f"{line}; the model holds only {shown.count(context)}, so such questions are left out: lower frames.max_frames or max_pixels"
    return f"{line}; the model holds {shown.count(context)}"


def _looked_at(run: Run, rule: VisualRule) -> list[ClipBudget]:
    """The budgets of the first clips whose header can be read, until MOST_SECONDS have passed."""
    budgets: list[ClipBudget] = []
    windowing = Windowing.of(run.config.frames)
    end = time.monotonic() + MOST_SECONDS
    for sample in islice(run.train(), MOST_CLIPS):
        if time.monotonic() > end:
            break
        info = run.frames.probe(run.samples.root / sample.video)
        if isinstance(info, FrameFailure):
            continue
        last = info.duration_seconds if sample.end_seconds is None else sample.end_seconds
        if last is not None and info.duration_seconds is not None:
            last = min(last, info.duration_seconds)
        length = None if last is None or last <= sample.start_seconds else last - sample.start_seconds
        if length is not None and windowing is not None and windowing.is_long(length):
            length = windowing.window_seconds
        budgets.append(clip_budget(run.config.frames, rule, length, info.width, info.height))
    return budgets


def _context(name: str) -> int | None:
    folder = local_folder(name)
    config = {} if folder is None else read_json(folder / "config.json")
    text = config.get("text_config") or config
    length = text.get("max_position_embeddings") if isinstance(text, dict) else None
    return length if isinstance(length, int) and length > 0 else None
