"""Feature maps by name, of a shared network."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from core.errors import ModelError
from core.images.normalise import normalise
from core.style.features import features_of
from tests.core.style.small import chain, picture


def test_are_what_the_layers_make_of_the_normalised_picture():
    net, x = chain(), normalise(picture())
    found = features_of(net)(picture(), ("two", "one"))
    for name in ("one", "two"):
        torch.testing.assert_close(found[name], net.split(name).trunk(x))


def test_a_pass_ends_at_the_deepest_layer_asked_for(monkeypatch):
    net = chain()
    monkeypatch.setattr(net.layers[2], "forward", lambda x: pytest.fail("ran on"))
    assert set(features_of(net)(picture(), ("one",))) == {"one"}


def test_a_layer_that_is_not_there_is_named():
    with pytest.raises(ModelError, match="three"):
        features_of(chain())(picture(), ("three",))


def test_eight_threads_read_what_one_reads():
    read = features_of(chain())
    alone = [read(picture(seed), ("two",))["two"] for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: read(picture(seed), ("two",))["two"], range(16)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))
