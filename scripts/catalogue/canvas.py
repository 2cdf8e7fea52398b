"""A surface to paint outlines on: fills, blends and soft light, with smooth edges.

Outlines are in units (a picture is 1000 × 1000 of them); the surface is painted at twice the size
of the picture and halved at the end. A canvas may look at its surface from elsewhere (``seen``):
the same drawing code then paints a close-up or a small copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, floor, hypot, radians, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from scripts.catalogue.colours import Colour
from scripts.catalogue.geometry import Path, Point

SIZE = 800
FINE = 2
UNITS = 1000
SWATCH = 48

Box = tuple[int, int, int, int]
Area = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Blend:
    """Colours that run into each other over a shape; ``angle`` in degrees, 90 is downwards."""

    stops: tuple[Colour, ...]
    angle: float = 90


Paint = Colour | Blend


def across(*stops: Colour) -> Blend:
    """Blend from left to right: what makes a flat outline look round."""
    return Blend(stops, 0)


def down(*stops: Colour) -> Blend:
    """Blend from top to bottom."""
    return Blend(stops, 90)


def slant(*stops: Colour) -> Blend:
    """Blend from the upper left, where the light is, to the lower right."""
    return Blend(stops, 50)


class Canvas:
    """A picture in the making."""

    def __init__(self, image: Image.Image, matrix: tuple[float, ...]) -> None:
        self._image = image
        self._matrix = matrix

    @classmethod
    def blank(cls, size: int = SIZE) -> Canvas:
        """Return an empty white canvas for a picture of that many pixels."""
        scale = size * FINE / UNITS
        image = Image.new("RGB", (size * FINE, size * FINE), "white")
        return cls(image, (scale, 0.0, 0.0, 0.0, scale, 0.0))

    def seen(self, scale: float, *, at: Point = (500, 500), put: Point = (500, 500)) -> Canvas:
        """Return a canvas on the same surface whose point ``at`` lies on our point ``put``."""
        return self._joined(
            (scale, 0.0, put[0] - at[0] * scale, 0.0, scale, put[1] - at[1] * scale)
        )

    def leaned(self, angle: float, *, around: Point = (500, 500)) -> Canvas:
        """Return a canvas on the same surface, turned clockwise by an angle in degrees."""
        s, c = sin(radians(angle)), cos(radians(angle))
        ox, oy = around
        return self._joined((c, -s, ox - ox * c + oy * s, s, c, oy - ox * s - oy * c))

    def fill(
        self, path: Path, paint: Paint, *, alpha: float = 1.0, within: Path | None = None
    ) -> None:
        """Paint the inside of an outline, or only what lies inside another outline as well."""
        points = self._pixels(path)
        whole = _bounds(points)
        box = _clipped(whole, self._image.size)
        if box is None:
            return
        mask = _mask(points, box, round(255 * alpha))
        if within is not None:
            mask = ImageChops.multiply(mask, _mask(self._pixels(within), box, 255))
        self._paste(paint, whole, box, mask)

    def glow(
        self,
        path: Path,
        paint: Colour,
        *,
        blur: float,
        alpha: float = 1.0,
        within: Path | None = None,
    ) -> None:
        """Paint an outline with edges as soft as ``blur`` units: light, shade, a shadow."""
        radius = blur * self._scale
        points = self._pixels(path)
        whole = _grown(_bounds(points), ceil(radius * 2.4))
        box = _clipped(whole, self._image.size)
        limit = None if within is None else self._pixels(within)
        if box is not None and limit is not None:
            box = _shared(box, _bounds(limit))
        if box is None:
            return
        mask = _soft_mask(points, box, radius, round(255 * alpha))
        if limit is not None:
            mask = ImageChops.multiply(mask, _mask(limit, box, 255))
        self._paste(paint, whole, box, mask)

    def flood(self, paint: Paint) -> None:
        """Paint the whole surface."""
        whole = (0, 0, *self._image.size)
        self._paste(paint, whole, whole, None)

    def finished(self) -> Image.Image:
        """Return the picture at its real size."""
        return self._image.reduce(FINE)

    @property
    def _scale(self) -> float:
        return hypot(self._matrix[0], self._matrix[3])

    def _joined(self, inner: tuple[float, ...]) -> Canvas:
        a, b, c, d, e, f = self._matrix
        p, q, r, s, t, u = inner
        return Canvas(
            self._image,
            (
                a * p + b * s,
                a * q + b * t,
                a * r + b * u + c,
                d * p + e * s,
                d * q + e * t,
                d * r + e * u + f,
            ),
        )

    def _pixels(self, path: Path) -> list[Point]:
        a, b, c, d, e, f = self._matrix
        return [(a * x + b * y + c, d * x + e * y + f) for x, y in path]

    def _paste(self, paint: Paint, whole: Box, box: Box, mask: Image.Image | None) -> None:
        if isinstance(paint, Blend):
            self._image.paste(_blended(paint, whole, box), box, mask)
        else:
            # Pasting a plain picture takes a third of the time of pasting a colour.
            plain = Image.new("RGB", (box[2] - box[0], box[3] - box[1]), paint)
            self._image.paste(plain, box, mask)


def _bounds(points: Path) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return (floor(min(xs)), floor(min(ys)), ceil(max(xs)) + 1, ceil(max(ys)) + 1)


def _grown(box: Box, margin: int) -> Box:
    return (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)


def _clipped(box: Box, size: tuple[int, int]) -> Box | None:
    return _shared(box, (0, 0, *size))


def _shared(a: Box, b: Box) -> Box | None:
    box = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
    return box if box[0] < box[2] and box[1] < box[3] else None


def _mask(points: Path, box: Box, level: int) -> Image.Image:
    mask = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
    ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in points], fill=level)
    return mask


def _soft_mask(points: Path, box: Box, radius: float, level: int) -> Image.Image:
    """Blur on a coarse grid, which looks the same and costs a fraction."""
    step = max(1, int(radius / 3))
    margin = ceil(radius * 2.4 / step)
    width, height = ceil((box[2] - box[0]) / step), ceil((box[3] - box[1]) / step)
    coarse = Image.new("L", (width + 2 * margin, height + 2 * margin), 0)
    spots = [((x - box[0]) / step + margin, (y - box[1]) / step + margin) for x, y in points]
    ImageDraw.Draw(coarse).polygon(spots, fill=level)
    soft = coarse.filter(ImageFilter.GaussianBlur(radius / step))
    size = (box[2] - box[0], box[3] - box[1])
    seen = (margin, margin, margin + size[0] / step, margin + size[1] / step)
    return _enlarged(soft, size, seen)


def _enlarged(soft: Image.Image, size: tuple[int, int], area: Area) -> Image.Image:
    """Enlarge a part of something soft; finer than the finished picture would be wasted time."""
    coarse = (ceil(size[0] / FINE), ceil(size[1] / FINE))
    picture = soft.resize(coarse, Image.Resampling.BILINEAR, box=area)
    return picture.resize(size, Image.Resampling.NEAREST)


def _blended(blend: Blend, whole: Box, box: Box) -> Image.Image:
    """Return the part ``box`` of a blend over ``whole``; straight blends are made of one line."""
    size = (box[2] - box[0], box[3] - box[1])
    swatch = _swatch(blend.stops, round(blend.angle))
    left, right = _part(whole[0], whole[2], box[0], end=box[2], size=swatch.width)
    top, bottom = _part(whole[1], whole[3], box[1], end=box[3], size=swatch.height)
    line = (size[0] if swatch.width > 1 else 1, size[1] if swatch.height > 1 else 1)
    area = (left, top, right, bottom)
    if line == size:
        return _enlarged(swatch, size, area)
    fine = swatch.resize(line, Image.Resampling.BILINEAR, box=area)
    return fine.resize(size, Image.Resampling.NEAREST)


def _part(low: int, high: int, start: int, *, end: int, size: int) -> tuple[float, float]:
    """Say where a stretch of a shape lies on a swatch of that size."""
    if size == 1:
        return (0.0, 1.0)
    scale = size / (high - low)
    return ((start - low) * scale, min((end - low) * scale, size))


@lru_cache(maxsize=512)
def _swatch(stops: tuple[Colour, ...], angle: int) -> Image.Image:
    """Return a small picture of a blend: a line when it is straight, else a square."""
    strip = Image.new("RGB", (len(stops), 1))
    strip.putdata(stops)
    between = (0.5, 0, len(stops) - 0.5, 1)
    strip = strip.resize((256, 1), Image.Resampling.BILINEAR, box=between)
    if angle == 0:
        return strip
    if angle == 90:
        return strip.transpose(Image.Transpose.ROTATE_270)
    tables = [list(band.tobytes()) for band in strip.split()]
    return Image.merge("RGB", [_ramp(angle).point(table) for table in tables])


@lru_cache(maxsize=64)
def _ramp(angle: int) -> Image.Image:
    """Return a square that grows from 0 to 255 along an angle."""
    s, c = sin(radians(angle)), cos(radians(angle))
    reach = abs(s) + abs(c)
    steps = [(i + 0.5) / SWATCH - 0.5 for i in range(SWATCH)]
    levels = [round(255 * ((x * c + y * s) / reach + 0.5)) for y in steps for x in steps]
    ramp = Image.new("L", (SWATCH, SWATCH))
    ramp.putdata(levels)
    return ramp
