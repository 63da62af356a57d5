"""The view Look inside of the page Style transfer: on every photo and style, by every link and question, to its end."""

import csv
import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.experiments import style_alone, style_inside
from core.experiments.effort import Effort
from core.experiments.style_layers import style_layers
from core.images.samples import SAMPLES, sample
from core.images.styles import STYLES, style_picture
from core.zoo.catalog import card
from tests.sessions import file, headings, hidden, link, upload
from tests.snippets import run, snippet_of
from ui import cached
from ui.cached import looks, style_insides
from ui.sections.style import inside_presets, inside_rebuilt
from ui.sections.style.inside_case import CHOICES, CONTENT, GRAMS, SEEN, STYLE

PAGE, PART, MODEL = "pages/style.py", "Look inside", "lab-trunk"
LAYERS = style_layers(MODEL)
CLOSING = ["Take it away"]
SECTIONS = {
    GRAMS: ["These two together", "The formula", *CLOSING],
    CONTENT: ["The formula", *CLOSING],
    STYLE: ["The formula", *CLOSING],
    SEEN: CLOSING,
}


@pytest.fixture(autouse=True)
def _nothing_is_known_yet(monkeypatch) -> None:
    """No answer of another test, and pictures that are rebuilt in a moment."""
    for door in (style_insides._grams, style_insides._pair, style_insides._rebuilding, looks._maps):
        door.clear()
    monkeypatch.setattr(style_alone, "SIDE", 64)
    monkeypatch.setattr(style_alone, "STEPS", 3)


@pytest.fixture
def view(open_page, no_weights):
    """`view(insight="Style by layer", style="grass")`: the view as that link opens it on a server without other weights."""
    return lambda **query: open_page(PAGE, part=PART, **query)


def assert_drawn(at: AppTest, choice: str = GRAMS) -> None:
    """The view was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not at.error
    assert headings(at) == SECTIONS[choice]
    assert any("What this does not prove" in one.value for one in at.markdown)


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def whole(at: AppTest) -> AppTest:
    """The view once every picture is rebuilt: each run makes a part."""
    for _ in range(12):
        if at.main.caption[-1].value.startswith(":material/timer:") and "4 of 4" in metrics(at).get("Rebuilt", ""):
            return at
        at.run()
    raise AssertionError(f"still {metrics(at)}")


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_the_matrices_open_on_every_sample(view, key):
    at = view(photo=key)
    assert_drawn(at)
    assert "4 forward and 0 backward passes" in at.main.caption[-1].value


@pytest.mark.parametrize("key", [row.key for row in STYLES])
def test_the_matrices_open_in_every_style(view, key):
    assert_drawn(view(style=key, **{"gram-layer": "features.12"}))


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_every_choice_opens_on_the_strangest_photos(view, choice, size):
    at = upload(view(insight=choice), ("strip.png", file(*size), "image/png"))
    assert_drawn(whole(at) if choice in (CONTENT, STYLE) else at, choice)


@pytest.mark.parametrize(
    "query",
    [
        {"insight": "nothing"},
        {"insight": "", "gram-layer": "features.99"},
        {"gram-cell": "<script>", "same-scale": "perhaps"},
        {"gram-cell": "99999,1", "style": "no-such-style"},
        {"model": "no-such-network", "peek": "no such question"},
    ],
    ids=str,
)
def test_absurd_links_open_the_view_as_it_is(view, query):
    at = view(photo="cat", **query)
    assert not at.exception
    assert headings(at) == SECTIONS[GRAMS]
    assert metrics(at)["Style loss here"] == "1.43"


def test_the_numbers_are_those_of_core_and_are_checked(view):
    at = view(photo="cat", **{"gram-layer": "features.4", "gram-cell": "12,30"})
    found = style_inside.grams(MODEL, "features.4", style_picture("waves"), sample("cat"))
    shown = metrics(at)
    assert shown["Style loss here"] == f"{found.loss:.2f}"
    assert [metric.delta for metric in at.metric][1:3] == ["the mean again"] * 2
    assert any(rf"= {found.loss:.2f}" in one.value for one in at.latex)


def test_a_link_comes_back_to_what_it_was_taken_from(view):
    found = style_inside.grams(MODEL, "features.4", style_picture("mosaic"), sample("cat"))
    cell = f"{found.channels[3]},{found.channels[8]}"
    at = view(photo="cat", style="mosaic", **{"gram-layer": "features.4", "same-scale": "false", "gram-cell": cell})
    query = link(at)
    assert query == {
        "photo": "cat",
        "part": PART,
        "peek": inside_presets.FIRST,
        "insight": GRAMS,
        "gram-layer": "features.4",
        "same-scale": "False",
        "gram-cell": cell,
        "style": "mosaic",
        "model": MODEL,
    }
    again = view(**{name: value for name, value in query.items() if name != "part"})
    assert metrics(again) == metrics(at)


def test_a_visitors_own_style_is_looked_at_and_no_part_of_the_link(view):
    at = view()
    at.file_uploader(key="style-files-0").set_value([("mine.png", file(40, 30, shade=200), "image/png")]).run()
    assert_drawn(at)
    assert "style" not in link(at)
    assert any("Your own style is not part of it" in one.value for one in at.caption)


@pytest.mark.parametrize("name", list(inside_presets.presets()))
def test_every_question_opens_its_choice(view, name):
    at = view(peek=name)
    row = inside_presets.presets()[name]
    choice = row.settings["insight"]
    assert_drawn(at, choice)
    assert any(row.question in one.value for one in at.markdown)


def test_whoever_looks_at_something_else_gets_its_question(view):
    at = view()
    at.button_group(key="insight").set_value(SEEN).run()
    assert_drawn(at, SEEN)
    assert at.session_state["peek"] == inside_presets.SHARED


@pytest.mark.parametrize("choice", [CONTENT, STYLE])
def test_pictures_come_one_after_the_other_and_with_their_costs(view, pictures, choice):
    at = view(photo="cat", insight=choice)
    assert_drawn(at, choice)
    at = whole(at)
    assert_drawn(at, choice)
    rebuilt = [alt for alt in pictures if alt.startswith("Rebuilt from")]
    wanted = [(name,) for name in LAYERS.content] if choice == CONTENT else [LAYERS.style[:n] for n in range(1, 5)]
    assert rebuilt == [f"Rebuilt from {', '.join(names)}" for names in wanted]
    assert "12 backward passes" in at.main.caption[-1].value, "three updates of each"
    left = [caption.value for caption in at.main.caption if "of its loss is left" in caption.value]
    assert len(left) == 4


def test_pictures_that_are_there_are_not_made_again(view, monkeypatch):
    whole(view(photo="cat", insight=CONTENT))
    monkeypatch.setattr(inside_rebuilt.efforts, "advanced", lambda *given: pytest.fail("made again"))
    at = view(photo="cat", insight=CONTENT)
    assert metrics(at)["Rebuilt"] == "4 of 4"


def test_a_prediction_hides_the_numbers_until_it_is_revealed(view):
    at = whole(view(photo="cat", insight=CONTENT, peek="Which is hardest?"))
    assert {value for label, value in metrics(at).items() if label.startswith("Left")} == {"?"}
    assert not any("of its loss is left" in caption.value for caption in at.main.caption)
    assert not any("\\to" in formula.value for formula in at.latex)
    next(one for one in at.button if "Reveal" in one.label).click().run()
    assert all("%" in value for label, value in metrics(at).items() if label.startswith("Left"))
    assert any("\\to" in formula.value for formula in at.latex)


def test_the_layer_sees_maps_with_what_they_mean(view, pictures):
    at = view(photo="cat", style="brush", insight=SEEN, **{"seen-layer": "features.12"})
    assert_drawn(at, SEEN)
    style, ours = (cached.maps(one, MODEL, "features.12") for one in (style_picture("brush"), sample("cat")))
    both = {*style.channels} & {*ours.channels}
    assert metrics(at)["The same maps"] == f"{len(both)} of 8"
    assert any("objects and their parts" in one.value for one in at.caption)
    assert {"The strongest maps of features.12 on the style", "The strongest maps of features.12 on the photo"} <= {
        *pictures
    }


@pytest.mark.parametrize("choice", [GRAMS, SEEN])
def test_one_scale_or_two(view, choice):
    def bars(same: bool) -> list[str]:
        at = view(photo="cat", insight=choice, **{"same-scale": str(same).lower()})
        found = [re.search(r'aria-label="Colour scale: 0, , ([^"]+)"', one.value) for one in at.html]
        return [one[1] for one in found if one]

    shared, own = bars(same=True), bars(same=False)
    half = len(shared) // 2
    assert shared[:half] == shared[half:]
    assert own[:half] != own[half:]


def test_parts_can_be_hidden(view):
    at = view(hide="controls,gram,cell,numbers,formulas,presets,export")
    assert hidden(at) == ["controls", "gram", "cell", "numbers", "formulas", "presets", "export"]
    assert not at.exception


@pytest.mark.parametrize("choice", CHOICES)
def test_all_files_can_be_taken(view, files, choice):
    at = view(photo="cat", insight=choice)
    if choice in (CONTENT, STYLE):
        at = whole(at)
    names = {GRAMS: "style-inside", CONTENT: "style-inside-content", STYLE: "style-inside-style", SEEN: "style-layer"}
    name = names[choice]
    picture = Image.open(io.BytesIO(files[f"{name}.png"]))
    assert picture.width > 300
    rows = list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode())))
    assert len(rows) == {GRAMS: 2, CONTENT: 4, STYLE: 4, SEEN: 16}[choice]
    told = json.loads(files[f"{name}.json"])
    assert (told["photo"], told["style"], told["network"]) == ("Cat", "Waves", MODEL)
    raw = np.load(io.BytesIO(files[f"{name}.npy"]))
    assert np.isfinite(raw).all()
    assert len(raw) == {GRAMS: 2, CONTENT: 4, STYLE: 4, SEEN: 16}[choice]


TOGETHER = """import contextlib, io
for key, code in {snippets!r}.items():
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {{"__name__": "__main__"}})
    for line in printed.getvalue().splitlines():
        print(f"{{key}}/{{line}}")
"""


def test_the_snippets_print_the_numbers_of_the_page(view, tmp_path):
    """All of them in one process: most of what each would take is the import of torch."""
    layer = {"gram-layer": "features.7", "seen-layer": "features.4"}
    pages = {style: view(photo="cat", style=style, **layer) for style in ("waves", "brick")}
    pages["maps"] = view(photo="cat", insight=SEEN, **layer)
    pages |= {choice: whole(view(photo="cat", style="grass", insight=choice)) for choice in (CONTENT, STYLE)}
    saved = tmp_path / "rebuilt.png"
    snippets = {name: snippet_of(at).replace('"rebuilt.png"', repr(str(saved))) for name, at in pages.items()}
    printed = run(TOGETHER.format(snippets=snippets))
    for style in ("waves", "brick"):
        shown, found = (
            metrics(pages[style]),
            style_inside.grams(MODEL, "features.7", style_picture(style), sample("cat")),
        )
        assert printed[f"{style}/style loss"] == pytest.approx(found.loss, rel=1e-3)
        for side in ("style", "photo"):
            assert printed[f"{style}/{side}"] == pytest.approx(_value(shown[f"This cell, {side}"]), rel=1e-2)
    maps = cached.maps(sample("cat"), MODEL, "features.4")
    for channel, mean in zip(maps.channels, maps.means, strict=True):
        assert printed[f"maps/{channel}"] == pytest.approx(mean, rel=1e-3)
    for choice in (CONTENT, STYLE):
        answer = _deepest(choice).answer
        assert answer is not None
        assert printed[f"{choice}/first"] == pytest.approx(answer.began, rel=1e-3)
        assert printed[f"{choice}/last"] < printed[f"{choice}/first"], "the lab searches no line, so digits differ"
    with Image.open(saved) as made:
        assert max(made.size) == 64


def _deepest(choice: str) -> Effort:
    if choice == CONTENT:
        settings = style_alone.content_alone(card(MODEL), LAYERS.content[-1])
        return style_insides.rebuilding(MODEL, sample("cat"), settings)
    return style_insides.rebuilding(MODEL, style_picture("grass"), style_alone.style_alone(card(MODEL), LAYERS.style))


def _value(words: str) -> float:
    """A number as the page writes it."""
    mantissa, _, power = words.replace("−", "-").partition(" · 10")
    return float(mantissa) * 10 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
