"""CSV and its relatives: texts between separators, as spreadsheets of any language write them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.files import encodings, kinds, tables
from geo.files.headers import Grid, Row
from geo.files.reading import Asked, Content, refused
from geo.types import Text

QUOTES = ProblemKind(
    "csv-quotes",
    "error",
    Text(
        zh="第 {line} 行的引号不成对或位置不对",
        en="The quotes in line {line} are not in pairs, or stand in the wrong place",
    ),
    Text(zh="改正这一行的引号，或在表格软件中重新导出", en="Correct them, or export it again"),
)
TOO_MANY_ROWS = ProblemKind(
    "table-rows-too-many",
    "error",
    Text(zh="表中的行数超过上限 {limit}", en="The table has more than {limit} rows"),
    Text(zh="分成几个文件", en="Split it into several files"),
)
KINDS = (QUOTES, TOO_MANY_ROWS)

_SEPARATORS = ",;\t|"
_LONGEST_CELL = limits.WKT_CHARACTERS
_SEEN_LINES = 30


def read(content: bytes, asked: Asked) -> Content:
    """Read a table of text."""
    if len(content) > limits.TEXT_BYTES:
        size, limit = len(content) // 1_000_000, limits.TEXT_BYTES // 1_000_000
        return refused(kinds.TOO_LARGE.at(size=size, limit=limit))
    decoded = encodings.decoded(content, asked)
    if isinstance(decoded, Problem):
        return refused(decoded)
    grid = _grid(decoded.text)
    if isinstance(grid, Problem):
        return refused(grid)
    found = tables.read(grid, asked, infer=True)
    return replace(found, encoding=decoded.encoding, previews=decoded.previews)


def _grid(text: str) -> Grid | Problem:
    csv.field_size_limit(_LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    rows: list[Row] = []
    blank = 0
    try:
        for number, cells in enumerate(lines, start=1):
            if not any(cell.strip() for cell in cells):
                blank += 1
                continue
            if len(cells) > limits.FIELDS and any(cells[limits.FIELDS :]):
                return kinds.TOO_MANY_FIELDS.at(count=len(cells), limit=limits.FIELDS)
            rows.append((number, [cell or None for cell in cells[: limits.FIELDS]]))
            if len(rows) > limits.TABLE_ROWS:
                return TOO_MANY_ROWS.at(limit=limits.TABLE_ROWS)
    except csv.Error:
        return QUOTES.at(line=lines.line_num)
    return Grid(rows, blank=blank)


def separator(text: str) -> str:
    """Tell what stands between the cells: what most of the first lines have most of, alike."""
    lines = [line for line in text[:100_000].splitlines()[:_SEEN_LINES] if line.strip()]

    def weight(mark: str) -> tuple[int, int]:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        (often, lines_alike), *_ = counts.most_common(1) or [(0, 0)]
        return lines_alike * min(often, 1), often

    return max(_SEPARATORS, key=weight)
