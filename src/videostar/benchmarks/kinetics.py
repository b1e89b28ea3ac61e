"""Kinetics as questions: which of the classes does a clip show? Top-1 accuracy over the closed set of the annotation file's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from videostar.benchmarks.protocol import Protocol
from videostar.labels.category import CategoryLabel
from videostar.types import Sample


def with_all_classes(samples: Sequence[Sample]) -> list[Sample]:
    """Each question knows every class of the file, so that an answer is held against all of them."""
    classes = tuple(sorted({sample.label.value for sample in samples if isinstance(sample.label, CategoryLabel)}))
    return [
        replace(sample, label=sample.label.model_copy(update={"classes": classes})) if isinstance(sample.label, CategoryLabel) else sample
        for sample in samples
    ]


PROTOCOL = Protocol(
    title="Kinetics",
    importer="kinetics",
    files="val.csv of Kinetics-400, -600 or -700",
    official="https://github.com/cvdfoundation/kinetics-dataset",
    tasks=("action",),
    prepared=with_all_classes,
    note="asked openly; the class that the answer commits to counts, among all classes of the file, where others ask a judge model",
)
