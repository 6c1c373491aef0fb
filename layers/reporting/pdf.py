"""A report as PDF, by fpdf2: text is text, maps and charts are vectors, fonts are embedded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, TableCellFillMode, VAlign
from fpdf.fonts import FontFace
from fpdf.table import Table

from geo.types import Told, nobody
from layers import fonts
from layers.drawing import page
from layers.reporting import lines, words
from layers.reporting.content import Block, Grid, Heading, Paragraph, Picture, Report, Title

MARGIN_MM, FOOT_MM = 18.0, 14.0
_ALIGN = {"left": Align.L, "right": Align.R, "centre": Align.C}
_TEXT_PT, _CELL_PT, _LEADING = 10.0, 7.6, 1.65
_INK, _QUIET, _HEAD = (34, 34, 34), (100, 100, 100), (233, 237, 241)
_MM = 25.4 / 72
_PAD_MM, _PAD_ABOVE_MM, _LINE_MM = 1.0, 0.7, _CELL_PT * _MM * 1.35
#: A table that is not higher stands on one page, its caption with it.
_WHOLE_MM, _CAPTION_MM = 90.0, 7.0
#: A row of more lines is broken, so that it need not fit on a page.
_MOST_LINES = 20

_Cells = tuple[str, ...]


class _Document(FPDF):
    """Pages of A4 with the notice and the number at their foot."""

    def __init__(self, report: Report) -> None:
        super().__init__(unit="mm", format="A4")
        self._report = report
        self.counters = {"table": 0, "picture": 0}
        page.register(self)
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, MARGIN_MM + FOOT_MM / 2)
        self.set_lang("zh-CN" if report.lang == "zh" else "en")
        self.set_title(fonts.shown(report.title))
        self.set_creator("Huitu")
        self.set_producer("Huitu")
        self.set_creation_date(report.made_at)

    def footer(self) -> None:
        """Notice at the left, title in the middle, number at the right."""
        self.set_y(-FOOT_MM)
        self.write_as(8, _QUIET)
        number = words.PAGE.in_(self._report.lang).format(n=self.page_no())
        self.cell(0, 5, self._report.notice, align=Align.L)
        self.set_x(MARGIN_MM)
        self.cell(0, 5, number, align=Align.R)

    def write_as(
        self, size: float, colour: tuple[int, int, int] = _INK, bold: bool = False
    ) -> None:
        """Choose size, colour and weight of what follows."""
        self.set_font(fonts.FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)

    def line_of(self, text: str, size: float, **options: Any) -> None:
        """A text that may take several lines, then a new line."""
        options = {"align": Align.L, "new_x": "LMARGIN", "new_y": "NEXT", **options}
        room = self.w - self.r_margin - self.x - 2 * self.c_margin
        told = self.broken(text, room, size, bold="B" in self.font_style)
        self.multi_cell(0, size * _MM * _LEADING, "\n".join(told), **options)

    def broken(self, text: str, room_mm: float, size_pt: float, *, bold: bool) -> list[str]:
        """The lines of a text, as it can be drawn."""
        face = fonts.BOLD if bold else fonts.REGULAR
        return lines.broken(fonts.shown_lines(text, face), room_mm, size_pt * _MM, face)


def write(report: Report, told: Told = nobody) -> bytes:
    """Write a report; the same report gives the same bytes. ``told`` hears of each block."""
    document = _Document(report)
    for done, block in enumerate(report.blocks):
        told(done, len(report.blocks))
        _put(document, block, report.lang)
        if isinstance(block, Title):
            document.add_page()
            document.insert_toc_placeholder(_contents(report.lang), pages=1)
    return bytes(document.output())


def _contents(lang: str) -> Any:
    """The table of contents: sections with their pages."""

    def draw(document: Any, outline: list[Any]) -> None:
        document.set_xy(MARGIN_MM, MARGIN_MM)
        document.write_as(17, bold=True)
        document.line_of(words.CONTENTS.in_(lang), 17)
        document.ln(3)
        for section in outline:
            document.write_as(10.5)
            document.set_x(MARGIN_MM + 6 * section.level)
            link = document.add_link(page=section.page_number)
            document.cell(140 - 6 * section.level, 7.5, section.name, link=link)
            document.cell(0, 7.5, str(section.page_number), align=Align.R, link=link)
            document.ln()

    return draw


def _put(document: _Document, block: Block, lang: str) -> None:
    if isinstance(block, Title):
        _title(document, block)
    elif isinstance(block, Heading):
        _heading(document, block)
    elif isinstance(block, Paragraph):
        _paragraph(document, block)
    elif isinstance(block, Grid):
        _grid(document, block, lang)
    else:
        _picture(document, block, lang)


def _title(document: _Document, block: Title) -> None:
    document.add_page()
    document.set_y(70)
    document.write_as(26, bold=True)
    document.line_of(block.text, 26, align=Align.C)
    document.ln(3)
    document.write_as(14)
    document.line_of(block.under, 14, align=Align.C)
    document.set_y(170)
    for label, text in block.facts:
        document.write_as(9.5, _QUIET)
        document.cell(34, 6.2, label)
        document.write_as(9.5)
        document.multi_cell(0, 6.2, fonts.shown(text), align=Align.L, new_x="LMARGIN", new_y="NEXT")


def _heading(document: _Document, block: Heading) -> None:
    fresh = document.get_y() <= MARGIN_MM + 0.1 and not block.wide
    if block.level == 1 and not fresh:
        document.add_page(orientation="landscape" if block.wide else "portrait")
    elif block.level > 1 and document.will_page_break(40):
        document.add_page(same=True)
    document.start_section(fonts.shown(block.text), block.level - 1)
    size = 17.0 if block.level == 1 else 12.5
    document.write_as(size, bold=True)
    document.line_of(block.text, size)
    document.ln(2)


def _paragraph(document: _Document, block: Paragraph) -> None:
    _upright(document)
    document.write_as(_TEXT_PT)
    if block.bullet:
        document.set_x(MARGIN_MM + 1)
        document.cell(4, _TEXT_PT * _MM * _LEADING, "•")
        document.line_of(block.text, _TEXT_PT)
    else:
        document.line_of(block.text, _TEXT_PT)
    document.ln(1)


def _grid(document: _Document, block: Grid, lang: str) -> None:
    _upright(document)
    document.counters["table"] += 1
    rows = [(_parts(document, block, block.titles, lang, bold=True), True)]
    for number, cells in enumerate(block.rows):
        strong = number in block.strong
        rows.append((_parts(document, block, cells, lang, bold=strong), strong))
    number = document.counters["table"]
    room = max(24, _short_height(parts for parts, _strong in rows))
    _caption(document, words.TABLE, number, block.caption, lang, room=room)
    document.write_as(_CELL_PT)
    document.set_draw_color(150, 150, 150)
    document.set_line_width(0.15)
    head = FontFace(emphasis="BOLD", fill_color=_HEAD, color=_INK)
    with _Table.opened(
        document,
        keeps=bool(block.rows) and len(block.rows) - 1 in block.strong,
        col_widths=block.widths,
        text_align=tuple(_ALIGN[align] for align in block.aligns),
        headings_style=head,
        line_height=_LINE_MM,
        padding=(_PAD_ABOVE_MM, _PAD_MM),
        v_align=VAlign.T,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        cell_fill_mode=TableCellFillMode.NONE,
        width=document.epw,
    ) as table:
        for parts, strong in rows:
            style = FontFace(emphasis="BOLD") if strong and table.rows else None
            for part in parts:
                table.row(part, style=style)
    if block.note:
        document.ln(1)
        document.write_as(8, _QUIET)
        document.line_of(block.note, 8)
    document.ln(4)


def _short_height(rows: Iterable[list[_Cells]]) -> float:
    """Height of a table that is not broken over pages; 0 for a long one."""
    parts = [part for row in rows for part in row]
    tall = (max(cell.count("\n") + 1 for cell in part) for part in parts)
    height = sum(2 * _PAD_ABOVE_MM + lines * _LINE_MM for lines in tall)
    return height + _CAPTION_MM if height <= _WHOLE_MM else 0.0


class _Table(Table):
    """A table whose last two rows stand on one page where the last is a total."""

    keeps = False

    @classmethod
    @contextmanager
    def opened(cls, document: _Document, *, keeps: bool, **options: Any) -> Iterator[Self]:
        """As :meth:`fpdf.FPDF.table` does it."""
        table = cls(document, **options)
        table.keeps = keeps
        yield table
        table.render()

    def _compute_rows_info(self) -> Any:
        found = list(super()._compute_rows_info())
        if self.keeps and len(found) > 2:
            room = found[-2].height + found[-1].height
            found[-2] = replace(found[-2], pagebreak_height=room)
        return found


def _parts(
    document: _Document, block: Grid, cells: _Cells, lang: str, *, bold: bool
) -> list[_Cells]:
    """A row broken into lines; one with a long text as several that go on over pages."""
    columns = []
    for cell, width in zip(cells, block.widths, strict=True):
        room = document.epw * width / sum(block.widths) - 2 * _PAD_MM
        told = document.broken(cell, room, _CELL_PT, bold=bold)
        columns.append([told[n : n + _MOST_LINES] for n in range(0, len(told), _MOST_LINES)])
    parts = [tuple("\n".join(one[0]) for one in columns)]
    for place in range(1, max(map(len, columns))):
        first = words.CONTINUED.in_(lang).format(name=cells[0])
        rest = ("\n".join(one[place]) if place < len(one) else "" for one in columns[1:])
        parts.append((first, *rest))
    return parts


def _picture(document: _Document, block: Picture, lang: str) -> None:
    drawing = block.drawing
    if not block.wide:
        _upright(document)
    if document.will_page_break(drawing.height_mm + 9):
        document.add_page(same=True)
    document.counters["picture"] += 1
    x = MARGIN_MM + (document.epw - drawing.width_mm) / 2
    page.put(document, drawing, x, document.get_y())
    document.set_xy(MARGIN_MM, document.get_y() + drawing.height_mm + 1)
    _caption(document, words.PICTURE, document.counters["picture"], block.caption, lang, room=0)
    document.ln(3)


def _upright(document: _Document) -> None:
    """Leave the lying page of a wide map."""
    if document.w > document.h:
        document.add_page(orientation="portrait")


def _caption(
    document: _Document, form: Any, number: int, text: str, lang: str, *, room: float
) -> None:
    """A numbered caption; it does not stand alone at the foot of a page."""
    if room and document.will_page_break(room):
        document.add_page(same=True)
    document.write_as(9, bold=True)
    document.line_of(form.in_(lang).format(n=number, text=text), 9)
