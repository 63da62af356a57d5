import subprocess
import sys

import pytest

from core.attribution.score_cam_settings import Increase, ScoreCamSettings
from core.errors import SettingError


@pytest.mark.parametrize("top", [0, -3])
def test_at_least_one_map_is_scored(top):
    with pytest.raises(SettingError, match=f"top must be at least 1, got {top}. Score at least one map, or all."):
        ScoreCamSettings(top=top)


@pytest.mark.parametrize("top", [1, 100_000, None])
def test_one_map_and_more_than_there_are_and_all_are_legal(top):
    assert ScoreCamSettings(top=top).top == top


def test_the_paper_is_what_one_gets_without_a_choice():
    assert ScoreCamSettings() == ScoreCamSettings(increase=Increase.SOFTMAX, top=None)


@pytest.mark.parametrize("increase", Increase)
def test_every_way_to_weigh_says_what_it_is_called_and_what_it_does(increase):
    assert increase.title
    assert increase.lesson.endswith(".")


def test_it_is_there_before_torch():
    code = "import sys, core.attribution.score_cam_settings; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
