"""The same files in OpenCV's DNN module: every number of every box, and what is left after suppression.

OpenCV keeps scores above `thresh` alone and suppresses within each head; both are switched off in the text it is given.
"""

import cv2
import numpy as np
import pytest
import torch

from core.boxes.iou import pairwise_iou
from core.detection.darknet import Decoded, decode_heads, detections
from core.detection.detector import in_photo, suppressed
from core.images.normalise import to_tensor
from core.images.resize import letterbox, stretch
from core.images.samples import FILES, sample
from core.networks.coco_classes import COCO
from core.networks.darknet import Darknet
from core.zoo.darknet import darknet, read_config
from tests.core.zoo import darknet_files as files

FASTEST = ("yolo-fastest-1.1", "yolo-fastest-1.1-xl")
OWN = {
    "small v3": files.small_v3(),
    "v3-tiny": files.v3_tiny(),
    "v4-tiny": files.v4_tiny(),
    "v4-tiny with mish": files.v4_tiny("mish"),
}


def photos() -> list[torch.Tensor]:
    """Ten: the five of scikit-image, and a mirrored half of each."""
    whole = [to_tensor(sample(key).pixels, torch.device("cpu")) for key in FILES]
    return whole + [photo[..., photo.shape[3] // 3 :].flip(3) for photo in whole]


def opencv(cfg: str, weights: bytes) -> cv2.dnn.Net:
    text = cfg.replace("[yolo]", "[yolo]\nthresh=0\nnms_threshold=0")
    return cv2.dnn.readNetFromDarknet(np.frombuffer(text.encode(), np.uint8), np.frombuffer(weights, np.uint8))


def theirs(net: cv2.dnn.Net, x: torch.Tensor) -> np.ndarray:
    """Rows of centre, size, objectness and scores; coordinates in [0, 1]."""
    net.setInput(x.numpy())
    return np.concatenate(net.forward(net.getUnconnectedOutLayersNames()))


def decoded(network: Darknet, x: torch.Tensor) -> Decoded:
    with torch.inference_mode():
        return decode_heads(network(x), network.heads, height=x.shape[2], width=x.shape[3])


def as_opencv(found: Decoded, height: int, width: int) -> np.ndarray:
    first, last = found.boxes[:, :2], found.boxes[:, 2:]
    sides = torch.tensor((width, height))
    columns = ((first + last) / 2 / sides, (last - first) / sides, found.objectness[:, None], found.scores)
    return torch.cat(columns, dim=1).numpy()


def assert_same_numbers(network: Darknet, net: cv2.dnn.Net, x: torch.Tensor) -> None:
    ours = as_opencv(decoded(network, x), x.shape[2], x.shape[3])
    expected = theirs(net, x)
    assert ours.shape == expected.shape
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-3)


def assert_same_finds(network: Darknet, net: cv2.dnn.Net, x: torch.Tensor, least: float = 0.3) -> int:
    """After suppression within each class; how many there are."""
    ours = suppressed(detections(decoded(network, x), least=least), 0.45)
    rows = theirs(net, x)
    sides = np.array([x.shape[3], x.shape[2]] * 2)
    boxes = np.concatenate((rows[:, :2] - rows[:, 2:4] / 2, rows[:, 2:4]), axis=1) * sides
    scores, labels = rows[:, 5:].max(axis=1), rows[:, 5:].argmax(axis=1)
    kept = np.array(cv2.dnn.NMSBoxesBatched(boxes, scores, labels, least, 0.45), int).flatten()
    corners = torch.from_numpy(np.concatenate((boxes[:, :2], boxes[:, :2] + boxes[:, 2:]), axis=1)[kept]).float()
    assert len(ours.boxes) == len(kept)
    if len(kept):
        same = pairwise_iou(corners, ours.boxes) >= 0.99
        same &= (torch.from_numpy(scores[kept])[:, None] - ours.scores).abs() < 0.01
        same &= torch.from_numpy(labels[kept])[:, None] == ours.labels
        assert bool((same.sum(dim=0) >= 1).all() and (same.sum(dim=1) >= 1).all())
    return len(kept)


def between_the_best(rows: np.ndarray) -> float:
    """A threshold that 30 boxes pass: a random network is sure of thousands, some on the verge of suppression."""
    best = np.sort(rows[:, 5:].max(axis=1))[-31:-29]
    return float(best.mean())


@pytest.mark.parametrize("name", OWN)
def test_random_networks_of_each_family_give_opencvs_numbers_and_finds_on_ten_photos(name):
    config = read_config(OWN[name].encode())
    weights = files.weights(config)
    network, net = darknet(config, weights), opencv(OWN[name], weights)
    found = 0
    for photo in photos():
        x = stretch(photo, height=320, width=320).image
        assert_same_numbers(network, net, x)
        found += assert_same_finds(network, net, x, between_the_best(theirs(net, x)))
    assert found >= 50
    assert decoded(network, x).objectness.std() > 0.05  # not all say the same


@pytest.mark.parametrize("name", OWN)
def test_random_networks_of_each_family_give_opencvs_numbers_at_another_size(name):
    config = read_config(OWN[name].encode())
    weights = files.weights(config, 1)
    x = letterbox(photos()[0], height=192, width=352).image
    assert_same_numbers(darknet(config, weights), opencv(OWN[name], weights), x)


@pytest.mark.weights
@pytest.mark.parametrize("name", FASTEST)
def test_yolo_fastest_gives_opencvs_numbers_and_finds_on_ten_photos(name):
    cfg, weights = files.real(f"{name}.cfg"), files.real(f"{name}.weights")
    network, net = darknet(read_config(cfg), weights), opencv(cfg.decode(), weights)
    found = 0
    for photo in photos():
        x = stretch(photo, height=320, width=320).image
        assert_same_numbers(network, net, x)
        found += assert_same_finds(network, net, x)
    assert found >= 10


@pytest.mark.weights
def test_yolo_fastest_gives_opencvs_numbers_at_another_size():
    cfg, weights = files.real("yolo-fastest-1.1-xl.cfg"), files.real("yolo-fastest-1.1-xl.weights")
    network, net = darknet(read_config(cfg), weights), opencv(cfg.decode(), weights)
    for photo in photos()[:5]:
        x = letterbox(photo, height=416, width=352).image
        assert_same_numbers(network, net, x)
        assert_same_finds(network, net, x)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("key", "word", "score"),
    [("cat", "cat", 0.77), ("coffee", "cup", 0.93), ("astronaut", "person", 0.99), ("motorcycle", "motorbike", 0.99)],
)
def test_yolo_fastest_finds_what_is_on_the_samples(key, word, score):
    network = darknet(read_config(files.real("yolo-fastest-1.1-xl.cfg")), files.real("yolo-fastest-1.1-xl.weights"))
    photo = sample(key)
    placed = stretch(to_tensor(photo.pixels, torch.device("cpu")), height=320, width=320)
    found = in_photo(suppressed(detections(decoded(network, placed.image), least=0.3), 0.45), placed.placement)
    best = {COCO[label]: index for index, label in reversed(list(enumerate(found.labels.tolist())))}
    assert word in best
    assert float(found.scores[best[word]]) == pytest.approx(score, abs=0.04)
    if word in photo.truth.labels:
        truth = torch.tensor(photo.truth.boxes[photo.truth.labels.index(word)])[None]
        assert float(pairwise_iou(found.boxes[best[word]][None], truth)) > 0.5


@pytest.mark.weights
def test_the_names_are_those_of_the_file():
    assert files.real("coco.names").decode().split("\n")[:80] == list(COCO)
