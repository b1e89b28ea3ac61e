"""Yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from videostar.labels._commit import cues, stretches
from videostar.labels._label import LabelRecord, decided, undecided
from videostar.labels._merging import Parts
from videostar.labels._negation import HEDGED, statuses
from videostar.labels._scan import SENTENCE_ENDS, Phrasebook, Scan
from videostar.labels._statements import concluding, stated, statements
from videostar.labels._weigh import Reading, Settled, agreed, settle
from videostar.types import Clip, Label, Verdict, Window

_BOOK = Phrasebook(
    {
        "yes": """
            yes | yeah | yep | yup | true | correct | that is correct | that's correct | that's right | indeed | certainly |
            definitely | absolutely | affirmative | i think so |
            i believe so | i would say so | it seems so | probably yes | of course | is right | is accurate | is true |
            is correct | it is | they do |
            it does | they are | he does | she does | he is | she is | there is | there are
            """,
        "no": """
            no | nope | nah | i don't think so | i do not think so | i don't believe so | probably not | likely not | i guess not |
            i'm afraid not | unlikely | not likely | false | incorrect | wrong | untrue | negative | not true | not correct |
            not right | not really |
            not at all | of course not | certainly not | definitely not | absolutely not | is not accurate | inaccurate |
            it is not | it's not | it isn't | they do not | they don't | it does not | it doesn't | they are not | they aren't |
            he does not | he doesn't | she does not | she doesn't | he is not | he isn't | she is not | she isn't | never |
            there is no | there are no | there isn't | there aren't | that's not | that is not | this is not | this isn't | that isn't |
            not the case | isn't the case | is not so | is not true | isn't true | isn't so
            """,
        "skip": """
            no doubt | no longer | no one | no matter | without a doubt | no question | no other | no visible | yes or no |
            yes / no | true or false | correct answer | correct option | wrong answer | true / false | yes and no | no . of |
            correct to say | not yes | not no | no or yes | no / yes | no and yes | {untrue, false, wrong, incorrect} that |
            {it is not, it's not, it isn't, is not, isn't, not} {true that, correct that, right that, the case that}
            """,
    }
)  # fmt: skip
_AFTER_NO = frozenset("the they it he she this there i that a an because not we you it's they're he's she's".split())
_SUBJECTS = frozenset("it it's they he she there that that's this he's she's they're".split())
_COMPARED = (["as"], ["what"], ["than"], ["how"], ["where"], ["like"], ["who"], ["which"], ["because"], ["if"], ["whether"])
_PLAIN = frozenset("yes no yeah yep yup nope nah true false".split())


class BooleanLabel(LabelRecord):
    """Passes when the answer's yes or no equals `value`."""

    kind: Literal["boolean"] = "boolean"
    value: bool

    @property
    def metric(self) -> str:
        """Share of right answers."""
        return "accuracy"

    def format_text(self) -> str:
        """That yes or no is asked for."""
        return "Answer yes or no."

    def answer_text(self) -> str:
        """`yes` or `no`."""
        return "yes" if self.value else "no"

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the answer's yes or no, or what it states about the question's words, with `value`."""
        scan = Scan(answer)
        places = stretches(scan)
        concludes = cues(scan).conclusion or cues(scan).final
        more = concluding(scan, statements(scan, question)) if concludes and not places[-1].marked else []
        found = [_spoken(scan, first, last) for first, last, _ in places]
        settled = agreed([settle(scan, [*spoken, *more] if spoken else [], ignore_status=True) for spoken in found])
        if settled.state == "nothing":
            settled = stated(scan, question)
        if settled.state == "denied":
            settled = _last_no(scan, settled)
        if settled.state == "several":
            return decided(False, 0.0, None, "the answer says both yes and no", settled.span(scan))
        if settled.state != "one":
            return undecided("the answer says neither yes nor no")
        said = settled.readings[-1].value is True
        passes = said == self.value
        return decided(passes, float(passes), said, f"the answer says {'yes' if said else 'no'}", settled.span(scan))

    def window_hint(self, window: Window) -> str:
        """What never happens, happens in no window."""
        return super().window_hint(window) if self.value else self.hint()

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The window's own yes or no."""
        said = self.judge(text, question).extracted
        return "" if said is None else "yes" if said else "no"

    def merged(self, parts: Parts, question: str = "") -> str:
        """Yes where any window says so."""
        said = {self.window_answer(text, question, window) for window, text in parts}
        return next((word for word in ("yes", "no") if word in said), "")

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """The other word."""
        return ["no" if self.value else "yes"][:count]


def _last_no(scan: Scan, settled: Settled) -> Settled:
    """The "no" that ends `Yes... no, actually no.` takes back what was said, and is the answer too."""
    last = settled.readings[-1]
    ends_there = not any(word[0].isalnum() for word in scan.words[last.last :])
    return Settled("one", (last,)) if ends_there and scan.words[last.first] == "no" and len(settled.readings) > 1 else settled


def _spoken(scan: Scan, first: int, last: int) -> list[Reading]:
    """Yes and no words; a plain one at the start of a sentence or after a cue weighs most."""
    found: list[Reading] = []
    words = scan.words
    for phrase in _BOOK.find(words[first:last]):
        if phrase.tag == "skip":
            continue
        at, end = first + phrase.first, first + phrase.last
        starts = at == first or words[at - 1] in SENTENCE_ENDS or words[at - 1] in ("*", '"', ":", ">", "{", "(")
        plain = words[at] in _PLAIN and end - at == 1
        bare = end >= last or not words[end][0].isalnum() or words[end] in _PLAIN
        predicate = at > first and words[at - 1] in ("is", "are", "that's", "it's", "was", "not")
        predicate = predicate or words[at] in ("is", "not") or (words[at] in _SUBJECTS and words[at - 1 : at] not in _COMPARED)
        if words[at] == "no" and plain and not bare and words[end] not in _AFTER_NO:
            continue
        if words[at] in ("that's", "that") and words[end : end + 1] == ["what"]:
            bare = True
        if not (starts and (plain or bare)) and not (bare and (plain or predicate)):
            continue
        if HEDGED in statuses(scan)[max(first, at - 1) : at + 1] or words[end : end + 1] == ["?"]:
            continue
        beside = at > first and words[at - 1] in _PLAIN
        found.append(Reading(phrase.tag == "yes", at, end, 6.0 if starts or beside else 2.0))
    return found
