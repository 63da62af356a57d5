"""Pages with nothing but a run to watch: the journeys of `test_live.py` run on them.

The run is a convolution net of about 30 ms a step that makes waves of a picture, one slot for all visitors. `?name=` is the
visitor's, under which steps are counted; `?steps=` how many there are; `?breaks=` the step that fails; `?slow=` more
seconds a step.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st
import torch
from PIL import Image

from core.engine import ENGINE, Ticket
from core.errors import SettingError
from core.experiments.cost import Meter
from core.steps import Step
from ui import live, preload
from ui.cached import queue
from viz.images import encode

ENGINE._slots = lambda device: 1  # on any machine
PASS = 0.05  # seconds that a pass takes in the page with an answer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wave(Step):
    """A picture in [0, 1] of (height, width, 3), and the gain it was made with."""

    picture: torch.Tensor
    gain: int


@st.cache_resource(max_entries=1)
def computed() -> Counter[str]:
    """How many steps each visitor's runs have computed in this process."""
    return Counter()


@st.cache_resource(max_entries=1)
def network() -> torch.nn.Module:
    """Frozen, about 20 ms on a free core for 240 x 320 pixels."""
    torch.manual_seed(0)
    layers = [
        torch.nn.Conv2d(3, 16, 3, padding=1),
        torch.nn.Tanh(),
        torch.nn.Conv2d(16, 16, 3, padding=1),
        torch.nn.Tanh(),
    ]
    return torch.nn.Sequential(*layers, torch.nn.Conv2d(16, 3, 3, padding=1)).requires_grad_(False)


def waves(gain: int, name: str, steps: int, breaks: int, slow: float) -> Iterator[Wave]:
    """The run."""
    net, count = network(), computed()
    x = torch.linspace(0, 1, 3 * 240 * 320).reshape(1, 3, 240, 320)
    for index in range(steps + 1):
        if index == breaks:
            raise SettingError("The gain is too high for this picture.", "Choose a lower gain.")
        if index:
            with torch.no_grad():
                x = 0.5 + 0.5 * torch.sin(x + 0.3 * gain * net(x))
            time.sleep(slow)
        count[name] += 1
        gain = (yield Wave(index=index, picture=x[0].permute(1, 2, 0).clone(), gain=gain)) or gain


def draw(shown: live.Shown[Wave]) -> None:
    """The picture, or the place where it will be."""
    if shown.newest is None:
        st.text("nothing yet")
        return
    pixels = Image.fromarray((shown.newest.picture.numpy() * 255).round().astype("uint8"))
    st.image(encode(pixels).data, width=320, alt=f"Waves after step {shown.newest.index}")
    st.text(f"picture {shown.newest.index}, gain {shown.newest.gain}")
    if shown.phase.ended:
        st.text(f"history of {len(shown.history)} from {shown.history[0].index} to {shown.history[-1].index}")


def run() -> None:
    """The page with the run."""
    st.title("Run")
    asked = st.query_params
    name = st.session_state.setdefault("name", asked.get("name", "a"))
    plan = st.session_state.setdefault(
        "plan", (int(asked.get("steps", 100_000)), int(asked.get("breaks", -1)), float(asked.get("slow", 0)))
    )
    gain = st.slider("Gain", 1, 9, 1, key="gain")
    of = st.radio("Photo", ["cat", "rocket"], key="of", horizontal=True)
    total = plan[0]
    live.watch("toy", of, lambda gain: waves(gain, name, *plan), gain, draw, total=total if total < 100_000 else None)
    st.text(f"gain is {gain}, photo is {of}")
    st.page_link(OTHER, label="To the other page")


@st.fragment
def view(steps: int, slow: float) -> None:
    """A run in a fragment, with elements below it that take their time: one more of them for a gain of 2."""
    gain = st.slider("Gain", 1, 9, 1, key="gain-inside")
    shown = live.watch("toy", "cat", lambda gain: waves(gain, "c", steps, -1, 0), gain, draw, total=steps)
    st.text("right below")
    if gain == 2:
        st.text("only for a gain of 2")
    time.sleep(slow)
    st.text(f"below, at gain {gain}, {shown.phase.value}")
    st.text("the end of it")


def inside() -> None:
    """The page with a run in a fragment."""
    st.title("Inside")
    asked = st.query_params
    view(*st.session_state.setdefault("inside", (int(asked.get("steps", 100_000)), float(asked.get("slow", 0)))))
    st.text("outside")


def other() -> None:
    """Another page, which can tell what was computed."""
    st.title("Other")
    looks = st.session_state["looks"] = st.session_state.get("looks", 0) + 1
    st.text(f"look {looks}: a computed {computed()['a']}, b computed {computed()['b']}")
    st.button("Look again")
    st.page_link(RUN, label="To the run")


RUN = st.Page(run, title="Run", default=True)


def answer() -> None:
    """A page whose answer takes passes without end, the visitor's `?name=` among what is counted."""
    st.title("Answer")
    st.text("it is computed now")
    queue.through_engine(lambda ticket: passes(st.query_params["name"], ticket))


def passes(name: str, ticket: Ticket | None) -> None:
    """What a cached door computes, without an end."""
    queue.needs(ticket)
    with Meter(torch.device("cpu")) as meter:
        one = meter.counted(time.sleep)
        while True:
            one(PASS)
            computed()[name] += 1


OTHER = st.Page(other, title="Other", url_path="other")
INSIDE = st.Page(inside, title="Inside", url_path="inside")
ANSWER = st.Page(answer, title="Answer", url_path="answer")

if __name__ == "__main__":
    preload.start()
    st.navigation([RUN, OTHER, INSIDE, ANSWER], position="hidden").run()
