"""Which of an answer's numbers is the one that was asked for: its cue, its unit and the noun it belongs to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from videostar.labels._commit import question_words
from videostar.labels._normalize import is_filler, stem
from videostar.labels._numbers import Number, numbers
from videostar.labels._scan import SENTENCE_ENDS, Scan
from videostar.labels._units import Unit, unit_after, unit_named
from videostar.labels._weigh import Reading

_OWNERS = frozenset(
    "step frame class category question option figure video clip part section phase number no id index point "
    "second sec minut min hour millisecond fp year age level page round video person people man men player diver meter metr "
    "somersault twist turn flip rotat degre time attempt judg person difficulti track lane row column version stage segment "
    "group rank place seed jersey shirt row lesson chapter episode take".split()
)
"""Stems of nouns that own a number right beside them, unless the question asks for them."""
_ADVERBS = frozenset(("once", "twice", "thrice"))  # say how often something was done: no grade, no score
OTHERS = -2.0  # weight of a number that is said to be something else's
_MEASURES = frozenset("s ms hz km cm mm m kg g".split())
_SCORE_WORDS = frozenset("score rate grade mark point total evalu award give assign overall final estim predict qualiti".split())


# What is asked for with an adjective, "how difficult", and the noun that an answer calls it by; stems.
_NAMES_OF = {
    stem(adjective): stem(noun)
    for adjective, noun in (
        pair.split("-")
        for pair in "difficult-difficulty long-length high-height tall-height fast-speed heavy-weight "
        "old-age far-distance deep-depth wide-width hard-difficulty steep-slope steady-steadiness".split()
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks to measure: stems of its words of content, of the unit, and of the very thing asked for."""

    nouns: frozenset[str]
    unit: frozenset[str]
    head: frozenset[str] = frozenset()
    counts: bool = False
    measured: Unit | None = None
    scale: tuple[float, float] | None = None

    @staticmethod
    def counting(question: str) -> Asked:
        """What `question` asks to count: any of its nouns may follow the number."""
        return _counted(question)

    @staticmethod
    def about(question: str, unit: str = "", scale: tuple[float, float] | None = None) -> Asked:
        """What `question` asks for on `scale`, kept for questions that come back."""
        return _asked(question, unit, scale)


@lru_cache(maxsize=4096)
def _asked(question: str, unit: str, scale: tuple[float, float] | None) -> Asked:
    nouns = question_words(question)
    named = {_NAMES_OF[noun] for noun in nouns if noun in _NAMES_OF}
    if not nouns or nouns & _SCORE_WORDS:
        nouns |= _SCORE_WORDS
    return Asked(
        nouns | named, frozenset(Scan(unit).stems), _head(question) | named, measured=unit_named(unit) if unit else None, scale=scale
    )


def _head(question: str) -> frozenset[str]:
    """The noun right after "what" or "which": the score of "what score do the judges give", the difficulty of "what is the
    degree of difficulty"."""
    scan = Scan(question)
    starts = [index for index, word in enumerate(scan.words) if word in ("what", "which")]
    if not starts:
        return frozenset()
    rest = scan.stems[starts[0] + 1 :]
    content = [stem for stem in rest if not is_filler(stem) and stem not in ("overal", "final", "total", "exact", "do", "would", "be")]
    if not content:
        return frozenset()
    measured = content[:2] if content[0] in ("degre", "level", "amount", "number", "percentag", "valu") else content[:1]
    return frozenset(measured) | ({"score"} if content[0] in ("rate", "grade", "mark") else frozenset())


@lru_cache(maxsize=4096)
def _counted(question: str) -> Asked:
    scan = Scan(question)
    nouns = frozenset(stem for word, stem in zip(scan.words, scan.stems, strict=True) if not is_filler(word)) - {"how", "mani", "do"}
    content = [stem for stem in scan.stems if stem in nouns]
    subject = _subject(scan) if "time" in content[:1] else ""
    return Asked(nouns | {"time", "total", "count"}, (nouns - {subject}) | {"time", "x"}, counts=True)


def _subject(scan: Scan) -> str:
    """The stem of who does it: the man of "how many times does the man jump"."""
    for place, word in enumerate(scan.words):
        if word in ("does", "do", "did", "has", "have"):
            return next((stem for stem in scan.stems[place + 1 :] if not is_filler(stem)), "")
    return ""


def readings(scan: Scan, first: int, last: int, asked: Asked, value_of: Callable[[Number], float], marked: bool = False) -> list[Reading]:
    """Numbers at tokens first..last that may be the answer, weighed; those that belong to something else are left out."""
    found: list[Reading] = []
    foreign: list[Reading] = []
    everything = numbers(scan, first, last)
    if "half" in asked.nouns:
        everything = list(_of_halves(scan, everything))
    left_out = _scale_tokens(scan, everything, asked.scale) | _enumerators(scan, everything)
    years = not asked.nouns & {"year", "date"}
    owned = False
    for place, number in enumerate(everything):
        if number.first in left_out or (years and _is_year(scan, number)) or _is_beside_the_point(scan, number):
            continue
        unit = unit_after(scan.words, number.last) if asked.measured else None
        weight, guessed = _cue_weight(scan, number, asked), _is_bound(scan, number)
        if unit and asked.measured and unit[0].measure == asked.measured.measure:
            value = asked.measured.of(number.value, unit[0])
            found.append(Reading(value, number.first, max(unit[1], number.last), weight + 2.0, guessed))
            continue
        joined = place > 0 and scan.words[everything[place - 1].last : number.first] in (["to"], ["-"], ["and"], ["until"])
        owned = unit is not None or _owned(scan, number, asked) or (number.ordinal and not marked) or (owned and joined)
        owned = owned or (not asked.counts and scan.words[number.first] in _ADVERBS)
        (foreign if owned else found).append(Reading(value_of(number), number.first, number.last, weight, guessed))
    kept = found if found or not marked else foreign
    return _tied(scan, kept, asked, {number.first: number for number in everything}) if len(kept) > 1 else kept


def _of_halves(scan: Scan, found: list[Number]) -> Iterator[Number]:
    """Numbers of halves, where halves are counted: `six half somersaults` and `one half somersault` say 6 and 1."""
    for number in found:
        if scan.stems[number.last - 1] != "half":
            yield number
        elif number.last - number.first > 1:
            yield number._replace(value=number.value * 2, last=number.last - 1)


_BOUNDS = tuple(
    phrase.split()
    for phrase in (
        "more than", "less than", "fewer than", "greater than", "at least", "at most", "a minimum of", "a maximum of", "upwards of",
        "can be up to", "be up to", "maybe up to",
        "is over", "is under", "are over", "are under", "well over", "well under", "is above", "is below",
        "anything over", "anything above",
    )
)  # fmt: skip


_BOUND_WORDS = frozenset(phrase[-1] for phrase in _BOUNDS)


def _is_bound(scan: Scan, number: Number) -> bool:
    """`more than 3`, `at least 3`, `3 or more`: the number limits the answer and is not the answer."""
    words = scan.words
    before = words[max(0, number.first - 3) : number.first]
    if not _BOUND_WORDS.isdisjoint(before) and any(before[-len(phrase) :] == phrase for phrase in _BOUNDS):
        earlier = words[max(0, number.first - 4) : number.first - 2]
        return earlier[1:] not in (["no"], ["not"], ["slightly"]) and earlier not in (["a", "little"], ["a", "bit"])
    after = words[number.last : number.last + 3]
    return "or" in after[:2] and any(after[at : at + 2] in (["or", "more"], ["or", "fewer"], ["or", "less"]) for at in (0, 1))


def _enumerators(scan: Scan, found: list[Number]) -> set[int]:
    """First tokens of the numbers that count off lines or sentences: `1. ... 2. ...`."""
    words = scan.words
    candidates = [
        number
        for number in found
        if words[number.last : number.last + 1] in (["."], [")"])
        and number.last - number.first == 1
        and (words[number.last] == ")" or number.first == 0 or words[number.first - 1] in (".", "!", "?", "\n", ";", ":", "*", "#"))
        and number.last + 1 < len(words)
    ]
    values = {number.value for number in candidates}
    return {number.first for number in candidates if number.value + 1 in values or number.value - 1 in values}


def _is_operand(scan: Scan, number: Number) -> bool:
    """Whether the number is only reckoned with: `3.2 x 20.5 = 65.6`."""
    after = scan.words[number.last : number.last + 2]
    return len(after) == 2 and after[0] in ("x", "*", "+", "=") and after[1][0].isdigit()


def _is_margin(scan: Scan, number: Number) -> bool:
    """`give or take 5`, `plus or minus 5`, `+/- 5`."""
    before = scan.words[max(0, number.first - 3) : number.first]
    return before[-2:] in (["or", "take"], ["or", "minus"], ["/", "-"]) or before[-1:] == ["\u00b1"]


def _is_beside_the_point(scan: Scan, number: Number) -> bool:
    """Whether a number is only reckoned or compared with, or says how sure the answer is."""
    return _is_operand(scan, number) or _is_margin(scan, number) or _is_compared(scan, number) or _is_certainty(scan, number)


def _is_compared(scan: Scan, number: Number) -> bool:
    """The other number of `closer to 3 than to 4`."""
    if "than" not in scan.words[max(0, number.first - 3) : number.first]:
        return False
    return not {"closer", "nearer", "rather"}.isdisjoint(scan.words[max(0, number.first - 14) : number.first])


_SURE = frozenset("sure certain certainti confid".split())


def _is_certainty(scan: Scan, number: Number) -> bool:
    """`90 % sure`, `with 90 % certainty`, `confidence: 90 %`."""
    if not number.percent:
        return False
    around = scan.stems[max(0, number.first - 2) : number.first] + scan.stems[number.last : number.last + 2]
    return not _SURE.isdisjoint(around)


_ROUNDLY = frozenset("about roughly around approximately maybe perhaps exactly to and or".split())


def _tied(scan: Scan, found: list[Reading], asked: Asked, read: Mapping[int, Number]) -> list[Reading]:
    """Numbers that are said in one breath weigh the same: `3 or 4 out of 5`, `3/5 and 4`, `anywhere from 7 to 8 points`."""
    for place, (one, other) in enumerate(pairwise(found)):
        between = range(one.last, other.first)
        foreign = [scan.stems[at] for at in between if scan.words[at] not in _ROUNDLY and scan.stems[at] not in asked.nouns | asked.unit]
        if len(between) > 5 or not _joins(scan.words[one.last : other.first]) or not {"point"}.issuperset(foreign):
            continue
        if scan.words[other.first - 1] in _ROUNDLY and not _has_other_noun(scan, read[other.first], asked):
            weight = max(one.weight, other.weight)
            found[place], found[place + 1] = found[place]._replace(weight=weight), other._replace(weight=weight)
    return found


def _joins(between: list[str]) -> bool:
    return SENTENCE_ENDS.isdisjoint(between) and "," not in between and not {"to", "and", "or"}.isdisjoint(between)


def _is_year(scan: Scan, number: Number) -> bool:
    before = scan.words[number.first - 1] if number.first else ""
    return (
        1900 <= number.value <= 2100
        and number.value == int(number.value)
        and number.last - number.first == 1
        and before in ("in", "since", "the", "of", "during", "year")
    )


def _owned(scan: Scan, number: Number, asked: Asked) -> bool:
    """Whether the number belongs to a noun that was not asked for: `step 2`, `3.5 somersaults`, `in 1998`."""
    stems = scan.stems
    after = number.last
    if after < len(stems) and stems[after] == "-":
        after += 1
    follows = stems[after] if after < len(stems) else ""
    if asked.counts and (follows in _MEASURES or _is_watching(scan, number)):
        return True
    if follows == "more" or (
        follows == ":" and number.first and stems[number.first - 1] in asked.nouns - _SCORE_WORDS and number.value < 20
    ):
        return True
    if follows in asked.unit or follows in ("point", "score"):
        return False
    if follows in _OWNERS and follows not in asked.nouns:
        return True
    owner = _owner_before(scan, number, asked)
    return owner in _OWNERS - {"point", "judg"} and owner not in asked.nouns and owner not in asked.unit


def _owner_before(scan: Scan, number: Number, asked: Asked) -> str:
    """The stem of the noun right before a number, unless it has a number of its own, or only says that this is the count."""
    words, stems = scan.words, scan.stems
    at = number.first - 1
    while at >= 0 and stems[at] in ("#", ":", "-", "(", "of", "is", "be"):
        at -= 1
    if at < 0:
        return ""
    before = words[at - 1] if at else ""
    if stems[at + 1] == ":" and (before == "per" or before[:1].isdigit()):
        return ""
    is_count = asked.counts and stems[at] == "number" and before in ("", ".", "the", "total")
    return "" if is_count else stems[at]


_WATCHING = frozenset("watch look check replay rewatch review view play rewind read".split())


def _is_watching(scan: Scan, number: Number) -> bool:
    """`I watched the clip 3 times`: how often the one who answers looked."""
    before = scan.stems[max(0, number.first - 8) : number.first]
    ends = [place for place, word in enumerate(before) if word in SENTENCE_ENDS]
    before = before[ends[-1] :] if ends else before
    return not _WATCHING.isdisjoint(before) and not {"i", "we"}.isdisjoint(before)


_TOTALS = tuple(phrase.split() for phrase in ("in total", "altogether", "in all", "all told", "total", "overall", "combined"))
_TOTAL_WORDS = frozenset(phrase[-1] for phrase in _TOTALS)
_SUMS = frozenset("make total sum altogeth".split())


def _cue_weight(scan: Scan, number: Number, asked: Asked) -> float:
    """Weight from the asked noun before the number in its clause, from the unit after it, from words of a total."""
    stems, words = scan.stems, scan.words
    beside = _total_weight(scan, number, asked) if asked.counts else _place_on_scale(scan, number, asked)
    has_unit = number.last < len(stems) and (stems[number.last] in asked.unit or stems[number.last] == "point")
    weight = beside + 2.0 * has_unit + 2.0 * (number.out_of is not None)
    beside += 2.0 * has_unit
    if asked.counts and _has_other_noun(scan, number, asked):
        return weight
    for distance, index in enumerate(range(number.first - 1, max(-1, number.first - 12), -1), 1):
        word = stems[index]
        if words[index] in ".!?\n;,":
            break
        if word in asked.nouns or word in asked.head:
            full = 5.0 if word in asked.head else 2.0 if asked.head else 4.0
            weight = max(weight, beside + full - 0.15 * distance)
    return weight


_AFTER_VALUE = frozenset(
    "and or but out so for because as if on in at is to from with would should may might then than of seems seem looks look appears "
    "appear sounds feels fits fit was were".split()
)


def _has_other_noun(scan: Scan, number: Number, asked: Asked) -> bool:
    """Whether a word of content that was not asked for follows the number: `2 dogs`, `a 9.5 entry`."""
    if number.last >= len(scan.words) or number.out_of is not None or number.percent:
        return False
    word, base = scan.words[number.last], scan.stems[number.last]
    if not word.isalpha() or is_filler(word) or word in _AFTER_VALUE or word.endswith("ly"):
        return False
    return not (base in asked.nouns or base in asked.unit or base in asked.head or base in _SCORE_WORDS)


def _place_on_scale(scan: Scan, number: Number, asked: Asked) -> float:
    """Weight taken from a number of something else, `a 9.5 entry`, `9.5 for the entry`; given to one that is `overall`."""
    after = scan.words[number.last : number.last + 3]
    if after[:1] in (["overall"], ["altogether"]) or after[:2] in (["in", "total"], ["in", "all"]):
        return 2.0
    owner, is_bare = _owner_after_for(scan, number)
    if owner:
        return (5.0 if is_bare else 1.0) if owner in asked.nouns | asked.head else OTHERS
    if _has_other_noun(scan, number, asked):
        return OTHERS
    return 0.0


def _owner_after_for(scan: Scan, number: Number) -> tuple[str, bool]:
    """The stem of what a number is for, and whether it stands bare: `9.5 for the entry`, `3.2 for difficulty`."""
    after = scan.words[number.last : number.last + 3]
    if after[:1] != ["for"] or len(after) < 2:
        return "", False
    is_bare = after[1] not in ("the", "its", "his", "her")
    place = min(number.last + (1 if is_bare else 2), len(scan.words) - 1)
    word = scan.words[place]
    return (scan.stems[place], is_bare) if word.isalpha() and not is_filler(word) else ("", False)


def _total_weight(scan: Scan, number: Number, asked: Asked) -> float:
    """How surely a count is the whole count: `12 in total`, `which makes 10 eggs`; the `one` of `one holds the camera` is none."""
    words, last = scan.words, number.last
    if not _TOTAL_WORDS.isdisjoint(words[last : last + 4]) and any(
        words[at : at + len(phrase)] == phrase for phrase in _TOTALS for at in range(last, last + 3)
    ):
        return 12.0
    if not _SUMS.isdisjoint(scan.stems[max(0, number.first - 3) : number.first]):
        return 8.0
    if words[number.first : last] == ["one"] and scan.stems[last : last + 1] and words[last][0].isalpha():
        return 0.0 if scan.stems[last] in asked.unit and not words[last].endswith("s") else -5.0
    return 0.0


def _scale_tokens(scan: Scan, found: list[Number], known: tuple[float, float] | None) -> set[int]:
    """First tokens of the numbers that only name a scale: `on a scale of 1-100`, `from 1 to 10`."""
    words, scale = scan.words, set()
    for one, other in pairwise(found):
        between = words[one.last : other.first]
        before = words[max(0, one.first - 4) : one.first]
        if between not in (["-"], ["to"], ["and"]):
            continue
        is_whole = known is not None and (one.value, abs(other.value)) == known and between != ["and"]
        if is_whole or "scale" in before or "range" in before or "ranging" in before:
            scale |= {one.first, other.first}
    for one in found:
        if words[max(0, one.first - 3) : one.first][-2:] == ["scale", "of"] or words[one.last : one.last + 3] in (
            ["-", "point", "scale"],
            ["point", "scale"],
        ):
            scale.add(one.first)
    return scale
