"""File names and labels of a visitor are words on every page, never markup: neither HTML nor Markdown nor a formula."""

import json

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from tests.hostile.addresses import _elements
from tests.hostile.networks import CFG, WEIGHTS
from tests.hostile.pictures import encoded, picture
from tests.pages.conftest import APP
from ui.menu import PAGES

NAME = "<b>zq</b>[x](//y.z)"
"""Bold in HTML and a link in Markdown, if anybody takes it for that."""
RAW = ("<b>zq", "</b>[x](")
PLAIN = {
    ("TextInput", "value"),
    ("TextInput", "default"),
    ("TextArea", "value"),
    ("TextArea", "default"),
    ("Selectbox", "options"),
    ("Selectbox", "raw_value"),
    ("MultiSelect", "options"),
    ("MultiSelect", "raw_values"),
    ("Code", "code_text"),
    ("BidiComponent", "json"),
    ("ImageList", "alt"),
    ("Image", "alt"),
    ("DownloadButton", "url"),
}
"""Where Streamlit shows text as it is: fields, lists to choose from, code, and data of components, which use textContent."""


def markup(at: AppTest) -> list[str]:
    """Where on the page the name would be taken for markup."""
    return [
        f"{kind}.{field}: {text[:200]}"
        for element in _elements(at)
        if isinstance(proto := getattr(element, "proto", None), Message)
        for kind, field, text in _texts(proto)
        if any(raw in text for raw in RAW) and (kind, field) not in PLAIN and field not in ("id", "element_id", "key")
    ]


def _texts(message: Message):
    for field, value in message.ListFields():
        for one in value if hasattr(value, "__len__") and not isinstance(value, str | bytes) else [value]:
            if isinstance(one, Message):
                yield from _texts(one)
            elif isinstance(one, str):
                yield type(message).__name__, field.name, one


def shown(at: AppTest) -> bool:
    """Whether the name is on the page at all."""
    return any(
        "zq" in text
        for element in _elements(at)
        if isinstance(p := getattr(element, "proto", None), Message)
        for *_, text in _texts(p)
    )


def page_of(file: str, **query: str) -> AppTest:
    at = AppTest.from_file(APP, default_timeout=120)
    at.switch_page(file)
    at.query_params.update(query)
    return at.run()


def assert_words(at: AppTest) -> None:
    assert not at.exception
    assert shown(at), "the name is nowhere, so nothing is proved"
    assert not markup(at)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page.file for page in PAGES])
def test_the_name_of_a_photo(no_weights, page):
    at = page_of(page)
    at.file_uploader(key="tray-Files-0").set_value(
        [(f"{NAME}.png".replace("/", "∕"), encoded(picture("RGB"), "PNG"), "image/png")]
    ).run()
    assert_words(at)


@pytest.mark.parametrize("bad", [b"no photo", b"", b"\x89PNG\r\n\x1a\n"])
def test_the_name_of_a_file_that_is_no_photo(no_weights, bad):
    at = page_of("app.py")
    at.file_uploader(key="tray-Files-0").set_value([(f"{NAME}.png", bad, "image/png")]).run()
    assert at.error
    assert not markup(at)


def test_the_name_of_a_style(no_weights):
    at = page_of("pages/style.py")
    at.file_uploader(key="style-files-0").set_value(
        [(f"{NAME}.png", encoded(picture("RGB"), "PNG"), "image/png")]
    ).run()
    assert not at.exception
    assert not markup(at)


CSV = f'label,x1,y1,x2,y2,score\n"{NAME}",10,10,200,200,0.9\n"{NAME}",12,12,205,205,0.8\n'
ROW = {"bbox": [10, 10, 200, 200], "score": 0.9, "category_id": 1, "category_name": NAME}
RESULTS = json.dumps(
    [
        {**ROW, "image_id": f"{NAME} 1"},
        {**ROW, "image_id": f"{NAME} 2"},
        {**ROW, "image_id": f"{NAME} 1", "score": NAME},
    ]
)


@pytest.mark.parametrize("text", [CSV, RESULTS, CSV.replace("0.9", f'"{NAME}"'), CSV.replace("score", NAME)])
def test_labels_of_boxes(no_weights, text):
    at = page_of("pages/nms.py", boxes="File")
    at.file_uploader(key="boxes-file").set_value([(f"{NAME}.csv", text.encode(), "text/csv")]).run()
    assert_words(at)
    at.session_state["picked"] = 0
    at.run()
    assert_words(at)


COCO = json.dumps(
    {
        "images": [{"id": 1, "file_name": f"{NAME} 1"}, {"id": 2, "file_name": f"{NAME} 2"}],
        "categories": [{"id": 1, "name": NAME}],
        "annotations": [{"image_id": one, "category_id": 1, "bbox": [10, 10, 90, 90]} for one in (1, 2)],
    }
)
VOC = f"""<annotation><object><name><![CDATA[{NAME}]]></name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>90</xmax><ymax>90</ymax>
</bndbox></object><object><name>cat</name><difficult><![CDATA[{NAME}]]></difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>90</xmax>
<ymax>90</ymax></bndbox></object></annotation>"""


@pytest.mark.parametrize("text", [COCO, VOC, "0 0.5 0.5 0.2 0.2\n", f"{NAME}\n"], ids=["COCO", "VOC", "YOLO", "none"])
def test_labels_of_truths(no_weights, text):
    at = page_of("pages/detector.py", part="How good is it?", truth_from="File")
    at.file_uploader(key="graded-upload-names").set_value((f"{NAME}.names", f"{NAME}\n".encode(), "text/plain"))
    at.file_uploader(key="graded-upload").set_value((f"{NAME}.txt", text.encode(), "text/plain")).run()
    assert not at.exception
    assert not markup(at)


@pytest.mark.parametrize("part", ["Detect", "Inside the grid", "How good is it?"])
def test_names_of_a_visitors_network(no_weights, part):
    at = page_of("pages/detector.py")
    at.file_uploader(key="own-cfg-0").upload(f"{NAME}.cfg", CFG, "text/plain")
    at.file_uploader(key="own-weights-0").upload(f"{NAME}.weights", WEIGHTS, "application/octet-stream")
    at.file_uploader(key="own-names-0").upload(
        f"{NAME}.names", "".join(f"{NAME}{n}\n" for n in range(3)).encode(), "text/plain"
    )
    at.run()
    at.button(key="own-look").click().run()
    at.button_group(key="part").set_value(part).run()
    assert not at.exception
    assert not markup(at)


def test_names_of_a_mask(no_weights):
    at = page_of("pages/segmenter.py", part="Grade it", judge_truth="File")
    at.file_uploader(key="judge-upload").set_value(
        (f"{NAME}.png", encoded(picture("P", 451, 300), "PNG"), "image/png")
    ).run()
    assert not at.exception
    assert not markup(at)


@pytest.mark.parametrize(
    ("page", "part", "query"),
    [
        ("pages/anchors.py", "Assignment", {"truth": f"{NAME} 10, 10, 200, 200"}),
        ("pages/nms.py", "", {"boxes": "Table", "rows": f"{NAME} 0.9 10 10 200 200; {NAME} 0.8 12 12 205 205"}),
        ("pages/anchors.py", "Two boxes", {"a": NAME, "b": NAME, "photo": NAME, "try": NAME}),
        ("pages/style.py", "Paint", {"style": NAME}),
    ],
)
def test_words_of_a_link(no_weights, page, part, query):
    at = page_of(page, **query, **({"part": part} if part else {}))
    assert not at.exception
    assert not markup(at)


def test_a_page_that_takes_a_name_for_markup_would_be_found():
    def script():
        import streamlit as st

        st.markdown("<b>zq</b>[x](//y.z)", unsafe_allow_html=True)

    assert markup(AppTest.from_function(script).run())
