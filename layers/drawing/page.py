"""Drawings on a page of a report that fpdf2 makes: vectors and real text."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from typing import TYPE_CHECKING, Any

from layers import fonts
from layers.drawing.model import Drawing, Item, Shape

if TYPE_CHECKING:
    from fpdf import FPDF


def register(pdf: FPDF) -> None:
    """Give a document the two faces; only the letters that are used are embedded."""
    pdf.add_font(fonts.FAMILY, fname=fonts.require(fonts.REGULAR))
    pdf.add_font(fonts.FAMILY, "B", fname=fonts.require(fonts.BOLD))


def put(pdf: FPDF, drawing: Drawing, x: float, y: float) -> None:
    """Draw at the true size, the upper left corner at (x, y) millimetres of the page."""
    for window, items in groupby(drawing.items, key=lambda item: item.window):
        clip: AbstractContextManager[Any] = nullcontext()
        if window is not None:
            top = y + drawing.height_mm - window.y - window.height
            clip = pdf.rect_clip(x + window.x, top, window.width, window.height)
        with clip:
            _items(pdf, items, x, y + drawing.height_mm)


def _items(pdf: FPDF, items: Iterable[Item], x: float, bottom: float) -> None:
    """Write runs of shapes at once: a run is one piece of the page's program."""
    for are_shapes, run in groupby(items, key=lambda item: isinstance(item, Shape)):
        if are_shapes:
            with pdf.drawing_context() as context:
                for item in run:
                    context.add_item(_path(item, x, bottom), clone=False)
        else:
            for item in run:
                _words(pdf, item, x, bottom)


def _path(shape: Any, x: float, bottom: float) -> Any:
    from fpdf.drawing import PaintedPath

    path = PaintedPath()
    style = path.style
    style.auto_close = False
    style.fill_color = shape.fill
    style.fill_opacity = shape.fill_opacity
    style.intersection_rule = "evenodd"
    style.stroke_color = shape.pen.colour if shape.pen else None
    style.stroke_join_style = "round"
    if shape.pen:
        style.stroke_width = shape.pen.width_mm
        style.stroke_opacity = shape.pen.opacity
        style.stroke_cap_style = "butt" if shape.pen.dash else "round"
        style.stroke_dash_pattern = list(shape.pen.dash) or None
    for ring in shape.rings:
        _ring(path, ring, x, bottom, shape.closed)
    return path


def _ring(
    path: Any, ring: tuple[tuple[float, float], ...], x: float, bottom: float, closed: bool
) -> None:
    if len(ring) < 2:
        return
    path.move_to(x + ring[0][0], bottom - ring[0][1])
    for at, up in ring[1:]:
        path.line_to(x + at, bottom - up)
    if closed:
        path.close()


def _words(pdf: FPDF, words: Any, x: float, bottom: float) -> None:
    pdf.set_font(fonts.FAMILY, "B" if words.bold else "", words.size_pt)
    pdf.set_text_color(words.colour)
    at, up = words.start
    if words.angle:
        with pdf.rotation(words.angle, x + at, bottom - up):
            pdf.text(x + at, bottom - up, words.shown)
    else:
        pdf.text(x + at, bottom - up, words.shown)
