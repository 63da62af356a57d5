"""Pages as a visitor opens them, on a server with weights or without."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache as remember
from pathlib import Path

import pytest
import streamlit as st
import torch
import torchvision
from streamlit.testing.v1 import AppTest

from core.zoo import cache, catalog, weights
from core.zoo.catalog import card
from core.zoo.model_card import Task
from tests.core.zoo import darknet_files, detector_files
from tests.core.zoo.conftest import Server
from tests.core.zoo.conftest import server as server
from tests.sessions import no_search_for_components as no_search_for_components
from tests.sessions import torch_is_there as torch_is_there
from ui.cached import adversarial, attributions, detections, fast_stylings, looks, segmentations, suppressions

APP = Path(__file__).parents[2] / "app.py"

Open = Callable[..., AppTest]


@remember
def random_weights(key: str) -> bytes:
    """A file of torchvision's weights of a network, but random: its last layers are large enough that classes differ."""
    row = card(key)
    name = row.file.rpartition("-")[0].removesuffix("_coco")
    spread, options = 0.3, {}
    if row.task is Task.DETECT:
        return detector_files.random_weights(row)
    if row.task is Task.SEGMENT:
        spread, options = 3.0, {"weights_backbone": None, **({} if key == "lraspp" else {"aux_loss": True})}
    file = io.BytesIO()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = torchvision.models.get_model(name, weights=None, **options)
        for layer in network.modules():
            if isinstance(layer, torch.nn.Conv2d) and layer.out_channels in (21, 1000):
                torch.nn.init.normal_(layer.weight, std=spread)
    torch.save(network.state_dict(), file)
    return file.getvalue()


def put(key: str, content: bytes | None = None) -> Path:
    """The weights of a network on this server: `content`, or random ones. Where they need a config, one of ours is with them."""
    row, target = card(key), weights.path(card(key))
    if row.config:
        darknet_files.put(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    if content is not None or not row.config:
        target.write_bytes(random_weights(key) if content is None else content)
    return target


@pytest.fixture(autouse=True)
def _no_network_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what depends on the server: looks at photos, and networks. Descents and pictures follow from their
    arguments alone, so they stay cached and the tests stay quick."""
    doors = (looks._look, looks._things, looks._regions, looks._maps, suppressions._candidates)
    for door in (
        *doors,
        detections._seen,
        detections._found,
        segmentations._segmented,
        segmentations._sureness,
        segmentations._maps,
        attributions._opened,
        attributions._explain,
        adversarial._clean,
        adversarial._attacked,
        fast_stylings._painted,
    ):
        door.clear()
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server that has no weights but those that ship with the lab, and may not fetch any."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("VISION_LAB_OFFLINE", "1")


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server that has no weights but those that ship with the lab, and may fetch the others from where they are."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv("VISION_LAB_OFFLINE", raising=False)
    monkeypatch.delenv("VISION_LAB_MIRROR", raising=False)


@pytest.fixture(params=["lab-classifier", pytest.param("squeezenet1_1", marks=pytest.mark.weights)])
def network(request: pytest.FixtureRequest) -> str:
    """A classifier whose weights are here: the lab's own on a server without others, and the smallest of torchvision's."""
    request.getfixturevalue("no_weights" if request.param == "lab-classifier" else "torch_home")
    return request.param


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch, server: Server) -> Callable[[str, bytes], None]:
    """`publish("squeezenet1_1", body)`: a web server of this machine has `body` as the weights of that network, and the
    catalogue says so."""

    def published(key: str, body: bytes) -> None:
        monkeypatch.setenv("VISION_LAB_MIRROR", server.base)
        file, digest = card(key).file, hashlib.sha256(body).hexdigest()
        rows = [replace(row, size=len(body), digest=digest) if row.file == file else row for row in catalog.CARDS]
        monkeypatch.setattr(catalog, "CARDS", tuple(rows))
        server.resumes(body)

    return published


@pytest.fixture
def open_page() -> Open:
    """`open_page("pages/anchors.py", photo="coffee")`: the page as that link opens it in a new session."""

    def opened(page: str = "app.py", query: dict[str, str] | None = None, **more: str) -> AppTest:
        at = AppTest.from_file(APP, default_timeout=120)
        if page != "app.py":
            at.switch_page(page)
        at.query_params.update({**(query or {}), **more})
        at.run()
        assert not at.exception
        return at

    return opened


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Every file a page offers by its name, made as a click on its button makes it: in a thread without a session. The newest
    of each.
    """
    offered: dict[str, bytes] = {}
    button = st.download_button

    def spy(label: str, data: Callable[[], str | bytes], name: str, *given: object, **options: object) -> object:
        with ThreadPoolExecutor(1) as click:
            content = click.submit(data).result()
        offered[name] = content.encode() if isinstance(content, str) else content
        return button(label, data, name, *given, **options)

    monkeypatch.setattr(st, "download_button", spy)
    return offered


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The file of every picture a page shows, by its alternative text; the newest of each."""
    shown: dict[str, bytes] = {}
    show = st.image

    def spy(image: bytes, *, alt: str, **options: object) -> object:
        shown[alt] = image
        return show(image, alt=alt, **options)

    monkeypatch.setattr(st, "image", spy)
    return shown
