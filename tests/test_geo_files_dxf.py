"""Drawings: each entity of the model a row, with its layer, its text and its curves."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo import files
from geo.files.dxf import TOLERANCE
from tests.bad_files import METRIC
from tests.ugly_files import drawing, saved


def read(made: Any, folder: Path, **options: Any) -> files.Reading:
    return files.read(saved(made, folder), **{"crs": METRIC, **options})


def codes(reading: files.Reading) -> list[str]:
    return [problem.kind.code for problem in reading.problems]


def only(reading: files.Reading) -> Any:
    assert reading.frame is not None
    (shape,) = reading.frame.geometry
    return shape


def test_closed_lines_are_polygons(tmp_path: Path) -> None:
    made = drawing()
    corners = [(0, 0), (10, 0), (10, 10), (0, 10)]
    made.modelspace().add_lwpolyline(corners, close=True)
    made.modelspace().add_lwpolyline(corners)
    made.modelspace().add_polyline2d(corners, close=True)
    made.modelspace().add_line((0, 0), (1, 1))
    made.modelspace().add_point((5, 5))
    reading = read(made, tmp_path)
    assert reading.problems == ()
    assert reading.frame is not None
    assert reading.frame.geometry.geom_type.tolist() == [
        "Polygon", "LineString", "Polygon", "LineString", "Point",
    ]  # fmt: skip
    assert reading.frame.geometry.iloc[0].equals(shapely.box(0, 0, 10, 10))


def test_curves_lie_within_the_tolerance(tmp_path: Path) -> None:
    made = drawing()
    made.modelspace().add_circle((0, 0), 1000)
    reading = read(made, tmp_path)
    ring = shapely.get_coordinates(only(reading))
    assert max(abs(math.dist(where, (0, 0)) - 1000) for where in ring) < 1e-3
    middles = (ring[1:] + ring[:-1]) / 2
    assert 1000 - min(math.dist(where, (0, 0)) for where in middles) <= TOLERANCE
    assert only(reading).area == pytest.approx(math.pi * 1000**2, rel=2e-4)
    assert len(ring) < 2000
    assert codes(reading) == ["dxf-curves"]


def test_a_bulge_is_an_arc(tmp_path: Path) -> None:
    made = drawing()
    made.modelspace().add_lwpolyline([(0, 0, 0, 0, 1), (100, 0, 0, 0, 0)], close=True)
    assert only(read(made, tmp_path)).area == pytest.approx(math.pi * 50**2 / 2, rel=2e-3)


def test_texts_and_blocks(tmp_path: Path) -> None:
    made = drawing()
    block = made.blocks.new("站")
    block.add_attdef("NAME", (0, 0))
    block.add_circle((0, 0), 1)
    model = made.modelspace()
    model.add_blockref("站", (50, 60), dxfattribs={"layer": "站点"}).add_auto_attribs(
        {"NAME": "惠山站"}
    )
    model.add_text("凤翔北路").set_placement((3, 4))
    model.add_mtext("一\\P二", dxfattribs={"insert": (7, 8)})
    reading = read(made, tmp_path)
    assert codes(reading) == ["dxf-blocks"]
    assert reading.frame is not None
    assert reading.frame["layer"].tolist() == ["站点", "0", "0"]
    assert reading.frame["NAME"].tolist() == ["惠山站", None, None]
    assert reading.frame["text"].tolist() == [None, "凤翔北路", "一\n二"]
    assert shapely.get_coordinates(reading.frame.geometry).tolist() == [[50, 60], [3, 4], [7, 8]]


def test_a_hatch_has_holes_and_islands(tmp_path: Path) -> None:
    made = drawing()
    hatch = made.modelspace().add_hatch()
    for low, high in ((0, 10), (2, 8), (4, 6)):
        hatch.paths.add_polyline_path([(low, low), (high, low), (high, high), (low, high)])
    shape = only(read(made, tmp_path))
    assert shape.geom_type == "MultiPolygon"
    assert shape.area == 100 - 36 + 4


def test_what_is_not_read_is_told(tmp_path: Path) -> None:
    made = drawing(INSUNITS=4)
    model = made.modelspace()
    model.add_line((0, 0, 5), (1, 1, 5))
    model.add_3dface([(0, 0), (1, 0), (1, 1)])
    made.layout("Layout1").add_line((0, 0), (1, 1))
    reading = read(made, tmp_path)
    assert reading.rows == 1
    assert codes(reading) == ["height-dropped", "dxf-units", "dxf-entities"]
    assert "3DFACE (1)" in reading.problems[-1].message()
    assert "毫米" in reading.problems[1].message()


def test_layers(tmp_path: Path) -> None:
    made = drawing()
    for name in ("道路", "道路", "地块"):
        made.modelspace().add_line((0, 0), (1, 1), dxfattribs={"layer": name})
    path = saved(made, tmp_path)
    assert {one.name: one.rows for one in files.look(path).layers} == {"道路": 2, "地块": 1}
    assert files.read(path, crs=METRIC).rows == 3
    assert files.read(path, crs=METRIC, layer="道路").rows == 2
    assert codes(files.read(path, crs=METRIC, layer="水")) == ["layer-missing"]


def test_a_drawing_before_2007_in_gbk(tmp_path: Path) -> None:
    made = drawing("R2000", DWGCODEPAGE="ANSI_936")
    made.encoding = "gbk"
    made.modelspace().add_text("凤翔北路")
    path = saved(made, tmp_path, encoding="gbk")
    assert "凤翔北路".encode("gbk") in path.read_bytes()
    reading = files.read(path, crs=METRIC)
    assert reading.frame is not None
    assert reading.frame["text"].tolist() == ["凤翔北路"]


def test_a_drawing_that_does_not_say_its_encoding(tmp_path: Path) -> None:
    made = drawing("R2000")
    made.modelspace().add_text("凤翔北路")
    path = saved(made, tmp_path, encoding="gbk")
    path.write_bytes(path.read_bytes().replace(b"ANSI_936", b"ANSI_1252"))
    assert codes(files.read(path, crs=METRIC)) == ["encoding-unknown"]
    assert files.read(path, crs=METRIC, encoding="gbk").rows == 1
    assert files.look(path).previews[0].names == ("凤翔北路",)
