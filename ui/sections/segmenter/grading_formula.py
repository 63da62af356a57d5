"""IoU and boundary F of one class as formulas, with the numbers put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.segmentation.scores import ClassScore, ContourScore


def iou(pixels: ClassScore) -> str:
    """IoU in LaTeX, by the pixels that are right, invented and missed."""
    right, invented, missed = pixels.both, pixels.predicted - pixels.both, pixels.true - pixels.both
    rule = r"\mathrm{IoU} &= \frac{TP}{TP + FP + FN}"
    filled = rf"&= \frac{{{_count(right)}}}{{{_count(right)} + {_count(invented)} + {_count(missed)}}}"
    return _aligned(rule, filled, f"&= {pixels.iou or 0.0:.3f}")


def boundary(row: ContourScore) -> str:
    """The boundary F-score in LaTeX: precision and recall of contour pixels, and their harmonic mean."""
    lines = [
        rf"P &= {_share(row.predicted_near, row.predicted)}",
        rf"R &= {_share(row.true_near, row.true)}",
        rf"F &= \frac{{2\,P R}}{{P + R}} = {_number(row.f)}",
    ]
    return _aligned(*lines)


def _share(part: int, whole: int) -> str:
    if not whole:
        return r"\text{–}"
    return rf"\frac{{{_count(part)}}}{{{_count(whole)}}} = {part / whole:.3f}"


def _number(value: float | None) -> str:
    return r"\text{–}" if value is None else f"{value:.3f}"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "{,}")


def _aligned(*lines: str) -> str:
    return r"\small \begin{aligned} \rule{0pt}{1.6em} " + r" \\[0.5em] ".join(lines) + r" \end{aligned}"
