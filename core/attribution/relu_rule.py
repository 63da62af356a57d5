"""How a ReLU hands a gradient back. Torch-free."""

from __future__ import annotations

from core.options import Option


class ReluRule(Option):
    """What passes a ReLU on the way back.

    Springenberg et al., Striving for Simplicity: The All Convolutional Net, 2014, figure 1; the rule of the deconvnet is
    from Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2014.
    """

    PLAIN = ("plain", "Gradient", "The gradient passes where the input of the ReLU was positive.")
    GUIDED = ("guided", "Guided backpropagation", "It passes where both it and the input of the ReLU were positive.")
    DECONVNET = ("deconvnet", "Deconvnet", "It passes where it is positive itself, whatever the input of the ReLU was.")
