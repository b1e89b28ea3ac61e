"""Assess: a performance by a rubric; values, reasons, and faults whose times make the player jump."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from videostar.app import pages, picking
from videostar.app.boundary import attempt, trouble
from videostar.app.context import Context
from videostar.app.streaming import spoken
from videostar.people.assessment import Assessment

HINT = "Upload a performance and choose a rubric. Rubrics of your own: videostar app --rubric FILE.yaml."


def assess_tab(context: Context, tab: gr.Tab) -> None:
    """The tab's blocks and what they do."""
    names = list(context.rubrics)
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            picker = picking.picker(context, "assess")
            rubric = gr.Dropdown(names, value=names[0] if names else None, label="rubric", elem_id="assess-rubric")
            reasons = gr.Checkbox(value=True, label="ask for reasons (slower)", elem_id="assess-reasons")
            start = gr.Button("Assess", variant="primary", elem_id="assess-start")
        with gr.Column(scale=3, min_width=320):
            found = gr.HTML(pages.message(HINT), elem_id="assess-found", apply_default_css=False)

    def assess(name: str | None, by: str | None, explained: bool, request: gr.Request) -> Iterator[tuple[Any, Any]]:
        session = context.sessions.of(str(request.session_hash))
        asked, problem = attempt(lambda: (picking.video_of(session, name), context.rubric(by or "")))
        if asked is None:
            yield gr.skip(), problem
            return
        video, form = asked
        yield pages.message("assessing; each question is answered several times"), ""

        def work(_: object) -> Assessment:
            from videostar.people.assessor import Assessor

            with context.model.lock:
                return Assessor(context.model.opened(), form).one(video, reasons=bool(explained))[0]

        for said in spoken(work):
            if said.error is not None:
                yield pages.message(HINT), trouble(said.error)
            elif said.result is not None:
                yield assessed(said.result, "assess-player"), ""

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    start.click(assess, [picker.chosen, rubric, reasons], [found, picker.told], **quiet)
    picking.wire(context, picker)
    picking.again(context, picker, tab)


def assessed(found: Assessment, player: str) -> str:
    """An assessment as HTML. player: the id of the block whose video jumps to a fault."""
    return pages.html("assess.html", found=found, player=player, said=set())
