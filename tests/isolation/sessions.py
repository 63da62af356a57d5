"""Sixteen visitors over real websockets, and what each of them sees in the end."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from benchmarks.visitor import ENDED, LARGEST, PATIENCE, Answer, Visitor
from tests.browser import server

Seen = dict[tuple[int, ...], str]
"""What stands where on a page, as text."""

TIMING = re.compile(r"[\d.,]+( |\\302\\240)(ms|s|MB)\b|deferred_file_id: \"\w+\"")
"""What differs from run to run: how long it took, the memory of the server, and the name of a file that is not made yet."""


@dataclass(frozen=True, slots=True)
class Session:
    """A page and the link that a visitor opens it with."""

    path: str
    query: str

    def __str__(self) -> str:
        return f"/{self.path}?{self.query}"


SESSIONS = (
    *(Session("", f"photo=cat&roll={roll}") for roll in (1, 40, 80)),
    *(Session("", f"photo={photo}") for photo in ("astronaut", "rocket")),
    *(Session("detector", f"photo=cat&roll={roll}") for roll in (2, 45)),
    Session("detector", "photo=astronaut"),
    Session("detector", "photo=crowd&part=Inside+the+grid"),
    *(Session("attribution", f"photo=cat&methods=Grad-CAM&roll={roll}") for roll in (3, 50)),
    Session("attribution", "photo=coffee&methods=Grad-CAM&part=Layers"),
    *(Session("segmenter", f"photo=cat&roll={roll}") for roll in (4, 55)),
    *(Session("nms", f"photo=cat&iou={iou}&roll={roll}") for iou, roll in ((0.3, 5), (0.7, 60))),
)


class Looking(Visitor):
    """A visitor who remembers what is on the page."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)
        self.seen: Seen = {}

    async def _answer(self) -> Answer:
        while True:
            message = ForwardMsg.FromString(await self._socket.recv())
            if message.WhichOneof("type") == "delta":
                self._place(tuple(message.metadata.delta_path), message.delta)
            elif message.WhichOneof("type") == "script_finished" and message.script_finished in ENDED:
                return Answer()

    def _place(self, path: tuple[int, ...], delta: Delta) -> None:
        kind = delta.WhichOneof("type")
        if kind not in ("new_element", "add_block"):
            return
        self.seen = {place: what for place, what in self.seen.items() if place[: len(path)] != path}
        self.seen[path] = TIMING.sub("…", str(delta.new_element if kind == "new_element" else delta.add_block))


@contextmanager
def serving(fault: str) -> Iterator[str]:
    """A server with this fault, or with none; its address."""
    port = server.free_port()
    command = [sys.executable, "-m", "tests.isolation.planted", fault, str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=server.ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, **quiet)
    try:
        yield server.answering(port, process)
    finally:
        process.kill()
        process.wait(10)


def one_by_one(address: str, sessions: Sequence[Session] = SESSIONS) -> list[Seen]:
    """What each session sees that is alone on the server."""

    async def visits() -> list[Seen]:
        return [await _visit(address, session) for session in sessions]

    return asyncio.run(visits())


def at_once(address: str, sessions: Sequence[Session] = SESSIONS) -> list[Seen]:
    """What each session sees when all open their page in the same moment."""

    async def visits() -> list[Seen]:
        return list(await asyncio.gather(*(_visit(address, session) for session in sessions)))

    return asyncio.run(visits())


def mixed_up(alone: Sequence[Seen], together: Sequence[Seen], sessions: Sequence[Session] = SESSIONS) -> list[str]:
    """The sessions that see anything else than alone, and what."""
    found = []
    for session, one, other in zip(sessions, alone, together, strict=True):
        places = [place for place in sorted(one.keys() | other.keys()) if one.get(place) != other.get(place)]
        if places:
            first = places[0]
            found.append(f"{session}: {len(places)} places, first {first}: {one.get(first)!r} != {other.get(first)!r}")
    return found


async def _visit(address: str, session: Session) -> Seen:
    async with _visiting(address, session) as visitor:
        async with asyncio.timeout(PATIENCE):
            await visitor.open()
        assert visitor.seen
        return visitor.seen


@asynccontextmanager
async def _visiting(address: str, session: Session) -> AsyncIterator[Looking]:
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], max_size=LARGEST, origin=address) as socket:
        yield Looking(socket, session.path, session.query)
