"""The picture files of the catalogue: which there are, which are missing, and painting those.

Beside every ``….jpg`` of 800 × 800 pixels stands its thumbnail ``….thumb.webp`` of 400 × 400; logos
are PNG. Paths are relative to the media root. A file is written under another name and renamed, so
it is either whole or not there. Several processes may paint at once.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from scripts.catalogue.colours import SHADES
from scripts.catalogue.gauge import Watch
from scripts.catalogue.logos import logo
from scripts.catalogue.products import Brand, branding, in_turn
from scripts.catalogue.records import FIRST_KEYS, logo_path, picture_stem
from scripts.catalogue.studio import VIEWS, Shot, photograph

THUMB = 400
JPEG = {"quality": 82, "optimize": 1}
WEBP = {"quality": 80, "method": 2}
PNG = {"optimize": 1}
BUNCH = 4


@dataclass(frozen=True, slots=True)
class Commission:
    """One picture to paint: its path and either a view of a shot or the logo of a brand."""

    path: str
    shot: Shot | None = None
    view: str = ""
    brand: Brand | None = None


def thumbnail_path(path: str) -> str:
    """Return the path of the thumbnail beside a picture."""
    return path.removesuffix(".jpg") + ".thumb.webp"


@cache
def commissions() -> Mapping[str, Commission]:
    """Return every picture of the catalogue by its path."""
    found = [*_photographs(), *_logos()]
    return {each.path: each for each in found}


def missing(root: Path, paths: Iterable[str]) -> list[Commission]:
    """Return those of the paths that we know how to paint and that have no file below ``root``."""
    known = commissions()
    wanted = [known[path] for path in dict.fromkeys(paths) if path in known]
    return [each for each in wanted if not all((root / name).is_file() for name in _files(each))]


def paint(root: Path, wanted: Sequence[Commission], watch: Watch) -> None:
    """Paint pictures with every processor there is; ``watch`` is told how many have been added.

    Raises ``OSError`` when a file cannot be written; what has been painted until then stays.
    """
    for folder in {(root / each.path).parent for each in wanted}:
        folder.mkdir(parents=True, exist_ok=True)
    bunches = [wanted[i : i + BUNCH] for i in range(0, len(wanted), BUNCH)]
    workers = min(os.cpu_count() or 1, len(bunches))
    if not workers:
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _leave_interrupts) as pool:
        waiting = {pool.submit(_paint_bunch, root, bunch) for bunch in bunches}
        try:
            for done in as_completed(waiting):
                watch(done.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _photographs() -> Iterator[Commission]:
    for pictured, (_, product) in enumerate(in_turn(), FIRST_KEYS["goods.spu"]):
        for slug in product.colours:
            others = tuple(SHADES[each].colour for each in product.colours if each != slug)
            shot = Shot(product.drawing, product.form, SHADES[slug].colour, others)
            for view in VIEWS:
                yield Commission(f"{picture_stem(pictured, slug)}{view}.jpg", shot, view)


def _logos() -> Iterator[Commission]:
    for pk, brand in enumerate(branding().brands, FIRST_KEYS["goods.brand"]):
        yield Commission(logo_path(pk), brand=brand)


def _files(commission: Commission) -> tuple[str, ...]:
    path = commission.path
    return (path,) if commission.shot is None else (path, thumbnail_path(path))


def _leave_interrupts() -> None:
    """Let a painter finish its bunch when Ctrl-C reaches the whole group: its master ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _paint_bunch(root: Path, bunch: Sequence[Commission]) -> int:
    for each in bunch:
        if each.shot is not None:
            picture = photograph(each.shot, each.view)
            thumb = picture.resize((THUMB, THUMB), Image.Resampling.BOX)
            _save(thumb, root / thumbnail_path(each.path), WEBP)
            _save(picture, root / each.path, JPEG)
        elif each.brand is not None:
            _save(logo(each.brand), root / each.path, PNG)
    return len(bunch)


def _save(picture: Image.Image, path: Path, options: Mapping[str, int]) -> None:
    fresh = path.with_name(f".{os.getpid()}.{path.name}")
    picture.save(fresh, None, **options)  # Leaves no file when it fails.
    fresh.replace(path)
