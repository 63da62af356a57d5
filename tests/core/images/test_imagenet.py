import subprocess
import sys

from torchvision.models import SqueezeNet1_1_Weights

from core.images import imagenet


def test_the_numbers_are_torchvisions():
    preset = SqueezeNet1_1_Weights.IMAGENET1K_V1.transforms()
    assert (list(imagenet.MEAN), list(imagenet.STD)) == (preset.mean, preset.std)


def test_they_need_no_torch():
    script = "import sys, core.images.imagenet; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
