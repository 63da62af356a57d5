"""The lines that lay the products down one after the other, and compare the sum with torch's own."""

from __future__ import annotations

from core.segmentation.transposed_settings import Grid, TransposeSettings
from ui.sections.segmenter.transposed_typed import written


def snippet(settings: TransposeSettings) -> str:
    """Prints `rows`, `columns`, the `sum` of the output and the `difference` from `F.conv_transpose2d`."""
    return f"""import torch
from torch.nn import functional as F

X = {_tensor(settings.input)}
K = {_tensor(settings.kernel)}
s, p = {settings.stride}, {settings.padding}    # stride and padding

(h, w), (rows, columns) = K.shape, X.shape
Y = torch.zeros((rows - 1) * s + h, (columns - 1) * s + w, dtype=X.dtype)
for i in range(rows):
    for j in range(columns):
        Y[i*s : i*s+h, j*s : j*s+w] += X[i, j] * K
Y = Y[p : Y.shape[0] - p, p : Y.shape[1] - p]
theirs = F.conv_transpose2d(X[None, None], K[None, None], stride=s, padding=p)[0, 0]

print(Y)
print("rows =", Y.shape[0])
print("columns =", Y.shape[1])
print("sum =", Y.sum().item())
print("difference =", (Y - theirs).abs().max().item())
"""


def _tensor(grid: Grid) -> str:
    rows = ", ".join("[" + ", ".join(row.split(" ")) + "]" for row in written(grid).split("; "))
    return f"torch.tensor([{rows}], dtype=torch.float64)"
