"""FineDiving and MTL-AQA: the judges' score of a dive. Spearman's rho, and relative L2 x100 over the range of the test scores."""

from __future__ import annotations

from videostar.benchmarks.protocol import Protocol

NOTE = (
    "the benchmark has no wording for language models: ours is asked; rho, R-l2 and the error are over the answers that hold one number,"
    " and results.json counts them"
)
FINEDIVING = Protocol(
    title="FineDiving",
    importer="finediving",
    files="the fine-grained annotation pickle, train_split.pkl, test_split.pkl and the table of sub-actions",
    official="https://github.com/xujinglin/FineDiving",
    tasks=("score",),
    has_splits=True,
    note=NOTE,
)
MTL_AQA = Protocol(
    title="MTL-AQA",
    importer="mtl-aqa",
    files="final_annotations_dict.pkl, train_split_0.pkl and test_split_0.pkl",
    official="https://github.com/ParitoshParmar/MTL-AQA",
    tasks=("score",),
    has_splits=True,
    note=NOTE,
)
