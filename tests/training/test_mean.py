"""The mean of finished weights."""

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from core.errors import StartError
from core.networks.lab_classifier import lab_classifier
from training.export import export, exported
from training.mean import main, mean


@pytest.fixture
def two(tmp_path):
    files = tmp_path / "one", tmp_path / "other"
    for seed, file in enumerate(files):
        torch.manual_seed(seed)
        export(lab_classifier().state_dict(), file, {"recipe": f"recipe {seed}"})
    return files


def test_every_number_is_the_mean_of_those_in_its_place(two):
    one, other = map(load_file, two)
    found = mean(two)
    for name, tensor in found.items():
        torch.testing.assert_close(tensor, (one[name].float() + other[name].float()) / 2)


def test_the_mean_of_one_file_is_that_file(two):
    assert all(torch.equal(tensor, load_file(two[0])[name].float()) for name, tensor in mean(two[:1]).items())


def test_the_command_writes_weights_that_load_and_names_both_recipes(two, tmp_path):
    assert main([*map(str, two), "--out", str(tmp_path / "mean")]) == 0
    assert exported(tmp_path / "mean")(torch.zeros(1, 3, 64, 64)).shape == (1, 15)
    with safe_open(tmp_path / "mean", framework="pt") as opened:
        assert opened.metadata()["mean of"] == "recipe 0 + recipe 1"


def test_files_that_do_not_fit_are_refused(two, tmp_path, capsys):
    assert main([str(tmp_path / "none"), "--out", str(tmp_path / "mean")]) == 1
    assert "There are no weights at" in capsys.readouterr().err
    save_file({"x": torch.ones(1)}, tmp_path / "strange")
    with pytest.raises(StartError, match="different networks"):
        mean([two[0], tmp_path / "strange"])
