"""Texts as trainers may tokenize them: what looks like a control token in a question, a label or an answer is broken up.

Trainers look for placeholders such as `<video>` and control tokens such as `<|im_end|>` in the very text of a row; one that a
caption or a model happens to hold would move the video, end the turn early or make the row unreadable.
"""

from __future__ import annotations

import re

VIDEO = "<video>"
_CONTROL = re.compile(
    r"<(?=\||/?(?:s|bos|eos|pad|unk|mask|image|images|img|video|videos|audio|audios|speech|bbox|ref-object|cot-process|start-image"
    r"|start_of_turn|end_of_turn|start_of_image|end_of_image|image_soft_token|fim_\w{1,10}"
    r"|image_pad|video_pad|vision_start|vision_end|box|quad|ref|obj|point)\b[^<>\n]{0,40}>)|\[(?=/?(?:INST|SYS)\])",
    re.IGNORECASE,
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """The text with a blank put into everything that a tokenizer or a loader may take for a control token: `< video>`.

    Lone surrogates, which UTF-8 cannot hold, become U+FFFD.
    """
    return _SURROGATES.sub("\ufffd", _CONTROL.sub(lambda found: f"{found.group()} ", text))


def encodable(text: str) -> bool:
    """Whether UTF-8 can hold the text; names of files on disk need not be UTF-8."""
    return _SURROGATES.search(text) is None
