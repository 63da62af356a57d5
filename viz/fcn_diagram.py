"""How an FCN adds the scores of three depths, as SVG: from maps of features to an answer at each depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viz import plot
from viz.colours import BOX_A, SHARED

ROW, TOP, HIGH = 84, 30, 38
FEATURES, SUM, SCORES, ANSWER = (4, 76), 128, (152, 230), (318, 396)
"""Where the boxes of a row begin and end, and the middle of its plus."""


@dataclass(frozen=True, slots=True)
class Step:
    """One depth: its stride, and the cells of its scores."""

    stride: int
    rows: int
    columns: int


def fcn_diagram(steps: Sequence[Step], rows: int, columns: int) -> str:
    """A row for each depth, the coarsest first; every answer has `rows` x `columns` pixels. Strides halve from row to row."""
    heads = ((FEATURES, "features"), (SCORES, "scores"), (ANSWER, "answer"))
    drawn = "".join(_text((left + right) / 2, 16, words, quiet=True) for (left, right), words in heads)
    for place, step in enumerate(steps):
        drawn += _row(place, step, (rows, columns), [one.stride // 2 for one in steps[place:-1]])
        if place:
            drawn += _from_above(place, steps[place - 1].stride // step.stride)
    height = TOP + ROW * len(steps) - (ROW - HIGH) + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 {height}" width="800" height="{2 * height}" font-size="12" '
        f'fill="{plot.GREY}" font-family="system-ui, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans, sans-serif">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" orient="auto">'
        f'<path d="M0 0 8 4 0 8Z" fill="{plot.GREY}"/></marker></defs>{drawn}</svg>'
    )


def _row(place: int, step: Step, size: tuple[int, int], doublings: list[int]) -> str:
    top = TOP + ROW * place
    middle = top + HIGH / 2
    cells = f"{step.rows} × {step.columns}"
    joins = SUM - 9 if place else SCORES[0]
    factors = " ".join(["× 2"] * len(doublings) + [f"× {step.stride // 2 ** len(doublings)}"])
    drawn = _box(FEATURES, top, cells, plot.GREY) + _box(SCORES, top, cells, BOX_A.colour)
    drawn += _box(ANSWER, top, f"{step.stride}s", SHARED.colour, f"{size[0]} × {size[1]}")
    drawn += _arrow(f"M{FEATURES[1] + 2} {middle}H{joins - 2}") + _text(
        (FEATURES[1] + SUM - 9) / 2, middle - 6, "1 × 1", quiet=True
    )
    if place:
        drawn += (
            f'<circle cx="{SUM}" cy="{middle}" r="9" fill="none" stroke="{plot.GREY}" stroke-width="1.5"/>'
            f'<path d="M{SUM - 4} {middle}h8M{SUM} {middle - 4}v8" stroke="{plot.GREY}" stroke-width="1.5"/>'
        )
        drawn += _arrow(f"M{SUM + 10} {middle}H{SCORES[0] - 2}")
    drawn += _arrow(f"M{SCORES[1] + 2} {middle}H{ANSWER[0] - 2}")
    return drawn + _text((SCORES[1] + ANSWER[0]) / 2 - 2, middle - 6, factors, quiet=True)


def _from_above(place: int, factor: int) -> str:
    """The scores of the row above, enlarged, on their way to the plus of this one."""
    top = TOP + ROW * place
    start, turn = top - ROW + HIGH + 2, top - 24
    x = (SCORES[0] + SCORES[1]) / 2
    way = _arrow(f"M{x} {start}V{turn}H{SUM}V{top + HIGH / 2 - 11}")
    return way + _text((x + SUM) / 2 + 2, turn - 5, f"× {factor}", quiet=True)


def _box(sides: tuple[int, int], top: float, words: str, colour: str, second: str = "") -> str:
    left, right = sides
    middle = (left + right) / 2
    lines = _text(middle, top + HIGH / 2 + (-2 if second else 4), words, strong=True)
    if second:
        lines += _text(middle, top + HIGH / 2 + 12, second, quiet=True)
    return (
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{HIGH}" rx="5" fill="none" stroke="{colour}" '
        f'stroke-width="1.75"/>{lines}'
    )


def _text(x: float, y: float, words: str, *, strong: bool = False, quiet: bool = False) -> str:
    weight = ' font-weight="600"' if strong else ""
    size = ' font-size="11"' if quiet else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle"{weight}{size}>{words}</text>'


def _arrow(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{plot.GREY}" stroke-width="1.5" marker-end="url(#tip)"/>'
