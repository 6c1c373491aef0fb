"""A plan in memory for the tests of statistics: the sample's catalog, shapes of a test's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import shapely

from layers.catalog import Catalog
from layers.projects import Project
from layers.query import Criteria
from layers.surroundings import Surroundings

METRIC = "EPSG:4549"
#: A corner in the middle of the zone, in metres of EPSG:4549.
X, Y = 528_000, 3_506_000
CATALOG = Catalog.read(Path(__file__).parent.parent / "data")


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A rectangle, in metres from the corner."""
    return shapely.box(X + west, Y + south, X + east, Y + north)


def line(*points: tuple[float, float]) -> shapely.LineString:
    """A line, in metres from the corner."""
    return shapely.LineString([(X + x, Y + y) for x, y in points])


def in_degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """The shape in EPSG:4326."""
    return gpd.GeoSeries([shape], crs=METRIC).to_crs(4326).iloc[0]


def plan_of(
    shapes: Sequence[shapely.Geometry | None],
    *,
    layer: str = "parks",
    districts: Sequence[shapely.Geometry] = (),
    stations: Sequence[shapely.Point] = (),
    words: Mapping[int, Mapping[str, Any]] | None = None,
    quality: str = "surveyed",
) -> Any:
    """A plan whose projects have these shapes, in metres; A001 is the first.

    ``words`` has further properties by the position of a project.
    """
    projects = tuple(
        Project(
            f"A{number + 1:03}",
            layer,
            {
                "id": f"A{number + 1:03}",
                "name_zh": f"项目 {number + 1}",
                "geometry_quality": "none" if shape is None else quality,
                **(words or {}).get(number, {}),
            },
            None if shape is None else {},
        )
        for number, shape in enumerate(shapes)
    )
    zone = CATALOG.zone
    frames = [
        (layer, _frame([project.id for project in projects], shapes, quality)),
        ("stations", _frame([f"ST{n}" for n in range(len(stations))], stations, quality)),
    ]
    names = [f"D{number + 1}" for number in range(len(districts))]
    return SimpleNamespace(
        catalog=CATALOG,
        layers=CATALOG.layers,
        project_layer_ids=tuple(spec.id for spec in CATALOG.project_layers),
        projects=lambda criteria=Criteria(): tuple(filter(criteria.admits, projects)),  # noqa: B008
        surroundings=Surroundings(zone, frames),
        districts=Surroundings(zone, [("districts", _frame(names, districts, quality))]).metric,
        versions={spec.id: "0" * 12 for spec in CATALOG.layers},
        state="0" * 12,
    )


def _frame(names: list[str], shapes: Sequence[Any], quality: str) -> gpd.GeoDataFrame:
    words = {"id": names, "name_zh": names, "geometry_quality": [quality] * len(names)}
    return gpd.GeoDataFrame(words, geometry=list(shapes), crs=METRIC)
