"""Zipped Shapefiles, every loss of the old format told in a text inside the archive.

dBase cuts names to 10 bytes and texts to 254, knows no missing number that every program agrees on
and no list; a Shapefile holds one kind of geometry. What had to be changed is listed feature by
feature in ``README.txt``; rows without geometry are in ``unlocated.csv``.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.files import outgoing
from geo.files.outgoing import Table
from geo.types import Text, Told, nobody
from layers.export import csvfile
from layers.export.content import FeatureLayer, Features
from layers.export.features import as_tables, typed_frame, unlocated_only
from layers.export.geodata import field_title, table_name

NAME_BYTES, TEXT_BYTES = 10, 254
#: dBase keeps numbers as text; GDAL gives a whole one 18 places and others 15 after the point.
_LARGEST_INTEGER = 10**17
_DATE = (2000, 1, 1, 0, 0, 0)
README, UNLOCATED, PROVENANCE = "README.txt", "unlocated.csv", "provenance.json"
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_]+")

_HEAD = Text(
    zh="本压缩包是 Shapefile（UTF-8）。该格式的限制造成的每一处改动列在下面。",
    en="Shapefiles in UTF-8. Every change that the format's limits made is listed below.",
)
_NAMES = Text(zh="字段名（最多 10 个字节）", en="Field names (at most 10 bytes)")
_LOSSES = Text(zh="改动", en="Changes")
_NO_LOSSES = Text(zh="没有改动任何值。", en="No value was changed.")
_CUT = Text(
    zh="{table} {id}：{field} 的文字截短，原 {bytes} 字节：{text}",
    en="{table} {id}: the text of {field} was cut, it had {bytes} bytes: {text}",
)
_NULL = Text(
    zh="{table}：{field} 有 {count} 行未知，部分软件会显示为 0：{ids}",
    en="{table}: {field} is unknown in {count} rows, some programs show 0: {ids}",
)
_EMPTY = Text(
    zh="{table}：{field} 有 {count} 行未知，与空文字无法区分",
    en="{table}: {field} is unknown in {count} rows and looks like an empty text",
)
_LIST = Text(
    zh="{table}：{field} 是列表，写成一段文字，各项以分号隔开",
    en="{table}: {field} is a list, written as one text with semicolons",
)
_BIG = Text(
    zh="{table} {id}：{field} 的整数太大，写成文字：{text}",
    en="{table} {id}: the integer of {field} is too large, written as text: {text}",
)
_KINDS = Text(
    zh="{layer} 有多种图形，分为多个文件：{tables}",
    en="{layer} has several kinds of geometry, one file each: {tables}",
)
_MISSING = Text(
    zh="未定位的要素 {count} 个，不在 Shapefile 中，列在 unlocated.csv：{ids}",
    en="{count} features have no geometry and are in no Shapefile; see unlocated.csv: {ids}",
)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Give each field a name of plain letters, at most 10 long, that no other one has.

    Case does not make names different in dBase.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for name in names:
        plain = _NOT_A_NAME.sub("_", name).strip("_") or "field"
        found[name] = _free(plain, taken)
        taken.add(found[name].lower())
    return found


def _free(plain: str, taken: set[str]) -> str:
    short, number = plain[:NAME_BYTES], 1
    while short.lower() in taken:
        tail = f"_{number}"
        short, number = plain[: NAME_BYTES - len(tail)] + tail, number + 1
    return short


@dataclass(frozen=True)
class _Fitted:
    """A table that fits into a Shapefile, and what was changed for it."""

    table: Table
    names: Mapping[str, str]
    losses: tuple[Text, ...]


def write(content: Features, path: Path, told: Told = nobody) -> None:
    """Write the archive.

    Raises
    ------
    OSError
        The disk is full.
    """
    fitted = [one for layer in content.layers for one in _fit_layer(layer)]
    texts = {
        README: "\ufeff" + "\r\n".join(_readme(content, fitted)) + "\r\n",
        PROVENANCE: json.dumps(content.provenance.to_dict(), ensure_ascii=False, indent=1),
    }
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".huitu-") as name:
        folder = Path(name)
        for one in outgoing.counted([one.table for one in fitted], told):
            outgoing.write_shapefile(one, folder)
        for title, text in texts.items():
            (folder / title).write_bytes(text.encode())
        if any(_unlocated(content)):
            csvfile.write(as_tables(unlocated_only(content)), folder / UNLOCATED)
        _pack(sorted(folder.iterdir()), path)


def _pack(members: Sequence[Path], path: Path) -> None:
    """Put files into an archive under a fixed date: same content, same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            entry = zipfile.ZipInfo(member.name, date_time=_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, _undated(member))


def _undated(member: Path) -> bytes:
    """The bytes of a member; bytes 1 to 3 of a .dbf are the day on which it was written."""
    content = member.read_bytes()
    if member.suffix != ".dbf":
        return content
    year, month, day = _DATE[:3]
    return content[:1] + bytes((year - 1900, month, day)) + content[4:]


def _fit_layer(layer: FeatureLayer) -> Iterator[_Fitted]:
    frame, names = typed_frame(layer), short_names(layer.fields)
    kinds = list(outgoing.by_kind(frame))
    for kind, mask in kinds:
        table = table_name(layer.spec.id, kind, alone=len(kinds) == 1)
        rows = frame[mask].reset_index(drop=True)
        losses = tuple(_losses(table, rows, layer))
        columns = {names[name]: _fit(rows[name]) for name in layer.fields}
        fitted = gpd.GeoDataFrame(columns, geometry=rows.geometry, crs=rows.crs)
        yield _Fitted(Table(table, layer.spec.title.zh, fitted, kind), names, losses)


def _fit(values: pd.Series) -> pd.Series:
    if _has_large(values):
        values = pd.Series([None if pd.isna(v) else str(v) for v in values], dtype=object)
    if values.dtype != object:
        return values
    return pd.Series([v if v is None else _cut(v) for v in _texts(values)], dtype=object)


def _texts(values: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in values]


def _has_large(values: pd.Series) -> bool:
    return values.dtype == "Int64" and bool((values.abs() >= _LARGEST_INTEGER).any())


def _cut(text: str) -> str:
    """As much of a text as fits, never half a character."""
    return text.encode()[:TEXT_BYTES].decode(errors="ignore")


def _losses(table: str, rows: gpd.GeoDataFrame, layer: FeatureLayer) -> Iterator[Text]:
    for name, spec in layer.fields.items():
        values, what = rows[name], {"table": table, "field": name}
        if spec.type == "list":
            yield _filled(_LIST, **what)
        unknown = values.isna()
        if unknown.any() and values.dtype == object:
            yield _filled(_EMPTY, **what, count=int(unknown.sum()))
        elif unknown.any():
            ids = _names_of(rows[unknown])
            yield _filled(_NULL, **what, count=int(unknown.sum()), ids=ids)
        yield from _changed_values(rows, name, what)


def _changed_values(rows: gpd.GeoDataFrame, name: str, what: Mapping[str, str]) -> Iterator[Text]:
    values = rows[name]
    if _has_large(values):
        for value, feature in zip(values, rows["id"], strict=True):
            if not pd.isna(value) and abs(value) >= _LARGEST_INTEGER:
                yield _filled(_BIG, **what, id=feature, text=str(value))
    elif values.dtype == object:
        for text, feature in zip(_texts(values), rows["id"], strict=True):
            if text is not None and len(text.encode()) > TEXT_BYTES:
                size = len(text.encode())
                yield _filled(_CUT, **what, id=feature, bytes=size, text=_line(text))


def _line(text: str) -> str:
    return " ".join(text.split())


def _filled(template: Text, **values: object) -> Text:
    return Text(zh=template.zh.format(**values), en=template.en.format(**values))


def _names_of(rows: pd.DataFrame) -> str:
    return ", ".join(str(one) for one in rows["id"])


def _unlocated(content: Features) -> list[str]:
    frames = [layer.frame for layer in content.layers]
    return [str(one) for frame in frames for one in frame["id"][frame.geometry.isna()]]


def _readme(content: Features, fitted: Sequence[_Fitted]) -> Iterator[str]:
    lang = content.lang
    yield _HEAD.in_(lang)
    yield ""
    for label, words in content.provenance.entries(lang):
        yield f"{label}: {words}"
    for origin in content.provenance.origins:
        yield "- " + "; ".join(str(cell) for cell in origin.cells(lang))
    yield from ["", _LOSSES.in_(lang)]
    losses = [*_split(content, fitted), *(loss for one in fitted for loss in one.losses)]
    yield from (f"- {loss.in_(lang)}" for loss in losses or [_NO_LOSSES])
    yield from ["", _NAMES.in_(lang)]
    yield from _field_lines(content)


def _split(content: Features, fitted: Sequence[_Fitted]) -> Iterator[Text]:
    """Layers that became several files, and rows that became none."""
    for layer in content.layers:
        named = f"{layer.spec.id}_"
        names = [one.table.name for one in fitted if one.table.name.startswith(named)]
        if len(names) > 1:
            yield _filled(_KINDS, layer=layer.spec.id, tables=", ".join(names))
    missing = _unlocated(content)
    if missing:
        yield _filled(_MISSING, count=len(missing), ids=", ".join(missing))


def _field_lines(content: Features) -> Iterator[str]:
    """Short name, name and title of each field, once for all tables that have the same."""
    told: set[str] = set()
    for layer in content.layers:
        for name, short in short_names(layer.fields).items():
            line = f"{short:<12}{name:<20}{field_title(layer.fields[name], content.lang)}"
            if line not in told:
                told.add(line)
                yield line
