"""What the benchmark of networks writes, weighs and reckons; the browser's part is the benchmark itself."""

import pytest
import torch

from benchmarks import zoo
from core.errors import WeightsDamagedError
from core.zoo import weights
from core.zoo.cache import CACHE, load
from core.zoo.catalog import card, of
from core.zoo.transfer import recorded
from ui.sections.models.rows import QUESTIONS


@pytest.fixture
def home(monkeypatch, tmp_path):
    """An empty TORCH_HOME, and afterwards no network in memory that came from it."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    yield tmp_path
    CACHE.clear()


def test_a_call_takes_the_median_of_the_means_of_its_batches(monkeypatch):
    clock, calls = [0.0], []
    monkeypatch.setattr(zoo, "perf_counter", lambda: clock[0])

    def call():
        calls.append(None)
        clock[0] += 900.0 if len(calls) == 1 else 2.0 + len(calls) % 2  # the first is slow, then 2 and 3 in turn

    assert zoo.per_call(call, calls=4, batches=3) == 2.5
    assert len(calls) == 12


def test_a_network_that_is_kept_stands_beside_the_time_that_a_call_may_take(monkeypatch):
    monkeypatch.setattr(zoo, "per_call", lambda call: 5e-6 if call() is load("lab-classifier") else 1.0)
    row = zoo.kept()
    assert (row.peer, row.aim, row.unit, row.verdict) == (50e-6, 1.0, "s", "met")
    assert row.ratio == pytest.approx(0.1)


def test_clicks_are_medians_in_milliseconds_beside_the_text_page():
    cold, warm = zoo.click_rows([400.0, 900.0, 500.0], [90.0, 100.0, 110.0, 120.0], [40.0, 50.0, 60.0])
    assert (cold.ours, cold.peer, cold.ratio, cold.unit) == (500.0, 50.0, 10.0, "ms")
    assert (warm.ours, warm.peer, warm.ratio, warm.aim) == (105.0, 50.0, 2.1, None)
    assert cold.what != warm.what


def test_questions_are_medians_in_milliseconds_beside_two_seconds():
    cold, warm = zoo.question_rows("boxes", [400.0, 900.0, 500.0], [90.0, 100.0])
    assert (cold.ours, cold.peer, cold.ratio, cold.aim, cold.unit) == (500.0, 2000.0, 0.25, 1.0, "ms")
    assert (warm.ours, warm.verdict) == (95.0, "met")
    assert cold.what != warm.what


def test_every_question_opens_the_row_of_a_network_that_ships():
    for question, key in zoo.ASKED.values():
        task = card(key).task
        assert QUESTIONS[task][0] == question
        assert of(task)[0].key == key
        assert card(key).bundled


def test_memory_is_told_in_megabytes_beside_the_weights():
    row = zoo.memory_row("resnet50", 3 * 2**20, 2**20)
    assert (row.what, row.ours, row.peer, row.unit) == ("Memory of a loaded ResNet-50", 3.0, 1.0, "MB")


@pytest.mark.parametrize("key", ["squeezenet1_1", "lraspp"])
def test_the_random_weights_are_a_file_that_the_lab_takes_and_checks(home, key):
    zoo.write_random(key)
    file = weights.path(card(key))
    assert file.is_relative_to(home)
    assert recorded(file)
    assert file.stat().st_size == pytest.approx(card(key).size, rel=0.01)
    state, theirs = load(key, torch.device("cpu")).module.state_dict(), zoo.TORCHVISION[key]().state_dict()
    assert len(state) == len(theirs)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(WeightsDamagedError):
        weights.state_dict(card(key))


def test_both_ways_from_disk_are_timed_on_the_same_file(home, monkeypatch):
    def once(ours, peer, *, rounds):
        ours(), peer()
        return 1.0, 2.0

    monkeypatch.setattr(zoo, "interleave", once)
    zoo.write_random("squeezenet1_1")
    row = zoo.from_disk("squeezenet1_1")
    assert (row.what, row.ratio) == ("Loading SqueezeNet 1.1 from disk", 0.5)


def test_every_network_that_is_weighed_is_in_the_catalogue_and_can_be_made():
    assert {card(key).key for key in zoo.WEIGHED} == {"lab-classifier", *zoo.TORCHVISION}
    assert set(zoo.FROM_DISK) <= set(zoo.TORCHVISION)


def test_a_new_process_grows_by_at_least_the_weights_it_loads(home):
    risen, size = zoo.weighed("lab-classifier")
    assert size == 4 * card("lab-classifier").parameters
    assert size <= risen < 20 * size
