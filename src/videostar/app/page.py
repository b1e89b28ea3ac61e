"""The page: five tabs, our style, no font, script or picture from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from videostar.app import pages
from videostar.app.arrival import asked_tab
from videostar.app.assess_tab import assess_tab
from videostar.app.browse_tab import BrowseTab
from videostar.app.chat_tab import chat_tab
from videostar.app.context import Context
from videostar.app.runs_tab import runs_tab
from videostar.app.search_tab import search_tab

FONT = ("system-ui", "sans-serif")
MONO = ("ui-monospace", "monospace")


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks, and what the framework wants to be told when they are mounted."""

    blocks: gr.Blocks
    looks: dict[str, Any]


def page(context: Context) -> Page:
    """All tabs for a context."""
    with gr.Blocks(title="videostar", analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(pages.html("top.html", model=context.model.named), elem_id="top", apply_default_css=False)
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as tabs:
            with gr.Tab("Runs", id="runs"):
                runs_tab(context, blocks)
            with gr.Tab("Browse", id="browse") as browse:
                tab = BrowseTab(context)
                tab.wire(blocks, browse)
            with gr.Tab("Chat", id="chat") as chat:
                chat_tab(context, chat)
            with gr.Tab("Assess", id="assess") as assess:
                assess_tab(context, assess)
            with gr.Tab("Search", id="search") as search:
                search_tab(context, blocks, search)

        def arrive(request: gr.Request) -> Any:
            return gr.Tabs(selected=asked_tab(context, request))

        def leave(request: gr.Request) -> None:
            context.sessions.forget(str(request.session_hash))

        blocks.load(arrive, None, [tabs], show_progress="hidden", api_visibility="private")
        blocks.unload(leave)
    blocks.queue(api_open=False, max_size=256, default_concurrency_limit=16)
    theme = gr.themes.Default(primary_hue="blue", font=FONT, font_mono=MONO)
    return Page(blocks, {"theme": theme, "css": pages.text("app.css"), "head": f"<script>{pages.text('page.js')}</script>"})
