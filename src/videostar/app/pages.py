"""HTML of the app, from templates: everything foreign is made visible and escaped, in the one place where HTML is made."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from videostar import shown
from videostar.people.assessment import number
from videostar.people.assessment_text import told_interval, told_scale, told_value, unsaid
from videostar.people.moments import clock, span


def html(template: str, **values: Any) -> str:
    """A template of this folder, filled in. No text in `values` becomes markup."""
    return _environment().get_template(template).render(**values)


def text(name: str) -> str:
    """One of our own files."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def message(words: str, bad: bool = False) -> str:
    """A line for a person."""
    return html("message.html", words=words, bad=bad)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=True,
        finalize=_visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(text),
    )
    names = ("count", "percent", "interval", "duration", "kept_of", "total_seconds", "one_line")
    environment.filters.update({name: getattr(shown, name) for name in names})
    environment.filters.update(number=number, clock=clock, told_interval=told_interval, told_scale=told_scale, told_value=told_value)
    environment.filters["unsaid"] = unsaid
    environment.globals["span"] = span
    return environment


def _visible(value: Any) -> Any:
    return shown.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
