"""GeoJSON (RFC 7946), read strictly by ourselves: no other program sees the file.

Every row is looked at, and all that is wrong with it is told; a row with an error does not become
a feature.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyproj
from shapely.geometry.base import BaseGeometry

from geo import limits
from geo.crs import WGS84, known_crs, name_of
from geo.errors import CrsError, Problem, ProblemKind, listed
from geo.files import encodings, kinds, strictjson
from geo.files.positions import ShapeReader
from geo.files.reading import Asked, Content, Table, refused, safe_names
from geo.files.strictjson import Repeated
from geo.types import Text, listing

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
    NOT_A_COLLECTION,
    NO_FEATURES,
    CRS_MEMBER,
    NOT_A_FEATURE,
    MEMBER,
    BAD_ID,
    IDS_DIFFER,
    OTHER_MEMBERS,
)

_COLLECTION_MEMBERS = {"type", "features", "bbox", "crs", "name"}
_FEATURE_MEMBERS = {"type", "id", "geometry", "properties", "bbox"}
_CRS84_NAME = re.compile(r"(urn:ogc:def:crs:)?OGC:(1\.3)?:?CRS84", re.IGNORECASE)
_EPSG_NAME = re.compile(r"(urn:ogc:def:crs:)?EPSG:[\d.]*:?(\d{4,6})", re.IGNORECASE)
_NOT_A_NAME = Text(zh="一个链接或别的写法", en="a link or something else that is no name")


def read(content: bytes, asked: Asked) -> Content:
    """Read a GeoJSON file: longitude and latitude, unless a person says otherwise."""
    if len(content) > limits.GEOJSON_BYTES:
        size, limit = len(content) // 1_000_000, limits.GEOJSON_BYTES // 1_000_000
        return refused(kinds.TOO_LARGE.at(size=size, limit=limit))
    decoded = encodings.decoded(content, asked)
    if isinstance(decoded, Problem):
        return refused(decoded)
    document = strictjson.parse(decoded.text)
    if isinstance(document, Problem):
        return refused(document)
    target = _looked_for(document) if asked.looking else known_crs(asked.crs or WGS84)
    found = list(_collection_faults(document, target))
    if found:
        return refused(*found, rows=_count(document))
    read = _rows(document, target, asked)
    return replace(read, encoding=decoded.encoding, previews=decoded.previews)


def _looked_for(document: Any) -> pyproj.CRS:
    """Return the CRS that a file declares, where it is a known one; else longitude and latitude."""
    name = _declared(document.get("crs")) if isinstance(document, dict) else None
    try:
        return known_crs(name or WGS84)
    except CrsError:
        return known_crs(WGS84)


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
    declared = _declared(member)
    if declared is None:
        yield CRS_MEMBER.at(crs=_NOT_A_NAME)
    elif declared != name_of(target):
        yield CRS_MEMBER.at(crs=declared)


def _declared(member: Any) -> str | None:
    """Return the name of the CRS in the form of a code where it is one; None for a link."""
    name = member.get("properties") if isinstance(member, dict) else None
    name = name.get("name") if isinstance(name, dict) else None
    if not isinstance(name, str) or member.get("type") != "name":
        return None
    code = _EPSG_NAME.fullmatch(name)
    if _CRS84_NAME.fullmatch(name):
        return WGS84
    return f"EPSG:{code.group(2)}" if code else name


def _count(document: Any) -> int:
    features = document.get("features") if isinstance(document, dict) else None
    return len(features) if isinstance(features, list) else 0


def _type_of(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("type", "{}"))
    return {list: "[…]", str: '"…"', type(None): "null"}.get(type(value), str(value))


@dataclass
class _Columns:
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


def _rows(document: Mapping[str, Any], target: pyproj.CRS, asked: Asked) -> Content:
    table, others = _Columns(), set(document) - _COLLECTION_MEMBERS
    features = document["features"]
    for number, feature in enumerate(features, start=1):
        table.add(_Row.read(number, feature, ShapeReader.of(target, asked)))
        if isinstance(feature, dict) and len(feature) > 3:
            others |= set(feature) - _FEATURE_MEMBERS
    if len(table.names) > limits.FIELDS:
        count = len(table.names)
        return refused(
            kinds.TOO_MANY_FIELDS.at(count=count, limit=limits.FIELDS), rows=len(features)
        )
    problems = listed(table.problems)
    if others:
        problems.append(OTHER_MEMBERS.at(names=listing(sorted(others))))
    names, renamed = safe_names(table.names)
    columns = {
        new: [row.get(old) for row in table.properties]
        for old, new in zip(table.names, names, strict=True)
    }
    rows = Table(table.numbers, columns, table.shapes, target)
    return Content(rows, [*problems, *renamed], len(features))


@dataclass
class _Row:
    """One member of ``features`` under examination."""

    number: int
    feature: str | None = None
    shape: BaseGeometry | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def read(cls, number: int, feature: Any, reader: ShapeReader) -> _Row:
        row = cls(number)
        if isinstance(feature, dict) and feature.get("type") == "Feature":
            row.read_members(feature)
            row.read_shape(feature, reader)
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

    def read_shape(self, feature: Mapping[str, Any], reader: ShapeReader) -> None:
        geometry = feature.get("geometry", False)
        if geometry is None:
            return
        if not isinstance(geometry, dict):
            self.tell(MEMBER.at(name="geometry"))
            return
        if isinstance(geometry, Repeated):
            self.tell(*(strictjson.KEY_TWICE.at(name=name) for name in geometry.names))
        self.shape = reader.shape(geometry)
        self.tell(*reader.problems)


def _property_faults(properties: Mapping[str, Any]) -> Iterator[Problem]:
    if isinstance(properties, Repeated):
        for name in properties.names:
            yield strictjson.KEY_TWICE.at(field=name, name=name)
    for name, value in properties.items():
        yield from strictjson.faults(name, name)
        yield from strictjson.faults(name, value)
