"""The dataset card: README.md with the Hub's YAML header. Says what is in the data, how it was made, and what it cannot do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from videostar import shown
from videostar.config import Config
from videostar.export.composition import Composition
from videostar.export.exporter import Table
from videostar.export.markdown import code, fenced, table
from videostar.export.videos import Mode
from videostar.rows import read_rows, result_from_json
from videostar.store import RunStore, read_json
from videostar.types import CycleResult

HUB_LICENCES = frozenset(
    """apache-2.0 mit bsd-2-clause bsd-3-clause gpl-3.0 lgpl-3.0 agpl-3.0 cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0
    cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0
    cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 odc-by odbl pddl openrail unlicense other unknown""".split()
)
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"))
LIMITS = (
    "A verified answer commits to the right label; that does not prove every word before it. Explanations can hold details that the "
    "video does not show.",
    "Rationalized answers were written by a model that had been shown the label. They are checked for signs of it; the checks know "
    "English only.",
    "Labels are taken as true. Mistakes in the sources are learned.",
    "Multiple choice options are wrong by the label's own judgement; where labels are incomplete, an option can be true as well.",
    "The videos themselves belong to their sources and are not part of the rows.",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card is made of."""

    store: RunStore
    config: Config
    cycle: int
    run: str
    format: str
    tables: Sequence[Table]
    counts: Mapping[str, int]
    left_out: Counter[str]
    made_of: Composition
    licence: str
    videos: Mode


def card(facts: Facts) -> str:
    """README.md. The same run gives the same text: no dates, no paths of this machine."""
    return "\n\n".join([_header(facts), *_introduction(facts), *_made(facts), *_composed(facts), *_ending(facts)]) + "\n"


def known_licence(facts: Facts) -> str:
    """The licence for the header: the one asked for, else the one that all rows state, else `other`."""
    if facts.licence:
        return facts.licence
    stated = {name for counter in facts.made_of.licences.values() for name in counter}
    (name,) = stated if len(stated) == 1 else ("",)
    return name.lower() if name.lower() in HUB_LICENCES else "other"


def _header(facts: Facts) -> str:
    licence = known_licence(facts)
    total = max(facts.counts.values(), default=0)
    configs = [
        {"config_name": re.sub(r"\.\w+$", "", file), "data_files": file, **({"default": True} if place == 0 else {})}
        for place, file in enumerate(file for file in facts.counts if facts.counts[file])
    ]
    header: dict[str, Any] = {
        "pretty_name": shown.one_line(f"{facts.run}, cycle {facts.cycle}, {facts.format}", 100),
        "license": licence,
        **({"license_name": "see-the-sources", "license_link": "README.md"} if licence == "other" else {}),
        "task_categories": ["video-text-to-text", "visual-question-answering"],
        "tags": ["video", "videostar", "instruction-tuning", "synthetic"],
        "size_categories": [next((name for limit, name in SIZES if total < limit), "n>10M")],
        **({"configs": configs} if configs else {}),
    }
    return f"---\n{yaml.safe_dump(header, sort_keys=False, allow_unicode=False, width=1_000)}---"


def _introduction(facts: Facts) -> Iterator[str]:
    yield f"# {code(facts.run)}"
    yield (
        f"Video instruction data in the format {code(facts.format)}, made by [videostar](https://arxiv.org/abs/2407.06189) (Video-STaR): a "
        "model answers questions about labelled videos, the labels judge the answers, and what passes is kept."
    )
    sizes = ((code(item.file), item.rows_are, shown.count(facts.counts[item.file])) for item in facts.tables if item.file in facts.counts)
    yield table(("file", "one row is one of the", "rows"), sizes)


def _made(facts: Facts) -> Iterator[str]:
    config, select = facts.config, facts.config.select
    yield "## How it was made"
    thresholds = ", ".join(f"{name} = {value}" for name, value in config.labels.items())
    forms = ", ".join(f"{form} {share:g}" for form, share in select.forms.items())
    rows = {
        "base model": code(public_name(config.model.model_name_or_path)),
        "answers": f"{config.generate.n} a question, temperature {config.generate.temperature:g}, "
        f"at most {config.generate.max_new_tokens} tokens",
        "of cycle": f"{facts.cycle} (answered by {'the base model' if facts.cycle == 1 else f'the checkpoint of cycle {facts.cycle - 1}'})",
        "thresholds of labels": code(thresholds) if thresholds else "those of the labels",
        "kept": f"at most {select.max_per_question} a question; rationalized ones at most {select.max_rationalized_share:g} of the "
        f"questions, {select.min_words} to {select.max_words} words",
        "questions answered right without the video": "left out" if select.blind_filter else "kept",
        "forms per kept answer": forms,
        "seed": str(config.seed),
    }
    yield table(("", ""), rows.items())
    yield table(("cycle", "samples in", "kept", "pass@1, %", "pass@k, %", "rationalized, then right"), _cycle_rows(facts))
    dropped = read_json(facts.store.cycle(facts.cycle).selection)["dropped"]
    if dropped:
        yield f"Dropped in cycle {facts.cycle}, each sample for one reason:"
        yield table(("reason", "samples"), ((code(reason), shown.count(number)) for reason, number in dropped.items()))
    if facts.left_out:
        yield "Left out of these files:"
        yield table(("reason", "number"), ((code(reason), shown.count(number)) for reason, number in sorted(facts.left_out.items())))


def _cycle_rows(facts: Facts) -> Iterator[Sequence[str]]:
    ledger = read_json(facts.store.ledger)
    results = [result_from_json(row) for row in read_rows(facts.store.metrics)] if facts.store.metrics.exists() else []
    by_cycle: dict[int, CycleResult] = {result.cycle: result for result in results if result.yields is not None}
    for name, entry in ledger.items():
        number = int(name.removeprefix("cycle-"))
        gave = by_cycle[number].yields if number in by_cycle else None
        measured = (shown.percent(gave.pass_at_1), shown.percent(gave.pass_at_k)) if gave else (shown.NOTHING, shown.NOTHING)
        then = f"{shown.count(gave.rationalized)}, {shown.count(gave.passed_then)}" if gave else shown.NOTHING
        yield (str(number), shown.count(entry["in"]), shown.count(entry["kept"]), *measured, then)


def _composed(facts: Facts) -> Iterator[str]:
    yield "## What is in it"
    for file, part, rows in facts.made_of.tables():
        yield f"{code(file)} by {part}:"
        yield table((part, "rows"), ((code(name), shown.count(number)) for name, number in rows))
    if facts.made_of.examples:
        yield "## Example rows"
        for (file, form), text in facts.made_of.examples.items():
            yield f"{code(file)}{f', {form}' if form else ''}:"
            yield fenced(text, "json")


def _ending(facts: Facts) -> Iterator[str]:
    yield "## Limits"
    yield "\n".join(f"- {limit}" for limit in LIMITS)
    yield "## Where each row comes from"
    yield (
        "`provenance` names run, cycle, sample, route and candidate of every answer behind a row, and its verdict; the run's "
        "`cycle-K/answers.jsonl` and `verdicts.jsonl` (for rationalized ones `rationales.jsonl` and `rationale_verdicts.jsonl`) hold "
        "them under the same names. `export.json` holds the sha256 of each file."
    )
    where = {"copy": "beside the rows, in `videos/`", "absolute": "where they were on the machine", "relative": "not in here; paths are"}
    yield f"The videos are {where[facts.videos]}{' relative to the folder of the data' if facts.videos == 'relative' else ''}."
    yield "## Licence"
    yield "\n".join(_licences(facts))


def _licences(facts: Facts) -> Iterator[str]:
    if facts.licence:
        yield f"Given with the export: {code(facts.licence)}. The sources state:\n"
    rows = [
        (code(source or "(none)"), code(name) if name else "not stated", shown.count(number))
        for source, counter in sorted(facts.made_of.licences.items())
        for name, number in sorted(counter.items())
    ]
    yield table(("source", "licence of its annotations or videos", "rows"), rows)
    yield "\nWhere a source states none, its own terms hold; look them up before you pass the data on."


def public_name(model: str) -> str:
    """A model as others know it: a Hub name stays, of a path only the last part."""
    hub = re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", model)
    return model if hub else re.split(r"[\\/]", model.rstrip("\\/"))[-1]
