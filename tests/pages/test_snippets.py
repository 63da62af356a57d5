"""The snippets print the numbers of their pages, and the helper that runs them is strict."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.experiments.anchors import measure
from core.images.samples import SAMPLES, sample
from core.zoo.catalog import card, of
from core.zoo.model_card import Task
from tests.core.zoo import darknet_files
from tests.pages.conftest import put
from tests.sessions import chosen, upload
from tests.snippets import TOGETHER, run, snippet_of
from ui import cached
from ui.box_field import read
from ui.sections.anchors import generator

ANCHORS, MODELS = "pages/anchors.py", "pages/models.py"


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


def test_the_snippet_of_the_overview_leaves_a_photo_of_the_input_s_size_as_it_is(open_page, network, tmp_path):
    mine = stored(tmp_path, 224, 224)
    at = upload(open_page(model=network), ("mine.png", mine.read_bytes(), "image/png"))
    own = chosen(at)
    expected = {guess.label: guess.probability for guess in cached.look(own, network).guesses}
    assert run(snippet_of(at), **{"'mine.png'": repr(str(mine))}) == pytest.approx(expected, abs=1e-4)


def numbers(table: bytes, name: str, value: str) -> dict[str, float]:
    """Two columns of a file that a page offers."""
    return {row[name]: float(row[value]) for row in csv.DictReader(io.StringIO(table.decode()))}


def test_the_snippet_of_a_classifier_prints_the_guesses_of_its_row(open_page, no_weights, files):
    keys = ["lab-classifier", "squeezenet1_1"]
    put("squeezenet1_1")
    pages = {key: open_page(MODELS, card=key) for key in keys}
    printed = run(TOGETHER.format(snippets={key: snippet_of(at) for key, at in pages.items()}))
    assert len(printed) == 5 * len(keys)
    for key in keys:
        expected = numbers(files[f"{key}.csv"], "class", "probability")
        assert {name: printed[f"{key}/{name}"] for name in expected} == pytest.approx(expected, abs=1e-4)


def test_the_snippet_of_features_prints_the_means_at_every_layer(open_page, no_weights, files):
    """Of the lab's own file, and of one in the names of torchvision; in one process."""
    put("squeezenet1_1")
    snippets, expected = {}, {}
    for key in ("lab-trunk", "squeezenet1_1-features"):
        for layer in card(key).layers:
            snippets[f"{key} {layer.name}"] = snippet_of(open_page(MODELS, card=key, layer=layer.name, photo="rocket"))
            for channel, mean in numbers(files[f"{key}.csv"], "map", "mean").items():
                expected[f"{key} {layer.name}/{channel}"] = mean
    assert len(expected) == 8 * len(snippets)
    assert run(TOGETHER.format(snippets=snippets)) == pytest.approx(expected, abs=1e-3)


def test_the_snippet_of_a_detector_prints_the_boxes_that_are_drawn(open_page, no_weights):
    """Both detectors on a photo with one thing and on one with several; in one process."""
    snippets, expected = {}, {}
    for key in ("lab-yolo", "lab-yolo-14"):
        for photo in ("cat", "astronaut"):
            snippets[f"{key} {photo}"] = snippet_of(open_page(MODELS, card=key, photo=photo))
            sure = [one for one in cached.things(sample(photo), key).things if one.score >= card(key).sure]
            for place, one in enumerate(sure, start=1):
                expected[f"{key} {photo}/{place} {one.label}"] = one.score
    assert {key.split("/")[0] for key in expected} == set(snippets), "each has something to print"
    assert run(TOGETHER.format(snippets=snippets)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.weights
def test_the_snippet_of_yolo_fastest_prints_the_boxes_that_are_drawn(open_page, no_weights):
    snippets, expected = {}, {}
    for key in ("yolo_fastest", "yolo_fastest_xl"):
        darknet_files.put_real(card(key))
        for photo in ("coffee", "motorcycle"):
            snippets[f"{key} {photo}"] = snippet_of(open_page(MODELS, card=key, photo=photo))
            sure = [one for one in cached.things(sample(photo), key).things if one.score >= card(key).sure]
            for place, one in enumerate(sure, start=1):
                expected[f"{key} {photo}/{place} {one.label}"] = one.score
    assert {key.split("/")[0] for key in expected} == set(snippets), "each has something to print"
    assert run(TOGETHER.format(snippets=snippets)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("query", [{}, {"photo": "astronaut"}], ids=["cat", "astronaut"])
def test_the_snippet_of_a_painter_prints_the_colours_of_its_painting(open_page, no_weights, files, query):
    keys = [row.key for row in of(Task.PAINT)]
    pages = {key: open_page(MODELS, query, card=key) for key in keys}
    printed = run(TOGETHER.format(snippets={key: snippet_of(at) for key, at in pages.items()}))
    for key in keys:
        expected = {f"{key}/{name}": mean for name, mean in numbers(files[f"{key}.csv"], "channel", "mean").items()}
        assert {name: printed[name] for name in expected} == pytest.approx(expected, abs=1e-4)


def assert_prints_shares(at: AppTest, table: bytes, **replacements: str) -> None:
    """A pixel between two classes may fall to either, so a class of one pixel may be missing."""
    expected, printed = numbers(table, "class", "share"), run(snippet_of(at), **replacements)
    for name in {*expected, *printed}:
        assert printed.get(name, 0) == pytest.approx(expected.get(name, 0), abs=1e-3), name


@pytest.mark.parametrize("key", [row.key for row in of(Task.SEGMENT)])
def test_the_snippet_of_a_segmenter_prints_the_shares_of_its_classes(open_page, no_weights, files, key):
    if not card(key).bundled:
        put(key)
    assert_prints_shares(open_page(MODELS, card=key), files[f"{key}.csv"])


def stored(folder: Path, width: int, height: int) -> Path:
    """A file of colourful blobs."""
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    target = folder / "mine.png"
    Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC).save(target)
    return target


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (320, 200),
        (600, 200),
    ],
    ids=["usual", "long"],
)
def test_the_snippet_of_a_segmenter_agrees_on_a_photo_of_ones_own(
    open_page, no_weights, files, tmp_path, width, height
):
    put("lraspp")
    mine = stored(tmp_path, width, height)
    at = upload(open_page(MODELS, card="lraspp"), ("mine.png", mine.read_bytes(), "image/png"))
    assert_prints_shares(at, files["lraspp.csv"], **{"'mine.png'": repr(str(mine))})
