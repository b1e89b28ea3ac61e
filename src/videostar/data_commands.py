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
