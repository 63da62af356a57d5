"""Files of weights go bad, go away or go in the wrong moment: words, the rest works, and so does the file that is back."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st

from core.zoo import cache, weights
from core.zoo.catalog import CARDS, card
from tests.faults.views import LONG, View, asking, errors, name, query
from tests.pages.conftest import put

ROOT = Path(__file__).parents[2]
SHIPPED = tuple(sorted({row.file for row in CARDS if row.bundled}))
VISION, CLASSIFIER = "lab-vision.safetensors", "lab-classifier.safetensors"
DAMAGED, GONE, MISSING = "is damaged.", "came with the lab, but they are gone.", "are not on this server yet."
MODEL = "squeezenet1_1"


def flip(file: Path) -> None:
    """One bit of the numbers is another."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut(file: Path) -> None:
    """Half of the file is there."""
    os.truncate(file, file.stat().st_size // 2)


FAULTS: dict[Callable[[Path], object], str] = {flip: DAMAGED, cut: DAMAGED, Path.unlink: GONE}
"""What happens to a file, and how a page tells it."""


@pytest.fixture
def shipped(monkeypatch, tmp_path) -> Path:
    """The folder of what ships with the lab: a copy, for things to happen to."""
    folder = shutil.copytree(weights.BUNDLE, tmp_path / "shipped")
    monkeypatch.setattr(weights, "BUNDLE", folder)
    return folder


@pytest.fixture(autouse=True)
def _nothing_known(no_weights, monkeypatch):
    """A server on which nobody has asked anything."""
    forget(monkeypatch)


def forget(monkeypatch) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


def restored(folder: Path) -> None:
    """Somebody installed the lab again: the files are as they were, and newer."""
    for file in SHIPPED:
        shutil.copy(ROOT / "assets/weights" / file, folder / file)


@pytest.mark.parametrize("view", asking(), ids=name)
def test_a_view_says_which_file_of_the_lab_is_bad_or_gone_and_works_once_it_is_back(open_page, shipped, view: View):
    for fault, words in FAULTS.items():
        restored(shipped)
        for file in SHIPPED:
            fault(shipped / file)
        at = open_page(view[0], query(view))
        assert errors(at), fault
        for problem in errors(at):
            assert words in problem
            assert "nstall the lab again. (" in problem
        assert at.title
    restored(shipped)
    if view not in LONG:
        at.run()
        assert not at.exception
        assert not at.main.error


@pytest.mark.parametrize("view", asking(), ids=name)
def test_a_view_says_so_when_a_file_vanishes_between_its_look_at_the_list_and_the_loading(
    open_page, shipped, monkeypatch, view: View
):
    def late(key, device):
        (shipped / card(key).file).unlink(missing_ok=True)
        return cache._load(key, device)

    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(late))
    at = open_page(view[0], query(view))
    assert errors(at)
    assert all(GONE in problem for problem in errors(at))
    assert not cache.CACHE._loading


def test_the_list_of_networks_says_what_is_gone_and_offers_no_download_of_it(open_page, shipped):
    (shipped / CLASSIFIER).unlink()
    at = open_page("pages/models.py")
    assert any(one.value.startswith("Came with the lab, but gone, ") for one in at.main.caption)
    assert not [one.label for one in at.main.button if "ownload" in one.label]
    at.button(key="load-lab-classifier").click().run()
    assert not at.exception
    assert all(GONE in problem for problem in errors(at))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_one_bad_file_leaves_the_networks_of_the_others(open_page, shipped, fault):
    fault(shipped / VISION)
    overview = open_page()
    assert not overview.main.error, "the classifier is another file"
    assert errors(open_page("pages/detector.py"))
    restored(shipped)
    fault(shipped / CLASSIFIER)
    assert not open_page("pages/detector.py").main.error
    assert errors(open_page("pages/attribution.py"))


@pytest.mark.parametrize(
    ("page", "model"),
    [
        *((page, MODEL) for page in ("app.py", "pages/attribution.py", "pages/saliency.py")),
        ("pages/segmenter.py", "lraspp"),
        ("pages/style.py", f"{MODEL}-features"),  # its view Look inside: a painting asks the network after Start
    ],
)
def test_a_downloaded_file_that_is_cut_or_vanishes_is_explained_and_works_once_it_is_back(
    open_page, monkeypatch, page, model
):
    file, part = put(MODEL if "-" in model else model), {"part": "Look inside"} if "style" in page else {}
    whole = file.read_bytes()
    cut(file)
    at = open_page(page, {"methods": "Grad-CAM", "model": model, **part})
    assert errors(at)
    assert all(DAMAGED in problem and "Download it again (" in problem for problem in errors(at))

    def late(key, device):
        file.unlink(missing_ok=True)
        return cache._load(key, device)

    file.write_bytes(whole)
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(late))
    at.run()
    assert errors(at)
    assert all(MISSING in problem for problem in errors(at))
    file.write_bytes(whole)
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    at.run()
    assert not at.exception
    assert not at.main.error


CUT_WHILE_LOADED = """
import os, sys
from pathlib import Path
from core.zoo import cache, weights
from core.zoo.catalog import CARDS

weights.BUNDLE = Path(sys.argv[1])
networks = [cache.load(row.key) for row in CARDS if row.bundled]
for file in weights.BUNDLE.glob("*.safetensors"):
    os.truncate(file, 10)
print(sum(tensor.sum().isfinite().item() for one in networks for tensor in one.module.state_dict().values()) > 0)
"""


def test_a_file_that_is_cut_short_under_a_loaded_network_does_not_end_the_server(shipped):
    """In a process of its own: a map of such a file is a bus error, which no program survives."""
    command = [sys.executable, "-c", CUT_WHILE_LOADED, str(shipped)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["True"]
