"""What the load benchmark does with its samples, and its visitor against a real server of the smallest page."""

import asyncio

import pytest

from benchmarks import crowd as crowds
from benchmarks.crowd import Place, Played, Runner, Server, crowd, play, sweep
from benchmarks.driver import TEXT
from benchmarks.load import crowd_rows
from benchmarks.visitor import FailedPageError, visiting
from tests.browser.server import serving

STEPS = Place("", "Steps")


@pytest.fixture(scope="module")
def text():
    with serving(TEXT) as address:
        yield address


def test_a_visitor_gets_what_the_page_says(text):
    async def visit():
        async with visiting(text) as visitor:
            first = await visitor.open()
            right, left = await visitor.move("Steps"), await visitor.move("Steps", -1)
            return [one.texts()[-1] for one in (first, right, left)], right

    said, right = asyncio.run(visit())
    assert said == [f"{steps} steps, {steps**2:,} when squared" for steps in (200, 250, 200)]
    assert right.size > 0
    assert right.seconds > 0


def test_a_slider_turns_back_at_its_end(text):
    async def visit():
        async with visiting(text) as visitor:
            await visitor.open()
            return [(await visitor.move("Steps")).texts()[-1].split(" ")[0] for _ in range(6)]

    assert asyncio.run(visit()) == ["250", "300", "350", "400", "350", "400"]


def test_a_crowd_plays_and_what_it_costs_the_server_is_counted(text, monkeypatch):
    monkeypatch.setattr(crowds, "THINKING", (0.0, 0.1))

    async def visit():
        server = Server(text)
        async with crowd(server, [STEPS], 3) as everyone:
            played = await play(server, everyone, 1.0, seed=1)
        return played, await sweep(server, STEPS, 5), server.memory()

    played, swept, memory = asyncio.run(visit())
    assert len(played.seconds) >= 3
    assert len(swept.seconds) == 5
    assert memory > 10


def test_a_page_that_fails_ends_the_visit(tmp_path):
    script = tmp_path / "failing.py"
    script.write_text("raise ValueError('broken')\n")

    async def visit(address):
        async with visiting(address) as visitor:
            await visitor.open()

    with serving(script) as address, pytest.raises(FailedPageError):
        asyncio.run(visit(address))


def test_answers_become_percentiles_beside_the_peer_and_the_floor():
    ours = [Played(tuple(0.001 * (100 + index) for index in range(20)), 0.4)]
    peer = [Played((0.01,) * 10, 0.05), Played((0.01,) * 10, 0.05)]
    p50, p95, floor, cpu = crowd_rows(20, 150.0, ours, peer)
    assert (p50.ours, p50.peer) == (pytest.approx(109.5), pytest.approx(10))
    assert (p95.ours, p95.peer, p95.aim) == (pytest.approx(118), pytest.approx(10), None)
    assert (floor.ours, floor.peer, floor.aim, floor.verdict) == (pytest.approx(118), 150, 1.0, "met")
    assert (cpu.ours, cpu.peer) == (pytest.approx(20), pytest.approx(5))


@pytest.mark.parametrize("words", ["Starting", "Update 2 of 300", "Stopped at update 5 of 300", "1 run before yours."])
def test_the_line_of_progress_is_known_by_its_words(words):
    assert crowds.PROGRESS.search(words)


@pytest.mark.parametrize("words", ["Figure 4 of the paper.", "Starting points", "An Update 2 of 3"])
def test_other_words_are_no_progress(words):
    assert not crowds.PROGRESS.search(words)


@pytest.mark.parametrize(
    ("words", "before"),
    [
        (":material/hourglass_empty: 3 runs before yours. It starts by itself.", 3),
        (":material/hourglass_empty: 1 run before yours. It starts by itself.", 1),
        ("Update 3 of 300", None),
        ("", None),
    ],
)
def test_a_place_in_the_queue_is_read_from_the_words_of_the_page(words, before):
    runner = Runner(visitor=None)
    runner.words = words
    assert runner.before == before
