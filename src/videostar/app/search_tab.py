"""Search: words -> videos and moments of an index; a click on a moment and the player jumps there."""

from __future__ import annotations

from typing import Any

import gradio as gr

from videostar.app import pages
from videostar.app.boundary import attempt
from videostar.app.context import Context
from videostar.app.finding import PLAYER, filters_of, found
from videostar.people.search import LONGEST_QUERY

NO_INDEX = "No index is open here. `videostar index VIDEOS --out FILE` makes one; videostar app --index FILE --videos FOLDER opens it."
HINT = 'Say what you look for; "words in quotes" must stand together. A click on a time makes the player jump there.'


def search_tab(context: Context, page: gr.Blocks, tab: gr.Tab) -> None:
    """The tab's blocks and what they do."""
    names = list(context.indexes)
    if not names:
        gr.HTML(pages.message(NO_INDEX), apply_default_css=False)
        return
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            index = gr.Dropdown(names, value=names[0], label="index", visible=len(names) > 1, elem_id="search-index")
            query = gr.Textbox(label="what to look for", placeholder="a big splash", max_length=LONGEST_QUERY, elem_id="search-query")
            start = gr.Button("Search", variant="primary", elem_id="search-start")
            with gr.Accordion("filters", open=False, elem_id="search-filters"):
                labels = gr.Dropdown(
                    [], value=[], multiselect=True, allow_custom_value=True, label="only with these labels", elem_id="search-labels"
                )
                with gr.Row():
                    scored = gr.Textbox(
                        label="only with a score", placeholder="its name", max_length=200, min_width=100, elem_id="search-scored"
                    )
                    low = gr.Number(None, label="from", min_width=80, elem_id="search-low")
                    high = gr.Number(None, label="to", min_width=80, elem_id="search-high")
                path = gr.Textbox(label="only where the path holds", max_length=500, elem_id="search-path")
            told = gr.HTML(elem_id="search-told", apply_default_css=False)
            hits = gr.HTML(pages.message(HINT), elem_id="search-hits", apply_default_css=False)
        with gr.Column(scale=2, min_width=280):
            gr.HTML(pages.html("jumping.html", words="A click on a time plays here."), elem_id=PLAYER, apply_default_css=False)

    def look(index_name: str | None, words: str, chosen: list[str], *ranges: Any) -> tuple[Any, Any, Any]:
        result, trouble = attempt(lambda: found(context, index_name or "", words or "", filters_of(chosen, *ranges)))
        if result is None:
            return gr.skip(), trouble, gr.skip()
        drawn, known = result
        return drawn, "", gr.update(choices=sorted({*known, *(chosen or [])}))

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asked = [index, query, labels, scored, low, high, path]
    gr.on([start.click, query.submit, labels.input], look, asked, [hits, told, labels], **quiet)
    page.load(look, asked, [hits, told, labels], **quiet)
    tab.select(look, asked, [hits, told, labels], **quiet)
