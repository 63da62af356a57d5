"""The model picker: the chosen network if it is here, the last good one if not, and its download in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import DownloadError, VisionLabError
from core.zoo import downloads, weights
from core.zoo.catalog import card, of
from core.zoo.downloads import Progress
from core.zoo.model_card import Task
from tests.core.zoo.conftest import Server
from tests.core.zoo.conftest import server as server
from tests.pages.conftest import _no_network_of_another_test as _no_network_of_another_test
from tests.pages.conftest import no_weights as no_weights
from tests.pages.conftest import online as online
from tests.pages.conftest import open_page as open_page
from tests.pages.conftest import pictures as pictures
from tests.pages.conftest import publish as publish
from tests.pages.conftest import put, random_weights
from ui import model_picker

LAB, MODEL, OTHER = "lab-classifier", "squeezenet1_1", "mobilenet_v3_large"
SELECT, BUTTON = "classify-model", f"download-{MODEL}"
OVERVIEW, MODELS = "app.py", "pages/models.py"
ANY = b"weights"  # the picker alone never reads them

Publish = Callable[[str, bytes], None]


def page() -> None:
    """A page with a picker and nothing else: it tells which network it would use, and that this one answered."""
    import streamlit as st

    from core.zoo.model_card import Task
    from ui import model_picker

    card = model_picker.pick(Task.CLASSIFY)
    st.code(card.key, language=None)
    model_picker.proved(card)


def open_picker(**query: str) -> AppTest:
    at = AppTest.from_function(page, default_timeout=120)
    at.query_params.update(query)
    return ran(at)


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception
    return at


def used(at: AppTest) -> str:
    """The network the page uses."""
    return at.code[0].value


def choose(at: AppTest, key: str) -> AppTest:
    at.selectbox(key=SELECT).set_value(key)
    return ran(at)


def click(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click()
    return ran(at)


def captions(at: AppTest) -> list[str]:
    return [caption.value for caption in at.main.caption]


def errors(at: AppTest) -> list[str]:
    return [error.value.replace("\\", "") for error in at.main.error]


def progress(at: AppTest) -> list[str]:
    return [bar.proto.text for bar in at.get("progress")]


@pytest.fixture
def squeezenet() -> bytes:
    """A file with random weights of SqueezeNet 1.1."""
    return random_weights(MODEL)


# Choosing ----------------------------------------------------------------------------------------------------------


def test_what_ships_with_the_lab_stands_first_and_is_chosen(no_weights):
    at = open_picker()
    picker = at.selectbox(key=SELECT)
    assert picker.value == used(at) == LAB
    assert picker.options[0] == "Lab classifier"
    assert [words.split(" · ")[0] for words in picker.options] == [row.title for row in of(Task.CLASSIFY)]
    assert captions(at) == [f"0.7 million parameters · {card(LAB).score} · sees 224 × 224 px"]
    assert not at.button
    assert dict(at.query_params) == {}


@pytest.mark.parametrize("row", [row for row in of(Task.CLASSIFY) if not row.bundled], ids=lambda row: row.key)
def test_a_network_that_is_not_here_is_offered_and_the_last_good_one_stays(online, row):
    at = choose(open_picker(), row.key)
    assert used(at) == LAB
    assert captions(at) == [
        f"**{row.title}** is not on this server yet: {row.megabytes} from download.pytorch.org.",
        "Until it is here, the answer is that of **Lab classifier**.",
    ]
    (button,) = at.button
    assert (button.key, button.label) == (f"download-{row.key}", f"Download, {row.megabytes}")
    assert at.query_params["model"] == row.key, "the choice is in the URL all the same"


def test_the_last_good_network_need_not_be_the_first(online):
    put(OTHER, ANY)
    at = choose(choose(open_picker(), OTHER), MODEL)
    assert used(at) == OTHER
    assert at.selectbox(key=SELECT).value == MODEL


def test_a_network_that_gave_no_answer_is_not_fallen_back_to(online, monkeypatch):
    monkeypatch.setattr(model_picker, "proved", lambda card: None)
    put(OTHER, ANY)
    assert used(choose(choose(open_picker(), OTHER), MODEL)) == LAB


def test_a_last_good_network_that_has_gone_gives_way_to_what_ships_with_the_lab(online):
    put(OTHER, ANY)
    at = open_picker(model=OTHER)
    assert used(at) == OTHER
    choose(at, MODEL)
    weights.path(card(OTHER)).unlink()
    assert used(ran(at)) == LAB


def test_a_network_that_is_here_is_used_at_once(online):
    put(MODEL, ANY)
    at = choose(open_picker(), MODEL)
    assert used(at) == MODEL
    assert captions(at) == ["1.2 million parameters · 58.2 % of ImageNet's validation photos · sees 224 × 224 px"]
    assert not at.button
    assert used(choose(at, LAB)) == LAB
    assert "model" not in at.query_params, "the default needs no words"


def test_what_is_written_in_the_list_does_not_change_with_what_is_on_the_server(online):
    """A browser answers with the words of the choice: if they changed meanwhile, the choice would be lost."""
    before = open_picker().selectbox(key=SELECT).options
    put(MODEL, ANY)
    assert open_picker().selectbox(key=SELECT).options == before


def test_once_somebody_put_the_file_there_the_page_uses_it(online):
    at = open_picker(model=MODEL)
    assert used(at) == LAB
    put(MODEL, ANY)
    for _ in range(2):
        ran(at)
        assert used(at) == at.selectbox(key=SELECT).value == MODEL
        assert at.query_params["model"] == MODEL


@pytest.mark.parametrize(
    ("parameters", "words"), [(730_191, "0.7 million"), (138_357_544, "138.4 million"), (0, "0.0 million")]
)
def test_parameters_are_counted_in_millions(parameters, words):
    assert model_picker.count(parameters) == words


# Links -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", of(Task.CLASSIFY), ids=lambda row: row.key)
def test_a_link_names_a_network(online, row):
    put(MODEL, ANY)
    at = open_picker(model=row.key)
    assert at.selectbox(key=SELECT).value == row.key
    assert used(at) == (row.key if row.key in (LAB, MODEL) else LAB)
    assert not at.error


@pytest.mark.parametrize(
    "value", ["nonsense", "", "x" * 10_000, "lraspp", "lab-trunk", "SQUEEZENET1_1", "\0", "<b>", "²"]
)
def test_a_link_to_no_network_is_told_below_the_picker_until_one_is_chosen(online, value):
    put(MODEL, ANY)
    at = open_picker(model=value)
    for _ in range(2):
        assert not at.error
        words = captions(at)[0].replace("\\", "")
        assert (
            f"a network called “{value[:40] or 'nothing'}”, and there is none for this. **Lab classifier** is asked"
            in words
        )
        assert len(words) < 300
        assert used(at) == at.selectbox(key=SELECT).value == LAB
        assert "model" not in at.query_params, "the URL says again what is true"
        ran(at)
    assert "there is none" not in captions(choose(at, MODEL))[0]
    assert "there is none" not in captions(choose(at, LAB))[0]


def test_a_link_to_no_network_keeps_the_one_that_was_chosen(online):
    put(MODEL, ANY)
    at = choose(open_picker(), MODEL)
    at.query_params["model"] = "nonsense"
    ran(at)
    assert "**SqueezeNet 1.1** is asked instead" in captions(at)[0]
    assert used(at) == MODEL
    assert at.query_params["model"] == MODEL


def test_a_link_wins_over_the_session_once(online):
    put(MODEL, ANY)
    at = open_picker(model=MODEL)
    choose(at, LAB)
    assert used(ran(at)) == LAB
    at.query_params["model"] = MODEL
    assert used(ran(at)) == MODEL


def test_the_choice_holds_on_the_next_page_and_comes_back_with_the_url(open_page, online):
    at = open_page()
    choose(at, MODEL)
    for _ in range(2):
        for other in (MODELS, OVERVIEW):
            at.switch_page(other)
            at.query_params.clear()  # a link of the menu has none
            ran(at)
        assert at.selectbox(key=SELECT).value == MODEL
        assert at.query_params["model"] == MODEL
        assert at.button(key=BUTTON).label == "Download, 4.7 MB"
    assert not at.main.error


# Offline -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [row for row in of(Task.CLASSIFY) if not row.bundled], ids=lambda row: row.key)
def test_offline_says_so_at_once_and_offers_nothing(no_weights, row):
    at = open_picker(model=row.key)
    (info,) = at.info
    assert info.value == (
        f"**{row.title} is not on this server, and it works offline.** Whoever runs it can put "
        f"`{row.file}` ({row.megabytes}) into its folder of weights."
    )
    assert not at.button
    assert used(at) == LAB


def test_offline_what_is_here_is_used_without_a_word(no_weights):
    put(MODEL, ANY)
    at = open_picker(model=MODEL)
    assert used(at) == MODEL
    assert not at.info


def test_a_server_that_went_offline_meanwhile_refuses_in_words(online, monkeypatch):
    at = open_picker(model=MODEL)
    monkeypatch.setenv("VISION_LAB_OFFLINE", "1")
    click(at, BUTTON)
    assert errors(at)[0].startswith("**This server is set to work offline, so it downloads nothing.**")
    assert not at.button
    assert used(at) == LAB


# A download, played ------------------------------------------------------------------------------------------------


class Flight:
    """A download as the picker sees it, at whatever point a test wants it."""

    def __init__(self) -> None:
        self.progress = Progress(0, 4 * 2**20)
        self.done = False
        self.error: VisionLabError | None = None
        self.cancelled = False
        self.cancels = 0

    def cancel(self) -> None:
        self.cancels += 1
        self.done = self.cancelled = True

    def wait(self, timeout: float | None = None) -> bool:
        return self.done

    def fails(self, error: VisionLabError) -> None:
        self.error, self.done = error, True


@pytest.fixture
def flight(online, monkeypatch) -> Flight:
    """The download of SqueezeNet that the next click begins."""
    played, begun = Flight(), []

    def begin(row, *, again=False):
        assert row.key == MODEL
        begun.append(again)
        return played

    def running(row):
        return played if begun and not played.done and row.key == MODEL else None

    monkeypatch.setattr(downloads, "begin", begin)
    monkeypatch.setattr(downloads, "running", running)
    return played


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (Progress(0, 4 * 2**20), "0.0 of 4.0 MB"),
        (Progress(2**20, 4 * 2**20), "1.0 of 4.0 MB"),
        (Progress(2**20, 4 * 2**20, 2.0 * 2**20), "1.0 of 4.0 MB · 2.0 MB/s · 2 s left"),
        (Progress(3 * 2**19, 4 * 2**20, 0.04 * 2**20), "1.5 of 4.0 MB · 0.0 MB/s · 62 s left"),
        (Progress(2**20, 600 * 2**20, 0.1 * 2**20), "1.0 of 600.0 MB · 0.1 MB/s · 5,990 s left"),
        (Progress(4 * 2**20, 4 * 2**20, 2.0 * 2**20), "4.0 of 4.0 MB · 2.0 MB/s · 0 s left"),
        (Progress(5 * 2**20, 4 * 2**20, 2.0 * 2**20), "5.0 of 4.0 MB · 2.0 MB/s · 0 s left"),
        (Progress(2**20, 0), "1.0 of 0.0 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_download_under_way_says_how_far_it_is(flight, now, words):
    at = click(open_picker(model=MODEL), BUTTON)
    flight.progress = now
    ran(at)
    assert progress(at) == [f"**SqueezeNet 1.1** · {words}"]
    (bar,) = at.get("progress")
    assert bar.proto.value == int(100 * now.share)
    assert used(at) == LAB, "meanwhile the page works"
    assert [button.label for button in at.button] == ["Stop"]


def test_who_did_not_ask_for_a_download_sees_it_too(flight):
    """It is one for the whole server."""
    click(open_picker(model=MODEL), BUTTON)
    second = open_picker(model=MODEL)
    assert progress(second) == ["**SqueezeNet 1.1** · 0.0 of 4.0 MB"]
    assert "downloads" not in second.session_state


def test_another_network_can_be_chosen_while_one_is_on_its_way(flight):
    at = click(open_picker(model=MODEL), BUTTON)
    choose(at, LAB)
    assert not progress(at)
    assert used(at) == LAB
    choose(at, MODEL)
    assert len(progress(at)) == 1


def test_a_failure_is_explained_and_can_be_tried_again(flight):
    at = click(open_picker(model=MODEL), BUTTON)
    flight.fails(DownloadError("The download from the moon broke off.", "Try again."))
    for _ in range(2):
        ran(at)
        assert errors(at) == ["**The download from the moon broke off.** Try again."]
        assert used(at) == LAB
        assert at.button(key=BUTTON).label == "Download, 4.7 MB"
    flight.done, flight.error = False, None
    click(at, BUTTON)
    assert not at.error
    assert len(progress(at)) == 1


def test_a_failure_is_told_to_those_who_asked_and_stays_with_its_network(flight):
    at, other = click(open_picker(model=MODEL), BUTTON), open_picker(model=MODEL)
    flight.fails(DownloadError("The download from the moon broke off.", "Try again."))
    assert not ran(other).error
    assert other.button(key=BUTTON).label == "Download, 4.7 MB"
    choose(at, LAB)
    assert not at.error
    assert len(errors(choose(at, MODEL))) == 1


def test_stop_stops_and_says_what_is_kept(flight):
    at = click(click(open_picker(model=MODEL), BUTTON), f"stop-{MODEL}")
    assert flight.cancels == 1
    assert "The download was stopped. What arrived is kept, and the next one goes on from there." in captions(at)
    assert not at.error
    assert not progress(at)
    assert at.button(key=BUTTON).label == "Download, 4.7 MB"
    assert used(at) == LAB


def test_a_download_that_cannot_begin_is_explained(online, monkeypatch):
    def refuse(row, *, again=False):
        raise DownloadError("The disk is full.", "Make room.")

    monkeypatch.setattr(downloads, "begin", refuse)
    at = click(open_picker(model=MODEL), BUTTON)
    assert errors(at) == ["**The disk is full.** Make room."]
    assert used(at) == LAB


def test_when_the_file_is_there_the_page_goes_on_with_it(flight):
    at = click(open_picker(model=MODEL), BUTTON)
    put(MODEL, ANY)
    flight.done = True
    ran(at)
    assert used(at) == MODEL
    assert not at.button
    assert not progress(at)
    assert not at.error
    assert used(ran(at)) == MODEL


def test_a_visitor_whose_page_is_old_does_not_fetch_the_file_once_more(online, publish, server):
    """Somebody else's download brought it after this page was drawn."""
    body = b"the weights"
    publish(MODEL, body)
    at = open_picker(model=MODEL)
    put(MODEL, body)
    click(at, BUTTON)
    assert used(at) == MODEL
    assert not at.button
    assert not at.error
    assert server.requests == 0


# A download, true to life ------------------------------------------------------------------------------------------


def flown(at: AppTest) -> AppTest:
    """Wait until the download this session began is over."""
    assert at.session_state["downloads"][card(MODEL).file].wait(20.0)
    return at


def test_a_true_download_shows_its_progress_and_brings_the_file(online, publish, server, squeezenet):
    publish(MODEL, squeezenet)
    half = len(squeezenet) // 2
    server.stalls_then_finishes(squeezenet[:half], squeezenet[half:])
    at = click(open_picker(model=MODEL), BUTTON)
    running = at.session_state["downloads"][card(MODEL).file]
    while running.progress.received < half:
        assert not running.wait(0.05), running.error
    (words,) = progress(ran(at))
    assert words.startswith(f"**SqueezeNet 1.1** · {half / 2**20:.1f} of {len(squeezenet) / 2**20:.1f} MB")
    assert used(at) == LAB
    server.release.set()
    flown(at)
    assert weights.path(card(MODEL)).read_bytes() == squeezenet
    assert used(open_picker(model=MODEL)) == MODEL


def test_a_true_download_ends_with_the_network_on_the_page(open_page, online, publish, squeezenet):
    publish(MODEL, squeezenet)
    at = open_page(model=MODEL)
    click(at, BUTTON)
    ran(flown(at))
    assert not at.error
    for _ in range(2):
        assert any(words.startswith("**SqueezeNet 1.1** · 5 of 1,000 classes") for words in captions(at))
        ran(at)


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (
            lambda server, body: server.truncates(body[: len(body) // 2], len(body)),
            "**The download from 127.0.0.1 broke off.**",
        ),
        (lambda server, body: server.sends(b"x" * len(body)), "its checksum is different"),
        (lambda server, body: setattr(server, "answer", lambda handler: handler.send_error(404)), "(HTTP 404)"),
        (lambda server, body: setattr(server, "answer", lambda handler: handler.send_error(503)), "(HTTP 503)"),
        (lambda server, body: server.redirects("file:///etc/passwd"), "(HTTP 302)"),
    ],
    ids=["breaks off", "another file", "gone", "refused", "sent elsewhere"],
)
def test_a_true_failure_is_explained_and_the_second_try_brings_the_file(
    online, publish: Publish, server: Server, play, words
):
    body = bytes(range(256)) * 400
    publish(MODEL, body)
    play(server, body)
    at = click(open_picker(model=MODEL), BUTTON)
    ran(flown(at))
    (problem,) = errors(at)
    assert words in problem
    assert used(at) == LAB
    assert not weights.is_present(card(MODEL))
    publish(MODEL, body)
    flown(click(at, BUTTON))
    assert weights.path(card(MODEL)).read_bytes() == body
    assert used(open_picker(model=MODEL)) == MODEL


def test_a_server_out_of_reach_is_explained(online, monkeypatch):
    monkeypatch.setenv("VISION_LAB_MIRROR", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    at = click(open_picker(model=MODEL), BUTTON)
    (problem,) = errors(ran(flown(at)))
    assert problem.startswith("**This server can't reach 127.0.0.1.**")


def test_a_true_download_that_is_stopped_goes_on_where_it_stopped(online, publish, server, squeezenet):
    publish(MODEL, squeezenet)
    half = len(squeezenet) // 2
    server.stalls_after(squeezenet[:half], len(squeezenet))
    at = click(open_picker(model=MODEL), BUTTON)
    running = at.session_state["downloads"][card(MODEL).file]
    while running.progress.received < half:
        assert not running.wait(0.05), running.error
    click(at, f"stop-{MODEL}")
    assert running.wait(10.0)
    ran(at)
    assert "The download was stopped. What arrived is kept, and the next one goes on from there." in captions(at)
    publish(MODEL, squeezenet)
    flown(click(at, BUTTON))
    assert weights.path(card(MODEL)).read_bytes() == squeezenet
    assert server.ranges == [None, f"bytes={half}-"]


# Damaged files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "query"), [(OVERVIEW, {"model": MODEL}), (MODELS, {"card": MODEL})])
def test_a_damaged_file_is_explained_and_fetched_again_over_itself(open_page, online, publish, squeezenet, page, query):
    publish(MODEL, squeezenet)
    put(MODEL, b"this is no file of weights")
    at = open_page(page, query)
    (problem,) = errors(at)
    assert problem.startswith("**The file with the weights of SqueezeNet 1.1 is damaged.** Download it again (")
    assert at.button(key=BUTTON).label.startswith("Download again, ")
    click(at, BUTTON)
    ran(flown(at))
    assert weights.path(card(MODEL)).read_bytes() == squeezenet
    assert not at.main.error
    assert any(words.startswith("**SqueezeNet 1.1** · 5 of 1,000 classes") for words in captions(at))


@pytest.mark.parametrize(("page", "query"), [(OVERVIEW, {"model": MODEL}), (MODELS, {"card": MODEL})])
def test_a_damaged_file_shows_the_progress_of_its_replacement(open_page, flight, page, query):
    put(MODEL, b"this is no file of weights")
    at = click(open_page(page, query), BUTTON)
    assert progress(at) == ["**SqueezeNet 1.1** · 0.0 of 4.0 MB"]
    assert BUTTON not in [button.key for button in at.button]
    flight.fails(DownloadError("The download from the moon broke off.", "Try again."))
    ran(at)
    assert len(errors(at)) == 2, "that it is damaged, and that the download failed"
    assert at.button(key=BUTTON).label == "Download again, 4.7 MB"


@pytest.mark.parametrize(("page", "query"), [(OVERVIEW, {"model": MODEL}), (MODELS, {"card": MODEL})])
def test_offline_a_damaged_file_is_explained_without_a_button(open_page, no_weights, page, query):
    put(MODEL, b"this is no file of weights")
    at = open_page(page, query)
    assert len(errors(at)) == 1
    assert BUTTON not in [button.key for button in at.button]


def test_from_a_damaged_network_the_way_back_is_open(open_page, online):
    put(MODEL, b"this is no file of weights")
    at = choose(open_page(model=MODEL), LAB)
    assert not at.main.error
    assert any(words.startswith(f"**Lab classifier** · 5 of {card(LAB).class_count} classes") for words in captions(at))


@pytest.fixture
def bundle(monkeypatch, tmp_path):
    """An empty folder in the place of what ships with the lab."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    monkeypatch.setattr(weights, "BUNDLE", folder)
    return folder


def has_download(at: AppTest) -> bool:
    return any("ownload" in button.label for button in at.button)


def test_what_ships_with_the_lab_is_not_offered_as_a_download_where_it_is_damaged(open_page, online, bundle):
    (bundle / card(LAB).file).write_bytes(b"this is no file of weights")
    at = open_page()
    (problem,) = errors(at)
    assert "It came with the lab: install the lab again." in problem
    assert not has_download(at)


def test_what_ships_with_the_lab_is_not_offered_as_a_download_where_it_is_gone(open_page, online, bundle):
    at = open_page()
    (problem,) = errors(at)
    assert problem.startswith("**The weights of Lab classifier came with the lab, but they are gone.**")
    assert not has_download(at)


def test_without_what_ships_with_the_lab_another_network_serves(open_page, online, bundle, squeezenet):
    put(MODEL, squeezenet)
    at = open_page(model=MODEL)
    assert not at.main.error
    assert any(words.startswith("**SqueezeNet 1.1** · 5 of 1,000 classes") for words in captions(at))
