"""The one place where a fault of the work behind a click ends: a person sees a message, and the app lives on."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

from videostar import shown
from videostar.app import pages
from videostar.errors import UserError

T = TypeVar("T")
LONGEST_MESSAGE = 600


def attempt(work: Callable[[], T]) -> tuple[T | None, str]:
    """(what the work gives, ""), or (None, a message as HTML). A fault that no user can mend is printed with its traceback, too."""
    try:
        return work(), ""
    except Exception as error:  # noqa: BLE001 - the boundary of a click: whatever went wrong, the app goes on
        return None, trouble(error)


def trouble(error: BaseException) -> str:
    """What a person is told of an error, as HTML."""
    if isinstance(error, UserError):
        return pages.message(str(error)[:LONGEST_MESSAGE], bad=True)
    traceback.print_exception(error, file=sys.stderr)
    told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return pages.message(f"this did not work: {shown.one_line(told, 300)}; the app goes on, its terminal shows more", bad=True)
