"""The mean of the training photos."""

import numpy as np
import pytest
import torch
from PIL import Image

from core.images.resize import centre_crop
from training.data import Example, Split, animals, things
from training.mean_photo import main, mean_photo
from training.pictures import validation_picture


def save(file, colour):
    Image.new("RGB", (300, 260), colour).save(file)
    return Example(file, 0)


def test_of_photos_of_one_colour_it_is_the_mean_colour(tmp_path):
    one, other = save(tmp_path / "a.png", (10, 200, 0)), save(tmp_path / "b.png", (30, 100, 255))
    found = mean_photo([one, other])
    assert found.shape == (3, 224, 224)
    torch.testing.assert_close(found.mean(dim=(1, 2)) * 255, torch.tensor([20.0, 150.0, 127.5]), rtol=0, atol=1e-3)
    assert found.std(dim=(1, 2)).max() < 1e-5


def test_it_is_the_mean_of_the_pictures_the_app_would_show(drawn):
    examples = things(drawn, Split.TRAIN)[:5]
    pictures = [
        centre_crop(validation_picture(one)[None].float() / 255, resize=240, crop=224).image[0] for one in examples
    ]
    torch.testing.assert_close(mean_photo(examples), sum(pictures) / 5)


def test_the_command_writes_the_mean_of_both_sources(drawn, tmp_path, capsys):
    out = tmp_path / "deep" / "mean.png"
    assert main(["--data", str(drawn), "--out", str(out)]) == 0
    every = [*things(drawn, Split.TRAIN), *animals(drawn, Split.TRAIN)]
    assert f"{len(every):,} pictures" in capsys.readouterr().out
    written = np.asarray(Image.open(out)).astype(float) / 255
    assert np.abs(written - mean_photo(every).permute(1, 2, 0).numpy()).max() <= 0.5 / 255 + 1e-6


def test_a_folder_without_photos_is_explained(tmp_path, capsys):
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "mean.png")]) == 1
    assert "There is no Imagenette" in capsys.readouterr().err
    assert not (tmp_path / "mean.png").exists()
    with pytest.raises(SystemExit):
        main(["--data", str(tmp_path)])
