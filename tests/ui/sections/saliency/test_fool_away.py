"""What leaves the page: a PNG that was proved, the change that takes the clean picture to it, the run, and its rows."""

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from core.experiments.overview import Guess
from core.experiments.survival import png, verified
from tests.ui.sections.saliency.fool_cases import MODEL, made
from ui import formats
from ui.sections.saliency import fool_away


def test_the_png_is_what_the_network_was_given_and_has_the_label_that_is_claimed():
    outcome = made()
    data = png(outcome.pixels)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), outcome.pixels)
    proof = verified(data, MODEL)
    assert proof.same
    assert f"Verified: **{outcome.after.label}" in fool_away.proved(proof, outcome)


def test_a_file_with_another_label_is_not_called_verified():
    outcome = made()
    proof = verified(png(outcome.clean_pixels), MODEL)
    assert "Verified" not in fool_away.proved(proof, outcome)
    assert "Verified" not in fool_away.proved(replace(proof, guess=outcome.after, same=False), outcome)
    assert "Do not rely on it" in fool_away.proved(replace(proof, guess=Guess("cat", 10, 0.5)), outcome)


def test_the_change_added_to_the_clean_picture_is_the_adversarial_one():
    outcome = made()
    change = np.load(io.BytesIO(formats.npy(outcome.perturbation)))
    assert change.dtype == np.float32
    assert change.shape == (3, 224, 224)
    moved = outcome.clean_pixels / 255 + change.transpose(1, 2, 0)
    assert np.array_equal(np.rint(255 * moved).astype(np.uint8), outcome.pixels)


def test_the_animation_has_every_step_in_true_colour_and_rests_at_its_end():
    outcome = made()
    run = Image.open(io.BytesIO(fool_away.animation(outcome, 20)))
    assert run.n_frames == len(outcome.steps)
    run.seek(run.n_frames - 1)
    last = np.asarray(run.convert("RGB"))
    assert np.array_equal(last[:, :224], outcome.pixels)
    assert run.info["duration"] == fool_away.LAST


def test_the_rows_are_the_steps():
    outcome = made()
    rows = fool_away.rows(outcome)
    assert [row["update"] for row in rows] == [step.index for step in outcome.steps]
    assert rows[0]["sees"] == "cat"
    assert rows[-1]["fooled on 8 bits"] is True
    assert formats.csv(rows).count("\n") == len(rows) + 1


def test_a_class_that_is_left_has_one_column():
    from tests.ui.sections.saliency.fool_cases import PGD, away

    rows = fool_away.rows(made(PGD, away()))
    assert sum("probability" in name for name in rows[0]) == 2


def test_the_picture_has_three_beside_each_other():
    assert fool_away.sheet(made(), 20).size == (3 * 224 + 2 * 12, 224)
