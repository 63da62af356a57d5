"""Cached doors into the experiments of style transfer. What they give is frozen and shared, not copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.images.photo import Photo
from core.images.styles import STYLES, style_picture
from core.style.settings import StyleSettings
from ui import cached, preload
from ui.cached.queue import Version, version

if TYPE_CHECKING:
    from core.experiments.effort import Effort
    from core.experiments.styling import PaintedStep
    from core.steps import Run
    from core.style.steps import StyleStep


@st.cache_resource(max_entries=16, show_spinner=False)  # frozen, and nothing to copy
def style(key: str) -> Photo:
    """The picture of the style called `key`.

    Raises:
        PhotoError: there is no such picture, or its file is missing.
    """
    return style_picture(key)


def style_thumbnails() -> list[dict[str, str]]:
    """Key, name and thumbnail of every style, for the tray."""
    return [{"key": row.key, "name": row.title, "thumbnail": cached.thumbnail(style(row.key))} for row in STYLES]


def glimpse(
    model: str, photo: Photo, styles: Sequence[Photo], settings: StyleSettings
) -> Effort[tuple[PaintedStep, ...]]:
    """A short run with these settings as one effort for all visitors, to be advanced."""
    preload.wait()
    told = repr((photo.digest, [one.digest for one in styles], settings))
    return _glimpse(version(model), told, photo, tuple(styles), settings)


@st.cache_resource(max_entries=32, show_spinner=False)  # 16 pictures of 144 x 144 in half precision are 2 MB
def _glimpse(
    version: Version, told: str, _photo: Photo, _styles: tuple[Photo, ...], _settings: StyleSettings
) -> Effort[tuple[PaintedStep, ...]]:
    from core.experiments import styling

    return styling.glimpse(styling.Subject(model=version[0], photo=_photo, styles=_styles), _settings)


def begin(
    model: str, photo: Photo, styles: Sequence[Photo], after: StyleStep | None = None
) -> Callable[[StyleSettings], Run[PaintedStep]]:
    """What begins the painting to be watched, with settings; with `after` it goes on from that step of such a run."""

    def run(settings: StyleSettings) -> Run[PaintedStep]:
        from core.experiments import styling

        subject = styling.Subject(model=model, photo=photo, styles=tuple(styles))
        return styling.paint(subject, settings, after=after)

    return run


def kept(step: PaintedStep) -> PaintedStep:
    """What the history of a watched run holds of a step."""
    from core.experiments import styling

    return styling.kept(step)


def frames(steps: Sequence[StyleStep]) -> np.ndarray:
    """The pictures (n, h, w, 3) of a watched run, uint8, of one size. Neither cached nor queued: whoever packs them caches."""
    from core.experiments.frames import enlarged

    return enlarged([step.canvas for step in steps])
