"""What the strict reader keeps, mends and tells of a GeoJSON that can be read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import files, limits
from geo.errors import HuituError
from geo.files import Reading
from geo.files.geojson import KINDS
from tests.bad_files import (
    SQUARE,
    collection,
    feature,
    geojson,
    many_vertices,
    polygon,
    raw,
    text_of,
)


def read(folder: Path, *features: Any, **options: str) -> Reading:
    return files.read(geojson(*features)(folder), **options)


def values(reading: Reading, name: str) -> list[Any]:
    assert reading.frame is not None
    return reading.frame[name].tolist()


def codes(reading: Reading) -> list[str]:
    return [problem.kind.code for problem in reading.problems]


def test_a_sound_file(tmp_path: Path) -> None:
    path = geojson(feature(id="P01", name="凤翔北路"), feature(id="P02"))(tmp_path)
    reading = files.read(path)
    assert reading.problems == ()
    assert (reading.name, reading.driver, reading.rows) == ("layer.geojson", "GeoJSON", 2)
    assert reading.size_bytes == path.stat().st_size
    assert len(reading.sha256) == 64
    assert reading.frame is not None
    assert reading.frame.crs == "EPSG:4326"
    assert reading.frame.index.tolist() == [1, 2]
    assert reading.frame.columns.tolist() == ["id", "name", "geometry"]
    assert values(reading, "name") == ["凤翔北路", None]
    assert reading.frame.geometry.iloc[0].bounds == (120.30, 31.68, 120.31, 31.69)


@pytest.mark.parametrize("written", ["\ufeff", "\n\t  "])
def test_a_mark_or_blanks_before_it(tmp_path: Path, written: str) -> None:
    reading = files.read(raw(written + text_of(feature()))(tmp_path))
    assert reading.problems == ()


@pytest.mark.parametrize("encoding", ["gbk", "GB18030", "utf-16", "UTF-8"])
def test_an_encoding_that_a_person_names(tmp_path: Path, encoding: str) -> None:
    content = text_of(feature(name="凤翔北路")).encode(encoding)
    reading = files.read(raw(content)(tmp_path), encoding=encoding)
    assert values(reading, "name") == ["凤翔北路"]


def test_values_stay_what_they_are(tmp_path: Path) -> None:
    kept = {
        "code": "007",
        "long": 2**63 - 1,
        "beyond": 2**53 + 1,
        "low": -(2**63),
        "whole": 1.0,
        "tenth": 0.1,
        "truth": True,
        "list": ["a", {"b": [1, None]}],
        "nothing": None,
        "blank": "",
        "date": "2021-02-18",
        "braces": "{{7*7}} ${x} </script>",
    }
    reading = read(tmp_path, feature(**kept), feature(beyond=None), feature(beyond="text"))
    assert reading.frame is not None
    assert reading.frame.iloc[0].drop("geometry").to_dict() == kept
    assert [type(value) for value in reading.frame.iloc[0].drop("geometry")] == [
        type(value) for value in kept.values()
    ]
    assert values(reading, "beyond") == [2**53 + 1, None, "text"]
    assert values(reading, "truth") == [True, None, None]


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "__class__", "", "a b", "字段", "size"]
)
def test_names_are_data(tmp_path: Path, name: str) -> None:
    reading = files.read(raw(text_of(feature(x=1)).replace('"x"', json.dumps(name)))(tmp_path))
    assert values(reading, name) == [1]


def test_names_that_clash_are_changed_and_told(tmp_path: Path) -> None:
    given = {"geometry": 1, "fid": 2, "Name": 3, "name": 4, "name_2": 5}
    reading = read(tmp_path, {**feature(), "properties": given})
    assert reading.frame is not None
    assert reading.frame.drop(columns="geometry").iloc[0].to_dict() == {
        "geometry_2": 1,
        "fid_2": 2,
        "Name": 3,
        "name_3": 4,
        "name_2": 5,
    }
    assert codes(reading) == ["field-renamed"] * 3
    assert [problem.field for problem in reading.problems] == ["geometry", "fid", "name"]


def test_the_id_of_a_feature_is_a_column_where_properties_have_none(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        {**feature(name="a"), "id": "R01"},
        {**feature(id="R02"), "id": "R02"},
        {**feature(id="R03"), "id": "other"},
        {**feature(id=None), "id": 4},
    )
    assert values(reading, "id") == ["R01", "R02", "R03", 4]
    assert [(p.row, p.kind.code) for p in reading.problems] == [(3, "geojson-ids-differ")]


def test_every_kind_of_geometry(tmp_path: Path) -> None:
    point, line = SQUARE[0], SQUARE[:3]
    shapes = {
        "Point": point,
        "MultiPoint": [point, line[1]],
        "LineString": line,
        "MultiLineString": [line, line],
        "Polygon": [SQUARE],
        "MultiPolygon": [[SQUARE]],
    }
    all_of_them = [feature({"type": kind, "coordinates": at}) for kind, at in shapes.items()]
    inner = [{"type": "Point", "coordinates": point}, polygon()]
    mixed = feature({"type": "GeometryCollection", "geometries": inner})
    nothing = {"type": "Feature", "geometry": None, "properties": None}
    reading = read(tmp_path, *all_of_them, mixed, nothing)
    assert reading.problems == ()
    assert reading.frame is not None
    types = reading.frame.geometry.geom_type.tolist()
    assert types[:-1] == [*shapes, "GeometryCollection"]
    assert reading.frame.geometry.iloc[-1] is None
    assert reading.frame.geometry.iloc[2].coords[:] == [tuple(position) for position in line]


def test_an_open_ring_is_closed_and_told(tmp_path: Path) -> None:
    reading = read(tmp_path, feature(polygon([SQUARE[:-1]])))
    assert codes(reading) == ["ring-closed"]
    assert reading.problems[0].kind.severity == "note"
    assert reading.frame is not None
    assert reading.frame.geometry.iloc[0].exterior.coords[:] == [tuple(p) for p in SQUARE]


def test_heights_are_dropped_and_told(tmp_path: Path) -> None:
    some_high = [[*SQUARE[0], 4.5], *SQUARE[1:]]
    all_high = [[*position, 4.5] for position in SQUARE]
    reading = read(tmp_path, feature(polygon([some_high[:-1]])), feature(polygon([all_high])))
    assert [(p.row, p.kind.code) for p in reading.problems] == [
        (1, "height-dropped"),
        (1, "ring-closed"),
        (2, "height-dropped"),
    ]
    assert reading.frame is not None
    assert not reading.frame.geometry.has_z.any()


def test_rows_in_are_rows_kept_and_rows_refused_by_name(tmp_path: Path) -> None:
    rows = [
        feature(id="P01"),
        feature({"type": "Point", "coordinates": [float("nan"), 1]}, id="P02"),
        feature(id="P03", value=float("inf")),
        7,
        feature(id="P05"),
    ]
    reading = read(tmp_path, *rows)
    assert reading.rows == 5
    assert reading.frame is not None
    assert reading.frame.index.tolist() == [1, 5]
    assert [(p.row, p.feature, p.kind.code) for p in reading.problems] == [
        (2, "P02", "position-not-finite"),
        (3, "P03", "number-not-finite"),
        (4, None, "geojson-feature"),
    ]


def test_all_problems_of_a_row_at_once(tmp_path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [[*SQUARE[:2], [31.6, 120.3], [1e7, 4e6]], [[0]]]}
    written = text_of({**feature(shape, a=1), "id": []}).replace('"a": 1', '"a": NaN, "b": 1e999')
    reading = files.read(raw(written)(tmp_path))
    assert codes(reading) == [
        "number-not-finite",
        "number-not-finite",
        "geojson-id",
        "axes-swapped",
        "ring-closed",
        "position-malformed",
    ]
    assert {problem.row for problem in reading.problems} == {1}


def test_many_problems_are_counted_and_their_rows_named(tmp_path: Path) -> None:
    reading = read(tmp_path, *[feature({"type": "Circle"}) for _ in range(120)], feature())
    assert len(reading.problems) == 51
    assert reading.problems[-1].values["count"] == 70
    assert "51-120" in reading.problems[-1].message()
    assert (reading.rows, len(reading.frame if reading.frame is not None else ())) == (121, 1)


def test_the_place_of_a_vertex_is_counted_through_all_parts(tmp_path: Path) -> None:
    shape = {"type": "MultiPolygon", "coordinates": [[SQUARE], [[*SQUARE[:2], [120.3], SQUARE[0]]]]}
    reading = read(tmp_path, feature(shape))
    assert [problem.vertex for problem in reading.problems] == [8]


def test_the_limit_of_vertices_is_read_and_one_more_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 1000
    assert limits.RING_VERTICES == 200_000
    monkeypatch.setattr(limits, "RING_VERTICES", most)
    reading = read(
        tmp_path,
        feature(polygon([many_vertices(most)])),
        feature(polygon([many_vertices(most + 1)])),
    )
    assert [(p.row, p.kind.code, p.values["count"]) for p in reading.problems] == [
        (2, "geometry-too-large", most + 1)
    ]


def test_a_file_that_is_too_large_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GEOJSON_BYTES", 50)
    reading = read(tmp_path, feature())
    assert codes(reading) == ["file-too-large"]
    monkeypatch.setattr(limits, "FILE_BYTES", 40)
    assert codes(read(tmp_path, feature())) == ["file-too-large"]


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "OGC:CRS84",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",
    ],
)
def test_a_crs_member_that_says_what_is_so_already(tmp_path: Path, name: str) -> None:
    member = {"type": "name", "properties": {"name": name}}
    reading = files.read(geojson(feature(), crs=member)(tmp_path))
    assert reading.problems == ()


def test_metres_are_read_where_a_person_names_their_crs(tmp_path: Path) -> None:
    corners = [[528_000 + x, 3_506_000 + y] for x, y in ((0, 0), (90, 0), (90, 90), (0, 0))]
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    for members in ({}, {"crs": member}):
        path = geojson(feature(polygon([corners])), **members)(tmp_path)
        reading = files.read(path, crs="EPSG:4549")
        assert reading.problems == ()
        assert reading.frame is not None
        assert reading.frame.crs == "EPSG:4549"
    assert codes(files.read(path, crs="EPSG:4528")) == ["geojson-crs"]


def test_members_that_are_not_of_geojson_are_told_once(tmp_path: Path) -> None:
    odd = {**feature(), "style": {}}
    text = json.dumps(collection(odd, odd, name="x", bbox=[0, 0, 1, 1], generator="y"))
    reading = files.read(raw(text)(tmp_path))
    assert codes(reading) == ["geojson-other-members"]
    assert "generator, style" in reading.problems[0].message("en")


def test_an_empty_collection(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert reading.frame is not None
    assert (len(reading.frame), reading.rows, reading.problems) == (0, 0, ())


def test_the_type_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    reading = files.read(raw(text_of(feature()), "roads.shp")(tmp_path))
    assert reading.driver == "GeoJSON"


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = geojson(feature())(tmp_path)

    def refuse(*args: object, **options: object) -> object:
        raise PermissionError(13, "no", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(HuituError) as caught:
        files.read(path)
    assert caught.value.code == "file-unreadable"
    assert os.fspath(tmp_path) not in str(caught.value)


def test_kinds_are_registered() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


# ---------------------------------------------------------------- fuzz

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_NUMBER = st.floats() | st.integers() | st.sampled_from([120.3, 31.68, 528_000, None, "1"])
_POSITION = st.lists(_NUMBER, max_size=4)
_COORDINATES = st.recursive(_POSITION, lambda inner: st.lists(inner, max_size=5), max_leaves=10)
_TYPE = st.sampled_from(["Point", "MultiPoint", "LineString", "Polygon", "MultiPolygon", "x", 1])
_GEOMETRY = st.fixed_dictionaries({"type": _TYPE, "coordinates": _COORDINATES | _JSON})
_FEATURE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Feature", "feature", None]),
        "geometry": _GEOMETRY | _JSON,
        "properties": st.dictionaries(st.text(), _JSON, max_size=4) | _JSON,
    },
    optional={"id": _JSON},
)

FUZZ = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read_and_account(path: Path, **options: Any) -> None:
    try:
        reading = files.read(path, **options)
    except HuituError:
        return
    if reading.frame is None:
        assert any(problem.kind.severity == "error" for problem in reading.problems)
    else:
        refused = {p.row for p in reading.problems if p.kind.severity == "error"}
        assert len(reading.frame) + len(refused) == reading.rows
    for problem in reading.problems:
        for lang in ("zh", "en"):
            json.dumps(problem.to_dict(lang), allow_nan=False).encode()


@FUZZ
@given(st.lists(_FEATURE, max_size=4))
def test_no_features_whatever_end_in_a_traceback(tmp_path: Path, rows: list[Any]) -> None:
    read_and_account(raw(json.dumps(collection(*rows)))(tmp_path))


@FUZZ
@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60))
def test_no_bytes_whatever_end_in_a_traceback(
    tmp_path: Path, noise: bytes, at: int, cut: int
) -> None:
    whole = text_of(feature(id="P01", name="凤翔北路"), feature()).encode()
    for content in (whole[:at] + noise + whole[at + cut :], noise, b"{" + noise):
        read_and_account(raw(content)(tmp_path))
