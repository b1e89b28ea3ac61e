"""What the address of the page asks for: a tab, a run, a sample. A browser may ask for anything."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from videostar.app.context import Context

TABS = ("runs", "browse", "chat", "assess", "search")


def asked(request: Any, name: str) -> str:
    """One word of the address behind the question mark, "" where it is not there."""
    return str(request.query_params.get(name, ""))[:2000]


def asked_run(context: Context, request: Any) -> str | None:
    """The run of the address, else the first one."""
    name = asked(request, "run")
    return name if name in context.runs else next(iter(context.runs), None)


def asked_tab(context: Context, request: Any) -> str:
    """The tab of the address, else what there is something to see in."""
    name = asked(request, "tab")
    if name in TABS:
        return name
    if asked(request, "sample"):
        return "browse"
    return "runs" if context.runs or not context.indexes else "search"


def address_of(run: str, sample: str) -> str:
    """The address that leads to one sample."""
    return f"./?{urlencode({'tab': 'browse', 'run': run, 'sample': sample}, errors='surrogatepass')}"
