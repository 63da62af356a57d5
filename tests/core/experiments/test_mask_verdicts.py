"""The four fates of a pixel are the names that pictures, links and files use."""

import subprocess
import sys

from core.experiments.mask_verdicts import VERDICTS


def test_the_four_are_told_apart_by_short_words():
    assert [one.value for one in VERDICTS] == ["right", "missed", "invented", "confused"]
    assert len({one.title for one in VERDICTS}) == len({one.lesson for one in VERDICTS}) == 4


def test_it_is_there_before_torch():
    code = "import sys, core.experiments.mask_verdicts; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
