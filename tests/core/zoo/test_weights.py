import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from core.errors import ModelError, WeightsMissingError
from core.zoo import weights
from core.zoo.catalog import card
from core.zoo.model_card import ConfigFile, ModelCard, Source, Task, View


def saved(value: object) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


STATE = {"weight": torch.arange(5000.0)}
BODY = saved(STATE)


def a_card(**changes) -> ModelCard:
    return ModelCard(
        **{
            "key": "small",
            "title": "Small Net",
            "task": Task.CLASSIFY,
            "source": Source.TORCHVISION,
            "builder": "nowhere:none",
            "file": "small-01234567.pth",
            "size": 4_958_716,
            "digest": "01234567",
            "host": "weights.invalid",
            "entry": "SqueezeNet1_1_Weights.IMAGENET1K_V1",
            "class_count": 2,
            "resize": 8,
            "view": View.FIT,
            "parameters": 5000,
            "score": "none",
            "licence": "none",
            "citation": "none",
        }
        | changes
    )


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """An empty TORCH_HOME, an empty folder of what comes with the lab, and no mirror."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv(weights.MIRROR, raising=False)
    monkeypatch.setattr(weights, "BUNDLE", tmp_path / "bundle")
    return tmp_path


def bundled(content: bytes, file: str = "ours.safetensors") -> ModelCard:
    digest = hashlib.sha256(content).hexdigest()
    return a_card(source=Source.BUNDLED, file=file, digest=digest, host="", entry="")


def place(row: ModelCard, content: bytes, record: str | None = None) -> Path:
    target = weights.path(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if record is not None:
        target.with_name(f"{target.name}.sha256").write_text(f"{record}  {target.name}\n")
    return target


def flipped(content: bytes) -> bytes:
    """The content with one bit changed, in the middle of the numbers."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


# Where they are ----------------------------------------------------------------------------------------------------


def test_weights_lie_where_torchvision_keeps_them(home):
    assert weights.path(a_card()) == home / "hub" / "checkpoints" / "small-01234567.pth"


def test_weights_that_come_with_the_lab_lie_in_its_assets(monkeypatch):
    monkeypatch.undo()
    root = Path(__file__).resolve().parents[3]
    assert weights.path(bundled(b"")) == root / "assets" / "weights" / "ours.safetensors"


def test_the_address_is_torchvisions():
    assert weights.address(a_card()) == "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth"
    assert weights.host(a_card()) == "weights.invalid"


@pytest.mark.parametrize(
    "mirror", ["http://user:word@school.example:8080/weights", " http://school.example:8080/weights/ "]
)
def test_a_mirror_takes_the_place_of_the_source(monkeypatch, mirror):
    monkeypatch.setenv("VISION_LAB_MIRROR", mirror)
    assert weights.address(a_card()) == f"{mirror.strip().rstrip('/')}/small-01234567.pth"
    assert weights.host(a_card()) == "school.example:8080"


def test_a_folder_nobody_may_enter_holds_no_weights(monkeypatch):
    def refused(_):
        raise PermissionError(13, "refused")

    monkeypatch.setattr(Path, "stat", refused)
    assert not weights.is_present(a_card())


def test_weights_that_are_not_here_say_how_large_the_download_is():
    assert not weights.is_present(a_card())
    with pytest.raises(WeightsMissingError) as caught:
        weights.state_dict(a_card())
    assert caught.value.problem == "The weights of Small Net are not on this server yet."
    assert caught.value.advice == "Download them (4.7 MB) from weights.invalid."


def test_weights_of_the_lab_that_are_gone_say_to_install_it_again():
    with pytest.raises(WeightsMissingError, match=r"came with the lab.* Install the lab again\. \(ours"):
        weights.state_dict(bundled(b""))


# What is in them ---------------------------------------------------------------------------------------------------


def test_a_file_that_others_put_there_is_trusted_whatever_its_digest():
    place(a_card(), saved({"weight": torch.ones(3)}))
    assert weights.is_present(a_card())
    assert weights.state_dict(a_card())["weight"].tolist() == [1, 1, 1]


def test_a_file_that_fits_its_record_is_read():
    place(a_card(), BODY, hashlib.sha256(BODY).hexdigest())
    assert torch.equal(weights.state_dict(a_card())["weight"], STATE["weight"])


def test_a_file_that_no_longer_fits_its_record_is_damaged():
    place(a_card(), flipped(BODY), hashlib.sha256(BODY).hexdigest())
    with pytest.raises(ModelError) as caught:
        weights.state_dict(a_card())
    assert caught.value.problem == "The file with the weights of Small Net is damaged."
    assert caught.value.advice == "Download it again (4.7 MB) from weights.invalid; that replaces small-01234567.pth."


def test_a_file_whose_record_is_empty_is_damaged():
    target = place(a_card(), BODY)
    target.with_name(f"{target.name}.sha256").touch()
    with pytest.raises(ModelError, match="damaged"):
        weights.state_dict(a_card())


def test_weights_of_the_lab_are_read():
    content = save(STATE)
    place(bundled(content), content)
    assert torch.equal(weights.state_dict(bundled(content))["weight"], STATE["weight"])


def test_weights_of_the_lab_that_changed_say_to_install_it_again():
    content = save(STATE)
    place(bundled(content), flipped(content))
    with pytest.raises(ModelError, match=r"damaged\. It came with the lab: install the lab again"):
        weights.state_dict(bundled(content))


@pytest.mark.parametrize("write", [saved, save], ids=["pth", "safetensors"])
@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_numbers_come_out_as_float32_and_counts_stay_counts(write, kind):
    row = a_card(file="half.safetensors" if write is save else "half.pth")
    place(row, write({"weight": torch.tensor([0.5, -2.0], dtype=kind), "seen": torch.tensor([7])}))
    state = weights.state_dict(row)
    assert state["weight"].dtype == torch.float32
    assert state["weight"].tolist() == [0.5, -2.0]
    assert state["seen"].dtype == torch.int64


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>not here</html>", BODY[:-200], BODY[: len(BODY) // 2], saved([1, 2]), saved({"epoch": 3}), saved(1)],
    ids=["empty", "a web page", "end cut off", "half", "a list", "no tensors", "a number"],
)
def test_a_damaged_file_says_to_download_it_again(content):
    place(a_card(), content)
    with pytest.raises(ModelError, match=r"is damaged\. Download it again") as caught:
        weights.state_dict(a_card())
    assert not isinstance(caught.value, WeightsMissingError)


@pytest.mark.parametrize("content", [b"", b"<html>not here</html>", save(STATE)[:-200]])
def test_a_damaged_file_of_tensors_says_so(content):
    row = a_card(file="small.safetensors")
    place(row, content)
    with pytest.raises(ModelError, match="is damaged"):
        weights.state_dict(row)


def test_a_file_that_runs_code_is_refused(home):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (home / "sprung",))

    place(a_card(), saved({"weight": Trap()}))
    with pytest.raises(ModelError, match="damaged"):
        weights.state_dict(a_card())
    assert not (home / "sprung").exists()


def test_a_path_that_cannot_be_read_is_not_called_damaged():
    weights.path(a_card()).mkdir(parents=True)
    with pytest.raises(ModelError, match="can't read them"):
        weights.state_dict(a_card())


def test_a_record_that_cannot_be_read_is_not_called_damage():
    target = place(a_card(), BODY)
    target.with_name(f"{target.name}.sha256").mkdir()
    with pytest.raises(ModelError, match="can't read them"):
        weights.state_dict(a_card())


@pytest.mark.weights
def test_the_real_weights_load(torch_home):
    row = card("squeezenet1_1")
    state = weights.state_dict(row)
    assert sum(tensor.numel() for tensor in state.values()) == row.parameters


# A config beside the weights ----------------------------------------------------------------------------------------

PLAN = b"[net]\nwidth=32\n"
CONFIG = ConfigFile("small.cfg", len(PLAN), hashlib.sha256(PLAN).hexdigest(), "https://weights.invalid/small.cfg")


def with_config(config: bytes | None = PLAN, record: str | None = None) -> ModelCard:
    """A card with a config, and its files where they belong."""
    row = a_card(config=CONFIG, url="https://weights.invalid/files/small.weights")
    place(row, BODY)
    if config is not None:
        place(replace(row, file="small.cfg"), config, record)
    return row


def test_both_files_are_read_as_they_are():
    assert weights.files(with_config()) == (PLAN, BODY)


def test_without_its_config_a_network_is_missing():
    row = with_config(None)
    assert row.files == ("small-01234567.pth", "small.cfg")
    assert not weights.is_present(row)
    assert weights.stamp(row) is None
    with pytest.raises(WeightsMissingError):
        weights.files(row)


def test_a_config_that_is_not_as_it_was_recorded_is_damaged():
    with pytest.raises(
        ModelError, match=r"One of the files of .* Download both again .* replaces .*\.pth and small\.cfg"
    ):
        weights.files(with_config(PLAN.replace(b"32", b"64"), record=CONFIG.digest))


def test_a_config_that_is_replaced_changes_the_stamp():
    row = with_config()
    before = weights.stamp(row)
    place(replace(row, file="small.cfg"), PLAN + b"height=32\n")
    assert before != weights.stamp(row)


def test_a_network_without_a_config_has_no_files_to_build_from():
    with pytest.raises(ValueError, match="no config"):
        weights.files(a_card())


def test_files_that_are_not_torchvisions_have_addresses_of_their_own(monkeypatch):
    row = a_card(config=CONFIG, url="https://weights.invalid/files/small.weights")
    assert weights.address(row) == row.url
    assert weights.config_address(CONFIG) == CONFIG.url
    monkeypatch.setenv(weights.MIRROR, "https://school.example/weights/")
    assert weights.address(row) == "https://school.example/weights/small-01234567.pth"
    assert weights.config_address(CONFIG) == "https://school.example/weights/small.cfg"
