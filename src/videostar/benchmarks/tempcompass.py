"""TempCompass: the official prompts, and the official matching rules of its four evaluation scripts, in our own words.

Where the rules decide, the score is the official one. Where they do not, the official scripts ask a judge model, or with `--disable_llm`
count 0: here a configured judge is asked, else the answer counts 0 and stands under "undecided". Captions are scored by a judge only.
"""

from __future__ import annotations

from collections.abc import Iterator

from videostar.benchmarks.protocol import Protocol
from videostar.labels.choice import ChoiceLabel
from videostar.prompts import judging
from videostar.types import Clip, Sample, Verdict

ENDINGS = {
    "multi-choice": "\nPlease directly give the best option:",
    "yes_no": "\nPlease answer yes or no:",
    "caption_matching": "\nPlease directly give the best option:",
    "captioning": "",
}
LETTERS = ("A", "B", "C", "D")
CAPTIONS = "captioning"


def prompt(sample: Sample) -> str:
    """The question as the file has it, options and all, and the ending of its task."""
    return f"{sample.meta['asked']}{ENDINGS[sample.task]}"


def judge(sample: Sample, text: str, _: Clip) -> Verdict:
    """The official rules of the question's task; undecided where none of them matches."""
    said, answer = text.replace("</s>", "").strip(), str(sample.meta["answer"])
    if sample.task == "multi-choice":
        right = option_is_right(said, answer)
    elif sample.task == "yes_no":
        right = word_is_right(said, answer)
    elif sample.task == "caption_matching":
        right = caption_is_right(said, str(sample.meta["asked"]), answer)
    else:
        return Verdict("undecided", 0.0, None, "a caption is scored by a judge model only")
    if right is None:
        return Verdict("undecided", 0.0, None, "no official rule matches the answer")
    return Verdict("pass" if right else "fail", float(right), said[:200], f"by the official rules; the answer is {answer!r}")


def option_is_right(said: str, answer: str) -> bool | None:
    """The whole answer; a letter alone; or a letter from A to D with a point or a bracket at the very beginning."""
    if said == answer:
        return True
    if said in LETTERS or (said[:1] in LETTERS and said[1:2] in (".", ")")):
        return said[:1] == answer[:1]
    return None


def word_is_right(said: str, answer: str) -> bool | None:
    """What the answer begins with, "yes" before "no", whatever follows ("nothing" begins with no)."""
    word = next((word for word in ("yes", "no") if said.lower().startswith(word)), None)
    return None if word is None else word == answer


def caption_is_right(said: str, question: str, answer: str) -> bool | None:
    """A whole line, a sentence (also behind ") "), or a name such as "Caption A", "A" or "Option 1."; the last of them that fits counts."""
    fitting = list(_fitting(said, [line for line in question.split("\n")[1:] if ": " in line]))
    if not fitting:
        return None
    name, *behind = answer.split(": ")
    return fitting[-1] in (answer, answer.split(":", maxsplit=1)[0], *behind[:1], *name.split()[1:2])


def _fitting(said: str, lines: list[str]) -> Iterator[str]:
    """What of the question the answer repeats, in the order of the official rules."""
    yield from (line for line in lines if line == said)
    behind = said.split(") ")[1] if ") " in said else None
    yield from (sentence for line in lines if (sentence := line.split(": ")[1]) in (said, behind))
    names = [line.split(": ")[0] for line in lines]
    short = [name.replace("Sentence ", "").replace("Option ", "").replace("Caption ", "") for name in names]
    yield from (name for name in (*names, *short) if name in (said, said.replace(".", "")))


def opinions(sample: Sample, text: str) -> list[tuple[str, bool]]:
    """Whether the answer says what the truth says. A caption must say what the right piece of information says, and none of the others."""
    label = sample.label
    if sample.task == CAPTIONS and isinstance(label, ChoiceLabel):
        question = "What does the video show? Say so in one caption."
        return [(judging(question, (option,), text), place == label.answer) for place, option in enumerate(label.options)]
    return [(judging(str(sample.meta["asked"]), (str(sample.meta["answer"]),), text), True)]


def rows(sample: Sample) -> list[str]:
    """The aspect, and the fine-grained one behind it where the file of them was named and it is another."""
    aspect, fine = str(sample.meta["aspect"]), str(sample.meta["fine_aspect"])
    return [aspect, fine if not fine or fine == aspect else f"{aspect}: {fine}"]


PROTOCOL = Protocol(
    title="TempCompass",
    importer="tempcompass",
    files="the files of questions/ and meta_info.json",
    official="https://github.com/llyx97/TempCompass",
    prompt=prompt,
    judge=judge,
    rows=rows,
    opinions=opinions,
    captions=CAPTIONS,
    note="without a judge model as with --disable_llm: what no rule matches counts 0",
)
