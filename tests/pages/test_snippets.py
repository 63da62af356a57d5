"""The snippets print the numbers of their pages, and the helper that runs them is strict."""

from pathlib import Path

import pytest
from PIL import Image

from core.experiments.anchors import measure
from core.images.samples import SAMPLES, sample
from tests.snippets import run, snippet_of
from ui import cached
from ui.controls import read
from ui.sections.anchors import generator

ANCHORS = "pages/anchors.py"


def test_numbers_are_read_from_what_a_snippet_prints():
    assert run("print('iou', '=', 0.5)\nprint('hello')\nprint('Egyptian cat = 1e-3')\nprint('a = b = -2')") == {
        "iou": 0.5,
        "Egyptian cat": 1e-3,
        "a = b": -2,
    }


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise ValueError('broken here')", "broken here"),
        ("print('iou = 1')\nraise SystemExit(3)", "the snippet failed"),
        ("import warnings\nwarnings.warn('old way')\nprint('iou = 1')", "old way"),
        ("print(", "SyntaxError"),
        ("print('nothing to see')", "prints no number"),
        ("print('iou = 1')\nprint('iou = 2')", "printed twice"),
        ("print('iou = nan')", "nan"),
    ],
    ids=["raises", "exits", "warns", "is no Python", "prints nothing", "prints twice", "prints nan"],
)
def test_a_snippet_that_is_broken_fails(code, words):
    with pytest.raises(AssertionError, match=words):
        run(code)


def test_a_line_that_is_no_number_fails():
    with pytest.raises(ValueError, match="could not convert"):
        run("print('iou = half')")


def test_text_of_a_snippet_can_be_replaced():
    assert run("print('size =', len(open('mine.png', 'rb').read()))", **{"'mine.png'": repr(__file__)}) == {
        "size": Path(__file__).stat().st_size
    }


def test_a_replacement_that_finds_nothing_fails():
    with pytest.raises(AssertionError, match=r"does not hold other\.png"):
        run("print('iou = 1')", **{"other.png": "mine.png"})


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"photo": "coffee", "a": "10.3, 20, 300.7, 200", "b": "250, 150.1, 500, 380"},
    ],
    ids=["default boxes", "boxes of a link"],
)
def test_the_snippet_of_the_iou_lab_prints_the_four_measures(open_page, query):
    at = open_page(ANCHORS, query)
    photo = sample(query.get("photo", "cat"))
    a, b = (read(at.text_input(key=key).value, key, photo.width, photo.height) for key in ("a", "b"))
    found = measure(a, b)
    expected = {name: getattr(found, name) for name in ("iou", "giou", "diou", "ciou")}
    assert run(snippet_of(at)) == pytest.approx(expected, abs=1e-6)


RULES = [
    *((gen, "Textbook") for gen in generator.GENERATORS),
    *((gen, "Two thresholds") for gen in generator.GENERATORS),
    ("YOLO grid", "YOLO cell"),
]


def test_the_snippet_of_the_anchors_prints_their_number_and_the_best_iou(open_page):
    """All three ways to lay anchors, and a place and objects of a link; in one process."""
    queries = [*({"gen": gen} for gen in generator.GENERATORS), {"photo": "coffee", "at": "10, 390", "gen": "Pyramid"}]
    pages = {str(query): open_page(ANCHORS, query, part="Anchors") for query in queries}
    printed = run(TOGETHER.format(snippets={key: snippet_of(at) for key, at in pages.items()}))
    assert len(printed) == 2 * len(pages)
    for key, at in pages.items():
        shown = {metric.label: metric.value for metric in at.metric}
        assert f"{printed[f'{key}/anchors']:,.0f}" == shown["Anchors"]
        assert f"{printed[f'{key}/best']:.4f}" == shown["Best IoU here"]


@pytest.mark.parametrize("key", ["cat", "overlap", "triangle"])
def test_the_snippet_of_the_assignment_prints_how_many_anchors_learn(open_page, key):
    """Every rule with every way to lay anchors that it allows; in one process."""
    pages = {
        f"{gen} {rule}": open_page(ANCHORS, {"gen": gen, "rule": rule}, part="Assignment", photo=key)
        for gen, rule in RULES
    }
    printed = run(TOGETHER.format(snippets={name: snippet_of(at) for name, at in pages.items()}))
    assert len(printed) == 3 * len(RULES)
    for name, at in pages.items():
        for label in ("Positive", "Ignored", "Background"):
            (shown,) = [metric.value for metric in at.metric if metric.label == label]
            assert f"{printed[f'{name}/{label.lower()}']:,.0f}" == shown, (name, label)


@pytest.mark.parametrize(
    "query",
    [
        {"photo": "astronaut", "shapes": "5 × 5", "grid": "8", "truth": "face 64,64,288,384", "threshold": "0.7"},
        {"truth": "a 0,0,1,1; b 450,299,451,300", "gen": "Every pixel"},
        {"rule": "YOLO cell", "grid": "1", "shapes": "1 × 1", "truth": "a 0,0,20,20; b 5,5,90,90; c 5,5,90,90"},
        {"rule": "Two thresholds", "limits": ["0.0", "1.0"], "gen": "Pyramid"},
    ],
    ids=["an IoU of exactly the threshold", "corners", "more objects than anchors", "nothing is background"],
)
def test_the_snippet_of_the_assignment_agrees_where_it_is_hardest(open_page, query):
    at = open_page(ANCHORS, {"rule": "Textbook", **query}, part="Assignment")
    shown = {metric.label.lower(): metric.value for metric in at.metric[1:4]}
    assert {name: f"{number:,.0f}" for name, number in run(snippet_of(at)).items()} == shown


TOGETHER = """import contextlib, io
for key, code in {snippets!r}.items():
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {{"__name__": "__main__"}})
    for line in printed.getvalue().splitlines():
        print(f"{{key}}/{{line}}")
"""


def test_the_snippet_of_the_overview_prints_the_guesses_on_every_sample(open_page, network):
    """One process for all of them: most of what each would take is the import of torch."""
    keys = [row.key for row in SAMPLES]
    pages = {key: open_page(photo=key, model=network) for key in keys}
    printed = run(TOGETHER.format(snippets={key: snippet_of(at) for key, at in pages.items()}))
    assert len(printed) == 5 * len(keys)
    for key in keys:
        expected = {f"{key}/{guess.label}": guess.probability for guess in cached.look(sample(key), network).guesses}
        found = {name: number for name, number in printed.items() if name.startswith(f"{key}/")}
        assert found == pytest.approx(expected, abs=1e-4)


def test_the_snippet_of_the_overview_turns_a_photo_upright(open_page, network, tmp_path):
    lying = Image.Exif()
    lying[0x0112] = 6
    stored = tmp_path / "cat.jpg"
    Image.fromarray(sample("cat").pixels).rotate(90, expand=True).save(stored, "JPEG", exif=lying, quality=95)
    at = open_page(model=network)
    at.file_uploader(key="tray-Files-0").upload("cat.jpg", stored.read_bytes(), "image/jpeg").run()
    own = at.session_state["own_photos"][at.session_state["photo"]]
    expected = {guess.label: guess.probability for guess in cached.look(own, network).guesses}
    assert run(snippet_of(at), **{"'cat.jpg'": repr(str(stored))}) == pytest.approx(expected, abs=1e-4)
