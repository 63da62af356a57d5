"""How often a segmenter looks at a photo: mirrored too, and in several sizes. What is chosen here lets the network run again."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from core.segmentation.settings import MOST_SCALES, SegmentSettings

MIRROR, SCALES = "seg-mirror", "seg-scales"
KEYS = (MIRROR, SCALES)

SIZES = {"½ ×": 0.5, "¾ ×": 0.75, "1 ×": 1.0, "1¼ ×": 1.25, "1½ ×": 1.5, "2 ×": 2.0}
USUAL = "1 ×"
PLAIN: dict[str, object] = {MIRROR: False, SCALES: [USUAL]}


def settings(far: DeltaGenerator) -> SegmentSettings:
    """The photo in one pass, or in several whose scores are averaged."""
    return SegmentSettings(flip=mirrored(far, MIRROR, "photo"), scales=sizes(far, SCALES, "photo"))


def mirrored(far: DeltaGenerator, key: str, thing: str) -> bool:
    """Whether every `thing` is looked at from left to right too."""
    return far.toggle(
        "Mirrored too",
        key=key,
        bind="query-params",
        help=f"The {thing} is looked at once more from left to right, and the scores of both looks are averaged.",
    )


def sizes(far: DeltaGenerator, key: str, thing: str) -> tuple[float, ...]:
    """The sizes in which every `thing` is shown, at least one and at most five.

    The options are the words themselves, so that the URL, the session and a link hold the same.
    """
    chosen = far.pills(
        "Sizes",
        list(SIZES),
        selection_mode="multi",
        default=[USUAL],
        wrap=True,
        key=key,
        bind="query-params",
        help=f"How large the {thing} is shown, against the size that the network learned with. The scores of all are averaged.",
    )
    scales = tuple(SIZES[name] for name in SIZES if name in (chosen or ()))
    if not scales:
        far.caption(f"No size is chosen: {USUAL} is taken.")
    if len(scales) > MOST_SCALES:
        far.caption(f"The first {MOST_SCALES} are taken.")
    return scales[:MOST_SCALES] or (1.0,)


def told(settings: SegmentSettings) -> str:
    """How the network looked, in a few words; empty for one look."""
    sizes = " and ".join(name for name, scale in SIZES.items() if scale in settings.scales)
    words = f", at {sizes} its size" if settings.scales != (1.0,) else ""
    return f"{words}, mirrored too" if settings.flip else words
