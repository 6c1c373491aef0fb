"""A face cut to the letters of one document, to be embedded in it."""

from __future__ import annotations

import io

from layers.fonts.faces import Face, require


def cut(face: Face, letters: str) -> bytes:
    """Return the face as WOFF with the glyphs of these letters, the box for others, and no more."""
    from fontTools import subset

    options = subset.Options(
        flavor="woff", notdef_outline=True, recalc_timestamp=False, glyph_names=False
    )
    font = subset.load_font(str(require(face)), options, lazy=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    target = io.BytesIO()
    subset.save_font(font, target, options)
    font.close()
    return target.getvalue()
