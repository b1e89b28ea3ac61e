"""How well people's commands do on rendered clips whose truth is known: assess by the three shipped rubrics, and two-turn chats.

    python benchmarks/people.py runs/people [--model RUN_OR_CHECKPOINT] [--dives 260] [--procedures 160] [--chats 60] [--examples 60]

Clips are drawn from seeds that no lesson uses. The first `--examples` of each world calibrate, the others are held out. Raw answers
are kept in the folder, so that the same command goes on after an interruption and judges again without asking.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.metrics import spearman
from videostar.people.assessment import Assessment
from videostar.people.assessor import Assessor
from videostar.people.chat import Chat
from videostar.people.examples import Labelled
from videostar.people.opening import Opened, opened
from videostar.people.rubric import read_rubric
from videostar.playground.architecture import FRAME_SIZE
from videostar.playground.lessons import LESSONS
from videostar.playground.lessons.procedures import PAIRS
from videostar.playground.questions import sample_of
from videostar.playground.worlds.dive_frames import render_dive
from videostar.playground.worlds.dives import Dive, draw_dive
from videostar.playground.worlds.drawing import VIDEO_FPS, video_times
from videostar.playground.worlds.procedure_frames import render_procedure
from videostar.playground.worlds.procedures import TREMORS, Procedure, draw_procedure
from videostar.prompts import asked
from videostar.video.write import write_mp4

FIRST_SEED = 1 << 40
FAULTS = {"late": "late opening", "knees": "bent knees", "over": "turned too far", "under": "turned too little", "splash": "big splash"}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a clip: items of the rubric by name, the overall score, and the faults, where the world tells them."""

    items: Mapping[str, float]
    score: float
    faults: Mapping[str, float] | None = None


def dive_truth(dive: Dive) -> Truth:
    """Difficulty, execution and score as the world's judges give them; faults with their times."""
    truth = dive.truth
    items = {"difficulty": truth.difficulty, "execution": truth.score / truth.difficulty}
    return Truth(items, truth.score, {FAULTS[name]: seconds for name, seconds in dive.fault_times.items()})


def osats_truth(procedure: Procedure) -> Truth:
    """The world's own ratings."""
    truth = procedure.truth
    return Truth({"steadiness": truth.steadiness, "economy": truth.economy}, truth.steadiness + truth.economy)


def lab_truth(procedure: Procedure) -> Truth:
    """Order as the world rates it; care and pace by the rubric's points over the truth."""
    truth = procedure.truth
    care = 5 - 2 * truth.dropped - TREMORS.index(truth.tremor)
    pace = 5 - (truth.idle == "pause")
    return Truth({"order": truth.order, "care": care, "pace": pace}, truth.order + care + pace)


def clips(folder: Path, world: str, count: int) -> Iterator[tuple[Path, Any]]:
    """Clips of a world as files, rendered where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        seed = FIRST_SEED + number
        drawn: Any = draw_dive(seed) if world == "dives" else draw_procedure(seed, PAIRS)
        render: Callable[..., Any] = render_dive if world == "dives" else render_procedure
        path = folder / f"{world}-{number:04d}.mp4"
        if not path.exists():
            write_mp4(path, render(drawn, video_times(drawn.duration_seconds), FRAME_SIZE), VIDEO_FPS)
        yield path, drawn


def measure(model: Opened, folder: Path, rubric_name: str, known: Mapping[Path, Truth], examples: int) -> dict[str, Any]:
    """Every figure of one rubric on the clips that are not examples."""
    rubric = read_rubric(rubric_name)
    assessor = Assessor(model, rubric, folder)
    paths = list(known)
    labelled = [
        Labelled(path, known[path].score, None if (faults := known[path].faults) is None else frozenset(faults))
        for path in paths[:examples]
    ]
    tuned = assessor.learn(labelled)
    held_out = paths[examples:]
    found = {path: item for path, item in assessor.many(held_out) if isinstance(item, Assessment)}
    figures: dict[str, Any] = {"examples": len(labelled), "held_out": len(found), "spearman": {}}
    figures["calibration"] = None if tuned.calibration is None else tuned.calibration.how
    for name in next(iter(known.values())).items:
        rows = [(value, known[path].items[name]) for path, item in found.items() if isinstance(value := _value(item, name), float)]
        figures["spearman"][name] = _correlation(rows)
    scored = [(item.overall, known[path].score) for path, item in found.items() if item.overall is not None]
    figures["spearman"]["overall"] = _correlation([(score.value, truth) for score, truth in scored])
    figures["mean_error"] = round(sum(abs(score.value - truth) for score, truth in scored) / max(1, len(scored)), 2)
    figures["interval_coverage"] = _share([score.low <= truth <= score.high for score, truth in scored])
    figures["interval_width"] = round(sum(score.high - score.low for score, _ in scored) / max(1, len(scored)), 2)
    if known[paths[0]].faults is not None:
        figures["thresholds"] = tuned.thresholds
        figures |= fault_figures(found, known)
    return figures


def fault_figures(found: Mapping[Path, Assessment], known: Mapping[Path, Truth]) -> dict[str, Any]:
    """Precision and recall over all faults, by fault, and on clean clips; whether every line of advice has its fault and time."""
    rows: list[tuple[str, bool, bool]] = []
    near: list[bool] = []
    clean: list[bool] = []
    lines: list[bool] = []
    for path, item in found.items():
        truth, seen = known[path].faults or {}, {fault.name: fault for fault in item.faults}
        rows += [(name, name in seen, name in truth) for name in FAULTS.values()]
        near += [abs(seen[name].start_seconds - seconds) <= 1.0 for name, seconds in truth.items() if name in seen]
        clean += [not seen] if not truth else []
        lines += [any(fault.name in line and line[0].isdigit() for fault in item.faults) for line in item.improve]
    by_fault = {name: _precision_recall([row for row in rows if row[0] == name]) for name in FAULTS.values()}
    return {
        "faults": _precision_recall(rows),
        "by_fault": by_fault,
        "times_within_1_second": _share(near),
        "clean_without_invented": _share(clean),
        "clean_clips": len(clean),
        "advice_lines_with_fault_and_time": _share(lines),
    }


def chats(model: Opened, folder: Path, count: int) -> dict[str, Any]:
    """Two questions about each clip, the second of another kind than the first; the share of right second answers."""
    folder.mkdir(parents=True, exist_ok=True)
    right: dict[str, list[bool]] = {lesson.name: [] for lesson in LESSONS}
    first: list[bool] = []
    for number in range(count):
        lesson, rng = LESSONS[number % len(LESSONS)], random.Random(number)
        clip = lesson.draw(FIRST_SEED + number)
        one = clip.ask(rng)
        two = next(known for _ in range(100) if (known := clip.ask(rng)).skill != one.skill)
        path = folder / f"{lesson.name}-{number:04d}.mp4"
        if not path.exists():
            write_mp4(path, clip.render(video_times(4.0), FRAME_SIZE), VIDEO_FPS)
        chat = Chat(model)
        chat.show(path)
        for known, marks in ((one, first), (two, right[lesson.name])):
            answer = chat.ask(asked(sample_of(known.question, known.label), "direct")).answer
            marks.append(known.label.judge(answer, known.question).outcome == "pass")
    every = [mark for marks in right.values() for mark in marks]
    return {
        "chats": count,
        "first": _share(first),
        "second": _share(every),
        "by_world": {name: _share(marks) for name, marks in right.items()},
    }


def _value(item: Assessment, name: str) -> object:
    return next((aspect.value for aspect in item.aspects if aspect.name == name), None)


def _correlation(rows: Sequence[tuple[float, float]]) -> float | None:
    value = spearman([row[0] for row in rows], [row[1] for row in rows]) if len(rows) > 2 else math.nan
    return None if math.isnan(value) else round(value, 3)


def _share(marks: Sequence[bool]) -> float | None:
    return round(sum(marks) / len(marks), 3) if marks else None


def _precision_recall(rows: Sequence[tuple[str, bool, bool]]) -> dict[str, Any]:
    hits = sum(seen and true for _, seen, true in rows)
    seen, true = (sum(row[place] for row in rows) for place in (1, 2))
    return {"precision": round(hits / seen, 3) if seen else None, "recall": round(hits / true, 3) if true else None, "true": true}


def main() -> None:
    """Measure, print as JSON after each part, and write `figures.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default=None)
    for name, count in (("dives", 260), ("procedures", 160), ("chats", 60), ("examples", 60)):
        parser.add_argument(f"--{name}", type=int, default=count)
    words = parser.parse_args()
    figures: dict[str, Any] = {}

    def tell(name: str, found: dict[str, Any]) -> None:
        figures[name] = found
        print(name, json.dumps(found, indent=1), flush=True)
        (words.folder / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

    words.folder.mkdir(parents=True, exist_ok=True)
    with opened(words.model) as model:
        if words.chats:
            tell("chats", chats(model, words.folder / "chats", words.chats))
        for world, rubrics in (("dives", {"diving": dive_truth}), ("procedures", {"osats": osats_truth, "lab": lab_truth})):
            drawn = dict(clips(words.folder / world, world, getattr(words, world)))
            for rubric, truth in rubrics.items():
                known = {path: truth(item) for path, item in drawn.items()}
                if known:
                    tell(rubric, measure(model, words.folder, rubric, known, words.examples))


if __name__ == "__main__":
    main()
