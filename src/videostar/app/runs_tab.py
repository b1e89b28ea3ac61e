"""Runs: how far a run is, what its cycles gave, where its samples went, what it cost; redrawn while it goes on."""

from __future__ import annotations

import gradio as gr

from videostar.app import pages
from videostar.app.arrival import asked_run
from videostar.app.boundary import attempt
from videostar.app.context import Context
from videostar.app.watching import Watching

EVERY_SECONDS = 2.0
NO_RUN = "No run is open here. Start the app with one: videostar app RUN. `videostar demo` makes one in minutes."


def runs_tab(context: Context, page: gr.Blocks) -> None:
    """The tab's blocks and what they do."""
    watching = Watching()
    names = list(context.runs)
    chosen = gr.Dropdown(names, value=names[0] if names else None, label="run", visible=len(names) > 1, elem_id="runs-run")
    seen = gr.HTML(elem_id="runs-page", apply_default_css=False)
    told = gr.State("")
    timer = gr.Timer(EVERY_SECONDS, active=False)

    def look(name: str | None, before: str) -> tuple[object, object, object]:
        """The page, where it is another than the browser has; a run that has ended is not looked at again."""
        now, trouble = attempt(lambda: watching.look(*context.run(name)) if name else None)
        drawn = trouble or (pages.message(NO_RUN) if now is None else now.page)
        goes_on = gr.Timer(active=now is not None and not now.is_over)
        return (gr.skip(), gr.skip(), gr.skip()) if drawn == before else (drawn, drawn, goes_on)

    def arrive(request: gr.Request) -> tuple[object, object, object, object]:
        name = asked_run(context, request)
        return (name, *look(name, ""))

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    timer.tick(look, [chosen, told], [seen, told, timer], **quiet)
    chosen.input(look, [chosen, told], [seen, told, timer], **quiet)
    page.load(arrive, None, [chosen, seen, told, timer], **quiet)
