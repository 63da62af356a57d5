import dataclasses
import hashlib
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from core.errors import DownloadError, ModelError, WeightsMissingError
from core.zoo import weights
from core.zoo.catalog import ModelCard, card


def saved(value: object) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


STATE = {"weight": torch.arange(5000.0)}
BODY = saved(STATE)
DIGEST = hashlib.sha256(BODY).hexdigest()[:8]


@pytest.fixture
def row(tmp_path, monkeypatch) -> ModelCard:
    """A card whose file no one has yet, in a TORCH_HOME of its own."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv(weights.OFFLINE, raising=False)
    return dataclasses.replace(card("squeezenet1_1"), file=f"small-{DIGEST}.pth", size=len(BODY))


@pytest.fixture
def source(server, monkeypatch):
    """A server that has the file, in torchvision's place."""
    server.sends(BODY)
    monkeypatch.setattr(weights, "address", lambda _: server.url)
    return server


def place(row: ModelCard, content: bytes) -> Path:
    target = weights.path(row)
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    return target


def test_weights_lie_where_torchvision_keeps_them(row, tmp_path):
    assert weights.path(row) == tmp_path / "hub" / "checkpoints" / row.file


def test_the_address_is_torchvisions(row):
    assert weights.address(row) == "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth"


def test_weights_that_are_not_here_say_how_large_the_download_is(row):
    assert not weights.is_present(row)
    with pytest.raises(WeightsMissingError) as caught:
        weights.state_dict(card("squeezenet1_1"))
    assert caught.value.problem == "The weights of SqueezeNet 1.1 are not on this server yet."
    assert caught.value.advice == "Download them (4.7 MB) from download.pytorch.org."


def test_a_file_that_is_here_is_trusted_whatever_its_digest(row):
    place(row, saved({"weight": torch.ones(3)}))
    assert weights.is_present(row)
    assert weights.state_dict(row)["weight"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>not here</html>", BODY[:-200], BODY[: len(BODY) // 2], saved([1, 2]), saved({"epoch": 3}), saved(1)],
    ids=["empty", "a web page", "end cut off", "half", "a list", "no tensors", "a number"],
)
def test_a_damaged_file_says_to_download_it_again(row, content):
    place(row, content)
    with pytest.raises(ModelError, match=r"is damaged\. Delete small-.* and download it again") as caught:
        weights.state_dict(row)
    assert not isinstance(caught.value, WeightsMissingError)


def test_a_file_that_runs_code_is_refused(row, tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    place(row, saved({"weight": Trap()}))
    with pytest.raises(ModelError, match="damaged"):
        weights.state_dict(row)
    assert not (tmp_path / "sprung").exists()


def test_a_path_that_cannot_be_read_is_not_called_damaged(row):
    weights.path(row).mkdir(parents=True)
    with pytest.raises(ModelError, match="can't read them"):
        weights.state_dict(row)


def test_a_folder_nobody_may_enter_holds_no_weights(row, monkeypatch):
    def refused(_):
        raise PermissionError(13, "refused")

    monkeypatch.setattr(Path, "stat", refused)
    assert not weights.is_present(row)


def test_a_download_whose_address_is_unknown_can_be_tried_again(row, source, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(weights, "address", {}.__getitem__)
        with pytest.raises(KeyError):
            weights.download(row)
    weights.download(row)
    assert weights.is_present(row)


def test_a_download_ends_in_weights_that_load(row, source):
    heard = []
    weights.download(row, progress=lambda *now: heard.append(now))
    assert torch.equal(weights.state_dict(row)["weight"], STATE["weight"])
    assert heard[-1] == (len(BODY), len(BODY))


def test_weights_that_are_here_are_not_downloaded(row, source):
    place(row, b"mine")
    weights.download(row)
    assert source.requests == 0


def test_a_damaged_file_is_replaced_when_asked_for_again(row, source):
    place(row, b"damaged")
    weights.download(row, again=True)
    assert weights.path(row).read_bytes() == BODY


def test_a_download_with_another_digest_than_its_name_is_thrown_away(row, source):
    source.sends(BODY + b"x")
    with pytest.raises(DownloadError, match="checksum"):
        weights.download(row)
    assert list(weights.path(row).parent.iterdir()) == []


def test_a_failed_download_can_be_tried_again(row, source):
    source.stalls_after(BODY[:500], len(BODY))
    with pytest.raises(DownloadError, match="in time"):
        weights.download(row, timeout=0.2)
    source.sends(BODY)
    weights.download(row)
    assert weights.is_present(row)


@pytest.mark.parametrize("value", ["1", "true"])
def test_an_offline_server_downloads_nothing(row, source, monkeypatch, value):
    monkeypatch.setenv("VISION_LAB_OFFLINE", value)
    with pytest.raises(DownloadError, match=rf"set to work offline.*Put {row.file}"):
        weights.download(row)
    assert source.requests == 0


def test_an_offline_server_uses_the_weights_it_has(row, source, monkeypatch):
    monkeypatch.setenv("VISION_LAB_OFFLINE", "1")
    place(row, BODY)
    weights.download(row)
    assert weights.state_dict(row).keys() == STATE.keys()


@pytest.mark.parametrize("value", ["", "0"])
def test_a_server_that_is_not_offline_downloads(row, source, monkeypatch, value):
    monkeypatch.setenv("VISION_LAB_OFFLINE", value)
    weights.download(row)
    assert weights.is_present(row)


def test_sessions_that_ask_at_once_download_once_and_all_hear_how_far_it_is(row, source):
    source.stalls_then_finishes(BODY[:5000], BODY[5000:])
    heard = [[] for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(weights.download, row, progress=lambda *now, k=k: heard[k].append(now)) for k in range(8)]
        wait_until(lambda: all((5000, len(BODY)) in one for one in heard))
        source.release.set()
        for run in runs:
            run.result(timeout=10)
    assert source.requests == 1
    assert weights.path(row).read_bytes() == BODY


def test_a_failure_reaches_every_session_that_waits(row, source):
    source.stalls_after(BODY[:500], len(BODY))
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(weights.download, row, timeout=0.6) for _ in range(8)]
        problems = {run.exception(timeout=10).problem for run in runs}
    assert problems == {"127.0.0.1 did not answer in time."}
    assert source.requests == 1


def test_a_waiting_session_takes_over_when_the_first_one_leaves(row, source):
    source.stalls_then_finishes(BODY[:5000], BODY[5000:])
    leave = threading.Event()

    def leaves(received, total):
        leave.wait(5)
        source.sends(BODY)
        raise KeyboardInterrupt

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(weights.download, row, progress=leaves)
        wait_until(lambda: source.requests == 1)
        heard = threading.Event()
        second = pool.submit(weights.download, row, progress=lambda *_: heard.set())
        assert heard.wait(5)
        leave.set()
        assert isinstance(first.exception(timeout=10), KeyboardInterrupt)
        second.result(timeout=10)
    assert source.requests == 2
    assert weights.path(row).read_bytes() == BODY


def wait_until(condition, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


@pytest.mark.weights
def test_the_real_weights_load(torch_home):
    row = card("squeezenet1_1")
    state = weights.state_dict(row)
    assert sum(tensor.numel() for tensor in state.values()) == row.parameters
