"""Journeys through a film: everything moves in the browser, and Python hears only where the visitor came to rest."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import no_sideways_scrolling, settled
from tests.browser.server import ROOT, serving
from ui.components import script


def small_app() -> None:
    """A page with a film of its own: `?kind=` chooses the film, the buttons are what a page may do to it."""
    import numpy as np
    import streamlit as st

    from ui.components.film import Chart, Film, Level, Panel, Series, film
    from viz.colours import SERIES, Stroke
    from viz.sheets import pack

    st.set_page_config(layout="wide")
    st.title("Film")
    kind = st.query_params.get("kind", "path")

    @st.cache_data(max_entries=8)
    def panels(count: int, frames: int, hue: int) -> tuple[Panel, ...]:
        made = []
        y, x = np.mgrid[:224, :224] / 224
        for place in range(count):
            part = np.linspace(0, 1, frames)[:, None, None]
            wave = 0.5 + 0.5 * np.sin(20 * (x * (place + 1) + y) + 6 * part)
            grey = (wave * part * 255).astype(np.uint8)
            pixels = np.stack([grey, np.full_like(grey, hue), 255 - grey], axis=-1)
            pixels[:, :32, :32] = (np.linspace(0, 255, frames).astype(np.uint8))[
                :, None, None, None
            ]  # which frame it is
            notes = tuple(f"frame {frame}" for frame in range(frames)) if place == 0 else ("the same for all",)
            made.append(Panel(f"Panel <b>{place}</b>", f"Waves {place}", pack(pixels, quality=90), notes))
        return tuple(made)

    def path(frames: int, hue: int, count: int = 3) -> Film:
        shares = tuple(np.linspace(0, 1, frames).tolist())
        score = tuple(None if 0.4 < share < 0.5 else 0.05 + 0.9 / (1 + np.exp(-12 * (share - 0.4))) for share in shares)
        total = tuple(-0.04 + 0.88 * share**2 for share in shares)
        return Film(
            panels(count, frames, hue),
            (
                Chart("Score", "share of the path, α", "f(α)", shares, (Series("cat", SERIES[3], score),)),
                Chart(
                    "Sum of the attribution",
                    "share of the path, α",
                    "score",
                    shares,
                    (Series("running sum", Stroke("#0072B2"), total),),
                    (Level("f(x) − f(x′)", 0.842),),
                ),
            ),
            tuple(f"α = {share:.2f}" for share in shares),
            tuple(f"After {round(100 * share)} % of the path the score is <i>known</i>." for share in shares),
        )

    def stages() -> Film:
        names = ("trained", "fc", "layer4", "layer3", "layer2", "layer1", "conv1")
        methods = ("Integrated gradients", "Grad-CAM", "Guided backpropagation", "SmoothGrad")
        curves = tuple(
            Series(name, SERIES[place], tuple(float(np.exp(-frame * (place + 1) / 4)) for frame in range(7)))
            for place, name in enumerate(methods)
        )
        xs = tuple(float(frame) for frame in range(7))
        ticks = tuple(zip(xs, names, strict=True))
        chart = Chart("Likeness", "random from the top down to", "rank correlation", xs, curves, (), (-0.2, 1.0), ticks)
        return Film(panels(4, 7, 60), (chart,), names)

    def deletion() -> Film:
        shares = tuple(np.linspace(0, 100, 40).tolist())
        curves = tuple(
            Series(name, SERIES[place], tuple(float(np.exp(-share / (60 - 18 * place))) for share in shares))
            for place, name in enumerate(("random", "Grad-CAM", "Integrated gradients"))
        )
        chart = Chart("Deletion", "pixels removed, %", "probability of cat", shares, curves, (), (0.0, 1.0))
        return Film(panels(1, 40, 90), (chart,), tuple(f"{share:.0f} % removed" for share in shares))

    films = {
        "path": lambda: path(40, 60),
        "other": lambda: path(25, 200),
        "pair": lambda: path(40, 90, 2),
        "stages": stages,
        "deletion": deletion,
    }
    st.session_state.setdefault("frame", int(st.query_params.get("frame", 0)))
    st.session_state.setdefault("heard", [])
    first, second, third, fourth = st.columns(4)
    if first.button("Go to 30"):
        st.session_state["frame"] = 30
    if second.button("Run again"):
        st.session_state["again"] = st.session_state.get("again", 0) + 1
    if third.button("Other film"):
        st.session_state["kind"] = "other"
    away = fourth.toggle("Away")

    def on_frame(frame: int) -> None:
        st.session_state["frame"] = frame
        st.session_state["heard"].append(frame)

    if not away:
        film("film", films[st.session_state.get("kind", kind)](), st.session_state["frame"], on_frame)
    st.text(f"Python: frame {st.session_state['frame']}, heard {st.session_state['heard']}")
    st.text(f"Runs again: {st.session_state.get('again', 0)}")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The small app on a server of its own."""
    file = tmp_path_factory.mktemp("film") / "app.py"
    file.write_text(f"{inspect.getsource(small_app)}\n\nsmall_app()\n")
    with serving(file, PYTHONPATH=str(ROOT)) as url:
        yield url


def opened(page: Page, app: str, query: str = "") -> Locator:
    """The film of the small app, once its pictures are there."""
    page.goto(f"{app}/{query}")
    film = page.locator(".film")
    expect(film).to_have_attribute("data-ready", "true")
    settled(page)
    return film


def at(film: Locator, frame: int) -> None:
    """The film shows that frame, in every panel, in words, and for screen readers."""
    expect(film).to_have_attribute("data-frame", str(frame))
    for canvas in film.locator("canvas").all():
        expect(canvas).to_have_attribute("data-frame", str(frame))


def python_heard(page: Page, frame: int, heard: list[int]) -> None:
    expect(page.get_by_text(f"Python: frame {frame}, heard {heard}")).to_be_visible()


def shade(film: Locator, panel: int = 0) -> int:
    """The grey in the corner of a panel: 0 in the first frame, 255 in the last."""
    read = "node => node.getContext('2d').getImageData(12, 12, 1, 1).data[1]"
    return film.locator("canvas").nth(panel).evaluate(read)


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Step")


def test_keys_move_pictures_words_and_cursors_together(page, app):
    film = opened(page, app)
    slider(page).focus()
    for key, frame in (("End", 39), ("ArrowLeft", 38), ("Home", 0), ("ArrowRight", 1), ("PageUp", 5), ("ArrowDown", 4)):
        page.keyboard.press(key)
        at(film, frame)
    for panel in range(3):
        assert shade(film, panel) == pytest.approx(255 * 4 / 39, abs=8)
    expect(film.locator(".now span:not(.ghost)")).to_have_text("α = 0.10")
    expect(slider(page)).to_have_attribute("aria-valuetext", "α = 0.10")
    expect(film.locator(".panel .note span:not(.ghost)")).to_have_text(
        ["frame 4", "the same for all", "the same for all"]
    )
    words = "After 10 % of the path the score is <i>known</i>."
    expect(film.locator(".said span:not(.ghost)")).to_have_text(words)
    expect(film.locator(".spoken")).to_have_text(words)
    expect(film.locator(".chart").nth(1).locator("> .legend .value")).to_have_text(["−0.031", "0.842"])
    python_heard(page, 4, [4])


def test_names_are_never_markup(page, app):
    film = opened(page, app)
    expect(film.locator(".panel figcaption > b")).to_have_text(["Panel <b>0</b>", "Panel <b>1</b>", "Panel <b>2</b>"])
    expect(film.locator("figcaption b b, .said i, .spoken i")).to_have_count(0)


def test_python_hears_only_where_the_slider_was_let_go(page, app):
    film = opened(page, app)
    frame = slider(page).bounding_box()
    assert frame
    y = frame["y"] + frame["height"] / 2
    page.mouse.move(frame["x"] + 8, y)
    page.mouse.down()
    for part in (0.2, 0.5, 0.9, 0.5):
        page.mouse.move(frame["x"] + frame["width"] * part, y, steps=6)
        page.wait_for_timeout(300)
    python_heard(page, 0, [])
    page.mouse.up()
    expect(film).to_have_attribute("data-frame", re.compile("19|20"))
    there = int(film.get_attribute("data-frame") or -1)
    python_heard(page, there, [there])


def test_a_drag_on_a_chart_moves_everything_and_a_hover_only_reads(page, app):
    film = opened(page, app)
    plot = film.locator(".plot").first
    frame = plot.bounding_box()
    assert frame
    x, y = frame["x"], frame["y"] + frame["height"] / 2
    page.mouse.move(x + frame["width"] * 0.99, y)
    expect(plot.locator(".tip")).to_contain_text("α = 1.00")
    expect(plot.locator(".tip .value")).to_have_text("0.949")
    at(film, 0)
    page.mouse.down()
    at(film, 39)
    expect(plot.locator(".tip")).to_be_hidden()
    page.mouse.move(x + 25, y, steps=5)
    at(film, 0)
    page.mouse.move(x + frame["width"] * 0.99, y, steps=5)
    page.mouse.up()
    python_heard(page, 39, [39])
    page.keyboard.press("ArrowLeft")
    at(film, 38)
    python_heard(page, 38, [39, 38])


def test_a_gap_is_a_gap(page, app):
    film = opened(page, app, "?frame=18")
    chart = film.locator(".chart").first
    expect(chart.locator(".curve")).to_have_count(2)
    expect(chart.locator("> .legend .value")).to_have_text("–")
    expect(chart.locator(".dot")).to_have_attribute("visibility", "hidden")
    page.get_by_role("button", name="Step on").click()
    page.get_by_role("button", name="Step on").click()
    expect(chart.locator(".dot")).to_have_attribute("visibility", "visible")


def test_playing_tells_python_nothing_until_it_ends(page, app):
    film = opened(page, app, "?kind=stages")
    page.get_by_role("button", name="Play").click()
    expect(film).to_have_attribute("data-playing", "true")
    expect(film).to_have_attribute("data-frame", "3")
    python_heard(page, 0, [])
    expect(film).to_have_attribute("data-playing", "false")
    at(film, 6)
    python_heard(page, 6, [6])
    page.get_by_role("button", name="Play").click()  # from the start again
    expect(film).to_have_attribute("data-frame", "2")
    page.get_by_role("button", name="Pause").click()
    there = int(film.get_attribute("data-frame") or -1)
    assert there < 6
    python_heard(page, there, [6, there])


def test_where_motion_is_unwelcome_it_plays_slowly(browser, app):
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        film = opened(page, app)
        page.get_by_role("button", name="Play").click()
        expect(film).to_have_attribute("data-frame", "2")
        page.wait_for_timeout(500)
        assert int(film.get_attribute("data-frame") or 99) <= 3


def test_python_sets_the_frame_and_is_not_fought(page, app):
    film = opened(page, app, "?frame=7")
    at(film, 7)
    page.get_by_role("button", name="Go to 30").click()
    at(film, 30)
    python_heard(page, 30, [])
    slider(page).focus()
    page.keyboard.press("Home")
    python_heard(page, 0, [0])
    page.get_by_role("button", name="Go to 30").click()
    at(film, 30)
    python_heard(page, 30, [0])
    slider(page).focus()
    page.keyboard.press("Home")
    python_heard(page, 0, [0, 0])
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Go to 30").click()
    at(film, 30)
    settled(page)
    at(film, 30)


def test_a_move_just_before_a_preset_comes_first(page, app):
    film = opened(page, app)
    slider(page).focus()
    page.keyboard.press("End")
    page.get_by_role("button", name="Go to 30").click()
    at(film, 30)
    settled(page)
    python_heard(page, 30, [39])
    at(film, 30)


def test_a_film_that_comes_back_shows_what_python_says(page, app):
    film = opened(page, app)
    slider(page).focus()
    page.keyboard.press("End")
    python_heard(page, 39, [39])
    page.get_by_text("Away").click()
    expect(film).to_have_count(0)
    page.get_by_role("button", name="Go to 30").click()
    python_heard(page, 30, [39])
    page.get_by_text("Away").click()
    at(film, 30)
    slider(page).focus()
    page.keyboard.press("ArrowRight")
    python_heard(page, 31, [39, 31])


WATCH = """
film => {
    const panels = film.querySelector(".panels");
    const drawn = (canvas) => canvas.getContext("2d").getImageData(100, 100, 1, 1).data[3] > 0;
    window.blank = [];
    new MutationObserver(() => {
        const seen = [...panels.querySelectorAll("canvas")];
        if (seen.length !== 3 || !seen.every(drawn)) window.blank.push(seen.length);
    }).observe(panels, { childList: true });
}
"""


def test_another_film_takes_the_place_of_the_old_one_without_a_flash(page, app):
    film = opened(page, app, "?frame=20")
    film.evaluate(WATCH)
    page.get_by_role("button", name="Other film").click()
    expect(film).to_have_attribute("data-last", "24")
    at(film, 20)
    assert shade(film) == pytest.approx(255 * 20 / 24, abs=8)
    assert page.evaluate("window.blank") == []


def test_a_film_that_has_not_changed_is_not_sent_again(page, app):
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda message: received.append(len(message))))
    film = opened(page, app)
    assert max(received) > 200_000
    received.clear()
    slider(page).focus()
    page.keyboard.press("End")
    python_heard(page, 39, [39])
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Runs again: 1")).to_be_visible()
    settled(page)
    at(film, 39)
    assert received
    assert sum(received) < 50_000


def test_scrubbing_keeps_up_with_the_screen(page, app):
    """Forty frames of three panels: what a step costs fits into a sixtieth of a second many times over."""
    opened(page, app)
    took = page.locator(".film").evaluate(SCRUB)
    assert sorted(took["work"])[len(took["work"]) // 2] < 8, took


SCRUB = """
async (film) => {
    const slider = film.querySelector("input"), work = [], gaps = [];
    const next = () => new Promise((done) => requestAnimationFrame(done));
    let before = await next();
    for (let turn = 0; turn < 240; turn += 1) {
        slider.value = turn % 40;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        const now = await next(), began = performance.now();
        film.offsetHeight;
        film.querySelectorAll("canvas").forEach((canvas) => canvas.getContext("2d").getImageData(0, 0, 1, 1));
        work.push(performance.now() - began);
        gaps.push(now - before);
        before = now;
    }
    return { work, gaps };
}
"""


SCALES = """
async (source) => {
    const scales = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const { niceTicks, tickWords, yRange, inDigits, nearest, columnsFor } = scales;
    const chart = (values, levels = [], y_range = null) => (
        { series: [{ values }], levels: levels.map((value) => ({ value })), y_range }
    );
    const drawn = [[0.05, 0.95], [0.9, 0.98], [3, 3], [0, 0], [null, null], [-0.04, 0.8]];
    const read = [[0.12345, 1], [-0.5, 1], [-0.00001, 1], [12345.6, 20000], [0.0001234, 0.001], [1.5e-9, 1e-8]];
    return {
        ticks: [[0, 1, 4], [0, 100, 5], [-0.02, 0.02, 4]].map((range) => tickWords(niceTicks(...range))),
        ranges: [...drawn.map((values) => yRange(chart(values))), yRange(chart([0, 0.5], [0.842])), yRange(chart([5], [], [0, 1]))],
        words: read.map(([value, span]) => inDigits(value, span)),
        places: [nearest([0, 1, 4], 2.4), nearest([0, 1, 4], 2.6), nearest([0], 9)],
        columns: [[1000, 3], [1000, 5], [700, 4], [350, 3], [350, 0]].map(([room, count]) => columnsFor(room, count, 220, 24)),
    };
}
"""


def test_numbers_become_axes_and_words(page, app):
    opened(page, app)
    found = page.evaluate(SCALES, script(ROOT / "ui/components/film/scales.js"))
    assert found["ticks"] == [
        ["0.00", "0.25", "0.50", "0.75", "1.00"],
        ["0", "20", "40", "60", "80", "100"],
        ["−0.02", "−0.01", "0.00", "0.01", "0.02"],
    ]
    ranges = [(0, 1), (0.9, 0.98), (2.7, 3.3), (-1, 1), (0, 1), (-0.1, 0.8), (0, 0.9), (0, 1)]
    assert np.array(found["ranges"]) == pytest.approx(np.array(ranges), abs=1e-9)
    assert found["words"] == ["0.123", "−0.500", "0.000", "12346", "0.000123", "1.50e−9"]
    assert found["places"] == [1, 2, 0]
    assert found["columns"] == [3, 3, 2, 1, 1], "as many as fit, and rows as equal as can be"


@pytest.mark.parametrize("kind", ["path", "stages", "deletion"])
def test_on_a_phone_everything_fits_and_the_controls_stay_in_sight(browser, app, kind):
    with browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True) as context:
        page = context.new_page()
        film = opened(page, app, f"?kind={kind}")
        no_sideways_scrolling(page)
        lefts = {round(box.bounding_box()["x"]) for box in film.locator(".panel").all()}
        assert len(lefts) == 1, "panels stand one below another"
        for plot in film.locator(".plot").all():
            assert plot.bounding_box()["width"] >= 260
        for target in (film.locator(".panel").first, film.locator(".chart").last):
            target.scroll_into_view_if_needed()
            expect(page.get_by_role("button", name="Play")).to_be_in_viewport()


def test_a_tap_moves_the_cursor_and_a_swipe_up_only_scrolls(browser, app):
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        film = opened(page, app)
        plot = film.locator(".plot").last
        plot.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        frame = plot.bounding_box()
        assert frame
        x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
        touch = context.new_cdp_session(page)

        def finger(kind: str, across: float, down: float) -> None:
            points = [] if kind == "touchEnd" else [{"x": across, "y": down}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        before = page.get_by_test_id("stMain").evaluate("node => node.scrollTop")
        finger("touchStart", x, y)
        for step in range(1, 9):
            finger("touchMove", x, y + 30 * step)
        finger("touchEnd", x, y)
        page.wait_for_timeout(500)
        assert page.get_by_test_id("stMain").evaluate("node => node.scrollTop") < before - 50
        at(film, 0)
        python_heard(page, 0, [])
        plot.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        frame = plot.bounding_box()
        assert frame
        page.touchscreen.tap(frame["x"] + frame["width"] - 12, frame["y"] + frame["height"] / 2)
        at(film, 39)
        python_heard(page, 39, [39])
