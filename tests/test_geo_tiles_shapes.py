"""Shapes again out of the arrays."""

import geopandas as gpd
import numpy as np
import shapely

from geo import tiles

SHAPES = [
    shapely.box(120, 31, 121, 32).difference(shapely.box(120.2, 31.2, 120.4, 31.4)),
    None,
    shapely.LineString([(120, 31), (120.5, 31.5), (121, 31)]),
    shapely.MultiPolygon([shapely.box(119, 30, 119.5, 30.5), shapely.box(119.6, 30, 119.7, 30.5)]),
    shapely.Point(118, 29),
    shapely.MultiPoint([(118, 29), (118.1, 29.5)]),
    shapely.MultiLineString([[(117, 28), (117, 29)], [(117.5, 28), (117.6, 28)]]),
]


def test_shapes_come_back_as_they_were():
    frame = gpd.GeoDataFrame({"id": range(len(SHAPES))}, geometry=SHAPES, crs="EPSG:4326")
    arrays = tiles.build(frame, name="shapes", fields=["id"])
    found = tiles.shapes(arrays, np.arange(len(arrays)))
    for row, shape in zip(arrays.rows.tolist(), found, strict=True):
        was = SHAPES[row - 1]
        if was is None:
            assert shape is None
        else:
            assert shapely.get_type_id(shape) >= 4
            assert shapely.hausdorff_distance(shape, was) < 1e-12
            assert shape.symmetric_difference(was).area < 1e-12


def test_some_are_given_in_the_order_asked_for():
    frame = gpd.GeoDataFrame({"id": range(len(SHAPES))}, geometry=SHAPES, crs="EPSG:4326")
    arrays = tiles.build(frame, name="shapes", fields=["id"])
    backwards = np.arange(len(arrays))[::-1]
    whole = tiles.shapes(arrays, backwards[::-1])[::-1]
    assert shapely.equals(tiles.shapes(arrays, backwards), whole).sum() == len(SHAPES) - 1
