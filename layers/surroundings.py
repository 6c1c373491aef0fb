"""What lies where: everything of a plan that has a place, and what is around a project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.catchment import catchment, distances_m
from geo.crs import to_metric
from geo.overlay import pairs
from geo.types import Text
from layers.projects import Project
from layers.spec import Zone

#: Shared areas and lengths below these are the noise of drawing.
LEAST_OVERLAP_M2 = 1.0
LEAST_OVERLAP_M = 1.0


@dataclass(frozen=True)
class Near:
    """Something within the zone's ``near_m``; the distance is measured in the metric CRS."""

    id: str
    layer: str
    name: Text
    distance_m: float
    schematic: bool


@dataclass(frozen=True)
class InCatchment:
    """The project lies inside, or partly inside, a station's catchment."""

    station: str
    name: Text
    distance_m: int
    relation: str


@dataclass(frozen=True)
class Overlap:
    """Another project on the same ground: the shared area, or the shared length of a line."""

    id: str
    layer: str
    name: Text
    area_m2: float | None
    length_m: float | None


class Surroundings:
    """Every feature with a geometry of the project layers and of the stations.

    Parameters
    ----------
    zone
        Whose metric CRS, distances and stations hold.
    layers
        Layer id and rows in EPSG:4326; rows without geometry are passed over.
    """

    def __init__(self, zone: Zone, layers: Iterable[tuple[str, gpd.GeoDataFrame]]) -> None:
        self._zone = zone
        parts = [_located(layer_id, frame) for layer_id, frame in layers]
        self.located: gpd.GeoDataFrame = (
            gpd.GeoDataFrame(pd.concat(parts)) if parts else _located("", _NOTHING)
        )
        """Indexed by feature id, in EPSG:4326, with ``layer``, ``name`` and ``schematic``."""

    def __contains__(self, feature_id: str) -> bool:
        return feature_id in self.located.index

    @cached_property
    def metric(self) -> gpd.GeoDataFrame:
        """:attr:`located` in the zone's metric CRS, in metres."""
        return to_metric(self.located, self._zone.metric_crs)

    @cached_property
    def stations(self) -> gpd.GeoDataFrame:
        """The stations of :attr:`metric`."""
        return self.metric[self.metric["layer"] == self._zone.stations]

    def position(self, feature_id: str) -> tuple[float, float] | None:
        """A point on the feature, longitude and latitude; None when it has no geometry."""
        if feature_id not in self:
            return None
        point = self.located.geometry[feature_id].representative_point()
        return (round(point.x, 6), round(point.y, 6))

    def extent(self, feature_id: str) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees; None when it has no geometry."""
        if feature_id not in self:
            return None
        west, south, east, north = self.located.geometry[feature_id].bounds
        return (west, south, east, north)

    def nearby(self, feature_id: str) -> Iterator[Near]:
        """Other projects and the stations within the zone's ``near_m``, the nearest first.

        What overlaps is not among them: it is told by :meth:`overlaps`.
        """
        if feature_id not in self:
            return
        shared = {overlap.id for overlap in self.overlaps(feature_id)}
        around = self.metric.drop(index=[feature_id, *shared])
        distance = distances_m(
            around, self.metric.geometry[feature_id], self._zone.metric_crs
        ).sort_values(kind="stable")
        near = distance[distance <= self._zone.near_m]
        known = around.loc[near.index]
        columns = (known[name].tolist() for name in ("layer", "name", "schematic"))
        for other, metres, layer, name, schematic in zip(
            near.index.tolist(), near.tolist(), *columns, strict=True
        ):
            yield Near(other, layer, name, round(metres, 1), bool(schematic))

    def catchments(self, feature_id: str) -> Iterator[InCatchment]:
        """Of each station the smallest catchment that the feature touches."""
        if feature_id not in self:
            return
        shape = self.metric.geometry[feature_id]
        for station in self.stations.index.tolist():
            one = self.stations.loc[[station]]
            for distance_m in sorted(self._zone.catchments_m):
                circle = catchment(one, distance_m, self._zone.metric_crs)
                if circle.intersects(shape):
                    relation = "inside" if circle.covers(shape) else "partly"
                    yield InCatchment(station, one["name"].iloc[0], distance_m, relation)
                    break

    def overlaps(self, feature_id: str) -> Iterator[Overlap]:
        """Projects that share ground with this one."""
        if feature_id not in self:
            return
        projects = self.metric[self.metric["layer"] != self._zone.stations]
        one, others = projects.loc[[feature_id]], projects.drop(index=feature_id)
        shared = pairs(one, others, self._zone.metric_crs)
        columns = (shared[name].tolist() for name in ("right", "area_m2", "length_m"))
        for other, area_m2, length_m in zip(*columns, strict=True):
            if area_m2 >= LEAST_OVERLAP_M2 or length_m >= LEAST_OVERLAP_M:
                layer, name = others.loc[other, ["layer", "name"]].tolist()
                area = _figure(area_m2, LEAST_OVERLAP_M2)
                yield Overlap(other, layer, name, area, _figure(length_m, LEAST_OVERLAP_M))


def _figure(value: float, least: float) -> float | None:
    return float(value) if value >= least else None


_NOTHING = gpd.GeoDataFrame({"id": []}, geometry=[], crs="EPSG:4326")


def _located(layer_id: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = frame[frame.geometry.notna()]
    rows = frame.drop(columns=frame.geometry.name).rename(columns=str).to_dict("records")
    things = [_thing(layer_id, row) for row in rows]
    return gpd.GeoDataFrame(
        {
            "layer": layer_id,
            "name": [thing.name for thing in things],
            "schematic": [thing.schematic for thing in things],
        },
        index=[thing.id for thing in things],
        geometry=frame.geometry.values,
        crs=frame.crs,
    )


def _thing(layer_id: str, row: Mapping[Any, Any]) -> Project:
    """A row of any layer as a project, for its name and whether it is drawn as 示意."""
    return Project(str(row["id"]), layer_id, row, {})
