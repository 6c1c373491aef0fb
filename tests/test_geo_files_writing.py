"""GeoJSON out: RFC 7946 to the letter, and the same bytes for the same rows."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import files
from geo.errors import CrsError, InputError

SQUARE = shapely.box(120.30, 31.68, 120.31, 31.69)


def frame(*shapes: Any, crs: Any = "EPSG:4326", **columns: Any) -> gpd.GeoDataFrame:
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


def written(data: gpd.GeoDataFrame, **options: Any) -> dict[str, Any]:
    def refuse(name: str) -> float:
        raise AssertionError(name)

    found: dict[str, Any] = json.loads(files.to_geojson(data, **options), parse_constant=refuse)
    return found


def test_a_collection() -> None:
    data = frame(SQUARE, None, id=["P01", "P02"], n=pd.array([1, None], dtype="Int64"))
    assert written(data, extra={"huitu": {"version": "abc"}}) == {
        "type": "FeatureCollection",
        "huitu": {"version": "abc"},
        "features": [
            {
                "type": "Feature",
                "id": "P01",
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [
                        [[120.31, 31.68], [120.31, 31.69],
                         [120.3, 31.69], [120.3, 31.68], [120.31, 31.68]]
                    ],
                },
                "properties": {"id": "P01", "n": 1},
            },
            {
                "type": "Feature",
                "id": "P02",
                "geometry": None,
                "properties": {"id": "P02", "n": None},
            },
        ],
    }  # fmt: skip


def test_the_id_stands_first_and_is_left_out_where_there_is_none() -> None:
    first = files.to_geojson(frame(None, id=["P01"])).splitlines()[1]
    assert first.startswith(b'{"id":"P01","type":"Feature"')
    assert "id" not in written(frame(None))["features"][0]
    assert "id" not in written(frame(None, id=[None]))["features"][0]


def test_no_rows() -> None:
    assert written(frame()) == {"type": "FeatureCollection", "features": []}


def test_properties_in_the_order_that_is_asked() -> None:
    data = frame(None, a=[1], b=[2], c=[3])
    assert list(written(data)["features"][0]["properties"]) == ["a", "b", "c"]
    chosen = written(data, properties=["c", "a"])["features"][0]["properties"]
    assert list(chosen) == ["c", "a"]
    assert written(data, properties=[])["features"][0]["properties"] == {}


def test_every_type_of_value() -> None:
    data = frame(
        None,
        nan=[np.nan],
        inf=[np.inf],
        na=pd.array([pd.NA], dtype="Float64"),
        nat=[pd.NaT],
        int64=np.array([2**62 + 1]),
        float32=np.array([0.5], dtype=np.float32),
        truth=np.array([True]),
        text=["{{7*7}} </script> \u2028"],
        list=[["a", None, float("nan")]],
        array=[np.array([1, 2])],
        day=[pd.Timestamp("2021-02-18")],
        nested=[{"a": {"b": pd.NA}}],
    )
    assert written(data)["features"][0]["properties"] == {
        "nan": None,
        "inf": None,
        "na": None,
        "nat": None,
        "int64": 2**62 + 1,
        "float32": 0.5,
        "truth": True,
        "text": "{{7*7}} </script> \u2028",
        "list": ["a", None, None],
        "array": [1, 2],
        "day": "2021-02-18 00:00:00",
        "nested": {"a": {"b": None}},
    }


def test_rings_turn_as_the_standard_asks_and_heights_go() -> None:
    clockwise = shapely.Polygon(
        [(0, 0, 9), (0, 4, 9), (4, 4, 9), (4, 0, 9)], [[(1, 1, 9), (2, 1, 9), (2, 2, 9)]]
    )
    (shell, hole) = written(frame(clockwise))["features"][0]["geometry"]["coordinates"]
    assert shapely.LinearRing(shell).is_ccw
    assert not shapely.LinearRing(hole).is_ccw
    assert {len(position) for position in shell + hole} == {2}


def test_empty_shapes_have_empty_coordinates() -> None:
    shapes = [shapely.Point(), shapely.Polygon(), shapely.MultiLineString(), shapely.LineString()]
    for row, shape in zip(written(frame(*shapes))["features"], shapes, strict=True):
        assert row["geometry"] == {"type": shape.geom_type, "coordinates": []}
    mixed = frame(shapely.GeometryCollection())
    assert written(mixed)["features"][0]["geometry"] == {
        "type": "GeometryCollection",
        "geometries": [],
    }


def test_shared_borders_stay_shared() -> None:
    middle = [(120.123456789, 31.612345678), (120.123456791, 31.698765432)]
    west = shapely.Polygon([(120.1, 31.6), *middle, (120.1, 31.7)])
    east = shapely.Polygon([(120.2, 31.7), *reversed(middle), (120.2, 31.6)])
    rows = written(frame(west, east))["features"]
    one, two = (shapely.geometry.shape(row["geometry"]) for row in rows)
    assert one.intersection(two).length == pytest.approx(one.intersection(two).length)
    assert one.intersection(two).area == 0
    border = {tuple(np.round(position, 7)) for position in middle}
    for shape in (one, two):
        assert border <= set(shape.exterior.coords)


def test_only_degrees_are_written() -> None:
    for crs in (None, "EPSG:4549", "EPSG:3857"):
        with pytest.raises(CrsError):
            files.to_geojson(frame(None, crs=crs))
    for crs in ("EPSG:4490", "OGC:CRS84"):
        assert files.to_geojson(frame(SQUARE, crs=crs))


def test_positions_that_are_none_are_not_written() -> None:
    with np.errstate(invalid="ignore"):
        spoiled = shapely.from_wkt("LINESTRING (0 0, nan 1)")
    with pytest.raises(InputError):
        files.to_geojson(frame(SQUARE, spoiled))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=9),
    st.integers(0, 9),
)
def test_rounding(places: list[tuple[float, float]], decimals: int) -> None:
    data = frame(shapely.LineString(places))
    once = files.to_geojson(data, decimals=decimals)
    assert once == files.to_geojson(data, decimals=decimals)
    where = np.array(json.loads(once)["features"][0]["geometry"]["coordinates"])
    assert np.abs(where - np.array(places)).max() <= 0.5000001 * 10.0**-decimals
    assert (where == np.round(where, decimals)).all()


def test_what_is_written_is_read_again(tmp_path: Any) -> None:
    data = frame(SQUARE, None, id=["P01", "P02"], aliases=[["风翔"], None])
    path = tmp_path / "x.geojson"
    path.write_bytes(files.to_geojson(data, extra={"huitu": {"version": "1"}}))
    reading = files.read(path)
    assert [problem.kind.severity for problem in reading.problems] == ["note"]
    assert reading.frame is not None
    assert reading.frame["aliases"].tolist() == [["风翔"], None]
    assert reading.frame.geometry.iloc[0].equals_exact(SQUARE, 1e-9, normalize=True)
