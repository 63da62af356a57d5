"""The figures of the painters' card: measured as they were taught, on photos they have not seen."""

import pytest
import torch

from core.images.octaves import fitted
from core.zoo.painters import ROWS
from training import painters
from training.painters import judge, main
from training.painting import photos_to_judge, photos_to_learn


def test_it_counts_photos_and_finds_a_painting_nearer_to_the_style_than_its_photo():
    photo = torch.rand(1, 3, 80, 60, generator=torch.Generator().manual_seed(0))
    found = judge(ROWS[0], [fitted(photo, 90), photo], 64)
    assert found.photos == 2
    assert found.style < found.style_before
    assert found.content > 0


def test_a_mean_is_that_of_its_photos():
    photos = [torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(seed)) for seed in range(2)]
    each, both = [judge(ROWS[0], [photo], 64) for photo in photos], judge(ROWS[0], photos, 64)
    assert both.style == pytest.approx(sum(one.style for one in each) / 2, rel=1e-4)
    assert both.total_variation_before == pytest.approx(sum(one.total_variation_before for one in each) / 2, rel=1e-4)


def test_no_photo_to_judge_by_was_learned_from(drawn):
    judged, learned = photos_to_judge(drawn), photos_to_learn(drawn)
    assert judged
    assert not set(judged) & set(learned)


def test_the_command_prints_a_row_for_each_painter_and_set(drawn, capsys, monkeypatch):
    monkeypatch.setattr(painters, "SIDE", 64)
    monkeypatch.setattr(painters, "SAMPLE_SIDE", 64)
    assert main(["--data", str(drawn)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| paint-")]
    assert len(lines) == 2 * len(ROWS)
    assert all(len(line.split("|")) == 9 for line in lines)


def test_a_folder_without_photos_to_judge_by_is_told(tmp_path, capsys):
    assert main(["--data", str(tmp_path)]) == 1
    assert "no photos" in capsys.readouterr().err
