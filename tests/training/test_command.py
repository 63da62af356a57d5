"""What the command lines of all trainings have in common."""

import argparse
from pathlib import Path

import pytest
import torch

from core.errors import StartError
from training import command


def options(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_options(parser, epochs=7)
    return parser.parse_args(["--out", "here", *given])


def test_the_workshop_is_as_the_command_line_says():
    shop = command.workshop(options("--device", "cpu", "--workers", "3", "--minutes", "0.5"))
    assert (shop.device, shop.workers, shop.minutes) == (torch.device("cpu"), 3, 0.5)
    assert shop.checkpoint == Path("here/checkpoint.safetensors")


def test_only_what_is_named_changes_a_recipe():
    assert command.changes(options()) == {}
    assert command.changes(options("--epochs", "3", "--seed", "0")) == {"epochs": 3, "seed": 0}


def test_a_device_that_is_not_there_is_named():
    with pytest.raises(StartError, match="no device called 'abacus'"):
        command.device_called("abacus")


def test_a_training_is_not_overwritten(tmp_path):
    command.check_new(tmp_path / "checkpoint")
    (tmp_path / "checkpoint").write_text("a training")
    with pytest.raises(StartError, match="holds a training"):
        command.check_new(tmp_path / "checkpoint")


def test_the_command_to_go_on_names_what_was_given():
    found = command.resume_command("training.classifier", options("--data", "photos", "--device", "cpu"))
    assert found == "python -m training.classifier --data photos --out here --device cpu --workers 0 --resume"
    assert command.resume_command("x", options("--smoke")) == "python -m x --out here --smoke --workers 0 --resume"
