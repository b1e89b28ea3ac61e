"""The commands that bring data in and look it over: `videostar import` and `videostar check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from videostar.errors import UserError


@click.command("import")
@click.argument("name", metavar="FORMAT", required=False)
@click.argument("paths", metavar="PATH[#COUNT]...", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="The table of samples to write (JSON Lines).")
@click.option("--video-root", type=click.Path(path_type=Path), default=None, help="Folder of the videos; files are found below it by name.")
@click.option(
    "--split",
    metavar="SPLIT",
    default="auto",
    show_default=True,
    help="train, validation or test; auto: as the source says; made: by content.",
)
@click.option("--limit", type=click.IntRange(min=1), default=None, help="Draw so many samples by seed; so does PATH#COUNT.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws wordings, splits and samples.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the format; see --list and docs/formats.md.")
@click.option("--list", "is_list", is_flag=True, help="Say which formats are known and what files each wants.")
def import_command(**words: Any) -> None:
    """Turn annotations of a known format into a table of samples: one line for each question, with its label."""
    from videostar.importing import ImportRequest, import_samples, listing, summary

    if words.pop("is_list") or words["name"] is None:
        click.echo(listing())
        return
    if words["out"] is None or not words["paths"]:
        raise click.UsageError("name the annotation files, and the table to write with --out samples.jsonl")
    request = ImportRequest(**words)
    account = import_samples(request, click.echo)
    click.echo(summary(request, account))
    if not account.tasks:
        raise UserError(f"none of the rows gives a sample; {request.out} is empty")


@click.command("check")
@click.argument("tables", metavar="SAMPLES[#COUNT]...", nargs=-1, required=True)
@click.option("--video-root", "root", type=click.Path(path_type=Path), default=None, help="Folder of the videos; default: each table's.")
@click.option("--min-seconds", type=click.FloatRange(min=0), default=0.2, show_default=True, help="Shorter clips are dropped.")
@click.option("--max-seconds", type=click.FloatRange(min=0), default=3600.0, show_default=True, help="Longer clips are dropped.")
@click.option("--seconds-per-file", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="Time to open one header.")
@click.option("--workers", type=click.IntRange(min=0), default=0, help="Processes that open files; 0: one a core.")
@click.option("--kept", type=click.Path(path_type=Path), default=None, help="Write the samples that stay to this table.")
@click.pass_context
def check_command(context: click.Context, /, min_seconds: float, max_seconds: float, **words: Any) -> None:
    """Look over samples and their videos before any model is loaded: what would be dropped, and why. Exit code 1 if anything is."""
    from videostar import checking
    from videostar.checking import words as shown
    from videostar.checking.rules import Limits
    from videostar.console import ConsoleWatcher

    request = checking.CheckRequest(limits=Limits(min_seconds, max_seconds), **words)
    if request.root is not None and not request.root.is_dir():
        raise UserError(f"--video-root: there is no folder {request.root}")
    found = checking.check(request, ConsoleWatcher())
    click.echo(shown.words(request, found))
    context.exit(0 if found.is_clean or request.kept is not None else 1)
