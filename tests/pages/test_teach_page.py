"""The page for teachers: what is chosen there is exactly what its link opens."""

from urllib.parse import parse_qsl, urlsplit

from streamlit.testing.v1 import AppTest

from tests.sessions import chosen, hidden, upload
from tests.sessions import file as picture

PAGE = "pages/teach.py"


def query(at: AppTest) -> dict[str, str]:
    (code,) = at.code
    return dict(parse_qsl(urlsplit(code.value).query))


def said(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.main.markdown, *at.main.caption])


def opens(at: AppTest) -> str:
    """The file of the page that the link names."""
    (code,) = at.code
    return f"pages{urlsplit(code.value).path}.py"


def choose(at: AppTest, **keys: object) -> AppTest:
    for key, value in keys.items():
        at.selectbox(key=f"teach-{key}").set_value(value).run()
    assert not at.exception
    assert not at.error
    return at


def test_it_opens_with_a_link_that_works_at_once(open_page, no_weights):
    at = open_page(PAGE, photo="coffee")
    assert query(at) == {"photo": "coffee", "part": "Two boxes"}
    assert "**Anchors & IoU: Two boxes**" in said(at)


def test_the_link_opens_exactly_what_was_chosen(open_page, no_weights):
    at = choose(open_page(PAGE), page="pages/nms.py")
    at.selectbox(key="teach-question-pages/nms.py-").set_value("Two in each other's way").run()
    at.pills[0].set_value(["Numbers", "Curves"]).run()
    given = query(at)
    assert given == {"photo": "overlap", "race": "Two in each other's way", "hide": "numbers,curves"}
    assert "Two circles overlap by 0.57" in said(at)
    assert "Photo: **Overlap**. The question brings it along." in said(at)
    assert "What gives the answer away waits" in said(at), "on this page the picture itself is there to step through"
    there, gone = [one.value for one in at.markdown if one.value.startswith(("**There**", "**Hidden**"))]
    assert "Numbers" not in there
    assert gone.split("\n\n")[1].split("\n") == ["- Numbers", "- Curves"]
    opened = open_page(opens(at), given)
    assert set(hidden(opened)) == {"numbers", "curves"}
    assert chosen(opened).name == "Overlap"
    assert opened.session_state["race"] == "Two in each other's way"
    assert opened.session_state["boxes"] == "Crowd", "with the settings of the question"


def test_each_part_offers_its_own_pieces(open_page, no_weights):
    at = choose(open_page(PAGE), page="pages/saliency.py")
    choose(at, **{"part-pages/saliency.py": "Fool"})
    assert "Curve over epsilon" in at.pills[0].options
    assert query(at)["part"] == "Fool"
    choose(at, page="pages/models.py")
    assert at.pills[0].options == ["Memory", "Next step"]
    assert query(at) == {"photo": "cat"}


def test_a_hidden_question_is_told_of(open_page, no_weights):
    at = choose(open_page(PAGE), page="pages/nms.py")
    at.selectbox(key="teach-question-pages/nms.py-").set_value("This photo").run()
    at.pills[0].set_value(["Question"]).run()
    assert "you ask it yourself" in said(at)


def test_a_photo_of_ones_own_is_in_no_link(open_page, no_weights):
    at = upload(open_page(PAGE), ("mine.png", picture(40, 30), "image/png"))
    assert query(at)["photo"] == "cat"
    assert "A link cannot carry your own photo" in said(at)
