"""Chat: upload a video, ask, and ask on; the answer comes word by word beside the player."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from videostar.app import picking
from videostar.app.boundary import attempt
from videostar.app.context import Context
from videostar.app.sessions import Session
from videostar.app.talking import LONGEST_QUESTION, conversation, talk


def chat_tab(context: Context, tab: gr.Tab) -> None:
    """The tab's blocks and what they do."""
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            picker = picking.picker(context, "chat")
        with gr.Column(scale=3, min_width=320):
            said = gr.HTML(conversation(Session(""), None), elem_id="chat-said", apply_default_css=False)
            question = gr.Textbox(
                label="question", placeholder="What happens in the video?", max_length=LONGEST_QUESTION, elem_id="chat-question"
            )
            with gr.Row():
                ask = gr.Button("Ask", variant="primary", scale=3, elem_id="chat-ask")
                anew = gr.Button("Begin anew", scale=1, elem_id="chat-anew")

    def history(name: str | None, request: gr.Request) -> str:
        session = context.sessions.of(str(request.session_hash))
        return conversation(session, session.videos.get(name or ""))

    def answer(words: str, name: str | None, request: gr.Request) -> Iterator[tuple[Any, Any, Any]]:
        session = context.sessions.of(str(request.session_hash))
        video, trouble = attempt(lambda: picking.video_of(session, name))
        if video is None or not words.strip():
            yield gr.skip(), trouble, gr.skip()
            return
        cleared: Any = ""
        for told, message in talk(context, session, video, words):
            yield told, message, cleared
            cleared = gr.skip()

    def forget(name: str | None, request: gr.Request) -> str:
        session = context.sessions.of(str(request.session_hash))
        video = session.videos.get(name or "")
        if video is not None:
            session.chats.pop(video, None)
        return conversation(session, video)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    gr.on([ask.click, question.submit], answer, [question, picker.chosen], [said, picker.told, question], **quiet)
    anew.click(forget, [picker.chosen], [said], **quiet)
    for event in picking.wire(context, picker):
        event.then(history, [picker.chosen], [said], **quiet)
    picking.again(context, picker, tab)
    tab.select(history, [picker.chosen], [said], **quiet)
