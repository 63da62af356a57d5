"""Settings of a crowd: their ranges, what is refused, and no torch."""

import math
import subprocess
import sys

import pytest

from core.boxes.crowd_settings import CrowdSettings
from core.errors import SettingError

ENDS = {"count": (1, 500), "jitter": (0.0, 1.0), "noise": (0.0, 1.0), "confusion": (0.0, 1.0), "seed": (0, 2**32 - 1)}


@pytest.mark.parametrize("name", ENDS)
def test_the_ends_of_the_ranges_are_legal(name):
    for end in ENDS[name]:
        assert getattr(CrowdSettings(**{name: end}), name) == end


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("count", 0), ("count", 501), ("seed", -1), ("seed", 2**32)],
        *[(name, value) for name in ("jitter", "noise", "confusion") for value in (-0.01, 1.01, math.nan, math.inf)],
    ],
)
def test_a_number_outside_its_range_is_named_with_its_rule(name, value):
    with pytest.raises(SettingError, match=rf"{name} must be from .* to .*, got {value}\."):
        CrowdSettings(**{name: value})


def test_a_fresh_process_makes_settings_without_torch():
    code = "import sys, core.boxes.crowd_settings; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
