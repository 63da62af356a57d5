"""The lines that compute the same IoU from two mask files with torch alone."""

from __future__ import annotations

from collections.abc import Mapping

TRUTH, ANSWER = "judge-truth.png", "judge-answer.png"

_LINES = """import numpy as np
import torch
from PIL import Image

names = {names}
truth, answer = (torch.from_numpy(np.array(Image.open(name))) for name in ({truth!r}, {answer!r}))
known = truth != 255    # open pixels count for nothing
scores = []
for number, name in names.items():
    ours, theirs = (answer == number) & known, (truth == number) & known
    either = (ours | theirs).sum().item()
    if either:
        scores.append((ours & theirs).sum().item() / either)
        print(f"IoU {{name}} =", scores[-1])
print("mean IoU =", sum(scores) / max(1, len(scores)))
print("pixels right =", (answer == truth)[known].double().mean().item() if known.any() else 0.0)
"""


def snippet(numbered: Mapping[int, str]) -> str:
    """Prints `IoU name = x` for each class that is there or was found, `mean IoU = x` and `pixels right = x`.

    `numbered` says what the numbers of the two files mean.
    """
    rows = "".join(f"\n    {number}: {name!r}," for number, name in numbered.items())
    return _LINES.format(names=f"{{{rows}\n}}", truth=TRUTH, answer=ANSWER)
