"""Style transfer: the pixels are changed until the network sees the content of one picture and the style of others.

Gatys, Ecker and Bethge, Image Style Transfer Using Convolutional Neural Networks, 2016. From small to large as in Gatys et
al., Controlling Perceptual Factors in Neural Style Transfer, 2017, section 6: what was painted small is enlarged, and
painted on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from core.device import CPU, seeded
from core.errors import ModelError
from core.images.growth import least_side
from core.images.octaves import Octave, carried, fitted, octave_at, of_size
from core.steps import Run
from core.style.colour import luminance, match_colours, match_luminance, with_luminance
from core.style.features import Features
from core.style.objective import Measured, Targets, targets
from core.style.optimisers import Memory, updated, with_other_loss
from core.style.settings import Colours, Start, StyleSettings
from core.style.steps import Best, Canvas, Standing, StyleStep, reopened

Gradient = Callable[..., tuple[Tensor, ...]]


def transfer(
    features: Features,
    content: Float[Tensor, "1 3 h w"],
    styles: Sequence[Float[Tensor, "1 3 _ _"]],
    settings: StyleSettings,
    *,
    after: StyleStep | None = None,
    gradient: Gradient = torch.autograd.grad,
) -> Run[StyleStep]:
    """Paint `content` in the style of `styles`, all in [0, 1], yielding every picture with its losses.

    The painting has the shape of `content`, which is given at its full size. Settings may be sent in at every step, and act
    from its next update on: where they change the loss, the slope at the present picture is computed once more. With
    `after`, a step of such a run, the run goes on from there as if `settings` had been sent at that moment: to the last bit,
    or from 8-bit pixels and with nothing remembered where a history held the step (`core.style.steps.kept`).

    Raises:
        ModelError: the loss is not a number any more, or the network has no such layer.
        SettingError: the settings that are sent change what must stay, or `mix` is of another number of styles.
    """
    painter = _Painter(features, content, styles, settings, gradient)
    if after is not None:
        settings = painter.back_to(after, settings)
    else:
        painter.begin()
        newer = yield painter.step()
        settings = painter.steer(settings.steered(newer))
    while painter.index < settings.steps:
        painter.update()
        newer = yield painter.step()
        settings = painter.steer(settings.steered(newer))


class _Painter:
    """The state of a run between two steps."""

    def __init__(
        self, features: Features, content: Tensor, styles: Sequence[Tensor], settings: StyleSettings, gradient: Gradient
    ) -> None:
        settings.shares(len(styles))
        self._features, self._settings, self._gradient = features, settings, gradient
        self._photo = content.detach()
        self._content, self._styles = _coloured(self._photo, styles, settings.colours)
        self.index = 0
        self._memory: Memory = None
        self._best: Best | None = None
        self._targets: Targets | None = None
        self._octave: Octave | None = None
        self._slope: Tensor | None = None
        self._ground = self._start()

    def begin(self) -> None:
        """Measure the first picture, at the first size."""
        octave = self._due()
        self._canvas = of_size(self._ground, octave.height, octave.width)
        self._resize(octave)
        self._look()

    def back_to(self, step: StyleStep, settings: StyleSettings) -> StyleSettings:
        """Stand where a run stood after `step`, then steer by `settings`."""
        standing = reopened(step)
        self.index, self._canvas, self._settings = step.index, standing.canvas.to(self._photo), standing.settings
        self._best = None
        self._resize(Octave(step.octave, *self._canvas.shape[2:]))
        self._memory, self._best = standing.memory, standing.best
        self._look()
        return self.steer(standing.settings.steered(settings))

    def step(self) -> StyleStep:
        """What is there now."""
        assert self._octave is not None
        assert self._best is not None
        newest = self._best.index == self.index
        return StyleStep(
            index=self.index,
            canvas=self._best.canvas if newest else self._shown(),
            losses=self._measured.losses,
            octave=self._octave.number,
            best=self._best,
            standing=Standing(self._canvas, self._memory, self._settings, self._best),
        )

    def steer(self, newer: StyleSettings) -> StyleSettings:
        """Go by `newer` settings from now on."""
        older, self._settings = self._settings, newer
        if not newer.same_loss(older):
            self._memory, self._best = with_other_loss(self._memory), None
            if newer.layers != older.layers:
                self._targets = None
            self._look()
        elif self.index < newer.steps and self._slope is None:  # it was the last picture, and is not any more
            self._look()
        return newer

    def update(self) -> None:
        """Make the next picture and measure it."""
        assert self._slope is not None
        moved = updated(self._canvas, self._slope, self._memory, self._settings.optimiser, self._settings.rate)
        self._canvas, self._memory = moved.picture, moved.memory
        self.index += 1
        octave = self._due()
        if self._canvas.shape[2:] != (octave.height, octave.width):
            ground = self._ground if self._settings.start is not Start.NOISE else torch.zeros_like(self._ground)
            self._canvas = carried(self._canvas, ground, octave.height, octave.width)
            self._resize(octave)
        self._look()

    def _due(self) -> Octave:
        """The size of the present picture: that of the update that comes next, and the last picture's that of the last."""
        height, width = self._ground.shape[2:]
        update = min(self.index, self._settings.steps - 1)
        reached = self._octave.height if self._octave else 0
        return octave_at(update, self._settings, height, width, reached=reached)

    def _resize(self, octave: Octave) -> None:
        """Another size is another problem: other targets, nothing to remember."""
        self._octave, self._targets, self._memory, self._best = octave, None, None, None

    def _look(self) -> None:
        """Measure the picture, and the slope if another update follows."""
        settings = self._settings
        if self._targets is None:
            self._targets = self._wanted()
        more = self.index < settings.steps
        with torch.set_grad_enabled(more):
            leaf = self._canvas.detach().requires_grad_(more)
            measured = self._targets.measure(self._features, leaf, settings)
            total = measured.losses.total
            if not math.isfinite(total):
                raise ModelError(
                    f"The loss is no longer a number after {self.index} updates.",
                    "The best picture so far is kept. Choose a smaller learning rate or smaller weights, and start again.",
                )
            self._slope = self._slope_of(measured, leaf) if more else None
        self._measured = Measured(measured.total.detach(), measured.losses)  # a waiting run holds no graph
        if self._best is None or total < self._best.total:
            self._best = Best(self.index, measured.losses, self._shown())

    def _slope_of(self, measured: Measured, leaf: Tensor) -> Tensor:
        if not measured.total.requires_grad:
            return torch.zeros_like(leaf)
        return self._gradient(measured.total, leaf)[0]

    def _wanted(self) -> Targets:
        """The targets at the present size: the styles' pictures shrink with the painting, as far as a network still sees them."""
        assert self._octave is not None
        height, width = self._octave.height, self._octave.width
        side = round(max(height, width) * self._settings.style_scale)
        styles = [fitted(style, max(side, least_side(*style.shape[2:]))) for style in self._styles]
        return targets(self._features, of_size(self._content, height, width), styles, self._settings)

    def _start(self) -> Canvas:
        """The picture that the run begins with, at full size. Random numbers are those of the CPU on every device."""
        settings, content = self._settings, self._content
        if settings.start is Start.CONTENT:
            return content
        if settings.start is Start.STYLE:
            return of_size(self._styles[0], *content.shape[2:])
        return torch.rand(content.shape, generator=seeded(settings.seed, CPU)).to(content)

    def _shown(self) -> Float[Tensor, "3 h w"]:
        """The picture as people see it, a copy on the CPU."""
        canvas = self._canvas
        if self._settings.colours is Colours.LUMINANCE:
            canvas = with_luminance(of_size(self._photo, *canvas.shape[2:]), canvas)
        return canvas[0].detach().to(CPU, copy=True)


def _coloured(content: Tensor, styles: Sequence[Tensor], colours: Colours) -> tuple[Tensor, list[Tensor]]:
    """Content and styles as the network shall see them: of one channel where only brightness is painted."""
    if colours is Colours.LUMINANCE:
        bright = luminance(content)
        return bright, [match_luminance(luminance(style), bright) for style in styles]
    if colours is Colours.HISTOGRAM:
        return content, [match_colours(style, content) for style in styles]
    return content, [*styles]
