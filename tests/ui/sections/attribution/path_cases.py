"""Made-up paths for the tests of the view Path."""

import numpy as np

from core.experiments.cost import Cost
from core.experiments.integration import Walk


def walk(scores, sizes, *, running=None, score=None, baseline_score=None) -> Walk:
    """A path with these scores, and gradients of these sizes whose values cancel."""
    count = len(scores)
    checker = np.where(np.indices((4, 4)).sum(axis=0) % 2, 1.0, -1.0)
    low, high = scores[0] if baseline_score is None else baseline_score, scores[-1] if score is None else score
    return Walk(
        label="cat",
        alphas=tuple(np.linspace(0, 1, count).tolist()),
        pictures=np.zeros((count, 4, 4, 3), np.uint8),
        slopes=np.stack([size * checker for size in sizes]),
        accumulated=np.zeros((count, 4, 4)),
        path_scores=tuple(map(float, scores)),
        running=tuple(map(float, running or [one - low for one in scores])),
        score=float(high),
        baseline_score=float(low),
        gap=0.0,
        cost=Cost("CPU", 1, 1, 1.0, 0.0),
    )


SATURATING = walk([0, 0, 5, 9.8, 9.9, 10], [0.1, 0.1, 1.0, 0.6, 0.6, 0.6])
