"""Shapes written in a compiled pass are what shapely writes one by one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geo
from geo import compiled
from geo.files import shapetext, writing
from tests.test_geo_files_geojson import FUZZ

RING = [(120.1, 31.2), (120.3, 31.2), (120.3, 31.4), (120.1, 31.2)]
HOLE = [(120.25, 31.22), (120.28, 31.22), (120.28, 31.3), (120.25, 31.22)]
WITH_HOLE = shapely.orient_polygons(shapely.Polygon(RING, [HOLE]))


def array(*shapes):
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(120.12345678, -31.5),
        shapely.Point(-0.0, 7),
        shapely.LineString([(120, 31), (120.10000004, 31.00000006), (-179.9999999, 5)]),
        WITH_HOLE,
        shapely.MultiPoint([(1, 2), (100.5, 3.25)]),
        shapely.MultiLineString([[(1, 2), (3, 4)], [(5, 6), (7, 8), (9, 10)]]),
        shapely.MultiPolygon([WITH_HOLE, shapely.box(1, 1, 2, 2)]),
        shapely.force_3d(WITH_HOLE, 5.0),
    ],
)
def test_as_shapely_writes_it(shape):
    [text] = shapetext.texts(array(shape), 7)
    assert [text] == writing._texts_of_few(array(shape), 7)


@pytest.mark.parametrize(
    "shape",
    [
        None,
        shapely.Polygon(),
        shapely.GeometryCollection([shapely.Point(1, 2)]),
        shapely.Point(5e-5, 1),
        shapely.Point(1000, 1),
        shapely.reverse(WITH_HOLE),
        shapely.Polygon([(1, 1), (1.00000001, 1), (1, 1.00000001)]),
        shapely.MultiPolygon([shapely.box(1, 1, 2, 2), shapely.reverse(shapely.box(3, 3, 4, 4))]),
    ],
)
def test_what_is_unusual_is_left_and_its_neighbours_are_not(shape):
    before, left, after = shapetext.texts(array(WITH_HOLE, shape, shapely.Point(1, 2)), 7)
    assert left is None
    assert [before, after] == writing._texts_of_few(array(WITH_HOLE, shapely.Point(1, 2)), 7)
    every = writing._texts(array(WITH_HOLE, shape, shapely.Point(1, 2)), 7)
    assert every == writing._texts_of_few(array(WITH_HOLE, shape, shapely.Point(1, 2)), 7)


LENGTHS = st.floats(-180, 180) | st.integers(-1800, 1800).map(lambda tenths: tenths / 10)
POSITIONS = st.tuples(LENGTHS, LENGTHS)


@FUZZ
@given(
    st.lists(st.lists(POSITIONS, min_size=1, max_size=9), min_size=1, max_size=9),
    st.integers(1, 9),
)
def test_any_shapes_hold_the_same_numbers(lists, decimals):
    shapes = [
        shapely.Point(where[0]) if len(where) == 1
        else shapely.LineString(where) if len(where) % 2
        else shapely.MultiPoint(where).convex_hull
        for where in lists
    ]  # fmt: skip
    shapes.append(shapely.MultiPolygon([one for one in shapes if one.geom_type == "Polygon"]))
    once = writing._texts(array(*shapes), decimals)
    few = writing._texts_of_few(array(*shapes), decimals)
    for text, other in zip(once, few, strict=True):
        assert json.loads(text) == json.loads(other)
        assert len(text) <= len(other)


def test_nothing_makes_nothing():
    assert shapetext.texts(array(), 7) == []


def test_what_is_compiled_is_part_of_the_name_of_its_folder():
    package = Path(geo.__path__[0])
    sources = {path for some in compiled._SOURCES for path in package.glob(some)}
    users = {
        path
        for path in package.rglob("*.py")
        if re.search(r"^from geo.compiled import .*(compiled|inlined)", path.read_text(), re.M)
    }
    assert len(users) > 5
    assert users <= sources
