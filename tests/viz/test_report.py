"""The report as a file: whole, harmless, and in the order it is given."""

import re
from html.parser import HTMLParser

from PIL import Image

from viz.images import encode
from viz.report import Entry, document

EVIL = "<script>alert(1)</script>\"onerror=alert(1) & 'javascript:'"
PICTURE = encode(Image.new("RGB", (40, 30), (200, 30, 30)))


def entry(number: int = 1, **changed: object) -> Entry:
    given = {
        "number": number,
        "place": 1,
        "title": f"Page {number}",
        "photo": "Cat",
        "made": "2026-11-22 14:00 UTC",
        "picture": PICTURE,
        "numbers": (("class", "probability"), ("cat", "0.98")),
        "settings": (("network", "lab"),),
        "link": "https://lab.example/nms?iou=0.4&photo=cat",
    }
    return Entry(**{**given, **changed})


class Tags(HTMLParser):
    """Every tag of a document with its attributes, and its words."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(words)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said += data


def test_it_needs_nothing_else_and_runs_nothing():
    read = Tags(document([entry(), entry(2)], made="now"))
    names = {tag for tag, _ in read.tags}
    assert not names & {"script", "link", "iframe", "object", "form"}
    assert all(given["src"].startswith("data:image/webp;base64,") for tag, given in read.tags if tag == "img")
    assert not any(name.startswith("on") for _, given in read.tags for name in given)
    (policy,) = [given["content"] for tag, given in read.tags if given.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy


def test_whatever_a_visitor_wrote_stays_words():
    given = entry(title=EVIL, photo=EVIL, numbers=((EVIL,), (EVIL,)), settings=((EVIL, EVIL),), link=EVIL, note=EVIL)
    plain, read = Tags(document([entry()], made="now")), Tags(document([given], made=EVIL))
    assert [tag for tag, _ in read.tags if tag not in ("a", "th", "td")] == [
        tag for tag, _ in plain.tags if tag not in ("a", "th", "td")
    ]
    assert not any(tag == "a" for tag, _ in read.tags), "only an address of the web is a link"
    assert read.said.count(EVIL) == 9


def test_it_keeps_the_order_and_says_when_it_was_made():
    words = document([entry(7), entry(3)], made="2026-11-22")
    assert re.findall(r"<h2>(.*?)</h2>", words) == ["1. Page 7", "2. Page 3"]
    assert "2 pictures · 2026-11-22" in words


def test_the_link_opens_the_same_state():
    (link,) = [given["href"] for tag, given in Tags(document([entry()], made="")).tags if tag == "a"]
    assert link == "https://lab.example/nms?iou=0.4&photo=cat"


def test_an_entry_without_numbers_or_settings_has_no_empty_table():
    words = document([entry(numbers=(), settings=())], made="")
    assert "<table" not in words
    assert "<details" not in words


def test_an_entry_weighs_its_picture_and_its_words():
    assert entry(note="x" * 1000).size == entry().size + 1000
    assert entry().size > len(PICTURE.data)
