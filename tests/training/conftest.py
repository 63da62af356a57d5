from pathlib import Path

import pytest

from training.smoke import draw_data


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of drawn pictures."""
    data = tmp_path_factory.mktemp("data")
    draw_data(data)
    return data
