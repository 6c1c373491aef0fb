"""GeoPackages that can be read, and what sqlite3 keeps that others lose."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import files
from geo.files import Reading, geopackage, wkb
from geo.files.gathering import Sharing
from tests.bad_files import METRIC, NAMES, frame, with_sql, write_geopackage
from tests.test_geo_files_geojson import FUZZ, read_and_account


def values(reading: Reading, name: str) -> list[Any]:
    assert reading.frame is not None, [problem.message("en") for problem in reading.problems]
    return reading.frame[name].tolist()


def test_a_sound_geopackage(tmp_path: Path) -> None:
    data = frame()
    data.geometry = [data.geometry.iloc[0], None, data.geometry.iloc[2]]
    reading = files.read(write_geopackage(tmp_path, data))
    assert reading.problems == ()
    assert (reading.driver, reading.rows) == ("GPKG", 3)
    assert reading.frame is not None
    assert reading.frame.crs == METRIC
    assert reading.frame.columns.tolist() == ["name", "code", "count", "geometry"]
    assert values(reading, "name") == list(NAMES)
    assert values(reading, "code") == ["007", "008", None]
    assert reading.frame.geometry.iloc[1] is None
    assert reading.frame.geometry.iloc[2].equals(data.geometry.iloc[2])


def test_integers_beside_missing_ones_stay_exact(tmp_path: Path) -> None:
    data = frame(n=pd.array([2**62 + 1, None, -5], dtype="Int64"), r=[0.1, None, 1e300])
    data["b"] = pd.array([True, None, False], dtype="boolean")
    reading = files.read(write_geopackage(tmp_path, data))
    assert values(reading, "n") == [2**62 + 1, None, -5]
    assert values(reading, "r") == [0.1, None, 1e300]
    assert values(reading, "b") == [True, None, False]
    assert type(values(reading, "b")[0]) is bool


def test_lists_and_dates(tmp_path: Path) -> None:
    make = with_sql(
        "ALTER TABLE layer ADD COLUMN aliases JSON_TEXT",
        "ALTER TABLE layer ADD COLUMN day DATE",
        """UPDATE layer SET aliases = '["风翔", 1]', day = '2021-02-18' WHERE fid = 1""",
        "UPDATE layer SET aliases = 'oops' WHERE fid = 2",
        "CREATE TABLE gpkg_data_columns (table_name TEXT, column_name TEXT, mime_type TEXT)",
        "INSERT INTO gpkg_data_columns VALUES ('layer', 'aliases', 'application/json')",
        index="NO",
    )
    reading = files.read(make(tmp_path))
    assert reading.problems == ()
    assert values(reading, "aliases") == [["风翔", 1], "oops", None]
    assert values(reading, "day") == ["2021-02-18", None, None]


def test_binary_fields_are_told(tmp_path: Path) -> None:
    make = with_sql(
        "ALTER TABLE layer ADD COLUMN photo BLOB", "UPDATE layer SET photo = x'ffd8'", index="NO"
    )
    reading = files.read(make(tmp_path))
    assert [problem.kind.code for problem in reading.problems] == ["field-binary"]
    assert reading.frame is not None
    assert "photo" not in reading.frame


def test_the_file_of_qgis_with_its_styles(tmp_path: Path) -> None:
    """QGIS adds a table of styles; tables beside the layer are not read and do no harm."""
    make = with_sql("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)")
    assert files.read(make(tmp_path)).problems == ()


def test_an_undefined_crs_that_a_person_names(tmp_path: Path) -> None:
    path = with_sql("UPDATE gpkg_geometry_columns SET srs_id = -1")(tmp_path)
    reading = files.read(path, crs="EPSG:4549")
    assert reading.problems == ()
    assert reading.frame is not None
    assert reading.frame.crs == METRIC


def test_a_crs_that_has_no_code_but_is_described(tmp_path: Path) -> None:
    local = "+proj=tmerc +lon_0=120.3 +x_0=40000 +ellps=GRS80 +units=m"
    reading = files.read(write_geopackage(tmp_path, frame().to_crs(local)))
    assert reading.problems == ()
    assert reading.frame is not None
    assert reading.frame.crs.is_projected


def test_a_closed_file_of_the_write_ahead_kind(tmp_path: Path) -> None:
    path = write_geopackage(tmp_path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
    assert path.read_bytes()[18] == 2
    assert files.read(path).problems == ()


def test_nothing_is_written_beside_or_into_it(tmp_path: Path) -> None:
    path = write_geopackage(tmp_path)
    before = path.read_bytes()
    files.read(path)
    assert path.read_bytes() == before
    assert [part.name for part in tmp_path.iterdir()] == ["layer.gpkg"]


@pytest.mark.parametrize(
    "shape",
    [
        "POINT (1 2)",
        "POINT EMPTY",
        "LINESTRING Z (1 2 3, 4 5 6)",
        "POLYGON ((0 0, 9 0, 9 9, 0 0), (1 1, 2 1, 2 2, 1 1))",
        "MULTIPOINT ((1 2), (3 4))",
        "MULTILINESTRING ((1 2, 3 4))",
        "MULTIPOLYGON M (((0 0 1, 9 0 1, 9 9 1, 0 0 1)))",
        "GEOMETRYCOLLECTION (POINT (1 2), MULTIPOINT ((1 2)))",
    ],
)
@pytest.mark.parametrize("order", [0, 1])
def test_plain_shapes_pass_the_walk(shape: str, order: int) -> None:
    expected = shapely.from_wkt(shape)
    blob = shapely.to_wkb(expected, byte_order=order, flavor="iso")
    assert wkb.shape_of(blob).equals_exact(expected, 0) or expected.is_empty


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"\x02",
        b"\x01\x01",
        b"\x01" + struct.pack("<I", 99),
        b"\x01" + struct.pack("<I", 5001),
        b"\x01" + struct.pack("<II", 4, 1) + b"\x01" + struct.pack("<II", 2, 0),
        b"\x01" + struct.pack("<II", 7, 1) + b"\x01" + struct.pack("<II", 7, 0),
        shapely.to_wkb(shapely.Point(1, 2)) + b"\0",
    ],
)
def test_other_bytes_do_not(blob: bytes) -> None:
    with pytest.raises(wkb.WkbError):
        wkb.shape_of(blob)


@FUZZ
@given(st.integers(0, 110_000), st.binary(min_size=1, max_size=64))
def test_no_changed_byte_ends_in_a_traceback(tmp_path: Path, at: int, noise: bytes) -> None:
    path = tmp_path / "whole" / "layer.gpkg"
    if not path.exists():
        path.parent.mkdir()
        write_geopackage(path.parent)
    whole = path.read_bytes()
    spoiled = tmp_path / "spoiled.gpkg"
    spoiled.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
    read_and_account(spoiled)


@FUZZ
@given(st.integers(0, 120), st.binary(min_size=1, max_size=8))
def test_no_changed_blob_ends_in_a_traceback(at: int, noise: bytes) -> None:
    blob = shapely.to_wkb(shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), flavor="iso")
    try:
        wkb.shape_of(blob[:at] + noise + blob[at + len(noise) :])
    except wkb.WkbError:
        return


@FUZZ
@given(st.lists(st.tuples(st.integers(0, 120), st.binary(max_size=8)), max_size=5))
def test_many_blobs_are_judged_as_each_alone(changes: list[tuple[int, bytes]]) -> None:
    shapes = [
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]),
        shapely.Polygon([(0, 0), (9, 0), (9, 9)], [[(1, 1), (2, 1), (2, 2)]]),
        shapely.MultiPoint([(0, 0), (1, 1)]),
        shapely.LineString([(0, 0, 1), (1, 1, 1)]),
    ]
    whole = [
        shapely.to_wkb(one, flavor="iso", byte_order=order) for one in shapes for order in (0, 1)
    ]
    blobs = [blob[:at] + noise + blob[at + len(noise) :] for blob in whole for at, noise in changes]
    blobs += [blob[: at or None] for blob in whole for at, _ in changes] + whole
    found = wkb.shapes_of(blobs)
    assert [one is not None for one in found[-len(whole) :]] == [True] * len(whole)
    for blob, shape in zip(blobs, found, strict=True):
        try:
            alone = wkb.shape_of(blob)
        except wkb.WkbError:
            assert shape is None
        else:
            assert shapely.to_wkb(shape) == shapely.to_wkb(alone)


def test_equal_values_are_one_object_and_stay_what_they_are() -> None:
    sharing = Sharing()
    once = sharing.shared(["住宅"[:1] + "宅", None, "".join(["住", "宅"])])
    assert once == ["住宅", None, "住宅"]
    assert once[0] is once[2]
    assert list(map(type, sharing.shared([1, True, 1.0]))) == [int, bool, float]


def test_rows_of_a_second_piece_keep_their_numbers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(geopackage, "AT_ONCE", 2)
    make = with_sql("UPDATE layer SET geom = x'00' WHERE fid = 3", index="NO")
    reading = files.read(make(tmp_path))
    assert reading.frame is not None
    assert reading.frame.index.tolist() == [1, 2]
    assert [(one.kind.code, one.row) for one in reading.problems] == [("geometry-unreadable", 3)]
    assert reading.rows == 3


@pytest.mark.parametrize("name", ["图层 1", 'a"b', "a'b", "select"])
def test_any_name_of_a_layer(tmp_path: Path, name: str) -> None:
    assert files.read(write_geopackage(tmp_path, layer=name)).problems == ()
