"""What a film is made of: panels whose frames lie in a sheet each, charts over the same frames, and words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from viz.colours import Stroke
from viz.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture that moves: what it is called, what it shows in words, its frames, and notes: none, one, or one per frame."""

    title: str
    alt: str
    sheet: Sheet
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One curve of a chart: a value for each frame; where it is None there is a gap."""

    name: str
    stroke: Stroke
    values: tuple[float | None, ...]

    def __post_init__(self) -> None:
        """No value that JSON cannot say."""
        if any(value is not None and not math.isfinite(value) for value in self.values):
            raise ValueError(f"values of {self.name!r} must be finite, or None for a gap")


@dataclass(frozen=True, slots=True)
class Level:
    """A value that curves are compared with: a dashed line from side to side."""

    name: str
    value: float

    def __post_init__(self) -> None:
        """No value that JSON cannot say."""
        if not math.isfinite(self.value):
            raise ValueError(f"the level {self.name!r} must be finite, got {self.value}")


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over the frames. `xs` says where on the x axis each frame lies, from left to right.

    `marks` are places on the x axis where something changed, told as `marked`: dashed uprights. Ticks are chosen by the
    browser, and so is the range of y: `y_range` (values outside lie at its border) and `x_ticks` (places on the axis and
    their words) take their place where they are given.
    """

    title: str
    x_name: str
    y_name: str
    xs: tuple[float, ...]
    series: tuple[Series, ...]
    levels: tuple[Level, ...] = ()
    y_range: tuple[float, float] | None = None
    x_ticks: tuple[tuple[float, str], ...] = ()
    marks: tuple[float, ...] = ()
    marked: str = ""

    def __post_init__(self) -> None:
        """Frames from left to right, and a range that is one."""
        if not all(math.isfinite(x) for x in self.xs) or any(one >= other for one, other in pairwise(self.xs)):
            raise ValueError(f"xs of {self.title!r} must be finite and rise from frame to frame")
        if not all(math.isfinite(place) for place in self.marks):
            raise ValueError(f"marks of {self.title!r} must be finite, got {self.marks}")
        if self.y_range is not None and not -math.inf < self.y_range[0] < self.y_range[1] < math.inf:
            raise ValueError(f"y_range of {self.title!r} must be finite and rise, got {self.y_range}")


@dataclass(frozen=True, slots=True)
class Film:
    """What there is to scrub: `steps` are the words of each frame for the counter, `said` a sentence for each, or none.

    Raises:
        ValueError: there is no frame or nothing to show, or a part has another number of frames than `steps`.
    """

    panels: tuple[Panel, ...]
    charts: tuple[Chart, ...]
    steps: tuple[str, ...]
    said: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """All parts have as many frames as there are steps."""
        if not self.steps or not (self.panels or self.charts):
            raise ValueError("a film needs at least one step, and a panel or a chart")
        parts = [("said", len(self.said), bool(self.said))]
        parts += [(panel.title, panel.sheet.frames, True) for panel in self.panels]
        parts += [(f"notes of {panel.title}", len(panel.notes), len(panel.notes) > 1) for panel in self.panels]
        parts += [(f"xs of {chart.title}", len(chart.xs), True) for chart in self.charts]
        parts += [(one.name, len(one.values), True) for chart in self.charts for one in chart.series]
        for name, count, matters in parts:
            if matters and count != len(self.steps):
                raise ValueError(f"the film has {len(self.steps)} steps, but {name!r} has {count}")
