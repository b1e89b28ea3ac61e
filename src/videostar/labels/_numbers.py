"""Numbers as models write them: digits with separators, exponents and fractions, words, ordinals, and ranges of a scale."""

from __future__ import annotations

import re
from typing import NamedTuple

from videostar.labels._scan import Scan

LARGEST = 1e15


class Number(NamedTuple):
    """A number at tokens first..last (last excluded).

    out_of: what it is out of (`8/10`, `8 out of 10`). percent: a `%` or "percent" follows. ordinal: `3rd`, `third`.
    written: "digits", "words" or "times" ("twice").
    """

    value: float
    first: int
    last: int
    out_of: float | None = None
    percent: bool = False
    ordinal: bool = False
    written: str = "digits"


_UNITS = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
}
_TENS = {word: float(10 * (place + 2)) for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
_TENS["fourty"] = 40.0
_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_FIXED = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_ORDINALS = {
    word: float(value + 1)
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
        "seventeenth eighteenth nineteenth twentieth".split()
    )
}
_DENOMINATORS = {
    "half": 2.0, "halves": 2.0, "third": 3.0, "thirds": 3.0, "quarter": 4.0, "quarters": 4.0, "fourth": 4.0, "fourths": 4.0,
    "fifth": 5.0, "fifths": 5.0, "sixth": 6.0, "sixths": 6.0, "eighth": 8.0, "eighths": 8.0, "tenth": 10.0, "tenths": 10.0,
}  # fmt: skip
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_ALONE = {
    **_VULGAR,
    **{word: 1 / below for word, below in _DENOMINATORS.items() if word not in ("third", "fourth", "fifth", "sixth", "eighth", "tenth")},
    **dict.fromkeys(("none", "nil", "nought", "naught"), 0.0),
    **dict.fromkeys(("couple", "pair"), 2.0),
    "dozen": 12.0,
}
_STARTERS = frozenset({*_UNITS, *_TENS, *_FIXED, *_ALONE, *_ORDINALS, "hundred", "thousand", "million"})
_OUT_OF = tuple(
    phrase.split()
    for phrase in (
        "/",
        "out of",
        "points out of",
        "stars out of",
        "marks out of",
        "on a scale of",
        "on a scale from",
        "on the scale of",
        "on a scale up to",
    )
)
_AFTER_DIGITS = frozenset({"and", "dozen", "hundred", "thousand", "million", "billion", *_VULGAR})
NUMBER_WORDS = _STARTERS | {*_SCALES, *_DENOMINATORS, "a", "an", "no"}
"""Words that a number in words may hold."""
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")


def numbers(scan: Scan, first: int = 0, last: int | None = None) -> list[Number]:
    """All numbers at tokens first..last, from left to right. `mm:ss` tokens are times, not numbers, and are left out."""
    words = scan.words
    stop = len(words) if last is None else last
    found: list[Number] = []
    index = first
    while index < stop:
        word = words[index]
        if word[0] in "0123456789." and len(word) < 40:
            read = _digits(scan, index, stop)
        elif word in _STARTERS and not (word == "second" and _is_unit(words, index)):
            read = [_signed(words, _words(words, index, stop))]
        else:
            index += 1
            continue
        if not read:
            index += 1
            continue
        read[-1] = _with_tail(scan, read[-1], stop)
        found.extend(read)
        index = max(index + 1, read[-1].last)
    return found


def _is_unit(words: list[str], index: int) -> bool:
    """Whether "second" at `index` is the unit of time, not the ordinal."""
    before = words[index - 1] if index else ""
    if before == "-" and index > 1:
        before = words[index - 2]
    return before in NUMBER_WORDS or before[:1].isdigit() or before in ("per", "each", "every")


def _digits(scan: Scan, index: int, stop: int) -> list[Number]:
    word = scan.words[index]
    if word == "." or ":" in word:
        return []
    if _is_glued_to_name(scan, index):
        return []
    if index + 1 < stop and scan.words[index + 1] in ("st", "nd", "rd", "th") and scan.glued(index + 1):
        return [Number(float(re.sub(r"\D", "", word) or 0), index, index + 2, ordinal=True)]
    values = digit_values(word)
    if values and _is_negative(scan, index):
        values[0] = -values[0]
    return [Number(value, index, index + 1) for value in values]


def digit_values(word: str) -> list[float]:
    """What one run of digits says: "1,234.5" -> [1234.5]; "65,6" -> [65.6]; "10,20,30" -> [10, 20, 30]; "1.2.3" -> []."""
    try:
        if "," not in word:
            value = float(word)
        elif _THOUSANDS.fullmatch(word) and not word.startswith("0"):
            value = float(word.replace(",", ""))
        elif _EUROPEAN.fullmatch(word):
            value = float(word.replace(".", "").replace(",", "."))
        elif _DECIMAL_COMMA.fullmatch(word):
            value = float(word.replace(",", "."))
        else:
            parts = [float(part) for part in word.split(",")]
            return [part for part in parts if part <= LARGEST]
    except ValueError:
        return []
    return [value] if value <= LARGEST else []


def _is_glued_to_name(scan: Scan, index: int) -> bool:
    """Digits inside a name such as `H264`, `B2` or `x_1`."""
    if not scan.glued(index):
        return False
    before = scan.words[index - 1]
    if before in ("m", "h", "min") and index > 1 and scan.words[index - 2][0].isdigit():
        return False
    return before == "_" or (before[-1].isalpha() and before not in ("x", "e"))


def _is_negative(scan: Scan, index: int) -> bool:
    if index == 0:
        return False
    if scan.words[index - 1] in ("minus", "negative"):
        return True
    if scan.words[index - 1] != "-" or not scan.glued(index):
        return False
    return index == 1 or not scan.glued(index - 1) or scan.words[index - 2] in "([{:=,;/*$\"'>"


def _signed(words: list[str], number: Number) -> Number:
    if number.first and words[number.first - 1] in ("minus", "negative"):
        return number._replace(value=-number.value)
    return number


def _words(words: list[str], index: int, stop: int) -> Number:
    """Read the longest number written in words from token `index`."""
    word = words[index]
    if word in _FIXED:
        return Number(_FIXED[word], index, index + 1, written="times")
    if word == "half" and words[index + 1 : min(index + 3, stop)] == ["a", "dozen"]:
        return Number(6.0, index, index + 3, written="words")
    if word == "half" and words[index + 1 : index + 2] == ["dozen"]:
        return Number(6.0, index, index + 2, written="words")
    if word in _ALONE:
        return Number(_ALONE[word], index, index + 1, written="words")
    if word in _ORDINALS:
        return Number(_ORDINALS[word], index, index + 1, ordinal=True, written="words")
    return _cardinal(words, index, stop)


def _cardinal(words: list[str], index: int, stop: int) -> Number:
    total, current, at = 0.0, 0.0, index
    place = 0.0  # the place of the last word: tens may be followed by units, units by a scale only
    while at < stop:
        word = words[at]
        if word in _TENS and place in (0.0, 100.0):
            current, place = current + _TENS[word], 10.0
        elif word in _UNITS and (place in (0.0, 100.0) or (place == 10.0 and 0 < _UNITS[word] < 10)):
            current, place = current + _UNITS[word], 1.0
        elif word in ("hundred", "hundreds") and place != 100.0:
            current, place = (current or 1.0) * 100.0, 100.0
        elif word in _SCALES and word != "hundred":
            total, current, place = total + (current or 1.0) * _SCALES[word], 0.0, 0.0
        elif word in ("-", "and") and at > index and _joins(words, at, stop, place):
            at += 1
            continue
        elif word in _ORDINALS and place in (10.0, 100.0) and _ORDINALS[word] < 10 and word != "second":
            return Number(total + current + _ORDINALS[word], index, at + 1, ordinal=True, written="words")
        elif word == "dozen" and place == 1.0:
            return Number((total + current) * 12.0, index, at + 1, written="words")
        else:
            break
        at += 1
    value, at = _after_point(words, at, stop, total + current)
    return _with_half(words, Number(value, index, at, written="words"), stop)


def _joins(words: list[str], at: int, stop: int, place: float) -> bool:
    """Whether a hyphen or an "and" goes on with the number: `sixty-five`, `one hundred and five`."""
    if at + 1 >= stop:
        return False
    after = words[at + 1]
    if words[at] == "-":
        return (place == 10.0 and after in _UNITS and 0 < _UNITS[after] < 10) or after in _SCALES or (place == 10.0 and after in _ORDINALS)
    return place in (100.0, 0.0) and (after in _TENS or after in _UNITS)


def _after_point(words: list[str], at: int, stop: int, value: float) -> tuple[float, int]:
    if not (at + 1 < stop and words[at] in ("point", "dot") and (words[at + 1] in _UNITS or words[at + 1] == "oh")):
        return value, at
    digits, at = "", at + 1
    while at < stop and len(digits) < 12 and (words[at] in _UNITS or words[at] == "oh" or words[at] in _TENS):
        digits += str(int(_UNITS.get(words[at], _TENS.get(words[at], 0.0))))
        at += 1
    return float(f"{int(value)}.{digits}"), at


def _with_half(words: list[str], number: Number, stop: int) -> Number:
    """`three and a half`, `two thirds`, `one quarter`."""
    at = number.last
    if at < stop and words[at] == "-":
        at += 1
    if at < stop and words[at] in _DENOMINATORS and (words[at].endswith("s") or number.value == 1.0) and number.value < 100:
        return number._replace(value=number.value / _DENOMINATORS[words[at]], last=at + 1)
    return _and_a_half(words, number, stop)


def _and_a_half(words: list[str], number: Number, stop: int) -> Number:
    tail = words[number.last : min(number.last + 3, stop)]
    if tail == ["and", "a", "half"]:
        return number._replace(value=number.value + 0.5, last=number.last + 3)
    if tail == ["and", "a", "quarter"]:
        return number._replace(value=number.value + 0.25, last=number.last + 3)
    return number


def _with_tail(scan: Scan, number: Number, stop: int) -> Number:
    """Read what follows a number: `%`, `/10`, `out of ten`, `and a half`, `dozen`, `thousand`, `x 10^3`."""
    if number.written == "digits":
        number = _longer(scan, number, stop)
    words, at = scan.words, number.last
    if at >= stop:
        return number
    word = words[at]
    if word in ("%", "percent", "percents", "pct") or words[at : at + 2] == ["per", "cent"]:
        return number._replace(percent=True, last=at + (2 if word == "per" else 1))
    for phrase in _OUT_OF:
        if words[at : at + len(phrase)] == phrase:
            return _out_of(words, number, at + len(phrase))
    return number


def _longer(scan: Scan, number: Number, stop: int) -> Number:
    """`12 345`, `3 1/2`, `5 x 10^3`, `5k`, `3 and a half`, `2 dozen`: a number in digits that goes on."""
    words, at = scan.words, number.last
    if at >= stop:
        return number
    word = words[at]
    if word in _AFTER_DIGITS:
        return _scaled(words, number, stop)
    if word == "k" and scan.glued(at):
        return number._replace(value=number.value * 1000.0, last=at + 1)
    if word in ("x", "*") and words[at + 1 : at + 3] == ["10", "^"] and at + 3 < stop and words[at + 3].isdecimal():
        return number._replace(value=number.value * 10.0 ** min(int(words[at + 3][:3]), 300), last=at + 4)
    return _next_digits(scan, number) if word.isdecimal() and words[at - 1].isdecimal() else number


def _next_digits(scan: Scan, number: Number) -> Number:
    """`12 345` and `3 1/2`: digits after one space that belong to the same number."""
    words, at = scan.words, number.last
    word = words[at]
    if scan.starts[at] - scan.ends[at - 1] != 1 or scan.text[scan.ends[at - 1]] != " ":
        return number
    below = float(words[at + 2][:9]) if words[at + 1 : at + 2] == ["/"] and words[at + 2 : at + 3] and words[at + 2].isdecimal() else 0.0
    if 0 < float(word[:9]) < below:
        return number._replace(value=number.value + float(word[:9]) / below, last=at + 3)
    if len(word) == 3 and len(words[at - 1]) <= 3 and words[at - 1][0] != "0":
        return number._replace(value=number.value * 1000.0 + float(word), last=at + 1)
    return number


def _scaled(words: list[str], number: Number, stop: int) -> Number:
    word = words[number.last]
    if word == "and":
        return _and_a_half(words, number, stop)
    factor = 12.0 if word == "dozen" else _SCALES.get(word, 0.0)
    value = number.value * factor if factor else number.value + _VULGAR[word]
    return number._replace(value=value, last=number.last + 1)


def _out_of(words: list[str], number: Number, at: int) -> Number:
    """Set what the number is out of, read from token `at`."""
    skipped = at
    while skipped < len(words) and skipped < at + 3 and words[skipped] in ("a", "the", "possible", "maximum", "total", "of"):
        skipped += 1
    if skipped >= len(words):
        return number
    word = words[skipped]
    if word[0].isdigit():
        values = digit_values(word)
        below = Number(values[0], skipped, skipped + 1) if len(values) == 1 else None
    else:
        below = _cardinal(words, skipped, len(words)) if word in _UNITS or word in _TENS or word in _SCALES else None
    if below is not None and words[below.last : below.last + 1] in (["to"], ["-"]):
        whole = _out_of(words, number, below.last + 1)
        if whole.out_of is not None and whole.out_of > below.value:
            return whole
    if below is None or below.value <= 0:
        return number
    return number._replace(out_of=below.value, last=below.last)
