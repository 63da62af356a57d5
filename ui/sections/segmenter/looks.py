"""How often a segmenter looks at a photo: mirrored too, and in several sizes. What is chosen here lets the network run again."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from core.segmentation.settings import SegmentSettings

MIRROR, SCALES = "seg-mirror", "seg-scales"
KEYS = (MIRROR, SCALES)

SIZES = {"½ ×": 0.5, "¾ ×": 0.75, "1 ×": 1.0, "1¼ ×": 1.25, "1½ ×": 1.5, "2 ×": 2.0}
USUAL = "1 ×"
PLAIN: dict[str, object] = {MIRROR: False, SCALES: [USUAL]}
MOST = 5


def settings(far: DeltaGenerator) -> SegmentSettings:
    """The photo in one pass, or in several whose scores are averaged."""
    flip = far.toggle(
        "Mirrored too",
        key=MIRROR,
        bind="query-params",
        help="The photo is looked at once more from left to right, and the scores of both looks are averaged.",
    )
    chosen = far.pills(
        "Sizes",
        list(SIZES),
        selection_mode="multi",
        default=[USUAL],
        wrap=True,
        key=SCALES,
        bind="query-params",
        help="How large the photo is shown, against the size that the network learned with. The scores of all are averaged.",
    )
    scales = tuple(SIZES[name] for name in SIZES if name in (chosen or ()))
    if not scales:
        far.caption(f"No size is chosen: {USUAL} is taken.")
    if len(scales) > MOST:
        far.caption(f"The first {MOST} are taken.")
    return SegmentSettings(flip=flip, scales=scales[:MOST] or (1.0,))


def told(settings: SegmentSettings) -> str:
    """How the network looked, in a few words; empty for one look."""
    sizes = " and ".join(name for name, scale in SIZES.items() if scale in settings.scales)
    words = f", at {sizes} its size" if settings.scales != (1.0,) else ""
    return f"{words}, mirrored too" if settings.flip else words
