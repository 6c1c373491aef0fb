"""What each row says, held against the layer's entry in the catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import shapely

from geo.errors import Problem, ProblemKind
from geo.types import Text, listing
from layers.spec import UNLOCATED, FieldSpec, LayerSpec
from layers.values import is_missing

REQUIRED = ProblemKind(
    "field-missing",
    "error",
    Text(zh="缺少“{title}”（{name}）", en="“{title}” ({name}) is missing"),
    Text(zh="在源文件中补上这一项", en="Fill it in in the source file"),
)
WRONG_TYPE = ProblemKind(
    "field-type",
    "error",
    Text(
        zh="“{title}”（{name}）的值 {value} 不是{wanted}",
        en="“{title}” ({name}): {value} is not {wanted}",
    ),
    Text(zh="改成{wanted}，或留空", en="Write {wanted}, or leave it empty"),
)
NOT_ALLOWED = ProblemKind(
    "value-not-allowed",
    "error",
    Text(
        zh="“{title}”（{name}）的值 {value} 不在允许的取值之内",
        en="“{title}” ({name}): {value} is not an allowed value",
    ),
    Text(zh="允许的取值：{allowed}", en="Allowed are: {allowed}"),
)
UNCLASSIFIED = ProblemKind(
    "class-unknown",
    "warning",
    Text(
        zh="“{title}”（{name}）的值 {value} 目录中没有，按“未分类”绘制",
        en="“{title}” ({name}): {value} is not in the catalog and is drawn as unclassified",
    ),
    Text(
        zh="改成目录中的取值，或在 catalog.toml 中登记",
        en="Use a value of the catalog, or enter it in catalog.toml",
    ),
)
DUPLICATE_ID = ProblemKind(
    "id-twice",
    "error",
    Text(
        zh="编号 {value} 已在第 {first} 行出现", en="The id {value} stands already in row {first}"
    ),
    Text(zh="编号必须唯一，改掉其中一个", en="Ids must be unique: change one of them"),
)
NAME_TWICE = ProblemKind(
    "name-twice",
    "warning",
    Text(
        zh="名称“{value}”已在第 {first} 行出现",
        en="The name “{value}” stands already in row {first}",
    ),
    Text(zh="核对是否重复录入", en="Check whether it was entered twice"),
)
UNKNOWN_FIELD = ProblemKind(
    "field-unknown",
    "warning",
    Text(
        zh="字段“{name}”目录中没有，不发布",
        en="The field “{name}” is not in the catalog and is not published",
    ),
    Text(
        zh="需要发布时在 catalog.toml 中登记",
        en="Enter it in catalog.toml if it is to be published",
    ),
)
DANGEROUS_FIELD = ProblemKind(
    "field-dangerous",
    "error",
    Text(
        zh="字段名“{name}”会改变读取它的程序中对象的含义，不能发布",
        en="A field called “{name}” changes objects in programs that read it; it is not published",
    ),
    Text(zh="给这个字段改名", en="Rename this field"),
)
YEARS_REVERSED = ProblemKind(
    "years-reversed",
    "error",
    Text(
        zh="起始年 {first} 晚于结束年 {last}",
        en="The first year {first} is after the last year {last}",
    ),
    Text(zh="对调或改正年份", en="Swap or correct the years"),
)
QUALITY_CONTRADICTS = ProblemKind(
    "quality-contradicts",
    "error",
    Text(
        zh="定位精度写作 {value}，但该要素{fact}",
        en="The geometry quality says {value}, but {fact}",
    ),
    Text(
        zh="没有图形的要素写 none，有图形的写其精度",
        en="Write none for a feature without geometry, else its quality",
    ),
)
NO_ROWS = ProblemKind(
    "layer-empty",
    "error",
    Text(zh="文件里没有任何要素", en="The file has no feature"),
    Text(zh="核对导出的图层是否选对", en="Check that the right layer was exported"),
)
NO_GEOMETRY = ProblemKind(
    "geometry-missing",
    "error",
    Text(
        zh="没有图形；本图层只收有图形的要素",
        en="It has no geometry; this layer takes only features that have one",
    ),
    Text(zh="补上图形，或删去这一行", en="Draw it, or take the row out"),
)

_WANTED: Mapping[str, Text] = MappingProxyType(
    {
        "text": Text(zh="文字", en="text"),
        "integer": Text(zh="整数", en="a whole number"),
        "number": Text(zh="数字", en="a number"),
        "year": Text(zh="年份（四位整数）", en="a year of four digits"),
        "list": Text(zh="文字列表", en="a list of texts"),
    }
)


@dataclass(frozen=True)
class _Rows:
    """The rows of a file with the layer's entry beside them; each is known by its place."""

    frame: gpd.GeoDataFrame
    spec: LayerSpec

    def column(self, name: str) -> list[Any]:
        """The values of a column; one that is not there is unknown in every row."""
        if name not in self.frame:
            return [None] * len(self.frame)
        values: list[Any] = self.frame[name].tolist()
        return values

    @cached_property
    def located(self) -> list[bool]:
        """Whether each row has a geometry, empty or not."""
        there: list[bool] = (~shapely.is_missing(self.frame.geometry.values)).tolist()
        return there

    @cached_property
    def _ids(self) -> list[Any]:
        return self.column("id")

    def number(self, place: int) -> int:
        """The number of a row in its file."""
        return int(self.frame.index[place])

    def problem(
        self, kind: ProblemKind, place: int, field: str | None = None, **words: object
    ) -> Problem:
        """A problem at a row, with the row's id."""
        value = self._ids[place]
        feature = None if is_missing(value) else str(value)
        return kind.at(
            row=self.number(place),
            feature=feature,
            field=field,
            vertex=None,
            position=None,
            **words,
        )


def check(frame: gpd.GeoDataFrame, spec: LayerSpec) -> list[Problem]:
    """Hold every row against the layer's entry.

    Parameters
    ----------
    frame
        The rows as read; the index is the row number, from 1.
    spec
        The layer's entry in the catalog.

    Returns
    -------
    list of Problem
        In the order of the checks, each with its row and feature id.
    """
    if frame.empty:
        return [NO_ROWS.at()]
    rows = _Rows(frame, spec)
    checks = (_unknown_fields, _values, _repeats, _years, _context_geometry, _quality)
    return [problem for check in checks for problem in check(rows)]


def _unknown_fields(rows: _Rows) -> Iterator[Problem]:
    for name in rows.frame.columns:
        if name in _DANGEROUS:
            yield DANGEROUS_FIELD.at(field=str(name), name=name)
        elif name != rows.frame.geometry.name and name not in rows.spec.fields:
            yield UNKNOWN_FIELD.at(field=str(name), name=name)


#: Not a name of data in any script: setting it sets an object's prototype.
_DANGEROUS = frozenset({"__proto__"})


def _values(rows: _Rows) -> Iterator[Problem]:
    for name, field in rows.spec.fields.items():
        values = rows.column(name)
        for place in _doubtful(field, values):
            found = _wrong(field, values[place])
            if found is not None:
                kind, words = found
                yield rows.problem(kind, place, name, name=name, title=field.title, **words)


def _doubtful(field: FieldSpec, values: Sequence[Any]) -> Iterable[int]:
    """Places whose values are to be looked at one by one: of a column as it should be, none.

    Values of one type are judged once for all rows that hold the same; in a column of several
    types 1, 1.0 and true would be taken for each other.
    """
    types = set(map(type, values)) - {type(None)}
    if types == {str} and field.type == "text" and not field.values:
        return (place for place, value in enumerate(values) if not value or value.isspace())
    if len(types) > 1 or not types <= _HASHABLE:
        return range(len(values))
    wrong = {value for value in set(values) if _wrong(field, value) is not None}
    return (place for place, value in enumerate(values) if value in wrong) if wrong else ()


_HASHABLE = frozenset({str, int, float, bool})


def _wrong(field: FieldSpec, value: Any) -> tuple[ProblemKind, dict[str, object]] | None:
    """What is wrong with one value, or None."""
    if is_missing(value):
        return (REQUIRED, {}) if field.required else None
    if not _IS[field.type](value):
        return WRONG_TYPE, {"value": value, "wanted": _WANTED[field.type]}
    if not field.values or value in field.values:
        return None
    if field.open:
        return UNCLASSIFIED, {"value": value}
    return NOT_ALLOWED, {"value": value, "allowed": listing(field.values)}


def _is_integer(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())


def _is_number(value: Any) -> bool:
    return type(value) is int or (not isinstance(value, bool) and isinstance(value, Real))


def _is_year(value: Any) -> bool:
    return _is_integer(value) and 1000 <= value <= 9999


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_IS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "text": lambda value: isinstance(value, str),
        "integer": _is_integer,
        "number": _is_number,
        "year": _is_year,
        "list": _is_list,
    }
)


def _repeats(rows: _Rows) -> Iterator[Problem]:
    for name, kind in (("id", DUPLICATE_ID), ("name_zh", NAME_TWICE)):
        values = rows.column(name) if name in rows.frame else []
        if not values or _are_distinct(values):
            continue
        first: dict[str, int] = {}
        for place, value in enumerate(values):
            if is_missing(value):
                continue
            before = first.setdefault(str(value), place)
            if before != place:
                yield rows.problem(kind, place, name, value=value, first=rows.number(before))


def _are_distinct(values: Sequence[Any]) -> bool:
    """Whether they are texts that all differ; a blank one may be there once."""
    return set(map(type, values)) == {str} and len(set(values)) == len(values)


def _years(rows: _Rows) -> Iterator[Problem]:
    if not {"year_from", "year_to"} <= set(rows.frame):
        return
    pairs = zip(rows.column("year_from"), rows.column("year_to"), strict=True)
    for place, (first, last) in enumerate(pairs):
        if first is not None and _is_number(first) and _is_number(last) and first > last:
            yield rows.problem(YEARS_REVERSED, place, "year_from", first=first, last=last)


def _context_geometry(rows: _Rows) -> Iterator[Problem]:
    """Only a project may be without geometry."""
    if not rows.spec.is_projects:
        for place, located in enumerate(rows.located):
            if not located:
                yield rows.problem(NO_GEOMETRY, place)


def _quality(rows: _Rows) -> Iterator[Problem]:
    """A feature without geometry must say so, and one with geometry must not say the contrary."""
    if "geometry_quality" not in rows.frame:
        return
    for place, value in enumerate(rows.column("geometry_quality")):
        located = rows.located[place]
        if not is_missing(value) and (value == UNLOCATED) == located:
            yield rows.problem(
                QUALITY_CONTRADICTS,
                place,
                "geometry_quality",
                value=value,
                fact=_HAS_GEOMETRY if located else _HAS_NONE,
            )


_HAS_GEOMETRY = Text(zh="有图形", en="it has a geometry")
_HAS_NONE = Text(zh="没有图形", en="it has no geometry")
