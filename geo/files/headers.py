"""Where the header of a table is, and what its columns are called.

Tables of offices have title lines above the header, headers of two or three rows with merged
cells, and columns without a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from geo.errors import ProblemKind
from geo.files import cells
from geo.files.cells import Cell
from geo.types import Text

NO_HEADER = ProblemKind(
    "table-header",
    "error",
    Text(
        zh="前 {count} 行中找不到表头（一行各列的名称）",
        en="No header (a row of column names) stands in the first {count} rows",
    ),
    Text(zh="在数据上方加一行列名", en="Put a row of column names above the data"),
)
KINDS = (NO_HEADER,)

#: Rows in which a header is looked for, and rows that one may have.
SEARCHED, _MOST_ROWS = 30, 4

Row = tuple[int, Sequence[Cell]]


@dataclass(frozen=True)
class Merge:
    """Cells that were merged into one: rows and columns, first and last, rows as numbered."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """The rows of a sheet that are not empty, with the numbers that a spreadsheet shows.

    Attributes
    ----------
    merges
        The cells that these cover have the value of the first one already.
    blank
        How many empty rows were left out.
    """

    rows: Sequence[Row]
    merges: Sequence[Merge] = ()
    blank: int = 0


@dataclass(frozen=True)
class Header:
    """What the columns are called, the lines above, and the place of the first row of data."""

    names: tuple[str, ...]
    titles: tuple[str, ...] = ()
    first: int = 0
    empty: frozenset[int] = field(default_factory=frozenset)


def find(grid: Grid) -> Header | None:
    """Find the header of a table; None when there is none."""
    lengths = sorted(map(_length, grid.rows))
    width, usual = (lengths[-1], lengths[len(lengths) // 2]) if lengths else (0, 0)
    head = [
        (number, [*row[:width], *[None] * (width - len(row))])
        for number, row in grid.rows[:SEARCHED]
    ]
    for at, (_, row) in enumerate(head):
        filled = [cell for cell in row if not cells.is_blank(cell)]
        if not all(map(cells.is_word, filled)):
            return None
        if _is_full(head[at + 1 : at + 2], usual) and len(filled) < usual:
            continue
        if 2 * len(filled) >= usual and (width == 1 or len(set(filled)) > 1):
            return _header(head, at, grid, width)
    return None


def _header(head: Sequence[tuple[int, list[Cell]]], at: int, grid: Grid, width: int) -> Header:
    width = _width(head, at, grid, width)
    head = [(number, row[:width]) for number, row in head]
    rows = [head[at][1]]
    while len(rows) < _MOST_ROWS and at + len(rows) < len(head):
        number, below = head[at + len(rows)]
        if not _continues(rows[-1], below, number, grid):
            break
        rows[-1] = _grouped(rows[-1], below)
        rows.append(below)
    columns = [[row[place] for row in rows] for place in range(width)]
    titles = [str(cell).strip() for _, row in head[:at] for cell in dict.fromkeys(row) if cell]
    first = at + len(rows)
    empty = {
        place
        for place in range(width)
        if all(cells.is_blank(cell) for cell in columns[place])
        and all(place >= len(row) or cells.is_blank(row[place]) for _, row in grid.rows[first:])
    }
    names = tuple(_name(column, place) for place, column in enumerate(columns))
    return Header(names, tuple(titles), first, frozenset(empty))


def _width(head: Sequence[tuple[int, list[Cell]]], at: int, grid: Grid, width: int) -> int:
    """Return how many columns there are: those with a name, and more where most rows have more.

    A comma in a text without quotes makes one row longer; it must not make a column.
    """
    shown = [row for _, row in head[at : at + _MOST_ROWS] if all(map(_is_name, row))]
    named = max((place + 1 for row in shown for place, cell in enumerate(row) if cell), default=0)
    rows = [row for _, row in grid.rows[at + 1 :]]
    while named < width and 2 * sum(_is_filled(row, named) for row in rows) > len(rows):
        named += 1
    return named


def _is_full(rows: Sequence[tuple[int, list[Cell]]], usual: int) -> bool:
    """Tell whether a row names every column, so that what stands above it is a title."""
    return any(
        sum(not cells.is_blank(cell) for cell in row) >= usual and all(map(_is_name, row))
        for _, row in rows
    )


def _length(row: Row) -> int:
    """Return the cells of a row up to the last that is filled."""
    return max(
        (place + 1 for place, cell in enumerate(row[1]) if not cells.is_blank(cell)), default=0
    )


def _is_name(cell: Cell) -> bool:
    return cells.is_blank(cell) or cells.is_word(cell)


def _is_filled(row: Sequence[Cell], place: int) -> bool:
    return place < len(row) and not cells.is_blank(row[place])


def _continues(above: Sequence[Cell], below: Sequence[Cell], number: int, grid: Grid) -> bool:
    """Tell whether a row goes on with the header: it names what the row above left open."""
    if not all(cells.is_word(cell) for cell in below if not cells.is_blank(cell)):
        return False
    if any(merge.top < number <= merge.bottom for merge in grid.merges):
        return True
    if any(m.top == number - 1 and m.right > m.left for m in grid.merges):
        return True
    opened = False
    for place, (upper, lower) in enumerate(zip(above, below, strict=True)):
        if cells.is_blank(lower):
            continue
        if cells.is_blank(upper):
            opened = True
        elif not _begins_a_group(above, below, place):
            return False
    return opened


def _begins_a_group(above: Sequence[Cell], below: Sequence[Cell], place: int) -> bool:
    after = place + 1
    return after < len(above) and cells.is_blank(above[after]) and not cells.is_blank(below[after])


def _grouped(above: Sequence[Cell], below: Sequence[Cell]) -> list[Cell]:
    """Let the name of a group stand over all its columns."""
    found: list[Cell] = []
    for place, (upper, lower) in enumerate(zip(above, below, strict=True)):
        is_open = place and cells.is_blank(upper) and not cells.is_blank(lower)
        belongs = is_open and not cells.is_blank(below[place - 1])
        found.append(found[-1] if belongs else upper)
    return found


def _name(column: Sequence[Cell], place: int) -> str:
    filled = (str(cell) for cell in column if not cells.is_blank(cell))
    words = dict.fromkeys(" ".join(text.split()) for text in filled)
    return " ".join(words) or f"第{place + 1}列"
