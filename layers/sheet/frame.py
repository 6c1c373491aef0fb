"""The map's window on the paper: which ground it shows, and how ground becomes paper."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
from numpy.typing import NDArray
from shapely import box, transform
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import WGS84, metric_crs, to_metric
from geo.types import BBox
from layers.drawing import Window

Coordinates = NDArray[np.float64]


@dataclass(frozen=True)
class MapFrame:
    """A window on the paper (millimetres) with its middle on the ground (metres) and a scale."""

    window: Window
    east_m: float
    north_m: float
    scale: int

    @property
    def mm_per_m(self) -> float:
        """Paper by ground."""
        return 1000 / self.scale

    def to_paper(self, ground: Coordinates) -> Coordinates:
        """Bring positions in the metric CRS onto the paper, in millimetres."""
        middle = (
            self.window.x + self.window.width / 2,
            self.window.y + self.window.height / 2,
        )
        return (ground - (self.east_m, self.north_m)) * self.mm_per_m + middle

    def paper_x(self, east_m: float) -> float:
        """Where an easting stands on the paper."""
        return (east_m - self.east_m) * self.mm_per_m + self.window.x + self.window.width / 2

    def paper_y(self, north_m: float) -> float:
        """Where a northing stands on the paper."""
        return (north_m - self.north_m) * self.mm_per_m + self.window.y + self.window.height / 2

    def on_paper(self, geometry: BaseGeometry) -> BaseGeometry:
        """Bring a geometry in the metric CRS onto the paper."""
        return transform(geometry, self.to_paper)

    def ground(self, beyond_mm: float = 0) -> Polygon:
        """The ground that is shown, with a rim around it, in the metric CRS."""
        half_w = (self.window.width / 2 + beyond_mm) / self.mm_per_m
        half_h = (self.window.height / 2 + beyond_mm) / self.mm_per_m
        return box(
            self.east_m - half_w, self.north_m - half_h, self.east_m + half_w, self.north_m + half_h
        )


def middle_of(bbox: BBox, crs: str) -> tuple[float, float]:
    """Return the middle of a box in degrees as a position in the metric CRS."""
    west, south, east, north = extent_of(bbox, crs)
    return ((west + east) / 2, (south + north) / 2)


def extent_of(bbox: BBox, crs: str) -> tuple[float, float, float, float]:
    """Return what a box in degrees spans in the metric CRS: west, south, east, north in metres."""
    outline = gpd.GeoSeries([box(*bbox.as_tuple()).segmentize(0.01)], crs=WGS84)
    west, south, east, north = to_metric(outline, crs).total_bounds
    return float(west), float(south), float(east), float(north)


def metric_point(lon: float, lat: float, crs: str) -> tuple[float, float]:
    """Return a position of degrees in the metric CRS."""
    change = pyproj.Transformer.from_crs(WGS84, metric_crs(crs), always_xy=True)
    east, north = change.transform(lon, lat)
    return float(east), float(north)


def convergence_deg(east_m: float, north_m: float, crs: str) -> float:
    """Return the angle from true north to grid north, clockwise, at a place in the metric CRS."""
    change = pyproj.Transformer.from_crs(metric_crs(crs), WGS84, always_xy=True)
    lon, lat = change.transform(east_m, north_m)
    return float(pyproj.Proj(metric_crs(crs)).get_factors(lon, lat).meridian_convergence)
