"""An arm with a seed as an ordinary run: its folder, its config, and what of the work it shares with other runs.

`signatures` says for every stage what its outcome depends on. Two runs of a seed with the same signature of a stage come to the same files
there, so one of them copies them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from videostar.compare.changes import SAMPLE_CHANGES, named
from videostar.compare.experiment import Arm, Chosen, Experiment, slug, value_slug
from videostar.config import Config, DataConfig, changed, checked
from videostar.errors import ConfigError
from videostar.playground.arms import WORLDS, Worlds
from videostar.rows import read_rows, sample_from_json, to_json
from videostar.store import write_rows

FULLY_HASHED = 64 << 20


@dataclass(frozen=True, slots=True)
class Plan:
    """One run of an arm. chosen: the searched values it is run with; probe: it is a try of the search, on validation alone."""

    experiment: Experiment
    name: str
    seed: int
    chosen: Chosen
    probe: bool = False

    @property
    def arm(self) -> Arm:
        """What the experiment says of it."""
        return self.experiment.arms[self.name]

    @property
    def seed_folder(self) -> Path:
        """All runs of a seed, with their data."""
        return self.experiment.work / f"seed-{self.seed}"

    @property
    def folder(self) -> Path:
        """The run directory."""
        tail = f"{slug(self.name)}.search/{value_slug(self.chosen)}" if self.probe else slug(self.name)
        return self.seed_folder / tail

    @property
    def last_cycle(self) -> int:
        """The cycle after which the run ends, unless its checkpoint is that of the last training."""
        return 0 if not self.arm.trained else 1 if self.probe else self.config().cycles

    def base(self) -> Config:
        """The experiment's base config with this seed, on this seed's tables; no override is in it yet."""
        raw: dict[str, Any] = json.loads(json.dumps(self.experiment.base).replace("{seed}", str(self.seed)))
        if self.experiment.worlds is not None:
            raw = _merged(_worlds(self.experiment.worlds).config(self.seed_folder, self.seed), raw)
        return checked({**raw, "seed": self.seed, "run": str(self.folder)})

    def config(self) -> Config:
        """The run's own config. Raises `ConfigError`. What it names need not be there before `prepare`."""
        overrides = {**self.arm.set, **self.chosen, **({"cycles": 1} if self.probe else {})}
        config = changed(self.base(), [f"{key}={json.dumps(value)}" for key, value in overrides.items()])
        data = config.data
        change = self.arm.named(self.arm.samples)
        if change is not None:
            _, mark, part = data.train.partition("#")
            data = data.model_copy(update={"root": data.root or _root(data), "train": f"{self._changed_table(*change)}{mark}{part}"})
        if self.probe:
            data = data.model_copy(update={"test": None})
        return config.model_copy(update={"data": data})

    def prepare(self) -> None:
        """Render the worlds and write the changed table, unless they are there from before."""
        if self.experiment.worlds is not None:
            _worlds(self.experiment.worlds).render(self.seed_folder, self.seed)
        change = self.arm.named(self.arm.samples)
        if change is None or self._changed_table(*change).exists():
            return
        config, (name, amount) = self.base(), change
        table = Path(config.data.train.partition("#")[0])
        samples = [sample_from_json(row, config.labels) for row in read_rows(table)]
        write_rows(self._changed_table(*change), map(to_json, named(SAMPLE_CHANGES, name, "samples")(samples, amount, self.seed)))

    def _changed_table(self, name: str, amount: float) -> Path:
        return self.seed_folder / "tables" / f"{slug(f'{name} {amount:g}')}.jsonl"


def signatures(plan: Plan, config: Config) -> dict[str, str]:
    """Stage -> sha256 of all that its outcome depends on: "evaluate 0", "generate 1", "rationalize 1", "train 1", "evaluate 1", ..."""
    raw, arm = config.model_dump(mode="json"), plan.arm
    data = {split: _table(raw["data"][split]) for split in ("train", "validation", "test")}
    seen = {key: raw[key] for key in ("seed", "labels", "model", "server", "embedder", "judge")}
    seen |= {"look": arm.look, "frames": {key: value for key, value in raw["frames"].items() if not key.startswith(("cache", "decode"))}}
    seen |= {"weights": weights_sha256(config.model.model_name_or_path), "root": raw["data"]["root"]}
    asked = {**raw["generate"], "batch_size": None}
    held = {**seen, "evaluate": raw["evaluate"], "validation": data["validation"], "test": data["test"]}
    found = {"evaluate 0": _sha(held)}
    learned = {**raw["train"], "save_steps": None, "start_from": "base"}
    selected = {"select": raw["select"], "mix": raw["data"]["mix"], "conversations": arm.conversations}
    chain: Any = None
    for cycle in range(1, config.cycles + 1):
        generated = {**seen, "train": data["train"], "generate": asked, "before": chain}
        explained = {**generated, "rationalize": raw["rationalize"], "explanations_only": arm.explanations_only}
        if cycle > 1:
            learned = {**learned, "start_from": raw["train"]["start_from"]}
        trained = {**explained, **selected, "learned": learned, "preference": arm.preference}
        chain = _sha(trained)
        found |= {f"generate {cycle}": _sha(generated), f"rationalize {cycle}": _sha(explained), f"train {cycle}": chain}
        found[f"evaluate {cycle}"] = _sha({**held, "checkpoint": chain})
    return found


def identity(plan: Plan) -> dict[str, Any]:
    """What a result is about: everything that, if changed, makes it another result. Flat, to be compared key by key.

    Data count by the content of their tables; worlds by their name and recipe, so that nothing needs to be rendered for it.
    """
    experiment, arm = plan.experiment, plan.arm
    rendered = None if experiment.worlds is None else _worlds(experiment.worlds).recipe()
    tables = {}
    if rendered is None:
        raw = json.loads(json.dumps(experiment.base.get("data", {})).replace("{seed}", str(plan.seed)))
        tables = {split: _table(raw.get(split)) for split in ("train", "validation", "test")}
    base = {key: value for key, value in experiment.base.items() if key not in {"run", "data"}}
    model = base.get("model", {}) if isinstance(base.get("model"), dict) else {}
    weights = model.get("model_name_or_path") or (_worlds(experiment.worlds).model if experiment.worlds is not None else "")
    described: dict[str, Any] = {
        "arm": arm.model_dump(mode="json", exclude={"note", "beside"}),
        "base": base,
        "worlds": experiment.worlds,
        "tables": tables,
    }
    described |= {
        "recipe": rendered,
        "search": experiment.search if arm.search is None else arm.search,
        "seed": plan.seed,
        "parts": experiment.parts,
    }
    # As it will be read again from a result: lists for tuples, texts for paths.
    found: dict[str, Any] = json.loads(json.dumps(_flat({**described, "weights": weights_sha256(str(weights))}), default=str))
    return found


def sha256_of(found: Mapping[str, Any]) -> str:
    """Of a flat mapping."""
    return _sha(found)


@cache
def weights_sha256(model: str) -> str:
    """Of a model folder's files but its card; of a large one its size, head and tail. A hub name stands for itself."""
    folder = Path(model).expanduser()
    if not folder.exists():
        return model
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
        if path.is_file() and path.suffix != ".md":
            digest.update(f"{path.name}:{path.stat().st_size}:".encode())
            digest.update(_content(path))
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        if path.stat().st_size <= FULLY_HASHED:
            return hashlib.file_digest(file, "sha256").digest()
        head = file.read(1 << 20)
        file.seek(-(1 << 20), 2)
        return hashlib.sha256(head + file.read()).digest()


def _table(name: str | None) -> str | None:
    """A table by its content; with `#1000` as it is asked for."""
    if name is None:
        return None
    table, _, part = name.partition("#")
    path = Path(table)
    if not path.is_file():
        raise ConfigError(f"there is no table {path}")
    with path.open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()}#{part}"


def _worlds(name: str) -> Worlds:
    if name not in WORLDS:
        raise ConfigError(f'"worlds" is "{name}"; there are {", ".join(WORLDS)}')
    return WORLDS[name]


def _root(data: DataConfig) -> Path:
    """The folder of all tables, which a changed table's videos go on being relative to."""
    folders = {Path(table.partition("#")[0]).parent for table in (data.train, data.validation, data.test) if table is not None}
    if len(folders) > 1:
        raise ConfigError(
            'the tables lie in several folders; a change of samples needs "base.data.root", which their videos are relative to'
        )
    return folders.pop()


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(under)
    for key, value in over.items():
        both[key] = _merged(both[key], value) if isinstance(value, Mapping) and isinstance(both.get(key), Mapping) else value
    return both


def _flat(nested: Any, prefix: str = "") -> dict[str, Any]:
    if isinstance(nested, Mapping) and nested:
        return {
            key: value for name, inner in nested.items() for key, value in _flat(inner, f"{prefix}.{name}" if prefix else str(name)).items()
        }
    return {prefix: nested}


def _sha(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
