"""Two versions of a layer in memory: rows of the sample's parks and roads with shapes in metres."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import shapely

from layers.diff import Change, Difference, difference, sentence
from tests.statistics_plan import CATALOG, METRIC, X, Y

PARKS = CATALOG.layer("parks")
Row = tuple[str | None, shapely.Geometry | None, dict[str, Any]]


def row(name: str | None, shape: shapely.Geometry | None = None, **words: Any) -> Row:
    """A feature: its id, its shape in metres and its attributes."""
    return name, shape, words


def frame(rows: Iterable[Row]) -> gpd.GeoDataFrame:
    """The rows of a version, in the metric CRS."""
    found = [*rows]
    columns = dict.fromkeys(["name_zh", "class", *(name for one in found for name in one[2])])
    data: dict[str, list[Any]] = {"id": [name for name, _, _ in found]}
    for column in columns:
        data[column] = [words.get(column, _usual(column, name)) for name, _, words in found]
    return gpd.GeoDataFrame(data, geometry=[shape for _, shape, _ in found], crs=METRIC)


def _usual(column: str, name: str | None) -> str | None:
    return {"name_zh": f"公园{name}", "class": "wetland_park"}.get(column)


def compare(before: Iterable[Row], after: Iterable[Row], spec: Any = PARKS) -> Difference:
    """The difference of two versions."""
    return difference(frame(before), frame(after), spec, METRIC)


def only(before: Iterable[Row], after: Iterable[Row]) -> Change:
    """The one change between two versions."""
    (change,) = compare(before, after).changes
    return change


def said(before: Row, after: Row, lang: str = "zh") -> str:
    """What is said of one feature."""
    return sentence(only([before], [after])).in_(lang)


def point(east: float, north: float) -> shapely.Point:
    """A point, in metres from the corner."""
    return shapely.Point(X + east, Y + north)
