"""Which words of a text are asserted, and which are denied, guessed at, or set aside."""

from __future__ import annotations

from videostar.labels._scan import Phrasebook, Scan

ASSERTED, HEDGED, DENIED = 0, 1, 2

_BOOK = Phrasebook(
    {
        "not": """
            not | no | never | neither | nor | without | cannot | can't | cant | isn't | isnt | aren't | wasn't | weren't |
            doesn't | doesnt | don't | didn't | didnt | won't | wouldn't | hasn't | haven't | hadn't | couldn't | shouldn't |
            ain't | rather than | instead of | other than | as opposed to | unlike | except | fails to | failed to | rule out |
            rules out | ruled out | ruling out | exclude | excludes | excluding | eliminate | eliminates | eliminating |
            discard | reject | absence of | lack of | lacks | lacking | far from | incorrect | nothing | nobody | unlikely |
            no longer | by no means | mistaken for | confused with | similar to | resembles | reminiscent of | hardly |
            neither of | none of | refrains from | avoids | stops short of | almost | pretending to | pretends to
            """,
        "asserting": """
            not only | no doubt | without a doubt | without doubt | without any doubt | no question | not just | not merely |
            none other than | nothing but | nothing other than | not surprisingly | not to mention | no fewer than |
            no less than | no more than | whether or not | cannot deny | can't deny | not unlike | nothing else than |
            not least
            """,
        "hedge": """
            may | might | could | maybe | perhaps | possibly | potentially | either | whether | if | suppose | assuming |
            conceivably | one might think | would be | can be either | at first glance | at first sight | at first |
            initially i | i first thought | i initially thought | i considered | i thought | possible that | possible |
            consider | considering | candidates | candidate | options are | options include | choices are | options |
            choose between | torn between | i would have said | plausible | tempting | tempted to say
            """,
        "turn": """
            but | however | although | though | because | therefore | thus | hence | yet | so | still | nevertheless |
            nonetheless | whereas | instead | rather | actually | then | but rather
            """,
    },
    marks={"end": ".!?\n;:()[]}", "comma": ","},
)  # fmt: skip
_CLAUSE_STARTERS = frozenset(
    "it this that these those they he she i we you the there which who what here my one and as just only its his her their "
    "is are was simply mostly mainly".split()
)
_SUBJECTS = frozenset("it this he she they i we is are was were does instead there then the".split())
_LATE_DENIALS = Phrasebook(
    {
        "denied": """
            {is, are, was, were, seems, looks, appears, would be, must be} {not, incorrect, wrong, false, unlikely, out, ruled out,
            eliminated, excluded, impossible, inaccurate, also incorrect, also wrong, also not, clearly not, clearly wrong,
            certainly not, definitely not, less likely, irrelevant, untrue, implausible, rejected, never, therefore wrong,
            therefore incorrect, also out} |
            {does not, doesn't, do not, don't, did not, didn't, is not, isn't, aren't, cannot, can't, never} {match, fit, apply,
            appear, appears, happen, happens, occur, occurs, describe, correspond, align, work, make sense, take place, seem right,
            seem to match, seem to fit, be, be right, be correct, hold} |
            {isn't, aren't, wasn't, weren't, is absent, is missing} | can be {ruled out, excluded, eliminated, dismissed, discarded}
            """,
    }
)  # fmt: skip


def statuses(scan: Scan) -> list[int]:
    """For each token whether what it says is ASSERTED, HEDGED ("it may be") or DENIED ("it is not")."""
    cached: list[int] | None = scan.__dict__.get("_statuses")
    if cached is None:
        cached = _mark_clauses(scan)
        _mark_late_denials(scan, cached)
        scan.__dict__["_statuses"] = cached
    return cached


def _mark_clauses(scan: Scan) -> list[int]:
    words, marks = scan.words, [ASSERTED] * len(scan.words)
    status, since = ASSERTED, 0
    for phrase in _BOOK.find(words):
        before = status
        if phrase.tag == "not":
            status = ASSERTED if status == DENIED and words[phrase.first] not in ("nor", "or", "neither") else DENIED
        elif phrase.tag == "hedge":
            status = max(status, HEDGED)
        elif phrase.tag in ("turn", "end") or (phrase.tag == "comma" and _comma_ends(words, phrase.first, before)):
            status = ASSERTED
        if before != ASSERTED:
            _fill(marks, since, _until(words, since, phrase.first, before), before)
        since = phrase.first if phrase.tag != "asserting" else phrase.last
    if status != ASSERTED:
        _fill(marks, since, _until(words, since, len(words), status), status)
    return marks


def _fill(marks: list[int], first: int, last: int, status: int) -> None:
    marks[first:last] = [status] * (last - first)


def _until(words: list[str], first: int, last: int, status: int) -> int:
    """Where a denial ends inside first..last: at an "and" that starts a statement of its own."""
    if status != DENIED:
        return last
    for index in range(first, last - 1):
        if words[index] == "and" and words[index + 1] in _SUBJECTS:
            return index
    return last


def _comma_ends(words: list[str], index: int, status: int) -> bool:
    """A comma ends a denial or a guess unless it lists further things that are denied too."""
    if index + 1 >= len(words):
        return True
    if words[index + 1] in _CLAUSE_STARTERS or status == HEDGED:
        return words[index + 1] not in ("or", "nor")
    for word in words[index + 1 : index + 12]:
        if word in ("or", "nor"):
            return False
        if word in (".", "!", "?", "\n", ";", "but"):
            break
    return True


def _mark_late_denials(scan: Scan, marks: list[int]) -> None:
    """`Option A (running) is incorrect`, `smashing does not fit`: deny the words before, back to the clause's start."""
    words = scan.words
    for phrase in _LATE_DENIALS.find(words):
        index = phrase.first - 1
        while index >= 0 and phrase.first - index <= 12 and words[index] not in (".", "!", "?", "\n", ";", ",", "but", "because", "while"):
            if words[index] in ("who", "that", "which", "person", "man", "woman", "he", "she", "it", "they", "there", "answer", "video"):
                break
            index -= 1
        else:
            _fill(marks, max(index + 1, 0), phrase.first, DENIED)
