"""A video to talk about or to assess: one that is uploaded here, or one that was before; the player beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from videostar import shown
from videostar.app import pages
from videostar.app.boundary import attempt
from videostar.app.context import Context
from videostar.app.media import TYPES
from videostar.app.sessions import Session
from videostar.errors import DataError


@dataclass(frozen=True, slots=True)
class Picker:
    """upload, chosen, player, told: the blocks. chosen holds the name that the session knows a video by."""

    upload: Any
    chosen: Any
    player: Any
    told: Any


def picker(context: Context, name: str) -> Picker:
    """The blocks; `name` begins their ids."""
    limits = context.uploads.limits
    return Picker(
        upload=gr.UploadButton("Upload a video", file_types=sorted(TYPES), elem_id=f"{name}-upload", variant="primary"),
        chosen=gr.Dropdown([], value=None, label="video", elem_id=f"{name}-video", visible=False),
        player=gr.HTML(_empty(limits.megabytes, limits.seconds), elem_id=f"{name}-player", apply_default_css=False),
        told=gr.HTML(elem_id=f"{name}-told", apply_default_css=False),
    )


def take(context: Context, session: Session, uploaded: object) -> str:
    """The name of a video that has arrived. Raises `DataError` where it is not taken."""
    path = uploaded.get("path") if isinstance(uploaded, dict) else None
    if not isinstance(path, str):
        raise DataError("no file arrived; upload one again")
    arrived = Path(path)
    kept = context.uploads.take(session.name, arrived)
    session.tidy()
    return session.add(arrived.name, kept)


def video_of(session: Session, name: object) -> Path:
    """A video by the name that a browser sent. Raises `DataError` for another one."""
    if not isinstance(name, str) or name not in session.videos:
        raise DataError("upload a video first")
    return session.videos[name]


def choices(session: Session, name: str | None) -> Any:
    """The list of the session's videos; hidden while there is nothing to choose."""
    names = list(session.videos)
    return gr.update(choices=names, value=name if name in names else (names[-1] if names else None), visible=len(names) > 1)


def player(context: Context, session: Session, name: str | None) -> str:
    """The video itself."""
    if name is None or name not in session.videos:
        return _empty(context.uploads.limits.megabytes, context.uploads.limits.seconds)
    return pages.html("player.html", source=context.media.link(session.videos[name]), words=shown.one_line(name, 100))


def wire(context: Context, made: Picker) -> tuple[Any, Any]:
    """Uploads and choices; gives what happens after either: (after an upload, after a choice)."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

    def arrived(uploaded: object, request: gr.Request) -> list[Any]:
        session = context.sessions.of(str(request.session_hash))
        name, trouble = attempt(lambda: take(context, session, uploaded))
        if name is None:
            return [gr.skip(), gr.skip(), trouble]
        return [choices(session, name), player(context, session, name), ""]

    def changed(name: str | None, request: gr.Request) -> list[Any]:
        session = context.sessions.of(str(request.session_hash))
        return [player(context, session, name), ""]

    after_upload = made.upload.upload(
        arrived, [made.upload], [made.chosen, made.player, made.told], preprocess=False, show_progress="minimal", api_visibility="private"
    )
    after_choice = made.chosen.input(changed, [made.chosen], [made.player, made.told], **quiet)
    return after_upload, after_choice


def again(context: Context, made: Picker, tab: gr.Tab) -> None:
    """When the tab is opened, it knows what was uploaded in another one."""

    def entered(name: str | None, request: gr.Request) -> list[Any]:
        session = context.sessions.of(str(request.session_hash))
        session.tidy()
        if not session.videos or name in session.videos:
            return [choices(session, name), gr.skip()] if session.videos else [gr.skip(), gr.skip()]
        last = list(session.videos)[-1]
        return [choices(session, last), player(context, session, last)]

    tab.select(entered, [made.chosen], [made.chosen, made.player], show_progress="hidden", api_visibility="private")


def _empty(megabytes: int, seconds: float) -> str:
    words = f"A video of at most {megabytes} MB and {shown.duration(seconds)}. It is deleted when this page is closed."
    return pages.html("player.html", source=None, words=words)
