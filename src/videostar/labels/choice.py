"""One of several options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from videostar.labels._captions import LEAST_WORDS, borne_out
from videostar.labels._commit import cues, stretches
from videostar.labels._label import LabelRecord, decided, listed_words, undecided
from videostar.labels._mentions import name_key, names
from videostar.labels._negation import NEGATIONS
from videostar.labels._options import OPTION_NOUNS, Markers, listed_together, marked_options, option_markers
from videostar.labels._scan import Scan, scanned
from videostar.labels._weigh import Reading, Settled, agreed, concluded_elsewhere, settle
from videostar.types import Clip, Label, Verdict, Window


class ChoiceLabel(LabelRecord):
    """Passes when the option that the answer commits to is `options[answer]`.

    answer: 0-based index into `options` as stored; they are shown as (A), (B), ... in that order.
    """

    kind: Literal["choice"] = "choice"
    options: tuple[str, ...] = Field(min_length=2, max_length=26)
    answer: int = Field(ge=0)

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> Self:
        if self.answer >= len(self.options):
            raise ValueError(f"answer {self.answer} is no index into {len(self.options)} options (0 to {len(self.options) - 1})")
        return self

    @property
    def metric(self) -> str:
        """Share of right options."""
        return "accuracy"

    def format_text(self) -> str:
        """The options with their letters, and that a letter is asked for."""
        rows = "\n".join(f"({letter(place)}) {option}" for place, option in enumerate(self.options))
        return f"Options:\n{rows}\nAnswer with the letter of the right option."

    def answer_text(self) -> str:
        """Letter and text of the right option."""
        return f"({letter(self.answer)}) {self.options[self.answer]}"

    def judge(self, answer: str, question: str = "", clip: Clip = Clip()) -> Verdict:
        """Compare the option that `answer` commits to, by letter, number or text, with the right one."""
        repeated = self._repeated(answer)
        if repeated is not None:
            passes = self._same(repeated)
            return decided(passes, float(passes), letter(repeated), f"the answer says option {letter(repeated)}", (0, len(answer)))
        scan = Scan(answer)
        markers = option_markers(question, self.options)
        settled = agreed([settle(scan, self._readings(scan, first, last, markers, marked)) for first, last, marked in stretches(scan)])
        chose = settled.state == "one" and self._are_shown(question)
        if not chose and _is_caption(scan, settled, markers):
            settled = _with_caption(settled, borne_out(scan, self.options))
        span = settled.span(scan)
        said = list(dict.fromkeys(int(str(reading.value)) for reading in settled.readings))
        shown = [letter(place) for place in said]
        if settled.state in ("nothing", "guessed"):
            return undecided("the answer commits to no option", shown or None)
        if settled.state == "denied":
            return undecided(f"the answer only rules out {listed_words(shown)}")
        if settled.state == "several":
            return decided(False, 0.0, shown, f"the answer commits to several options: {listed_words(shown)}", span)
        other = concluded_elsewhere(scan, settled, closed=True)
        if other:
            return decided(False, 0.0, other, f'the answer concludes with "{other}", which is none of the options')
        passes = self._same(said[-1])
        return decided(passes, float(passes), shown[-1], f"the answer says option {shown[-1]}", span)

    def _repeated(self, answer: str) -> int | None:
        """The option that is the whole answer, with its letter as shown: lists of the same words in another order are told apart so."""
        said = " ".join(answer.split()).rstrip(".").casefold()
        shown = [" ".join(f"({letter(place)}) {option}".split()).rstrip(".").casefold() for place, option in enumerate(self.options)]
        return shown.index(said) if said in shown else None

    def _are_shown(self, question: str) -> bool:
        """Whether the question itself lists the options: who then names one has chosen, and the other words are reasons."""
        shown = question.lower()
        return all(option.lower() in shown for option in self.options)

    def _same(self, said: int) -> bool:
        return said == self.answer or name_key(self.options[said]) == name_key(self.options[self.answer])

    def _readings(self, scan: Scan, first: int, last: int, markers: Markers, marked: bool) -> list[Reading]:
        """Options named by marker and by text. A text right after a marker weighs as much, so that "B. swimming" conflicts."""
        mentions = names(self.options).find(scan, first, last)
        if not mentions:
            return marked_options(scan, first, last, markers, marked)
        in_text = {index for mention in mentions for index in range(mention.first, mention.last)}
        by_marker = [
            marker
            for marker in marked_options(scan, first, last, markers, marked)
            if marker.first not in in_text or scan.stems[marker.first - 1] in OPTION_NOUNS
        ]
        in_marker = {index for marker in by_marker for index in range(marker.first, marker.last)}
        ending = {marker.last: place for place, marker in enumerate(by_marker)}
        by_text: list[Reading] = []
        for mention in mentions:
            if mention.first in in_marker:
                continue
            place = next((ending[at] for at in range(mention.first, mention.first - 4, -1) if at in ending), -1)
            beside = place >= 0 and not any(word[0].isalnum() for word in scan.words[by_marker[place].last : mention.first])
            if beside and by_marker[place].value == mention.name:
                by_marker[place] = by_marker[place]._replace(last=mention.last)
                continue
            weight = by_marker[place].weight if beside else mention.quality + 0.1 * mention.length
            denies = not NEGATIONS.isdisjoint(scanned(self.options[mention.name]).words)
            by_text.append(Reading(mention.name, mention.first, mention.last, weight, denies=denies))
        return listed_together(scan, sorted(by_marker + by_text, key=lambda reading: reading.first))

    def window_answer(self, text: str, question: str, window: Window) -> str:
        """The letter of the window's own option."""
        said = self.judge(text, question).extracted
        return f"({said})" if isinstance(said, str) and len(said) == 1 else ""

    def distractors(self, others: Sequence[Label], count: int, seed: int) -> list[str]:
        """The other options."""
        wrong = [f"({letter(place)}) {option}" for place, option in enumerate(self.options) if not self._same(place)]
        return wrong[:count]


def _is_caption(scan: Scan, settled: Settled, markers: Markers) -> bool:
    """Whether a text describes in words of its own: it is long enough, names no option by letter or number, and draws no conclusion."""
    if len(scan.words) < LEAST_WORDS or settled.state in ("guessed", "denied") or stretches(scan)[0].marked:
        return False
    if marked_options(scan, 0, len(scan.words), markers, marked=False):
        return False
    found = cues(scan)
    return not (found.final or found.correction)


def _with_caption(named: Settled, described: Settled) -> Settled:
    """What a caption names and what it describes, taken together: two different options are several."""
    if described.state == "nothing":
        return named
    if described.state == "one" and named.state != "one":
        return described
    if named.state == "one" and described.state == "one" and named.readings[-1].value != described.readings[-1].value:
        return Settled("several", (*named.readings, *described.readings))
    return described


def letter(place: int) -> str:
    """0 -> "A"."""
    return chr(ord("A") + place)
