"""The page: what the other files here gather, put through the template. Everything foreign is made visible and escaped."""

from __future__ import annotations

from importlib.resources import files

import jinja2
from markupsafe import Markup

from videostar.config import Config, resolved_yaml
from videostar.report.curves import curves
from videostar.report.escaping import environment
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
    return environment().from_string(text)


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
