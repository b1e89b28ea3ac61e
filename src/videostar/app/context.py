"""What the app was started with, and what its tabs share."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from videostar.app.media import Media
from videostar.app.sessions import Sessions
from videostar.app.uploads import Uploads
from videostar.config import Config
from videostar.errors import DataError, RunError, UserError
from videostar.ports import Decoding, Request
from videostar.store import read_config
from videostar.types import Message

if TYPE_CHECKING:
    from videostar.people.opening import Opened
    from videostar.people.rubric import Rubric
    from videostar.ports import Embedder

WARM_BYTES = 256 << 20
"""A checkpoint up to this size is opened before anybody asks; a larger one would take memory from a run that may be going on."""


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
        if self._opened is not None:
            return self._opened.origin
        return "the embedded tiny checkpoint" if self._named is None else str(self._named)

    def opened(self) -> Opened:
        """The model, ready to be asked. Raises `UserError` where it cannot be opened. Call it with the lock held."""
        if self._opened is None:
            from videostar.people.opening import opened

            self._opened = opened(self._named)
        return self._opened

    def warm(self) -> None:
        """Open a small model, so that the first question need not wait. One that cannot be opened is told of when it is asked."""
        from videostar.people.opening import checkpoint_of

        with self.lock:
            try:
                folder = Path(checkpoint_of(self._named))
                weights = sum(path.stat().st_size for path in folder.glob("*.safetensors")) if folder.is_dir() else WARM_BYTES + 1
                if weights <= WARM_BYTES:
                    # One token without a video: libraries and weights are loaded by the first question, not by opening.
                    asked = Request("warm", (Message("user", "?"),), None, (1,))
                    self.opened().model.answer([asked], Decoding(0.0, 1.0, 1))
            except (UserError, OSError):
                return

    def close(self) -> None:
        """End what was started."""
        if self._opened is not None:
            self._opened.close()


@dataclass(frozen=True, slots=True)
class Context:
    """What the app was started with, by the names that people choose from. rubrics: files, or names of those that come along.

    embedder: the folder of a text encoder for searches, None without one.
    """

    runs: Mapping[str, Path]
    media: Media
    uploads: Uploads
    model: SharedModel
    sessions: Sessions
    indexes: Mapping[str, Path] = field(default_factory=dict)
    rubrics: Mapping[str, str | Path] = field(default_factory=dict)
    embedder: Path | None = None
    kept: dict[str, object] = field(default_factory=dict)
    """What was read once and does not change: configs of runs, the embedder."""

    def run(self, name: str) -> tuple[Path, Config]:
        """A run by its name, which a browser sent. Raises `RunError` for a name that is not among the runs."""
        if name not in self.runs:
            raise RunError("this run is not open here; choose one from the list")
        config = self.kept.get(f"config {name}")
        if not isinstance(config, Config):
            config = self.kept[f"config {name}"] = read_config(self.runs[name])
        return self.runs[name], config

    def index(self, name: str) -> Path:
        """An index by its name, which a browser sent. Raises `DataError` for a name that is not among the indexes."""
        if name not in self.indexes:
            raise DataError("this index is not open here; choose one from the list")
        return self.indexes[name]

    def rubric(self, name: str) -> Rubric:
        """A rubric by its name, which a browser sent. Raises `UserError` for another name, or a file with mistakes."""
        from videostar.people.rubric import read_rubric

        if name not in self.rubrics:
            raise DataError("this rubric is not open here; choose one from the list")
        return read_rubric(self.rubrics[name])

    def text_encoder(self) -> Embedder | None:
        """What finds other words of the same meaning, where it was asked for."""
        if self.embedder is None:
            return None
        found = self.kept.get("embedder")
        if found is None:
            from videostar import checkpoints
            from videostar.models.text_encoder import TextEncoder

            checkpoints.check_text_encoder(str(self.embedder))
            found = self.kept["embedder"] = TextEncoder(self.embedder)
        return found  # type: ignore[return-value]  # only put there above
