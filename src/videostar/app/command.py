"""The command `videostar app`: what is on the command line becomes what the app may show."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from videostar.errors import DataError, MissingExtraError, RunError

if TYPE_CHECKING:
    from videostar.app.uploads import Limits

TOKEN = "VIDEOSTAR_TOKEN"  # noqa: S105 - the name of a variable
RUNS = Path("runs")
MOST_RUNS = 200


@click.command("app")
@click.argument("run", type=click.Path(path_type=Path), required=False)
@click.option(
    "--model", default=None, metavar="RUN_OR_CHECKPOINT", help="What answers; default: the RUN where it is one, else the embedded one."
)
@click.option("--index", "indexes", multiple=True, type=click.Path(path_type=Path), help="An index to search; may be given several times.")
@click.option("--videos", multiple=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Videos below it may be shown; several.")
@click.option("--rubric", "rubrics", multiple=True, type=click.Path(path_type=Path), help="A rubric beside those that come along; several.")
@click.option("--embedder", type=click.Path(path_type=Path), default=None, metavar="FOLDER", help="A text encoder for searches.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Beyond this machine a token is needed, which is printed.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Default: the first free one from 7860.")
@click.option("--token", "wants_token", is_flag=True, help=f"A token on this machine, too; {TOKEN} in the environment says which.")
@click.option("--upload-mb", type=click.IntRange(1, 100_000), default=200, show_default=True, help="Largest upload.")
@click.option("--upload-minutes", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True, help="Longest upload.")
def app_command(run: Path | None, model: str | None, host: str, port: int | None, **words: Any) -> None:
    """Look at runs, browse samples, talk about videos, assess and search them in a browser.

    RUN is a run directory or a folder of some; default: the folder `runs`, where there is one. A run that is going on is shown live.
    """
    _check_extra()
    from videostar.app.context import Context, SharedModel
    from videostar.app.media import Media
    from videostar.app.serving import Binding, is_loopback, serve
    from videostar.app.sessions import Sessions
    from videostar.app.uploads import Limits, Uploads

    runs = _runs(run)
    is_one = run is not None and list(runs.values()) == [run]
    folders = _folders(words["videos"])
    indexes = _named(words["indexes"], "index")
    token = _token() if words["wants_token"] or not is_loopback(host) else ""
    limits: Limits = Limits(megabytes=words["upload_mb"], seconds=60 * words["upload_minutes"])
    with Uploads(limits) as uploads:
        shared = SharedModel(model if model is not None else run if is_one else None)
        context = Context(
            runs,
            Media((*runs.values(), *folders, uploads.root)),
            uploads,
            shared,
            Sessions(uploads.forget),
            indexes,
            _rubrics(words["rubrics"]),
            words["embedder"],
        )
        try:
            serve(context, Binding(host, port, token), _say)
        except KeyboardInterrupt:
            click.echo("ended; what was uploaded is deleted")
        finally:
            shared.close()


def _say(address: str) -> None:
    click.echo(f"open {address}\nCtrl-C ends it")


def _check_extra() -> None:
    from importlib.util import find_spec

    if find_spec("gradio") is None:
        raise MissingExtraError('the app needs Gradio; install it with: pip install "videostar[app]"')


def _runs(named: Path | None) -> Mapping[str, Path]:
    """Runs by the names that people choose from, the one that changed last first."""
    folder = named if named is not None else RUNS
    if (folder / "config.yaml").is_file():
        return {folder.absolute().name: folder}
    found = [path for path in folder.iterdir() if (path / "config.yaml").is_file()] if folder.is_dir() else []
    if named is not None and not found:
        raise RunError(f"{folder} is neither a run (with config.yaml) nor a folder of runs; `videostar demo --run {folder}` makes one")
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return {path.name: path for path in found[:MOST_RUNS]}


def _folders(given: Sequence[Path]) -> list[Path]:
    missing = [f"--videos {path}: there is no such folder" for path in given if not path.is_dir()]
    if missing:
        raise DataError(*missing)
    return list(given)


def _rubrics(given: Sequence[Path]) -> dict[str, str | Path]:
    """Those that come along, and files; a file with mistakes is told of at once."""
    from videostar.people.rubric import read_rubric, shipped

    named = _named(given, "rubric")
    for path in named.values():
        read_rubric(path)
    return {**{name: name for name in shipped()}, **named}


def _named(given: Sequence[Path], what: str) -> dict[str, Path]:
    """Files by their names; where two share one, by their paths."""
    missing = [f"--{what} {path}: there is no such file" for path in given if not path.is_file()]
    if missing:
        raise DataError(*missing)
    return dict(_distinct(given))


def _distinct(given: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    names = [path.name for path in given]
    for path in given:
        yield (path.name if names.count(path.name) == 1 else str(path)), path


def _token() -> str:
    """The one in the environment, else a new one."""
    import secrets

    return os.environ.get(TOKEN) or secrets.token_urlsafe(24)
