"""The closing row of the NMS page: the photo with the boxes that are kept, every verdict as a row, the link, the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.boxes.files import BoxTable
from core.images.photo import Photo
from ui import controls, export
from ui.sections.nms import candidates, cases, method, snippet, stage, why
from ui.sections.nms.candidates import Racers
from viz import images
from viz.detections import Tagged, detection_picture

if TYPE_CHECKING:
    from core.experiments.nms import Race

MOST_DRAWN = 60


@dataclass(slots=True, eq=False)
class Latest:
    """The races of now, which the race leaves to the row: its slider does not draw that again."""

    races: Sequence[Race] = ()


def take_away(photo: Photo, racers: Racers, latest: Latest) -> None:
    """The closing row: every verdict of all races, the picture and the lines of the first."""
    chosen = controls.link(*candidates.KEYS)
    typed = (candidates.ROWS,) if racers.source == "Table" else ()
    export.take_away(
        method.NAME,
        picture=lambda: picture(photo, racers.table, latest.races[0]),
        rows=lambda: [row for one in latest.races for row in rows(racers.table, one)],
        settings=lambda: {"photo": photo.name, **chosen, "boxes": racers.source, "ways": ways(latest.races)},
        link=lambda: controls.link(cases.KEY, *candidates.KEYS, *method.KEYS, stage.STEP, stage.PICKED, *typed),
        missing="Your file is not part of it." if racers.source == "File" else "",
        snippet=lambda: snippet.snippet(racers.table, latest.races[0].settings),
        figures=lambda: figures(racers.table, latest.races),
    )


def figures(table: BoxTable, races: Sequence[Race]) -> dict[str, object]:
    """How many boxes raced, and how many each way kept."""
    names = method.names([race.settings for race in races])
    return {
        "boxes": len(table.labels),
        **{f"kept, {name}": len(race.kept) for name, race in zip(names, races, strict=True)},
    }


def ways(races: Sequence[Race]) -> list[dict[str, object]]:
    """The settings of each race, as a JSON file has them."""
    return [{name: getattr(value, "value", value) for name, value in asdict(one.settings).items()} for one in races]


def picture(photo: Photo, table: BoxTable, race: Race) -> Image.Image:
    """The photo with the boxes that are kept, the best of them where there are very many."""
    small = images.fit(photo.pixels, 1200)
    factor, of = small.width / photo.width, stage.colours(table)
    tagged = []
    for box in race.kept[:MOST_DRAWN]:
        x1, y1, x2, y2 = (side * factor for side in table.boxes[box].tolist())
        label = table.labels[box]
        words = f"{box} {why.name(table, box)} {race.final[box]:.2f}"
        tagged.append(Tagged((x1, y1, x2, y2), words, of[label]))
    return detection_picture(np.asarray(small), tagged)


def rows(table: BoxTable, race: Race) -> list[dict[str, str | float | int]]:
    """A row for each box: what it is, and what became of it. Decisions count from 1, as on the page."""
    kept = set(race.kept)
    return [
        {
            "way": method.title(race.settings),
            "box": box,
            "label": label,
            "x1": sides[0],
            "y1": sides[1],
            "x2": sides[2],
            "y2": sides[3],
            "score": score,
            "score after": float(race.final[box]),
            "kept": int(box in kept),
            "decision": int(race.step[box]) + 1,
            "decided by": int(race.winner[box]),
            "overlap": float(race.overlap[box]),
        }
        for box, (label, sides, score) in enumerate(
            zip(table.labels, table.boxes.tolist(), table.scores.tolist(), strict=True)
        )
    ]
