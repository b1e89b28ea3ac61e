"""`videostar export`: what was written, what was left out and why, and one next step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from videostar.export.make import Written

FORMATS = "llava|llamafactory|swift|swift-dpo|swift-grpo|trl|trl-preference|verl|video-r1|parquet"


@click.command("export")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--format", "format_name", required=True, metavar=FORMATS, help="Whose rows to write; installed packages may add more.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder, or one that holds the same export.")
@click.option("--cycle", type=click.IntRange(min=1), default=None, help="Whose answers; default: the last cycle's.")
@click.option(
    "--videos",
    type=click.Choice(["relative", "absolute", "copy"]),
    default="relative",
    show_default=True,
    help="Paths from the data's folder, from the root, or copies in OUT; copies of parts are cut out.",
)
@click.option("--license", "licence", default="", metavar="ID", help="For the card; default: what the samples' meta states.")
@click.option("--push", "repository", default=None, metavar="ORG/NAME", help="Upload to the Hugging Face Hub, as a private data set.")
def export_command(run: Path, format_name: str, out: Path, cycle: int | None, videos: str, licence: str, repository: str | None) -> None:
    """Write a run's kept answers as what another trainer reads."""
    from videostar.export.make import Options, export
    from videostar.export.push import checked_name, push
    from videostar.export.videos import MODES

    if repository is not None:
        checked_name(repository)
    mode = next(mode for mode in MODES if mode == videos)
    written = export(run, format_name, out, Options(cycle, mode, licence))
    click.echo("\n".join(_lines(written)))
    if repository is not None:
        click.echo(f"pushed: {push(out, written.files, repository)}")
    click.echo(f"next: {written.next_step}")


def _lines(written: Written) -> Iterator[str]:
    from videostar import shown

    yield f"{written.format}, cycle {written.cycle}: {written.folder}"
    width = max(map(len, (*written.counts, "left out")))
    for file, number in written.counts.items():
        yield f"  {file:{width}}  {shown.count(number):>9}  {written.rows_are[file]}"
    yield f"  {'left out':{width}}  {shown.count(sum(written.left_out.values())):>9}"
    for reason, number in written.left_out.items():
        yield f"  {'':{width}}  {shown.count(number):>9}  {shown.one_line(reason, 120)}"
