"""The commands that make a collection of videos searchable, and search it: `videostar index` and `videostar search`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from videostar.errors import UserError

if TYPE_CHECKING:
    from videostar.config import Config
    from videostar.people.search import Filters
    from videostar.ports import Embedder

EMBEDDER = click.option(
    "--embedder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    default=None,
    help="A local Hugging Face text encoder: finds what other words say.",
)


@click.command("index")
@click.argument("videos", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="VIDEOS_OR_FOLDERS...")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The index: one file, made or brought up to date.")
@click.option("--model", default=None, help="A run, a checkpoint folder or a hub name; default: the embedded tiny checkpoint.")
@click.option(
    "--questions", type=click.Path(path_type=Path), default=None, help="YAML of what to ask of every window; default: a description."
)
@click.option(
    "--ask", multiple=True, metavar="NAME[:KIND]=QUESTION", help='One more question, such as "score:number=What score does it get?".'
)
@EMBEDDER
@click.option("--prune", is_flag=True, help="Forget also videos that are gone together with their folder.")
def index_command(**words: Any) -> None:
    """Let a model describe and label videos, long ones by window, so that they can be searched offline; the same command resumes."""
    from videostar.console import ConsoleWatcher
    from videostar.people.index import IndexRequest, index
    from videostar.people.index_questions import plan_from
    from videostar.people.opening import opened
    from videostar.video.windows import Windowing

    with opened(words["model"]) as watching:
        plan = plan_from(words["questions"], words["ask"], Windowing.of(watching.config.frames))
        request = IndexRequest(words["videos"], words["out"], plan, words["prune"])
        embedder = _embedder(words["embedder"], watching.config)
        account = index(request, watching, ConsoleWatcher(), embedder)
    for line in account.lines(request.out):
        click.echo(line)
    click.echo(f'next: videostar search {request.out} "what you look for"')


@click.command("search")
@click.argument("index", type=click.Path(path_type=Path))
@click.argument("query", nargs=-1)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Videos at most.")
@click.option("--label", "labels", multiple=True, metavar="NAME=VALUE", help="Only with this label; one name several times: any of them.")
@click.option(
    "--score", "scores", multiple=True, metavar="NAME=LOW..HIGH", help="Only with a number in this range; either end may be left out."
)
@click.option("--between", metavar="FROM..TO", default=None, help="Only this stretch of each video, such as 0:30..1:00.")
@click.option("--path", default="", metavar="TEXT", help="Only videos whose path holds this.")
@EMBEDDER
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def search_command(**words: Any) -> None:
    """Find clips and moments in an index by words; "words in quotes" must stand together. No model is needed."""
    from videostar.people.search import search
    from videostar.people.search_words import as_table, to_json

    filters = _filters(words)
    found = search(words["index"], " ".join(words["query"]), filters, words["limit"], _embedder(words["embedder"], None))
    click.echo(to_json(found) if words["as_json"] else as_table(found))


def _filters(words: dict[str, Any]) -> Filters:
    from videostar.people.search import Filters

    labels: dict[str, list[str]] = {}
    for text in words["labels"]:
        name, equals, value = text.partition("=")
        if not equals:
            raise UserError(f'--label "{text}": write NAME=VALUE, such as action=diving')
        labels.setdefault(name, []).append(value)
    scores = {}
    for text in words["scores"]:
        name, equals, ends = text.partition("=")
        if not equals:
            raise UserError(f'--score "{text}": write NAME=LOW..HIGH, such as score=7..9')
        scores[name] = _range("--score", ends, _plain)
    between = None if words["between"] is None else _range("--between", words["between"], _clock)
    return Filters(labels, scores, between, words["path"])


def _range(option: str, text: str, number: Any) -> tuple[float, float]:
    low, dots, high = text.partition("..")
    try:
        ends = (number(low) if low else float("-inf"), number(high) if high else float("inf")) if dots else (number(text), number(text))
    except ValueError:
        raise UserError(f'{option} "{text}": write LOW..HIGH, such as 7..9 or 0:30..1:00; either end may be left out') from None
    if ends[0] > ends[1]:
        raise UserError(f'{option} "{text}": it ends before it begins')
    return ends


def _plain(text: str) -> float:
    if not re.fullmatch(r"-?\d+(?:\.\d+)?", text.strip()):
        raise ValueError(text)
    return float(text)


def _clock(text: str) -> float:
    """Seconds of "1:02:03", "0:12.5" or "12"."""
    total = 0.0
    for part in text.strip().split(":"):
        if not re.fullmatch(r"\d+(?:\.\d+)?", part):
            raise ValueError(text)
        total = 60 * total + float(part)
    return total


def _embedder(folder: Path | None, config: Config | None) -> Embedder | None:
    """The text encoder that is named, or the one of a run's config."""
    if folder is not None:
        from videostar import checkpoints
        from videostar.models.text_encoder import TextEncoder

        checkpoints.check_text_encoder(str(folder))
        return TextEncoder(folder)
    if config is None:
        return None
    from videostar.build import ConfiguredAdapters

    return ConfiguredAdapters(config).embedder()
