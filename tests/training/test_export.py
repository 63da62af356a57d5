import json

import pytest
import torch
from safetensors import safe_open

from core.networks.lab_classifier import CLASSES, lab_classifier
from training.export import MOST_BYTES, export, exported


def test_is_at_most_three_megabytes_and_reloads_but_for_the_rounding(tmp_path):
    network = lab_classifier()
    file = tmp_path / "weights.safetensors"
    export(network.state_dict(), file)
    assert file.stat().st_size <= MOST_BYTES
    for name, tensor in exported(file).state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, network.state_dict()[name].half().float())


def test_the_header_names_the_classes_and_the_facts(tmp_path):
    export(lab_classifier().state_dict(), tmp_path / "w", {"recipe": "{}"})
    with safe_open(tmp_path / "w", framework="pt") as opened:
        assert tuple(json.loads(opened.metadata()["classes"])) == CLASSES
        assert opened.metadata()["recipe"] == "{}"


def test_a_weight_too_large_for_half_precision_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="fp16"):
        export({"a": torch.tensor([1e6])}, tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_a_file_that_is_too_large_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="bytes"):
        export({"a": torch.zeros(MOST_BYTES // 2)}, tmp_path / "w")
    assert not (tmp_path / "w").exists()
