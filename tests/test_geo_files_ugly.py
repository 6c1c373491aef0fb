"""Files of every kind as they come: what was put in comes out, or a clear answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo import files, shapes
from geo.datum import gcj02_to_wgs84
from geo.files import confined
from tests import ugly_files
from tests.bad_files import BadFile, frame
from tests.test_geo_files_bad import BOUNDS, is_readable, rows_are_there_or_named
from tests.ugly_files import CASES, STATIONS


def codes(reading: files.Reading) -> list[str]:
    return [problem.kind.code for problem in reading.problems]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_file_is_told(case: BadFile, tmp_path: Path) -> None:
    reading = files.read(case.make(tmp_path), **case.options)
    errors = [problem for problem in reading.problems if problem.kind.severity == "error"]
    assert case.code in {problem.kind.code for problem in errors}
    for problem in reading.problems:
        is_readable(problem, tmp_path)
    if reading.frame is not None:
        rows_are_there_or_named(reading)


@pytest.mark.parametrize("case", CASES[::6], ids=str)
def test_a_bad_file_is_told_by_a_confined_reader(case: BadFile, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    assert codes(confined.read(path, **case.options)) == codes(files.read(path, **case.options))


def test_the_names_of_cases() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_shapefile_in_gbk_without_encoding_and_crs(tmp_path: Path) -> None:
    path = ugly_files.gbk_without_cpg_and_prj(tmp_path)
    assert sorted(codes(files.read(path))) == ["crs-missing", "encoding-unknown"]
    look = confined.look(path)
    assert (look.crs, look.encoding, look.rows, look.problems) == (None, "gb18030", 3, ())
    assert look.previews[0].names == ("凤翔北路", "惠山大道", "中惠路")
    assert np.allclose(look.positions.min(axis=0), (528_000, 3_506_000))
    reading = confined.read(path, crs="EPSG:4549", encoding="gbk")
    assert reading.problems == ()
    assert reading.frame is not None
    assert reading.frame.geometry.geom_equals(frame().set_axis([1, 2, 3]).geometry).all()


def test_a_table_of_gcj02(tmp_path: Path) -> None:
    path = ugly_files.gcj02_csv(tmp_path)
    look = confined.look(path)
    assert look.columns == ("坐标（高德） 经度", "坐标（高德） 纬度")
    reading = confined.read(path, crs="EPSG:4326", columns=look.columns)
    assert codes(reading) == ["table-titles", "table-rows-empty"]
    assert reading.rows == 3
    assert reading.frame is not None
    assert reading.frame["编号"].tolist() == ["000", "001", "002"]
    assert reading.frame.index.tolist() == [4, 5, 6]
    back = [gcj02_to_wgs84(point.x, point.y) for point in reading.frame.geometry]
    assert np.allclose(back, list(STATIONS.values()), atol=1e-7)
    assert reading.frame["名称"].tolist() == list(STATIONS)


def test_kml_in_three_dimensions(tmp_path: Path) -> None:
    reading = confined.read(ugly_files.kml_in_three_dimensions(tmp_path))
    assert set(codes(reading)) == {"height-dropped"}
    assert reading.frame is not None
    assert reading.frame["name"].tolist() == list(STATIONS)
    assert shapely.get_coordinates(reading.frame.geometry).tolist() == [
        list(where) for where in STATIONS.values()
    ]


def test_a_geopackage_in_another_zone(tmp_path: Path) -> None:
    path = ugly_files.geopackage_in_4528(tmp_path)
    assert confined.look(path).crs == "EPSG:4528"
    reading = confined.read(path)
    assert reading.frame is not None
    assert reading.frame.geometry.area.round(6).tolist() == pytest.approx([8100] * 3, rel=1e-6)


def test_a_drawing_in_local_metres(tmp_path: Path) -> None:
    path = ugly_files.drawing_in_local_metres(tmp_path)
    look = confined.look(path)
    assert look.crs is None
    assert {layer.name: layer.rows for layer in look.layers} == {"地块": 1, "0": 1}
    assert look.positions.min(axis=0).tolist() == [1000, 2000]
    reading = confined.read(path, crs="EPSG:4549", layer="地块")
    assert reading.frame is not None
    assert reading.frame.geometry.iloc[0].equals(shapely.Polygon(ugly_files.LOCAL_SQUARE))
    assert reading.frame["layer"].tolist() == ["地块"]


def test_a_bow_tie_is_read_and_told(tmp_path: Path) -> None:
    reading = confined.read(ugly_files.bow_ties(tmp_path))
    assert reading.problems == ()
    assert reading.frame is not None
    found = shapes.find(reading.frame.to_crs(4326), ["Polygon"], BOUNDS)
    assert [problem.kind.code for problem in found] == ["geometry-invalid"]


SWAPPABLE: list[Any] = [
    ugly_files.kml_in_three_dimensions,
    ugly_files.gcj02_csv,
    ugly_files.drawing_in_local_metres,
    ugly_files.geopackage_in_4528,
    ugly_files.gbk_without_cpg_and_prj,
    ugly_files.write_flatgeobuf,
]


@pytest.mark.parametrize("make", SWAPPABLE, ids=lambda make: make.__name__)
def test_positions_are_swapped_before_they_are_judged(make: Any, tmp_path: Path) -> None:
    path = make(tmp_path)
    raw = files.look(path).positions
    options: dict[str, Any] = {"encoding": "gbk"} if path.suffix == ".shp" else {}
    declares = path.suffix in {".gpkg", ".fgb"}
    crs = None if declares else "EPSG:4549"
    reading = files.read(path, crs=crs, swapped=True, **options)
    assert reading.frame is not None
    found = shapely.get_coordinates(reading.frame.geometry)
    assert (found[:, ::-1] == raw).all()
