"""What a run will take, said before any model is loaded: rows, frames, visual tokens, memory, GPU hours, disk.

Every figure that is not counted is an estimate, marked `~`, and says what it comes from. Neither torch nor a model is loaded.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from videostar import shown
from videostar.config import Config
from videostar.plan.clips import Look, look
from videostar.plan.cost import disk_lines, frame_lines, memory_lines, token_lines, work_lines, work_of
from videostar.plan.hours import hour_lines
from videostar.plan.judging import judging_lines
from videostar.plan.shape import model_shape
from videostar.plan.tables import Tables, read_tables

WIDTH = 80
NAME_WIDTH = 20

Lines = Iterator[tuple[str, str]]


def plan(config: Config) -> str:
    """The plan of a run as text of at most 80 columns. Raises `DataError` with every row that cannot be used."""
    tables = read_tables(config)
    clips = look(config, tables)
    shape = model_shape(config.model)
    sections: dict[str, Lines] = {
        "data": _data_lines(tables, clips),
        "frames": frame_lines(config, clips),
        "tokens": token_lines(config, tables, clips, shape),
        "memory of one device": memory_lines(config, tables, clips, shape),
        "work": work_lines(config, tables),
        "GPU hours": hour_lines(config, work_of(tables, clips, shape), shape.parameters),
        "judging": judging_lines(config, tables),
        "disk": disk_lines(config, tables, clips),
    }
    head = shown.visible(f"plan of {config.run} with {config.model.model_name_or_path} (~ marks an estimate)")
    return "\n".join([head, *(_section(title, lines) for title, lines in sections.items())])


def _section(title: str, lines: Lines) -> str:
    return "\n".join(["", title, *(_line(name, value) for name, value in lines)])


def _line(name: str, value: str) -> str:
    start = f"  {name:<{NAME_WIDTH}} "
    return textwrap.fill(shown.visible(value), WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)


def _data_lines(tables: Tables, clips: Look) -> Lines:
    for split, number in tables.rows.items():
        yield f"{split} rows", shown.count(number)
    if not tables.rows["validation"]:
        yield "", "no validation rows: all cycles are run, and the last checkpoint counts as the best"
    yield "tasks", _counted(tables.tasks)
    yield "label kinds", _counted(tables.kinds)
    yield "videos", f"{shown.count(tables.videos)} files in {shown.count(tables.spans)} clips"
    yield "looked at", clips.words
    for problem in clips.problems:
        yield "", problem


def _counted(numbers: dict[str, int], most: int = 8) -> str:
    ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    more = [f"{len(ranked) - most} more"] if len(ranked) > most else []
    return ", ".join([*(f"{shown.one_line(name, 30) or '(none)'} {shown.count(number)}" for name, number in ranked[:most]), *more])
