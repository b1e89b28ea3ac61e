"""Which part of an answer is its list: what is taken back, denied or left open does not count."""

from __future__ import annotations

from collections.abc import Iterator

from videostar.labels._commit import cues
from videostar.labels._items import bullets, ends_sentence, is_plain_list, mentioned
from videostar.labels._mentions import names
from videostar.labels._negation import ASSERTED, DENIED, HEDGED, statuses
from videostar.labels._scan import Phrasebook, Scan

_LIST_CUES = Phrasebook(
    {
        "list": """
            put in order | in {order, the right order, the correct order, chronological order, sequence} : | order is | order : |
            sequence is | sequence : | steps are | steps : | list is | list : | {corrected, final, complete, full} list | summary : |
            in short | in summary |
            to sum up | {that, this, which} gives | so : | that is : | in sum : | altogether : | phases are | events are | actions are |
            colours are | colors are | objects are | items are | set is | set : | are , in order : |
            what {happens, i see, i find, i found, we see, you see} is | {what is, all that is} left is |
            , the {clip, video, footage} {shows, depicts} | clip {i, we} see | clear : | # answer \n
            """,
    }
)
_MOST_CUES = 20
_LONGEST_SENTENCE = 2000
_SHORT = 4
LEAST_LEAD = 2
_SAYS_ALL = frozenset("only just order sequence list answer set steps phases".split())


def committed_list(scan: Scan, first: int, last: int, known: tuple[str, ...], ordered: bool) -> tuple[int, int] | None:
    """Where an answer lists its things in the end; None where it leaves open which list holds, or gives two.

    After the last words such as "the order is" that known names follow; else the one sentence that lists them; else everything. What
    comes before a correction that is followed by known names does not count. ordered: "not a, then b" denies the whole list.
    """
    if _is_plain(scan):
        place = _after_lead(scan, first, last)
        return place if is_plain_list(scan, *place) else (first, last)
    first = _after_correction(scan, first, last, known)
    found = _after_cue(scan, first, last, known) or _in_bullets(scan, first, last, known)
    if found is not None:
        return None if _is_open(scan, *found, known) or _says_another(scan, found, first, last) else found
    return _by_sentences(scan, first, last, known, ordered)


def _by_sentences(scan: Scan, first: int, last: int, known: tuple[str, ...], ordered: bool) -> tuple[int, int] | None:
    """The sentences that assert known names; the list alone where one of them is nothing but a list, and no other goes on with it."""
    statements = list(_statements(scan, first, last, ordered))
    ranges = [one for one in statements if names(known).find(scan, *one)]
    firm = [one for one in ranges if not _is_open(scan, *one, known, denied_too=ordered)]
    if (ranges and not firm) or "alternatively" in scan.words[first:last] or any(scan.words[one] == "or" for one, _ in statements):
        return None
    if firm and _says_another(scan, _after_lead(scan, *firm[-1]), first, last):
        return None
    denied = ordered and any(scan.words[one] == "not" and not {",", ">", ";"}.isdisjoint(scan.words[one:two]) for one, two in statements)
    if firm and (denied or len(firm) < len(ranges)):
        return _after_lead(scan, *firm[0]) if len(firm) == 1 else (firm[0][0], firm[-1][1])
    if len(firm) == 1 and not any(scan.words[one] in _GOES_ON for one, _ in statements if one > firm[0][0]):
        one, two = _after_lead(scan, *firm[0])
        return (one, two) if is_plain_list(scan, one, two) else (first, last)
    return first, last


def _is_plain(scan: Scan) -> bool:
    """Whether a text is one sentence that denies, guesses and concludes nothing."""
    found = cues(scan)
    concludes = found.final or found.correction or not _LIST_CUES.first_words.isdisjoint(scan.words)
    return len(scan.sentences) <= 1 and not concludes and not any(statuses(scan)) and "alternatively" not in scan.words


_GOES_ON = frozenset("then next after afterwards finally lastly second secondly third thirdly also he she they it".split())
_LEADS = tuple(
    lead.split() for lead in ("it is only", "it is", "it's", "this is", "they are", "these are", "there are", "is", "are", "i see")
)


def _after_lead(scan: Scan, first: int, last: int) -> tuple[int, int]:
    """A statement without "it is" or "the steps, in order:" before its list."""
    colons = [index for index in range(first, last - 1) if scan.words[index] == ":"]
    if len(colons) == 1 and not {",", ">", ";", "\n"}.isdisjoint(scan.words[colons[0] : last]):
        return colons[0] + 1, last
    for lead in _LEADS:
        if scan.words[first : first + len(lead)] == lead and first + len(lead) < last:
            return first + len(lead), last
    return first, last


def _in_bullets(scan: Scan, first: int, last: int, known: tuple[str, ...]) -> tuple[int, int] | None:
    """The bulleted lines, where they hold all known names that are said."""
    lines = bullets(scan, first, last)
    found = mentioned(scan, first, last, known) if lines else []
    return lines if lines and found and all(lines[0] <= item.first < lines[1] for item in found) else None


def _after_correction(scan: Scan, first: int, last: int, known: tuple[str, ...]) -> int:
    """The token after the last correction that a known name follows; `first` where there is none."""
    for at in sorted({*cues(scan).retraction, *cues(scan).correction}, reverse=True)[:_MOST_CUES]:
        if first < at < last and _has_list(scan, at, last, known, at in cues(scan).retraction):
            return at
    return first


def _has_list(scan: Scan, first: int, last: int, known: tuple[str, ...], taken_back: bool) -> bool:
    """Whether names follow a correction: one is enough where something was taken back, else as many as make a list."""
    found = {item.name for item in mentioned(scan, first, min(last, first + _LONGEST_SENTENCE), known)}
    if taken_back and not found:
        ends = [at for at in range(first, last) if ends_sentence(scan, at)]
        starts = [first, *(at + 1 for at in ends)]
        if sum(word[0].isalnum() for word in scan.words[first:last]) <= _SHORT:
            return any(word[0].isalnum() for word in scan.words[first:last])
        return any(is_plain_list(scan, one, two) for one, two in zip(starts, [*ends, last], strict=True))
    return len(found) >= (1 if taken_back else min(2, len(known)))


def _after_cue(scan: Scan, first: int, last: int, known: tuple[str, ...]) -> tuple[int, int] | None:
    needed = min(2, len(known))
    ends = {phrase.last + first for phrase in _LIST_CUES.find(scan.words[first:last])}
    ends |= {at for at in cues(scan).final if first <= at < last}
    for at in sorted(ends, reverse=True)[:_MOST_CUES]:
        start = at
        while start < last and (not scan.words[start][0].isalnum() or scan.words[start] in ("is", "are", "was")):
            start += 1
        if "\n" in scan.words[at - 1 : start]:
            return start, last
        for stop in (_stop(scan, start, last, ".!?;\n"), _stop(scan, start, last, ".!?\n")):
            if len({item.name for item in mentioned(scan, start, stop, known)}) >= needed:
                return start, stop
    return None


def _stop(scan: Scan, start: int, last: int, marks: str) -> int:
    stop = start
    while stop < last and stop - start < _LONGEST_SENTENCE and not (scan.words[stop] in marks and ends_sentence(scan, stop)):
        stop += 1
    return stop


def _statements(scan: Scan, first: int, last: int, ordered: bool) -> Iterator[tuple[int, int]]:
    """Sentences; where order counts, cut at the "but" and the "not" that turn from one list to another."""
    start = first
    for index in range(first, last + 1):
        turns = ordered and index < last and scan.words[index] in ("but", "not", "rather") and index > start
        if index == last or turns or (scan.words[index] in (".", "!", "?", "\n") and ends_sentence(scan, index)):
            if index > start:
                yield start, index
            start = index if turns and scan.words[index] == "not" else index + 1


def _is_open(scan: Scan, first: int, last: int, known: tuple[str, ...], denied_too: bool = False) -> bool:
    """Whether a list begins with a guess, or with a denial, that so holds for all of it."""
    marks = statuses(scan)
    at = next((mention.first for mention in names(known).find(scan, first, last)), first)
    if HEDGED in marks[first : min(first + 4, at)] and {"but", ":"}.isdisjoint(scan.words[first:at]):
        return True
    opening = marks[first : at + 1]
    if ASSERTED in opening[-1:] and not (len(opening) > 1 and scan.words[first] in ("maybe", "perhaps", "either", "not")):
        return False
    return denied_too or DENIED not in opening[-1:]


def _says_another(scan: Scan, place: tuple[int, int], first: int, last: int) -> bool:
    """Whether another sentence gives another list after the very same words: `The order is a, b. The order is b, a.`

    Words that only point, "there is a", may well be said of several things.
    """
    opening = place[0]
    while opening > first and scan.words[opening - 1] not in (".", "!", "?", "\n"):
        opening -= 1
    lead = scan.words[opening : place[0]]
    if sum(word.isalpha() for word in lead) < LEAST_LEAD or not (_SAYS_ALL & set(lead)):
        return False
    own = scan.stems[place[0] : place[1]]
    for one, two in scan.sentences:
        if first <= one < last and one != opening and scan.words[one : one + len(lead)] == lead:
            return scan.stems[one + len(lead) : two] != own
    return False
