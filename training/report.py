"""The figures of an evaluation, and the same as Markdown, for a person and for the model card."""

from __future__ import annotations

from dataclasses import dataclass

from training.metrics import ClassScore, Scores

WORST = 8
"""How many confusions are shown."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a classifier after its evaluation with one view.

    `whole_photos` is the part of the animal photos, uncut, whose most probable class is on them. `samples` has the
    probability of the right class of each sample photo, and `called` the most probable one's name.
    """

    view: str
    imagenette: Scores
    animals: Scores
    whole_photos: float
    samples: dict[str, float]
    called: dict[str, str]


def table(report: Report, baseline: Scores | None) -> str:
    """Three tables: in all, each class, and what is taken for what most often."""
    return "\n\n".join((_in_all(report, baseline), _classes(report, baseline), _confusions(report))) + "\n"


def markdown(head: list[str], rows: list[list[object]]) -> str:
    """A table of Markdown; numbers with a fraction have three places."""
    lines = [head, ["---"] * len(head), *[[_cell(value) for value in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _in_all(report: Report, baseline: Scores | None) -> str:
    rows = [
        ["Imagenette, validation", report.imagenette.count, report.imagenette.top1, report.imagenette.confidence],
        ["Animal crops, validation", report.animals.count, report.animals.top1, report.animals.confidence],
        ["Whole animal photos: a class that is on them", "", report.whole_photos, ""],
    ]
    if baseline is not None:
        rows.append(["Imagenette, stock SqueezeNet 1.1", baseline.count, baseline.top1, baseline.confidence])
    for name, probability in report.samples.items():
        rows.append([f"Sample photo “{name}”: called {report.called[name]}", 1, "", probability])
    return markdown([f"View: {report.view}", "pictures", "top-1", "mean confidence"], rows)


def _classes(report: Report, baseline: Scores | None) -> str:
    stock = {row.name: row for row in baseline.classes} if baseline else {}
    things = [
        [row.name, "Imagenette", row.count, _part(row), _part(stock.get(row.name))] for row in report.imagenette.classes
    ]
    crops = [[row.name, "animal crops", row.count, _part(row), ""] for row in report.animals.classes]
    return markdown(["Class", "from", "pictures", "right", "stock"], things + crops)


def _confusions(report: Report) -> str:
    both = [(pair, "Imagenette") for pair in report.imagenette.confusions]
    both += [(pair, "animal crops") for pair in report.animals.confusions]
    both.sort(key=lambda row: -row[0].count)
    rows = [[pair.truth, pair.called, source, pair.count] for pair, source in both[:WORST]]
    return markdown(["Shows", "called", "from", "pictures"], rows)


def _part(row: ClassScore | None) -> float | str:
    return row.right / row.count if row else ""


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
