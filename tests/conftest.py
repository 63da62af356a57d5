"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest
import torch

SHARED_TORCH_HOME = Path(__file__).resolve().parents[2] / "shared" / "torch_home"
SQUEEZENET = Path("hub/checkpoints/squeezenet1_1-b8a52dc0.pth")


APART = ("core", "pages", "ui")
"""Folders that `make test` runs one after the other in one of its two processes; all others make a fourth group."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests of a folder stay together, in their order: what one leaves behind for the next is found always or never."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    item.add_marker(pytest.mark.xdist_group(folder if folder in APART else "others"))


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest) -> torch.device:
    """Every device of this machine that experiments may run on."""
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    return torch.device(request.param)


@pytest.fixture
def torch_home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A TORCH_HOME that holds SqueezeNet 1.1, for tests marked `weights`."""
    for home in (os.environ.get("TORCH_HOME"), str(SHARED_TORCH_HOME)):
        if home and (Path(home) / SQUEEZENET).is_file():
            monkeypatch.setenv("TORCH_HOME", home)
            return Path(home)
    pytest.skip(f"no {SQUEEZENET.name} in TORCH_HOME or {SHARED_TORCH_HOME.name}/ beside the project")
