"""The page: what the other files here gather, put through the template. Everything foreign is made visible and escaped."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from videostar import shown
from videostar.config import Config, resolved_yaml
from videostar.report.curves import curves
from videostar.report.examples import examples
from videostar.report.overview import cycle_cards, evaluations, facts, kept_by_route, results_of, totals
from videostar.report.quarantine import quarantine
from videostar.report.strips import strips
from videostar.standing import standing
from videostar.store import RunStore


def render(store: RunStore, config: Config) -> str:
    """The HTML of a run."""
    results = results_of(store)
    kept = kept_by_route(store)
    shown_samples = examples(store, config)
    context = {
        "name": store.root.absolute().name,
        "standing": standing(store, config),
        "facts": facts(store, config),
        "config": resolved_yaml(config),
        "results": results,
        "curves": curves(results, kept),
        "cards": cycle_cards(results, kept),
        "totals": totals(results),
        "evaluations": evaluations(store, results),
        "quarantine": quarantine(store),
        "examples": list(zip(shown_samples, strips(store, config, shown_samples), strict=True)),
    }
    return template(_text("report.html")).render(context, style=style())


def style() -> Markup:
    """The style sheet of our pages."""
    return Markup(_text("report.css"))  # noqa: S704 - our own file


def template(text: str) -> jinja2.Template:
    """A page of ours: every value is made visible and escaped, and one that is missing is a fault."""
    environment = jinja2.Environment(
        autoescape=True, finalize=_visible, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(_filters())
    return environment.from_string(text)


def _filters() -> Mapping[str, Any]:
    names = ("count", "percent", "interval", "duration", "kept_of", "total_seconds", "one_line")
    return {name: getattr(shown, name) for name in names}


def _visible(value: Any) -> Any:
    """Foreign text as it may stand in a page; escaping comes after."""
    return shown.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
