"""Who judges: the rules, and the second opinions that are configured."""

from __future__ import annotations

from collections.abc import Iterator

from videostar import shown
from videostar.config import Config
from videostar.plan.tables import Tables

Lines = Iterator[tuple[str, str]]


def judging_lines(config: Config, tables: Tables) -> Lines:
    """The rules, the judge model and the embedder; how many answers a cycle may send to each at most."""
    yield "rules", "every answer, without a model"
    judge, embedder = config.judge, config.embedder
    if judge.url is None:
        yield "judge model", "off (judge.url)"
    else:
        wanted = "undecided or wrong" if judge.failed_too else "undecided"
        yield "judge model", f"{judge.model} at {judge.url}: text answers that are {wanted}, {_most(config, tables, 'text')}"
    if embedder.url is None and embedder.folder is None:
        yield "embedder", "off (embedder.folder or embedder.url)"
        return
    where = f"folder {embedder.folder}" if embedder.folder else f"{embedder.model} at {embedder.url}"
    least = f"similarity of {embedder.minimum_similarity:g} and a margin of {embedder.minimum_margin:g}"
    most = _most(config, tables, "category")
    yield "embedder", f"{where}: category answers that name none of a closed set of classes, {most}; needs a {least}"


def _most(config: Config, tables: Tables, kind: str) -> str:
    """Every question of every split has its answers; a failed one is asked again with its label."""
    rows = tables.kinds.get(kind, 0)
    return f"at most {shown.count(rows * config.generate.n * (1 + config.rationalize.enabled + config.select.blind_filter))} a cycle"
