"""The answers of torchvision's detectors; what they hold is in `test_detectors.py`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_whoever_reads_them_needs_no_torchvision():
    code = "import sys, core.detection.reading_torchvision; print('torchvision' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
