"""The token plan of the longest video of a config or a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from videostar import shown
from videostar.config import Config, checked, load_config
from videostar.doctor import Finding
from videostar.errors import ConfigError, UserError
from videostar.plan.cost import token_plan
from videostar.plan.longest import longest as longest_of
from videostar.plan.shape import model_shape

TABLES = (".jsonl", ".json", ".csv", ".tsv")


def config_of(subject: Path) -> Config:
    """A config as it is; a table with the defaults of everything else."""
    if subject.suffix in {".yaml", ".yml"}:
        return load_config(subject)
    if subject.suffix not in TABLES:
        raise ConfigError(f"{subject} is neither a config (.yaml) nor a table ({', '.join(TABLES)})")
    return checked({"run": "doctor", "data": {"train": str(subject)}, "model": {"model_name_or_path": "not named"}})


def longest(config: Config) -> Iterator[Finding]:
    """How long it is, how many frames and tokens, and whether that fits the model's context."""
    try:
        found = longest_of(config)
    except UserError as error:
        yield Finding("longest clip", "bad", str(error))
        return
    looked = f"{shown.count(found.looked)} of {shown.count(found.files)} headers read, {shown.count(found.rows)} rows"
    if found.row is None or found.clip is None or found.clip.duration_seconds is None:
        yield Finding("longest clip", "bad", f"no readable video ({looked})", "videostar check TABLE says what is wrong with each")
        return
    clip = found.clip
    yield Finding(
        "longest clip",
        "ok",
        f"{found.row.sample.video}, {shown.duration(found.clip.duration_seconds)}: {clip.sampling.num_frames} frames of "
        f"{clip.width} x {clip.height} ({clip.sampling.policy}); {looked}",
    )
    if found.unread:
        yield Finding("videos", "note", f"{shown.count(found.unread)} of them cannot be read", "videostar check TABLE says why")
    shape = model_shape(config.model)
    plan = token_plan(config, found.row.sample, clip, shape)
    text = f"~{shown.count(plan.visual)} visual ({shape.visual.source}) + ~{shown.count(plan.text)} text"
    text += f" + {shown.count(plan.answer)} answer = ~{shown.count(plan.total)} tokens"
    if shape.context is not None and plan.total > shape.context:
        remedy = "lower frames.max_frames or frames.max_pixels, or cut the clips shorter"
        yield Finding("tokens", "bad", f"{text}; the model's context holds {shown.count(shape.context)}", remedy)
    elif shape.context is not None:
        yield Finding("tokens", "ok", f"{text}; the model's context holds {shown.count(shape.context)}")
    else:
        yield Finding("tokens", "ok", f"{text}; the model's context is not known here")
