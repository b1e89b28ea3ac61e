"""What keeps a rationalized answer out although it names the right label: the explanation must come from the video.

Telling a model to ignore the answer that it was given backfires, so the text is checked instead.
"""

from __future__ import annotations

import re

from videostar.types import Sample

MIN_OWN_WORDS = 5
"""An explanation has at least this many different words that are neither the label's, the question's nor plain grammar."""

_TOLD = re.compile(
    r"\b(?:(?:correct|right|given|provided|expected|reference|stated|supplied|true)\s+(?:answer|label|solution|response)"
    r"|ground[\s-]truth|(?:the|your|this)\s+hint|(?:answer|label)\s+(?:is|was|that\s+was|has\s+been)\s+(?:given|provided|told|supplied|stated)"
    r"|(?:i\s+(?:was|am|have\s+been)|you(?:\s+have)?)\s+(?:told|given|provided|informed)|(?:as|since|because)\s+(?:stated|given|provided|told)\b"
    r"|according\s+to\s+the\s+(?:answer|label|hint|prompt|question))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9]+")
_GRAMMAR = frozenset(
    """a an the is are was were be been it its this that these those there here and or but so then of in on at to from for with
    by as answer therefore thus hence because since video clip shown shows show we can see seen i he she they his her their do
    does did what which who how when where why not no yes""".split()
)


def leak(text: str, sample: Sample) -> str:
    """The words that refer to having been told the label, or repeat the hint; "" when there are none."""
    plain = " ".join(text.split())
    hint = " ".join(sample.label.hint().split())
    if hint and hint.lower() in plain.lower():
        return hint
    found = _TOLD.search(plain)
    return found.group(0) if found else ""


def own_words(text: str, sample: Sample) -> int:
    """How many different words of the text are neither the label's, the question's nor plain grammar."""
    borrowed = _words(f"{sample.label.answer_text()} {sample.question} {sample.label.format_text()}")
    return len(_words(text) - borrowed - _GRAMMAR)


def parrot(text: str, sample: Sample) -> bool:
    """Whether the text says little beyond label and question."""
    return own_words(text, sample) < MIN_OWN_WORDS


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
