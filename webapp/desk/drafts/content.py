"""What a planner wants a feature to be: checked for its form only, the rules judge the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

from geo.errors import InputError, LimitError, ProblemKind
from geo.types import Text

#: How deep positions lie in the coordinates of each type.
_DEPTHS: Mapping[str, int] = MappingProxyType(
    {
        "Point": 0,
        "MultiPoint": 1,
        "LineString": 1,
        "MultiLineString": 2,
        "Polygon": 2,
        "MultiPolygon": 3,
    }
)
MOST_BYTES = 2_000_000

FORM = ProblemKind(
    "draft-content",
    "error",
    Text(zh="要素的内容不完整，没有保存", en="The feature is malformed and was not saved"),
    Text(
        zh="内容是 properties 和 geometry 两项，几何为 GeoJSON",
        en="It has properties and a GeoJSON geometry",
    ),
)
TOO_LARGE = ProblemKind(
    "draft-content-large",
    "error",
    Text(zh="要素太大，没有保存", en="The feature is too large and was not saved"),
    Text(zh="减少顶点", en="Use fewer vertices"),
)


@dataclass(frozen=True)
class Content:
    """Properties and geometry of a feature, longitude and latitude in degrees."""

    properties: Mapping[str, Any]
    geometry: Mapping[str, Any] | None

    @classmethod
    def of(cls, value: Any) -> Content:
        """Read what somebody sent.

        Raises
        ------
        InputError, LimitError
            It is no feature, or too large.
        """
        if not isinstance(value, dict) or not isinstance(value.get("properties"), dict):
            raise InputError(FORM.at())
        geometry = value.get("geometry")
        if geometry is not None and not _is_geometry(geometry):
            raise InputError(FORM.at())
        made = cls(value["properties"], geometry)
        if len(made.written) > MOST_BYTES:
            raise LimitError(TOO_LARGE.at())
        return made

    @property
    def written(self) -> str:
        """The content as JSON."""
        return orjson.dumps(self.to_dict()).decode()

    def to_dict(self) -> dict[str, Any]:
        """The content as values."""
        geometry = None if self.geometry is None else dict(self.geometry)
        return {"properties": dict(self.properties), "geometry": geometry}


def _is_geometry(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("type") not in _DEPTHS:
        return False
    return _is_nested(value.get("coordinates"), _DEPTHS[value["type"]])


def _is_nested(value: Any, depth: int) -> bool:
    if not isinstance(value, list) or not value:
        return False
    if depth:
        return all(_is_nested(part, depth - 1) for part in value)
    return len(value) == 2 and all(map(_is_number, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
