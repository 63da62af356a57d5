"""Files of boxes: what is read, what is told of bad rows, hostile files, and round trips."""

import csv
import json
import math
import random
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from core.boxes import rows
from core.boxes.files import BoxTable, coco_results, csv_text, read_boxes
from core.boxes.rows import MOST_BYTES, MOST_LINES
from core.errors import PhotoError

HEADER = "x1,y1,x2,y2,score,label\n"
GOOD = HEADER + "10,20,30.5,40,0.9,dog\n11,21,31,41,.5,cat\n"
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "'=1", "''=1", "＝1", "-", "=", '=HYPERLINK("http://a")']
HOSTILE = [
    *FORMULAS,
    *["<script>alert(1)</script>", "'; DROP TABLE boxes;--", "a,b;c\td", 'say "hi"', '"', "'", "''", "'quoted'"],
    *["日本 👩‍🚀", "%s %n {0}"],
    *["$\\alpha$", "../../etc/passwd", ";=1", 'x";=1', "class 7", "class 007", "class -1", "class", "null", "x" * 100],
]  # fmt: skip


def table(rows=40, seed=0, labels=HOSTILE):
    """Boxes with all the digits that float64 has."""
    chance = np.random.default_rng(seed)
    first = chance.uniform(-50, 500, (rows, 2))
    boxes = np.concatenate((first, first + chance.uniform(1e-3, 900, (rows, 2))), axis=1)
    return BoxTable(boxes, chance.uniform(0, 1, rows), tuple(labels[row % len(labels)] for row in range(rows)))


def rows_of(boxes):
    return list(zip(boxes.boxes.tolist(), boxes.scores.tolist(), boxes.labels, strict=True))


def read(text, image=None):
    return read_boxes(text.encode(), image)


def read_rows(text, image=None):
    reading = read(text, image)
    assert not reading.problems
    assert reading.left_out == 0
    return rows_of(reading.table)


def result(**changes):
    return {"image_id": 1, "category_id": 17, "bbox": [10, 20, 30, 40], "score": 0.5} | changes


def refused(text, image=None):
    with pytest.raises(PhotoError) as caught:
        read_boxes(text if isinstance(text, bytes) else text.encode(), image)
    return str(caught.value)


def told(row, header=HEADER):
    """What is said of one row after a good one."""
    reading = read(f"{header}1,2,3,4,0.5,dog\n{row}\n")
    assert len(reading.table.boxes) == reading.left_out == len(reading.problems) == 1
    return reading.problems[0]


def told_of(**changes):
    reading = read(json.dumps([result(), result(**changes)]))
    assert len(reading.table.boxes) == reading.left_out == len(reading.problems) == 1
    return reading.problems[0]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_written_as_csv_is_read_back_exactly(seed):
    before = table(seed=seed)
    assert read_rows(csv_text(before)) == rows_of(before)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_written_as_coco_results_is_read_back_exactly(seed):
    before = table(seed=seed)
    text = json.dumps(coco_results(before, 12))
    assert read_rows(text) == rows_of(before)
    assert read(text).image == "12"


def test_what_a_naive_reader_makes_of_our_files_is_the_same():
    before = table(labels=("dog", "class 3"))
    naive = [
        ([float(row[side]) for side in ("x1", "y1", "x2", "y2")], float(row["score"]), row["label"])
        for row in csv.DictReader(csv_text(before).splitlines())
    ]
    assert naive == rows_of(before)
    for entry, (box, score, _) in zip(coco_results(before, 1), rows_of(before), strict=True):
        x, y, w, h = entry["bbox"]
        assert [x, y, x + w, y + h] == pytest.approx(box, abs=1e-9)
        assert entry["score"] == score


def test_places_are_whole_millionths_of_a_pixel():
    boxes = BoxTable(np.array([[0.1 + 0.2, 1 / 3, 12.3, 40.0]]), np.array([0.5]), ("dog",))
    assert boxes.boxes.tolist() == [[0.3, 0.333333, 12.3, 40.0]]


@pytest.mark.parametrize(
    "text",
    [
        "x1,y1,x2,y2,score,label\n10,20,30.5,40,0.9,dog\n",
        "﻿x1,y1,x2,y2,score,label\r\n10,20,30.5,40,0.9,dog\r\n",
        "label;score;y2;x2;y1;x1\ndog;0,9;40;30,5;20;10\n",
        "xmin\tymin\txmax\tymax\tconfidence\tname\n10\t20\t30,5\t40\t0.9\tdog",
        "left, top, width, height, Score, Class\n10, 20, 20.5, 20, 9e-1, dog\n",
        "x,y,w,h,score,label\r10,20,20.5,20,+.9,dog\r",
        'filename,width,height,class,X_Min,Y_Min,X_Max,Y_Max,conf\na.jpg,640,480,"dog",10,20,30.5,40,0.90\n',
        "\n\nx1,y1,x2,y2,score,label,\n\n10,20,30.5,40,0.9,  dog  ,\n,,,,,,\n\n",
    ],
)
def test_the_ways_people_write_a_csv_all_mean_the_same(text):
    assert read_rows(text) == [([10.0, 20.0, 30.5, 40.0], 0.9, "dog")]


def test_a_box_without_a_name_is_an_object():
    assert read("x1,y1,x2,y2,score\n1,2,3,4,1\n").table.labels == ("object",)
    assert read(HEADER + "1,2,3,4,1, \n1,2,3,4,1").table.labels == ("object", "object")


def test_results_of_coco_bear_the_number_of_their_class():
    assert read_rows(json.dumps([result()])) == [([10.0, 20.0, 40.0, 60.0], 0.5, "class 17")]


def test_of_several_photos_the_first_or_the_chosen_one_is_read_and_all_are_told():
    entries = [result(image_id=9), result(image_id="b", score=0.25), result(image_id=4.0), result(image_id=9)]
    reading = read(json.dumps(entries))
    assert (reading.images, reading.image, len(reading.table.boxes)) == (("9", "b", "4"), "9", 2)
    chosen = read(json.dumps(entries), "b")
    assert (chosen.images, chosen.image, chosen.table.scores.tolist()) == (("9", "b", "4"), "b", [0.25])
    assert refused(json.dumps(entries), "5") == "This file has no boxes for photo “5”. It speaks of “9”, “b”, “4”."


def test_rows_of_other_photos_are_not_complained_about():
    reading = read(json.dumps([result(), result(image_id=2, score="high")]))
    assert (reading.problems, reading.left_out) == ((), 0)


def test_a_data_file_of_coco_names_its_classes_and_is_sure_of_its_boxes():
    file = {
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "categories": [{"id": 17, "name": "cat"}, {"id": "x", "name": "dog"}, 5, {"id": 3}],
        "annotations": [{"image_id": 1, "category_id": 17, "bbox": [0, 0, 2, 2]}, result(category_id=3)],
    }
    reading = read(json.dumps(file))
    assert reading.table.labels == ("cat", "class 3")
    assert reading.table.scores.tolist() == [1.0, 0.5]
    assert reading.left_out == 0
    assert reading.problems == (
        "Category 2: its id is not a whole number from 0 on.",
        "Category 3: it has neither an id nor a name.",
        "Category 4: its name is not text.",
    )


def test_categories_keep_their_numbers_and_the_others_get_those_that_are_free():
    boxes = table(4, labels=("dog", "class 1", "class 3", "cat"))
    assert [entry["category_id"] for entry in coco_results(boxes, 1)] == [4, 1, 3, 2]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("40,2,12,4,0.5,dog", "the right edge 12 is left of the left edge 40."),
        ("1,40,3,12,0.5,dog", "the bottom edge 12 is above the top edge 40."),
        ("3,2,3,4,0.5,dog", "the box is empty, since its left and right edges are both 3."),
        ("1,2,3,2.0000001,0.5,dog", "the box is empty, since its top and bottom edges are both 2."),
        ("1,2,3,4,1.5,dog", "the score 1.5 is not from 0 to 1."),
        ("1,2,3,4,-1e-9,dog", "the score -1e-09 is not from 0 to 1."),
        ("1,2,3,4,1e999,dog", "the score inf is not from 0 to 1."),
        ("1,2,1e999,4,0.5,dog", "the right edge is at inf, more than 1,000,000 pixels away."),
        ("-1000001,2,3,4,0.5,dog", "the left edge is at -1000001, more than 1,000,000 pixels away."),
        ("1,2,3,nan,0.5,dog", "the bottom edge “nan” is not a number."),
        ("1,2,3,True,0.5,dog", "the bottom edge “True” is not a number."),
        ("1,2,3,1_000,0.5,dog", "the bottom edge “1_000” is not a number."),
        ("1,2,3,٣,0.5,dog", "the bottom edge “٣” is not a number."),
        (f"1,2,3,{'9' * 5000},0.5,dog", "the bottom edge “99999999999999999999999…” is not a number."),
        ("1,2,3,4,90%,dog", "the score “90%” is not a number."),
        ("1,,3,4,0.5,dog", "the top edge is missing."),
        ("1,2,3,4", "the score is missing."),
        ("1,5,2,5,3,5,4,5,0.5,dog", "it has 10 columns, but the header 6."),
        (f"1,2,3,4,0.5,{'d' * 101}", "the label has 101 letters; the most is 100."),
    ],
)
def test_a_bad_row_is_left_out_and_told_with_its_line(row, said):
    assert told(row) == f"Line 3: {said}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bbox": [10, 20, -3, 40]}, "the right edge 7 is left of the left edge 10."),
        ({"bbox": [10, 20, 30]}, "its bbox is not a list of four numbers."),
        ({"bbox": None}, "its bbox is not a list of four numbers."),
        ({"bbox": [10, True, 30, 40]}, "the top edge is not a number."),
        ({"bbox": [10, 20, "30", 40]}, "the width “30” is not a number."),
        ({"bbox": [10, 20, 30, [[]]]}, "the height is not a number."),
        ({"bbox": [math.nan, 20, 30, 40]}, "the left edge is not a number."),
        ({"bbox": [10, math.inf, 30, 40]}, "the top edge is at inf, more than 1,000,000 pixels away."),
        ({"bbox": [-math.inf, 20, math.inf, 40]}, "the left edge is at -inf, more than 1,000,000 pixels away."),
        ({"bbox": [10**4000, 20, 30, 40]}, "the left edge is at inf, more than 1,000,000 pixels away."),
        ({"score": 2}, "the score 2 is not from 0 to 1."),
        ({"score": False}, "the score is not a number."),
        ({"score": None}, "the score is missing."),
        ({"category_id": "cat"}, "its category_id is not a whole number from 0 on."),
        ({"category_id": True}, "its category_id is not a whole number from 0 on."),
        ({"category_id": -1}, "its category_id is not a whole number from 0 on."),
        ({"category_name": 5}, "its name is not text."),
        ({"image_id": None}, "it does not name its photo by an image_id."),
        ({"image_id": True}, "it does not name its photo by an image_id."),
        ({"image_id": "x" * 101}, "it does not name its photo by an image_id."),
    ],
)
def test_a_bad_entry_is_left_out_and_told_with_its_place(changes, said):
    assert told_of(**changes) == f"Entry 2: {said}"


def test_five_bad_rows_are_told_and_all_are_counted():
    reading = read(HEADER + "1,2,3,4,0.5,dog\n" + "a,2,3,4,0.5,dog\n" * 9)
    assert [problem[:7] for problem in reading.problems] == [f"Line {line}:" for line in range(3, 8)]
    assert reading.left_out == 9


def test_lines_are_counted_as_an_editor_counts_them():
    reading = read(HEADER + '\n1,2,3,4,0.5,"two\nlines"\n\na,2,3,4,0.5,dog\n')
    assert reading.problems == ("Line 6: the left edge “a” is not a number.",)
    assert reading.table.labels == ("two lines",)


def test_an_open_quote_swallows_nothing_silently():
    reading = read(GOOD + '1,2,3,4,0.5,"open\n1,2,3,4,0.5,dog\n')
    assert reading.problems == ("Line 4: its quotes do not close in order, so reading ends here.",)
    assert (len(reading.table.boxes), reading.left_out) == (2, 1)


def test_a_file_without_a_good_row_is_refused_with_its_problems():
    said = refused(HEADER + "a,2,3,4,0.5,dog\n1,2,3,4,9,dog\n")
    assert said.startswith("This file has no box that can be used. Line 2: the left edge “a” is not a number. Line 3: ")
    assert said.endswith("Correct the rows, or choose another file.")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is neither a CSV"),
        (b"\n \n", "This file is neither a CSV"),
        (b"x1,y1,x2,y2\n1,2,3,4\n", "This file is neither a CSV"),
        (b"x1,y1,w,score\n1,2,3,4\n", "This file is neither a CSV"),
        (b'"x1,y1', "This file is neither a CSV"),
        (b"17", "This file is neither a CSV"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "This file is not text in UTF-8."),
        (GOOD.encode("utf-16"), "This file is not text in UTF-8."),
        (GOOD.encode() + b"\0", "This file is not text."),
        (HEADER.encode(), "This file has no box that can be used."),
        (b"[]", "This file has no box that can be used."),
        (b"[1, [], null]", "This file has no box that can be used. Entry 1: it does not name its photo"),
        (b'{"boxes": []}', "This JSON file holds no list of boxes."),
        (b'{"annotations": 5}', "This JSON file holds no list of boxes."),
        (b'[\n{"image_id": 1,\n', "This file is not JSON: it breaks off or goes wrong in line 3."),
        (b"[" * 10**5, "The lists in this JSON file are nested too deeply."),
        (b'{"a":' * 10**5, "The lists in this JSON file are nested too deeply."),
        (b"[" * 900 + b"]" * 900, "This file has no box that can be used."),
    ],
)
def test_what_is_no_file_of_boxes_is_refused_in_plain_words(data, said):
    assert refused(data).startswith(said)


def test_the_limits_of_bytes_rows_and_lines_are_named(monkeypatch):
    assert refused(b" " * (MOST_BYTES + 10**5)).startswith("This file has 5.1 MB; the most is 5 MB.")
    monkeypatch.setattr(rows, "MOST_ROWS", 50)
    full = HEADER + "1,2,3,4,0.5,dog\n" * 50
    assert len(read(full).table.boxes) == 50
    assert refused(full + "1,2,3,4,0.5,dog\n").startswith("This file has more than 50 boxes.")
    assert refused(HEADER + "\n" * MOST_LINES).startswith("This file has more than 100,000 lines.")
    assert refused(json.dumps([result()] * 51)).startswith("This file has more than 50 boxes.")


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("", "\n"),
        ("", "9,"),
        ("", '"\n'),
        ("", '""'),
        (GOOD, "\r"),
        (HEADER, "a\n"),
        ("[", "["),
        ("[", "9"),
        ('["', "é"),
    ],
)
def test_the_largest_files_of_nonsense_are_refused_soon(head, unit):
    data = (head + unit * MOST_BYTES).encode()[: MOST_BYTES - 1]
    started = time.process_time()
    assert len(refused(data)) < 1000
    assert time.process_time() - started < 3  # 0.6 s without the checks of shapes


def test_formulas_are_led_by_an_apostrophe_and_stay_in_one_cell_of_any_spreadsheet():
    text = csv_text(table(len(HOSTILE)))
    for delimiter in ",;\t":
        for row in csv.reader(text.splitlines(), delimiter=delimiter):
            assert not row[0].startswith(tuple("=+-@＝＋－＠\t\r"))
            assert not any(cell.startswith(("=", "@")) for cell in row)


def test_labels_are_one_line_of_text_that_can_be_saved():
    odd = ("a\r\nb", "\ud800half", " \t\n", "\x00\x1b[31mred", "abc\u202edcba", "\ufeffdog")
    boxes = table(6, labels=odd)
    assert boxes.labels == ("a b", "half", "object", "[31mred", "abc dcba", "dog")
    assert rows_of(read_boxes(csv_text(boxes).encode()).table) == rows_of(boxes)
    assert read(json.dumps([result(category_name="\ud800=1")])).table.labels == ("=1",)


def mutated(data, chance):
    """A few bytes dropped, doubled, swapped, replaced or spliced in."""
    pieces = [
        b'"',
        b"\n",
        b",",
        b";",
        b"[",
        b"{",
        b"}",
        b"null",
        b"true",
        b"NaN",
        b"1e999",
        b"-",
        b"'=",
    ]
    pieces += [b"\xff", b"\0"] * (chance.random() < 0.1)
    data = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        place, length = chance.randrange(len(data) + 1), chance.randrange(1, 12)
        kind = chance.randrange(4)
        if kind == 0:
            del data[place : place + length]
        elif kind == 1:
            data[place:place] = chance.choice([*pieces, b"9" * 5000, b"[" * 3000])
        elif kind == 2:
            data[place : place + length] = bytes(chance.choices(range(32, 127), k=length))
        else:
            data[place:place] = data[max(0, place - 40) : place]
    return bytes(data)


@pytest.mark.parametrize("kind", ["csv", "semicolons", "results", "data"])
def test_mutated_files_give_good_rows_or_the_error_of_the_lab_within_a_second(kind):
    boxes = table(5, labels=("dog", "=1+1", "class 7", "'@a", 'b,;"'))
    results = coco_results(boxes, 3)
    file = {
        "csv": csv_text(boxes),
        "semicolons": "x;y;w;h;score;label\n" + "1,5;2,5;3,5;4,5;0,5;dog\n" * 5,
        "results": json.dumps(results),
        "data": json.dumps({"annotations": results, "categories": [{"id": 1, "name": "cat"}], "images": []}),
    }[kind].encode()
    chance = random.Random(kind)
    outcomes, said = set(), []
    for _ in range(500):
        started = time.process_time()
        try:
            reading = read_boxes(mutated(file, chance))
        except PhotoError as error:
            outcomes.add("refused")
            said.append(str(error))
        else:
            outcomes.add("told" if reading.problems else "read")
            sane(reading.table)
            assert rows_of(read_boxes(csv_text(reading.table).encode()).table) == rows_of(reading.table)
            assert rows_of(read(json.dumps(coco_results(reading.table, 1))).table) == rows_of(reading.table)
        assert time.process_time() - started < 1
    assert outcomes == {"refused", "told", "read"}
    assert all(text.isprintable() and len(text) < 1000 for text in said)


def sane(boxes):
    assert np.isfinite(boxes.boxes).all()
    assert (boxes.boxes[:, :2] < boxes.boxes[:, 2:]).all()
    assert ((boxes.scores >= 0) & (boxes.scores <= 1)).all()
    assert all(0 < len(label) <= 100 for label in boxes.labels)


def test_a_table_becomes_detections_whose_labels_count_its_classes():
    boxes = table(3, labels=("dog", "cat", "dog"))
    found = boxes.detections()
    assert boxes.classes == ("cat", "dog")
    assert found.labels.tolist() == [1, 0, 1]
    assert torch.equal(found.boxes, torch.from_numpy(boxes.boxes))
    assert torch.equal(found.scores, torch.from_numpy(boxes.scores))


def test_an_empty_table_can_be_written_and_becomes_no_detections():
    empty = BoxTable(np.empty((0, 4)), np.empty(0), ())
    assert len(csv_text(empty).splitlines()) == 1
    assert coco_results(empty, 1) == []
    assert empty.detections().labels.shape == (0,)


def test_a_fresh_process_reads_boxes_without_torch():
    code = f"import sys; from core.boxes.files import read_boxes; read_boxes({GOOD.encode()!r}); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_digest_changes_with_every_part_of_a_table():
    boxes, scores, labels = np.array([[0.0, 0, 9, 9], [1, 1, 5, 5]]), np.array([0.5, 0.25]), ("a", "b")
    tables = [
        BoxTable(boxes, scores, labels),
        BoxTable(boxes + 1, scores, labels),
        BoxTable(boxes, scores[::-1].copy(), labels),
        BoxTable(boxes, scores, ("b", "a")),
        BoxTable(boxes[:1], scores[:1], labels[:1]),
    ]
    assert len({table.digest for table in tables}) == len(tables)
    assert BoxTable(boxes.copy(), scores.copy(), labels).digest == tables[0].digest
