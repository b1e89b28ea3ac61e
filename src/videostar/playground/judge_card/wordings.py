"""How models put an answer, by the grammar of what they say and by the form of their answer. Data, and nothing else.

{a} is what is said, {A} the same with a capital; {b} and {B} another value; {block} is {a} over several lines and {json} as JSON;
{noun} is what the question asks for; {seen} and {also} are observations that decide nothing; {one}, {two} and {three} are numbers of
other things, {sure} one near to 100; {s} and {not_s} are clauses that say yes or no to the question, as {a} and {b} do.

A form in `COMMITS` commits to {a}, one in `LEAVES_OPEN` to nothing, or to several things.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from videostar.playground.judge_card import wordings_of_names, wordings_of_numbers
from videostar.playground.judge_card.wordings_common import Wordings
from videostar.playground.judge_card.wordings_further_names import FURTHER_NAMES
from videostar.playground.judge_card.wordings_further_numbers import FURTHER_NUMBERS

COMMITS = ("plain", "reasoned", "marked", "contrast", "correction", "numbers around", "restated")
LEAVES_OPEN = ("hedge", "denial", "several", "refusal")

_FIRST: Mapping[str, Wordings] = MappingProxyType(
    {
        "name": wordings_of_names.NAME,
        "option": wordings_of_names.OPTION,
        "order": wordings_of_names.ORDER,
        "set": wordings_of_names.SET,
        "quantity": wordings_of_numbers.QUANTITY,
        "count": wordings_of_numbers.COUNT,
        "pair": wordings_of_numbers.PAIR,
        "time": wordings_of_numbers.TIME,
        "yes or no": wordings_of_numbers.YES_OR_NO,
    }
)
_FURTHER: Mapping[str, Wordings] = MappingProxyType({**FURTHER_NAMES, **FURTHER_NUMBERS})
WORDINGS: Mapping[str, Wordings] = MappingProxyType(
    {grammar: {form: (*texts, *_FURTHER[grammar].get(form, ())) for form, texts in first.items()} for grammar, first in _FIRST.items()}
)
