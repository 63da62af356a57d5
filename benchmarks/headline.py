"""The tables of the README and of the deployment guide: the rows of the record that say most, in a reader's words.

`python -m benchmarks` writes each between two comments of its file, and a test holds that it stands there as the record has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.record import Record, said

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- measured: written by python -m benchmarks -->", "<!-- end of measured -->"
KEY = "Arrow key on a slider to paint, p50"
PAINT = "arrow key to paint, p50"
TEXT, FROZEN, FLOOR = "text-only Streamlit page", "text-only page, imports frozen", "the floor"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: rows of one benchmark, each named by what it measures and beside what."""

    words: str
    benchmark: str
    rows: tuple[tuple[str, str], ...]


README = (
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
    Line(
        "light pages, 95 of 100 answers: 20 sessions, 50 sessions",
        "load",
        tuple((f"Light pages, {count} sessions, an answer, p95", FLOOR) for count in (20, 50)),
    ),
)

DEPLOY = (
    *(
        Line(
            f"an answer of a light page, {count} sessions: half, 95 of 100",
            "load",
            tuple((f"Light pages, {count} sessions, an answer, {which}", FROZEN) for which in ("p50", "p95")),
        )
        for count in (20, 50)
    ),
    Line(
        "processor time of such an answer: 20 sessions, 50 sessions",
        "load",
        tuple((f"Light pages, {count} sessions, CPU of an answer", FROZEN) for count in (20, 50)),
    ),
    Line(
        "an answer that nobody asked for before: a descent",
        "load",
        (("A descent nobody asked for, one session", "asked for before"),),
    ),
    Line("memory with 50 light sessions", "load", (("Memory with 50 light sessions", "no session"),)),
    Line("memory after 500 interactions", "load", (("Memory after 500 interactions", "before them"),)),
    Line(
        "memory after 200 sessions came and went", "load", (("Memory after 200 sessions came and went", "before them"),)
    ),
    Line(
        "95 of 100 answers of light pages, 10 sessions, beside a painting",
        "load",
        (("Light pages, 10 sessions beside a painting, p95", "the same without"),),
    ),
    Line(
        "from *Stop* to the first update of the next painting in the queue",
        "load",
        (("Heavy work: from Stop to the first update of the next run", "one second"),),
    ),
)
TABLES = {ROOT / "README.md": README, ROOT / "docs" / "deploy.md": DEPLOY}
"""What each file shows."""


def table(lines: Sequence[Line], record: Record) -> str:
    """The table of `lines` in Markdown.

    Raises:
        KeyError: the record has no such benchmark or row.
    """
    told = ["| what | ours | beside |", "|---|---|---|"]
    for line in lines:
        kept = {(row["what"], row["peer_name"]): row for row in record[line.benchmark]["rows"]}
        rows = [kept[name] for name in line.rows]
        ours, theirs = (", ".join(said(row[side], row["unit"]) for row in rows) for side in ("ours", "peer"))
        told.append(f"| {line.words} | {ours} | {theirs}, {line.rows[0][1]} |")
    return "\n".join(told)


def write(record: Record) -> None:
    """Put what `record` says into each file."""
    for file, lines in TABLES.items():
        file.write_text(written(file.read_text(encoding="utf-8"), lines, record), encoding="utf-8")


def written(text: str, lines: Sequence[Line], record: Record) -> str:
    """The text of a file with the table of `lines` between its two comments.

    Raises:
        ValueError: a comment is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there is no place for the table: it stands between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table(lines, record)}\n\n{END}{after}"
