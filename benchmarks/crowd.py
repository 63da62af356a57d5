"""Many visitors at once: what they do, how long each answer takes, and what it costs the server."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import psutil

from benchmarks.visitor import Answer, Visitor, visiting

THINKING = (3.0, 7.0)  # seconds between an answer and the next control, drawn evenly: one in 5 s on the mean
AT_ONCE = 4  # visitors who open their page in the same moment
BEFORE = re.compile(r"(\d+) runs? before yours")
PROGRESS = re.compile(rf"{BEFORE.pattern}|^(Starting$|Update \d+ of|(Paused|Stopped) at|Done after)")


@dataclass(frozen=True, slots=True)
class Place:
    """A page and the slider that its visitors move."""

    path: str
    slider: str


@dataclass(frozen=True, slots=True)
class Played:
    """What a crowd has measured: seconds of each answer, and CPU seconds of the server for all of them."""

    seconds: tuple[float, ...]
    cpu: float


class Server:
    """The process that serves `address`, from outside."""

    def __init__(self, address: str) -> None:
        self.address = address
        port = address.rpartition(":")[2]
        (self._process,) = [one for one in psutil.Process().children() if port in one.cmdline()]

    def memory(self) -> float:
        """Resident megabytes (2**20 bytes)."""
        return self._process.memory_info().rss / 2**20

    def cpu(self) -> float:
        """Seconds of CPU since it began."""
        times = self._process.cpu_times()
        return times.user + times.system


@asynccontextmanager
async def crowd(server: Server, places: Sequence[Place], count: int) -> AsyncIterator[list[tuple[Visitor, Place]]]:
    """`count` visitors with open pages, spread evenly over `places`."""
    async with AsyncExitStack() as stack:
        gate = asyncio.Semaphore(AT_ONCE)
        everyone = [
            (await stack.enter_async_context(visiting(server.address, place.path)), place)
            for place in (places[index % len(places)] for index in range(count))
        ]

        async def come(visitor: Visitor) -> Answer:
            async with gate:
                return await visitor.open()

        await asyncio.gather(*(come(visitor) for visitor, _ in everyone))
        yield everyone


async def play(server: Server, everyone: Sequence[tuple[Visitor, Place]], seconds: float, seed: int) -> Played:
    """Let everyone think and move a slider, again and again for so long. Who waits for an answer does nothing else."""
    end, before, taken = time.monotonic() + seconds, server.cpu(), []

    async def one(visitor: Visitor, place: Place, chance: random.Random) -> None:
        await asyncio.sleep(chance.uniform(0, THINKING[1]))  # nobody begins together
        while time.monotonic() < end:
            answer = await visitor.move(place.slider, chance.choice((-1, 1)))
            taken.append(answer.seconds)
            await asyncio.sleep(chance.uniform(*THINKING))

    await asyncio.gather(
        *(one(visitor, place, random.Random(1000 * seed + index)) for index, (visitor, place) in enumerate(everyone))
    )
    return Played(tuple(taken), server.cpu() - before)


async def sweep(server: Server, place: Place, moves: int) -> Played:
    """One visitor who moves the slider without a pause: to and fro, until as many answers are there."""
    async with crowd(server, [place], 1) as [(visitor, _)]:
        before = server.cpu()
        taken = [(await visitor.move(place.slider, 1 if turn // 12 % 2 else -1)).seconds for turn in range(moves)]
        return Played(tuple(taken), server.cpu() - before)


class Runner:
    """A visitor who watches a long run: the clock of the page goes on while its buttons are pressed."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._asking = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self.words = ""

    @property
    def before(self) -> int | None:
        """How many runs the page says are before this one; None where it says something else."""
        match = BEFORE.search(self.words)
        return int(match[1]) if match else None

    async def press(self, label: str) -> float:
        """Press a button of the run, and return the seconds until its answer was there."""
        async with self._asking:
            answer = await self._visitor.press(label)
            self._read(answer)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        return answer.seconds

    async def until(self, words: str, patience: float = 60.0) -> float:
        """Wait until the line of progress matches `words`, and return the seconds that took.

        Raises:
            TimeoutError: it did not in time.
        """
        start = time.perf_counter()
        async with asyncio.timeout(patience):
            while not re.search(words, self.words):
                await asyncio.sleep(0.02)
        return time.perf_counter() - start

    async def leave(self) -> None:
        """Look no longer; an error of the watching is raised here."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching

    async def _watch(self) -> None:
        while (pause := self._visitor.pause()) is not None:
            await asyncio.sleep(pause)
            async with self._asking:
                if self._visitor.pause() is not None:
                    self._read(await self._visitor.tick())

    def _read(self, answer: Answer) -> None:
        told = [text for text in answer.texts() if PROGRESS.search(text)]
        self.words = told[-1] if told else self.words
