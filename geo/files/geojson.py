"""GeoJSON (RFC 7946), read strictly by ourselves: no other program sees the file.

Every row is looked at, and all that is wrong with it is told; a row with an error does not become
a feature.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyproj
from shapely.geometry.base import BaseGeometry

from geo import limits
from geo.crs import WGS84, known_crs, name_of
from geo.errors import Problem, ProblemKind, listed
from geo.files import kinds, strictjson
from geo.files.positions import ShapeReader
from geo.files.reading import Content, frame_of, refused, safe_names
from geo.files.strictjson import Repeated
from geo.types import Text, listing

IS_UTF16 = ProblemKind(
    "encoding-utf-16",
    "error",
    Text(zh="文件是 UTF-16 编码，不是 UTF-8", en="The file is UTF-16, not UTF-8"),
    Text(
        zh="转存为 UTF-8，或用 --encoding utf-16 指明",
        en="Save it as UTF-8, or say so with --encoding utf-16",
    ),
)
NOT_A_COLLECTION = ProblemKind(
    "geojson-collection",
    "error",
    Text(
        zh="最外层应是 FeatureCollection，这里是 {found}",
        en="The outermost object must be a FeatureCollection; this is {found}",
    ),
    Text(zh="在制图软件中导出为 GeoJSON", en="Export it as GeoJSON from your drawing program"),
)
NO_FEATURES = ProblemKind(
    "geojson-features",
    "error",
    Text(zh="缺少要素列表 features", en="The list “features” is missing"),
    Text(zh="重新导出", en="Export it again"),
)
CRS_MEMBER = ProblemKind(
    "geojson-crs",
    "error",
    Text(
        zh="文件声明的坐标系是 {crs}，而 GeoJSON 应为经纬度（WGS 84）",
        en="The file declares {crs}; GeoJSON is longitude and latitude (WGS 84)",
    ),
    Text(
        zh="转换为 EPSG:4326 再导入，或用 --crs 指明其 EPSG 代码",
        en="Convert it to EPSG:4326, or name its EPSG code with --crs",
    ),
)
NOT_A_FEATURE = ProblemKind(
    "geojson-feature",
    "error",
    Text(
        zh="这一行不是要素：type 应为 Feature，这里是 {found}",
        en="This row is no feature: its type must be Feature and is {found}",
    ),
    Text(zh="改正或删去这一行", en="Correct or remove the row"),
)
MEMBER = ProblemKind(
    "geojson-member",
    "error",
    Text(
        zh="要素的 {name} 缺失或不是对象",
        en="The feature's {name} is missing or not an object",
    ),
    Text(zh="没有时写 null", en="Write null where there is none"),
)
BAD_ID = ProblemKind(
    "geojson-id",
    "error",
    Text(zh="要素的 id 应为文字或数", en="A feature's id must be a text or a number"),
    Text(zh="改成文字", en="Make it a text"),
)
IDS_DIFFER = ProblemKind(
    "geojson-ids-differ",
    "warning",
    Text(
        zh="要素的 id（{member}）与属性中的 id（{property}）不同，取属性中的",
        en="The feature's id {member} is not the id {property} of its properties; the latter holds",
    ),
    Text(zh="使两处一致", en="Make them equal"),
)
TOO_MANY_FIELDS = ProblemKind(
    "fields-too-many",
    "error",
    Text(zh="共有 {count} 个不同的字段，超过上限 {limit}", en="{count} fields, more than {limit}"),
    Text(
        zh="多为导出时把值当成了字段名，核对后重新导出",
        en="Values may have become field names: check and export it again",
    ),
)
OTHER_MEMBERS = ProblemKind(
    "geojson-other-members",
    "note",
    Text(
        zh="GeoJSON 之外的成员不读取：{names}",
        en="Members that are not of GeoJSON are not read: {names}",
    ),
    Text(zh="需要的内容请放进 properties", en="Put what is needed into the properties"),
)
KINDS = (
    IS_UTF16,
    NOT_A_COLLECTION,
    NO_FEATURES,
    CRS_MEMBER,
    NOT_A_FEATURE,
    MEMBER,
    BAD_ID,
    IDS_DIFFER,
    TOO_MANY_FIELDS,
    OTHER_MEMBERS,
)

ENCODINGS = ("utf-8", "gbk", "gb18030", "utf-16")
_COLLECTION_MEMBERS = {"type", "features", "bbox", "crs", "name"}
_FEATURE_MEMBERS = {"type", "id", "geometry", "properties", "bbox"}
_CRS84_NAME = re.compile(r"(urn:ogc:def:crs:)?OGC:(1\.3)?:?CRS84", re.IGNORECASE)
_EPSG_NAME = re.compile(r"(urn:ogc:def:crs:)?EPSG:[\d.]*:?(\d{4,6})", re.IGNORECASE)
_NOT_A_NAME = Text(zh="一个链接或别的写法", en="a link or something else that is no name")
_LIKE_GBK = Text(zh="不是 UTF-8，像是 GBK（国标）", en="it is not UTF-8 and looks like GBK")
_PREVIEW = 40


def read(content: bytes, *, crs: str | None, encoding: str | None) -> Content:
    """Read a GeoJSON file.

    Parameters
    ----------
    content
        The bytes of the file.
    crs
        Code of the CRS where a person says that positions are not longitude and latitude.
    encoding
        One of :data:`ENCODINGS` where a person says so; else UTF-8.
    """
    if len(content) > limits.GEOJSON_BYTES:
        size, limit = len(content) // 1_000_000, limits.GEOJSON_BYTES // 1_000_000
        return refused(kinds.TOO_LARGE.at(size=size, limit=limit))
    text = _decode(content, encoding)
    if isinstance(text, Problem):
        return refused(text)
    document = strictjson.parse(text)
    if isinstance(document, Problem):
        return refused(document)
    target = known_crs(crs or WGS84)
    found = list(_collection_faults(document, target))
    if found:
        return refused(*found, rows=_count(document))
    return _rows(document, target)


def _decode(content: bytes, encoding: str | None) -> str | Problem:
    name = (encoding or "utf-8").lower()
    if name not in ENCODINGS:
        return kinds.BAD_ENCODING.at(encoding=encoding, choices=", ".join(ENCODINGS))
    try:
        return content.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        if encoding is not None:
            return kinds.BAD_ENCODING.at(encoding=encoding, choices=", ".join(ENCODINGS))
        return _ask_encoding(content, error.start)


def _ask_encoding(content: bytes, start: int) -> Problem:
    around = content[max(0, start - _PREVIEW // 2) : start + _PREVIEW]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return IS_UTF16.at()
    return kinds.ASK_ENCODING.at(
        looks=_LIKE_GBK,
        gbk=around.decode("gbk", "replace"),
        utf8=around.decode("utf-8", "replace"),
    )


def _collection_faults(document: Any, target: pyproj.CRS) -> Iterator[Problem]:
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        yield NOT_A_COLLECTION.at(found=_type_of(document))
        return
    if isinstance(document, Repeated):
        yield from (strictjson.KEY_TWICE.at(name=name) for name in document.names)
    if not isinstance(document.get("features"), list):
        yield NO_FEATURES.at()
    if document.get("crs") is not None:
        yield from _crs_faults(document["crs"], target)


def _crs_faults(member: Any, target: pyproj.CRS) -> Iterator[Problem]:
    """A declared CRS is compared by its name; an address is never followed."""
    name = member.get("properties") if isinstance(member, dict) else None
    name = name.get("name") if isinstance(name, dict) else None
    if isinstance(name, str) and isinstance(member, dict) and member.get("type") == "name":
        code = _EPSG_NAME.fullmatch(name)
        declared = f"EPSG:{code.group(2)}" if code else name
        if _CRS84_NAME.fullmatch(name):
            declared = WGS84
        if declared == name_of(target):
            return
        yield CRS_MEMBER.at(crs=declared)
    else:
        yield CRS_MEMBER.at(crs=_NOT_A_NAME)


def _count(document: Any) -> int:
    features = document.get("features") if isinstance(document, dict) else None
    return len(features) if isinstance(features, list) else 0


def _type_of(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("type", "{}"))
    return {list: "[…]", str: '"…"', type(None): "null"}.get(type(value), str(value))


@dataclass
class _Table:
    """The rows that became features, column by column."""

    numbers: list[int] = field(default_factory=list)
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    properties: list[Mapping[str, Any]] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: _Row) -> None:
        self.problems += row.problems
        self.names.update(dict.fromkeys(row.properties))
        if row.is_whole:
            self.numbers.append(row.number)
            self.shapes.append(row.shape)
            self.properties.append(row.properties)


def _rows(document: Mapping[str, Any], target: pyproj.CRS) -> Content:
    table, others = _Table(), set(document) - _COLLECTION_MEMBERS
    features = document["features"]
    for number, feature in enumerate(features, start=1):
        table.add(_Row.read(number, feature, in_degrees=target.is_geographic))
        if isinstance(feature, dict) and len(feature) > 3:
            others |= set(feature) - _FEATURE_MEMBERS
    if len(table.names) > limits.FIELDS:
        count = len(table.names)
        return refused(TOO_MANY_FIELDS.at(count=count, limit=limits.FIELDS), rows=len(features))
    problems = listed(table.problems)
    if others:
        problems.append(OTHER_MEMBERS.at(names=listing(sorted(others))))
    names, renamed = safe_names(table.names)
    columns = {
        new: [row.get(old) for row in table.properties]
        for old, new in zip(table.names, names, strict=True)
    }
    frame = frame_of(table.numbers, columns, table.shapes, target)
    return Content(frame, [*problems, *renamed], len(features))


@dataclass
class _Row:
    """One member of ``features`` under examination."""

    number: int
    feature: str | None = None
    shape: BaseGeometry | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def read(cls, number: int, feature: Any, *, in_degrees: bool) -> _Row:
        row = cls(number)
        if isinstance(feature, dict) and feature.get("type") == "Feature":
            row.read_members(feature)
            row.read_shape(feature, in_degrees=in_degrees)
        else:
            row.tell(NOT_A_FEATURE.at(found=_type_of(feature)))
        row.problems = [
            dataclasses.replace(problem, row=number, feature=row.feature)
            for problem in row.problems
        ]
        return row

    @property
    def is_whole(self) -> bool:
        return all(problem.kind.severity != "error" for problem in self.problems)

    def tell(self, *problems: Problem) -> None:
        self.problems += problems

    def read_members(self, feature: Mapping[str, Any]) -> None:
        if isinstance(feature, Repeated):
            self.tell(*(strictjson.KEY_TWICE.at(name=name) for name in feature.names))
        found = feature.get("properties", False)
        if found is not None and not isinstance(found, dict):
            self.tell(MEMBER.at(name="properties"))
            found = None
        self.properties = found or {}
        self.tell(*_property_faults(self.properties))
        self.read_id(feature)

    def read_id(self, feature: Mapping[str, Any]) -> None:
        """Take the id of the properties, and the feature's own where they have none."""
        own, named = feature.get("id"), self.properties.get("id")
        if own is not None and (isinstance(own, bool) or not isinstance(own, str | int | float)):
            self.tell(BAD_ID.at())
            own = None
        if own is not None:
            self.tell(*strictjson.faults("id", own))
        if named is None and own is not None:
            others = {name: value for name, value in self.properties.items() if name != "id"}
            self.properties = {"id": own, **others}
        elif own is not None and str(named) != str(own):
            self.tell(IDS_DIFFER.at(member=own, property=named))
        known = named if named is not None else own
        self.feature = None if known is None else str(known)

    def read_shape(self, feature: Mapping[str, Any], *, in_degrees: bool) -> None:
        geometry = feature.get("geometry", False)
        if geometry is None:
            return
        if not isinstance(geometry, dict):
            self.tell(MEMBER.at(name="geometry"))
            return
        if isinstance(geometry, Repeated):
            self.tell(*(strictjson.KEY_TWICE.at(name=name) for name in geometry.names))
        reader = ShapeReader(in_degrees=in_degrees)
        self.shape = reader.shape(geometry)
        self.tell(*reader.problems)


def _property_faults(properties: Mapping[str, Any]) -> Iterator[Problem]:
    if isinstance(properties, Repeated):
        for name in properties.names:
            yield strictjson.KEY_TWICE.at(field=name, name=name)
    for name, value in properties.items():
        yield from strictjson.faults(name, name)
        yield from strictjson.faults(name, value)
