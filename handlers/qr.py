"""QR codes as pictures, made here: what they hold is nobody else's business."""

from __future__ import annotations

from io import BytesIO

import segno

BORDER = 4
"""The quiet zone that the standard asks for, in modules (ISO/IEC 18004)."""


def drawn(text: str) -> bytes:
    """Return an SVG of the text, black on white whatever the colours of the page are."""
    picture = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(picture, kind="svg", border=BORDER, dark="#000", light="#fff", omitsize=True)
    return picture.getvalue()
