"""Make an exported table again from the stored versions that it names, and compare.

The file says itself what was asked for and on which versions. What it says is looked at as any
foreign file is; nothing of it is believed.
"""

from __future__ import annotations

import csv
import json
import math
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import HuituError, InputError, LimitError, ProblemKind
from geo.files import kinds
from geo.types import Text
from layers.export import csvfile, figures, xlsx
from layers.export.content import ASKED_FORM, Cell, Features, Sheet, Tables
from layers.export.features import as_tables, features, unlocated_only
from layers.export.neutral import neutral, restored
from layers.plan import Plan
from layers.query import Criteria
from layers.statistics import Question

NOT_OURS = ProblemKind(
    "verify-not-ours",
    "error",
    Text(
        zh="{name} 里没有惠图导出的来源说明，无法复算",
        en="{name} holds no provenance of an export of Huitu: it cannot be made again",
    ),
    Text(
        zh="用 huitu stats 或 huitu export 导出的 CSV、XLSX 原文件",
        en="Take the CSV or XLSX as huitu stats or huitu export wrote it",
    ),
)
CUT_SHORT = ProblemKind(
    "verify-cut-short",
    "error",
    Text(
        zh="{name} 不完整：末行应写明行数",
        en="{name} is not whole: its last line should tell the number of rows",
    ),
    Text(zh="重新导出或重新下载", en="Export it or download it again"),
)
TOO_LARGE = ProblemKind(
    "verify-too-large",
    "error",
    Text(zh="{name} 太大（超过 {limit} MB）", en="{name} is larger than {limit} MB"),
    Text(zh="缩小范围后导出再核对", en="Export less and verify that"),
)
KINDS = (NOT_OURS, CUT_SHORT, TOO_LARGE)

_MOST_BYTES = 200_000_000
Grid = Sequence[Sequence[Cell]]
#: What the readers of CSV, ZIP, XML and XLSX raise on bytes that are something else.
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    csv.Error,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class Difference:
    """The first place where a file is not what comes out today.

    Attributes
    ----------
    sheet
        Its title.
    row
        Number of the row in the file; the header is row 1.
    name
        The first cell of the row.
    column
        Header of the column; empty where a whole row is missing or too many.
    found, wanted
        What stands in the file, and what was computed.
    """

    sheet: Text
    row: int
    name: str
    column: str
    found: str
    wanted: str


@dataclass(frozen=True)
class Verdict:
    """Whether a file was reproduced, from which versions, and the first difference if not."""

    reproduced: bool
    rows: int
    versions: Mapping[str, str]
    difference: Difference | None = None


@dataclass(frozen=True)
class _Claim:
    """What a file says of itself, and its grids: one for CSV, by title for XLSX."""

    asked: Mapping[str, Any]
    grids: Mapping[str, Grid]


def verify(plan: Plan, path: Path) -> Verdict:
    """Recompute an exported CSV or XLSX.

    Parameters
    ----------
    plan
        Any state of the deployment; the versions are those of the file.
    path
        A file that :func:`layers.export.write` made, also after a spreadsheet program saved it.

    Raises
    ------
    InputError
        It is no export, or not a whole one.
    NotFound
        A version that it names is not in the store.
    LimitError
        It is too large to be read.
    """
    claim = _read(path)
    tables = _again(plan, claim.asked, path.name)
    rows = sum(len(sheet.rows) for sheet in tables.sheets if _shown(sheet, claim, tables))
    for sheet in tables.sheets:
        if _shown(sheet, claim, tables):
            grid = claim.grids.get(sheet.title.in_(tables.lang), claim.grids.get("", []))
            found = _compare(sheet, grid, tables.lang)
            if found:
                return Verdict(False, rows, tables.provenance.versions, found)
    return Verdict(True, rows, tables.provenance.versions)


def _shown(sheet: Sheet, claim: _Claim, tables: Tables) -> bool:
    """Whether a format shows a sheet: CSV has the main one only."""
    return "" not in claim.grids or sheet is tables.main


def _read(path: Path) -> _Claim:
    if not path.is_file():
        raise InputError(kinds.NO_FILE.at(name=path.name))
    if path.stat().st_size > _MOST_BYTES:
        raise LimitError(TOO_LARGE.at(name=path.name, limit=_MOST_BYTES // 1_000_000))
    try:
        with path.open("rb") as handle:
            packed = handle.read(2) == b"PK"
        return _read_xlsx(path) if packed else _read_csv(path)
    except HuituError:
        raise
    except _UNREADABLE:
        raise InputError(NOT_OURS.at(name=path.name)) from None


def _read_csv(path: Path) -> _Claim:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.reader(handle))
    # A spreadsheet program fills every line up to the same number of cells.
    end = next((n for n, line in enumerate(lines) if not any(line)), len(lines))
    grid, notes = lines[:end], [line for line in lines[end:] if any(line)]
    asked = next((line[1] for line in notes if line[0] == csvfile.ASKED), None)
    if asked is None:
        raise InputError(NOT_OURS.at(name=path.name))
    if notes[-1][0] not in csvfile.COUNTS or notes[-1][1] != str(len(grid) - 1):
        raise InputError(CUT_SHORT.at(name=path.name))
    return _Claim(_asked(asked, path.name), {"": grid})


def _read_xlsx(path: Path) -> _Claim:
    _look_into(path)
    grids = _sheets(path)
    for grid in grids.values():
        for row in grid:
            if row and row[0] == csvfile.ASKED:
                text = "".join(restored(str(cell)) for cell in row[1:] if cell is not None)
                return _Claim(_asked(text, path.name), grids)
    raise InputError(NOT_OURS.at(name=path.name))


def _look_into(path: Path) -> None:
    """Refuse an archive that would grow too large, and XML with declarations of its own."""
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
            raise LimitError(TOO_LARGE.at(name=path.name, limit=_MOST_BYTES // 1_000_000))
        if any(b"<!DOCTYPE" in archive.read(member) for member in archive.infolist()):
            raise InputError(NOT_OURS.at(name=path.name))


def _sheets(path: Path) -> Mapping[str, Grid]:
    from openpyxl import load_workbook

    with path.open("rb") as handle:
        book = load_workbook(handle, read_only=True, data_only=True)
        try:
            return {page.title: _filled(page.values) for page in book.worksheets}
        finally:
            book.close()


def _filled(rows: Iterable[Sequence[Any]]) -> Grid:
    """The rows of a sheet without the empty ones at its end."""
    found = [list(row) for row in rows]
    while found and all(cell is None for cell in found[-1]):
        found.pop()
    return found


def _asked(text: str, name: str) -> Mapping[str, Any]:
    asked = json.loads(text)
    if not isinstance(asked, dict) or asked.get("huitu") != ASKED_FORM:
        raise InputError(NOT_OURS.at(name=name))
    return asked


def _again(plan: Plan, asked: Mapping[str, Any], name: str) -> Tables:
    """Make the tables again. A word that has another shape than ours is no export of ours."""
    try:
        then = plan.at({str(layer): str(one) for layer, one in asked["versions"].items()})
        lang = "en" if asked["lang"] == "en" else "zh"
        if asked["what"] == "features":
            return as_tables(_features(then, asked, lang))
        question = Question.from_dict(asked["question"])
        return figures.tables(asked["what"], then, question, unit=asked["unit"], lang=lang)
    except HuituError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError):
        raise InputError(NOT_OURS.at(name=name)) from None


def _features(plan: Plan, asked: Mapping[str, Any], lang: str) -> Features:
    words = {key: _tupled(value) for key, value in asked["criteria"].items()}
    content = features(
        plan, tuple(asked["layers"]), criteria=Criteria(**words), crs=asked["crs"], lang=lang
    )
    return unlocated_only(content) if asked.get("located") is False else content


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _compare(sheet: Sheet, grid: Grid, lang: str) -> Difference | None:
    """Find the first cell that is not what it should be."""
    rows = sheet.settled()
    names = csvfile.headers(sheet, rows, lang)
    wanted: list[Sequence[Cell]] = [names, *rows]
    pairs = zip(grid, wanted, strict=False)
    for number, (found, right) in enumerate(pairs, start=1):
        place = _first_other(found, right)
        if place is None:
            continue
        if place >= len(right):
            return _whole_row(sheet, number, found, right)
        seen = found[place] if place < len(found) else None
        words = (names[place], _shown_cell(seen), _shown_cell(right[place]))
        return Difference(sheet.title, number, str(right[0]) if number > 1 else "", *words)
    if len(grid) != len(wanted):
        number = min(len(grid), len(wanted)) + 1
        return _whole_row(sheet, number, _at(grid, number), _at(wanted, number))
    return None


def _first_other(found: Sequence[Cell], right: Sequence[Cell]) -> int | None:
    """The place of the first cell that differs; beyond the columns where there are too many."""
    for place, cell in enumerate(right):
        if not _same(found[place] if place < len(found) else None, cell):
            return place
    more = [place for place in range(len(right), len(found)) if found[place] not in (None, "")]
    return more[0] if more else None


def _at(rows: Grid, number: int) -> Sequence[Cell] | None:
    return rows[number - 1] if number <= len(rows) else None


def _whole_row(
    sheet: Sheet, number: int, found: Sequence[Cell] | None, right: Sequence[Cell] | None
) -> Difference:
    name = str((right or found or [""])[0])
    return Difference(sheet.title, number, name, "", _joined(found), _joined(right))


def _joined(row: Sequence[Cell] | None) -> str:
    return "—" if row is None else " | ".join(_shown_cell(cell) for cell in row)


def _shown_cell(cell: Cell) -> str:
    return "—" if cell is None or cell == "" else str(cell)


def _same(found: Cell, wanted: Cell) -> bool:
    """Whether a cell of a file is what was computed.

    Unknown and empty are one. Numbers are compared as numbers: a spreadsheet program writes them
    in its own way.
    """
    if wanted is None or wanted == "":
        return found in (None, "", xlsx.UNKNOWN)
    if isinstance(wanted, str):
        return found is not None and _text_same(str(found), wanted)
    try:
        return math.isclose(float(str(found)), wanted, rel_tol=1e-12, abs_tol=1e-12)
    except ValueError:
        return False


def _text_same(found: str, wanted: str) -> bool:
    return wanted in (found, restored(found)) or found == xlsx.fitting(neutral(wanted))
