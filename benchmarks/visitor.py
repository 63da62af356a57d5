"""A visitor without a browser: Streamlit's own messages over a real websocket, so that fifty fit beside the server they load.

What a browser does after the answer (to draw it) is not in it: `benchmarks.interaction` times that. Messages that a browser
keeps are sent anew to this visitor, so the server sends no less than it would.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 120.0  # seconds until a server that does not answer is given up
LARGEST = 200 * 2**20  # bytes of one message, as Streamlit's own limit
ENDED = {
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
}


class FailedPageError(RuntimeError):
    """The page showed an exception."""


@dataclass(frozen=True, slots=True)
class Control:
    """A widget as it was last sent, and the fragment that its change runs (empty: the page)."""

    element: Element
    fragment: str


@dataclass(slots=True)
class Answer:
    """What one run of the script sent: its elements in their order, in how many bytes and seconds."""

    elements: list[Element] = field(default_factory=list)
    size: int = 0
    seconds: float = 0.0

    def texts(self) -> list[str]:
        """All Markdown, captions included."""
        return [one.markdown.body for one in self.elements if one.WhichOneof("type") == "markdown"]


class Visitor:
    """One session. Ask for one thing at a time."""

    def __init__(self, socket: ClientConnection, path: str, query: str) -> None:
        self._socket = socket
        self._path = path
        self._query = query
        self._page = ""  # as the server names it, from its first answer on: what it runs again by itself is that page
        self._states: dict[str, WidgetState] = {}
        self.controls: dict[str, Control] = {}

    async def open(self) -> Answer:
        """Run the page for the first time."""
        return await self._ask()

    async def move(self, label: str, steps: int = 1) -> Answer:
        """Move the slider called `label` by so many of its steps; it turns back at its ends."""
        control = self.controls[label]
        slider = control.element.slider
        held = self._states.get(slider.id)
        now = held.double_array_value.data[0] if held else slider.default[0]
        wanted = now + steps * slider.step
        if not slider.min <= wanted <= slider.max:
            wanted = now - steps * slider.step
        state = WidgetState(id=slider.id)
        state.double_array_value.data.append(wanted)
        self._states[slider.id] = state
        return await self._ask(control.fragment)

    async def press(self, label: str) -> Answer:
        """Press the button called `label`."""
        control = self.controls[label]
        return await self._ask(control.fragment, WidgetState(id=control.element.button.id, trigger_value=True))

    def pause(self) -> float | None:
        """Seconds after which the clock of a run asks for its next part; None where it stands still."""
        pause = self._clock()["pause"]
        return None if pause is None else pause / 1000

    async def tick(self) -> Answer:
        """Ask for the next part of a run, as its clock does."""
        control = self.controls["clock"]
        asked = json.dumps([{"event": "tick", "value": self._clock()["turn"]}])
        events = _events(control.element.bidi_component.id)
        return await self._ask(control.fragment, WidgetState(id=events, json_trigger_value=asked))

    def _clock(self) -> dict[str, int | None]:
        clock = self.controls["clock"].element.bidi_component
        return json.loads(clock.json or clock.mixed.json)

    async def _ask(self, fragment: str = "", trigger: WidgetState | None = None) -> Answer:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.fragment_id, state.page_script_hash = self._query, fragment, self._page
        state.page_name = "" if self._page else self._path
        state.widget_states.widgets.extend([*self._states.values(), *([trigger] if trigger else [])])
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            answer = await self._answer()
        answer.seconds = time.perf_counter() - start
        return answer

    async def _answer(self) -> Answer:
        answer = Answer()
        while True:
            received = await self._socket.recv()
            message = ForwardMsg.FromString(received)
            answer.size += len(received)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self._page = message.navigation.page_script_hash
            elif kind == "delta" and message.delta.HasField("new_element"):
                self._keep(message.delta.new_element, message.delta.fragment_id, answer)
            elif kind == "script_finished" and message.script_finished in ENDED:
                return answer

    def _keep(self, element: Element, fragment: str, answer: Answer) -> None:
        answer.elements.append(element)
        match element.WhichOneof("type"):
            case "slider":
                self.controls[element.slider.label] = Control(element, fragment)
            case "button":
                self.controls[element.button.label] = Control(element, fragment)
            case "bidi_component":
                self.controls[element.bidi_component.component_name] = Control(element, fragment)
            case "exception":
                raise FailedPageError(element.exception.message)


@asynccontextmanager
async def visiting(address: str, path: str = "", query: str = "") -> AsyncIterator[Visitor]:
    """A visitor of the page at `path` whose tab is closed at the end; nothing has been asked yet."""
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], max_size=LARGEST, origin=address) as socket:
        yield Visitor(socket, path, query)


def _events(component: str) -> str:
    """The address of what a component tells, made from its own by the rule of Streamlit 1.67."""
    from streamlit.components.v2.bidi_component.main import _make_trigger_id

    return _make_trigger_id(component, "events")
