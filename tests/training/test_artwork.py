"""The styles that ship with the lab are what the generator draws."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.artwork import __main__ as artwork
from training.artwork.__main__ import WORKS, drawn, encoded, main
from training.artwork.canvas import FINE, SIDE, colours, covered, fractal, noise, plain, seen

STYLES = Path(__file__).parents[2] / "assets" / "styles"


def committed(name: str) -> np.ndarray:
    return opened((STYLES / f"{name}.jpg").read_bytes())


def opened(file: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(image.convert("RGB")).astype(float)


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKS)
def test_a_committed_picture_is_what_is_drawn(name):
    """As a file, to a level of 255 on average: other processors round otherwise, and so do other JPEG encoders."""
    assert np.abs(opened(encoded(drawn(name))) - committed(name)).mean() < 1


def test_every_picture_is_there_and_there_is_no_other():
    assert {path.stem for path in STYLES.iterdir()} == set(WORKS)
    assert len(WORKS) >= 8


def test_all_are_512_pixels_square_and_together_small():
    assert all(committed(name).shape == (SIDE, SIDE, 3) for name in WORKS)
    assert sum(path.stat().st_size for path in STYLES.iterdir()) < 2 * 10**6


def test_no_two_are_alike_and_none_is_flat():
    pictures = {name: committed(name) for name in WORKS}
    for name, one in pictures.items():
        assert one.std() > 25, name
        assert all(np.abs(one - other).mean() > 30 for key, other in pictures.items() if key != name), name


def test_noise_is_standardised_and_a_seed_gives_it_again():
    for make in (noise, fractal):
        one, again = (make(np.random.default_rng(3), 5) for _ in range(2))
        assert one.shape == (FINE, FINE)
        assert one.std() == pytest.approx(1)
        assert abs(one.mean()) < 0.2
        assert np.array_equal(one, again)


def test_finer_noise_has_more_hills():
    steep = [np.abs(np.diff(noise(np.random.default_rng(0), cells), axis=0)).mean() for cells in (4, 16, 64)]
    assert steep == sorted(steep)


def test_colours_run_evenly_along_the_scale():
    found = colours(np.array([[0.0, 0.25, 1.0, 2.0]]), ((0, 0, 0), (255, 0, 0), (255, 255, 255)))
    np.testing.assert_allclose(found[0], [[0, 0, 0], [0.5, 0, 0], [1, 1, 1], [1, 1, 1]])


def test_what_covers_half_shows_half():
    below, above = plain((0, 0, 0))[:2, :2], np.array([1.0, 0.5, 0.0])
    np.testing.assert_allclose(covered(below, above, np.full((2, 2), 0.5))[0, 0], [0.5, 0.25, 0.0])
    np.testing.assert_allclose(covered(below, above, np.full((2, 2), 9.0))[0, 0], above)


def test_a_pixel_is_the_mean_of_four():
    canvas = np.zeros((FINE, FINE, 3))
    canvas[0, 0] = 1.0
    assert seen(canvas)[0, 0].tolist() == [64, 64, 64]
    assert seen(canvas).sum() == 3 * 64


def test_the_command_draws_those_that_are_named(tmp_path, monkeypatch):
    monkeypatch.setitem(artwork.WORKS, "waves", lambda rng: plain((10, 20, 30)))
    assert main(["waves", "--out", str(tmp_path / "new")]) == 0
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["waves.jpg"]
    with pytest.raises(SystemExit):
        main(["nothing", "--out", str(tmp_path)])
