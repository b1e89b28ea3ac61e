"""What keeps a rationalized answer out although it names the right label: the explanation must come from the video.

Telling a model to ignore the answer that it was given backfires, so the text is checked instead. Every check is a sign, not a
proof: an explanation that refers to nothing and is still untrue passes. Pure; linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from videostar.steps.answer_checks import words
from videostar.types import Clip, Sample

MIN_OWN_WORDS = 5
"""An explanation has at least this many different words that are neither the label's, the question's nor plain grammar."""
MIN_OBSERVED_WORDS = 2
"""So many own words before the label are an observation."""
OPENING_SENTENCES = 6

_GIVEN = r"(?:given|provided|supplied|expected|stated|specified|reference|gold)"
_THING = r"(?:answer|label|annotation|solution)"
# A label can be a thing in the video, and an answer can be somebody's in it.
_NOT_IN_VIDEO = (
    r"(?!\s+(?:(?:given\s+|provided\s+)?by|on|onto|of|at|to|from|sheet|key|button|box)\b"
    r"|\s+in\s+(?:the|this)\s+(?:video|clip|scene|caption|subtitles?)\b)"
)
_ASKED = r"(?:the|your|this)\s+(?:question|prompt|answer|label|hint|instructions?|user)"
_TOLD = re.compile(
    r"\b(?:"
    r"ground[\s-]?truth"
    r"|(?:the|your|this|that)\s+(?:(?:given|provided)\s+)?hint(?!\s+of\b)|as\s+hinted"
    rf"|(?:the|your|this|that)\s+{_GIVEN}\s+(?:correct\s+|right\s+)?{_THING}{_NOT_IN_VIDEO}"
    rf"|{_THING}\s+(?:(?:is|was|that\s+was|has\s+been|have\s+been|i\s+was|we\s+were|we\s+are)\s+)(?:already\s+)?"
    rf"(?:given|provided|told|supplied|stated|specified|known){_NOT_IN_VIDEO}"
    r"|(?:i|we)\s+(?:was|were|am|are|have\s+been|had\s+been)\s+(?:already\s+)?(?:told|informed|instructed)(?!\s+by\b)"
    rf"|(?:i|we)\s+(?:was|were|am|are|have\s+been|had\s+been)\s+(?:already\s+)?(?:given|provided(?:\s+with)?|shown)\s+"
    rf"(?:the|an?|that\s+the)\s+(?:correct\s+|right\s+)?{_THING}{_NOT_IN_VIDEO}"
    r"|you\s+(?:have\s+)?(?:told|informed)\s+(?:me|us)"
    rf"|you\s+(?:have\s+)?(?:gave|given|provided|supplied|stated)\s+(?:me\s+|us\s+)?(?:the\s+|an\s+)?{_THING}"
    r"|as\s+you\s+(?:said|stated|mentioned|indicated|told)"
    rf"|as\s+(?:given|provided|told|instructed)(?=\s*[,.;:)]|\s*$|\s+(?:in|by)\s+{_ASKED})"
    rf"|as\s+(?:stated|mentioned|indicated|specified)\s+(?:in|by)\s+{_ASKED}"
    rf"|(?:according\s+to|based\s+on|given|knowing|as\s+per|following)\s+(?:the|your)\s+(?:correct\s+|right\s+|{_GIVEN}\s+)?"
    rf"(?:answer|label|hint|annotation|prompt){_NOT_IN_VIDEO}"
    r"|according\s+to\s+(?:the|your)\s+question"
    rf"|(?:know|knowing)\s+(?:that\s+)?the\s+(?:correct\s+|right\s+)?{_THING}\s+(?:is|was|to\s+be)"
    r"|already\s+know\s+(?:that\s+)?the\s+(?:correct\s+|right\s+)?answer"
    rf"|(?:justify|rationali[sz]e)\s+(?:the|this|that)\s+(?:correct\s+)?{_THING}"
    r"|explain\s+why\s+(?:the|this|that)\s+(?:correct\s+|right\s+)?answer\s+is"
    r"|(?:since|because|as|given\s+that)\s+the\s+(?:correct|right|true)\s+answer\s+(?:is|was)"
    r"|(?:the|your)\s+(?:question|prompt)\s+(?:says|states|tells|gives|mentions|indicates)\s+(?:us\s+|me\s+)?(?:that\s+)?the\s+"
    r"(?:correct\s+|right\s+)?answer"
    r")"
    r"|(?:^|[.!?,;:]\s|\b(?:since|because|as|that)\s)\s?(?:the|this)\s+(?:video|clip|sample|footage|action|activity)\s+"
    r"(?:is|was|has\s+been)\s+(?:labell?ed|annotated|tagged)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"[^"]*"|“[^“”]*”')
_SENTENCE = re.compile(r"[^.!?\u3002\uff01\uff1f\n]+(?:[.!?](?=[\w.!?])[^.!?\u3002\uff01\uff1f\n]*)*[.!?\u3002\uff01\uff1f]*")
_MARK = re.compile(r"^[\s*#>-]*(?:step\s+\w+\s*[:.)-]|\d+\s*[.:)](?!\d)|(?:explanation|reasoning|observations?)\s*:)?[\s*]*", re.IGNORECASE)
_ANSWERS = re.compile(r"\banswer\b", re.IGNORECASE)
"""A sentence that says more than the label asserts it only with this word: "a diver in red faces the water" is what is seen."""
_SEES = re.compile(r"(?:i|we)\s+(?:can\s+)?(?:see|observe|notice)\b", re.IGNORECASE)
_GRAMMAR = frozenset(
    """a an the is are was were be been being it its this that these those there here and or but so then of in on at to from for with
    by as answer correct right therefore thus hence because since video clip footage frame frames scene shown shows show showing we
    us can see seen i me my he she they his her their do does did doing what which who how when where why not no yes let lets think
    step steps first now based clear clearly evident obvious obviously seems appears indeed following explain
    explanation if you your will would has have had""".split()
)


def leak(text: str, sample: Sample) -> str:
    """The words that refer to having been told the label, or that copy the hint; "" when there are none. What is quoted is left out."""
    plain = " ".join(text.split())
    hint = sample.label.hint()
    head = " ".join(hint[: hint.rfind(sample.label.answer_text())].split())
    if len(head.split()) > 1 and head.lower() in plain.lower():
        return head
    found = _TOLD.search(_QUOTED.sub('""', plain))
    return found.group(0).strip() if found else ""


def own_words(text: str, sample: Sample) -> int:
    """How many different words of the text are neither the label's, the question's nor plain grammar."""
    return len(_content(text, sample))


def parrot(text: str, sample: Sample) -> bool:
    """Whether the text says little beyond label and question."""
    return own_words(text, sample) < MIN_OWN_WORDS


def label_first(text: str, sample: Sample, clip: Clip = Clip()) -> bool:
    """Whether the label is asserted before anything that was observed: "The answer is yoga. The woman bends forward."."""
    observed: frozenset[str] = frozenset()
    for sentence in _opening(text):
        own = _content(sentence, sample)
        if _ANSWERS.search(sentence) or (len(own) < MIN_OBSERVED_WORDS and not _SEES.match(sentence)):
            verdict = sample.label.judge(sentence, sample.question, clip)
            if verdict.outcome == "pass":
                start = verdict.span[0] if verdict.span else 0
                return len(observed | _content(sentence[:start], sample)) < MIN_OBSERVED_WORDS
        observed |= own
        if len(observed) >= MIN_OBSERVED_WORDS:
            return False
    return False


def _content(text: str, sample: Sample) -> frozenset[str]:
    borrowed = words(f"{sample.label.answer_text()} {sample.question} {sample.label.format_text()}")
    return frozenset(words(text)) - frozenset(borrowed) - _GRAMMAR


def _opening(text: str) -> Iterator[str]:
    """The first sentences, without list marks and headings."""
    count = 0
    for found in _SENTENCE.finditer(text):
        sentence = _MARK.sub("", found.group(), count=1).strip()
        if not sentence:
            continue
        yield sentence
        count += 1
        if count == OPENING_SENTENCES:
            return
