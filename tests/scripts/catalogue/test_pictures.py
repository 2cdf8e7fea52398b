"""The drawn pictures of the demo catalogue: what they show, and their files."""

from __future__ import annotations

import itertools

import pytest
from PIL import Image, ImageChops

from scripts.catalogue import pictures
from scripts.catalogue.canvas import Canvas
from scripts.catalogue.colours import SHADES
from scripts.catalogue.drawings.repertoire import PIECES
from scripts.catalogue.studio import VIEWS, Shot, photograph


@pytest.mark.parametrize("form", range(3))
@pytest.mark.parametrize("drawing", PIECES)
def test_a_piece_fills_the_middle_and_leaves_a_margin(drawing, form):
    colour = SHADES["coral"].colour
    piece = PIECES[drawing]
    canvas = Canvas.blank(200)
    canvas.flood((255, 255, 255))
    piece.paint(canvas, colour, form)
    painted = ImageChops.invert(canvas.finished()).convert("L").point(lambda v: 255 * (v > 90))
    left, top, right, bottom = painted.getbbox()
    assert bottom - top > 80
    assert right - left > 40
    corners = [painted.getpixel(at) for at in ((4, 4), (4, 195), (195, 195))]
    assert corners == [0, 0, 0]
    reds = [abs(p[0] - colour[0]) + abs(p[1] - colour[1]) < 90 for p in pixels(canvas.finished())]
    assert sum(reds) > 300, "the piece does not show the colour of its SKU"


def pixels(picture):
    red, green, blue = (band.tobytes() for band in picture.split())
    return zip(red, green, blue, strict=True)


def test_the_views_of_a_shot_differ():
    shot = Shot("mug", 0, SHADES["sage"].colour, (SHADES["coral"].colour,))
    painted = [photograph(shot, view).resize((40, 40)) for view in VIEWS]
    assert {each.size for each in painted} == {(40, 40)}
    for one, other in itertools.combinations(painted, 2):
        assert max(high for _, high in ImageChops.difference(one, other).getextrema()) > 40


def test_painting_is_repeatable(tmp_path):
    wanted = [pictures.commissions()["demo/sku/101-ink-front.jpg"]]
    pictures.paint(tmp_path / "a", wanted, lambda _: None)
    pictures.paint(tmp_path / "b", wanted, lambda _: None)
    for path in ("demo/sku/101-ink-front.jpg", "demo/sku/101-ink-front.thumb.webp"):
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


def test_a_picture_that_cannot_be_saved_leaves_the_old_one(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"the old one")
    with pytest.raises(OSError, match="cannot write mode F"):
        pictures._save(Image.new("F", (8, 8)), path, {})
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_picture_without_its_thumbnail_is_missing(tmp_path):
    path = "demo/sku/101-ink-front.jpg"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).touch()
    assert [each.path for each in pictures.missing(tmp_path, [path])] == [path]
    (tmp_path / pictures.thumbnail_path(path)).touch()
    assert pictures.missing(tmp_path, [path]) == []


def test_pictures_of_others_are_not_ours_to_paint(tmp_path):
    assert pictures.missing(tmp_path, ["sku/1_CWVre0U.png", "demo/sku/7-none-front.jpg"]) == []
