"""My report in the session: bounded, in the order of the story, and in words that a person reads."""

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ui import report, story

GREY = Image.new("RGB", (60, 40), (90, 90, 90))


def put(visitor, file="pages/nms.py", part="", picture=GREY, rows=({"kept": 2},)):
    visitor.session.update({story.PAGE: file, story.PART: part})
    return report.add(part, picture, rows, {"photo": "Cat"}, "https://lab.example/", "")


def titles() -> list[str]:
    return [one.title for one in report.entries()]


def test_a_kept_page_has_its_title_photo_numbers_and_settings(visitor):
    put(visitor, "pages/detector.py", "Detect")
    (kept,) = report.entries()
    assert kept.title == "YOLO detector: Detect"
    assert kept.photo == "Cat"
    assert kept.numbers == (("kept",), ("2",))
    assert kept.settings == (("photo", "Cat"),)
    assert kept.made.endswith(" UTC")


def test_pages_stand_in_the_order_of_the_story(visitor):
    for file in ("pages/style.py", "pages/models.py", "pages/nms.py", "pages/segmenter.py", "pages/nms.py"):
        put(visitor, file)
    assert titles() == ["NMS", "NMS", "FCN segmenter", "Style transfer", "Models"]
    assert [one.number for one in report.entries()] == [3, 5, 4, 1, 2], "of two alike the newer comes after"


def test_the_visitors_own_order_holds(visitor):
    for file in ("pages/detector.py", "pages/nms.py", "pages/style.py"):
        put(visitor, file)
    report.move(3, -1)
    assert titles() == ["YOLO detector", "Style transfer", "NMS"]
    report.move(1, -1)
    report.move(2, 1)
    report.move(99, 1)
    assert titles() == ["YOLO detector", "Style transfer", "NMS"], "at an end it stays"
    report.remove(3)
    assert titles() == ["YOLO detector", "NMS"]


def test_only_the_newest_are_kept(visitor):
    for _ in range(report.MOST):
        assert put(visitor) == ()
    (dropped,) = put(visitor)
    assert dropped.number == 1
    assert len(report.entries()) == report.MOST


def test_their_bytes_are_bounded_too(visitor, monkeypatch):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8))
    put(visitor, picture=noise)
    (first,) = report.entries()
    monkeypatch.setattr(report, "MOST_BYTES", 2 * first.size + 50)
    put(visitor, picture=noise)
    dropped = put(visitor, picture=noise)
    assert [one.number for one in dropped] == [1]
    assert sum(one.size for one in report.entries()) <= report.MOST_BYTES
    monkeypatch.setattr(report, "MOST_BYTES", 1)
    put(visitor, picture=noise)
    assert len(report.entries()) == 1, "the newest always stays"


def test_a_table_is_short_and_readable():
    rows = [
        {"box": n, "x1": 1.0, "score": 1 / 3, "empty": "", "ok": True, **{f"c{i}": i for i in range(9)}}
        for n in range(9)
    ]
    made = report.table(rows)
    assert made[0] == ("box", "score", "ok", "c0", "c1", "c2")
    assert made[1][:3] == ("0", "0.333", "yes")
    assert len(made) == 1 + report.ROWS + 1
    assert made[-1][0] == "and 3 more"
    assert report.table([]) == ()
    assert report.table([{"x1": 1}]) == ()


def test_settings_are_told_flat():
    told = report.flat({"photo": "Cat", "found": {"nms": {"iou": 0.5}, "only": ["cat", "dog"]}, "none": None})
    assert told == [("photo", "Cat"), ("found: nms: iou", "0.5"), ("found: only", "cat, dog"), ("none", "none")]
    assert report.flat({"settings": {"seed": 0}, "classes": [], "mix": ""}) == [("seed", "0")], (
        "what says nothing is left out"
    )
    assert len(report.flat({"long": "x" * 999})[0][1]) == 160


def row() -> None:
    import numpy as np
    from PIL import Image

    from ui import export

    export.take_away(
        "iou",
        picture=lambda: Image.fromarray(np.full((4, 6, 3), 9, np.uint8)),
        rows=lambda: [{"measure": "IoU", "value": 0.25}],
        settings=lambda: {"photo": "Cat"},
        link=lambda: {"part": "Two boxes"},
        snippet=lambda: "print()",
    )


def test_a_click_keeps_what_the_page_shows():
    at = AppTest.from_function(row).run()
    at.button(key="iou-report").click().run()
    assert not at.exception
    (kept,) = at.session_state[report.KEY]
    assert kept.title == "Vision Lab: Two boxes"
    assert kept.numbers == (("measure", "value"), ("IoU", "0.25"))
    assert kept.link == "?photo=cat&part=Two+boxes"
    assert "1 of at most 24" in at.toast[0].value


def failing() -> None:
    from ui import export

    export.take_away("iou", picture=lambda: 1 / 0, rows=list, settings=dict, link=dict, snippet=str)


def test_what_cannot_be_kept_is_told_in_words():
    at = AppTest.from_function(failing).run()
    at.button(key="iou-report").click().run()
    assert not at.exception
    assert "**The report failed.**" in at.error[0].value
    assert report.KEY not in at.session_state


def overview() -> None:
    from ui.sections.overview import report

    report.mine()


@pytest.fixture
def kept(visitor):
    for file in ("pages/detector.py", "pages/nms.py"):
        put(visitor, file)
    return report.entries()


def test_the_list_is_put_in_order_and_emptied_by_its_buttons(kept, monkeypatch):
    monkeypatch.undo()  # AppTest has a session of its own
    at = AppTest.from_function(overview)
    at.session_state[report.KEY] = kept
    at.run()
    assert [one.disabled for one in at.button if one.label == "Up"] == [True, False]
    assert [one.disabled for one in at.button if one.label == "Down"] == [False, True]
    at.button(key="report-up-2").click().run()
    assert [one.number for one in at.session_state[report.KEY]] == [2, 1]
    at.button(key="report-remove-1").click().run()
    at.button(key="report-remove-2").click().run()
    assert not at.exception
    assert not at.download_button
    assert "Nothing is in it yet" in at.caption[0].value


def test_the_file_has_every_kept_page(kept):
    words = report.file(kept).decode()
    assert words.count("<section>") == 2
    assert words.startswith("<!doctype html>")
