"""Findings as a person reads them, ending with one next step."""

from __future__ import annotations

from collections import Counter

from videostar.checking import CheckRequest, Findings
from videostar.checking.statistics import Statistics
from videostar.shown import count, duration, one_line
from videostar.types import SPLITS

SHOWN_VALUES = 5
LONGEST_CASE = 160


def words(request: CheckRequest, found: Findings) -> str:
    """The whole report."""
    rows = f"rows: {count(found.rows)} = {count(found.kept)} kept + {count(sum(found.dropped.values()))} dropped"
    next_step = _next_step(request, found)
    return "\n".join([rows, *_dropped(found), *_videos(found), *_copies(found), *_statistics(found.statistics), *next_step])


def _dropped(found: Findings) -> list[str]:
    lines = []
    for reason, number in found.dropped.most_common():
        lines.append(f"  dropped: {count(number)} {reason}")
        lines += [f"    {one_line(case, LONGEST_CASE)}" for case in found.cases[reason]]
    return lines


def _videos(found: Findings) -> list[str]:
    look, lengths = found.look, found.look.lengths()
    failures = look.failures()
    good = len(look.infos) - sum(failures.values())
    lines = [f"videos: {count(len(look.infos))}, readable {count(good)}"]
    lines += [f"  {count(number)} {reason}" for reason, number in failures.most_common()]
    if lengths:
        middle = lengths[len(lengths) // 2]
        lines.append(f"  lengths: {duration(lengths[0])} to {duration(lengths[-1])}, half of them under {duration(middle)}")
    if good > len(lengths):
        lines.append(f"  {count(good - len(lengths))} whose header tells no length; their times are not judged")
    return lines


def _copies(found: Findings) -> list[str]:
    if not found.copies:
        return []
    lines = [f"same content under several names: {count(len(found.copies))} videos"]
    return lines + [f"  {one_line(' = '.join(paths), LONGEST_CASE)}" for paths in found.copies[:SHOWN_VALUES]]


def _statistics(of: Statistics) -> list[str]:
    lines = ["splits: " + ", ".join(f"{count(of.splits[split])} {split}" for split in SPLITS if of.splits[split])] if of.splits else []
    for task, number in sorted(of.tasks.items()):
        kinds = ", ".join(f"{count(many)} {kind}" if len(of.kinds[task]) > 1 else kind for kind, many in of.kinds[task].most_common())
        lines.append(f"{task}: {count(number)} ({kinds})")
        lines += [f"  {line}" for line in _labels(of, task)]
    return lines


def _labels(of: Statistics, task: str) -> list[str]:
    lines = []
    values: Counter[str] = of.values.get(task, Counter())
    if values:
        most = ", ".join(f"{one_line(value, 40)} {count(number)}" for value, number in values.most_common(SHOWN_VALUES))
        lines.append(f"{count(len(values))} values; most often {most}")
        lines.append(f"seen once: {count(sum(number == 1 for number in values.values()))}")
    spread = of.spreads.get(task)
    if spread is not None:
        lines.append(f"from {spread.least:g} to {spread.greatest:g}, mean {spread.mean:.3g}")
    unseen = of.unseen_classes(task)
    if unseen:
        shown = ", ".join(one_line(value, 40) for value in unseen[:SHOWN_VALUES])
        lines.append(f"held out but not in train: {count(len(unseen))} classes ({shown})")
    return lines


def _next_step(request: CheckRequest, found: Findings) -> list[str]:
    if request.kept is not None:
        return [f"written: {request.kept} ({count(found.kept)} samples)"]
    if found.is_clean:
        return [f"next: name {' and '.join(request.tables)} in a config and run videostar run CONFIG.yaml --dry-run"]
    return [f"next: videostar check {' '.join(request.tables)} --kept kept.jsonl writes what stays"]
