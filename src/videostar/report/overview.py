"""What the run is and what its cycles gave, from the small files of the run directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from videostar import shown
from videostar.config import Config
from videostar.rows import result_from_json
from videostar.standing import cycles, whole_rows
from videostar.store import RunStore, read_json
from videostar.types import CycleResult, Estimate, Ledger, Yields

Kept = Mapping[int, Mapping[str, int]]
"""Kept samples by cycle and route."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the funnel. share: of the samples that came in, in [0, 1]. lost: it is a way out."""

    name: str
    number: int
    share: float
    lost: bool = False


@dataclass(frozen=True, slots=True)
class CycleCard:
    """A cycle with its funnel."""

    result: CycleResult
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Accuracy and graded score of a part of an evaluation, such as one task."""

    part: str
    accuracy: Estimate
    score: Estimate
    undecided: int
    truncated: int


@dataclass(frozen=True, slots=True)
class OfField:
    """One measure of one task's field, beside what no look at the video gives; texts for a person. is_own: the label names it."""

    part: str
    name: str
    model: str
    majority: str
    random: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class EvaluationTable:
    """One checkpoint on one split, in all and by part. against_base: the gain in words; "" for the base itself."""

    name: str
    split: str
    unread: int
    rows: tuple[Measured, ...]
    of_field: tuple[OfField, ...] = ()
    against_base: str = ""


def results_of(store: RunStore) -> list[CycleResult]:
    """The cycles that have ended."""
    return [result_from_json(row) for row in whole_rows(store.metrics)]


def kept_by_route(store: RunStore) -> Kept:
    """Kept samples by the route of their answers, streamed from the conversations."""
    kept = {}
    for cycle in cycles(store):
        by_sample = groupby(whole_rows(store.cycle(cycle).conversations), key=lambda row: row["sample_id"])
        kept[cycle] = Counter(str(next(rows)["route"]) for _, rows in by_sample)
    return kept


def facts(store: RunStore, config: Config) -> list[tuple[str, str]]:
    """What the run is, in a dozen lines."""
    return [*_data_facts(store, config), *_setting_facts(config), *_environment_facts(store)]


def _data_facts(store: RunStore, config: Config) -> Iterator[tuple[str, str]]:
    yield "base model", f"{config.model.model_name_or_path} ({config.model.engine}, {config.model.dtype})"
    if store.ingested.exists():
        row = read_json(store.ingested)
        yield "samples", ", ".join(f"{shown.count(number)} {split}" for split, number in row["counts"].items())
        for note in row["notes"]:
            yield "note", note
    for split in ("train", "validation", "test"):
        if getattr(config.data, split):
            yield f"{split} table", str(getattr(config.data, split))


def _setting_facts(config: Config) -> Iterator[tuple[str, str]]:
    frames, generate, train = config.frames, config.generate, config.train
    count = f"{frames.num_frames} a clip" if frames.num_frames else f"{frames.fps:g} a second, {frames.min_frames} to {frames.max_frames}"
    yield "frames", f"{count}, at most {shown.count(frames.max_pixels)} pixels each"
    yield "answers", f"{generate.n} a question, temperature {generate.temperature:g}, at most {generate.max_new_tokens} tokens"
    forms = ", ".join(f"{share:g} {form}" for form, share in config.select.forms.items())
    yield "kept", f"at most {config.select.max_per_question} a question; forms: {forms}"
    kind = f"LoRA of rank {train.lora_rank}" if train.finetuning_type == "lora" else "full"
    batch = train.per_device_train_batch_size * train.gradient_accumulation_steps
    length = f"{train.num_train_epochs:g} epochs" if train.max_steps is None else f"{train.max_steps} updates"
    yield (
        "training",
        f"{kind}, learning rate {train.learning_rate:g}, {length}, batch {batch}, from {train.start_from}",
    )
    yield "cycles", f"at most {config.cycles}, patience {config.patience}; seed {config.seed}"


def _environment_facts(store: RunStore) -> Iterator[tuple[str, str]]:
    path = store.root / "environment.json"
    if not path.exists():
        return
    row = read_json(path)
    yield "machine", f"{row['platform']}, {row['cpus']} CPUs, Python {row['python']}"
    yield "packages", ", ".join(f"{name} {version}" for name, version in row["packages"].items())


def cycle_cards(results: Sequence[CycleResult], kept: Kept) -> list[CycleCard]:
    """The cycles that asked something, with their funnels."""
    return [
        CycleCard(result, tuple(_funnel(result.ledger, result.yields, kept.get(result.cycle, {}))))
        for result in results
        if result.ledger is not None and result.yields is not None
    ]


def _funnel(ledger: Ledger, yields: Yields, routes: Mapping[str, int]) -> Iterator[Bar]:
    total = max(1, ledger.samples_in)
    from_route = ", ".join(f"{shown.count(number)} {route}" for route, number in sorted(routes.items()))
    steps = {
        "in": ledger.samples_in,
        "answered": yields.asked,
        "passed": yields.passed,
        "rationalized": yields.rationalized,
        "passed then": yields.passed_then,
        f"kept ({from_route})" if from_route else "kept": ledger.kept,
    }
    for name, number in steps.items():
        yield Bar(name, number, number / total)
    for reason, number in sorted(ledger.dropped.items(), key=lambda item: (-item[1], item[0])):
        yield Bar(f"dropped: {reason}", number, number / total, lost=True)


def totals(results: Sequence[CycleResult]) -> dict[str, Any]:
    """What the whole run cost."""
    costs = [result.cost for result in results if result.cost is not None]
    return {
        "tokens": sum(cost.tokens for cost in costs),
        "seconds": sum(sum(cost.seconds.values()) for cost in costs),
        "decoded": sum(cost.clips_decoded for cost in costs),
        "cached": sum(cost.clips_from_cache for cost in costs),
    }


def evaluations(store: RunStore, results: Sequence[CycleResult]) -> list[EvaluationTable]:
    """Every evaluation, by task and by label kind."""
    tables = []
    for result in results:
        path = (store.final if result.name == "final" else store.cycle(result.cycle)).evaluation
        splits = read_json(path)["splits"] if path.exists() else {}
        tables += [_table(result.name, split, report) for split, report in splits.items()]
    return tables


def _table(name: str, split: str, report: Mapping[str, Any]) -> EvaluationTable:
    """Runs of before hold no measures of their field."""
    beaten = report.get("against_base")
    gain = f"{shown.interval(Estimate(**beaten['gain']))} points over the base, {shown.p_value(beaten['p_value'])}" if beaten else ""
    return EvaluationTable(name, split, report["unread"], tuple(_parts(report)), tuple(_of_field(report.get("measures", ()))), gain)


def _of_field(rows: Sequence[Mapping[str, Any]]) -> Iterator[OfField]:
    for row in rows:
        for name, value in row["model"].items():
            model, majority, chance = (_cell(name, cell) for cell in (value, row["majority"].get(name), row["random"].get(name)))
            part = f"{row['task'] or 'question'} ({row['kind']})"
            yield OfField(part, name.replace("_", " "), model, majority, chance, name == row["of_field"])


def _cell(name: str, value: Mapping[str, Any] | None) -> str:
    return shown.NOTHING if value is None else shown.measure(name, Estimate(**value))


def _parts(report: Mapping[str, Any]) -> Iterator[Measured]:
    named = {"all": report}
    named |= {f"task {name}": part for name, part in report["by_task"].items() if name}
    named |= {f"kind {name}": part for name, part in report["by_kind"].items()}
    for name, part in named.items():
        yield Measured(name, Estimate(**part["accuracy"]), Estimate(**part["score"]), part["undecided"], part["truncated"])
