"""From a file and a person's answers to rows: every row is published or named with a reason."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from geo import datum, files
from geo.placement import ControlPoint, Placement
from layers.catalog import Catalog
from layers.ingest import Answers, LeftOut, clean
from layers.mapping import FieldMapping
from layers.publishing import Source, own_source, prepare, publish
from layers.store import Store
from layers.versions import version_id

TOWN = Path(__file__).parent / "town"
SQUARE = [(104.985, 30.598), (104.99, 30.598), (104.99, 30.602), (104.985, 30.602)]
RING = [*SQUARE, SQUARE[0]]
BOW_TIE = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]
USUAL = {"name_zh": "桑园", "stage": "start", "geometry_quality": "surveyed"}

#: The names that the versions of the town had before there were answers beside these three.
FORMER = {"streets": "c57d594af734", "gardens": "2c564edd1723", "stops": "044c3e33e0c1"}


@pytest.fixture(scope="module")
def catalog():
    return Catalog.read(TOWN)


def feature(ring, **properties):
    shape = None if ring is None else {"type": "Polygon", "coordinates": [[list(p) for p in ring]]}
    return {"type": "Feature", "properties": {**USUAL, **properties}, "geometry": shape}


def written(folder, *features):
    path = folder / "gardens.geojson"
    collection = {"type": "FeatureCollection", "features": list(features)}
    path.write_text(json.dumps(collection, ensure_ascii=False), "utf-8")
    return path


def cleaned(catalog, path, **answers):
    return clean(path, catalog.layer("gardens"), catalog.zone, answers=Answers(**answers))


def codes(report):
    return [problem.kind.code for problem in report.problems]


def moved(ring, change):
    return np.column_stack(change(*np.array(ring).T)).tolist()


# ---------------------------------------------------------------- names of versions


def test_names_of_versions_are_what_they_were(catalog):
    for layer, name in FORMER.items():
        spec = catalog.layer(layer)
        source = own_source(catalog, spec)
        sha256 = files.read(source.path).sha256
        assert version_id(spec, sha256, source.options) == name


def test_an_answer_that_was_not_given_is_no_part_of_the_name():
    assert Answers().options == {"crs": None, "encoding": None, "repair": False}
    plain = Answers(placement=Placement("EPSG:4549"))
    assert plain.options == Answers(crs="EPSG:4549").options


@pytest.mark.parametrize(
    "answers",
    [
        Answers(crs="EPSG:4326", encoding="gbk", repair=True),
        Answers(placement=Placement("EPSG:4326", "gcj02", swapped=True)),
        Answers(
            placement=Placement(
                "EPSG:4549", control=(ControlPoint(0, 0, 120, 31), ControlPoint(9, 9, 120, 31.1))
            )
        ),
        Answers(layer="Sheet1", columns=("经度", "纬度")),
        Answers(
            mapping=FieldMapping({"id": "编号"}, {"stage": "start"}, {"stage": {"开": "start"}})
        ),
        Answers(left_out=(LeftOut(2, "重复"), LeftOut(7, "不在本区"))),
    ],
    ids=lambda one: "+".join(list(one.options)[3:]) or "usual",
)
def test_answers_survive_json_and_change_the_name(answers):
    kept = json.loads(json.dumps(answers.options))
    assert Answers.from_options(kept).options == answers.options
    assert answers.options != Answers().options


# ---------------------------------------------------------------- placing


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_a_file_of_a_web_map_is_published_where_it_is(catalog, tmp_path, name):
    there = {"gcj02": datum.wgs84_to_gcj02, "bd09": datum.wgs84_to_bd09}[name]
    path = written(tmp_path, feature(moved(RING, there), id="G01"))
    frame, report = cleaned(catalog, path, placement=Placement("EPSG:4326", name))
    assert report.ok
    assert "datum-shifted" in codes(report)
    corners = {(round(x, 7), round(y, 7)) for x, y in frame.geometry.iloc[0].exterior.coords}
    assert corners == set(SQUARE)


def test_a_local_drawing_is_published_by_its_control_points(catalog, tmp_path):
    plane = Transformer.from_crs(4326, 4544, always_xy=True).transform
    local = moved(RING, lambda x, y: np.array(plane(x, y)) - np.array([[400_000], [3_300_000]]))
    control = tuple(ControlPoint(*a, *b) for a, b in zip(local[:3], SQUARE[:3], strict=True))
    path = written(tmp_path, feature(local, id="G01"))
    placement = Placement(catalog.zone.metric_crs, control=control)
    frame, report = cleaned(catalog, path, placement=placement)
    assert report.ok, codes(report)
    assert frame.geometry.iloc[0].exterior.coords[0] == pytest.approx(RING[0], abs=1e-7)
    held, report = cleaned(
        catalog, path, placement=Placement(catalog.zone.metric_crs, control=control[:1])
    )
    assert held is None
    assert codes(report)[-1] == "control-too-few"


# ---------------------------------------------------------------- leaving rows out


def test_a_row_that_is_left_out_holds_nothing_and_stays_listed(catalog, tmp_path):
    path = written(
        tmp_path,
        feature(RING, id="G01"),
        feature(RING, id="G01", name_zh="桑园二", stage="soon"),
        feature(None, id="G03", name_zh="桑园三", geometry_quality="none"),
    )
    held, before = cleaned(catalog, path)
    assert held is None
    assert before.rows_out == 0
    frame, report = cleaned(catalog, path, left_out=(LeftOut(2, "与第 1 行重复"),))
    assert report.ok
    assert frame["id"].tolist() == ["G01", "G03"]
    assert report.rows_in == report.rows_out + 1 == 3
    told = next(one for one in report.problems if one.kind.code == "row-left-out")
    assert (told.row, told.kind.severity) == (2, "note")
    assert "与第 1 行重复" in told.message("zh")
    assert report.place_of(told) is not None


def test_a_row_that_the_reader_refused_can_be_left_out(catalog, tmp_path):
    path = written(tmp_path, feature(RING, id="G01"), feature([*SQUARE[:2], (1000, 0)], id="G02"))
    assert not cleaned(catalog, path)[1].ok
    frame, report = cleaned(catalog, path, left_out=(LeftOut(2, "画错"),))
    assert report.ok
    assert frame["id"].tolist() == ["G01"]
    assert "crs-wrong" in codes(report)
    assert {one.kind.severity for one in report.problems} == {"note"}


def test_left_out_rows_are_taken_from_the_count_of_the_rest(catalog, tmp_path):
    """Problems beyond the fifty that are told one by one stand in one that counts them."""
    bad = [feature([*SQUARE[:2], (0, 0)], id=f"B{n}") for n in range(60)]
    path = written(tmp_path, feature(RING, id="G01"), *bad)
    some = tuple(LeftOut(row, "画错") for row in range(2, 56))
    _, report = cleaned(catalog, path, left_out=some)
    counted = next(one for one in report.problems if one.row is None)
    assert (counted.values["count"], counted.values["rows"].zh) == (6, "56-61")
    every = tuple(LeftOut(row, "画错") for row in range(2, 62))
    frame, report = cleaned(catalog, path, left_out=every)
    assert report.ok
    assert len(frame) == 1


def test_rows_of_a_table_bear_the_numbers_of_its_lines(catalog, tmp_path):
    """A spreadsheet's first row of data is line 2, so that the last lies beyond the count."""
    path = written(tmp_path, feature(RING, id="G01"), feature(RING, id="G02", name_zh="二"))

    def read(path, **words):
        found = files.read(path, **words)
        return replace(found, frame=found.frame.set_index(found.frame.index + 1))

    spec, answers = catalog.layer("gardens"), Answers(left_out=(LeftOut(3, "不在本区"),))
    frame, report = clean(path, spec, catalog.zone, answers=answers, read=read)
    assert report.ok
    assert frame["id"].tolist() == ["G01"]


def test_a_row_that_is_not_there_cannot_be_left_out(catalog, tmp_path):
    path = written(tmp_path, feature(RING, id="G01"))
    _, report = cleaned(catalog, path, left_out=(LeftOut(9, "?"),))
    assert codes(report) == ["row-left-out-unknown"]
    _, report = cleaned(catalog, path, left_out=(LeftOut(1, "?"),))
    assert "layer-empty" in codes(report)


# ---------------------------------------------------------------- repairs and places


def test_a_repair_keeps_both_shapes_and_areas(catalog, tmp_path):
    path = written(tmp_path, feature(BOW_TIE, id="G01"), feature(RING, id="G02", name_zh="二"))
    _, report = cleaned(catalog, path)
    invalid = next(one for one in report.problems if one.kind.code == "geometry-invalid")
    assert report.place_of(invalid) == pytest.approx((104.9875, 30.6))
    frame, report = cleaned(catalog, path, repair=True)
    assert len(report.repairs) == 1
    one = report.repairs[0]
    assert (one.row, one.feature) == (1, "G01")
    assert not one.before.is_valid
    assert one.after.is_valid
    assert one.after.equals(frame.geometry.iloc[0])
    assert abs(one.before_m2) < 1
    width, height = 479.5, 443.45  # of the square, by pyproj's geodesic
    assert one.after_m2 == pytest.approx(width * height / 2, rel=0.01)


def test_each_problem_of_a_row_has_a_place_in_degrees(catalog, tmp_path):
    path = written(tmp_path, feature(RING, id="G01", stage="soon"), feature(RING, id="G02"))
    _, report = cleaned(catalog, path)
    told = report.to_dict("zh")["problems"]
    places = {one["code"]: one["place"] for one in told}
    lon, lat = places["value-not-allowed"]
    assert 104.985 < lon < 104.99
    assert 30.598 < lat < 30.602
    assert places["name-twice"] is not None


# ---------------------------------------------------------------- mapping


def test_a_file_with_fields_of_its_own_is_published(tmp_path):
    town = Path(shutil.copytree(TOWN, tmp_path / "town"))
    catalog, store = Catalog.read(town), Store(town, software="test")
    row = {"名称": "桑园", "计划目标": "启动", "年": "2024年", "画图人": "张"}
    path = tmp_path / "untitled.geojson"
    shape = {"type": "Polygon", "coordinates": [[list(p) for p in RING]]}
    collection = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": row, "geometry": shape}],
    }
    path.write_text(json.dumps(collection), "utf-8")
    mapping = FieldMapping(
        {"name_zh": "名称", "stage": "计划目标", "year_from": "年"},
        {"geometry_quality": "schematic"},
        make_ids=True,
    )
    spec, answers = catalog.layer("gardens"), Answers(mapping=mapping)
    frame, report = prepare(catalog, store, spec, Source(path, answers))
    assert report.ok, list(report.lines("zh"))
    assert frame.iloc[0]["stage"] == "start"
    assert frame.iloc[0]["year_from"] == 2024
    outcome = publish(catalog, store, spec, Source(path, answers), by="test", reason="test")
    assert store.frame("gardens", outcome.version.id)["id"].tolist() == frame["id"].tolist()
    codes_told = {one["code"] for one in outcome.version.problems["zh"]}
    assert {"field-unmapped", "ids-made", "field-constant", "values-translated"} <= codes_told


def test_what_the_mapping_lacks_is_told_once_and_not_in_every_row(catalog, tmp_path):
    path = written(tmp_path, feature(RING, id="G01"), feature(RING, id="G02"))
    _, report = cleaned(catalog, path, mapping=FieldMapping({"id": "id"}))
    assert codes(report).count("mapping-required") == 2
    assert "field-missing" not in codes(report)


def test_another_reader_is_given_the_answers_it_needs(catalog, tmp_path):
    asked = []

    def read(path, **words):
        asked.append(words)
        return files.read(path, crs=words["crs"], encoding=words["encoding"])

    path = written(tmp_path, feature(RING, id="G01"))
    spec, zone = catalog.layer("gardens"), catalog.zone
    clean(path, spec, zone, read=read)
    clean(
        path,
        spec,
        zone,
        answers=Answers(
            placement=Placement("EPSG:4490", swapped=True), layer="表", columns=("x", "y")
        ),
        read=read,
    )
    assert asked == [
        {"crs": None, "encoding": None},
        {
            "crs": "EPSG:4490",
            "encoding": None,
            "layer": "表",
            "columns": ("x", "y"),
            "swapped": True,
        },
    ]
