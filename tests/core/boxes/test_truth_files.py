"""Ground truth of three formats: each is told by its beginning, and hostile files are refused in plain words."""

import random
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.boxes.rows import MOST_BYTES
from core.boxes.truth_files import Format, read_truths
from core.errors import PhotoError
from tests.core.boxes.truth_texts import HEIGHT, IMAGES, WIDTH, annotation, boxes, coco, read, refused, thing, voc


def test_the_same_box_is_read_from_all_three_formats():
    shares = ((156 + 351) / 2 / WIDTH, (97 + 270) / 2 / HEIGHT, 195 / WIDTH, 173 / HEIGHT)
    readings = [
        read(coco(annotation())),
        read(voc(thing(157, 98, 351, 270, "cat"))),
        read("0 " + " ".join(map(str, shares)), names=("cat",)),
    ]
    assert [one.format for one in readings] == [Format.COCO, Format.VOC, Format.YOLO]
    for one in readings:
        assert boxes(one) == [[156, 97, 351, 270]]
        assert one.table.labels == ("cat",)
        assert one.table.scores.tolist() == [1]
        assert (one.problems, one.left_out, one.notes) == ((), 0, ())


LAUGHS = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY b "&lol;&lol;&lol;">]><annotation>&b;</annotation>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "This file holds no boxes as COCO, PASCAL VOC or YOLO write them."),
        ("\n \n", "This file holds no boxes as"),
        ("x1,y1,x2,y2\n1,2,3,4", "This file holds no boxes as"),
        ("0 0.5 0.5", "This file has no box that can be used. Line 1: it has 3 numbers"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "This file is not text in UTF-8."),
        (b"0 0.5\0", "This file is not text."),
        (voc(thing(1, 1, 9, 9))[:-20], "This file is not XML: it breaks off or goes wrong in line 1."),
        (voc("&amp;&nope;"), "This file is not XML"),
        (voc(), "This XML file holds no objects"),
        ("<svg/>", "This XML file holds no objects"),
        (LAUGHS, "This XML file declares a document type or entities"),
        (OUTSIDE, "This XML file declares a document type or entities"),
        ("<a>" * 10**5, "This XML file is nested too deeply"),
        ("<a>" + "<b/>" * 10**6, "This XML file is nested too deeply or has more than 100,000 elements."),
        (coco(annotation())[:-5], "This file is not JSON: it breaks off or goes wrong in line 1."),
        ("[" * 10**5, "The lists in this JSON file are nested too deeply."),
        ("[]", "This JSON file holds no annotations."),
        ('{"annotations": 5}', "This JSON file holds no annotations."),
        ('{"annotations": [], "images": 5}', "This file has no box that can be used."),
        (coco(annotation(bbox=5)), "This file has no box for photo “1” that can be used. Entry 1: its bbox"),
        ("0 .5 .5 .1 .1\n" * 5001, "This file has more than 5,000 boxes."),
        (b" " * 10 * 10**6, "This file has 10.0 MB; the most is 5 MB."),
        ("0 0.5 0.5 1 1\n" + "\n" * 10**5, "This file has more than 100,000 lines."),
    ],
)
def test_what_is_no_file_of_truths_is_refused_in_plain_words(data, said):
    assert refused(data).startswith(said)


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("", "0 "),
        ("", "0\n"),
        ("<a", " b='c'"),
        ("<a>", "<a>"),
        ("<a>", "&lt;"),
        ("[", "["),
        ("0 ", "9"),
        ("<", "a"),
        ("<a>", "<!---->"),
    ],
)
def test_the_largest_files_of_nonsense_are_refused_soon(head, unit):
    data = (head + unit * MOST_BYTES).encode()[: MOST_BYTES - 1]
    started = time.process_time()
    assert len(refused(data)) < 1000
    assert time.process_time() - started < 3


def rough(data: bytes, chance: random.Random) -> bytes:
    """A few bytes dropped, replaced or spliced in."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(changed) + 1)
        piece = chance.choice([b"", b"<", b">", b"{", b"nan", b"1e999", b"-", b"\n", b"null", b"<a>", b'"'])
        changed[place : place + chance.randrange(4)] = piece
    return bytes(changed)


@pytest.mark.parametrize("kind", ["coco", "voc", "yolo"])
def test_mutated_files_give_good_boxes_or_the_error_of_the_lab(kind):
    text = {
        "coco": coco(annotation(), annotation(bbox=[1, 2, 3, 4]), images=IMAGES),
        "voc": voc(thing(1, 1, 9, 9), thing(5, 5, 50, 50, more="<difficult>1</difficult>")),
        "yolo": "0 0.5 0.5 0.2 0.2\n1 0.1 0.1 0.1 0.1 0.5\n" * 2,
    }[kind]
    chance, outcomes = random.Random(kind), set()
    for _ in range(400):
        try:
            reading = read_truths(rough(text.encode(), chance), width=WIDTH, height=HEIGHT)
        except PhotoError:
            outcomes.add("refused")
        else:
            outcomes.add("read")
            found = reading.table.boxes
            assert (found >= 0).all()
            assert (found[:, 2:] <= (WIDTH, HEIGHT)).all()
            assert (found[:, :2] < found[:, 2:]).all()
            assert len(found) == len(reading.table.labels) == len(reading.difficult) == len(reading.objects)
    assert outcomes == {"refused", "read"}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 200)] * 4), min_size=1))
def test_whole_pixels_are_read_back_from_voc_and_coco(corners):
    wanted = [[x, y, x + w + 1, y + h + 1] for x, y, w, h in corners]
    objects = [thing(x1 + 1, y1 + 1, x2, y2) for x1, y1, x2, y2 in wanted]
    entries = [annotation(bbox=[x1, y1, x2 - x1, y2 - y1]) for x1, y1, x2, y2 in wanted]
    for text in (voc(*objects, size=""), coco(*entries)):
        assert boxes(read(text, width=600, height=600)) == wanted


def test_a_fresh_process_reads_truths_without_torch():
    code = (
        "import sys; from core.boxes.truth_files import read_truths; read_truths(b'0 .5 .5 .1 .1', width=9, height=9); "
    )
    assert (
        subprocess.run([sys.executable, "-c", code + "sys.exit('torch' in sys.modules)"], check=False).returncode == 0
    )
