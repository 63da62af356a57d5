"""Cached doors to the detector's page: the network looks once, and every threshold reads that look again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.detection.detecting_settings import FindSettings, SeeSettings
from core.images.photo import Photo
from core.zoo.own_darknet import OwnDarknet
from ui import preload
from ui.cached.queue import Version, needs, through_engine, version

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.detecting import Detected, Fate, Seen

OWN = "own_darknet"
"""Where a session keeps a visitor's own files."""


def own(config: bytes, data: bytes, names: bytes | None = None) -> OwnDarknet:
    """A visitor's own pair of files, checked by building the network. The session keeps one, and forgets the one before.

    Ask when files were given, not in every run: all of their bytes are read.

    Raises:
        ModelError: a file is too large, damaged or of another kind; the names do not fit.
        MemoryShortError: there is no room for it.
    """
    files = OwnDarknet(config, data, names)
    before = own_now()
    if before is not None and before.digest == files.digest:
        return before
    through_engine(lambda ticket: _build(files, ticket))
    st.session_state[OWN] = files
    return files


def own_now() -> OwnDarknet | None:
    """The files that this session keeps."""
    return st.session_state.get(OWN)


def forget_own() -> None:
    """Let go of the visitor's files and of their network."""
    st.session_state.pop(OWN, None)


def _build(files: OwnDarknet, ticket: Ticket | None) -> None:
    needs(ticket)
    from core.device import best_device, within_memory
    from core.zoo import own_network

    within_memory(lambda device, _: own_network.own(files, device), best_device())


def seen(photo: Photo, model: str | OwnDarknet, settings: SeeSettings) -> Seen:
    """All that a detector says of the photo: the only door behind which it runs.

    Raises:
        WeightsMissingError: its weights are not on this machine.
        SettingError: there are too many tiles, or the network takes no input of that size.
    """
    return through_engine(lambda ticket: _seen(photo.digest, _version(model), settings, photo, model, ticket))


@st.cache_resource(max_entries=16, show_spinner=False)  # each takes up to 80 MB, as a rule 2 MB; frozen
def _seen(
    digest: str,
    version: Version,
    settings: SeeSettings,
    _photo: Photo,
    _model: str | OwnDarknet,
    _ticket: Ticket | None,
) -> Seen:
    needs(_ticket)
    from core.experiments import detecting

    return detecting.see(_photo, _model, settings)


def _version(model: str | OwnDarknet) -> Version:
    """The network as a part of a key: by its name and its file, or by what is in the visitor's files."""
    return version(model) if isinstance(model, str) else (model.digest, None)


def found(photo: Photo, model: str | OwnDarknet, look: SeeSettings, settings: FindSettings) -> Detected:
    """The things that `settings` find in what the detector said of the photo. Thresholds never run the network again.

    Raises:
        WeightsMissingError: its weights are not on this machine.
        SettingError: as for `seen`, or the network knows no class of one of these names.
    """
    answer = seen(photo, model, look)
    return _found(photo.digest, _version(model), look, settings, (photo.height, photo.width), answer)


@st.cache_resource(max_entries=64, show_spinner=False)  # so cheap that it takes no place in the queue
def _found(
    digest: str,
    version: Version,
    look: SeeSettings,
    settings: FindSettings,
    _size: tuple[int, int],
    _answer: Seen,
) -> Detected:
    from core.experiments import detecting

    return detecting.found(_answer, _size, settings)


def fate(answer: Seen, detected: Detected, look: int, anchor: int) -> Fate:
    """What became of one anchor. So cheap that it is neither cached nor queued.

    Raises:
        SettingError: there is no such anchor.
    """
    preload.wait()
    from core.experiments import detecting

    return detecting.fate(answer, detected, look, anchor)
