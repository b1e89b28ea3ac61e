"""A question about a session's video -> the conversation as it grows, word by word."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from videostar.app import pages
from videostar.app.boundary import trouble
from videostar.app.context import Context
from videostar.app.sessions import Session
from videostar.app.streaming import spoken
from videostar.errors import DataError

if TYPE_CHECKING:
    from videostar.people.chat import Chat, Hear, Turn

LONGEST_QUESTION = 2000
HINT = "Ask about the video; later questions may refer back. A question that names a moment, such as 0:12, looks at the frames there."


@dataclass(frozen=True, slots=True)
class Line:
    """One turn as the page shows it. is_open: more of the answer may come."""

    question: str
    answer: str
    note: str = ""
    is_open: bool = False


def talk(context: Context, session: Session, video: Path, question: str) -> Iterator[tuple[str, str]]:
    """(the conversation, a message) again and again. The model answers one person at a time; the others wait for their turn."""
    if session.lock.locked():
        yield conversation(session, video), pages.message("the last question is still being answered; wait for it")
        return
    with session.lock:
        asked = question.strip()[:LONGEST_QUESTION]
        open_line = Line(asked, "", is_open=True)
        waits = pages.message("the model is busy with another question, or is being opened") if context.model.lock.locked() else ""
        yield conversation(session, video, open_line), waits
        for said in spoken(lambda hear: _answer(context, session, video, asked, hear)):
            if said.error is not None:
                yield conversation(session, video), trouble(said.error)
            elif said.ended:
                yield conversation(session, video), ""
            else:
                yield conversation(session, video, Line(asked, said.text, is_open=True)), ""


def _answer(context: Context, session: Session, video: Path, question: str, hear: Hear) -> Turn:
    from videostar.people.chat import Chat

    with context.model.lock:
        if not video.exists():
            raise DataError("the video is gone; upload it again")
        chat = session.chats.get(video)
        if chat is None:
            chat = Chat(context.model.opened())
            chat.show(video)
            session.chats[video] = chat
        return chat.ask(question, hear)


def conversation(session: Session, video: Path | None, last: Line | None = None) -> str:
    """The HTML of what was said about a video, and of what is being said."""
    chat = None if video is None else session.chats.get(video)
    lines = [] if chat is None else [Line(turn.question, turn.answer, turn.note) for turn in chat.current.turns]
    return pages.html("chat.html", turns=[*lines, *([] if last is None else [last])], hint=HINT, saved=_saved(chat))


def _saved(chat: Chat | None) -> str:
    """All that was said as an address that can be saved; "" while that is nothing. It holds no folder of this machine."""
    if chat is None or not chat.current.turns:
        return ""
    lines = [f"**{turn.question}**\n\n{turn.answer}\n" + (f"\n({turn.note})\n" if turn.note else "") for turn in chat.current.turns]
    return "data:text/markdown;base64," + base64.b64encode("\n".join(lines).encode("utf-8", "replace")).decode("ascii")
