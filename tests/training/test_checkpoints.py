import os
from pathlib import Path

import pytest
import torch

from core.errors import StartError
from training.checkpoints import Progress, load, write, write_whole


def example(step: int) -> tuple[dict[str, torch.Tensor], Progress]:
    tensors = {"a": torch.arange(6.0).reshape(2, 3) * step, "steps": torch.tensor(float(step))}
    return tensors, Progress({"seed": 1}, epoch=2, step=step, loss=0.1 * step, history=[{"epoch": 1, "top1": 0.5}])


def test_comes_back_as_it_was_written(tmp_path):
    tensors, progress = example(3)
    write(tmp_path / "new" / "checkpoint", tensors, progress)
    found, back = load(tmp_path / "new" / "checkpoint")
    assert back == progress
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensors[name]) for name in tensors)


@pytest.mark.parametrize(("owner", "moment"), [(os, "fsync"), (Path, "replace")])
def test_a_kill_while_it_is_written_leaves_the_old_one(tmp_path, monkeypatch, owner, moment):
    file = tmp_path / "checkpoint"
    write(file, *example(1))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(owner, moment, killed)
        with pytest.raises(KeyboardInterrupt):
            write(file, *example(2))
    assert load(file)[1].step == 1
    write(file, *example(3))
    assert load(file)[1].step == 3
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def test_a_full_disk_leaves_the_old_one(tmp_path, monkeypatch):
    file = tmp_path / "text"
    write_whole(file, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"


def test_none_at_all_is_said_plainly(tmp_path):
    with pytest.raises(StartError, match="without --resume"):
        load(tmp_path / "checkpoint")


@pytest.mark.parametrize("length", [0, 7, 100, -1])
def test_a_damaged_one_is_said_plainly(tmp_path, length):
    file = tmp_path / "checkpoint"
    write(file, *example(1))
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(StartError, match="damaged"):
        load(file)
