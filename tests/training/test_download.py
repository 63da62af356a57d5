import pytest
from PIL import Image

from training import download as module
from training.data import Split, animals
from training.download import download


class Photos:
    """In place of torchvision's VOCDetection: one photo of a sheep."""

    def __init__(self, root: str, *, year: str, image_set: str, download: bool) -> None:
        assert (year, download) == ("2012", True)
        self.name = f"{image_set}.jpg"

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int):
        box = {"xmin": "1", "ymin": "1", "xmax": "400", "ymax": "300"}
        notes = {"filename": self.name, "object": [{"name": "sheep", "bndbox": box}]}
        return Image.new("RGB", (400, 300)), {"annotation": notes}


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    found: list[str] = []

    def imagenette(root: str, **settings: object) -> None:
        found.append(f"imagenette {settings['size']}")

    monkeypatch.setattr(module, "Imagenette", imagenette)
    monkeypatch.setattr(module, "VOCDetection", Photos)
    return found


def test_fetches_both_and_leaves_what_training_reads(asked, tmp_path):
    download(tmp_path / "data")
    assert asked == ["imagenette 160px"]
    for split in Split:
        (sheep,) = animals(tmp_path / "data", split)
        assert sheep.file.name == f"{split.value}.jpg"
        assert sheep.box == (0, 0, 320, 240)


def test_fetches_nothing_twice(asked, tmp_path, monkeypatch):
    download(tmp_path)
    (tmp_path / "imagenette160").mkdir()
    monkeypatch.setattr(module, "VOCDetection", lambda *_, **__: pytest.fail("asked again"))
    download(tmp_path)
    assert asked == ["imagenette 160px"]
