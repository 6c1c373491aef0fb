"""Files for other programs: what is written is counted, and a table says its CRS."""

import errno
import sqlite3
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import CrsError
from geo.files import outgoing
from geo.files.outgoing import Table, by_kind, write_flatgeobuf, write_geopackage, write_shapefile

NOTES = pd.DataFrame({"item": ["a"], "words": ["b"]})
BOX, LINE = shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])


def frame(*shapes, crs="EPSG:4326"):
    return gpd.GeoDataFrame(
        {"id": [str(n) for n in range(len(shapes))]}, geometry=[*shapes], crs=crs
    )


def test_kinds_are_told_apart_and_parts_count_as_their_kind():
    mixed = frame(BOX, LINE, None, shapely.MultiPolygon([BOX]), shapely.Point(1, 1))
    found = {kind: mask.tolist() for kind, mask in by_kind(mixed)}
    assert found == {
        "Point": [False, False, False, False, True],
        "LineString": [False, True, False, False, False],
        "Polygon": [True, False, False, True, False],
    }
    assert not list(by_kind(frame(None, None)))


def test_a_table_without_a_crs_is_refused(tmp_path):
    with pytest.raises(CrsError):
        write_flatgeobuf(Table("x", "x", frame(BOX, crs=None), "Polygon"), tmp_path / "x.fgb")


def test_several_parts_make_the_table_a_multi_one(tmp_path):
    parted = shapely.MultiPolygon([BOX, shapely.box(2, 2, 3, 3)])
    tables = [
        Table("single", "单", frame(BOX, None), "Polygon"),
        Table("parted", "多", frame(BOX, parted), "Polygon", style="<qgis/>"),
    ]
    write_geopackage(tables, tmp_path / "x.gpkg", NOTES)
    kinds = dict(pyogrio.list_layers(tmp_path / "x.gpkg"))
    assert (kinds["single"], kinds["parted"]) == ("Polygon", "MultiPolygon")
    with closing(sqlite3.connect(tmp_path / "x.gpkg")) as database:
        styled = database.execute("SELECT f_table_name FROM layer_styles").fetchall()
        titles = dict(database.execute("SELECT table_name, identifier FROM gpkg_contents"))
        times = {time for (time,) in database.execute("SELECT last_change FROM gpkg_contents")}
    assert styled == [("parted",)]
    assert titles["parted"] == "多"
    assert len(times) == 1


def test_a_shapefile_names_its_files(tmp_path):
    made = write_shapefile(Table("x", "x", frame(BOX), "Polygon"), tmp_path)
    assert {path.suffix for path in made} >= {".shp", ".shx", ".dbf", ".prj", ".cpg"}


def test_a_flatgeobuf_has_an_index_unless_a_shape_is_missing(tmp_path):
    for name, shapes in (("whole", (BOX, BOX)), ("gaps", (BOX, None))):
        write_flatgeobuf(Table(name, name, frame(*shapes), "Polygon"), tmp_path / f"{name}.fgb")
    able = {
        name: pyogrio.read_info(tmp_path / f"{name}.fgb")["capabilities"]["fast_spatial_filter"]
        for name in ("whole", "gaps")
    }
    assert able == {"whole": True, "gaps": False}


def test_rows_that_did_not_arrive_are_told_as_a_fault_of_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(outgoing.pyogrio, "read_info", lambda *_, **__: {"features": 1})
    with pytest.raises(OSError, match="whole") as told:
        write_flatgeobuf(Table("x", "x", frame(BOX, BOX), "Polygon"), tmp_path / "x.fgb")
    assert told.value.errno == errno.EIO
    assert told.value.filename == "x.fgb"
