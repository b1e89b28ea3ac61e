"""Linear probes on the vision tower: can place, size and turn be read off its tokens by one linear map?

Least squares fitted on fresh pairs of frames and measured on others. Right means: the place within a twentieth of the frame's width,
the size within an eighth of itself, the turn - none, clockwise or counter-clockwise - named by the highest of three scores.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from videostar import checkpoints
from videostar.playground.architecture import FRAME_SIZE, patchify, video_grid
from videostar.playground.degrade import degrade
from videostar.playground.figures import Figure
from videostar.playground.lessons.moves import MEAN_RADIUS, MOVES
from videostar.playground.scene import TURNINGS
from videostar.playground.worlds.drawing import NUM_FRAMES
from videostar.seeds import seed_for

FITTED, MEASURED = 4000, 1000
PAIRS_PER_CLIP = 4
PLACE_SLACK, SIZE_SLACK = 0.05, 0.125
RIDGE = 1e-4
BATCH = 64
REQUIRED = 0.95

Floats = NDArray[np.float64]


def probe_figures(checkpoint: Path, seed: int) -> Iterator[Figure]:
    """Place, size and turn of the moving shape, as shares of `MEASURED` pairs."""
    model: Any = checkpoints.load_model(str(checkpoint), "float32", trust_remote_code=False)
    tokens, truths = _seen(model.model.visual, seed)
    readable = MOVES.glimpses
    names = list(readable.measures)
    measured = {name: truths[:, len(readable.classes) + names.index(name)] for name in ("x", "y", "radius")}
    turning = truths[:, list(readable.classes).index("turning")].astype(np.int64)
    wanted = np.column_stack([*measured.values(), np.eye(len(TURNINGS))[turning]])
    told, true = _fitted(tokens, wanted), wanted[FITTED:]
    near = np.abs(told[:, :2] - true[:, :2]).max(1) <= PLACE_SLACK
    radius = true[:, 2] + MEAN_RADIUS
    sized = np.abs(told[:, 2] - true[:, 2]) <= SIZE_SLACK * radius
    turned = told[:, 3:].argmax(1) == turning[FITTED:]
    for name, right in (("place", near), ("size", sized), ("turn", turned)):
        yield Figure("linear probe on the tower", name, int(right.sum()), len(right), REQUIRED)


def _seen(visual: Any, seed: int) -> tuple[Floats, Floats]:
    """(N, tokens x hidden) of the tower and (N, classes + measures) of the truth, for pairs of frames of fresh clips."""
    rng = np.random.Generator(np.random.PCG64(seed_for("probes", seed)))
    tokens, truths, frames = [], [], []
    for index in range((FITTED + MEASURED) // PAIRS_PER_CLIP):
        clip = MOVES.draw(seed_for("probes", seed, index))
        first = rng.uniform(0, 1 - 1 / NUM_FRAMES, PAIRS_PER_CLIP)
        times = np.stack([first, first + 1 / NUM_FRAMES], axis=1)
        frames.append(degrade(clip.render(times.reshape(-1), FRAME_SIZE), rng))
        truths += [(*read.classes, *read.measures) for read in map(clip.glimpse, times)]
        if len(frames) * PAIRS_PER_CLIP >= BATCH or index + 1 == (FITTED + MEASURED) // PAIRS_PER_CLIP:
            patches = patchify(np.stack(frames))
            with torch.no_grad():
                out = visual(patches.flatten(0, 1), video_grid(1, len(patches))).pooler_output
            tokens.append(out.view(len(patches), -1).double().numpy())
            frames = []
    return np.concatenate(tokens), np.array(truths, dtype=np.float64)


def _fitted(tokens: Floats, wanted: Floats) -> Floats:
    """Predictions for what lies behind the first `FITTED`, by ridge regression on those."""
    scale = tokens[:FITTED].std(0) + 1e-6
    design = np.column_stack([tokens / scale, np.ones(len(tokens))])
    fit = design[:FITTED]
    weights = np.linalg.solve(fit.T @ fit + RIDGE * len(fit) * np.eye(fit.shape[1]), fit.T @ wanted[:FITTED])
    return np.asarray(design[FITTED:] @ weights)
