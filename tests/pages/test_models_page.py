"""The Models page: every network in its row, what can be done with it, and what it makes of the photo."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.device import best_device, describe, devices
from core.experiments.cost import Cost
from core.experiments.fast_styling import painted, side_seen
from core.experiments.models import Found, Region, Regions, Things, maps, regions, things
from core.experiments.overview import look
from core.images.samples import SAMPLES, sample
from core.images.styles import style_picture
from core.networks.coco_classes import COCO
from core.networks.vision_classes import DETECTED
from core.zoo import cache, catalog, weights
from core.zoo.catalog import CARDS, card, of
from core.zoo.darknet_models import ROWS as DARKNET
from core.zoo.model_card import Task
from core.zoo.painters import ROWS as PAINTERS
from core.zoo.published_detectors import ROWS as PUBLISHED
from tests.core.zoo import darknet_files
from tests.core.zoo.conftest import Server
from tests.pages.conftest import put
from tests.sessions import chosen, file, hidden, link, upload
from ui import cached, networks, parts
from ui.menu import PAGES
from ui.sections.models import trial
from ui.sections.models.rows import QUESTIONS
from viz import images
from viz.colours import AREAS

PAGE = "pages/models.py"
DETECTORS = ("lab-yolo", "lab-yolo-14")
PAINTER = PAINTERS[0].key
SIDES = ("x1", "y1", "x2", "y2")
LAB, TRUNK, MODEL, MAPS, SEGMENTER = "lab-classifier", "lab-trunk", "squeezenet1_1", "squeezenet1_1-features", "lraspp"
GARBAGE = b"this is no file of weights"
every_card = pytest.mark.parametrize("row", CARDS, ids=lambda row: row.key)
every_download = pytest.mark.parametrize("row", [row for row in CARDS if not row.bundled], ids=lambda row: row.key)
bundled = pytest.mark.parametrize("row", [row for row in CARDS if row.bundled], ids=lambda row: row.key)


def assert_whole(at: AppTest) -> None:
    """The page was drawn to its end: every row of the question, the memory, and the links to other pages."""
    assert not at.exception
    assert shown(at) == [row.title for row in of(at.button_group(key="question").value)]
    assert len(at.metric) == 4 * len(devices())
    assert "nothing that could run is ever loaded" in at.main.caption[-1].value
    assert [page.label for page in at.main.page_link] == [
        "YOLO detector",
        "FCN segmenter",
        "Attribution",
        "Saliency & adversarial",
        "Style transfer",
    ]


def shown(at: AppTest) -> list[str]:
    """The titles of the rows in their order."""
    titles = {f"**{row.title}**": row.title for row in CARDS}
    return [titles[words.value] for words in at.main.markdown if words.value in titles]


def row_of(at: AppTest, key: str) -> AppTest:
    return at.get_by_key(f"row-{key}")


def state(at: AppTest, key: str) -> str:
    """Where the page says that the network is."""
    (words,) = [
        caption.value
        for caption in row_of(at, key).caption
        if caption.value.startswith(("Ships with", "On this server", "Not here"))
    ]
    return words


def actions(at: AppTest, key: str) -> list[str]:
    """What can be done with the network; the report takes the pictures of any."""
    return [button.label for button in row_of(at, key).button if button.label != "Add to my report"]


def click(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def errors(at: AppTest) -> list[str]:
    return [error.value.replace("\\", "") for error in at.main.error]


def opened(at: AppTest) -> list[str]:
    """The networks that are tried."""
    return [button.key.removesuffix("-csv") for button in at.download_button if button.key.endswith("-csv")]


def here() -> str:
    return describe(best_device()).title


# The rows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", QUESTIONS)
def test_every_network_has_a_row_under_its_question(open_page, no_weights, task):
    at = open_page(PAGE)
    at.button_group(key="question").set_value(task).run()
    assert_whole(at)
    assert QUESTIONS[task][1] in [caption.value for caption in at.main.caption]
    for row in of(task):
        captions = [caption.value for caption in row_of(at, row.key).caption]
        assert any(words.endswith(f" million parameters · {row.score}") for words in captions)


def test_every_network_of_the_catalogue_belongs_to_a_question():
    assert {row.task for row in CARDS} == set(QUESTIONS)


@every_card
def test_the_card_tells_source_licence_input_classes_paper_and_layers(open_page, no_weights, row):
    at = open_page(PAGE, card=row.key)
    words = "\n".join(line.value for line in row_of(at, row.key).markdown)
    for fact in (
        row.source.value,
        *row.files,
        row.licence,
        row.input_size,
        row.citation,
        *(x.name for x in row.layers),
    ):
        assert fact in words
    assert f"{row.input_size}, {row.view.value}" in words
    classes = ", ".join(row.names) or (f"{row.class_count:,}" if row.class_count else "none")
    assert f"**Classes** · {classes}" in words
    assert row.host in words


@bundled
def test_a_row_says_that_a_network_ships_with_the_lab(open_page, no_weights, row):
    at = open_page(PAGE, card=row.key)
    assert state(at, row.key).split("  \n")[0] == f"Ships with the lab, {row.megabytes}"
    assert not any("ownload" in words or "Get" in words for words in actions(at, row.key))


@every_download
def test_a_row_says_how_large_a_network_is_and_where_it_comes_from(open_page, online, row):
    at = open_page(PAGE, card=row.key)
    assert_whole(at)
    assert state(at, row.key) == f"Not here: {row.megabytes} from {row.host}"
    assert actions(at, row.key) == [f"Download, {row.megabytes}"]
    assert opened(at) == []
    assert not at.main.error


@every_download
def test_offline_a_row_says_what_whoever_runs_the_server_can_do(open_page, no_weights, row):
    at = open_page(PAGE, card=row.key)
    assert_whole(at)
    assert actions(at, row.key) == []
    (info,) = at.main.info
    assert f"{' and '.join(f'`{name}`' for name in row.files)} ({row.megabytes})" in info.value


def test_a_row_that_is_not_open_offers_to_get_its_network_and_opens(open_page, online):
    at = open_page(PAGE)
    assert actions(at, MODEL) == ["Get it"]
    click(at, f"get-{MODEL}")
    assert_whole(at)
    assert actions(at, MODEL) == ["Download, 4.7 MB"]
    assert at.query_params["card"] == MODEL
    assert opened(at) == [], "the row that was open is closed"


def test_a_download_from_a_row_brings_both_networks_of_its_file(open_page, online, publish):
    publish(MODEL, put(MODEL).read_bytes())
    weights.path(card(MODEL)).unlink()
    at = open_page(PAGE, card=MODEL)
    click(at, f"download-{MODEL}")
    assert at.session_state["downloads"][card(MODEL).file].wait(20.0)
    at.run()
    assert_whole(at)
    assert state(at, MODEL).startswith("On this server, ")
    assert opened(at) == [MODEL]
    at.button_group(key="question").set_value(Task.FEATURES).run()
    assert state(at, MAPS).startswith("On this server, ")
    assert actions(at, MAPS) == ["Try it", "Load"]


@pytest.fixture
def publish_two(monkeypatch: pytest.MonkeyPatch, server: Server) -> Callable[[str], None]:
    """`publish_two("yolo_fastest")`: a web server of this machine has both files of that network, and the catalogue says so."""

    def published(key: str) -> None:
        row = card(key)
        content = darknet_files.files(row)
        size = {name: len(data) for name, data in content.items()}
        digest = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
        config = replace(row.config, size=size[row.config.file], digest=digest[row.config.file])
        mine = replace(row, size=size[row.file], digest=digest[row.file], config=config)
        monkeypatch.setenv("VISION_LAB_MIRROR", server.base)
        monkeypatch.setattr(catalog, "CARDS", tuple(mine if one is row else one for one in CARDS))
        server.serves(content)

    return published


@pytest.mark.parametrize("row", DARKNET, ids=lambda row: row.key)
def test_one_click_brings_the_config_and_the_weights_of_a_network(open_page, online, publish_two, server, row):
    publish_two(row.key)
    at = open_page(PAGE, card=row.key)
    click(at, f"download-{row.key}")
    assert at.session_state["downloads"][row.file].wait(20.0)
    at.run()
    assert_whole(at)
    assert [path.rpartition("/")[2] for path in server.paths] == [row.config.file, row.file]
    assert state(at, row.key).startswith("On this server, ")
    assert opened(at) == [row.key]
    assert not at.main.error


def test_a_damaged_config_is_mended_by_another_download(open_page, online, publish_two):
    publish_two("yolov3_tiny")
    row = catalog.card("yolov3_tiny")
    darknet_files.put(row, darknet_files.files(row) | {row.config.file: GARBAGE})
    at = open_page(PAGE, card=row.key)
    assert "One of the files of YOLOv3-tiny is damaged." in errors(at)[0]
    click(at, f"download-{row.key}")
    at.session_state["downloads"][row.file].wait(20.0)
    at.run()
    assert_whole(at)
    assert opened(at) == [row.key]
    assert not at.main.error


# Load, unload, try -------------------------------------------------------------------------------------------------


def test_a_network_is_loaded_and_unloaded(open_page, no_weights):
    put(MODEL)
    at = open_page(PAGE)
    assert state(at, MODEL) == "On this server, 4.7 MB"
    assert actions(at, MODEL) == ["Try it", "Load"]
    click(at, f"load-{MODEL}")
    assert_whole(at)
    size = networks.loaded(card(MODEL))[here()]
    assert state(at, MODEL) == f"On this server, 4.7 MB  \nloaded on {here()}, {size / 2**20:.1f} MB"
    assert actions(at, MODEL) == ["Try it", "Unload"]
    click(at, f"unload-{MODEL}")
    assert_whole(at)
    assert networks.loaded(card(MODEL)) == {}
    assert state(at, MODEL) == "On this server, 4.7 MB"
    assert actions(at, MODEL) == ["Try it", "Load"]


def test_trying_a_network_loads_it_and_says_so_at_once(open_page, no_weights):
    at = open_page(PAGE)
    assert networks.loaded(card(LAB))
    assert f"loaded on {here()}" in state(at, LAB)
    assert actions(at, LAB) == ["Unload"]


def test_a_network_that_is_let_go_while_it_is_tried_stays_on_the_page(open_page, no_weights):
    at = click(open_page(PAGE), f"unload-{LAB}")
    assert_whole(at)
    assert opened(at) == [LAB]
    assert actions(at, LAB) == ["Load"]
    assert networks.loaded(card(LAB)) == {}, "the answer is remembered, so nothing needs the network"


def test_try_it_opens_another_row_and_closes_the_first(open_page, no_weights):
    put(MODEL)
    at = click(open_page(PAGE), f"try-{MODEL}")
    assert_whole(at)
    assert opened(at) == [MODEL]
    assert actions(at, LAB) == ["Try it", "Unload"]
    assert at.query_params["card"] == MODEL
    click(at, f"try-{LAB}")
    assert opened(at) == [LAB]
    assert "card" not in at.query_params, "the default needs no words"


def test_another_question_opens_its_first_network(open_page, no_weights):
    at = open_page(PAGE)
    at.button_group(key="question").set_value(Task.FEATURES).run()
    assert_whole(at)
    assert opened(at) == [TRUNK]
    assert at.query_params["card"] == TRUNK
    at.button_group(key="question").set_value(Task.CLASSIFY).run()
    assert opened(at) == [LAB]


def test_the_open_row_comes_back_with_the_page(open_page, no_weights):
    put(MODEL)
    at = click(open_page(PAGE), f"try-{MODEL}")
    for page in ("app.py", PAGE):
        at.switch_page(page)
        at.query_params.clear()
        at.run()
    assert_whole(at)
    assert opened(at) == [MODEL]
    assert at.query_params["card"] == MODEL


# Trials ------------------------------------------------------------------------------------------------------------


def bars(at: AppTest) -> dict[str, str]:
    found = [re.findall(r"<span>(.*?)</span>", element.value) for element in at.html]
    return {html.unescape(bar[0]): bar[1] for bar in found if len(bar) == 2}


@pytest.mark.parametrize("key", [LAB, MODEL])
@pytest.mark.parametrize("photo", ["cat", "coffee", "crowd"])
def test_a_classifier_is_tried(open_page, no_weights, pictures, key, photo):
    put(MODEL)
    at = open_page(PAGE, card=key, photo=photo)
    assert_whole(at)
    answer = look(sample(photo), key)
    assert bars(at) == {guess.label: parts.percent(guess.probability) for guess in answer.guesses}
    assert f"**{card(key).title}** · 5 of {card(key).class_count:,} classes" in [x.value for x in at.main.caption]
    found = pictures[f"The photo under a heat map of the class {answer.target}"]
    assert found == cached.cam_picture(sample(photo), key, answer).data
    assert any("1 forward and 1 backward pass ·" in caption.value for caption in at.main.caption)


@pytest.mark.parametrize("key", [*DETECTORS, *(row.key for row in (*DARKNET, *PUBLISHED))])
@pytest.mark.parametrize("photo", ["cat", "astronaut", "triangle"])
def test_a_detector_is_tried(open_page, no_weights, pictures, key, photo):
    if not card(key).bundled:
        put(key)
    at = open_page(PAGE, card=key, photo=photo)
    assert_whole(at)
    answer = things(sample(photo), key)
    shown = tuple(one for one in answer.things if one.score >= card(key).sure)
    assert [(number, name, share) for _, number, name, share in legend(at)] == [
        (str(place), one.label, parts.percent(one.score)) for place, one in enumerate(shown, start=1)
    ]
    names = ", ".join(one.label for one in shown) or "nothing found"
    assert pictures[f"The photo with numbered boxes: {names}"] == cached.thing_picture(sample(photo), shown).data
    assert any("1 forward and 0 backward passes ·" in caption.value for caption in at.main.caption)
    known = ", ".join(COCO[:12]) + " and 68 more" if not card(key).bundled else ", ".join(DETECTED)
    assert f"All it knows: {known}. {card(key).limits}" in [caption.value for caption in at.main.caption]
    assert any(
        caption.value.endswith(
            f"each scores at least {parts.percent(card(key).sure, 0)}, after non-maximum suppression"
        )
        for caption in at.main.caption
    )


@pytest.mark.weights
@pytest.mark.parametrize("key", ["yolo_fastest", "yolo_fastest_xl"])
def test_yolo_fastest_is_tried(open_page, no_weights, pictures, key):
    darknet_files.put_real(card(key))
    at = open_page(PAGE, card=key, photo="coffee")
    assert_whole(at)
    assert [(number, name) for _, number, name, _ in legend(at)] == [("1", "cup"), ("2", "diningtable"), ("3", "cup")]
    assert "The photo with numbered boxes: cup, diningtable, cup" in pictures
    assert any("1 forward and 0 backward passes ·" in caption.value for caption in at.main.caption)
    assert state(at, key).split("  \n")[0] == f"On this server, {card(key).megabytes}"


def found(*rows: tuple[str, float]) -> Things:
    """An answer with these things, each in a box of its own."""
    every = [
        Found(label, DETECTED.index(label), score, (10.0 * at, 10.0, 10.0 * at + 60, 90.0))
        for at, (label, score) in enumerate(rows)
    ]
    return Things(tuple(every), Cost("CPU", 1, 0, 1.0, 1.0))


def test_a_box_that_is_less_sure_is_told_but_not_drawn(open_page, no_weights, monkeypatch, files):
    answer = found(("dog", 0.9), ("cat", 0.6), ("dog", 0.5), ("cow", 0.39), ("sheep", 0.06))
    monkeypatch.setattr(cached, "things", lambda *given: answer)
    at = open_page(PAGE, card="lab-yolo-14")
    assert legend(at) == [
        (AREAS[0], "1", "dog", "90.0\u00a0%"),
        (AREAS[1], "2", "cat", "60.0\u00a0%"),
        (AREAS[0], "3", "dog", "50.0\u00a0%"),
    ]
    captions = [caption.value for caption in at.main.caption]
    assert (
        "Boxes that score less, down to 5\u00a0%, are not drawn: 2; the surest of them is cow, 39\u00a0%." in captions
    )
    rows = list(csv.DictReader(io.StringIO(files["lab-yolo-14.csv"].decode())))
    assert [(row["class"], float(row["score"])) for row in rows] == [(one.label, one.score) for one in answer.things]
    assert [row["drawn"] for row in rows] == ["1", "1", "1", "0", "0"]
    assert json.loads(files["lab-yolo-14.json"])["drawn from"] == "0.5"
    assert [float(rows[1][side]) for side in SIDES] == [10.0, 10.0, 70.0, 90.0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "No box is that sure: nothing it knows is on the photo, or it can't tell."),
        ([("cow", 0.2)], "it can't tell; the surest is cow, 20\u00a0%."),
    ],
    ids=["nothing", "one that is unsure"],
)
def test_a_photo_on_which_a_detector_finds_nothing_says_so(open_page, no_weights, monkeypatch, pictures, rows, words):
    monkeypatch.setattr(cached, "things", lambda *given: found(*rows))
    at = open_page(PAGE, card="lab-yolo-14")
    assert_whole(at)
    assert not at.main.error
    assert any(caption.value.endswith(words) for caption in at.main.caption)
    assert "The photo with numbered boxes: nothing found" in pictures


def test_the_labs_own_segmenter_is_tried(open_page, no_weights, pictures):
    at = open_page(PAGE, card="lab-fcn")
    assert_whole(at)
    answer = regions(sample("cat"), "lab-fcn")
    assert answer.regions[0].label == "cat"
    assert [(name, share) for _, _, name, share in legend(at)] == [
        (region.label, parts.percent(region.share)) for region in answer.regions
    ]
    assert any(alt.startswith("The photo with coloured, numbered areas: cat") for alt in pictures)


def test_a_stray_pixel_is_listed_but_not_coloured(open_page, no_weights, monkeypatch):
    put(SEGMENTER)
    monkeypatch.setattr(cached, "regions", lambda *given: played({"cat": 0.6, "background": 0.3999, "dog": 0.0001}))
    at = open_page(PAGE, card=SEGMENTER)
    assert [(number, name) for _, number, name, _ in legend(at)] == [("1", "cat"), ("", "background"), ("", "dog")]


def legend(at: AppTest) -> list[tuple[str, str, str, str]]:
    """Colour, number, class and share of each line."""
    (words,) = [element.value for element in at.html if "grid-template-columns:auto auto 1fr auto" in element.value]
    line = r'background:(.*?)"></span><span>(.*?)</span><span>(.*?)</span><span style="text-align:right">(.*?)</span>'
    return [(colour, number, html.unescape(name), share) for colour, number, name, share in re.findall(line, words)]


@pytest.mark.parametrize("row", PAINTERS, ids=lambda row: row.key)
def test_a_painter_paints_the_photo_beside_the_style_it_has_learned(open_page, no_weights, pictures, row):
    at = open_page(PAGE, card=row.key)
    assert_whole(at)
    style = style_picture(row.key.removeprefix("paint-"))
    height, width = painted(sample("cat"), row.key, side_seen(sample("cat"), row.key)).canvas.shape[1:]
    assert min(height, width) == row.resize
    with Image.open(io.BytesIO(pictures[f"The photo painted in the style {style.name}"])) as shown:
        assert shown.size == (width, height)
    assert f"The picture whose style is {style.name}" in pictures
    assert any(row.limits in caption.value for caption in at.main.caption)
    assert any("1 forward and 0 backward passes ·" in caption.value for caption in at.main.caption)


@pytest.mark.parametrize("photo", ["cat", "triangle"])
def test_a_segmenter_is_tried(open_page, no_weights, pictures, photo):
    put(SEGMENTER)
    at = open_page(PAGE, card=SEGMENTER, photo=photo)
    assert_whole(at)
    answer = regions(sample(photo), SEGMENTER)
    assert len(answer.regions) > 1
    assert [(name, share) for _, _, name, share in legend(at)] == [
        (region.label, parts.percent(region.share)) for region in answer.regions
    ]
    areas = tuple(
        region for region in answer.regions if region.label != "background" and region.share >= trial.LEAST_AREA
    )
    names = ", ".join(region.label for region in areas)
    found = pictures[f"The photo with coloured, numbered areas: {names}"]
    indices = tuple(region.index for region in areas)
    assert found == cached.region_picture(sample(photo), SEGMENTER, answer, indices).data
    assert any("1 forward and 0 backward passes ·" in caption.value for caption in at.main.caption)


def played(shares: dict[str, float]) -> Regions:
    """An answer with these classes of VOC, in bands."""
    names = card(SEGMENTER).classes
    found = tuple(Region(name, names.index(name), share) for name, share in shares.items())
    bands = np.repeat(np.array([region.index for region in found], np.uint8), 4)[:, None]
    return Regions(bands.repeat(9, axis=1), found, (0.0, 0.0, 9.0, 9.0), Cost("CPU", 1, 0, 1.0, 1.0))


def test_the_background_has_no_number_and_the_areas_count_from_one(open_page, no_weights, monkeypatch):
    put(SEGMENTER)
    monkeypatch.setattr(cached, "regions", lambda *given: played({"cat": 0.5, "background": 0.3, "dog": 0.2}))
    at = open_page(PAGE, card=SEGMENTER)
    assert legend(at) == [
        (AREAS[0], "1", "cat", "50.0\u00a0%"),
        ("transparent", "", "background", "30.0\u00a0%"),
        (AREAS[1], "2", "dog", "20.0\u00a0%"),
    ]


def test_of_more_classes_than_colours_the_largest_are_shown_and_all_are_listed(open_page, no_weights, monkeypatch):
    put(SEGMENTER)
    many = dict.fromkeys(card(SEGMENTER).classes[1:11], 0.1)
    monkeypatch.setattr(cached, "regions", lambda *given: played(many))
    at = open_page(PAGE, card=SEGMENTER)
    assert_whole(at)
    assert [number for _, number, _, _ in legend(at)] == ["1", "2", "3", "4", "5", "6", "7", "", "", ""]
    assert len({colour for colour, number, _, _ in legend(at) if number}) == trial.MOST_AREAS == len(AREAS)


def test_a_photo_on_which_a_segmenter_finds_nothing_is_said_to_be_background(
    open_page, no_weights, monkeypatch, pictures
):
    put(SEGMENTER)
    monkeypatch.setattr(cached, "regions", lambda *given: played({"background": 1.0}))
    at = open_page(PAGE, card=SEGMENTER)
    assert_whole(at)
    assert not at.main.error
    assert "The photo with coloured, numbered areas: background only" in pictures
    assert legend(at) == [("transparent", "", "background", "100.0\u00a0%")]


@pytest.mark.parametrize(("key", "layer"), [(key, x.name) for key in (TRUNK, MAPS) for x in card(key).layers])
def test_every_layer_is_tried(open_page, no_weights, pictures, key, layer):
    put(MODEL)
    at = open_page(PAGE, card=key)
    at.button_group(key="layer").set_value(layer).run()
    assert_whole(at)
    answer = maps(sample("cat"), key, layer)
    assert pictures[f"The strongest feature maps of layer {layer} on this photo"] == (
        cached.map_tiles(sample("cat"), key, answer).data
    )
    (words,) = [caption.value for caption in at.main.caption if caption.value.startswith("**8 of ")]
    assert words.startswith(f"**8 of {answer.count} feature maps** · numbered, with the largest mean at {layer}, ")
    assert link(at)["layer"] == layer


@pytest.mark.parametrize("layer", [x.name for x in card(TRUNK).layers])
def test_a_link_names_a_layer(open_page, no_weights, layer):
    at = open_page(PAGE, card=TRUNK, layer=layer)
    assert at.button_group(key="layer").value == layer
    assert at.button_group(key="layer").options == [x.name for x in card(TRUNK).layers]


@pytest.mark.parametrize(
    "value",
    ["nonsense", "", "features.99", "x" * 10_000, "\0", "<script>", "-1", ["junk", "none"]],
    ids=repr,
)
def test_a_layer_that_is_none_leaves_the_first(open_page, no_weights, value):
    at = open_page(PAGE, {"card": TRUNK, "layer": value})
    assert_whole(at)
    assert not at.main.error
    assert link(at)["layer"] == card(TRUNK).layers[0].name


def test_a_layer_that_the_next_network_lacks_gives_way_to_its_first(open_page, no_weights):
    """And one that both have stays."""
    file_of_vgg = io.BytesIO()
    state = torchvision.models.vgg.make_layers(torchvision.models.vgg.cfgs["E"]).state_dict()
    torch.save({f"features.{name}": value for name, value in state.items()}, file_of_vgg)
    put("vgg19", file_of_vgg.getvalue())
    at = open_page(PAGE, card=TRUNK, layer="features.12")
    click(at, "try-vgg19")
    assert_whole(at)
    assert not at.main.error
    assert at.button_group(key="layer").value == card("vgg19").layers[0].name == "features.29"
    at.button_group(key="layer").set_value("features.1").run()
    click(at, f"try-{TRUNK}")
    assert_whole(at)
    assert at.button_group(key="layer").value == "features.1"


@pytest.mark.parametrize("key", [LAB, *DETECTORS, "yolo_fastest", "yolov3_tiny", SEGMENTER, "lab-fcn", TRUNK, PAINTER])
@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_strangest_photos_are_tried(open_page, no_weights, key, size):
    for here in (SEGMENTER, "yolo_fastest", "yolov3_tiny"):
        put(here)
    at = upload(open_page(PAGE, card=key), ("strip.png", file(*size), "image/png"))
    assert_whole(at)
    assert not at.error
    assert opened(at) == [key]


@pytest.mark.parametrize("photo", [row.key for row in SAMPLES])
def test_a_row_stays_open_on_another_photo(open_page, no_weights, photo):
    at = open_page(PAGE, card=TRUNK)
    at.session_state["photo"] = photo
    at.run()
    assert_whole(at)
    assert opened(at) == [TRUNK]
    assert link(at)["photo"] == photo


# Links -------------------------------------------------------------------------------------------------------------


@every_card
def test_a_link_opens_the_row_of_a_network_under_its_question(open_page, no_weights, row):
    at = open_page(PAGE, card=row.key)
    assert_whole(at)
    assert at.button_group(key="question").value == row.task
    assert opened(at) == ([row.key] if row.bundled else [])
    assert at.query_params.get("card", CARDS[0].key) == row.key
    assert not at.main.error


@pytest.mark.parametrize(
    "value", ["nonsense", "", "x" * 10_000, "LRASPP", "\0", "<script>", "[a](http://b)", "²"], ids=repr
)
def test_a_link_to_no_network_is_explained_once_and_the_first_row_is_open(open_page, no_weights, value):
    at = open_page(PAGE, card=value)
    assert_whole(at)
    (words,) = errors(at)
    assert words.replace("\u2060", "") == f"**There is no network called “{value[:40]}”.** Choose one of those below."
    assert opened(at) == [LAB]
    assert "card" not in at.query_params
    at.run()
    assert not at.main.error


def test_a_link_to_no_network_leaves_the_row_that_was_open(open_page, no_weights):
    at = open_page(PAGE, card=TRUNK)
    at.query_params["card"] = "nonsense"
    at.run()
    assert len(errors(at)) == 1
    assert opened(at) == [TRUNK]
    assert at.query_params["card"] == TRUNK


@pytest.mark.parametrize("key", ["question", "question_", "open_card", "card_in_url", "downloads", "model"])
def test_other_words_in_a_link_change_nothing(open_page, no_weights, key):
    at = open_page(PAGE, {key: "segment"})
    assert_whole(at)
    assert opened(at) == [LAB]
    assert not at.main.error


def test_a_teachers_link_hides_the_memory(open_page, no_weights):
    at = open_page(PAGE, hide="memory")
    assert hidden(at) == ["memory"]
    assert len(at.get_by_key("part-memory").metric) == 4 * len(devices())


# Take it away ------------------------------------------------------------------------------------------------------

TRIALS = [
    {"card": LAB, "photo": "cat"},
    {"card": LAB, "photo": "coffee"},
    {"card": MODEL, "photo": "rocket"},
    {"card": SEGMENTER, "photo": "cat"},
    {"card": "yolo_fastest", "photo": "coffee"},
    {"card": TRUNK, "photo": "cat"},
    {"card": TRUNK, "photo": "astronaut", "layer": "features.4"},
    {"card": MAPS, "photo": "cat", "layer": "features.1"},
    {"card": PAINTER, "photo": "coffee"},
]
every_trial = pytest.mark.parametrize("query", TRIALS, ids=lambda query: " ".join(query.values()))


def provide() -> None:
    """What the trials need beside what ships with the lab."""
    for key in (MODEL, SEGMENTER, "yolo_fastest"):
        put(key)


def expected_rows(query: dict[str, str]) -> list[dict[str, str | float | int]]:
    key, photo = query["card"], sample(query["photo"])
    if card(key).task is Task.CLASSIFY:
        guesses = look(photo, key).guesses
        return [{"class": one.label, "index": one.index, "probability": one.probability} for one in guesses]
    if card(key).task is Task.SEGMENT:
        found = regions(photo, key).regions
        return [{"class": one.label, "index": one.index, "share": one.share} for one in found]
    if card(key).task is Task.DETECT:
        return [
            {
                "class": one.label,
                "score": one.score,
                "drawn": int(one.score >= card(key).sure),
                **dict(zip(SIDES, one.box, strict=True)),
            }
            for one in things(photo, key).things
        ]
    if card(key).task is Task.PAINT:
        canvas = painted(photo, key, side_seen(photo, key)).canvas
        return [{"channel": name, "mean": canvas[place].mean()} for place, name in enumerate(("red", "green", "blue"))]
    answer = maps(photo, key, query.get("layer"))
    return [{"map": channel, "mean": mean} for channel, mean in zip(answer.channels, answer.means, strict=True)]


def as_numbers(row: dict[str, str]) -> dict[str, str | float | int]:
    floats = dict.fromkeys(("probability", "share", "mean", "score", *SIDES), float)
    kinds = {"index": int, "map": int, "drawn": int, **floats}
    return {name: kinds.get(name, str)(value) for name, value in row.items()}


@every_trial
def test_the_files_hold_every_number_of_the_trial(open_page, no_weights, files, query):
    provide()
    at = open_page(PAGE, query)
    assert_whole(at)
    key, expected = query["card"], expected_rows(query)
    assert set(files) == {f"{key}.png", f"{key}.csv", f"{key}.json"}
    table = [as_numbers(row) for row in csv.DictReader(io.StringIO(files[f"{key}.csv"].decode()))]
    assert table == [pytest.approx(row) for row in expected]
    settings = json.loads(files[f"{key}.json"])
    assert settings.pop("numbers") == table, "one answer in both files, to the last digit"
    layer = {"layer": query.get("layer", card(key).layers[0].name)} if card(key).task is Task.FEATURES else {}
    drawn = {"drawn from": str(card(key).sure)} if card(key).task is Task.DETECT else {}
    assert settings == {"network": key, "photo": sample(query["photo"]).name, **layer, **drawn}


@every_trial
def test_the_picture_that_is_taken_away_is_the_one_on_the_page(open_page, no_weights, files, pictures, query):
    provide()
    open_page(PAGE, query)
    taken = Image.open(io.BytesIO(files[f"{query['card']}.png"]))
    (on_page,) = [data for alt, data in pictures.items() if "photo" in alt]
    assert np.array_equal(np.asarray(taken), np.asarray(Image.open(io.BytesIO(on_page))))


@every_trial
def test_the_link_opens_exactly_this_trial(open_page, no_weights, files, query):
    provide()
    at = open_page(PAGE, query)
    address, first = link(at), dict(files)
    layer = {"layer": card(query["card"]).layers[0].name} if card(query["card"]).task is Task.FEATURES else {}
    assert address == {**layer, **query}
    again = open_page(PAGE, address)
    assert link(again) == address
    assert opened(again) == [query["card"]]
    assert files == first


def test_a_photo_of_ones_own_stays_out_of_the_link(open_page, no_weights, files):
    at = upload(open_page(PAGE, card=TRUNK), ("mine.png", file(300, 200), "image/png"))
    assert link(at) == {"card": TRUNK, "layer": card(TRUNK).layers[0].name}
    assert "Opens this state. Your own photo is not part of it." in [x.value for x in at.main.caption]
    assert json.loads(files[f"{TRUNK}.json"])["photo"] == chosen(at).name == "mine.png"


# Memory ------------------------------------------------------------------------------------------------------------


def memory(at: AppTest) -> dict[str, float]:
    """The numbers of the first device in bytes."""
    units = {"MB": 2**20, "GB": 2**30}
    values = {metric.label: metric.value.split() for metric in at.metric[:4]}
    return {label: float(number) * units[unit] for label, (number, unit) in values.items()}


def test_the_memory_is_that_of_every_device(open_page, no_weights):
    at = open_page(PAGE)
    captions = [caption.value for caption in at.get_by_key("part-memory").caption]
    assert captions == [f"**{room.title}**" for room in networks.rooms()]
    (room, *_) = networks.rooms()
    found = memory(at)
    assert list(found) == ["Networks", "They may take", "This program", "Still free"]
    assert found["Networks"] == pytest.approx(room.networks, abs=0.06 * 2**20)
    assert found["They may take"] == pytest.approx(room.budget, rel=0.05)
    assert found["This program"] == pytest.approx(room.used, rel=0.2)
    assert found["Still free"] == pytest.approx(room.free, rel=0.5)


def test_loading_and_unloading_show_in_the_memory(open_page, no_weights):
    put(MODEL)
    at = open_page(PAGE)
    before = memory(at)["Networks"]
    size = 4 * card(MODEL).parameters
    after = memory(click(at, f"load-{MODEL}"))["Networks"]
    assert after - before == pytest.approx(size, abs=0.11 * 2**20)
    assert memory(click(at, f"unload-{MODEL}"))["Networks"] == before
    assert memory(click(at, f"unload-{LAB}"))["Networks"] == 0


def test_a_network_that_does_not_fit_the_budget_answers_and_is_not_kept(open_page, no_weights, monkeypatch):
    monkeypatch.setenv("VISION_LAB_MODEL_MEMORY", "1")
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    at = open_page(PAGE)
    assert_whole(at)
    assert opened(at) == [LAB]
    assert memory(at)["Networks"] == 0
    assert actions(at, LAB) == ["Load"]
    click(at, f"load-{LAB}")
    assert_whole(at)
    assert actions(at, LAB) == ["Load"]


# What can go wrong -------------------------------------------------------------------------------------------------


@every_download
def test_a_damaged_file_leaves_the_page_and_says_what_to_do(open_page, online, row):
    put(row.key, GARBAGE)
    at = open_page(PAGE, card=row.key)
    assert_whole(at)
    (problem,) = errors(at)
    what, it = ("One of the files", "both") if row.config else ("The file with the weights", "it")
    assert problem == (
        f"**{what} of {row.title} is damaged.** "
        f"Download {it} again ({row.megabytes}) from {row.host}; that replaces {' and '.join(row.files)}."
    )
    assert f"Download again, {row.megabytes}" in actions(at, row.key)
    assert opened(at) == []


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\x80\x02}q\x00."], ids=["empty", "cut short", "a pickle of a dict"]
)
def test_no_file_is_too_broken_to_be_explained(open_page, online, content):
    put(SEGMENTER, content)
    at = open_page(PAGE, card=SEGMENTER)
    assert_whole(at)
    assert len(errors(at)) == 1
    assert "is damaged" in errors(at)[0]


def test_the_weights_of_another_network_are_a_damaged_file(open_page, online):
    put(SEGMENTER, put(MODEL).read_bytes())
    at = open_page(PAGE, card=SEGMENTER)
    assert_whole(at)
    assert "**The file with the weights of LR-ASPP MobileNetV3 is damaged.**" in errors(at)[0]


def test_loading_a_damaged_network_is_explained_in_its_row(open_page, online):
    put(MODEL, GARBAGE)
    at = click(open_page(PAGE), f"load-{MODEL}")
    assert_whole(at)
    (problem,) = [error.value for error in row_of(at, MODEL).error]
    assert "is damaged" in problem
    assert opened(at) == [LAB], "the trial of another network goes on"


@bundled
def test_what_ships_with_the_lab_and_is_damaged_can_only_be_installed_again(
    open_page, online, monkeypatch, tmp_path, row
):
    monkeypatch.setattr(weights, "BUNDLE", tmp_path)
    (tmp_path / row.file).write_bytes(GARBAGE)
    at = open_page(PAGE, card=row.key)
    assert_whole(at)
    (problem,) = errors(at)
    assert "It came with the lab: install the lab again." in problem
    assert not any("ownload" in button.label for button in at.main.button)


@pytest.mark.parametrize(
    ("key", "door"), [(MODEL, "look"), (SEGMENTER, "regions"), (MAPS, "maps")], ids=["look", "regions", "maps"]
)
def test_a_file_that_vanishes_before_it_is_read_is_explained(open_page, online, monkeypatch, key, door):
    """It was there when the rows were drawn."""
    gone, ask = put(key), getattr(cached, door)

    def late(*given):
        gone.unlink(missing_ok=True)
        return ask(*given)

    monkeypatch.setattr(cached, door, late)
    at = open_page(PAGE, card=key)
    assert_whole(at)
    (problem,) = errors(at)
    assert problem.startswith(f"**The weights of {card(key).title} are not on this server yet.** Download them (")
    assert state(at, key).startswith("Not here: ")
    at.run()
    assert_whole(at)
    assert not at.main.error
    assert at.button(key=f"download-{key}").label.startswith("Download, ")


def test_a_file_that_vanishes_before_load_is_explained(open_page, online):
    at = open_page(PAGE)
    gone = put(MODEL)
    at.run()
    gone.unlink()
    click(at, f"load-{MODEL}")
    assert_whole(at)
    assert state(at, MODEL).startswith("Not here: ")
    assert actions(at, MODEL) == ["Get it"]


def test_a_network_that_fails_for_an_unknown_reason_leaves_the_rest_of_the_page(open_page, no_weights, monkeypatch):
    monkeypatch.setattr(cached, "look", lambda *given: 1 / 0)
    at = open_page(PAGE)
    assert_whole(at)
    assert [words.split(".")[0] for words in errors(at)] == ["**Lab classifier failed"]


def test_a_memory_that_cannot_be_read_leaves_the_rows(open_page, no_weights, monkeypatch):
    monkeypatch.setattr(networks, "rooms", lambda: 1 / 0)
    at = open_page(PAGE)
    assert [words.split(".")[0] for words in errors(at)] == ["**The memory of this server failed"]
    assert opened(at) == [LAB]
    assert "nothing that could run is ever loaded" in at.main.caption[-1].value


def test_the_menu_leads_here(open_page, no_weights):
    at = open_page("app.py")
    assert "Models" in [page.label for page in at.sidebar.page_link]
    assert [page.title for page in PAGES if page.file == PAGE] == ["Models"]


def test_a_picture_is_rendered_as_png_only_for_who_asks(open_page, no_weights, monkeypatch):
    made = []
    monkeypatch.setattr(images, "png", lambda image: made.append(image) or b"")
    open_page(PAGE)
    assert made == []
