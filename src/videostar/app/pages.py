"""HTML of the app, from templates: everything foreign is made visible and escaped, in the one place where HTML is made."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from videostar.people.assessment import number
from videostar.people.assessment_text import told_interval, told_scale, told_value, unsaid
from videostar.people.moments import clock, span
from videostar.report.escaping import environment


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
    made = environment(jinja2.FunctionLoader(text))
    made.filters.update(number=number, clock=clock, told_interval=told_interval, told_scale=told_scale, told_value=told_value)
    made.filters["unsaid"] = unsaid
    made.globals["span"] = span
    return made
