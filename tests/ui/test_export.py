"""Take it away: links, and files that hold what the page shows."""

import io
import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.sessions import headings, opened
from ui import export


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def test_a_link_carries_the_sample_photo_and_the_state(visitor):
    visitor.session["photo"] = "coffee"
    address = export.address({"a": "1, 2, 30, 40", "steps": "100"})
    assert query(address) == {"photo": "coffee", "a": "1, 2, 30, 40", "steps": "100"}
    assert "a=1,+2,+30,+40" in address, "a person can read it"


def test_a_link_cannot_carry_a_photo_of_ones_own(visitor, blank):
    visitor.session.update(photo="digest", own_photos={"digest": blank(20, 20)})
    assert query(export.address({"steps": "100"})) == {"steps": "100"}
    assert export.address({}) == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(link=st.dictionaries(st.text("abcdefgh", min_size=1), st.text(st.characters(codec="utf-8")), max_size=4))
def test_a_link_is_read_back_whatever_it_carries(visitor, link):
    assert query(export.address(link)) == {"photo": "cat", **link}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4))
def test_a_key_of_several_values_stands_once_for_each(visitor, values):
    address = export.address({"shapes": values, "grid": "7"})
    assert parse_qs(urlsplit(address).query, keep_blank_values=True) == {
        "photo": ["cat"],
        "shapes": values,
        "grid": ["7"],
    }


def test_a_choice_of_nothing_is_left_out_of_a_link(visitor):
    assert export.address({"shapes": []}) == "?photo=cat"


def row() -> None:
    import numpy as np
    import streamlit as st
    from PIL import Image

    from ui import export

    asked = st.session_state.setdefault("asked", [])

    def counted(name: str) -> int:
        asked.append(name)
        return asked.count(name)

    export.take_away(
        "iou",
        picture=lambda: Image.fromarray(np.full((4, 6, 3), counted("picture"), np.uint8)),
        rows=lambda: [{"measure": "IoU", "value": counted("rows")}],
        settings=lambda: {"photo": "Cat", "a": counted("settings")},
        link=lambda: {"a": f"{counted('link')}, 2, 3, 4"},
        snippet=lambda: f"print('iou', '=', 0.{counted('lines')})",
    )


def test_nothing_is_asked_for_before_somebody_asks():
    at = AppTest.from_function(row).run()
    assert not at.exception
    assert len(at.download_button) == 3
    assert not at.code
    assert at.session_state["asked"] == []


def test_what_is_open_is_filled_with_what_holds_now():
    at = opened(AppTest.from_function(row).run(), "Link")
    assert len(at.code) == 1
    assert at.session_state["asked"] == ["link"]
    opened(at, "Copy as PyTorch")
    assert [code.value for code in at.code] == ["?photo=cat&a=2,+2,+3,+4", "print('iou', '=', 0.1)"]
    assert at.session_state["asked"] == ["link", "link", "lines"]


def test_the_link_and_the_snippet_can_be_copied():
    at = AppTest.from_function(row)
    at.context["url"] = "https://lab.example/anchors?old=1"
    (link,) = opened(at.run(), "Link").code
    assert link.value == "https://lab.example/anchors?photo=cat&a=1,+2,+3,+4"
    _, snippet = opened(at, "Copy as PyTorch").code
    assert (snippet.language, snippet.value) == ("python", "print('iou', '=', 0.1)")


def beside() -> None:
    """A slider whose fragment leaves the row alone."""
    import numpy as np
    import streamlit as st
    from PIL import Image

    from ui import export

    @st.fragment(key="slides")
    def slides() -> None:
        st.session_state["at"] = st.slider("At", 0, 9, 0, key="moved", on_change=lambda: export.follow("iou", "slides"))

    slides()
    export.take_away(
        "iou",
        picture=lambda: Image.fromarray(np.zeros((4, 6, 3), np.uint8)),
        rows=list,
        settings=dict,
        link=lambda: {"at": str(st.session_state["at"])},
        snippet=lambda: f"print('at', '=', {st.session_state['at']})",
    )


def test_what_is_open_follows_a_slider_that_leaves_the_row_alone():
    at = AppTest.from_function(beside).run()
    for label in ("Link", "Copy as PyTorch"):
        opened(at, label)
    at.slider[0].set_value(3).run()
    assert not at.exception
    assert [code.value for code in at.code] == ["?photo=cat&at=3", "print('at', '=', 3)"]


def buttons() -> None:
    import numpy as np
    from PIL import Image

    from ui import export

    for name in ("lraspp", "resnet50"):
        export.buttons(
            name,
            picture=lambda: Image.fromarray(np.zeros((4, 6, 3), np.uint8)),
            rows=lambda: [{"class": "cat", "share": 0.5}],
            settings=lambda name=name: {"network": name},
            link=lambda name=name: {"card": name},
            snippet=lambda name=name: f"print('{name}', '=', 1)",
        )


def test_the_closing_row_has_a_heading_and_the_buttons_alone_have_none():
    assert headings(AppTest.from_function(row).run()) == ["Take it away"]
    assert not headings(AppTest.from_function(buttons).run())


def test_two_rows_of_buttons_on_one_page_keep_apart():
    at = AppTest.from_function(buttons).run()
    assert not at.exception
    assert [button.key for button in at.download_button] == [
        f"{name}-{kind}" for name in ("lraspp", "resnet50") for kind in ("png", "csv", "json")
    ]
    for label in ("Link", "Copy as PyTorch"):
        opened(at, label)
    assert [query(code.value)["card"] for code in at.code if code.language == "plaintext"] == ["lraspp", "resnet50"]
    assert [code.value for code in at.code if code.language == "python"] == [
        "print('lraspp', '=', 1)",
        "print('resnet50', '=', 1)",
    ]


@pytest.mark.parametrize("own", [False, True])
def test_the_link_says_so_where_it_can_not_carry_the_photo(own, blank):
    at = AppTest.from_function(row)
    if own:
        at.session_state["own_photos"] = {"digest": blank(20, 20)}
        at.session_state["photo"] = "digest"
    captions = [caption.value for caption in at.run().caption]
    words = "Opens this state. Your own photo is not part of it." if own else "Opens exactly this state."
    assert words in captions


@pytest.fixture
def files(monkeypatch) -> dict[str, bytes]:
    """Name and content of every file the row offers, made as a click on its button makes them."""
    offered: dict[str, bytes] = {}

    def button(label, data, name, mime, **options):
        content = data()
        offered[name] = content if isinstance(content, bytes) else content.encode()

    monkeypatch.setattr("streamlit.download_button", button)
    export.buttons(
        "iou",
        picture=lambda: Image.fromarray(np.full((4, 6, 3), 7, np.uint8)),
        rows=lambda: [{"measure": "IoU", "value": 0.1}],
        settings=lambda: {"photo": "Katze von Mäx", "a": (1.0, 2.5, 3.0, 4.0)},
        link=dict,
        snippet=str,
    )
    return offered


def test_the_files_are_a_picture_a_table_and_the_settings_with_the_numbers(files):
    assert set(files) == {"iou.png", "iou.csv", "iou.json"}
    assert (np.asarray(Image.open(io.BytesIO(files["iou.png"]))) == np.full((4, 6, 3), 7)).all()
    assert files["iou.csv"] == b"measure,value\nIoU,0.1\n"
    assert json.loads(files["iou.json"]) == {
        "photo": "Katze von Mäx",
        "a": [1, 2.5, 3, 4],
        "numbers": [{"measure": "IoU", "value": 0.1}],
    }
