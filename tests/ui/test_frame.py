"""The frame of every page: menu, badge, and the parts that a teacher's link hides."""

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import StartError
from ui import cached, frame, menu, preload

APP = frame._LOGO.parents[1] / "app.py"


def opened(**query: str) -> AppTest:
    at = AppTest.from_file(APP, default_timeout=120)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at


def styles(at: AppTest) -> str:
    return "".join(html.value for html in at.html if html.value.startswith("<style>"))


def badges(at: AppTest) -> list[str]:
    return [words.value for words in at.sidebar.markdown if "badge" in words.value]


def test_the_menu_links_to_every_page():
    links = [link.label for link in opened().sidebar.page_link]
    assert links == [page.title for page in menu.PAGES]


@pytest.mark.parametrize(
    ("hide", "hidden"),
    [
        ("challenges", ["challenges"]),
        ("challenges,descent", ["challenges", "descent"]),
        ("challenges descent", ["challenges", "descent"]),
        ("", []),
        ("</style><script>alert(1)</script>", ["style", "script", "alert", "script"]),
        ("x{}*{display:none", ["x", "display", "none"]),
    ],
)
def test_a_teachers_link_hides_parts_and_nothing_else(hide, hidden):
    css = "".join(html.value for html in opened(hide=hide).html if html.value.startswith("<style>.st-key"))
    every = ", ".join(f'.st-key-part-{part}, [class*="st-key-part-{part}-"]' for part in hidden)
    assert css == (f"<style>{every} {{ display: none; }}</style>" if hidden else "")


def test_a_very_long_list_of_parts_is_cut():
    css = "".join(html.value for html in opened(hide="a," * 5000).html if html.value.startswith("<style>.st-key"))
    assert css.count(".st-key-part-a") == 20


def test_hidden_parts_stay_hidden_on_the_next_page_and_are_shown_by_an_empty_list():
    at = opened(hide="challenges")
    del at.query_params["hide"]
    at.switch_page("pages/anchors.py").run()
    assert "part-challenges" in styles(at)
    at.query_params["hide"] = ""
    at.run()
    assert "part-challenges" not in styles(at)


def test_the_badge_names_the_device():
    (badge,) = badges(opened())
    assert cached.device().title in badge


def test_before_torch_is_there_the_shell_has_painted(monkeypatch):
    """The frame does not wait: the badge says what is missing. (The page below would wait, so it is cut off here.)"""
    monkeypatch.setattr(preload, "ready", lambda: False)
    (badge,) = badges(opened())
    assert "Loading PyTorch" in badge


def test_a_device_that_does_not_exist_is_explained(monkeypatch):
    def missing():
        raise StartError("VISION_LAB_DEVICE is set to 'tpu', which this machine does not have.", "Set it to cpu.")

    monkeypatch.setattr(cached, "device", missing)
    at = opened()
    assert "tpu" in at.sidebar.error[0].value
    assert badges(at) == []


def test_a_photo_is_sent_only_where_the_page_says():
    at = opened()
    at.switch_page("pages/anchors.py").run()
    assert [link.label for link in at.main.page_link] == ["NMS", "YOLO detector", "Models"]


@pytest.mark.parametrize("page", menu.PAGES, ids=lambda page: page.file)
def test_a_page_begins_with_its_title_and_promise(page):
    at = opened()
    at.switch_page(page.file).run()
    assert [title.value for title in at.title] == [
        "See how vision networks see" if page.file == "app.py" else page.title
    ]
    assert f":gray[{page.promise}]" in [words.value for words in at.markdown]
