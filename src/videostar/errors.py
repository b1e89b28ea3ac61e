"""What a user can mend. Anything else is a fault of ours and keeps its traceback.

UserError
 +- ConfigError        the YAML or a key=value after it
 +- DataError          a table, a row, a path in it
 +- CheckpointError    a model folder
 +- RunError           a run directory that does not fit the command
 +- ServerError        a model server that does not answer, or not about what it was asked
 +- MissingExtraError  an optional dependency that is not installed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

SHOWN_PROBLEMS = 20


class UserError(Exception):
    """One or more mistakes, all reported at once. The message says what was wrong, what is allowed and what to do."""

    def __init__(self, *problems: str) -> None:
        self.problems: tuple[str, ...] = problems
        super().__init__(listed(problems))


class ConfigError(UserError):
    """A config file or an override that cannot be used."""


class DataError(UserError):
    """A table of samples that cannot be used."""


class CheckpointError(UserError):
    """A model folder that cannot be loaded."""


class RunError(UserError):
    """A run directory that does not fit what was asked of it."""


class ServerError(UserError):
    """A model server that cannot be used, or not any more; nothing that was answered is lost, and the same command goes on."""


class MissingExtraError(UserError):
    """A command needs an optional dependency; the message carries the install command."""


class OutOfMemoryError(Exception):
    """A model ran out of memory on a batch; the caller halves the batch and goes on. Not a user's mistake."""


def listed(problems: Sequence[str]) -> str:
    """One line for one problem; a counted list, cut after SHOWN_PROBLEMS, for several."""
    if len(problems) == 1:
        return problems[0]
    rows = [f"  - {problem}" for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        rows.append(f"  ... and {len(problems) - SHOWN_PROBLEMS} more")
    return "\n".join([f"{len(problems)} problems:", *rows])


def nearest(word: str, allowed: Iterable[str]) -> str:
    """` (did you mean "x"?)` for the closest allowed word, else ``."""
    found = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f' (did you mean "{found[0]}"?)' if found else ""
