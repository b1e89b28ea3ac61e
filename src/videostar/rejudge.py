"""Other thresholds over the stored answers of a run: generating is dear, judging is cheap. No model, no video.

What is written lies beside the run's own files, in `RUN/rejudged/NAME/`, and never replaces anything. Two things cannot be
known: how a model trained on another selection would answer in the next cycle, and how it would explain a question that passed
at the time and so was never shown its label (in the ledger: "not asked to explain").
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from videostar import shown
from videostar.config import Config, changed
from videostar.errors import ConfigError, RunError
from videostar.labels import KINDS
from videostar.prompts import asked
from videostar.rows import read_rows
from videostar.steps.ingest import ingested
from videostar.steps.keep import select_conversations
from videostar.steps.opinions import kept_opinions
from videostar.steps.results import yields
from videostar.steps.run import Records
from videostar.steps.verify import verify
from videostar.store import RunStore, read_config, read_json, write_json, write_rows

THRESHOLDS = ("embedder.minimum_similarity", "embedder.minimum_margin")
EXAMPLES = 5
LONGEST_NAME = 80
NOTE = (
    "later cycles answered with models that were trained on what the run kept; "
    "questions that passed at the time were never shown their label and have no explanation"
)


def rejudge(run: Path, overrides: Sequence[str]) -> str:
    """Judge and select again with `key=value` overrides of label fields, `select.*` and `THRESHOLDS`; what changed, for a person.

    Raises `ConfigError` for other keys and for values that cannot be, `RunError` where the run has no selected cycle.
    """
    folder, summary = _rejudged(_records(run), overrides)
    lines = [f"judged again with {', '.join(summary['settings']) or 'the same thresholds'}: {folder}"]
    for name, cycle in summary["cycles"].items():
        lines += ["", *_cycle_lines(name, cycle)]
    return "\n".join([*lines, "", f"note: {NOTE}"])


def sweep(run: Path, overrides: Sequence[str], setting: str) -> str:
    """`rejudge` for each value of `key=a,b,c`; a table of what passes and what is kept, for a person, and the same as JSON."""
    key, equals, values = setting.partition("=")
    if not (key and equals and values):
        raise ConfigError(f'--sweep "{setting}": write key=a,b,c, such as number.relative_tolerance=0.05,0.1,0.2')
    records = _records(run)
    items = [f"{key}={value}" for value in values.split(",")]
    for item in items:
        _changed(records.config, [*overrides, item])  # all mistakes before any work
    rows: list[dict[str, Any]] = []
    for item in items:
        folder, summary = _rejudged(records, [*overrides, item])
        rows += [_row(item, name, cycle, folder) for name, cycle in summary["cycles"].items()]
    path = _unused(run / "rejudged", _name([*overrides, setting]), ".json")
    write_json(path, {"settings": list(overrides), "sweep": setting, "rows": rows, "note": NOTE})
    return "\n".join([*_table(rows), "", f"as JSON: {path}", f"note: {NOTE}"])


def _records(run: Path) -> Records:
    config = read_config(run)
    store = RunStore(run)
    if not store.cycle(1).selection.exists():
        raise RunError(f"{run} has no selected cycle yet, so there is nothing to judge again; `videostar run` goes on with it")
    return Records(config, store, ingested(config, store))


def _changed(config: Config, overrides: Sequence[str]) -> Config:
    """The config under other thresholds. Raises `ConfigError` for keys that do not only judge or select."""
    keys = [item.partition("=")[0] for item in overrides]
    problems = [
        f'"{key}" has nothing to do with judging; rejudge takes fields of labels, such as number.relative_tolerance, select.* keys, '
        f"{' and '.join(THRESHOLDS)}"
        for key in keys
        if key.split(".")[0] not in {*KINDS, "labels", "select"} and key not in THRESHOLDS
    ]
    if problems:
        raise ConfigError(*problems)
    return changed(config, [f"labels.{item}" if item.split(".")[0] in KINDS else item for item in overrides])


def _rejudged(before: Records, overrides: Sequence[str]) -> tuple[Path, dict[str, Any]]:
    """Judge and select every selected cycle again; the folder and its summary."""
    config = _changed(before.config, overrides)
    if config.select.blind_filter and not before.store.cycle(1).blind_answers.exists():
        raise ConfigError('"select.blind_filter": this run never asked its questions without the video')
    folder = _unused(before.store.root / "rejudged", _name(overrides))
    store = RunStore(before.store.root, folder)
    after = Records(config, store, ingested(config, store))
    _refuse_other_questions(before, after)
    names: dict[str, Any] = {}
    number = 1
    while before.store.cycle(number).selection.exists():
        _judge_cycle(after, number)
        names[f"cycle-{number}"] = _compared(before, after, number)
        number += 1
    summary = {"settings": list(overrides), "cycles": names, "note": NOTE}
    write_json(folder / "summary.json", summary)
    return folder, summary


def _refuse_other_questions(before: Records, after: Records) -> None:
    for one, other in zip(before.train(), after.train(), strict=True):
        if asked(one, "reasoned") != asked(other, "reasoned"):
            raise ConfigError(f"{one.id} would have been asked something else under these settings; its answers cannot be judged by them")


def _judge_cycle(after: Records, number: int) -> None:
    files = after.store.cycle(number)
    opinions = kept_opinions(after.store.opinions, after.config)
    pairs = [(files.answers, files.verdicts), (files.rationales, files.rationale_verdicts)]
    if after.config.select.blind_filter and number == 1:
        pairs.append((files.blind_answers, files.blind_verdicts))
    for answers, verdicts in pairs:
        write_rows(verdicts, verify(after.train(), answers, opinions))
    write_json(files.selection, select_conversations(after, number))


def _compared(before: Records, after: Records, number: int) -> dict[str, Any]:
    old, new = before.store.cycle(number), after.store.cycle(number)
    routes = {
        "generated": asdict(_flips(old.verdicts, new.verdicts)),
        "rationalized": asdict(_flips(old.rationale_verdicts, new.rationale_verdicts)),
    }
    return {
        "routes": routes,
        "ledger": {"before": read_json(old.selection), "after": read_json(new.selection)},
        "yields": {"before": asdict(yields(before, number)), "after": asdict(yields(after, number))},
    }


@dataclass(frozen=True, slots=True)
class _Flips:
    """How the verdicts of one route changed. Pairs are before and after; questions count when any answer of theirs passes."""

    answers: int
    answers_passed: tuple[int, int]
    questions: int
    questions_passed: tuple[int, int]
    gained: int
    lost: int
    examples: tuple[dict[str, Any], ...]


def _flips(before: Path, after: Path) -> _Flips:
    answers = questions = gained = lost = 0
    answers_passed, questions_passed = [0, 0], [0, 0]
    examples: list[dict[str, Any]] = []
    pairs = zip(read_rows(before), read_rows(after), strict=True)
    for _, group in groupby(pairs, key=lambda pair: pair[0]["sample_id"]):
        rows = list(group)
        passes = [[pair[side]["outcome"] == "pass" for pair in rows] for side in (0, 1)]
        answers, questions = answers + len(rows), questions + 1
        for side in (0, 1):
            answers_passed[side] += sum(passes[side])
            questions_passed[side] += any(passes[side])
        gained += any(passes[1]) and not any(passes[0])
        lost += any(passes[0]) and not any(passes[1])
        if any(passes[0]) != any(passes[1]) and len(examples) < EXAMPLES:
            examples.append(_example(rows))
    return _Flips(
        answers,
        (answers_passed[0], answers_passed[1]),
        questions,
        (questions_passed[0], questions_passed[1]),
        gained,
        lost,
        tuple(examples),
    )


def _example(rows: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    old, new = next((old, new) for old, new in rows if old["outcome"] != new["outcome"])
    sides = {side: {name: row[name] for name in ("outcome", "reason")} for side, row in (("before", old), ("after", new))}
    return {"sample_id": new["sample_id"], "candidate": new["candidate"], "extracted": new["extracted"], **sides}


def _cycle_lines(name: str, cycle: dict[str, Any]) -> Iterator[str]:
    """What changed in one cycle, before -> after."""
    yield f"{name}  (before -> after)"
    for route, flips in cycle["routes"].items():
        one, other = flips["questions_passed"]
        flipped = f"{flips['gained']} gained, {flips['lost']} lost"
        yield f"  {route}: {one} -> {other} of {flips['questions']} questions have a right answer; {flipped}"
        one, other = flips["answers_passed"]
        yield f"  {'':{len(route)}}  {one} -> {other} of {flips['answers']} answers pass"
        for example in flips["examples"]:
            yield f"    {shown.one_line(example['sample_id'], 40)}: {_said(example['before'])} -> {_said(example['after'])}"
    before, after = cycle["ledger"]["before"], cycle["ledger"]["after"]
    yield f"  kept: {before['kept']} -> {after['kept']} of {after['in']}"
    for reason in sorted({*before["dropped"], *after["dropped"]}):
        yield f"    {shown.one_line(reason, 60)}: {before['dropped'].get(reason, 0)} -> {after['dropped'].get(reason, 0)}"
    for key in ("pass_at_1", "pass_at_k", "majority"):
        yield f"  {key}, %: {' -> '.join(shown.percent(cycle['yields'][side][key]) for side in ('before', 'after'))}"


def _said(verdict: dict[str, str]) -> str:
    return f"{verdict['outcome']} ({shown.one_line(verdict['reason'], 80)})"


def _row(setting: str, name: str, cycle: dict[str, Any], folder: Path) -> dict[str, Any]:
    entry, gave, flips = cycle["ledger"]["after"], cycle["yields"]["after"], cycle["routes"]["generated"]
    return {
        "setting": setting,
        "cycle": name,
        "in": entry["in"],
        "generated_passes": flips["questions_passed"][1],
        "kept": entry["kept"],
        "pass_at_1": gave["pass_at_1"],
        "dropped": entry["dropped"],
        "files": str(folder),
    }


def _table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    width = max(len("setting"), *(len(row["setting"]) for row in rows))
    yield f"{'setting':{width}}  {'cycle':8}  {'generated passes':>16}  {'kept':>8}  {'of':>8}"
    for row in rows:
        yield f"{row['setting']:{width}}  {row['cycle']:8}  {row['generated_passes']:>16}  {row['kept']:>8}  {row['in']:>8}"


def _name(settings: Sequence[str]) -> str:
    """A file name for the settings; a part of their sha256 where they are too long for one."""
    text = ",".join(settings) or "same-thresholds"
    name = re.sub(r"[^A-Za-z0-9_.,=+-]+", "_", text).lstrip(".-")
    if len(name) <= LONGEST_NAME and name:
        return name
    return f"{name[:LONGEST_NAME]}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _unused(folder: Path, name: str, ending: str = "") -> Path:
    """A path that nothing is at: `name`, `name-2`, ..."""
    path, number = folder / f"{name}{ending}", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}{ending}"
    return path
