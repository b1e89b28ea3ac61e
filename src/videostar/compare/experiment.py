"""What is to be compared: arms, each a set of overrides of one base config and a named change, and the seeds that each is run with.

name: my_experiment
work: runs/my_experiment          # the runs; may be removed once the results are written
results: results/my_experiment    # one file for each arm and seed
seeds: [0, 1, 2]
base: my_config.yaml              # or the keys of a config; `{seed}` in its paths stands for the seed
worlds: paper                     # instead of `base.data`: rendered worlds of the playground, names drawn anew by seed
search: {train.learning_rate: [1.0e-5, 2.0e-5]}
reference: full
parts: {seen: {unseen: false}, unseen: {unseen: true}}
measures: [spearman]
arms:
  base: {trained: false}
  full: {}
  without rationalization: {set: {rationalize.enabled: false}}
  shuffled labels: {samples: shuffled labels}
  labels of a tenth: {samples: {share: 0.1}}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml
from pydantic import Field, ValidationError, field_validator

from videostar.errors import ConfigError, nearest
from videostar.server_config import Section

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,.=%+_-]{0,79}")
MOST_CANDIDATES = 32
Named: TypeAlias = str | dict[str, float]
Chosen: TypeAlias = Mapping[str, Any]


class Arm(Section):
    """One way of doing it. What is not said is done as in the base config."""

    note: str = Field("", description="what the arm is for, shown beside its name")
    set: dict[str, Any] = Field(default_factory=dict, description="overrides of the base config, by dotted key")
    trained: bool = Field(True, description="false: the base model as it is")
    samples: Named | None = Field(None, description="change of the train samples, by name; or {name: amount}")
    conversations: Named | None = Field(None, description="change of what is trained on, by name; or {name: amount}")
    explanations_only: bool = Field(False, description="every question is asked with its label shown, none without")
    look: Literal["frames", "black", "shuffled"] = Field("frames", description="what the model is shown of every video")
    preference: float | None = Field(None, gt=0, description="beta: preference tuning on pairs of a kept and a failed answer")
    checkpoint: Literal["last", "best", "final"] = Field("last", description="which of the run's checkpoints is compared")
    search: dict[str, list[Any]] | None = Field(None, description="instead of the experiment's")
    beside: str | None = Field(None, description="the reference's checkpoint that this arm is compared with, such as cycle 1")

    def named(self, change: Named | None) -> tuple[str, float] | None:
        """A change's name and its amount, 1 where none is given."""
        if change is None or isinstance(change, str):
            return None if change is None else (change, 1.0)
        return next(iter(change.items()))

    @field_validator("samples", "conversations")
    @classmethod
    def _one(cls, change: Named | None) -> Named | None:
        if isinstance(change, dict) and len(change) != 1:
            raise ValueError("must be one change: a name, or {name: amount}")
        return change


class Experiment(Section):
    """Arms and seeds, checked."""

    name: str
    work: Path
    results: Path
    seeds: list[int] = Field(default=[0], min_length=1)
    base: dict[str, Any] = Field(default_factory=dict)
    worlds: str | None = None
    search: dict[str, list[Any]] = Field(default_factory=dict)
    reference: str
    parts: dict[str, dict[str, Any]] = Field(default_factory=dict, description="parts of the test questions, by what their meta must say")
    measures: list[str] = Field(default_factory=list)
    arms: dict[str, Arm] = Field(min_length=1)

    def candidates(self, arm: Arm) -> list[dict[str, Any]]:
        """Every combination of the values that are searched for an arm; one without any where nothing is."""
        searched = self.search if arm.search is None else arm.search
        return [dict(zip(searched, values, strict=True)) for values in product(*searched.values())] if arm.trained else [{}]


def load_experiment(path: Path) -> Experiment:
    """The experiment of a YAML file. Raises `ConfigError` with every problem at once."""
    raw = _yaml(path)
    if isinstance(raw.get("base"), str):
        raw["base"] = _yaml(path.parent / raw["base"])
    try:
        found = Experiment.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(*(_said(item) for item in error.errors())) from None
    problems = list(_problems(found))
    if problems:
        raise ConfigError(*problems)
    return found


def slug(name: str) -> str:
    """A name as a part of a file name."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")


def value_slug(chosen: Chosen) -> str:
    """Searched values as a part of a file name."""
    return slug("-".join(f"{key.rpartition('.')[2]}-{value}" for key, value in chosen.items())) or "as-it-is"


def _problems(found: Experiment) -> Sequence[str]:
    problems = [
        f'"arms.{name}": a name has up to 80 letters, digits, blanks and any of , . = % + _ -'
        for name in found.arms
        if not NAME.fullmatch(name)
    ]
    slugs = [slug(name) for name in found.arms]
    problems += [
        f'"arms.{name}" and another arm would share the file {slug(name)}-*.json' for name in found.arms if slugs.count(slug(name)) > 1
    ]
    if found.reference not in found.arms:
        problems.append(f'"reference" is "{found.reference}"{nearest(found.reference, found.arms)}; arms are {", ".join(found.arms)}')
    if len(set(found.seeds)) != len(found.seeds):
        problems.append(f'"seeds" are {found.seeds}; each may stand there once')
    if found.worlds is not None and "data" in found.base:
        problems.append('"worlds" and "base.data" are both set; the data are one of them')
    for name, arm in found.arms.items():
        if any(not values for values in (arm.search or {}).values()):
            problems.append(f'"arms.{name}.search" holds a key without values')
        elif len(found.candidates(arm)) > MOST_CANDIDATES:
            problems.append(f'"arms.{name}" has {len(found.candidates(arm))} combinations to search; at most {MOST_CANDIDATES} are tried')
    return problems


def _yaml(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"there is no file {path}; configs/ holds examples") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise ConfigError(f"{path} must hold keys such as `arms:` and `seeds:`, not {type(raw).__name__}")
    return raw


def _said(item: Any) -> str:
    key = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        allowed = list(Arm.model_fields if key.startswith("arms.") else Experiment.model_fields)
        return f'unknown key "{key}"{nearest(str(item["loc"][-1]), allowed)}; allowed here: {", ".join(allowed)}'
    return (
        f'"{key}" is missing' if item["type"] == "missing" else f'"{key}" is {item["input"]!r}: {item["msg"][0].lower()}{item["msg"][1:]}'
    )
