"""The one environment that pages are made in: what is foreign is made visible and escaped, and a value that is missing is a fault."""

from __future__ import annotations

from typing import Any

import jinja2
from markupsafe import Markup

from videostar import shown

FILTERS = ("count", "percent", "interval", "duration", "kept_of", "total_seconds", "one_line")
"""Of `videostar.shown`, in every page by the same names."""


def environment(loader: jinja2.BaseLoader | None = None) -> jinja2.Environment:
    """A new one, to which a page may add filters of its own."""
    made = jinja2.Environment(
        loader=loader, autoescape=True, finalize=_visible, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update({name: getattr(shown, name) for name in FILTERS})
    return made


def _visible(value: Any) -> Any:
    """Foreign text as it may stand in a page; escaping comes after."""
    return shown.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
