"""Files of truths to be read in tests, as COCO, PASCAL VOC and YOLO write them."""

import json

import pytest

from core.boxes.truth_files import TruthReading, read_truths
from core.errors import PhotoError

WIDTH, HEIGHT = 500, 333


def read(text: str, **changes) -> TruthReading:
    return read_truths(text.encode(), **({"width": WIDTH, "height": HEIGHT} | changes))


def refused(data: str | bytes, **changes) -> str:
    with pytest.raises(PhotoError) as caught:
        read_truths(
            data if isinstance(data, bytes) else data.encode(), **({"width": WIDTH, "height": HEIGHT} | changes)
        )
    return str(caught.value)


def voc(*objects: str, size: str = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height></size>") -> str:
    return f"<annotation><filename>a.jpg</filename>{size}{''.join(objects)}</annotation>"


def thing(xmin, ymin, xmax, ymax, name="dog", more=""):
    sides = "".join(
        f"<{side}>{at}</{side}>"
        for side, at in zip(("xmin", "ymin", "xmax", "ymax"), (xmin, ymin, xmax, ymax), strict=True)
    )
    return f"<object><name>{name}</name>{more}<bndbox>{sides}</bndbox></object>"


def annotation(**changes):
    return {"image_id": 1, "category_id": 17, "bbox": [156, 97, 195, 173]} | changes


def coco(*entries, **changes) -> str:
    return json.dumps({"annotations": list(entries), "categories": [{"id": 17, "name": "cat"}]} | changes)


def boxes(reading: TruthReading) -> list[list[float]]:
    return reading.table.boxes.tolist()


IMAGES = [
    {"id": 5, "file_name": "nothing.jpg"},
    {"id": 9, "file_name": "val/b.jpg", "width": WIDTH, "height": HEIGHT},
    {"id": 4, "file_name": "c.jpg"},
]
