"""Detection: from the pixels of a photo to the boxes on it.

Yolo-Fastest 1.1 XL at 320 x 320 px on the CPU, on the five photos of scikit-image, beside OpenCV's DNN module with the same two
files: the photo made smaller, one pass, every box that scores 5 %, suppression within each class, and corners in pixels of
the photo. Ours is what the page Models asks for, with its count of passes and memory. OpenCV makes the photo smaller without
the smoothing that we do, so its scores differ a little; on each photo both must be surest of the same thing.

The two files are looked for in TORCH_HOME, beside it, and in darknet/ of a folder shared/ beside the project.
"""

from __future__ import annotations

import os
import sys
from tempfile import TemporaryDirectory
from unittest.mock import patch

import cv2
import numpy as np
import pytest

from benchmarks.harness import Row, interleave, report
from core.boxes.nms_settings import LEAST_SCORE
from core.detection.detector import OVERLAP
from core.experiments.models import things
from core.images.photo import Photo
from core.images.samples import FILES, sample
from core.zoo.catalog import card
from core.zoo.model_card import ModelCard
from tests.core.zoo import darknet_files

KEY = "yolo_fastest_xl"
AIM = 0.9
ROUNDS = 21

Answer = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Corners in pixels of the photo, scores, and classes, the best first."""


def opencv(row: ModelCard) -> cv2.dnn.Net:
    """The same files in OpenCV, told to leave out what scores too little, and not to suppress within a head."""
    config, weights = (darknet_files.real(name) for name in reversed(row.files))
    text = config.decode().replace("[yolo]", f"[yolo]\nthresh={LEAST_SCORE}\nnms_threshold=0")
    return cv2.dnn.readNetFromDarknet(np.frombuffer(text.encode(), np.uint8), np.frombuffer(weights, np.uint8))


def theirs(net: cv2.dnn.Net, photo: Photo, side: int) -> Answer:
    """What OpenCV finds on a photo."""
    net.setInput(cv2.dnn.blobFromImage(photo.pixels, 1 / 255, (side, side)))
    found = np.concatenate(net.forward(net.getUnconnectedOutLayersNames()))
    labels = found[:, 5:].argmax(axis=1)
    scores = found[np.arange(len(found)), 5 + labels]
    sure = scores >= LEAST_SCORE
    found, labels, scores = found[sure], labels[sure], scores[sure]
    size = np.array([photo.width, photo.height] * 2)
    boxes = np.concatenate((found[:, :2] - found[:, 2:4] / 2, found[:, 2:4]), axis=1) * size
    lists = (boxes.tolist(), scores.tolist(), labels.tolist())
    kept = np.array(cv2.dnn.NMSBoxesBatched(*lists, LEAST_SCORE, OVERLAP), np.int64).reshape(-1)
    corners = np.concatenate((boxes[kept, :2], boxes[kept, :2] + boxes[kept, 2:]), axis=1)
    return corners.clip(0, size), scores[kept], labels[kept]


def surest(answer: Answer) -> int | None:
    """The class of the best box; None where there is none."""
    _, scores, labels = answer
    return int(labels[scores.argmax()]) if len(scores) else None


def detection() -> Row:
    """All five photos, ours and OpenCV's in turn.

    Raises:
        AssertionError: they are surest of different things on one of the photos.
    """
    row, photos = card(KEY), [sample(key) for key in FILES]
    net = opencv(row)
    for photo in photos:
        best = next((one.index for one in things(photo, KEY).things), None)
        if best != surest(theirs(net, photo, row.resize)):
            raise AssertionError(f"On {photo.name} the lab and OpenCV are surest of different things")

    def ours() -> object:
        return [things(photo, KEY) for photo in photos]

    def peer() -> object:
        return [theirs(net, photo, row.resize) for photo in photos]

    what = f"{row.title}, {len(photos)} photos, {row.resize} px, pixels to boxes"
    return Row(what, *interleave(ours, peer, rounds=ROUNDS), "OpenCV DNN", AIM)


def main() -> None:
    """Measure with copies of the files in a folder of their own."""
    with TemporaryDirectory() as home:
        row = card(KEY)
        try:
            content = {name: darknet_files.real(name) for name in row.files}
        except pytest.skip.Exception as missing:
            sys.exit(str(missing))
        with patch.dict(os.environ, VISION_LAB_DEVICE="cpu", TORCH_HOME=home):
            darknet_files.put(row, content)
            made = detection()
    report([made], sys.argv[1:])


if __name__ == "__main__":
    main()
