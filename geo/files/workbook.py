"""XLSX: the cells of one sheet as they were last calculated, read from the XML itself.

Sizes that a sheet declares are not believed, formulas are not run, links are not followed.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from xml.etree.ElementTree import Element

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.files import archive, kinds, strictxml, tables, which
from geo.files.cells import Cell
from geo.files.delimited import TOO_MANY_ROWS
from geo.files.headers import Grid, Merge, Row
from geo.files.reading import Asked, Content, Layer, refused
from geo.files.strictxml import XmlError
from geo.files.tables import FailedFormula
from geo.types import Text

NO_SHEET = ProblemKind(
    "workbook-empty",
    "error",
    Text(zh="工作簿中没有含数据的工作表", en="No sheet of the workbook has any data"),
    Text(zh="核对文件，或转存为 CSV", en="Check the file, or save it as CSV"),
)
KINDS = (NO_SHEET,)

_WORKBOOK, _RELATIONS = archive.WORKBOOK, "xl/_rels/workbook.xml.rels"
_ROW = re.compile(rb"<(\w+:)?row[\s>]")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_UNSOUND = Text(zh="工作簿的内部结构有错", en="its parts do not fit together")
#: Number formats of dates and times (ECMA-376, 18.8.30; those of Chinese and Japanese included).
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DATE_LETTER = re.compile(r"[ymdhs]|年|月|日", re.IGNORECASE)
_FIRST_DAY, _FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_SERIAL = 2_958_466
_WHOLE = re.compile(r"-?\d{1,15}")
_MOST_MERGES = 100_000
_NOT_CALCULATED = "=?"


def read(content: bytes, asked: Asked) -> Content:
    """Read one sheet of a workbook."""
    members = archive.members(content, frozenset({".xml", ".rels"}))
    if isinstance(members, list):
        return refused(*members)
    try:
        return _read(_Book.of(members), asked)
    except XmlError as error:
        return refused(error.problem)
    except (KeyError, ValueError, IndexError, OverflowError):
        return refused(kinds.DAMAGED.at(what=_UNSOUND))


def _read(book: _Book, asked: Asked) -> Content:
    layers = tuple(Layer(name, rows) for name, rows in book.rows().items())
    filled = tuple(layer for layer in layers if layer.rows) or layers
    if not any(layer.rows for layer in layers):
        return refused(NO_SHEET.at(), layers=layers)
    chosen = which.layer(layers if asked.layer else filled, asked)
    if isinstance(chosen, Problem):
        return refused(chosen, layers=layers)
    grid = book.grid(chosen.name)
    if isinstance(grid, Problem):
        return refused(grid, layers=layers, layer=chosen.name)
    found = tables.read(grid, asked, infer=False)
    return replace(found, layers=layers, layer=chosen.name)


@dataclass(frozen=True)
class _Book:
    """The parts of a workbook that say what its sheets are and what their cells mean."""

    members: Mapping[str, bytes]
    sheets: Mapping[str, str]
    strings: Sequence[str]
    dates: Sequence[bool]
    first_day: datetime

    @classmethod
    def of(cls, members: Mapping[str, bytes]) -> _Book:
        book = strictxml.tree(members[_WORKBOOK])
        relations = list(_relations(strictxml.tree(members[_RELATIONS])))
        targets = {one.id: one.target for one in relations}
        of_type = {one.type: members.get(one.target) for one in relations}
        properties = book.find("workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        return cls(
            members=members,
            sheets={
                name: targets[relation]
                for name, relation in _sheets(book)
                if targets.get(relation) in members
            },
            strings=_Strings.of(of_type.get("sharedStrings")),
            dates=list(_dates(of_type.get("styles"))),
            first_day=_FIRST_DAY_1904 if is_1904 else _FIRST_DAY,
        )

    def rows(self) -> Mapping[str, int]:
        """Return how many rows each sheet has; those that hold only colours are counted too."""
        return {
            name: sum(1 for _ in _ROW.finditer(self.members[path]))
            for name, path in self.sheets.items()
        }

    def grid(self, name: str) -> Grid | Problem:
        content = self.members[self.sheets[name]]
        if len(content) > limits.TEXT_BYTES:
            size, limit = len(content) // 1_000_000, limits.TEXT_BYTES // 1_000_000
            return kinds.TOO_LARGE.at(size=size, limit=limit)
        return _Sheet(self).read(content)


class _Relation(NamedTuple):
    """Leads from the workbook to one of its parts."""

    id: str
    type: str
    target: str


def _relations(tree: Element) -> Iterator[_Relation]:
    """List the parts of the workbook; never one outside the archive."""
    for one in tree:
        if one.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/xl", one.get("Target") or ""))
            kind = (one.get("Type") or "").rpartition("/")[2]
            yield _Relation(one.get("Id") or "", kind, path.lstrip("/"))


def _sheets(book: Element) -> Iterator[tuple[str, str]]:
    for sheet in book.iterfind("sheets/sheet"):
        relation = next((value for name, value in sheet.attrib.items() if name.endswith(":id")), "")
        yield sheet.get("name") or "", relation


@dataclass
class _Strings:
    """Gathers the texts that cells share; the reading aids of Japanese are no part of them."""

    found: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, content: bytes | None) -> list[str]:
        reader = cls()
        if content is not None:
            strictxml.events(content, reader.begins, reader.ends, reader.text)
        return reader.found

    def begins(self, name: str, _attributes: Mapping[str, str]) -> None:
        self.inside.append(name)
        if name == "si":
            self.parts = []

    def text(self, text: str) -> None:
        if self.inside[-1] == "t" and "rPh" not in self.inside:
            self.parts.append(text)

    def ends(self, name: str) -> None:
        self.inside.pop()
        if name == "si":
            self.found.append("".join(self.parts))


def _dates(styles: bytes | None) -> Iterator[bool]:
    """Tell for each style whether it shows a number as a date."""
    if styles is None:
        return
    tree = strictxml.tree(styles)
    own = {
        int(one.get("numFmtId") or 0)
        for one in tree.iterfind("numFmts/numFmt")
        if _DATE_LETTER.search(_QUOTED.sub("", one.get("formatCode") or ""))
    }
    for style in tree.iterfind("cellXfs/xf"):
        yield int(style.get("numFmtId") or 0) in _DATES | own


class _Sheet:
    """Goes through the cells of a sheet in the order in which they stand."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.rows: list[tuple[int, dict[int, Cell]]] = []
        self.merges: list[Merge] = []
        self.number = self.place = self.characters = self.widest = 0
        self.kind, self.style, self.text_of = "", 0, ""
        self.parts: list[str] = []
        self.has_formula = self.phonetic = False

    def read(self, content: bytes) -> Grid | Problem:
        strictxml.events(content, self.begins, self.ends, self.text)
        if self.widest >= limits.FIELDS:
            return kinds.TOO_MANY_FIELDS.at(count=self.widest + 1, limit=limits.FIELDS)
        if len(self.rows) > limits.TABLE_ROWS:
            return TOO_MANY_ROWS.at(limit=limits.TABLE_ROWS)
        if self.characters > limits.TEXT_BYTES:
            limit = limits.TEXT_BYTES // 1_000_000
            return kinds.TOO_LARGE.at(size=self.characters // 1_000_000, limit=limit)
        numbers = [number for number, _ in self.rows]
        if numbers != sorted(set(numbers)):
            return kinds.DAMAGED.at(what=_UNSOUND)
        if not self.fill(numbers):
            return kinds.DAMAGED.at(what=_UNSOUND)
        rows: list[Row] = [(number, _listed(cells)) for number, cells in self.rows if cells]
        last = rows[-1][0] if rows else 0
        return Grid(rows, self.merges, blank=max(0, last - len(rows)))

    def fill(self, numbers: Sequence[int]) -> bool:
        """Let each merged cell stand for all the cells it covers, in rows that are there.

        Merged cells do not overlap; where they cover more cells than there are, False is returned.
        """
        room = (len(numbers) + 1) * (self.widest + 1)
        for merge in self.merges:
            covered = self.rows[
                bisect_left(numbers, merge.top) : bisect_right(numbers, merge.bottom)
            ]
            right = min(merge.right, self.widest)
            room -= len(covered) * max(0, right + 1 - merge.left)
            if room < 0:
                return False
            top = covered[0][1].get(merge.left) if covered else None
            for _, cells in covered if top is not None else ():
                # A row that is empty but for a merged cell stays an empty row.
                for place in range(merge.left, right + 1) if cells else ():
                    cells.setdefault(place, top)
        return True

    def begins(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self.number = int(attributes.get("r") or self.number + 1)
            self.rows.append((self.number, {}))
            self.place = -1
        elif name == "c":
            self.begin_cell(attributes)
        elif name == "f":
            self.has_formula = True
        elif name == "rPh":
            self.phonetic = True
        elif name == "mergeCell" and len(self.merges) < _MOST_MERGES:
            self.merges.append(_merge(attributes.get("ref") or ""))
        self.text_of = name

    def begin_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        self.place = _place(reference)[1] if reference else self.place + 1
        self.kind = attributes.get("t") or "n"
        self.style = int(attributes.get("s") or 0)
        self.parts, self.has_formula, self.phonetic = [], False, False

    def text(self, text: str) -> None:
        if self.text_of == "v" or (self.text_of == "t" and not self.phonetic):
            self.parts.append(text)

    def ends(self, name: str) -> None:
        self.text_of = ""
        if name == "rPh":
            self.phonetic = False
        elif name == "c" and self.rows:
            value = self.value("".join(self.parts))
            if value is not None:
                self.rows[-1][1][self.place] = value
                self.widest = max(self.widest, self.place)
                self.characters += len(value) if isinstance(value, str) else 8

    def value(self, text: str) -> Cell:
        if not text.strip():
            return FailedFormula(_NOT_CALCULATED) if self._is_open(text) else None
        if self.kind == "s":
            return self.book.strings[int(text)] or None
        if self.kind == "e":
            return FailedFormula(text)
        if self.kind == "b":
            return text.strip() == "1"
        return text if self.kind in {"str", "inlineStr", "d"} else self.counted(text.strip())

    def _is_open(self, text: str) -> bool:
        """Tell whether a formula was never calculated; an empty text is a result too."""
        return self.has_formula and self.kind != "str" and not text

    def counted(self, text: str) -> Cell:
        dates, is_whole = self.book.dates, _WHOLE.fullmatch(text)
        value = float(text)
        if self.style < len(dates) and dates[self.style] and 0 <= value < _LAST_SERIAL:
            return _written(self.book.first_day, value)
        if is_whole:
            return int(text)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _written(first_day: datetime, serial: float) -> str:
    moment = first_day + timedelta(seconds=round(serial * 86_400))
    if serial < 1:
        return moment.time().isoformat()
    is_day = moment.time() == datetime.min.time()
    return moment.date().isoformat() if is_day else moment.isoformat()


def _place(reference: str) -> tuple[int, int]:
    """Return row (from 1) and column (from 0) of a reference such as ``AB12``."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    column = 0
    for letter in found.group(1):
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found.group(2)), column - 1


def _merge(reference: str) -> Merge:
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    return Merge(top, left, bottom, right)


def _listed(cells: Mapping[int, Cell]) -> list[Cell]:
    places: Iterable[int] = range(max(cells) + 1)
    return [cells.get(place) for place in places]
