"""How a ReLU hands a gradient back. Torch-free."""

from __future__ import annotations

from enum import Enum


class ReluRule(Enum):
    """What passes a ReLU on the way back.

    Springenberg et al., Striving for Simplicity: The All Convolutional Net, 2014, figure 1; the rule of the deconvnet is
    from Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2014.
    """

    PLAIN = "plain"
    GUIDED = "guided"
    DECONVNET = "deconvnet"

    @property
    def title(self) -> str:
        """How it is called."""
        return _WORDS[self][0]

    @property
    def lesson(self) -> str:
        """What it does, in one line."""
        return _WORDS[self][1]


_WORDS = {
    ReluRule.PLAIN: ("Gradient", "The gradient passes where the input of the ReLU was positive."),
    ReluRule.GUIDED: ("Guided backpropagation", "It passes where both it and the input of the ReLU were positive."),
    ReluRule.DECONVNET: ("Deconvnet", "It passes where it is positive itself, whatever the input of the ReLU was."),
}
