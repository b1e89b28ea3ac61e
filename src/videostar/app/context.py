"""What a tab is given, and what a tab is: a function that builds its blocks from it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from videostar.app.media import Media
from videostar.app.uploads import Uploads
from videostar.config import Config
from videostar.store import read_config

if TYPE_CHECKING:
    from videostar.people.opening import Opened


class SharedModel:
    """One model for all tabs and sessions, opened when it is first asked. named: as `videostar chat --model` takes it."""

    def __init__(self, named: str | Path | None) -> None:
        self._named = named
        self._opened: Opened | None = None
        self.lock = threading.Lock()
        """Held while the model is at work: it answers one person at a time."""

    @property
    def named(self) -> str:
        """What a person calls it."""
        return "the embedded tiny checkpoint" if self._named is None else str(self._named)

    def opened(self) -> Opened:
        """The model, ready to be asked. Raises `UserError` where it cannot be opened. Call it with the lock held."""
        if self._opened is None:
            from videostar.people.opening import opened

            self._opened = opened(self._named)
        return self._opened

    def close(self) -> None:
        """End what was started."""
        if self._opened is not None:
            self._opened.close()


@dataclass(frozen=True, slots=True)
class Context:
    """What the app was started with. runs: by the names that people choose from. index: of a collection, None where none was named."""

    runs: Mapping[str, Path]
    media: Media
    uploads: Uploads
    model: SharedModel
    index: Path | None = None
    configs: dict[str, Config] = field(default_factory=dict)

    def run(self, name: str) -> tuple[Path, Config]:
        """A run by its name, which a browser sent. Raises `RunError` for a name that is not among the runs."""
        from videostar.errors import RunError

        if name not in self.runs:
            raise RunError("this run is not open here; choose one from the list")
        if name not in self.configs:
            self.configs[name] = read_config(self.runs[name])
        return self.runs[name], self.configs[name]


Tab: TypeAlias = Callable[[Context], None]
"""Called within the app's blocks, in a tab of its own."""
