"""What detectors and segmenter tell apart."""

import subprocess
import sys

from core.networks.lab_classes import CLASSES
from core.networks.vision_classes import DETECTED, SEGMENTED


def test_a_segmenter_knows_what_a_detector_knows_and_the_background():
    assert ("background", *DETECTED) == SEGMENTED
    assert set(DETECTED) <= set(CLASSES)


def test_naming_them_needs_no_torch():
    script = "import sys, core.networks.vision_classes; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
