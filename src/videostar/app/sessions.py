"""What each open page has of its own: its videos and what was said about them. No page sees another's."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from videostar import shown

if TYPE_CHECKING:
    from videostar.people.chat import Chat

MOST_SESSIONS = 200


@dataclass(slots=True)
class Session:
    """One page. videos: by name, as a person sees it, the last one newest. chats: one per video; lock: held while one is asked."""

    name: str
    videos: dict[str, Path] = field(default_factory=dict)
    chats: dict[Path, Chat] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, video: Path) -> str:
        """Take a video in; gives the name that it is called by, which no other one here has."""
        for known, path in self.videos.items():
            if path == video:
                return known
        plain = shown.one_line(name, 80) or "video"
        free = next(told for number in range(1, 1000) if (told := plain if number == 1 else f"{plain} ({number})") not in self.videos)
        self.videos[free] = video
        return free

    def tidy(self) -> None:
        """Drop what belongs to videos that are gone."""
        self.videos = {name: path for name, path in self.videos.items() if path.exists()}
        kept = set(self.videos.values())
        self.chats = {path: chat for path, chat in self.chats.items() if path in kept}


class Sessions:
    """All pages that are open. ended: told the name of a page that is forgotten. Safe to use from several threads."""

    def __init__(self, ended: Callable[[str], None]) -> None:
        self._ended = ended
        self._known: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, name: str) -> Session:
        """The page of that name, made where it is new; the one unused for longest makes room for it."""
        with self._lock:
            session = self._known.pop(name, None) or Session(name)
            self._known[name] = session
            too_many = [self._known.popitem(last=False)[0] for _ in range(len(self._known) - MOST_SESSIONS)]
        for old in too_many:
            self._ended(old)
        return session

    def forget(self, name: str) -> None:
        """The page is closed."""
        with self._lock:
            known = self._known.pop(name, None)
        if known is not None:
            self._ended(name)
