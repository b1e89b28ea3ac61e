"""A chat in the terminal, or over a pipe: one question a line, commands begin with a slash."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import click

from videostar import shown
from videostar.errors import UserError, nearest
from videostar.people.chat import Chat, Turn
from videostar.people.moments import clock

LONGEST_LINE = 8000
HELP = """\
/video FILE     show another video, or go back to one (its number does, too); each has its own history
/videos         the videos so far
/all QUESTION   ask the same about every video
/forget         begin anew with the current video
/save FILE      write all that was said (.json, else Markdown)
/help           this
/quit           end"""


def talk(chat: Chat, lines: Iterator[str] | None = None) -> None:
    """Questions from `lines`, or the keyboard, until they end or one is /quit. A question that fails leaves the chat as it was."""
    asked = _keyboard() if lines is None and sys.stdin.isatty() else _piped(sys.stdin if lines is None else lines)
    for line in asked:
        text = line.strip()
        if text in {"/quit", "/exit", "/q"}:
            return
        try:
            if text.startswith("/"):
                _command(chat, text)
            elif text:
                speak(chat, text)
        except UserError as error:
            click.echo(f"error: {shown.visible(str(error))}", err=True)
        except KeyboardInterrupt:
            click.echo("\n(stopped; this question is not kept)")


def speak(chat: Chat, question: str) -> Turn:
    """Ask, and show the answer as it comes."""
    turn = chat.ask(question, lambda piece: click.echo(shown.visible(piece), nl=False))
    click.echo()
    if turn.note:
        click.echo(f"({turn.note})")
    return turn


def _command(chat: Chat, text: str) -> None:
    name, _, rest = text.partition(" ")
    if name not in COMMANDS:
        raise UserError(f"there is no {shown.one_line(name, 40)}{nearest(name, COMMANDS)}; allowed are {', '.join(COMMANDS)}, /quit")
    COMMANDS[name](chat, rest.strip())


def _show(chat: Chat, named: str) -> None:
    if not named:
        raise UserError("/video needs a file, such as /video other.mp4, or the number of one from before")
    number = int(named) if named.isdecimal() and len(named) < 6 and not Path(named).exists() else 0
    if number > len(chat.videos):
        raise UserError(f"there is no video {number}; /videos lists the {len(chat.videos)} so far")
    video = chat.show(chat.videos[number - 1].video if number else Path(named.strip("\"'")))
    click.echo(f"now about {_told(chat, video.video)}")


def _list(chat: Chat, _: str) -> None:
    for place, video in enumerate(chat.videos, 1):
        mark = "*" if video is chat.current else " "
        turns = "1 turn" if len(video.turns) == 1 else f"{len(video.turns)} turns"
        click.echo(f"{mark}{place} {_told(chat, video.video)}, {turns}")


def _all(chat: Chat, question: str) -> None:
    if not question:
        raise UserError("/all needs a question, such as /all What happens?")
    before = chat.current.video
    try:
        for video in chat.videos:
            chat.show(video.video)
            click.echo(f"{shown.one_line(video.video.name, 60)}: ", nl=False)
            try:
                speak(chat, question)
            except UserError as error:
                click.echo(f"error: {shown.visible(str(error))}", err=True)
    finally:
        chat.show(before)


def _forget(chat: Chat, _: str) -> None:
    chat.forget()
    click.echo("forgotten; the next question begins anew")


def _save(chat: Chat, named: str) -> None:
    if not named:
        raise UserError("/save needs a file, such as /save talk.md or /save talk.json")
    try:
        click.echo(f"saved: {chat.save(named.strip(chr(34)))}")
    except OSError as error:
        raise UserError(f"{named} cannot be written: {error.strerror}; name another file") from None


def _help(_: Chat, __: str) -> None:
    click.echo(HELP)


COMMANDS: dict[str, Callable[[Chat, str], None]] = {
    "/video": _show,
    "/videos": _list,
    "/all": _all,
    "/forget": _forget,
    "/save": _save,
    "/help": _help,
}


def _told(chat: Chat, video: Path) -> str:
    found = next(item for item in chat.videos if item.video == video)
    length = "" if found.duration_seconds is None else f" ({clock(found.duration_seconds)})"
    return f"{shown.one_line(str(video), 200)}{length}"


def _keyboard() -> Iterator[str]:
    """Lines as they are typed, with editing and a history where the system has them; ends at end of file or Ctrl-C."""
    with suppress(ImportError):
        importlib.import_module("readline")  # importing it is what gives `input` its editing
    while True:
        try:
            yield input("> ")
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return


def _piped(lines: Iterator[str]) -> Iterator[str]:
    """Lines of a file or pipe, shown so that what comes out can be read by itself; blank ones are passed over."""
    for line in lines:
        if line.strip():
            click.echo(f"> {shown.one_line(line, LONGEST_LINE)}")
            yield line[:LONGEST_LINE]
