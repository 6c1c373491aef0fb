"""The printed notice (公示): one sheet of A4 or A3 to be pinned up, with a map and a QR code.

It says on paper what the page says, so that nobody needs a telephone to know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import segno
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from layers import fonts
from layers.drawing import Drawing, page

MEDIA_TYPE = "application/pdf"
#: How much larger than A4 each paper is.
PAPERS: Mapping[str, float] = MappingProxyType({"A4": 1.0, "A3": 2**0.5})
#: The map on A4, in millimetres.
MAP_MM = (180.0, 80.0)
_WIDTH_MM, _HEIGHT_MM, _MARGIN_MM = 210.0, 297.0, 15.0
_QR_MM, _LABEL_MM, _FOOT_MM = 32.0, 26.0, 9.0
_MM, _LEADING = 25.4 / 72, 1.5
_INK, _QUIET, _ACCENT = (34, 34, 34), (90, 90, 90), (12, 95, 90)
#: Sizes of the letters that are tried until the notice stands on one sheet.
_SIZES = (1.35, 1.15, 1.0, 0.88, 0.78)
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Poster:
    """What stands on the sheet, from above.

    Attributes
    ----------
    over, title, under
        The kind of the announcement, its title, and when it is open.
    words
        Paragraphs in plain words.
    facts
        Label and text: projects, legal basis, where to write, and so on.
    map
        Drawn at :data:`MAP_MM` times what the paper is larger; None where none is shown.
    scan, address
        What to do with the QR code, and where it leads.
    foot
        The review number of the map, or why there is none.
    """

    lang: str
    over: str
    title: str
    under: str
    words: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    map: Drawing | None
    map_caption: str
    scan: str
    address: str
    foot: str
    made_at: datetime


def write(poster: Poster, paper: str) -> bytes:
    """Write the sheet; the same poster gives the same bytes.

    Where even the smallest letters do not fit, it goes on on a second sheet.
    """
    made = _drawn(poster, paper, _SIZES[0])
    for share in _SIZES[1:]:
        if made.page_no() == 1:
            break
        made.give_up()
        made = _drawn(poster, paper, share)
    return bytes(made.output())


class _Sheet(FPDF):
    """Pages whose sizes are those of A4, times what the paper is larger."""

    def __init__(self, poster: Poster, paper: str, share: float) -> None:
        self.larger, self._share, self._poster = PAPERS[paper], share, poster
        super().__init__(unit="mm", format=(_WIDTH_MM * self.larger, _HEIGHT_MM * self.larger))
        page.register(self)
        margin = _MARGIN_MM * self.larger
        self.set_margins(margin, margin, margin)
        self.set_auto_page_break(True, margin + _FOOT_MM * self.larger / 2)
        self.set_lang("zh-CN" if poster.lang == "zh" else "en")
        self.set_title(fonts.shown(poster.title))
        self.set_creator("Huitu")
        self.set_producer("Huitu")
        self.set_creation_date(poster.made_at)

    def footer(self) -> None:
        """The word on the map, in the smallest letters."""
        self.set_y(-(_MARGIN_MM + _FOOT_MM / 2) * self.larger)
        self.written_as(8, _QUIET)
        self.cell(0, 4 * self.larger, fonts.shown(self._poster.foot), align=Align.C)

    def written_as(self, size: float, colour: Colour = _INK, *, bold: bool = False) -> float:
        """Choose the letters of what follows; the height of their lines in millimetres."""
        points = size * self.larger * self._share
        self.set_font(fonts.FAMILY, "B" if bold else "", points)
        self.set_text_color(*colour)
        return points * _MM * _LEADING

    def lines(
        self,
        text: str,
        size: float,
        colour: Colour = _INK,
        *,
        bold: bool = False,
        align: Align = Align.L,
        width: float = 0,
    ) -> None:
        """A text that may take several lines, then a new line."""
        tall = self.written_as(size, colour, bold=bold)
        written = fonts.shown_lines(text)
        self.multi_cell(width, tall, written, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def give_up(self) -> None:
        """Close the files of the letters, which writing the document else does."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def gap(self, tall_mm: float) -> None:
        """Leave so much free, on A4."""
        self.ln(tall_mm * self.larger)


def _drawn(poster: Poster, paper: str, share: float) -> _Sheet:
    sheet = _Sheet(poster, paper, share)
    sheet.add_page()
    _head(sheet, poster)
    if poster.map is not None:
        _map(sheet, poster.map, poster.map_caption)
    for line in poster.words:
        sheet.lines(line, 10.5)
        sheet.gap(1)
    sheet.gap(2)
    for label, text in poster.facts:
        _fact(sheet, label, text)
    _way_here(sheet, poster)
    return sheet


def _head(sheet: _Sheet, poster: Poster) -> None:
    sheet.lines(poster.over, 12, _ACCENT, bold=True, align=Align.C)
    sheet.lines(poster.title, 22, bold=True, align=Align.C)
    sheet.lines(poster.under, 11, align=Align.C)
    sheet.gap(2)
    sheet.set_draw_color(*_ACCENT)
    sheet.set_line_width(0.6 * sheet.larger)
    sheet.line(sheet.l_margin, sheet.get_y(), sheet.w - sheet.r_margin, sheet.get_y())
    sheet.gap(3)


def _map(sheet: _Sheet, drawing: Drawing, caption: str) -> None:
    page.put(sheet, drawing, sheet.l_margin, sheet.get_y())
    sheet.set_y(sheet.get_y() + drawing.height_mm + 1)
    sheet.lines(caption, 8.5, _QUIET)
    sheet.gap(2)


def _fact(sheet: _Sheet, label: str, text: str) -> None:
    tall = sheet.written_as(9.5, _QUIET)
    wide = _LABEL_MM * sheet.larger
    sheet.cell(wide, tall, fonts.shown(label))
    sheet.set_x(sheet.l_margin + wide)
    sheet.lines(text, 9.5, width=sheet.epw - wide)
    sheet.gap(0.6)


def _way_here(sheet: _Sheet, poster: Poster) -> None:
    """The QR code, and beside it the address to type."""
    side = _QR_MM * sheet.larger
    sheet.gap(3)
    if sheet.will_page_break(side):
        sheet.add_page()
    top = sheet.get_y()
    _code(sheet, poster.address, sheet.l_margin, top, side)
    beside = sheet.l_margin + side + 5 * sheet.larger
    sheet.set_left_margin(beside)
    sheet.set_xy(beside, top + 5 * sheet.larger)
    sheet.lines(poster.scan, 12, bold=True)
    sheet.gap(1)
    sheet.lines(poster.address, 9.5, _QUIET)
    sheet.set_left_margin(_MARGIN_MM * sheet.larger)


def _code(sheet: _Sheet, address: str, x: float, y: float, side: float) -> None:
    """Black squares without an outline: runs of a row as one, so that no hair lines show."""
    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=0)]
    step = side / len(rows)
    sheet.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        start = None
        for across, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                sheet.rect(x + start * step, y + down * step, (across - start) * step, step, "F")
                start = None
