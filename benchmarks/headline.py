"""The table of the README: the rows of the record that say most, in a reader's words.

`python -m benchmarks` writes it between two comments of the README, and a test holds that it stands there as the record has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.record import Record, said

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- measured: written by python -m benchmarks -->", "<!-- end of measured -->"
KEY = "Arrow key on a slider to paint, p50"
PAINT = "arrow key to paint, p50"
TEXT = "text-only Streamlit page"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: rows of one benchmark, each named by what it measures and beside what."""

    words: str
    benchmark: str
    rows: tuple[tuple[str, str], ...]


LINES = (
    Line("arrow key on a slider to paint: two boxes", "interaction", ((KEY, TEXT),)),
    Line(
        "the same: anchors, suppression of 300 boxes, detections by confidence",
        "assignment",
        tuple((f"{what}: {PAINT}", TEXT) for what in ("Anchors, YOLO grid", "NMS, 300 boxes", "Detector, confidence")),
    ),
    Line(
        "the same: opacity and threshold of a class map, which the browser paints",
        "assignment",
        tuple((f"{what}: {PAINT}", TEXT) for what in ("Segmenter, opacity", "Segmenter, unknown below a margin")),
    ),
    Line(
        "start of the server to the title",
        "interaction",
        (("Start to the title of the Overview", "hello-world Streamlit app"),),
    ),
    Line(
        "*Try it* to the painted picture: network not loaded, loaded",
        "zoo",
        tuple(
            (f"Click on Try it to the painted picture, {state}", TEXT)
            for state in ("the network is not loaded", "loaded, a new photo")
        ),
    ),
    Line("IoU of 10,000 × 100 boxes", "boxes", (("pairwise_iou, 10,000 x 100", "torchvision box_iou"),)),
    Line(
        "2,042,040 anchors",
        "boxes",
        (("pixel_anchors, 2,042,040", "the textbook's repeat and repeat_interleave"),),
    ),
    Line(
        "matching 100,000 anchors with 50 objects",
        "boxes",
        (("match_by_threshold, 100,000 x 50", "torchvision Matcher"),),
    ),
    Line(
        "greedy suppression of 5,000 boxes, every decision told; the peer tells none",
        "nms",
        (("trace_nms, 5,000 boxes, threshold 0.5, and every decision", "torchvision nms"),),
    ),
    Line(
        "Yolo-Fastest 1.1 XL, 5 photos, from pixels to boxes",
        "detection",
        (("Yolo-Fastest 1.1 XL, 5 photos, 320 px, pixels to boxes", "OpenCV DNN"),),
    ),
    Line(
        "a photo of 1,024 × 683 px in 24 tiles: the scores of each pixel",
        "segmentation",
        (("24 tiles of 224 px, scores of 1,024 x 683 px", "24 bare passes"),),
    ),
    Line("Grad-CAM of ResNet-50 at 224 px", "attribution", (("Grad-CAM, ResNet-50", "captum LayerGradCam"),)),
    Line(
        "integrated gradients with 50 points, ResNet-50",
        "attribution",
        (("integrated gradients, 50 steps", "captum IntegratedGradients"),),
    ),
    Line("a step of PGD on ResNet-50", "adversarial", (("A step of PGD, ResNet-50", "captum.robust PGD"),)),
    Line(
        "an update of a painting at 384 px: the lab's network, VGG-19",
        "style",
        tuple(
            (f"An iteration, {name}, 384 px", "a bare forward and backward pass")
            for name in ("the lab's trunk", "VGG-19")
        ),
    ),
)


def table(record: Record) -> str:
    """The table in Markdown.

    Raises:
        KeyError: the record has no such benchmark or row.
    """
    lines = ["| what | ours | beside |", "|---|---|---|"]
    for line in LINES:
        kept = {(row["what"], row["peer_name"]): row for row in record[line.benchmark]["rows"]}
        rows = [kept[name] for name in line.rows]
        ours, theirs = (", ".join(said(row[side], row["unit"]) for row in rows) for side in ("ours", "peer"))
        lines.append(f"| {line.words} | {ours} | {theirs}, {line.rows[0][1]} |")
    return "\n".join(lines)


def written(readme: str, record: Record) -> str:
    """The README with the table of `record` between its two comments.

    Raises:
        ValueError: a comment is missing.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{README.name} has no place for the table: it stands between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table(record)}\n\n{END}{after}"
