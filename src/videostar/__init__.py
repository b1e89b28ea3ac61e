"""Turn any labelled video collection into a video-language model that explains its answers.

For programs: `vs.load(...)` opens a model, `vs.run(...)` runs the loop; see `videostar.api`. Importing this loads no model library.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from videostar.api import Model as Model
    from videostar.api import UserError as UserError
    from videostar.api import load as load
    from videostar.api import run as run

__version__ = "0.1.0"
__all__ = ["Model", "UserError", "load", "run"]  # `search` joins them with the index of collections


def __getattr__(name: str) -> Any:
    """The public names, fetched when they are first used."""
    if name in __all__:
        return getattr(importlib.import_module("videostar.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
