"""Where a model is served: at a given address, or by a process that is started for each checkpoint (`managed.py`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from videostar.errors import ServerError
from videostar.models.endpoint import Endpoint, Failure
from videostar.server_config import ModelServerConfig

MOST_LIST_BYTES = 4 << 20
CHECKPOINT = "{checkpoint}"


@dataclass(frozen=True, slots=True)
class Address:
    """url: such as http://localhost:8000/v1. model: as the server names it."""

    url: str
    model: str


class Host(Protocol):
    """Something that serves one checkpoint."""

    def open(self) -> Address:
        """Where it is served, once it answers there. Raises `ServerError`, in bounded time."""

    def ended(self) -> str:
        """Why it is known not to serve any more, with what it last wrote; "" as long as it may."""

    def close(self) -> None:
        """Nothing is asked any more; the next `open` starts again."""


class FixedHost:
    """A server that somebody else has started. base: the checkpoint that it is taken to serve without being asked."""

    def __init__(self, settings: ModelServerConfig, checkpoint: str, base: str) -> None:
        self._settings = settings
        self._checkpoint = checkpoint
        self._base = base

    def open(self) -> Address:
        """The configured address. A later cycle's checkpoint must be among the models that the server lists."""
        url, model = str(self._settings.url), self._settings.model
        if model is not None and CHECKPOINT in model:
            return Address(url, model.replace(CHECKPOINT, resolved(self._checkpoint)))
        if self._checkpoint == self._base:
            return Address(url, model or self._checkpoint)
        names = [name for name, place in self._listed() if resolved(self._checkpoint) in {name, place}]
        if not names:
            raise ServerError(
                f"the next answers are to come from {resolved(self._checkpoint)}, which the server at {url} does not list as one of its "
                "models. Serve that folder at the same address, and the same command goes on from here; or set "
                "`model.engine: managed`, which starts a server for every checkpoint by itself (docs/servers.md)"
            )
        return Address(url, names[0])

    def ended(self) -> str:
        """Not known of a process that is not ours."""
        return ""

    def close(self) -> None:
        """Nothing to end."""

    def _listed(self) -> Iterator[tuple[str, str]]:
        """(name, folder) of every model that the server lists; vLLM names the folder as `root`."""
        said = Endpoint(self._settings, "models", MOST_LIST_BYTES, 1.0).call(None)
        if isinstance(said, Failure):
            why = f"the server at {self._settings.url} does not say which models it has: {said.message}"
            raise ServerError(f"{why}; the same command goes on once it does")
        try:
            rows: Any = json.loads(said)["data"]
            yield from [(str(row["id"]), str(row.get("root") or "")) for row in rows]
        except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
            raise ServerError(f"{self._settings.url}/models is no list of models; is `server.url` right? It mostly ends in /v1") from None


def resolved(checkpoint: str) -> str:
    """The absolute path of a local folder; a hub name stays what it is."""
    path = Path(checkpoint).expanduser()
    return str(path.resolve()) if path.is_dir() else checkpoint
