"""The doors of transposed convolutions: computed once for the same numbers, and what they give is core's."""

import pytest

from core.errors import SettingError
from core.experiments import transposing
from core.segmentation.transposed_settings import TransposeSettings
from ui.cached import transposings

SETTINGS = TransposeSettings(input=((0.0, 1.0), (2.0, 3.0)), kernel=((1.0, 2.0),), stride=2)


@pytest.fixture
def runs(monkeypatch) -> list[tuple]:
    """What was really computed, with nothing known before."""
    seen: list[tuple] = []
    for name in ("transposing", "enlarging"):
        getattr(transposings, f"_{name}").clear()
        real = getattr(transposing, name)
        monkeypatch.setattr(transposing, name, lambda *given, real=real: seen.append(given) or real(*given))
    return seen


def test_the_same_numbers_are_computed_once(runs):
    same = TransposeSettings(input=((0.0, 1.0), (2.0, 3.0)), kernel=((1.0, 2.0),), stride=2)
    assert transposings.transposing(SETTINGS) is transposings.transposing(same)
    transposings.transposing(TransposeSettings(input=SETTINGS.input, kernel=SETTINGS.kernel, stride=1))
    assert len(runs) == 2


def test_a_patch_is_enlarged_once_for_each_factor(runs):
    patch = ((0.0, 1.0), (2.0, 3.0))
    assert transposings.enlarging(patch, 2) is transposings.enlarging(patch, 2)
    assert transposings.enlarging(patch, 4) is not transposings.enlarging(patch, 2)
    assert runs == [(patch, 2), (patch, 4)]


def test_the_kernel_that_interpolates_is_as_large_as_asked():
    grid = transposings.bilinear(4)
    assert [len(row) for row in grid] == [4] * 4
    assert grid == transposing.bilinear(4)


@pytest.mark.parametrize(("rows", "counts"), [(4, (4,)), (3, (2, 4))])
def test_a_kernel_covers_evenly_where_its_stride_divides_it(rows, counts):
    found = transposings.reached(rows, 4, 2, 5)
    assert (found.inner, found.even) == (counts, len(counts) == 1)


def test_a_refusal_comes_each_time():
    for _ in range(2):
        with pytest.raises(SettingError):
            transposings.reached(0, 4, 2, 4)
