"""Every page: it opens on every photo, follows its controls and its links, and says what is wrong in words."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.boxes.settings import DescentSettings
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.device import devices
from core.errors import MemoryShortError, StartError, WeightsMissingError
from core.experiments.anchors import Overlap, measure
from core.experiments.overview import look
from core.images.photo import Photo
from core.images.samples import SAMPLES, sample
from core.zoo.catalog import CARDS, card, of
from core.zoo.model_card import Task
from tests.pages.conftest import put
from tests.sessions import chosen, file, hidden, link, upload
from tests.snippets import snippet_of
from ui import cached, parts, preload
from ui.box_field import read
from ui.cached import attributions, detections
from ui.menu import PAGES
from ui.sections.anchors import boxes

ANCHORS = "pages/anchors.py"
LAB, MODEL = "lab-classifier", "squeezenet1_1"

every_page = pytest.mark.parametrize("page", [page.file for page in PAGES])
every_sample = pytest.mark.parametrize("key", [row.key for row in SAMPLES])
every_preset = pytest.mark.parametrize("name", ["On the object", "Half aside", "Apart", "Crossed"])
QUICK = {
    "steps": "50",
    "methods": "Grad-CAM",
}  # a short descent and one method, where they are not what a test is about
ENDS = {
    "See how vision networks see": "Nothing is sent anywhere else.",
    "Anchors & IoU": "no network was asked",
    "NMS": ":material/timer:",
    "YOLO detector": "The thresholds read that answer again: moving them asks no network",
    "FCN segmenter": "Opacity, threshold and legend read that answer again",
    "Attribution": "the photo went through the network once",
    "Saliency & adversarial": " backward passes",
    "Style transfer": "of memory taken for it",
    "Models": "nothing that could run is ever loaded",
    "For teachers": "locks nothing",
}
"""The title of each page, and its last caption."""


CLOSING = [
    *(("pages/anchors.py", part) for part in ("Two boxes", "Anchors", "Assignment")),
    ("pages/nms.py", None),
    *(("pages/detector.py", part) for part in ("Detect", "Inside the grid", "How it learns", "How good is it?")),
    *(("pages/attribution.py", part) for part in ("Compare", "Layers", "Path", "Boxes & areas")),
    *(("pages/saliency.py", part) for part in ("Look", "Does it survive?", "Imagine")),
    ("pages/style.py", "Paint"),
    ("pages/models.py", None),
]
"""The views whose closing row is there at once; Trust and Fool have theirs after work of many passes."""


def assert_works(at: AppTest) -> None:
    """The page was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not any("failed" in error.value for error in at.error)
    (end,) = [ENDS[title.value] for title in at.title if title.value in ENDS]
    assert end in at.main.caption[-1].value
    if end == ENDS["Anchors & IoU"]:
        assert len(at.metric) == 8
    elif end == ENDS["NMS"]:
        assert [metric.label for metric in at.metric][:2] == ["Boxes", "Kept"]
    elif end == ENDS["YOLO detector"]:
        assert [metric.label for metric in at.metric][:2] == ["Boxes", "Classes"]
    elif end == ENDS["Style transfer"]:
        assert len(at.metric) == 4, "of the preview"
    elif end == ENDS["FCN segmenter"]:
        assert [metric.label for metric in at.metric][:2] == ["Classes found", "Unknown"]
    elif end == ENDS["For teachers"]:
        assert len(at.code) == 1, "the link"
    else:
        assert len(guesses(at)) == 5, "a network looked at the photo"
    if end == ENDS["Models"]:
        assert len(at.metric) == 4 * len(devices())


# Opening -----------------------------------------------------------------------------------------------------------


@every_page
@every_sample
def test_a_page_opens_on_every_photo_without_weights(open_page, no_weights, page, key):
    at = open_page(page, QUICK, photo=key)
    assert_works(at)
    assert not at.error
    assert f"Photo · {key.title()}" in [caption.value for caption in at.sidebar.caption]


@pytest.mark.weights
@every_page
@every_sample
def test_a_page_opens_on_every_photo_with_weights(open_page, torch_home, page, key):
    at = open_page(page, QUICK, photo=key, model=MODEL)
    assert_works(at)
    assert not at.error


@every_page
def test_a_page_says_in_words_that_torch_is_broken(open_page, monkeypatch, page):
    """Menu, photos and cards are there all the same, and whoever runs the server reads what to do."""

    def broken():
        raise StartError("The lab could not load PyTorch on this server.", "Install it again.")

    monkeypatch.setattr(preload, "wait", broken)
    at = open_page(page)
    assert not at.exception
    assert {error.value for error in at.error} == {
        "**The lab could not load PyTorch on this server.** Install it again."
    }
    assert [link.label for link in at.sidebar.page_link] == [row.title for row in PAGES]


def test_an_unknown_error_inside_a_fragment_is_told_in_words_too(open_page, monkeypatch):
    monkeypatch.setattr(cached, "measure", lambda a, b: 1 / 0)
    at = open_page("pages/anchors.py")
    assert not at.exception
    assert [error.value.split(".")[0] for error in at.error] == ["**The IoU lab failed"]


@pytest.mark.parametrize("query", [{"b": "0,0,1e-200,1e-200"}, {"from": "Box B"}], ids=str)
def test_a_box_without_area_is_refused(open_page, query):
    at = open_page("pages/anchors.py", a="0,0,1e-200,1e-200", **query)
    assert_works(at)
    assert "at least 1 px wide and high" in at.error[0].value
    assert not any("nan" in metric.value for metric in at.metric)


def test_the_first_challenge_counts_its_limit_in(open_page):
    at = open_page("pages/anchors.py", a="0, 0, 20, 100", b="0, 0, 20, 51")
    assert any("check_circle" in words.value and "0.50" in words.value for words in at.markdown)


# The photo ---------------------------------------------------------------------------------------------------------


@every_page
def test_a_photo_of_ones_own_is_chosen_upright(open_page, no_weights, page):
    at = upload(open_page(page, QUICK), ("phone.jpg", file(90, 60, "JPEG", turned=True), "image/jpeg"))
    assert_works(at)
    assert not at.error
    assert (chosen(at).name, chosen(at).width, chosen(at).height) == ("phone.jpg", 60, 90)
    assert "Photo · phone.jpg" in [caption.value for caption in at.sidebar.caption]
    if page == ANCHORS:
        assert boxes.pairs(chosen(at))[boxes.FIRST] == typed(at)


@every_page
@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("notes.png", b"Dear diary, today I was a text file.", "“notes.png”"),
        ("dot.png", file(1, 1, "PNG"), "“dot.png” is 1 × 1 px; the least is 16 × 16 px."),
        ("nothing.png", b"", "“nothing.png”"),
    ],
)
def test_a_file_that_is_no_photo_is_explained_and_the_last_photo_stays(open_page, no_weights, page, name, data, words):
    at = open_page(page, QUICK, photo="coffee")
    upload(at, (name, data, "image/png"))
    assert_works(at)
    assert chosen(at).name == "Coffee"
    assert all(unescaped(words) in unescaped(error.value) for error in at.error)
    assert len(at.error) == 2, "one in each tray"


def unescaped(words: str) -> str:
    return words.replace("\\", "")


def test_several_files_are_taken_at_once_and_bad_ones_do_not_stop_good_ones(open_page, no_weights):
    good = [(f"{shade}.png", file(40, 30, "PNG", shade=shade), "image/png") for shade in (10, 20)]
    at = upload(open_page(), good[0], ("bad.png", b"bad", "image/png"), good[1])
    assert chosen(at).name == "20.png"
    assert len(at.session_state["own_photos"]) == 2
    assert all("bad.png" in error.value for error in at.error)
    assert len(at.error) == 2, "one in each tray"


def test_the_uploader_is_empty_again_and_takes_the_next_file(open_page, no_weights):
    at = upload(open_page(), ("one.png", file(40, 30, "PNG", shade=1), "image/png"))
    at.file_uploader(key="tray-Files-1").upload("two.png", file(40, 30, "PNG", shade=2), "image/png").run()
    assert chosen(at).name == "two.png"
    assert len(at.session_state["own_photos"]) == 2


def test_a_photo_stays_chosen_on_the_next_page(open_page, no_weights):
    at = upload(open_page(query=QUICK), ("mine.png", file(300, 200, "PNG"), "image/png"))
    at.switch_page(ANCHORS).run()
    assert_works(at)
    assert chosen(at).name == "mine.png"
    assert typed(at) == boxes.pairs(chosen(at))[boxes.FIRST]


def test_photos_can_be_forgotten(open_page, no_weights):
    at = upload(open_page(ANCHORS, QUICK), ("mine.png", file(300, 200, "PNG"), "image/png"))
    at.button(key="tray-forget").click().run()
    assert_works(at)
    assert at.session_state["own_photos"] == {}
    assert chosen(at).name == "Cat"


@every_page
def test_the_name_of_a_file_is_shown_as_text(open_page, no_weights, page):
    at = upload(open_page(page, QUICK), ("![x](http://evil.example/x.png).png", file(40, 30, "PNG"), "image/png"))
    assert_works(at)
    everywhere = " ".join(element.value for element in (*at.caption, *at.markdown))
    assert "![x](" not in everywhere


@every_page
@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_a_page_opens_on_the_strangest_photos(open_page, no_weights, page, size):
    at = upload(open_page(page, QUICK), ("strip.png", file(*size, "PNG"), "image/png"))
    assert_works(at)
    assert not at.error


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_network_looks_at_the_strangest_photos(open_page, network, size):
    at = upload(open_page(model=network), ("strip.png", file(*size, "PNG"), "image/png"))
    assert_works(at)
    assert not at.error
    assert guesses(at) == bars(chosen(at), network)


# Links -------------------------------------------------------------------------------------------------------------


@every_page
def test_a_link_to_a_photo_that_does_not_exist_is_explained(open_page, no_weights, page):
    at = open_page(page, QUICK, photo="zebra")
    assert_works(at)
    assert chosen(at).name == "Cat"
    for error in at.error:
        assert "There is no sample photo called “zebra”." in error.value
        assert "coffee, motorcycle" in error.value
    assert len(at.error) == 2, "one in each tray"


@every_page
@pytest.mark.parametrize(
    "query",
    [
        {"steps": "1e9"},
        {"rate": "-3"},
        {"step": "-1"},
        {"step": "1e400"},
        {"try": "Nothing"},
        {"from": "Nowhere"},
        {"hide": "<script>"},
        {"embed": "yes", "unknown": "x" * 5000},
    ],
    ids=str,
)
def test_a_setting_without_sense_in_a_link_leaves_the_default(open_page, no_weights, page, query):
    at = open_page(page, {"methods": "Grad-CAM", **query})
    assert_works(at)
    assert not at.error
    if page == ANCHORS:
        assert (at.slider(key="steps").value, at.slider(key="rate").value) == (200, 0.35)
        assert at.button_group(key="from").value == "Far away"


def test_an_empty_start_of_the_descent_in_a_link_is_the_default(open_page):
    default, empty = open_page(ANCHORS), open_page(ANCHORS, {"from": ""})
    assert [metric.value for metric in empty.metric] == [metric.value for metric in default.metric]


@pytest.mark.parametrize("key", ["a", "b"])
@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("junk", "needs four numbers"),
        ("", "needs four numbers"),
        ("1, 2, nan, 4", "needs four finite numbers"),
        ("40, 2, 3, 4", "with left \\< right and top \\< bottom"),
        ("0, 0, 9999, 9999", "must lie on the photo, 451 × 300 px"),
        ("z" * 10_000, "needs four numbers"),
    ],
    ids=lambda words: words[:20],
)
def test_a_box_that_makes_no_sense_in_a_link_is_explained_and_the_preset_stays(open_page, key, words, rule):
    at = open_page(ANCHORS, {key: words})
    assert_works(at)
    (error,) = at.error
    assert f"**Box {key.upper()} " in error.value
    assert rule in error.value
    pair = boxes.pairs(sample("cat"))[boxes.FIRST]
    assert shown(at) == printed(measure(pair.a, pair.b))


@every_page
def test_a_teachers_link_hides_a_part(open_page, no_weights, page):
    at = open_page(page, QUICK, hide="challenges")
    assert_works(at)
    assert hidden(at) == ["challenges"]


# The Overview ------------------------------------------------------------------------------------------------------


def guesses(at: AppTest) -> dict[str, str]:
    """Label and percentage of each bar."""
    bars = [re.findall(r"<span>(.*?)</span>", html.value) for html in at.html]
    return dict(bar for bar in bars if len(bar) == 2)


def bars(photo: Photo, model: str) -> dict[str, str]:
    """What the bars say if they say what the network guesses."""
    return {guess.label: parts.percent(guess.probability) for guess in look(photo, model).guesses}


def test_the_overview_opens_with_the_network_that_ships_with_the_lab(open_page, no_weights):
    at = open_page()
    assert at.selectbox(key="classify-model").value == LAB
    assert next(iter(guesses(at))) == "cat"
    assert "model" not in at.query_params, "what is the default needs no words"
    assert not [button for button in at.button if "ownload" in button.label]


@every_sample
def test_the_overview_shows_what_the_network_guesses(open_page, network, key):
    at = open_page(photo=key, model=network)
    answer = look(sample(key), network)
    assert guesses(at) == bars(sample(key), network)
    captions = [unescaped(caption.value) for caption in at.caption]
    assert any(f"where “{answer.target}” comes from" in words for words in captions)
    assert f"**{card(network).title}** · 5 of {card(network).class_count:,} classes" in captions


def test_the_grad_cam_picture_is_that_of_the_photo_and_the_network(open_page, network, pictures):
    open_page(photo="coffee", model=network)
    answer = look(sample("coffee"), network)
    found = pictures[f"The photo under a heat map of the class {answer.target}"]
    assert found == cached.cam_picture(sample("coffee"), network, answer).data
    assert found != cached.picture(sample("coffee")).data


@pytest.mark.weights
def test_two_networks_have_two_pictures_of_one_photo(open_page, torch_home, pictures):
    """Both call the cat a cat, or nearly; the maps are not the same, and the cache must not think so."""
    at = open_page()
    first = dict(pictures)
    at.selectbox(key="classify-model").set_value(MODEL).run()
    assert_works(at)
    maps = {data for alt, data in {**first, **pictures}.items() if "heat map" in alt}
    assert len(maps) == 2


def test_a_network_that_is_not_here_is_offered_with_its_size_and_where_it_comes_from(open_page, online):
    at = open_page(model=MODEL)
    assert_works(at)
    assert at.button(key=f"download-{MODEL}").label == "Download, 4.7 MB"
    assert "**SqueezeNet 1.1** is not on this server yet: 4.7 MB from download.pytorch.org." in [
        caption.value for caption in at.caption
    ]
    assert guesses(at) == bars(sample("cat"), LAB), "meanwhile the lab's own looks"


def test_a_server_that_works_offline_offers_no_download(open_page, no_weights):
    at = open_page(model=MODEL)
    assert_works(at)
    (info,) = at.info
    assert info.value.startswith("**SqueezeNet 1.1 is not on this server, and it works offline.**")
    assert not [button for button in at.button if "ownload" in button.label]


def test_a_download_that_fails_is_explained_and_the_photo_stays(open_page, online, server, monkeypatch):
    monkeypatch.setenv("VISION_LAB_MIRROR", server.base)
    at = open_page(photo="coffee", model=MODEL)
    at.button(key=f"download-{MODEL}").click().run()
    arrived(at)
    assert_works(at)
    (error,) = at.error
    assert unescaped(error.value).startswith("**127.0.0.1 does not have this file any more (HTTP 404).**")
    assert chosen(at).name == "Coffee"
    assert guesses(at) == bars(sample("coffee"), LAB)


@pytest.mark.weights
def test_once_the_weights_are_there_the_network_looks(open_page, torch_home, online, publish, server):
    publish(MODEL, (torch_home / "hub/checkpoints" / card(MODEL).file).read_bytes())
    at = open_page(model=MODEL)
    at.button(key=f"download-{MODEL}").click().run()
    arrived(at)
    assert_works(at)
    assert not at.error
    assert guesses(at) == bars(sample("cat"), MODEL)
    assert server.paths == [f"/{card(MODEL).file}"]


def arrived(at: AppTest) -> None:
    """The page once the download that it began is over."""
    assert at.session_state["downloads"][card(MODEL).file].wait(20.0)
    at.run()


def placeholders(at: AppTest) -> int:
    return len(at.get("skeleton"))


def test_nothing_that_waits_is_left_once_the_network_has_looked(open_page, no_weights):
    assert placeholders(open_page()) == 0


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), MemoryShortError(), WeightsMissingError("Gone.", "Get it.")], ids=repr
)
def test_nothing_that_waits_is_left_where_the_network_failed(open_page, no_weights, monkeypatch, error):
    def fails(photo, model):
        raise error

    monkeypatch.setattr(cached, "look", fails)
    at = open_page()
    assert len(at.main.error) == 1
    assert placeholders(at) == 0


def test_a_file_that_vanishes_before_it_is_read_is_explained_and_offered(open_page, online, monkeypatch):
    """It was there when the picker was drawn."""
    gone, ask = put(MODEL), cached.look

    def late(*given):
        gone.unlink(missing_ok=True)
        return ask(*given)

    monkeypatch.setattr(cached, "look", late)
    at = open_page(model=MODEL)
    (error,) = at.main.error
    assert error.value.startswith("**The weights of SqueezeNet 1.1 are not on this server yet")
    assert "Nothing is sent anywhere else." in at.main.caption[-1].value
    again = open_page(model=MODEL)
    assert_works(again)
    assert again.button(key=f"download-{MODEL}").label == "Download, 4.7 MB"


def test_a_photo_that_the_labs_own_network_does_not_know_leads_to_one_that_may(open_page, online):
    """It learned no cup. It has to name something all the same, and the page says so."""
    at = open_page(photo="coffee")
    (info,) = at.info
    assert info.value.startswith("**Lab classifier does not know what is on this photo:** cup, saucer, spoon.")
    assert f"its {card(LAB).class_count} classes. SqueezeNet 1.1 knows 1,000." in info.value
    at.button(key="ask-wider").click().run()
    assert_works(at)
    assert at.selectbox(key="classify-model").value == MODEL
    assert at.query_params["model"] == MODEL
    assert at.button(key=f"download-{MODEL}").label == "Download, 4.7 MB"
    assert "ask-wider" not in [button.key for button in at.button], "that is what was chosen"


def test_offline_no_network_is_offered_that_is_not_here(open_page, no_weights):
    at = open_page(photo="coffee")
    (info,) = at.info
    assert "SqueezeNet 1.1 knows 1,000." in info.value
    assert "ask-wider" not in [button.key for button in at.button]


@pytest.mark.weights
def test_where_the_wider_network_is_here_one_click_asks_it(open_page, torch_home):
    at = open_page(photo="coffee")
    assert at.button(key="ask-wider").label == "Ask SqueezeNet 1.1"
    at.button(key="ask-wider").click().run()
    assert_works(at)
    assert not at.info, "it may know what is on the photo"
    assert guesses(at) == bars(sample("coffee"), MODEL)


@pytest.mark.parametrize("key", ["cat", "astronaut"])
def test_a_photo_of_what_the_labs_own_network_learned_needs_no_such_words(open_page, no_weights, key):
    at = open_page(photo=key)
    assert not at.info
    assert "ask-wider" not in [button.key for button in at.button]


def test_nothing_is_said_of_what_is_on_a_photo_of_ones_own(open_page, no_weights):
    at = upload(open_page(), ("mine.png", file(300, 200, "PNG"), "image/png"))
    assert_works(at)
    assert not at.info


def test_the_overview_says_how_many_networks_are_here(open_page, no_weights):
    at = open_page()
    assert f"**{len(CARDS)} networks**" in [words.value for words in at.main.markdown]
    own = sum(row.bundled for row in CARDS)
    said = f"{own} are on this server; those of the lab itself ship with it."
    assert said in [caption.value for caption in at.caption]


def test_the_picker_has_every_classifier_and_what_ships_with_the_lab_first(open_page, no_weights):
    picker = open_page().selectbox(key="classify-model")
    assert picker.options[0] == "Lab classifier"
    assert len(picker.options) == len(of(Task.CLASSIFY))


CARD = "Anchors & IoU on this photo"


def test_the_picture_of_a_card_is_computed_from_the_photo(open_page, no_weights, pictures):
    seen = set()
    for key in ("cat", "coffee", "crowd"):
        open_page(photo=key)
        photo = sample(key)
        pair = boxes.pairs(photo)[boxes.FIRST]
        assert pictures[CARD] == cached.overlap_card(photo, pair.a, pair.b).data
        seen.add(pictures[CARD])
    assert len(seen) == 3


def test_the_picture_of_a_card_follows_a_photo_of_ones_own(open_page, no_weights, pictures):
    at = open_page()
    before = pictures[CARD]
    upload(at, ("mine.png", file(300, 200, "PNG", shade=40), "image/png"))
    assert pictures[CARD] != before
    small = np.asarray(Image.open(io.BytesIO(pictures[CARD])).convert("RGB"))
    assert small.shape == (300, 480, 3)
    assert np.abs(small[:20, :20].astype(int) - 40).max() < 12, "the grey of the photo"


def test_the_lab_explains_its_guess_on_a_card(open_page, no_weights, pictures):
    open_page(photo="coffee")
    photo = sample("coffee")
    look = cached.look(photo, LAB)
    assert pictures[f"Where the guess {look.target} comes from on this photo"] == cached.cam_card(photo, LAB, look).data
    assert pictures["Attribution on this photo"] == cached.photo_card(photo).data
    slope = pictures[f"How much each pixel moves the guess {look.target}"]
    assert slope == attributions.slope_card(photo, LAB).data
    assert slope != cached.photo_card(photo).data


def test_the_lab_draws_its_boxes_on_a_card(open_page, no_weights, pictures):
    open_page(photo="cat")
    photo = sample("cat")
    things = detections.found(photo, "lab-yolo-14", SeeSettings(), FindSettings()).things
    assert pictures["Found on this photo: cat"] == cached.thing_card(photo, things).data
    assert pictures["YOLO detector on this photo"] == cached.photo_card(photo).data


def test_where_the_lab_finds_nothing_the_card_says_so(open_page, no_weights, pictures):
    open_page(photo="rocket")
    assert "Found on this photo: nothing that it knows" in pictures


def test_a_photo_is_painted_on_a_card(open_page, no_weights, pictures):
    open_page(photo="cat")
    (alt,) = [alt for alt in pictures if alt.startswith("This photo, painted in the style ")]
    assert pictures[alt] != cached.photo_card(sample("cat")).data
    assert pictures["Style transfer on this photo"] == cached.photo_card(sample("cat")).data
    assert Image.open(io.BytesIO(pictures[alt])).size == (480, 300)


def test_every_experiment_has_a_card_that_links_to_it(open_page, no_weights):
    """An experiment has a picture of its own. Two pages have none: the list of this server leads there."""
    links = [link.label for link in open_page().main.page_link]
    titles = [page.title for page in PAGES if page.file not in ("app.py", "pages/models.py", "pages/teach.py")]
    assert links == [*(f"**{title}**" for title in titles), "See them all", "For teachers: a link for your class"]
    assert len(links) == len(PAGES) - 1, "every other page can be reached from here"


# Anchors & IoU -----------------------------------------------------------------------------------------------------


def typed(at: AppTest) -> boxes.Pair:
    """The boxes in the text fields."""
    photo = chosen(at)
    a, b = (read(at.text_input(key=key).value, key, photo.width, photo.height) for key in ("a", "b"))
    return boxes.Pair(a, b)


def shown(at: AppTest) -> list[str]:
    """The four measures on the page."""
    return [metric.value for metric in at.metric[:4]]


def printed(overlap: Overlap) -> list[str]:
    return [f"{value:z.3f}".replace("-", "−") for value in (overlap.iou, overlap.giou, overlap.diou, overlap.ciou)]


@pytest.mark.parametrize(
    ("key", "a", "b"),
    [
        ("cat", "0, 0, 100, 100", "50, 50, 150, 150"),
        ("coffee", "0 0 600 400", "10.5 20.5 30.5 40.5"),
        ("rocket", "(300; 100; 340; 420)", "0, 0, 20, 20"),
    ],
)
def test_the_measures_are_those_of_the_boxes_in_the_link(open_page, key, a, b):
    at = open_page(ANCHORS, photo=key, a=a, b=b)
    assert_works(at)
    assert not at.error
    pair = typed(at)
    assert at.text_input(key="a").value == a
    assert shown(at) == printed(measure(pair.a, pair.b))


@every_preset
def test_a_link_to_a_preset_places_its_boxes(open_page, name):
    at = open_page(ANCHORS, {"try": name, "photo": "coffee"})
    pair = boxes.pairs(sample("coffee"))[name]
    assert typed(at) == pair
    assert shown(at) == printed(measure(pair.a, pair.b))
    assert any(boxes.presets(sample("coffee"))[name].question in words.value for words in at.markdown)


def test_a_preset_places_its_boxes(open_page):
    at = open_page(ANCHORS)
    at.button_group(key="try").set_value("Apart").run()
    assert_works(at)
    assert typed(at) == boxes.pairs(sample("cat"))["Apart"]
    assert at.metric[0].value == "0.000"


def test_a_typed_box_is_measured(open_page):
    at = open_page(ANCHORS)
    at.text_input(key="a").input("0, 0, 100, 100")
    at.text_input(key="b").input("0, 0, 100, 25").run()
    assert at.metric[0].value == "0.250"
    assert at.metric[0].delta == "no match at 0.5"


def test_another_photo_brings_its_own_boxes(open_page):
    at = open_page(ANCHORS, a="0, 0, 100, 100")
    at.session_state["photo"] = "coffee"
    at.run()
    assert_works(at)
    assert typed(at) == boxes.pairs(sample("coffee"))[boxes.FIRST]


def test_boxes_and_settings_come_back_with_the_page(open_page, no_weights):
    at = open_page(ANCHORS, a="0, 0, 100, 100")
    at.slider(key="steps").set_value(100).run()
    at.switch_page("app.py").run()
    at.switch_page(ANCHORS).run()
    assert_works(at)
    assert at.text_input(key="a").value == "0, 0, 100, 100"
    assert at.slider(key="steps").value == 100


def ends(at: AppTest) -> list[str]:
    """Where the four descents end."""
    return [metric.value for metric in at.metric[4:]]


def test_a_moved_slider_changes_the_descent(open_page):
    at = open_page(ANCHORS)
    before = ends(at)
    assert before[0] == "IoU 0.000", "the loss that never starts"
    at.slider(key="steps").set_value(50).run()
    assert_works(at)
    after = ends(at)
    assert after[0] == "IoU 0.000"
    assert all(float(new.split()[1]) < float(old.split()[1]) for new, old in zip(after[1:], before[1:], strict=True))
    assert at.metric[4].delta == "never moves"


def test_a_link_restores_the_descent(open_page):
    at = open_page(ANCHORS, {"from": "Box B", "steps": "100", "rate": "0.5", "step": "7"})
    assert_works(at)
    pair = typed(at)
    descents = cached.descents(pair.b, pair.a, DescentSettings(steps=100, learning_rate=0.5))
    assert ends(at) == [f"IoU {row.steps[-1].iou:.3f}" for row in descents.rows]
    assert at.session_state["step"] == 7
    assert at.query_params["step"] == "7"


def test_the_link_of_a_page_opens_exactly_its_state(open_page):
    at = open_page(
        ANCHORS,
        {"photo": "rocket", "try": "Crossed", "from": "Box B", "rate": "0.5", "steps": "50", "step": "9"},
    )
    at.text_input(key="b").input("10, 20, 300, 200").run()
    query = link(at)
    again = open_page(ANCHORS, query)
    assert_works(again)
    assert chosen(again).name == "Rocket"
    assert (typed(again), shown(again), ends(again)) == (typed(at), shown(at), ends(at))
    assert link(again) == query


def solved(at: AppTest) -> list[bool]:
    return [
        "check_circle" in words.value for words in at.markdown if re.search("check_circle|radio_button", words.value)
    ]


def test_an_iou_of_one_half_by_hand_solves_the_first_challenge(open_page):
    at = open_page(ANCHORS, a="0, 0, 100, 100", b="0, 0, 100, 50")
    assert solved(at) == [True, False, False]


@every_preset
def test_a_preset_alone_solves_no_challenge(open_page, name):
    assert solved(open_page(ANCHORS, {"try": name})) == [False, False, False]


def test_boxes_apart_by_hand_solve_the_second_challenge(open_page):
    assert solved(open_page(ANCHORS, a="0, 0, 10, 10", b="200, 200, 210, 210")) == [False, True, False]


def test_two_saved_pairs_with_equal_iou_and_different_giou_solve_the_third(open_page):
    at = open_page(ANCHORS, a="0, 0, 20, 20", b="10, 0, 30, 20")
    at.button(key="save-pair").click().run()
    assert solved(at) == [False, False, False]
    at.text_input(key="a").input("0, 0, 40, 40")
    at.text_input(key="b").input("11.7, 11.7, 51.7, 51.7").run()
    at.button(key="save-pair").click().run()
    assert_works(at)
    assert solved(at) == [False, False, True]
    assert sum("equal IoU" in caption.value for caption in at.caption) == 2


@pytest.mark.parametrize(("page", "part"), CLOSING)
def test_the_link_and_the_lines_of_a_view_are_there_once_they_are_open(open_page, no_weights, page, part):
    at = open_page(page, QUICK, photo="cat", **({"part": part} if part else {}))
    compile(snippet_of(at), "lines", "exec")
    assert link(at)["photo"] == "cat"
