"""Colours that mean something, each with a second cue. The look's accent is not among them: it is for controls.

Okabe-Ito mid-tones, at least 3 : 1 on white and on the dark page, so they are the same in both themes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stroke:
    """A colour with the second cue it never goes without: `dash`, an SVG dash array, empty for a solid line."""

    colour: str
    dash: str = ""

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, 0 to 255."""
        value = int(self.colour[1:], 16)
        return value >> 16, value >> 8 & 255, value & 255


BOX_A = Stroke("#0072B2")
BOX_B = Stroke("#D55E00")
SHARED = Stroke("#009E73")

SERIES = (
    Stroke("#8A8A96", "2 5"),
    Stroke("#D55E00", "10 4 2 4"),
    Stroke("#CC79A7", "7 5"),
    Stroke("#009E73"),
)
"""Four things compared on one picture: colour and dash. Drawn over photos with a casing."""

TRUTH = Stroke("#009E73")
POSITIVE = Stroke("#0072B2")
IGNORED = Stroke("#8A8A96", "2 5")
"""Ground truth, anchors that learn from it, and anchors that are left out of the loss. Background is not drawn."""

MANY = tuple(
    Stroke(colour, dash)
    for dash in ("", "9 5", "2 5")
    for colour in ("#0072B2", "#D55E00", "#CC79A7", "#E69F00", "#56B4E9", "#8A8A96")
)
"""Up to eighteen things on one picture, such as the anchors of a cell: colour first, then the dash changes."""

VIRIDIS = ("#440154", "#482878", "#3E4989", "#31688E", "#26828E", "#1F9E89", "#35B779", "#6DCD59", "#B4DE2C", "#FDE725")
CIVIDIS = ("#00224E", "#123570", "#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838")
JET = ("#000080", "#0000FF", "#0080FF", "#00FFFF", "#80FF80", "#FFFF00", "#FF8000", "#FF0000", "#800000")
RED_BLUE = ("#2166AC", "#4393C3", "#92C5DE", "#D1E5F0", "#F4F4F4", "#FDDBC7", "#F4A582", "#D6604D", "#B2182B")
"""Evenly spaced stops, straight lines between them. Cividis is read alike with and without red-green blindness. Jet is for
comparing with older papers only: it is not monotonous in brightness, so it draws edges where the values have none.
Red-blue is for signed values, from blue for the lowest through a pale zero to red for the highest."""

AREAS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
"""Areas of a picture, each with a number as its second cue: Okabe and Ito's colours, the most different first."""
