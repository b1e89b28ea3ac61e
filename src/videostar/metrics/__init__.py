"""Formulas over outcomes, by their field's definitions; pure. Intervals are clustered by group: questions about one video move together.

A measure that is a mean over questions is given question by question, so that `estimate` puts an interval around it; shares are in [0, 1].
"""

from videostar.metrics.intervals import estimate, estimate_of, paired_gain
from videostar.metrics.lists import edit_similarity, f1
from videostar.metrics.overlap import THRESHOLDS, recalled
from videostar.metrics.paired import PairedTest, paired_test
from videostar.metrics.sampling import distinct_ratio, majority_passes, pass_at_k
from videostar.metrics.scores import absolute_errors, relative_l2, spearman

__all__ = [
    "THRESHOLDS",
    "PairedTest",
    "absolute_errors",
    "distinct_ratio",
    "edit_similarity",
    "estimate",
    "estimate_of",
    "f1",
    "majority_passes",
    "paired_gain",
    "paired_test",
    "pass_at_k",
    "recalled",
    "relative_l2",
    "spearman",
]
