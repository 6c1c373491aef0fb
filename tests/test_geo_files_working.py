"""The working copy gives back exactly what was put in."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import files
from geo.errors import CrsError, InputError
from geo.files import working


def frame(columns: dict[str, Any], *shapes: Any, crs: Any = "EPSG:4326") -> gpd.GeoDataFrame:
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    index = range(1, len(shapes) + 1)
    data = {
        name: pd.Series(values, index=index, dtype=getattr(values, "dtype", None))
        for name, values in columns.items()
    }
    return gpd.GeoDataFrame(data, geometry=geometry, crs=crs, index=index)


def objects(*values: Any) -> Any:
    return np.array([*values, None], dtype=object)[:-1]


def again(data: gpd.GeoDataFrame, folder: Path) -> gpd.GeoDataFrame:
    path = folder / "features.gpkg"
    path.unlink(missing_ok=True)
    files.save(data, path)
    return files.load(path)


@pytest.mark.parametrize("at_once", [1, 2, 50_000])
def test_everything_comes_back(
    at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "_AT_ONCE", at_once)
    point = shapely.Point(120.30000000000001, 31.679999999999996)
    data = frame(
        {
            "id": objects("R01", "R02", "R03"),
            "n": pd.array([2**62 + 1, None, -1], dtype="Int64"),
            "r": pd.array([0.1 + 0.2, None, math.pi], dtype="Float64"),
            "plain": [1, 2, 3],
            "nan": [1.5, np.nan, 2.5],
            "truth": pd.array([True, None, False], dtype="boolean"),
            "list": objects(["a", "b"], [], None),
            "mixed": objects(1, 1.0, "1"),
            "nothing": objects(None, None, None),
            "__proto__": objects("{{7*7}}", "</script>", "&amp; <x> \"'"),
            "Name": objects("x", None, ""),
            "name": objects("y", None, ""),
            "fid": [7, 8, 9],
            "row": [7, 8, 9],
            "": [7, 8, 9],
            "a \"b' 中": [7, 8, 9],
        },
        point,
        None,
        shapely.Polygon(),
    )
    back = again(data, tmp_path)
    assert_geodataframe_equal(data, back, check_index_type=False)
    assert back.dtypes.tolist() == data.dtypes.tolist()
    assert back.index.tolist() == [1, 2, 3]
    assert back["nothing"].tolist() == [None, None, None]
    assert [type(value) for value in back["mixed"]] == [int, float, str]
    assert shapely.get_coordinates(back.geometry).tolist() == [[point.x, point.y]]
    assert back.geometry.iloc[1] is None
    assert back.geometry.iloc[2].is_empty


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_layer_and_one_without_attributes(tmp_path: Path, rows: int) -> None:
    data = frame({"n": pd.array([1] * rows, dtype="Int64")}, *[None] * rows)
    assert_geodataframe_equal(data, again(data, tmp_path), check_index_type=False)
    bare = frame({}, *[None] * rows)
    assert again(bare, tmp_path).columns.tolist() == ["geometry"]
    assert len(again(bare, tmp_path)) == rows


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:4490", "+proj=tmerc +lon_0=120.3 +ellps=GRS80"])
def test_the_crs(tmp_path: Path, crs: str) -> None:
    data = frame({}, shapely.Point(1, 2), crs=crs)
    assert again(data, tmp_path).crs == data.crs


def test_an_index_of_names_and_rows_with_gaps(tmp_path: Path) -> None:
    data = frame({"n": [1, 2]}, shapely.Point(1, 2), None)
    for index in (["R01", "路"], [4, 17]):
        assert again(data.set_axis(index), tmp_path).index.tolist() == index


def test_any_gis_can_open_it(tmp_path: Path) -> None:
    path = tmp_path / "features.gpkg"
    line = shapely.LineString([(120.4, 31.6), (120.5, 31.7)])
    files.save(
        frame(
            {"name": objects("路", None, "桥"), "n": pd.array([1, None, 2**40], dtype="Int64")},
            shapely.Point(120.3, 31.68),
            None,
            line,
        ),
        path,
    )
    told = pyogrio.read_info(path)
    assert told["features"] == 3
    assert told["total_bounds"] == (120.3, 31.6, 120.5, 31.7)
    assert told["geometry_type"] == "Unknown"
    seen = gpd.read_file(path)
    assert seen["name"].dropna().tolist() == ["路", "桥"]
    assert seen["n"].tolist()[::2] == [1, 2**40]
    assert seen.geometry.iloc[2].equals(line)
    assert seen.cx[120.45:120.6, 31.5:31.8].geometry.tolist() == [line]
    assert len(gpd.read_file(path, bbox=(120.45, 31.5, 120.6, 31.8))) == 1
    assert seen.crs == "EPSG:4326"
    assert files.read(path).problems == ()


def test_heights_and_collections(tmp_path: Path) -> None:
    high = shapely.LineString([(0, 0, 1), (1, 1, 2)])
    mixed = shapely.GeometryCollection([shapely.Point(1, 2), high])
    data = frame({}, high, mixed, shapely.MultiPoint([(1, 2)]))
    back = again(data, tmp_path)
    assert shapely.to_wkt(back.geometry.iloc[0]) == shapely.to_wkt(high)
    assert back.geometry.iloc[1].geom_type == "GeometryCollection"
    assert back.geometry.iloc[2].geom_type == "MultiPoint"


def test_without_crs_nothing_is_saved(tmp_path: Path) -> None:
    with pytest.raises(CrsError):
        files.save(frame({}, shapely.Point(1, 2), crs=None), tmp_path / "x.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_working_copy_is_told(tmp_path: Path) -> None:
    path = tmp_path / "features.gpkg"
    with pytest.raises(InputError) as caught:
        files.load(path)
    assert caught.value.code == "file-missing"
    frame({}, shapely.Point(1, 2)).to_file(path, driver="GPKG")
    with pytest.raises(InputError):
        files.load(path)
    for content in (b"", b"{}", b"SQLite format 3\x00" + b"\0" * 100, b"x" * 5000):
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            files.load(path)
        assert caught.value.code == "file-damaged"


_VALUE = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"))
    | st.lists(st.text(st.characters(codec="utf-8")), max_size=3)
)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(_VALUE, _VALUE), min_size=1, max_size=5))
def test_any_values_come_back(tmp_path: Path, rows: list[tuple[Any, Any]]) -> None:
    columns = {"a": pd.Series([a for a, _ in rows], dtype=object).to_numpy(),
               "b": pd.Series([b for _, b in rows], dtype=object).to_numpy()}  # fmt: skip
    back = again(frame(columns, *[None] * len(rows)), tmp_path)
    for name, values in columns.items():
        expected = [None if _is_infinite_in_json(values, one) else one for one in values]
        assert back[name].tolist() == expected
        assert [type(one) for one in back[name]] == [type(one) for one in expected]


def _is_infinite_in_json(values: Any, one: Any) -> bool:
    """A column of several types is kept as JSON, which has no infinity."""
    mixed = {type(value) for value in values} - {type(None)} != {float}
    return mixed and isinstance(one, float) and math.isinf(one)
