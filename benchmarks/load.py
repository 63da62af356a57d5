"""How many visitors one process can take: answers under load, the queue of heavy work, and memory.

Real websocket sessions that speak Streamlit's own messages (`visitor.py`), from one process beside the server: what the
visitors cost is taken from the same cores. An answer is timed from the moment a control is sent until the script has run
to its end and all of it is here; the browser, which draws it, is not in it.

* *Light pages*: half of the visitors move the steps of the descent on Anchors & IoU, half the threshold on NMS, one
  control in 5 s each (evenly from 3 to 7 s after the last answer). Somebody has asked for each value before, as in a
  class that follows one sheet: the answers are in the caches that all sessions share. The peer is as many visitors of a page
  with one slider and one line of text, in turn with ours. Its imports are frozen as ours are: else most of its time goes
  into the garbage collection that Streamlit makes after each run, and ours would look better than the floor.
* *A value nobody asked for* is the same descent at learning rates that are new: one visitor alone, then what it takes.
* *Heavy work*: four visitors start a painting. Three are told their place, the third cancels, the fourth moves up, the first
  stops, and the second begins without another press. Anything else ends the benchmark with an error.
* *Memory* is what is resident in the server's process. Its growth is told as memory after beside memory before; both are
  taken when the process has been left alone for a moment.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.crowd import Place, Played, Runner, Server, crowd, play, sweep
from benchmarks.driver import TEXT, TEXT_PAGE, percentile, row
from benchmarks.harness import Median, Row, report
from benchmarks.visitor import visiting
from tests.browser.server import serving

STEPS, THRESHOLD, RATE = Place("anchors", "Steps"), Place("nms", "IoU threshold"), Place("anchors", "Learning rate")
LIGHT, BARE = (STEPS, THRESHOLD), (Place("", "Steps"),)
PAINTING = "style"
FLOORS = {20: 150.0, 50: 500.0}  # milliseconds that 95 of 100 answers stay below, by the number of sessions
SECONDS, ROUNDS = 30.0, 2
WARM, MOVES, SESSIONS, BATCH = 100, 500, 200, 20
FLAT = 1.05
FORGET = 3  # seconds after which the server forgets who left; 60 in the shipped settings, which only adds waiting here
SETTLE = 3.0


async def light(app: Server, text: Server) -> list[Row]:
    """Answers with 20 and with 50 sessions, and what each costs in CPU and memory."""
    for place in LIGHT:
        await sweep(app, place, WARM)
    alone, rows = app.memory(), []
    for count, floor in FLOORS.items():
        ours, peer = [], []
        async with crowd(app, LIGHT, count) as here, crowd(text, BARE, count) as there:
            for turn in range(ROUNDS):
                sides = [(app, here, ours), (text, there, peer)]
                for server, everyone, taken in sides if turn % 2 == 0 else reversed(sides):
                    taken.append(await play(server, everyone, SECONDS, turn))
            together = app.memory()
        rows += crowd_rows(count, floor, ours, peer)
    return [*rows, Row(f"Memory with {max(FLOORS)} light sessions", together, alone, "no session", unit="MB")]


def crowd_rows(count: int, floor: float, ours: Sequence[Played], peer: Sequence[Played]) -> list[Row]:
    """What as many sessions measured, beside the text page and beside the floor."""
    name = f"Light pages, {count} sessions"
    mine, theirs = (sorted(1000 * one for played in side for one in played.seconds) for side in (ours, peer))
    cpu = [1000 * sum(one.cpu for one in side) / sum(len(one.seconds) for one in side) for side in (ours, peer)]
    p95 = percentile(mine, 0.95)
    return [
        row(f"{name}, an answer, p50", Median(mine), median(theirs), TEXT_PAGE),
        row(f"{name}, an answer, p95", p95, percentile(theirs, 0.95), TEXT_PAGE),
        row(f"{name}, an answer, p95", p95, floor, "the floor", 1.0),
        row(f"{name}, CPU of an answer", *cpu, TEXT_PAGE),
    ]


async def anew(app: Server) -> list[Row]:
    """A descent that nobody has asked for yet, beside one that somebody has."""
    first, again = await sweep(app, RATE, 8), await sweep(app, RATE, 8)
    new, known = (1000 * median(one.seconds) for one in (first, again))
    return [row("A descent nobody asked for, one session", new, known, "asked for before")]


async def heavy(app: Server) -> list[Row]:
    """The queue of long runs: its places, a cancelled wait, and the next run that begins by itself.

    Raises:
        RuntimeError: a page told another place than it has.
    """
    async with AsyncExitStack() as stack:
        runners = []
        for _ in range(4):
            visitor = await stack.enter_async_context(visiting(app.address, PAINTING))
            await visitor.open()
            runners.append(Runner(visitor))
            stack.push_async_callback(runners[-1].leave)
        first, second, third, fourth = runners
        await first.press("Start")
        await first.until("Update")
        told = [await one.press("Start") for one in (second, third, fourth)]
        if (places := [one.before for one in (second, third, fourth)]) != [1, 2, 3]:
            raise RuntimeError(f"the three that wait are told {places} runs before theirs")
        async with crowd(app, LIGHT, 10) as everyone:
            beside = await play(app, everyone, SECONDS, 5)
        cancelled, moved = await asyncio.gather(third.press("Cancel"), fourth.until("2 runs before"))
        await first.press("Stop")
        began = await second.until("Update")
        await second.press("Stop")
        await fourth.until("Update")
        await fourth.press("Stop")
    async with crowd(app, LIGHT, 10) as everyone:
        alone = await play(app, everyone, SECONDS, 5)
    p95 = [1000 * percentile(one.seconds, 0.95) for one in (beside, alone)]
    return [
        row("Heavy work: from Start to the place in the queue", 1000 * median(told), 1000, "one second"),
        row("Heavy work: from Cancel until all of its page is drawn anew", 1000 * cancelled, 1000, "one second"),
        row("Heavy work: from Cancel until the next hears that it moved up", 1000 * moved, 1000, "one second"),
        row("Heavy work: from Stop to the first update of the next run", 1000 * began, 1000, "one second"),
        row("Light pages, 10 sessions beside a painting, p95", *p95, "the same without"),
    ]


async def memory(app: Server) -> list[Row]:
    """Growth over many interactions of one session, and over many sessions that come and go."""
    for place in LIGHT:
        await sweep(app, place, WARM)
    before = await _settled(app)
    for place in LIGHT:
        await sweep(app, place, MOVES // 2)
    worked = await _settled(app)
    await _came_and_went(app, 2 * BATCH)  # the first crowd of a process makes what all later ones use again
    empty = await _settled(app)
    await _came_and_went(app, SESSIONS)
    left = await _settled(app)
    return [
        Row(f"Memory after {MOVES} interactions", worked, before, "before them", FLAT, "MB"),
        Row(f"Memory after {SESSIONS} sessions came and went", left, empty, "before them", FLAT, "MB"),
    ]


async def everything(app: str, text: str) -> list[Row]:
    """All rows, on two servers that have just begun."""
    ours, peer = Server(app), Server(text)
    return [*await memory(ours), *await light(ours, peer), *await anew(ours), *await heavy(ours)]


def main() -> None:
    """Load the app and the text page; both servers are stopped whatever happens."""
    with TemporaryDirectory() as home:
        given = {"TORCH_HOME": home, "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(FORGET)}
        with serving("serve.py", **given) as app, serving(TEXT, **given) as text:
            rows = asyncio.run(everything(app, text))
    report(rows, sys.argv[1:])


async def _came_and_went(app: Server, sessions: int) -> None:
    for _ in range(sessions // BATCH):
        async with crowd(app, LIGHT, BATCH) as everyone:
            await asyncio.gather(*(visitor.move(place.slider) for visitor, place in everyone))


async def _settled(app: Server) -> float:
    """Memory when all who left are forgotten. The session of one more visitor is what makes Streamlit look."""
    await asyncio.sleep(FORGET + SETTLE)
    await sweep(app, THRESHOLD, 2)
    await asyncio.sleep(FORGET + SETTLE)
    return app.memory()


if __name__ == "__main__":
    main()
