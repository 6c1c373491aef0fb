"""XLSX by XlsxWriter: typed cells, frozen headers, a sheet for the provenance.

The same content gives the same bytes: the file's own date is that of the newest version in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import LimitError, ProblemKind
from geo.types import Text
from layers.export.content import (
    ORIGIN_COLUMNS,
    Cell,
    Column,
    Provenance,
    Sheet,
    Tables,
    text_width,
)
from layers.export.csvfile import ASKED, headers
from layers.export.neutral import neutral

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

TOO_MANY_ROWS = ProblemKind(
    "xlsx-rows",
    "error",
    Text(
        zh="XLSX 一张表最多 {limit} 行，这里有 {count} 行",
        en="A sheet of XLSX holds {limit} rows; there are {count}",
    ),
    Text(zh="改用 CSV 或 GeoPackage，或缩小范围", en="Take CSV or GeoPackage, or choose less"),
)
KINDS = (TOO_MANY_ROWS,)

PROVENANCE_SHEET = Text(zh="来源", en="Provenance")
#: Stands for what is not known: an empty cell would count as 0 in a formula.
UNKNOWN = "—"
_MOST_ROWS = 1_048_575
_LONGEST_TEXT = 32_767
_CUT = "…"
_NARROWEST, _WIDEST, _WIDEST_ORIGIN = 8, 48, 68
_LINE_PT, _HEADER_PT, _HIGHEST_PT = 15, 36, 400
_LOOKED_AT = 500
_MOST_COLUMNS_OF_A_PAGE = 20
_WORDS = {"align": "left", "valign": "top", "indent": 1}
_HEADER = {**_WORDS, "bold": True, "text_wrap": True, "bg_color": "#e8eef2", "bottom": 1}
_FIGURE = {"align": "right", "valign": "top"}
#: A sheet goes to the disk row by row, from the top: its cells are not kept, texts stand in them.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write(tables: Tables, path: Path) -> None:
    """Write every sheet and one for the provenance.

    Raises
    ------
    LimitError
        A table has more rows than a sheet holds.
    OSError
        The disk is full.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    for sheet in tables.sheets:
        if len(sheet.rows) > _MOST_ROWS:
            raise LimitError(TOO_MANY_ROWS.at(limit=_MOST_ROWS, count=len(sheet.rows)))
    book = Workbook(path, {**_OPTIONS, "tmpdir": str(path.parent)})
    book.set_properties(_properties(tables))
    maker = _Maker(book, tables.lang)
    for sheet in tables.sheets:
        maker.add_table(sheet)
    maker.add_provenance(tables.provenance)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(*(error.args[0].args if error.args else ())) from error


def _properties(tables: Tables) -> dict[str, Any]:
    dates = [origin.published_at for origin in tables.provenance.origins]
    newest = datetime.fromisoformat(max(dates)) if dates else datetime(2000, 1, 1)  # noqa: DTZ001
    return {
        "title": tables.provenance.title.in_(tables.lang),
        "author": tables.provenance.software,
        "created": newest.replace(tzinfo=None),
    }


class _Maker:
    """Adds sheets to one workbook, all in one manner."""

    def __init__(self, book: Workbook, lang: str) -> None:
        self._book, self._lang = book, lang
        self._top = book.add_format(_HEADER)
        self._top_right = book.add_format({**_HEADER, "align": "right", "indent": 0})
        self._text = book.add_format(_WORDS)
        self._wrapped = book.add_format({**_WORDS, "text_wrap": True})
        self._formats: dict[tuple[str, int], Format] = {}

    def add_table(self, sheet: Sheet) -> None:
        rows = sheet.settled()
        names = headers(sheet, rows, self._lang)
        page = self._book.add_worksheet(_sheet_name(sheet.title.in_(self._lang)))
        page.set_row(0, _HEADER_PT)
        styles = []
        for place, (column, name) in enumerate(zip(sheet.columns, names, strict=True)):
            cells = [row[place] for row in rows]
            page.set_column(place, place, _width(name, cells[:_LOOKED_AT]))
            top = self._top if column.kind == "text" else self._top_right
            page.write_string(0, place, name, top)
            styles.append((self._words(cells), self._format(column)))
        for number, row in enumerate(rows, start=1):
            _set_height(page, number, row)
            self._write_row(page, number, row, sheet.columns, styles)
        page.freeze_panes(1, 0)
        if rows:
            page.autofilter(0, 0, len(rows), len(sheet.columns) - 1)
        _set_print(page, fit=len(sheet.columns) <= _MOST_COLUMNS_OF_A_PAGE)

    def _words(self, cells: Sequence[Cell]) -> Format:
        """The format of the texts of a column."""
        wide = any(isinstance(cell, str) and _is_wide(cell) for cell in cells)
        return self._wrapped if wide else self._text

    @staticmethod
    def _write_row(
        page: Worksheet,
        number: int,
        row: Sequence[Cell],
        columns: Sequence[Column],
        styles: Sequence[tuple[Format, Format]],
    ) -> None:
        for place, (cell, (words, figure)) in enumerate(zip(row, styles, strict=True)):
            if isinstance(cell, str):
                if cell:
                    page.write_string(number, place, fitting(neutral(cell)), words)
            elif cell is not None:
                page.write_number(number, place, cell, figure)
            elif columns[place].kind != "text":
                page.write_string(number, place, UNKNOWN, figure)

    def _format(self, column: Column) -> Format:
        """One format for each number of digits; unknown stands right, where figures do."""
        key = (column.kind, column.decimals)
        if key not in self._formats:
            digits = "." + "0" * min(column.decimals, 2) if column.kind == "number" else ""
            pattern = f"#,##0{digits}" if column.unit or column.kind == "number" else "0"
            self._formats[key] = self._book.add_format({**_FIGURE, "num_format": pattern})
        return self._formats[key]

    def add_provenance(self, provenance: Provenance) -> None:
        """Words run on over the empty cells beside them; the table of versions stands below."""
        page = self._book.add_worksheet(PROVENANCE_SHEET.in_(self._lang))
        row = 0
        for label, words in provenance.entries(self._lang):
            page.write_string(row, 0, label, self._top)
            page.write_string(row, 1, fitting(neutral(words)), self._text)
            row += 1
        row = self._add_origins(page, row + 1, provenance) + 1
        page.write_string(row, 0, ASKED, self._top)
        for place, part in enumerate(_parts(provenance.asked_text()), start=1):
            page.write_string(row, place, neutral(part), self._text)
        page.print_area(0, 0, row, len(ORIGIN_COLUMNS) - 1)
        _set_print(page, fit=True)

    def _add_origins(self, page: Worksheet, row: int, provenance: Provenance) -> int:
        lines = [origin.cells(self._lang) for origin in provenance.origins]
        for place, column in enumerate(ORIGIN_COLUMNS):
            name = column.header(self._lang)
            page.write_string(row, place, name, self._top)
            cells = [line[place] for line in lines]
            page.set_column(place, place, _width(name, cells, most=_WIDEST_ORIGIN))
        for number, line in enumerate(lines, start=row + 1):
            for place, cell in enumerate(line):
                if isinstance(cell, str):
                    page.write_string(number, place, fitting(neutral(cell)), self._text)
                elif cell is not None:
                    page.write_number(number, place, cell)
        return row + 1 + len(lines)


def _is_wide(text: str) -> bool:
    """Whether a text is wider than a column may be; short ones are told at a glance."""
    return 2 * len(text) > _WIDEST and text_width(text) > _WIDEST


def _set_height(page: Worksheet, number: int, row: Sequence[Cell]) -> None:
    """A row as high as its longest text, which not every program finds by itself."""
    wide = [text_width(cell) for cell in row if isinstance(cell, str) and _is_wide(cell)]
    if wide:
        page.set_row(number, min(_LINE_PT * math.ceil(max(wide) / (_WIDEST - 4)), _HIGHEST_PT))


def _set_print(page: Worksheet, *, fit: bool) -> None:
    """A4 across, the header on every page; as wide as a page where that can be read."""
    page.set_landscape()
    page.set_paper(9)
    if fit:
        page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _sheet_name(title: str) -> str:
    """A name that Excel takes: without the signs it refuses, at most 31 characters."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31]


def fitting(text: str) -> str:
    """A text as long as a cell may be; a cut is seen by its last character."""
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + _CUT


def _parts(text: str) -> Iterator[str]:
    """A long line over several cells: nothing of it may be cut."""
    for start in range(0, len(text), _LONGEST_TEXT - 1):
        yield text[start : start + _LONGEST_TEXT - 1]


def _width(name: str, cells: Sequence[Cell], most: float = _WIDEST) -> float:
    """Width of a column in characters; a long header may break once."""
    texts = [text_width(f"{cell:,.2f}" if isinstance(cell, float) else str(cell)) for cell in cells]
    return min(most, max([_NARROWEST, text_width(name) * 0.7 + 2, *(one + 2 for one in texts)]))
