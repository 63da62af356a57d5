"""The closing row of the view: the three depths as a picture, all twelve answers in numbers, the link, the lines."""

from __future__ import annotations

from PIL import Image

from core.segmentation.settings import Upsampling
from core.zoo.segmenters import LAB_FCN, LAB_FCN_MEAN_IOU
from ui import controls, export, formats
from ui.sections.segmenter import resolution_controls, resolution_presets, resolution_snippet, resolution_stage
from ui.sections.segmenter.resolution_case import ALL, STRIDES, Case, Place
from ui.sections.segmenter.resolution_pair import picture
from viz import images


def take_away(case: Case, way: Upsampling, left: Place, right: Place) -> None:
    """The closing row."""
    export.take_away(
        "resolution",
        picture=lambda: sheet(case, way),
        rows=lambda: rows(case),
        settings=lambda: settings(case, way, left, right),
        link=lambda: link(case),
        snippet=lambda: resolution_snippet.snippet(case.photo, left, right),
        raw=lambda: formats.npy(case.depth(8).scores),
    )


def sheet(case: Case, way: Upsampling) -> Image.Image:
    """The three depths beside each other, the coarsest first."""
    return images.beside([picture(case, (stride, way)) for stride in STRIDES])


def rows(case: Case) -> list[dict[str, str | float | int]]:
    """A row for each depth and way: how much of it differs from the network's own answer, and how good it is."""
    own = (8, Upsampling.LEARNED)
    made: list[dict[str, str | float | int]] = []
    for place in ALL:
        stride, way = place
        row: dict[str, str | float | int] = {
            "depth": f"{stride}s",
            "way": way.value,
            "rows": case.depth(stride).scores.shape[1],
            "columns": case.depth(stride).scores.shape[2],
            "unlike 8s learned": float(case.unlike(place, own).mean()),
        }
        grade = case.grade(place)
        if case.grades is not None and grade is not None:
            row["class"] = case.grades.label
            row["IoU"] = "" if grade.iou is None else grade.iou
            row["contour F"] = "" if grade.contour is None else grade.contour
        made.append(row)
    return made


def settings(case: Case, way: Upsampling, left: Place, right: Place) -> dict[str, object]:
    """What was set, and what is known of the network beyond this photo."""
    return {
        "photo": case.photo.name,
        "network": LAB_FCN.key,
        "enlarged by": way.value,
        "left": f"{left[0]}s {left[1].value}",
        "right": f"{right[0]}s {right[1].value}",
        "differ": float(case.unlike(left, right).mean()),
        "mean IoU on 174 photos": {f"{stride}s": LAB_FCN_MEAN_IOU[stride] for stride in STRIDES},
        "mixed": {f"{one.stride}s": one.mixed for one in case.found.kernels},
    }


def link(case: Case) -> dict[str, str | list[str]]:
    """The query of this state."""
    return {
        "part": "Resolution",
        **controls.link(resolution_presets.KEY, *resolution_controls.KEYS),
        resolution_stage.POINT: resolution_stage.written(resolution_stage.point(case)),
    }
