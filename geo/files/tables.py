"""From the rows of a table to features: two columns of coordinates, or one of geometries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import pyproj
from shapely.geometry.base import BaseGeometry

from geo import limits
from geo.errors import Problem, ProblemKind, listed
from geo.files import cells, declared, headers, kinds, strictjson, wkt
from geo.files.cells import Cell
from geo.files.headers import Grid, Header, Row
from geo.files.positions import ShapeReader
from geo.files.reading import Asked, Content, Table, refused, safe_names
from geo.types import Text, listing

ASK_COLUMNS = ProblemKind(
    "table-columns",
    "error",
    Text(
        zh="看不出位置在哪几列；各列为：{names}",
        en="It is not clear which columns hold the position; the columns are {names}",
    ),
    Text(
        zh="指明经度（或东坐标）和纬度（或北坐标）两列，或图形（WKT、GeoJSON）一列",
        en="Name the columns of longitude (or easting) and latitude (or northing), or the one of"
        " the geometry (WKT, GeoJSON)",
    ),
)
NOT_THOSE_COLUMNS = ProblemKind(
    "table-columns-missing",
    "error",
    Text(
        zh="表中没有名为“{name}”的列；各列为：{names}",
        en="The table has no column “{name}”; it has {names}",
    ),
    Text(zh="核对列名；位置须为一列或两列", en="Check the name; a position is one column or two"),
)
NOT_A_COORDINATE = ProblemKind(
    "cell-coordinate",
    "error",
    Text(
        zh="“{name}”的值 {value} 不是坐标",
        en="“{name}” has the value {value}, which is no coordinate",
    ),
    Text(
        zh="写成数（120.3014）或度分秒（120°18′05″）；尚未定位的两列都留空",
        en="Write a number (120.3014) or an angle (120°18′05″); leave both cells empty where the"
        " place is not known",
    ),
)
HALF_A_POSITION = ProblemKind(
    "cell-coordinate-missing",
    "error",
    Text(zh="只有一个坐标，缺“{name}”", en="Only one coordinate is there: “{name}” is missing"),
    Text(
        zh="补上另一个；尚未定位的两列都留空",
        en="Add the other one; leave both cells empty where the place is not known",
    ),
)
NOT_A_GEOMETRY = ProblemKind(
    "cell-geometry",
    "error",
    Text(
        zh="“{name}”的值不是 WKT 或 GeoJSON 图形：{value}",
        en="“{name}” holds no geometry as WKT or GeoJSON: {value}",
    ),
    Text(
        zh="写成 POLYGON ((x y, …)) 等普通的点、线、面，不带 SRID",
        en="Write plain points, lines or polygons, as POLYGON ((x y, …)), without SRID",
    ),
)
TITLES = ProblemKind(
    "table-titles",
    "note",
    Text(
        zh="表头上方的文字没有读取：{titles}", en="Lines above the header were not read: {titles}"
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
MERGED = ProblemKind(
    "table-merged",
    "note",
    Text(
        zh="合并的单元格，其值已填入所覆盖的每一行",
        en="The value of merged cells was put into every row that they cover",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
EMPTY_ROWS = ProblemKind(
    "table-rows-empty",
    "note",
    Text(zh="空行没有读取（{count} 行）", en="Empty rows were not read ({count})"),
    Text(zh="无需处理", en="Nothing to do"),
)
POSITION_FROM = ProblemKind(
    "table-position",
    "note",
    Text(zh="位置取自：{names}", en="Positions were taken from {names}"),
    Text(zh="若不是这几列，请另行指明", en="Name others if these are the wrong ones"),
)
CELLS_BEYOND = ProblemKind(
    "table-row-long",
    "error",
    Text(
        zh="这一行有 {count} 格，比表头的 {columns} 列多",
        en="The row has {count} cells, more than the {columns} columns of the header",
    ),
    Text(
        zh="文字中有逗号而未加引号时会这样，核对这一行",
        en="A comma in a text without quotes does this: check the row",
    ),
)
BAD_CELL = ProblemKind(
    "cell-error",
    "error",
    Text(zh="“{name}”的公式出错：{value}", en="The formula of “{name}” failed: {value}"),
    Text(zh="在表格软件中改正后保存", en="Correct it in your spreadsheet and save"),
)
KINDS = (
    ASK_COLUMNS,
    NOT_THOSE_COLUMNS,
    NOT_A_COORDINATE,
    HALF_A_POSITION,
    NOT_A_GEOMETRY,
    TITLES,
    MERGED,
    EMPTY_ROWS,
    POSITION_FROM,
    CELLS_BEYOND,
    BAD_CELL,
)

_X = {"x", "lon", "lng", "long", "longitude", "easting", "east", "lon_wgs84", "wgs84_lon"}
_Y = {"y", "lat", "latitude", "northing", "north", "lat_wgs84", "wgs84_lat"}
_X_ENDS = ("经度", "东经", "东坐标", "横坐标", "x坐标")
_Y_ENDS = ("纬度", "北纬", "北坐标", "纵坐标", "y坐标")
_SHAPE = {"wkt", "geom", "geometry", "the_geom", "shape", "geojson", "图形", "几何", "几何图形"}
_UNIT = re.compile(r"[(\[（【].*?[)\]）】]")
_LOOKED_AT = 20


class FailedFormula(str):
    """What a cell shows whose formula failed, as ``#DIV/0!``."""

    __slots__ = ()


def read(grid: Grid, asked: Asked, *, infer: bool) -> Content:
    """Make features of the rows of a sheet.

    Parameters
    ----------
    grid
        Its rows that are not empty.
    asked
        The CRS, which no table declares, and the columns of the position.
    infer
        Whether all cells are texts, which become numbers where a whole column is of numbers.
    """
    header = headers.find(grid)
    if header is None:
        return refused(headers.NO_HEADER.at(count=headers.SEARCHED))
    rows = grid.rows[header.first :]
    if len(header.names) > limits.FIELDS:
        found = kinds.TOO_MANY_FIELDS.at(count=len(header.names), limit=limits.FIELDS)
        return refused(found, rows=len(rows))
    places = _places(header, rows, asked)
    if isinstance(places, Problem):
        return refused(places, rows=len(rows))
    target = declared.given(asked)
    if isinstance(target, Problem):
        columns = tuple(header.names[place] for place in places)
        return refused(target, rows=len(rows), columns=columns)
    return _content(_Form(header, places, target, asked), grid, infer=infer)


def _places(header: Header, rows: Sequence[Row], asked: Asked) -> tuple[int, ...] | Problem:
    """Find the columns of the position: those that a person named, else those that look like it."""
    names = listing(header.names)
    if not asked.columns:
        found = _proposed(header, rows)
        return found if found or asked.looking else ASK_COLUMNS.at(names=names)
    for name in asked.columns:
        if name not in header.names or len(asked.columns) > 2:
            return NOT_THOSE_COLUMNS.at(name=name, names=names)
    return tuple(header.names.index(name) for name in asked.columns)


def _proposed(header: Header, rows: Sequence[Row]) -> tuple[int, ...]:
    plain = list(map(_plain_name, header.names))
    shares = [_share(rows, place, cells.is_geometry) for place in range(len(plain))]
    named = [place for place, share in enumerate(shares) if share and plain[place] in _SHAPE]
    mostly = [place for place, share in enumerate(shares) if 2 * share > 1]
    for found in (named, mostly):
        if len(found) == 1:
            return (found[0],)
    xs = [place for place, name in enumerate(plain) if name in _X or name.endswith(_X_ENDS)]
    ys = [place for place, name in enumerate(plain) if name in _Y or name.endswith(_Y_ENDS)]
    return (xs[0], ys[0]) if len(xs) == len(ys) == 1 else ()


def _plain_name(name: str) -> str:
    """Return the last word of a name, without case, width and the unit in brackets."""
    text = _UNIT.sub("", unicodedata.normalize("NFKC", name)).strip().lower()
    return text.split()[-1] if text else ""


def _share(rows: Sequence[Row], place: int, test: Callable[[Cell], bool]) -> float:
    """Return the share of the first filled cells of a column that pass a test."""
    filled = (row[place] for _, row in rows if place < len(row) and not cells.is_blank(row[place]))
    looked_at = list(islice(filled, _LOOKED_AT))
    return sum(map(test, looked_at)) / max(1, len(looked_at))


@dataclass(frozen=True)
class _Form:
    """How the rows of one table are read."""

    header: Header
    places: tuple[int, ...]
    crs: pyproj.CRS | None
    asked: Asked

    @property
    def kept(self) -> list[int]:
        """Return the columns that are attributes."""
        without = {*self.places, *self.header.empty}
        return [place for place in range(len(self.header.names)) if place not in without]

    def row(self, number: int, row: Sequence[Cell]) -> _Row:
        found = _Row(number, [*row, *[None] * (len(self.header.names) - len(row))])
        names = self.header.names
        beyond = len(row) - len(names)
        if beyond > 0 and not all(map(cells.is_blank, row[len(names) :])):
            found.problems.append(CELLS_BEYOND.at(count=len(row), columns=len(names)))
        for name, cell in zip(names, found.cells, strict=False):
            if isinstance(cell, FailedFormula):
                found.problems.append(BAD_CELL.at(field=name, name=name, value=cell))
            else:
                found.problems += strictjson.faults(name, cell)
        if not found.problems:
            found.shape = self.shape(found)
        found.problems = [replace(problem, row=number) for problem in found.problems]
        return found

    def shape(self, row: _Row) -> BaseGeometry | None:
        geometry = self.written(row) if len(self.places) == 1 else self.point(row)
        if geometry is None:
            return None
        reader = ShapeReader.of(self.crs, self.asked)
        shape = reader.shape(geometry)
        row.problems += reader.problems
        return shape

    def point(self, row: _Row) -> Mapping[str, Any] | None:
        filled = [place for place in self.places if not cells.is_blank(row.cells[place])]
        if not filled:
            return None
        if len(filled) < len(self.places):
            (missing,) = set(self.places) - set(filled)
            name = self.header.names[missing]
            row.problems.append(HALF_A_POSITION.at(field=name, name=name))
            return None
        position = [self.coordinate(row, place) for place in self.places]
        return None if None in position else {"type": "Point", "coordinates": position}

    def coordinate(self, row: _Row, place: int) -> float | None:
        value = cells.number(row.cells[place])
        if value is None:
            name = self.header.names[place]
            told = NOT_A_COORDINATE.at(field=name, name=name, value=row.cells[place])
            row.problems.append(told)
        return value

    def written(self, row: _Row) -> Mapping[str, Any] | None:
        (place,) = self.places
        cell, name = row.cells[place], self.header.names[place]
        if cells.is_blank(cell):
            return None
        found = _geometry(str(cell).strip())
        if found is None:
            row.problems.append(NOT_A_GEOMETRY.at(field=name, name=name, value=cell))
        return found


def _geometry(text: str) -> Mapping[str, Any] | None:
    """Parse WKT or a GeoJSON geometry; how deep it is nested is bounded by both parsers."""
    if text.startswith("{"):
        parsed = strictjson.parse(text[: limits.WKT_CHARACTERS])
        is_faulty = not isinstance(parsed, dict) or any(strictjson.faults("", parsed))
        return None if is_faulty else parsed
    try:
        return wkt.geometry_of(text)
    except wkt.WktError:
        return None


@dataclass
class _Row:
    """One row under examination."""

    number: int
    cells: list[Cell]
    shape: BaseGeometry | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return all(problem.kind.severity != "error" for problem in self.problems)


def _content(form: _Form, grid: Grid, *, infer: bool) -> Content:
    header = form.header
    rows = [form.row(number, row) for number, row in grid.rows[header.first :]]
    whole = [row for row in rows if row.is_whole]
    names, renamed = safe_names(header.names[place] for place in form.kept)
    columns = {
        name: _column([row.cells[place] for row in whole], infer=infer)
        for name, place in zip(names, form.kept, strict=True)
    }
    table = Table([row.number for row in whole], columns, [row.shape for row in whole], form.crs)
    problems = listed(problem for row in rows for problem in row.problems)
    position = tuple(header.names[place] for place in form.places)
    told = [*problems, *_notes(form, grid), *renamed]
    return Content(table, told, len(rows), columns=position)


def _column(values: Sequence[Cell], *, infer: bool) -> list[Any]:
    if infer:
        return cells.typed(values)
    return [
        None if cells.is_blank(value) else value.strip() if isinstance(value, str) else value
        for value in values
    ]


def _notes(form: _Form, grid: Grid) -> list[Problem]:
    found = []
    if form.header.titles:
        found.append(TITLES.at(titles=listing(form.header.titles)))
    below = grid.rows[form.header.first :]
    if any(below and merge.bottom > max(merge.top, below[0][0]) for merge in grid.merges):
        found.append(MERGED.at())
    if grid.blank:
        found.append(EMPTY_ROWS.at(count=grid.blank))
    if not form.asked.columns:
        found.append(POSITION_FROM.at(names=listing(form.header.names[p] for p in form.places)))
    return found
