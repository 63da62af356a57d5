import subprocess
import sys

from core.networks import lab_classifier
from core.networks.lab_classes import CLASSES


def test_there_are_fifteen_classes_of_different_names():
    assert len(set(CLASSES)) == len(CLASSES) == 15


def test_they_are_the_classes_of_the_network():
    assert lab_classifier.CLASSES is CLASSES


def test_reading_them_needs_no_torch():
    script = "import sys, core.networks.lab_classes; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
