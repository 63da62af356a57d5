"""The four ways a photo becomes a network's input, each with the way back to the photo.

Coordinates are continuous: pixel i covers [i, i + 1), a photo of width w covers [0, w), and boxes are
`(x1, y1, x2, y2)` with `x2` and `y2` exclusive. So one scale and one offset for each axis carry points and boxes alike.

Sizes are rounded as torchvision's presets do (transforms.v2.functional: resize, center_crop).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from core.errors import SettingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a photo lies on a network's input: input = photo * scale + offset. All in pixels.

    `photo_*` is the size of the photo and `canvas_*` that of the input. A negative offset means that the photo reaches
    over the edge, as after a crop.
    """

    scale_x: float
    scale_y: float
    offset_x: float
    offset_y: float
    photo_width: int
    photo_height: int
    canvas_width: int
    canvas_height: int

    def forward_points(self, points: Float[Tensor, "n 2"]) -> Float[Tensor, "n 2"]:
        """Points `(x, y)` of the photo as points of the input."""
        return points * self._scale(points) + self._offset(points)

    def back_points(self, points: Float[Tensor, "n 2"]) -> Float[Tensor, "n 2"]:
        """Points `(x, y)` of the input as points of the photo."""
        return (points - self._offset(points)) / self._scale(points)

    def forward_boxes(self, boxes: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
        """Boxes of the photo as boxes of the input."""
        return self.forward_points(boxes.reshape(-1, 2)).reshape(-1, 4)

    def back_boxes(self, boxes: Float[Tensor, "n 4"], *, clip: bool = False) -> Float[Tensor, "n 4"]:
        """Boxes of the input as boxes of the photo, with `clip` cut off at its edges."""
        corners = self.back_points(boxes.reshape(-1, 2))
        if clip:
            corners = corners.clamp(min=torch.zeros_like(corners[:1]), max=self._photo(corners))
        return corners.reshape(-1, 4)

    def _scale(self, like: Tensor) -> Float[Tensor, "2"]:
        return like.new_tensor((self.scale_x, self.scale_y))

    def _offset(self, like: Tensor) -> Float[Tensor, "2"]:
        return like.new_tensor((self.offset_x, self.offset_y))

    def _photo(self, like: Tensor) -> Float[Tensor, "2"]:
        return like.new_tensor((self.photo_width, self.photo_height))


@dataclass(frozen=True, slots=True)
class Placed:
    """A network's input and where the photo lies on it."""

    image: Float[Tensor, "b c h w"]
    placement: Placement


def stretch(image: Float[Tensor, "b c h w"], *, height: int, width: int) -> Placed:
    """The whole photo, squeezed into `height` x `width`: nothing is lost but the shape."""
    _check_sides(height=height, width=width)
    resized = _resized(image, height, width)
    return Placed(resized, _placement(image, resized, scale=(width / image.shape[3], height / image.shape[2])))


def letterbox(image: Float[Tensor, "b c h w"], *, height: int, width: int, fill: float = 0.5) -> Placed:
    """The whole photo in its own shape, centred between bars of the value `fill`: what YOLO takes.

    Redmon & Farhadi, YOLOv3, 2018 (darknet's letterbox_image), except that sizes are rounded, not cut. An odd bar is
    one pixel wider on the right or below.
    """
    _check_sides(height=height, width=width)
    photo_height, photo_width = image.shape[2:]
    scale = min(height / photo_height, width / photo_width)
    inner_height = min(height, max(1, round(photo_height * scale)))
    inner_width = min(width, max(1, round(photo_width * scale)))
    resized = _resized(image, inner_height, inner_width)
    left, top = (width - inner_width) // 2, (height - inner_height) // 2
    bars = (left, width - inner_width - left, top, height - inner_height - top)
    canvas = functional.pad(resized, bars, value=fill) if any(bars) else resized
    scales = (inner_width / photo_width, inner_height / photo_height)
    return Placed(canvas, _placement(image, canvas, scale=scales, offset=(float(left), float(top))))


def centre_crop(image: Float[Tensor, "b c h w"], *, resize: int, crop: int) -> Placed:
    """The middle of the photo: its shortest side becomes `resize`, then `crop` x `crop` is cut out of the centre.

    torchvision's preset for classification (ImageNet: 256 and 224). What lies outside the crop is never seen.

    Raises:
        SettingError: `crop` is larger than `resize`.
    """
    _check_sides(crop=crop, resize=resize)
    if crop > resize:
        raise SettingError(f"crop must be at most resize, got crop {crop} and resize {resize}.")
    photo_height, photo_width = image.shape[2:]
    shortest = min(photo_height, photo_width)
    inner_height, inner_width = resize * photo_height // shortest, resize * photo_width // shortest
    resized = _resized(image, inner_height, inner_width)
    top, left = round((inner_height - crop) / 2), round((inner_width - crop) / 2)
    cut = resized[:, :, top : top + crop, left : left + crop]
    scales = (inner_width / photo_width, inner_height / photo_height)
    return Placed(cut, _placement(image, cut, scale=scales, offset=(float(-left), float(-top))))


def fit(image: Float[Tensor, "b c h w"], *, shortest: int, longest: int) -> Placed:
    """The whole photo in its own shape: its shorter side becomes `shortest`, its longer one at most `longest`.

    torchvision's preset for segmentation (520), which has no bound for the longer side: where that holds here, the
    shorter side becomes less than `shortest`.

    Raises:
        SettingError: `shortest` is larger than `longest`.
    """
    _check_sides(shortest=shortest, longest=longest)
    if shortest > longest:
        raise SettingError(f"shortest must be at most longest, got shortest {shortest} and longest {longest}.")
    photo_height, photo_width = image.shape[2:]
    long, short = max(photo_height, photo_width), min(photo_height, photo_width)
    if shortest * long <= longest * short:
        height, width = shortest * photo_height // short, shortest * photo_width // short
    else:
        height, width = max(1, longest * photo_height // long), max(1, longest * photo_width // long)
    return stretch(image, height=height, width=width)


def _resized(image: Float[Tensor, "b c h w"], height: int, width: int) -> Float[Tensor, "b c height width"]:
    if image.shape[2:] == (height, width):
        return image
    return functional.interpolate(image, (height, width), mode="bilinear", align_corners=False, antialias=True)


def _placement(
    photo: Tensor, canvas: Tensor, *, scale: tuple[float, float], offset: tuple[float, float] = (0.0, 0.0)
) -> Placement:
    return Placement(
        scale_x=scale[0],
        scale_y=scale[1],
        offset_x=offset[0],
        offset_y=offset[1],
        photo_width=photo.shape[3],
        photo_height=photo.shape[2],
        canvas_width=canvas.shape[3],
        canvas_height=canvas.shape[2],
    )


def _check_sides(**sides: int) -> None:
    for name, side in sides.items():
        if side < 1:
            raise SettingError(f"{name} must be at least 1, got {side}.")
