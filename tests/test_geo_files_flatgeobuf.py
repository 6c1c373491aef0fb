"""FlatGeobuf: every type comes back, and no byte that is changed does harm."""

from __future__ import annotations

import random
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo import files
from tests.bad_files import METRIC, frame
from tests.ugly_files import write_flatgeobuf

SHAPES = [
    "POINT (1 2)",
    "LINESTRING (0 0, 1 1)",
    "POLYGON ((0 0, 9 0, 9 9, 0 0), (2 1, 3 1, 3 2, 2 1))",
    "MULTIPOINT (1 1, 2 2)",
    "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
    "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 9 5, 9 9, 5 5), (7 6, 8 6, 8 7, 7 6)))",
    "GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 1 1))",
    None,
]


@pytest.fixture
def mixed() -> gpd.GeoDataFrame:
    data = {
        "整": [1, 2, 3, 4, 5, 6, 7, 2**60],
        "数": [0.1, None, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
        "是": [True, False] * 4,
        "名": ["凤翔北路", None, "007", "a", "b", "c", "d", "e"],
    }
    return gpd.GeoDataFrame(data, geometry=list(map(shapely.from_wkt, SHAPES)), crs=METRIC)


def test_every_type_comes_back(mixed: gpd.GeoDataFrame, tmp_path: Path) -> None:
    reading = files.read(write_flatgeobuf(tmp_path, mixed, SPATIAL_INDEX="NO"))
    assert (reading.driver, reading.problems) == ("FlatGeobuf", ())
    assert reading.frame is not None
    assert reading.frame.crs == METRIC
    assert reading.frame["整"].tolist() == mixed["整"].tolist()
    assert reading.frame["数"].tolist() == [0.1, None, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    assert reading.frame["是"].tolist() == [True, False] * 4
    assert reading.frame["名"].tolist() == ["凤翔北路", None, "007", "a", "b", "c", "d", "e"]
    for one, other in zip(reading.frame.geometry, mixed.geometry, strict=True):
        assert one is None if other is None else one.equals_exact(other)


def test_with_an_index(tmp_path: Path) -> None:
    reading = files.read(write_flatgeobuf(tmp_path))
    assert reading.frame is not None
    assert sorted(reading.frame["name"]) == sorted(frame()["name"])
    assert reading.frame.geometry.area.tolist() == [8100] * 3


def test_heights_are_told(tmp_path: Path) -> None:
    data = gpd.GeoDataFrame(geometry=[shapely.Point(1, 2, 3)], crs=METRIC)
    reading = files.read(write_flatgeobuf(tmp_path, data))
    assert [problem.kind.code for problem in reading.problems] == ["height-dropped"]
    assert reading.frame is not None
    assert not reading.frame.geometry.has_z.any()


def test_without_crs(tmp_path: Path) -> None:
    data = frame().set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="crs"):
        path = write_flatgeobuf(tmp_path, data)
    assert [p.kind.code for p in files.read(path).problems] == ["crs-missing"]
    assert files.read(path, crs=METRIC).problems == ()


def test_a_file_that_is_cut_anywhere_is_refused(mixed: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = write_flatgeobuf(tmp_path, mixed, SPATIAL_INDEX="NO")
    content = path.read_bytes()
    for size in range(9, len(content), 7):
        path.write_bytes(content[:size])
        assert files.read(path).frame is None, size


def test_no_changed_byte_does_harm(mixed: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = write_flatgeobuf(tmp_path, mixed, SPATIAL_INDEX="NO")
    content, chance = path.read_bytes(), random.Random(4528)  # noqa: S311 - to be repeated
    for _ in range(500):
        changed = bytearray(content)
        for _ in range(chance.choice((1, 4))):
            changed[chance.randrange(8, len(changed))] = chance.randrange(256)
        path.write_bytes(changed)
        reading = files.read(path)
        assert reading.frame is None or len(reading.frame) <= reading.rows
