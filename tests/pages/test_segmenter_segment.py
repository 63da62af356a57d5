"""The view Segment of the segmenter's page: from any photo, by any setting and link, to its end."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.experiments import segmenting
from core.images.samples import SAMPLES, sample
from core.segmentation.areas import outlines
from core.segmentation.mask_files import MaskKind, read_mask
from core.segmentation.settings import IGNORE, SegmentSettings
from tests.pages.conftest import put
from tests.sessions import chosen, file, link, popovers, upload
from tests.snippets import run, snippet_of
from ui import parts
from ui.cached import segmentations
from ui.sections.segmenter import segment_presets, segment_view

PAGE, FCN = "pages/segmenter.py", "lab-fcn"
every_sample = pytest.mark.parametrize("key", [row.key for row in SAMPLES])


def assert_drawn(at: AppTest) -> None:
    """The view was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not any("failed" in error.value for error in at.error)
    assert next(metric.label for metric in at.metric) == "Classes found"
    assert "moving them asks no network" in at.main.caption[-1].value
    assert popovers(at).count("Copy as PyTorch") == 1


def words(at: AppTest) -> str:
    """The page's text without the marks that keep it from being Markdown."""
    every = (*at.markdown, *at.caption, *at.info, *at.error)
    return "\n".join(element.value for element in every).replace("\\", "")


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def known(key: str, settings: SegmentSettings | None = None):
    return segmentations.segmented(sample(key), FCN, settings or SegmentSettings())


@every_sample
def test_the_view_opens_on_every_sample_without_weights(open_page, no_weights, key):
    at = open_page(PAGE, photo=key)
    assert_drawn(at)
    assert not at.error
    found = known(key)
    assert metrics(at)["Classes found"] == str(len([one for one in found.regions if one.label != "background"]))
    assert metrics(at)["Mean entropy"] == f"{float(found.certainty().entropy.mean()):.2f} bits"


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_view_opens_on_the_strangest_photos(open_page, no_weights, size):
    at = upload(open_page(PAGE, **{"seg-mirror": "true", "seg-boxes": "true"}), ("strip.png", file(*size), "image/png"))
    assert_drawn(at)


def test_what_is_moved_in_the_browser_asks_no_network(open_page, no_weights, monkeypatch):
    at = open_page(PAGE, photo="cat")
    monkeypatch.setattr(segmenting, "_ask", lambda *given: pytest.fail("asked again"))
    at.session_state[segment_view.key(segment_view.UNSURE)] = "50"
    at.session_state[segment_view.key(segment_view.OPACITY)] = "10"
    at.run()
    assert_drawn(at)
    margin = known("cat").certainty().margin
    assert metrics(at)["Unknown"] == parts.percent(float((margin < 0.5).float().mean()))
    assert "1 forward and 0 backward passes" in words(at)
    assert link(at)["seg-unsure"] == "50"


def test_mirroring_and_sizes_are_passes_of_their_own(open_page, no_weights):
    at = open_page(PAGE, {"photo": "cat", "seg-mirror": "true", "seg-scales": ["¾ ×", "1 ×"]})
    assert_drawn(at)
    assert "4 forward and 0 backward passes" in words(at)
    assert "Lab FCN**, at ¾ × and 1 × its size, mirrored too" in words(at)


def test_the_pixel_of_a_link_is_told_with_its_numbers(open_page, no_weights):
    at = open_page(PAGE, photo="cat", **{"seg-at": "120,250"})
    first, second = known("cat").at(120.5, 250.5)[:2]
    assert "## Pixel 120, 250" in words(at)
    expected = f"**{first.label}** with {parts.percent(first.probability)}, then {second.label} with"
    assert expected in words(at)
    assert f"= {first.probability:.3f}" in at.latex[0].value


def test_the_least_sure_pixel_is_read_until_one_is_picked(open_page, no_weights):
    at = open_page(PAGE, photo="cat")
    x, y = map(int, re.findall(r"## Pixel (\d+), (\d+)", words(at))[0])
    assert float(known("cat").certainty().margin[y, x]) < 0.005
    assert "The one that the network is least sure of" in words(at)


@pytest.mark.parametrize(
    "query",
    [
        {"seg-at": "junk"},
        {"seg-at": "9999,1"},
        {"seg-opacity": "-7", "seg-unsure": "1e9"},
        {"seg-off": "zebra,<b>"},
        {"seg-seen": "all", "seg-veil": "x", "seg-wipe": "left", "seg-outlines": "maybe"},
        {"model": "nobody", "seg-scales": "3 ×", "seg-mirror": "perhaps", "seg-beside": "nobody"},
    ],
    ids=str,
)
def test_a_link_with_nonsense_opens_the_view_all_the_same(open_page, no_weights, query):
    at = open_page(PAGE, photo="cat", **query)
    assert_drawn(at)
    assert metrics(at)["Classes found"] == "1"
    assert metrics(at)["Unknown"] == parts.percent(0)


def test_a_photo_of_nothing_known_says_so_and_offers_a_network_that_knows_more(open_page, no_weights):
    at = open_page(PAGE, photo="rocket")
    assert "finds none of it: all of this photo is background to it" in words(at)
    at.button(key="seg-wider").click().run()
    assert_drawn(at)
    assert "LR-ASPP MobileNetV3 is not on this server, and it works offline." in words(at)


def test_a_photo_of_other_things_says_that_its_areas_are_mistakes(open_page, no_weights):
    assert "every coloured area here is a mistake" in words(open_page(PAGE, photo="coffee"))


def test_two_networks_stand_beside_each_other(open_page, no_weights):
    put("lraspp")
    at = open_page(PAGE, photo="cat", **{"seg-beside": "LR-ASPP MobileNetV3"})
    assert_drawn(at)
    share = re.findall(r"Both give the same class to \*\*(\S+)", words(at))
    assert share
    assert "2 forward and 0 backward passes" in words(at)
    assert link(at)["seg-beside"] == "LR-ASPP MobileNetV3"
    assert "All that follows is about Lab FCN." in words(at)


def test_a_network_is_not_compared_with_itself(open_page, no_weights):
    at = open_page(PAGE, photo="cat", **{"seg-beside": "Lab FCN"})
    assert_drawn(at)
    assert "is asked already" in words(at)


def test_regions_are_found_when_asked_for(open_page, no_weights, pictures):
    at = open_page(PAGE, photo="astronaut")
    assert not at.dataframe
    at.toggle(key="seg-boxes").set_value(True).run()
    assert_drawn(at)
    (table,) = at.dataframe
    assert set(table.value["label"]) == {"person"}
    assert list(table.value["share"]) == sorted(table.value["share"], reverse=True)
    assert any("with a box around each" in alt for alt in pictures)


@pytest.mark.parametrize(("point", "offered"), [("200,150", True), ("5,5", False)], ids=["cat", "background"])
def test_grad_cam_is_offered_for_things_and_not_for_the_background(open_page, no_weights, point, offered):
    at = open_page(PAGE, photo="cat", **{"seg-at": point})
    assert [button.label for button in at.button if button.key == "seg-attribution"] == ["Why cat?"] * offered


# Files -------------------------------------------------------------------------------------------------------------


def test_the_mask_opens_as_the_same_class_map_again(open_page, no_weights, files):
    open_page(PAGE, photo="cat", **{"seg-unsure": "30"})
    read = read_mask(files["segmentation-mask.png"], "mask.png", sample("cat"))
    found = known("cat")
    expected = np.where(found.certainty().margin.numpy() < 0.3, IGNORE, found.classes)
    assert read.kind is MaskKind.PALETTE
    assert (read.numbers != expected).mean() < 0.001, "but for margins that round to the threshold"
    assert Image.open(io.BytesIO(files["segmentation-mask.png"])).mode == "P"
    assert read.truth(dict(enumerate(found.names))).names == ("background", "cat")


def test_every_file_has_the_numbers_of_the_page(open_page, no_weights, files):
    at = open_page(PAGE, photo="astronaut", **{"seg-off": "person", "seg-opacity": "80"})
    found = known("astronaut")
    shares = np.load(io.BytesIO(files["segmentation.npy"]))
    assert (shares == found.probabilities).all()
    lines = files["segmentation.csv"].decode().splitlines()
    assert lines[0] == "number,class,pixels,share"
    assert [line.split(",")[1] for line in lines[1:]] == [one.label for one in found.regions]
    told = json.loads(files["segmentation.json"])
    assert told["view"]["off"] == ["person"]
    assert told["numbers"][0]["share"] == pytest.approx(found.regions[0].share)
    picture = np.asarray(Image.open(io.BytesIO(files["segmentation.png"])))
    assert (picture == sample("astronaut").pixels).mean() > 0.99, "the only class is hidden"
    assert_drawn(at)


@pytest.mark.parametrize("query", [{"seg-seen": "photo"}, {"seg-seen": "mask"}, {"seg-veil": "entropy"}], ids=str)
def test_the_picture_is_what_is_seen(open_page, no_weights, files, query):
    open_page(PAGE, photo="cat", **query)
    picture = np.asarray(Image.open(io.BytesIO(files["segmentation.png"])).convert("RGB"))
    same = (picture == sample("cat").pixels).all(axis=-1).mean()
    assert (same == 1) == (query == {"seg-seen": "photo"})


@pytest.mark.parametrize(
    "query",
    [{"seg-unsure": "20", "seg-at": "120,250"}, {"seg-mirror": "true", "seg-scales": "¾ ×", "seg-at": "3,3"}],
    ids=["plain", "several looks"],
)
def test_the_snippet_prints_the_numbers_of_the_page(open_page, no_weights, files, query):
    at = open_page(PAGE, photo="cat", **query)
    printed = run(snippet_of(at))
    told = json.loads(files["segmentation.json"])
    assert {name: share for name, share in printed.items() if ":" not in name and name != "mean entropy"} == {
        row["class"]: pytest.approx(row["share"], abs=0.002) for row in told["numbers"]
    }
    assert printed["mean entropy"] == pytest.approx(told["mean entropy in bits"], abs=0.002)
    settings = SegmentSettings(flip=True, scales=(0.75,)) if "seg-mirror" in query else SegmentSettings()
    x, y = map(int, query["seg-at"].split(","))
    for one in known("cat", settings).at(x + 0.5, y + 0.5):
        assert printed[f"pixel {x}, {y}: {one.label}"] == pytest.approx(one.probability, abs=0.003)


def test_the_snippet_of_a_network_of_torchvision_prints_the_numbers_of_the_page(open_page, no_weights, files):
    put("lraspp")
    at = open_page(PAGE, photo="coffee", model="lraspp")
    snippet = snippet_of(at)
    assert "lraspp_mobilenet_v3_large" in snippet
    told = json.loads(files["segmentation.json"])
    path = put("lraspp")
    lines = "from torchvision.models.segmentation import LRASPP_MobileNet_V3_Large_Weights, lraspp_mobilenet_v3_large"
    assert lines in snippet
    printed = run(
        snippet,
        **{
            "lraspp_mobilenet_v3_large(weights=weights)": f"lraspp_mobilenet_v3_large(weights=None, weights_backbone=None); "
            f"network.load_state_dict(torch.load({str(path)!r}, weights_only=True)); network = network"
        },
    )
    for row in told["numbers"]:
        assert printed[row["class"]] == pytest.approx(row["share"], abs=0.01)


# Questions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(segment_presets.presets())[1:])
def test_a_question_brings_its_photo_and_settings(open_page, no_weights, name):
    row = segment_presets.presets()[name]
    at = open_page(PAGE, segmenting=name)
    if row.predict:
        assert not at.metric, "the map is the answer"
        assert "the map waits until you reveal the answer" in words(at)
        at.button(key=f"{segment_presets.KEY}-known-{name}-button").click().run()
    assert_drawn(at)
    assert link(at)["photo"] == row.photo
    assert row.question in words(at)


def test_a_question_starts_from_the_usual_view(open_page, no_weights):
    at = open_page(PAGE, photo="coffee", **{"seg-seen": "mask", "seg-off": "cat", "seg-at": "3,3"})
    at.button_group(key=segment_presets.KEY).set_value(segment_presets.CUP).run()
    assert_drawn(at)
    assert not {"seg-seen", "seg-off", "seg-at"} & set(link(at))


def share(key: str, unsure: float, label: str) -> float:
    found = known(key)
    margin = found.certainty().margin.numpy()
    return float(((found.classes == found.names.index(label)) & (margin >= unsure)).mean())


def test_the_answers_of_the_questions_are_true():
    cat = known("cat")
    margin = cat.certainty().margin.numpy()
    assert (margin < 0.5).mean() == pytest.approx(0.13, abs=0.005)
    ((edge, *_),) = [outlines(cat.classes, cat.names.index("cat"))]
    near = np.zeros(cat.classes.shape, bool)
    for x, y in edge:
        near[max(0, int(y) - 25) : int(y) + 26, max(0, int(x) - 25) : int(x) + 26] = True
    assert near[margin < 0.5].mean() > 0.95
    assert share("cat", 0.8, "cat") > 0.8 * share("cat", 0, "cat")
    assert {one.label for one in known("coffee").regions} == {"background", "dog", "cat"}
    assert share("coffee", 0.3, "dog") + share("coffee", 0.3, "cat") < 0.0005
    assert share("coffee", 0.5, "dog") + share("coffee", 0.5, "cat") == 0
    twice = known("astronaut", SegmentSettings(scales=(2.0,)))
    assert {one.label for one in twice.regions} == {"background", "person", "dog", "horse", "cat"}
    assert {one.label for one in known("astronaut").regions} == {"background", "person"}


def test_the_card_on_the_overview_is_painted_by_the_labs_own_network(open_page, no_weights, pictures):
    at = open_page(photo="cat")
    assert not at.exception
    assert pictures["Painted on this photo: cat"] == segmentations.card(sample("cat"), FCN)[0].data
    assert chosen(at).name == "Cat"
