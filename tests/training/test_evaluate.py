import json
from pathlib import Path
from urllib.error import URLError

import pytest
import torch
import torchvision
from torch import nn

from core.networks.lab_classifier import CLASSES, lab_classifier
from core.networks.lab_vision import LabVision
from training.data import Split, things
from training.evaluate import TenOfThousand, baseline, evaluate, main
from training.export import export, rounded
from training.labels import FOLDERS, label
from training.metrics import Confusion
from training.pictures import View
from training.predict import labels, probabilities
from training.report import table


class Always(nn.Module):
    """Says the same to every picture."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.logits = nn.functional.one_hot(torch.tensor([label(name)]), len(CLASSES)).float() * 20

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.logits.expand(len(x), -1)


CPU = torch.device("cpu")


def test_a_network_that_says_cat_is_right_about_cats(drawn):
    report = evaluate(Always("cat"), drawn, View.CROP, CPU)
    assert (report.imagenette.count, report.imagenette.top1) == (20, 0)
    assert (report.animals.count, report.animals.top1) == (12, pytest.approx(1 / 6))
    assert report.whole_photos == pytest.approx(1 / 6)
    assert report.samples["cat"] > 0.99
    assert report.samples["astronaut"] < 0.01
    assert report.called == {"cat": "cat", "astronaut": "cat"}
    assert Confusion("church", "cat", 2) in report.imagenette.confusions


def test_the_table_shows_every_class_and_the_worst_confusions(drawn):
    report = evaluate(Always("dog"), drawn, View.STRETCH, CPU)
    text = table(report, report.imagenette)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    assert ["dog", "Imagenette", "2", "1.000", "1.000"] in rows
    assert ["dog", "animal crops", "2", "1.000", ""] in rows
    assert all(any(row[0] == name for row in rows) for name in CLASSES)
    assert sum(row[1:2] == ["dog"] for row in rows) == 8
    assert "stretch" in text


def test_predictions_do_not_depend_on_the_batch(drawn):
    network = lab_classifier()
    photos = things(drawn, Split.VALIDATION)
    together = probabilities(network, photos, view=View.CROP, side=64, device=CPU)
    for photo, row in zip(photos, together, strict=True):
        alone = probabilities(network, [photo], view=View.CROP, side=64, device=CPU)[0]
        assert torch.allclose(alone, row, atol=1e-5)
    assert labels(photos).tolist() == [photo.label for photo in photos]


def test_the_stock_network_is_asked_for_the_ten_classes_alone():
    logits = torch.randn(1, 1000, generator=torch.Generator().manual_seed(0))
    stock = nn.Linear(1, 1000, bias=False)
    stock.weight.data = logits.T
    with torch.no_grad():
        ours = TenOfThousand(nn.Sequential(nn.Flatten(1), stock))(torch.ones(1, 1, 1, 1))[0]
    for folder in FOLDERS:
        assert ours[label(folder.name)] == logits[0, folder.imagenet]
    assert ours.isinf().sum() == 5


def written(folder: Path) -> list[str]:
    """Random weights of everything, and the options that name them."""
    export(lab_classifier().state_dict(), folder / "classifier")
    (folder / "vision").write_bytes(rounded(LabVision().state_dict(), {}))
    return ["--weights", str(folder / "classifier"), "--vision", str(folder / "vision")]


def test_writes_what_it_prints(drawn, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["--data", str(drawn), "--out", str(out), "--no-baseline", *written(tmp_path)]) == 0
    assert (out / "metrics.md").read_text() == capsys.readouterr().out[:-1]
    facts = json.loads((out / "metrics.json").read_text())
    assert facts["classifier"]["view"] == "inner crop"
    assert len(facts["classifier"]["animals"]["classes"]) == 6
    assert [row["name"] for row in facts["vision"]["detectors"]] == ["lab-yolo", "lab-yolo-14"]
    assert [row["stride"] for row in facts["vision"]["segmenters"]] == [32, 16, 8]


@pytest.mark.parametrize(
    ("option", "module"), [("--weights", "training.classifier"), ("--vision", "training.vision")], ids=str
)
def test_missing_weights_are_said_plainly(drawn, tmp_path, capsys, option, module):
    given = written(tmp_path)
    given[given.index(option) + 1] = str(tmp_path / "none")
    assert main(["--data", str(drawn), "--no-baseline", *given]) == 1
    assert f"python -m {module}" in capsys.readouterr().err


def test_a_stock_network_that_cannot_be_fetched_is_said_plainly(drawn, tmp_path, capsys, monkeypatch):
    ours = torchvision.models.squeezenet1_1

    def unreachable(weights=None):
        if weights:
            raise URLError("Name or service not known")
        return ours()

    monkeypatch.setattr(torchvision.models, "squeezenet1_1", unreachable)
    assert main(["--data", str(drawn), "--out", str(tmp_path), *written(tmp_path)]) == 1
    assert "--no-baseline" in capsys.readouterr().err


@pytest.mark.weights
def test_the_stock_network_gets_photos_with_its_own_names(drawn, torch_home):
    scores = baseline(drawn, View.INNER_CROP, CPU)
    assert scores.count == 20
    assert {row.name for row in scores.classes} == {folder.counts_as for folder in FOLDERS}
    assert {pair.called for pair in scores.confusions} <= {folder.counts_as for folder in FOLDERS}
