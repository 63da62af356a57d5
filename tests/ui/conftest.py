"""A visitor without a server: the session and the URL as plain dictionaries, photos without files."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from core.images.photo import GroundTruth, Photo, from_pixels
from tests.sessions import no_search_for_components as no_search_for_components
from tests.sessions import torch_is_there as torch_is_there


@dataclass
class Visitor:
    """What `st.session_state` and `st.query_params` are in a test."""

    session: dict[str, Any] = field(default_factory=dict)
    url: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A new visitor: an empty session and a URL without a query."""
    visitor = Visitor()
    monkeypatch.setattr(st, "session_state", visitor.session)
    monkeypatch.setattr(st, "query_params", visitor.url)
    return visitor


@pytest.fixture
def blank() -> Callable[..., Photo]:
    """`blank(width, height)`: a grey photo; `boxes` and `labels` are its ground truth."""

    def make(width: int, height: int, shade: int = 128, boxes: list[list[float]] | None = None) -> Photo:
        pixels = np.full((height, width, 3), shade, np.uint8)
        truth = None
        if boxes is not None:
            truth = GroundTruth(np.array(boxes, np.float32), tuple(f"thing {row}" for row in range(len(boxes))))
        return from_pixels(pixels, f"blank {width} × {height}", truth=truth)

    return make


@pytest.fixture
def png() -> Callable[..., bytes]:
    """`png(width, height, shade)`: the file of a grey picture."""

    def make(width: int = 40, height: int = 30, shade: int = 128) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (width, height), (shade, shade, shade)).save(file, "PNG")
        return file.getvalue()

    return make
