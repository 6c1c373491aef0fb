"""Every row is held against the catalog, and every problem of every row is told at once."""

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import LineString

from layers.catalog import Catalog
from layers.quality import check
from layers.report import Report, line

TOWN = Path(__file__).parent / "town"
STREET = {
    "id": "T01",
    "name_zh": "静溪大街",
    "stage": "start",
    "year_from": 2024,
    "year_to": 2025,
    "geometry_quality": "surveyed",
    "class": "main",
}


@pytest.fixture(scope="module")
def streets():
    return Catalog.read(TOWN).layer("streets")


@pytest.fixture(scope="module")
def stops():
    return Catalog.read(TOWN).layer("stops")


def frame(*rows, located=True):
    shape = LineString([(105, 30.6), (105.01, 30.6)]) if located else None
    return gpd.GeoDataFrame(
        list(rows), geometry=[shape] * len(rows), crs="EPSG:4326", index=range(1, len(rows) + 1)
    )


def codes(problems):
    return [problem.kind.code for problem in problems]


def test_a_good_row_has_no_problem(streets):
    assert check(frame(STREET), streets) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name_zh": None}, "field-missing"),
        ({"name_zh": "  "}, "field-missing"),
        ({"id": None}, "field-missing"),
        ({"year_from": "2024年"}, "field-type"),
        ({"year_from": 24}, "field-type"),
        ({"year_from": 2024.5}, "field-type"),
        ({"year_from": True}, "field-type"),
        ({"name_zh": 7}, "field-type"),
        ({"stage": "begin"}, "value-not-allowed"),
        ({"class": "boulevard"}, "class-unknown"),
        ({"year_from": 2026, "year_to": 2025}, "years-reversed"),
        ({"geometry_quality": "none"}, "quality-contradicts"),
        ({"width": 30}, "field-unknown"),
        ({"constructor": "某建筑公司"}, "field-unknown"),
        ({"__proto__": "x"}, "field-dangerous"),
    ],
)
def test_what_is_wrong_is_named_with_its_row(streets, change, code):
    found = check(frame({**STREET, "id": "T00", "name_zh": "别处"}, {**STREET, **change}), streets)
    assert codes(found) == [code]
    if not code.startswith("field-") or code in ("field-missing", "field-type"):
        assert found[0].row == 2


def test_a_project_without_geometry_must_say_so(streets):
    row = {**STREET, "geometry_quality": "none"}
    assert check(frame(row, located=False), streets) == []
    assert codes(check(frame(STREET, located=False), streets)) == ["quality-contradicts"]


def test_a_context_feature_needs_a_geometry(stops):
    assert codes(check(frame({"id": "S", "name_zh": "站"}, located=False), stops)) == [
        "geometry-missing"
    ]


def test_the_allowed_values_are_listed_as_each_language_lists(streets):
    [problem] = check(frame({**STREET, "stage": "begin"}), streets)
    assert "、" in problem.hint("zh")
    assert "、" not in problem.hint("en")
    assert ", " in problem.hint("en")


def test_repeats_name_the_first_row(streets):
    found = check(frame(STREET, STREET), streets)
    assert codes(found) == ["id-twice", "name-twice"]
    assert "第 1 行" in found[0].message("zh")


def test_an_empty_file_is_told(streets):
    assert codes(check(frame(), streets)) == ["layer-empty"]


def test_many_problems_come_together(streets):
    rows = [{**STREET, "id": f"T{n}", "name_zh": f"街{n}", "stage": "?"} for n in range(7)]
    assert len(check(frame(*rows), streets)) == 7


def test_a_line_says_how_bad_where_what_and_what_to_do(streets):
    problem = check(frame({**STREET, "stage": "begin"}), streets)[0]
    told = line(problem, "zh")
    assert told.startswith("错误 [第 1 行 · T01]")
    assert "begin" in told
    assert "start、complete" in told
    assert line(problem, "en").startswith("Error [row 1 · T01]")


def test_values_are_never_templates(streets):
    hostile = "{0.__class__}{{7*7}}"
    problem = check(frame({**STREET, "stage": hostile}), streets)[0]
    assert hostile in problem.message("zh")


def test_a_report_with_an_error_cannot_be_published(streets):
    problems = tuple(check(frame({**STREET, "stage": "begin"}), streets))
    report = Report("streets", "streets.geojson", "0" * 64, 10, 1, 0, problems)
    assert not report.ok
    assert list(report.lines("zh"))[-1].endswith("不能发布，原有版本不变")
