"""One export: tables, companions, the card and `export.json`, which says what was written and names the sha256 of each file."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from videostar.errors import RunError, UserError
from videostar.export.card import Facts, card
from videostar.export.composition import Composition
from videostar.export.exporter import Exporter, LeftOut, Question, Row
from videostar.export.formats import exporter_named
from videostar.export.questions import chosen_cycle, questions, run_name
from videostar.export.tables import TableFiles
from videostar.export.videos import FOLDER, Mode, Videos
from videostar.steps.ingest import ingested
from videostar.steps.run import Records
from videostar.store import RunStore, read_config, read_json, write_json, write_text

MARK = "export.json"
LICENCE = re.compile(r"[a-z0-9][a-z0-9.-]{0,40}")


@dataclass(frozen=True, slots=True)
class Options:
    """cycle: None takes the last one that was selected. licence: for the card; "" takes what the samples state."""

    cycle: int | None = None
    videos: Mode = "relative"
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What an export holds. counts: rows by file. left_out: what the format could not hold, by reason. files: for a push."""

    folder: Path
    format: str
    cycle: int
    counts: Mapping[str, int]
    rows_are: Mapping[str, str]
    left_out: Mapping[str, int]
    files: tuple[str, ...]
    next_step: str


def export(run: Path, format_name: str, folder: Path, options: Options = Options()) -> Written:
    """Write one cycle of a run into `folder`; streams, and gives the same bytes when made again.

    Raises `RunError` when the run has nothing to export or the folder holds something else, `UserError` for an unknown format or licence.
    """
    exporter = exporter_named(format_name)
    if options.licence and not LICENCE.fullmatch(options.licence):
        raise UserError(f"--license {options.licence!r}: write an identifier of the Hub, such as cc-by-4.0")
    config, store = read_config(run), RunStore(run)
    records = Records(config, store, ingested(config, store))
    cycle = chosen_cycle(store, options.cycle)
    made_by = {"run": run_name(store), "cycle": cycle, "format": format_name}
    _claim(folder, made_by)
    videos = Videos(options.videos, records.samples.root, folder)
    made_of, left_out = Composition(), Counter[str]()
    with TableFiles(folder, tuple(exporter.tables)) as files:
        for question in questions(records, cycle, exporter.held_out):
            for item in _rows(exporter, question, videos):
                if isinstance(item, LeftOut):
                    left_out[item.reason] += 1
                else:
                    files.write(item.file, item.columns)
                    made_of.add(question, item)
    texts = dict(exporter.companions())
    facts = Facts(
        *(store, config, cycle, run_name(store), format_name, exporter.tables, files.counts),
        *(left_out, made_of, options.licence, options.videos),
    )
    texts["README.md"] = card(facts)
    for name, text in texts.items():
        write_text(folder / name, text)
    names = (*files.counts, *texts)
    sums = {name: _sha256(folder / name) for name in names}
    ordered = dict(sorted(left_out.items()))
    write_json(folder / MARK, {**made_by, "rows": dict(files.counts), "left_out": ordered, "sha256": sums})
    rows_are = {table.file: table.rows_are for table in exporter.tables}
    everything = (*names, MARK, *([f"{FOLDER}/**"] if options.videos == "copy" else []))
    return Written(
        folder, format_name, cycle, files.counts, rows_are, ordered, everything, exporter.next_step(folder.absolute(), videos.base)
    )


def _rows(exporter: Exporter, question: Question, videos: Videos) -> list[Row | LeftOut]:
    placed = videos.placed(question, exporter.says_parts)
    return [placed] if isinstance(placed, LeftOut) else list(exporter.rows(placed))


def _claim(folder: Path, made_by: Mapping[str, Any]) -> None:
    """Take a folder that is new, empty, or holds the same export. Raises `RunError` for any other."""
    mark = folder / MARK
    if mark.is_file():
        try:
            before = read_json(mark)
        except ValueError:
            before = {}
        if {name: before.get(name) for name in ("run", "format")} != {name: made_by[name] for name in ("run", "format")}:
            raise RunError(f"{folder} holds another export ({before.get('format')} of {before.get('run')}); choose another --out")
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder} is there and holds no export of ours; nothing is overwritten, choose another --out")
    folder.mkdir(parents=True, exist_ok=True)
    write_json(mark, {**made_by, "finished": False})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
