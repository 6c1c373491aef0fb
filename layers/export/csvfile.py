"""CSV that a Chinese Excel opens right: UTF-8 with its mark, CRLF, units in the header.

After the rows one empty line, then lines that begin with ``#``: the provenance, what was asked for
as JSON, and last the number of rows, so that a file that was cut short is known.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from geo.types import Text, Told, nobody
from layers.export.content import ORIGIN_COLUMNS, Cell, Column, Provenance, Sheet, Tables
from layers.export.neutral import neutral

#: Begins every line after the rows.
COMMENT = "# "
#: Names the line that holds what was asked for.
ASKED = COMMENT + "huitu"
NEUTRALISED = Text(zh="；' 为防公式而加", en="; ' added against formulas")
_ROWS = Text(zh="行数", en="rows")
#: Rows between two words of progress.
TOLD_EVERY = 1000
#: What the last line begins with, in either language.
COUNTS = (COMMENT + _ROWS.zh, COMMENT + _ROWS.en)


def write(tables: Tables, path: Path, told: Told = nobody) -> None:
    """Write the main table.

    Raises
    ------
    OSError
        The disk is full.
    """
    total = len(tables.main.rows)
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        for done, line in enumerate(lines(tables)):
            if done % TOLD_EVERY == 0:
                told(min(done, total), total)
            writer.writerow(line)


def lines(tables: Tables) -> Iterable[list[str]]:
    """Every line of the file, as texts."""
    yield from table_lines(tables.main, tables.lang)
    yield []
    yield from _notes(tables.provenance, tables.lang)
    yield [COMMENT + _ROWS.in_(tables.lang), str(len(tables.main.rows))]


def table_lines(sheet: Sheet, lang: str) -> Iterator[list[str]]:
    """The header and the rows, as texts that no program takes for a formula."""
    rows = sheet.settled()
    yield headers(sheet, rows, lang)
    yield from (_line(sheet.columns, row) for row in rows)


def headers(sheet: Sheet, rows: Sequence[Sequence[Cell]], lang: str) -> list[str]:
    """The header of each column; it says so where a text below it was given a mark."""
    found = []
    for place, column in enumerate(sheet.columns):
        marked = any(map(_changed, {cell for row in rows if isinstance(cell := row[place], str)}))
        note = NEUTRALISED.in_(lang) if marked else ""
        found.append(neutral(column.header(lang) + note))
    return found


def _changed(text: str) -> bool:
    return neutral(text) != text


def _line(columns: Sequence[Column], row: Sequence[Cell]) -> list[str]:
    return [written(column, cell) for column, cell in zip(columns, row, strict=True)]


def written(column: Column, cell: Cell) -> str:
    """A cell as text; nothing for what is not known, which is never 0."""
    if cell is None:
        return ""
    if column.kind == "number":
        text = f"{cell:.{column.decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return neutral(str(cell))


def _notes(provenance: Provenance, lang: str) -> Iterable[list[str]]:
    for label, words in provenance.entries(lang):
        yield [COMMENT + label, neutral(words)]
    yield [COMMENT + ORIGIN_COLUMNS[0].header(lang), *(c.header(lang) for c in ORIGIN_COLUMNS[1:])]
    for origin in provenance.origins:
        first, *others = _line(ORIGIN_COLUMNS, origin.cells(lang))
        yield [COMMENT + first, *others]
    yield [ASKED, provenance.asked_text()]
