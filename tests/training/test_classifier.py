"""The whole training, on drawn pictures."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core.networks.lab_classifier import CLASSES
from training.classifier import SMOKE, WEIGHTS, _begun, _parser, main, start_network
from training.export import MOST_BYTES, exported
from training.loop import Training, Workshop
from training.recipe import REFINE

ROOT = Path(__file__).parents[2]
SMOKE_RUN = ["--smoke", "--device", "cpu", "--minutes", "0"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """What an uninterrupted smoke run leaves."""
    out = tmp_path_factory.mktemp("whole")
    assert main([*SMOKE_RUN, "--out", str(out)]) == 0
    return out


def assert_same_weights(one: Path, other: Path) -> None:
    ours, theirs = load_file(one / WEIGHTS), load_file(other / WEIGHTS)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_smoke_run_leaves_weights_metrics_and_checkpoint(whole):
    assert (whole / WEIGHTS).stat().st_size <= MOST_BYTES
    history = json.loads((whole / "metrics.json").read_text())
    assert [row["epoch"] for row in history] == list(range(1, SMOKE.epochs + 1))
    for row in history:
        assert 0 <= row["imagenette_top1"] <= 1
        assert 0 <= row["animals_top1"] <= 1
        assert row["loss"] > 0
        assert {*row["imagenette_classes"], *row["animals_classes"]} == set(CLASSES)


def test_the_loss_falls(whole):
    first, *_, last = json.loads((whole / "metrics.json").read_text())
    assert last["loss"] < first["loss"]


@pytest.mark.parametrize("steps", [1, 7])
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(whole, tmp_path, monkeypatch, steps):
    """Killed in the epoch of the head alone, and in the middle of the next."""
    honest, done = Training._step, []

    def killed_later(self, *batch):
        if len(done) == steps:
            raise KeyboardInterrupt
        done.append(batch)
        return honest(self, *batch)

    with monkeypatch.context() as patched:
        patched.setattr(Training, "_step", killed_later)
        with pytest.raises(KeyboardInterrupt):
            main([*SMOKE_RUN, "--out", str(tmp_path)])
    assert not (tmp_path / WEIGHTS).exists()
    assert main([*SMOKE_RUN, "--out", str(tmp_path), "--resume"]) == 0
    assert_same_weights(tmp_path, whole)
    assert (tmp_path / "metrics.json").read_text() == (whole / "metrics.json").read_text()


def test_a_run_killed_after_the_last_batch_of_an_epoch_goes_on_with_its_judgement(whole, tmp_path, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Training, "_finish_epoch", killed)
        with pytest.raises(KeyboardInterrupt):
            main([*SMOKE_RUN, "--out", str(tmp_path)])
    assert main([*SMOKE_RUN, "--out", str(tmp_path), "--resume"]) == 0
    assert_same_weights(tmp_path, whole)


@pytest.mark.slow
def test_a_process_that_is_killed_goes_on_where_it_was(tmp_path):
    """SIGKILL at an arbitrary moment; both runs in processes of their own, with two that read photos."""
    command = [sys.executable, "-m", "training.classifier", *SMOKE_RUN, "--workers", "2"]
    subprocess.run([*command, "--out", str(tmp_path / "whole")], cwd=ROOT, check=True, capture_output=True)
    running = subprocess.Popen([*command, "--out", str(tmp_path / "cut")], cwd=ROOT, stdout=subprocess.PIPE)
    until = time.monotonic() + 60
    while not (tmp_path / "cut" / "checkpoint.safetensors").exists() and time.monotonic() < until:
        time.sleep(0.002)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert not (tmp_path / "cut" / WEIGHTS).exists()
    subprocess.run([*command, "--out", str(tmp_path / "cut"), "--resume"], cwd=ROOT, check=True, capture_output=True)
    assert_same_weights(tmp_path / "cut", tmp_path / "whole")


def test_another_seed_gives_other_weights(whole, tmp_path):
    assert main([*SMOKE_RUN, "--out", str(tmp_path), "--seed", "5"]) == 0
    ours, theirs = load_file(tmp_path / WEIGHTS), load_file(whole / WEIGHTS)
    assert not torch.equal(ours["head.0.weight"], theirs["head.0.weight"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--smoke", "--resume"], "no checkpoint"),
        ([], "needs photos"),
        (["--data", "/nowhere"], "no Imagenette"),
        (["--smoke", "--device", "abacus"], "no device called 'abacus'"),
    ],
)
def test_what_is_missing_is_said_plainly(arguments, said, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("training.classifier.start_network", lambda **_: start_network(pretrained=False, seed=0))
    assert main([*arguments, "--out", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err


def test_refining_goes_on_from_finished_weights_with_a_recipe_of_its_own(whole, tmp_path):
    options = _parser().parse_args(["--refine", str(whole / WEIGHTS), "--out", str(tmp_path), "--bfloat16"])
    begun = _begun(options, Workshop(device=torch.device("cpu"), checkpoint=tmp_path / "checkpoint"))
    assert begun.recipe == replace(REFINE, bfloat16=True)
    theirs = exported(whole / WEIGHTS).state_dict()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in begun.network.state_dict().items())


def test_weights_to_refine_must_be_there(tmp_path, capsys):
    assert main([*SMOKE_RUN, "--refine", str(tmp_path / "none"), "--out", str(tmp_path)]) == 1
    assert "There are no weights at" in capsys.readouterr().err


def test_a_training_is_not_overwritten_by_accident(whole, capsys):
    before = (whole / "checkpoint.safetensors").read_bytes()
    assert main([*SMOKE_RUN, "--out", str(whole)]) == 1
    assert "--resume" in capsys.readouterr().err
    assert (whole / "checkpoint.safetensors").read_bytes() == before


@pytest.mark.weights
def test_training_starts_from_the_trunk_of_imagenet(torch_home):
    import torchvision

    theirs = torchvision.models.squeezenet1_1(weights="IMAGENET1K_V1").features.state_dict()
    ours = start_network(pretrained=True, seed=0)
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.trunk.state_dict().items())
    assert not ours.head.get_parameter("0.bias").any()
