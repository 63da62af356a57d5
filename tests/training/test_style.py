"""The training of networks that paint in one pass: it learns, stops and goes on."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file

from core.errors import StartError
from core.networks.style_network import style_network
from core.style.features import features_of
from core.zoo.cache import load
from training import style
from training.painting import Painting, PaintingRecipe, batch_of, photos_to_learn
from training.style import main

TINY = PaintingRecipe(side=32, batch=2, style_side=48)


@pytest.fixture
def waves(tmp_path: Path) -> Path:
    """A small picture with a texture of its own."""
    values = torch.sin(torch.arange(64) / 2)[None, :] * torch.ones(64, 1) * 120 + 128
    file = tmp_path / "waves.png"
    Image.fromarray(values.to(torch.uint8).numpy()).convert("RGB").save(file)
    return file


def painting() -> Painting:
    texture = 0.5 + 0.5 * torch.sin(torch.arange(64) / 2)[None, None, None, :].expand(1, 3, 64, 64)
    return Painting(features_of(load("lab-trunk", torch.device("cpu")).module), texture, TINY)


def test_the_loss_falls(drawn):
    learner, files = painting(), photos_to_learn(drawn)
    photos = batch_of(files, 0, TINY)
    first = learner.learn(photos, 0.0)
    for _ in range(25):
        last = learner.learn(photos, 0.0)
    assert last.total < 0.5 * first.total
    assert first.total == pytest.approx(
        TINY.content * first.content + TINY.style * first.style + TINY.total_variation * first.total_variation, rel=1e-4
    )


def test_a_restored_training_goes_on_to_the_last_bit(drawn):
    files, whole, other = photos_to_learn(drawn), painting(), painting()
    for step in range(2):
        whole.learn(batch_of(files, step, TINY), 0.1)
    kept = {name: tensor.clone() for name, tensor in whole.tensors().items()}
    other.restore(kept, whole.step)
    ours, theirs = (one.learn(batch_of(files, 2, TINY), 0.2) for one in (whole, other))
    assert ours == theirs
    assert all(torch.equal(tensor, other.tensors()[name]) for name, tensor in whole.tensors().items())


def test_every_photo_comes_once_before_any_comes_again_and_the_same_number_is_the_same_batch(drawn):
    files = photos_to_learn(drawn)[:6]
    recipe = PaintingRecipe(side=24, batch=3)
    batches = [batch_of(files, step, recipe) for step in range(4)]
    assert all(batch.shape == (3, 3, 24, 24) for batch in batches)
    assert torch.equal(batches[1], batch_of(files, 1, recipe))
    assert not torch.equal(torch.cat(batches[:2]), torch.cat(batches[2:]))


def test_photos_to_judge_by_are_left_out(drawn):
    files = photos_to_learn(drawn)
    assert files == sorted(files)
    assert not any("val" in file.relative_to(drawn).parts for file in files)


def test_a_folder_without_photos_is_told(tmp_path, capsys, waves):
    with pytest.raises(StartError, match="no photos"):
        photos_to_learn(tmp_path / "nowhere")
    arguments = ["--styles", str(waves), "--data", str(tmp_path / "nowhere"), "--out", str(tmp_path), "--minutes", "0"]
    assert main(arguments) == 1
    assert "no photos" in capsys.readouterr().err


def test_the_command_learns_writes_weights_and_goes_on(drawn, waves, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(style, "SAVES", 0.0)
    common = ["--styles", str(waves), "--data", str(drawn), "--out", str(tmp_path), "--device", "cpu"]
    sizes = ["--side", "32", "--batch", "1"]
    assert main([*common, *sizes, "--minutes", "0.02"]) == 0
    state = load_file(tmp_path / "waves.safetensors")
    assert all(tensor.dtype == torch.float16 for tensor in state.values())
    picture = style_network(state)(torch.rand(1, 3, 40, 30))
    assert picture.shape == (1, 3, 40, 30)
    assert main([*common, "--minutes", "0.04"]) == 1, "a training is not overwritten"
    assert main([*common, "--minutes", "0.04", "--resume"]) == 0
    assert "resumed after" in capsys.readouterr().out


def test_a_style_is_refined_from_the_weights_of_an_earlier_training(drawn, waves, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    common = ["--styles", str(waves), "--data", str(drawn), "--device", "cpu", "--side", "32", "--batch", "1"]
    assert main([*common, "--out", str(first), "--minutes", "0.02"]) == 0
    assert main([*common, "--out", str(second), "--minutes", "0", "--refine", str(first), "--style", "5"]) == 0
    begun, taken = (load_file(folder / "waves.safetensors") for folder in (first, second))
    assert all(torch.equal(begun[name], tensor) for name, tensor in taken.items()), "no batch was learned"
    with safe_open(second / "waves.safetensors", framework="pt") as file:
        facts = file.metadata()
    assert json.loads(facts["recipe"])["style"] == 5
    assert json.loads(json.loads(facts["refined"])["recipe"])["style"] == PaintingRecipe().style


def test_nothing_to_refine_is_told(drawn, waves, tmp_path, capsys):
    arguments = ["--styles", str(waves), "--data", str(drawn), "--out", str(tmp_path), "--minutes", "0"]
    assert main([*arguments, "--refine", str(tmp_path / "nowhere")]) == 1
    assert "no weights" in capsys.readouterr().err


def test_a_style_that_is_no_picture_is_told(drawn, tmp_path, capsys):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"nothing")
    assert main(["--styles", str(broken), "--data", str(drawn), "--out", str(tmp_path), "--minutes", "0"]) == 1
    assert "can't be read" in capsys.readouterr().err
