"""Charades-STA: when does a sentence happen? Mean IoU, and R@1 at IoU 0.3, 0.5 and 0.7, over the sentences of the test file."""

from __future__ import annotations

from videostar.benchmarks.protocol import Protocol

PROTOCOL = Protocol(
    title="Charades-STA",
    importer="charades-sta",
    files="charades_sta_test.txt, and Charades_v1_test.csv for the videos' lengths",
    official="https://github.com/jiyanggao/TALL",
    tasks=("interval",),
    note="the benchmark has no wording for language models: ours is asked; an answer without a start and an end has IoU 0",
)
