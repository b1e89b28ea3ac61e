"""The commands for people: `videostar chat` and `videostar assess`. Each is thin over the Python interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from videostar.people.assessor import Assessor

MODEL = click.option(
    "--model",
    default=None,
    metavar="RUN_OR_CHECKPOINT",
    help="A run (its best checkpoint) or a checkpoint folder; default: the embedded one.",
)


@click.command("chat")
@click.argument("video", type=click.Path(path_type=Path))
@click.argument("others", metavar="[OTHERS]...", nargs=-1, type=click.Path(path_type=Path))
@MODEL
@click.option("--temperature", type=click.FloatRange(min=0), default=0.0, show_default=True, help="0 gives the likeliest answer.")
@click.option("--max-new-tokens", type=click.IntRange(min=1), default=None, help="Longest answer; default: as the run says.")
def chat_command(video: Path, others: tuple[Path, ...], model: str | None, temperature: float, max_new_tokens: int | None) -> None:
    """Talk about a video, or several: one question a line, /help lists commands. Questions can come over a pipe, too.

    "What happens at 0:12?" looks at the frames there.
    """
    from videostar.people.chat import Chat
    from videostar.people.moments import clock
    from videostar.people.opening import opened
    from videostar.people.terminal import talk

    with opened(model) as ready:
        chat = Chat(ready, temperature, max_new_tokens)
        for path in (*others[::-1], video):
            shown = chat.show(path)
        length = "" if shown.duration_seconds is None else f" ({clock(shown.duration_seconds)})"
        click.echo(f"{video}{length}, with {ready.origin}; /help lists commands")
        talk(chat)


@click.command("assess")
@click.argument("subject", metavar="VIDEO_OR_FOLDER", type=click.Path(path_type=Path))
@click.option("--rubric", required=True, help="A YAML file, or the name of one that comes along: diving, lab, osats.")
@MODEL
@click.option(
    "--examples", type=click.Path(path_type=Path), default=None, help='Labelled clips to calibrate on: {"video", "score", "faults"}.'
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--html", type=click.Path(path_type=Path), default=None, help="Write a page with key frames (one video).")
@click.option("--no-reasons", is_flag=True, help="Do not ask for reasons: quicker.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("assessed"), show_default=True, help="Folder for kept answers and plans."
)
@click.pass_context
def assess_command(
    context: click.Context, /, subject: Path, rubric: str, model: str | None, examples: Path | None, out: Path, **how: object
) -> None:
    """Assess a performance by a rubric: values, reasons, faults with their times, what to improve.

    A FOLDER's clips are assessed one by one (the same command goes on), then ranked faults, best against worst, and a training plan.
    """
    from videostar.console import ConsoleWatcher
    from videostar.errors import DataError
    from videostar.people.assessor import Assessor
    from videostar.people.examples import read_examples
    from videostar.people.opening import opened
    from videostar.people.rubric import read_rubric

    asked = read_rubric(rubric)
    labelled = [] if examples is None else read_examples(examples, asked)
    if not subject.exists():
        raise DataError(f"there is no {subject}; give a video file or a folder of clips")
    is_folder = subject.is_dir()
    if is_folder and how["html"] is not None:
        raise click.UsageError("--html is for one video; a folder's plan goes into --out as plan.md")
    with opened(model) as ready:
        keep = out if is_folder or labelled else None
        assessor = Assessor(ready, asked, keep, None if how["as_json"] else ConsoleWatcher())
        if labelled:
            assessor.learn(labelled)
        if is_folder:
            context.exit(_folder(assessor, subject, out, as_json=bool(how["as_json"])))
        _video(assessor, subject, how)


def _video(assessor: Assessor, video: Path, how: dict[str, object]) -> None:
    from videostar.people.assessment_page import write_page
    from videostar.people.assessment_text import assessment_text

    found, frames = assessor.one(video, reasons=not how["no_reasons"])
    notes = assessor.tuned.notes
    click.echo(
        json.dumps({**found.to_json(), "notes": notes}, ensure_ascii=False, indent=1) if how["as_json"] else assessment_text(found, notes)
    )
    if isinstance(how["html"], Path):
        click.echo(f"page: {write_page(how['html'], found, frames, notes)}", err=bool(how["as_json"]))


def _folder(assessor: Assessor, folder: Path, out: Path, *, as_json: bool) -> int:
    """1 where no clip could be read."""
    from videostar.people.footage import assess_folder, footage_text

    total = assess_folder(assessor, folder, out)
    click.echo(json.dumps(total.to_json(), ensure_ascii=False, indent=1) if as_json else footage_text(total))
    click.echo(f"plan: {out / 'plan.md'}; each clip: {out / 'assessments.jsonl'}", err=as_json)
    return 0 if total.clips else 1
