"""The questions of the view Paint, as pills: figures of Gatys et al., 2016, and the course's term of its own."""

from __future__ import annotations

from core.style.settings import Start, StyleSettings
from ui.controls import Preset
from ui.sections.style.case import CONTENT, LAYERS, RATE, START, STYLE, VARIATION

KEY = "figure"
FIRST = "Content against style"
_OWN = StyleSettings(content_layers={}, style_layers={"": 1.0})
_PLAIN: dict[str, object] = {
    CONTENT: int(_OWN.content),
    STYLE: int(_OWN.style),
    VARIATION: int(_OWN.total_variation),
    RATE: _OWN.rate,
    START: _OWN.start.title,
    **dict.fromkeys(LAYERS, 1),
}


def presets() -> dict[str, Preset]:
    """A row for the pills. Numbers in the answers are of the lab's own network, 384 px and 300 updates."""
    return {
        FIRST: Preset(
            question="Start, and move Style while it is painted. Where would you still know the photo?",
            answer="Figure 4 of the paper. At 1 the photo keeps its surfaces and borrows some colour; at 10 strokes take the "
            "place of what was there; at 100 little of it is left. What one curve gains, the other pays: of the "
            "cat in waves, the content loss rises from 0.29 at 1 to 0.96 at 10, and the style loss falls from 0.28 to 0.05.",
            settings=_PLAIN,
        ),
        "Style only": Preset(
            question="Content counts 0, and the picture begins as noise. What of the style does the network keep, and what not?",
            answer="Figure 1, style reconstructions. Colours, strokes and their size come back all over. Where things stood does "
            "not: a Gram matrix sums over all places, so the one sun above the waves becomes scraps of orange anywhere. The "
            "photo has no part in it.",
            settings={**_PLAIN, CONTENT: 0, START: Start.NOISE.title},
        ),
        "No total variation": Preset(
            question="Total variation counts 0. How different will the painting be?",
            answer="Less than its name promises: the same painting with a finer grain, best seen at full size. The number tells "
            "more than the eye: neighbours of the cat in waves differ by 0.19 in the mean, instead of 0.12. The paper has no "
            "such term; the course adds it against noise.",
            settings={**_PLAIN, VARIATION: 0},
            predict=True,
        ),
        "Layer sweep": Preset(
            question="Only the finest style layer counts. Does the pattern of the style come along?",
            answer="Figure 1, layer by layer. No: colours, contrast and the shortest edges come, and the waves or stones stay "
            "away. The losses of the deeper layers say so: they stay high while that of the finest nearly vanishes. Then set it "
            "to 0 and the deepest to 1: now colours run wild in a coarse grain, which that layer does not see.",
            settings={**_PLAIN, **dict.fromkeys(LAYERS[1:], 0)},
            predict=True,
        ),
        "From noise": Preset(
            question="The same losses, but the picture begins as noise. Will it end as the same painting?",
            answer="Figure 6. No, though it ends nearly as low: 1.60 instead of 1.58 for the cat in waves, and of the coffee in "
            "mosaic even lower, 1.21 instead of 1.29. The colours of the photo never come back, for the content loss compares "
            "what a layer sees, not pixels. One loss has many pictures, and where you begin decides which you get.",
            settings={**_PLAIN, START: Start.NOISE.title},
            predict=True,
        ),
    }
