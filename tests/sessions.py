"""Sessions as visitors play them: what each needs once, and what a visitor does with files and links."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from PIL import Image
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from core.images.photo import Photo
from core.images.samples import sample
from ui import preload


@pytest.fixture(scope="session", autouse=True)
def torch_is_there() -> None:
    """Otherwise the first test of a session would see the lab while it starts."""
    preload.wait()


@pytest.fixture(scope="session", autouse=True)
def no_search_for_components() -> Iterator[None]:
    """AppTest searches all installed packages for browser components, a tenth of a second for each session it plays.
    The lab's own are registered as they are imported, and it uses no others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BidiComponentManager, "discover_and_register_components", lambda self, **options: None)
        yield


def file(width: int, height: int, kind: str = "PNG", *, turned: bool = False, shade: int = 120) -> bytes:
    """An encoded grey picture; `turned`: held upright by an EXIF orientation of 6 (90 degrees clockwise)."""
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (width, height), (shade, shade, shade)).save(out, kind, exif=exif)
    return out.getvalue()


def upload(at: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    """The page after a visitor dropped files into the tray."""
    at.file_uploader(key="tray-Files-0").set_value(list(files)).run()
    assert not at.exception
    return at


def chosen(at: AppTest) -> Photo:
    """The photo that is chosen."""
    key = at.session_state["photo"]
    own = at.session_state["own_photos"]
    return own[key] if key in own else sample(key)


def hidden(at: AppTest) -> list[str]:
    """The parts that a teacher's link hides on a page."""
    return [
        part for one in at.html if "part-" in one.value for part in re.findall(r"\.st-key-part-([a-z]+),", one.value)
    ]


def headings(at: AppTest) -> list[str]:
    """The headings of the sections of a page."""
    found = [one.value.splitlines()[0] for one in at.markdown]
    return [line.removeprefix("## ") for line in found if line.startswith("## ")]


def popovers(at: AppTest) -> list[str]:
    """What the popovers of a page are called."""
    return [one.proto.popover.label for one in at.get("popover")]


def opened(at: AppTest, label: str) -> AppTest:
    """The page after a visitor opened every popover called `label`; those that say so are filled only while they are open."""
    closed = [one.proto for one in at.get("popover") if one.proto.id and not one.proto.popover.open]
    keys = [proto.id.split("-", 2)[2] for proto in closed if proto.popover.label == label]
    for key in keys:
        at.session_state[key] = True
    if keys:
        at.run()
        assert not at.exception
    return at


def link(at: AppTest) -> dict[str, str | list[str]]:
    """The query of the link that the page offers; a name that it holds several times has a list."""
    (address,) = [code.value for code in opened(at, "Link").code if code.language == "plaintext"]
    query = parse_qs(address.split("?", 1)[1], keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else values for name, values in query.items()}
