"""MVBench: the official prompt, and the official rule, which looks at the first word of the first line.

The official code begins the answer with "Best option:(", which not every chat model can be made to do: here the prompt ends with it.
An empty answer, which that code takes for right since every option contains it, is undecided.
"""

from __future__ import annotations

from videostar.benchmarks.protocol import ALL, Protocol
from videostar.labels.choice import ChoiceLabel, letter
from videostar.types import Clip, Sample, Verdict

TASK = (
    "Carefully watch the video and pay attention to the cause and sequence of events, the detail and movement of objects, and the action"
    " and pose of persons. Based on your observations, select the best option that accurately addresses the question."
)


def prompt(sample: Sample) -> str:
    """Task, question, options in brackets, and what to answer with."""
    label = _choice(sample)
    options = "\n".join(f"({letter(place)}) {option}" for place, option in enumerate(label.options))
    return f"{TASK}\nQuestion: {sample.meta['asked']}\nOptions:\n{options}\nOnly give the best option.\nBest option:("


def judge(sample: Sample, text: str, _: Clip) -> Verdict:
    """Right where the first word, points aside, is part of "(a)" of the right option, or holds it."""
    label = _choice(sample)
    right = f"({letter(label.answer).lower()})"
    word = text.strip().split("\n")[0].lower().split(" ")[0]
    said = word.replace(".", "")
    if said.strip("()") == "":
        return Verdict("undecided", 0.0, None, "the answer begins with no option")
    passes = said in right or right in word
    return Verdict("pass" if passes else "fail", float(passes), word, f'the answer begins with "{word}", the right option is {right}')


def _choice(sample: Sample) -> ChoiceLabel:
    if not isinstance(sample.label, ChoiceLabel):
        raise TypeError(f"{sample.id} is no question of MVBench")
    return sample.label


PROTOCOL = Protocol(
    title="MVBench",
    importer="mvbench",
    files="the folder json",
    official="https://github.com/OpenGVLab/Ask-Anything/blob/main/video_chat2/mvbench.ipynb",
    prompt=prompt,
    judge=judge,
    rows=lambda sample: (sample.task,),
    one_section=True,
    note=f'"{ALL}" is right answers over questions, as the official average; the prompt ends with "Best option:("',
)
