"""Rows of a version: counted, searched and paged as the map's script does with those it has."""

import geopandas as gpd
import pytest
import shapely

from layers.projects import Project
from layers.query import Criteria
from layers.rows import Rows
from layers.style import Style, Symbol

STYLE = Style(by="class", badge_by="action", symbols={"green": Symbol(stroke="#00aa00")})
YEARS = (2021, 2024)
RECORDS = [
    ("P1", "凤翔苑", "green", "start", 2021, 2022, "surveyed", ["老凤翔"]),
    ("P2", "桑园", "green", "complete", 2024, None, "schematic", None),
    ("P3", "Mill", "unheard", None, None, None, "surveyed", None),
    ("P4", "无处", None, "start", None, 2023, "none", None),
    ("P10", "无年", "green", "complete", None, None, "surveyed", None),
]
NAMES = ("id", "name_zh", "class", "stage", "year_from", "year_to", "geometry_quality", "aliases")


@pytest.fixture(scope="module")
def frame():
    columns = dict(zip(NAMES, map(list, zip(*RECORDS, strict=True)), strict=True))
    shapes = [shapely.box(120, 31, 120.1, 31.1)] * len(RECORDS)
    shapes[3] = None
    made = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    return made.astype({"year_from": "Int64", "year_to": "Int64"})


@pytest.fixture(scope="module")
def rows(frame):
    return Rows(frame, STYLE)


def told(rows, start=0, limit=100, **criteria):
    return rows.told(Criteria(**criteria), YEARS, start, limit)


def ids(answer):
    return list(answer.rows["id"])


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"stages": ("start",)},
        {"years": (2022, 2023)},
        {"years": (2024, 2024), "stages": ("complete",)},
        {"q": "凤翔"},
        {"q": "老 凤"},
        {"q": "Ｐ１"},
        {"q": "mill"},
        {"q": "nowhere"},
        {"q": "P1\x00P2"},
        {"ids": ("P10", "P4", "P99")},
        {"ids": ("P3",), "q": "p", "stages": ("start",)},
    ],
)
def test_the_same_rows_pass_as_projects_do(frame, rows, criteria):
    projects = [
        Project(record["id"], "parcels", record, None)
        for record in frame.drop(columns="geometry").astype(object).to_dict("records")
    ]
    for project in projects:
        for name in ("year_from", "year_to", "stage"):
            known = project.properties[name]
            project.properties[name] = None if known is None or known != known else known
    wanted = [one.id for one in projects if Criteria(**criteria).admits(one)]
    assert ids(told(rows, **criteria)) == wanted


def test_counts_are_those_of_everything_else_as_it_is(rows):
    answer = told(rows, stages=("start",), years=(2021, 2022))
    assert ids(answer) == ["P1"]
    assert (answer.located, answer.unlocated) == (1, 0)
    assert answer.stages == {"start": 1, "complete": 1}
    assert answer.years == {2021: 1, 2022: 1, 2023: 1, 2024: 0}
    assert answer.undated == 0
    assert told(rows).undated == 2


def test_a_legend_counts_what_is_drawn_alike(rows):
    assert sum(group["count"] for group in told(rows).groups) == len(RECORDS)
    green = [one for one in told(rows).groups if one["properties"]["class"] == "green"]
    assert [(one["schematic"], one["located"], one["count"]) for one in green] == [
        (False, True, 2),
        (True, True, 1),
    ]
    [lost] = [one for one in told(rows).groups if not one["located"]]
    assert lost["properties"] == {"class": None}


def test_pages_follow_each_other(rows):
    first, second = told(rows, limit=2), told(rows, start=4, limit=2)
    assert (ids(first), first.next) == (["P1", "P2"], 2)
    assert (ids(second), second.next) == (["P10"], None)
    assert told(rows, start=99).next is None


def test_bits_are_numbered_as_tiles_number_rows(rows):
    assert rows.bits("凤翔") == bytes([0b0000_0010])
    assert rows.bits("p1") == bytes([0b0010_0010])
    assert rows.bits("") == bytes([0b0011_1110])


def test_a_layer_without_the_usual_fields_has_rows_too():
    shapes = [shapely.Point(120, 31), shapely.Point(120, 32)]
    lamps = gpd.GeoDataFrame({"id": ["L1", "L2"]}, geometry=shapes, crs="EPSG:4326")
    answer = told(Rows(lamps, Style(symbols={"default": Symbol(stroke="#000000")})), q="l2")
    assert ids(answer) == ["L2"]
    assert answer.undated == 1
    assert answer.groups == ({"properties": {}, "schematic": False, "located": True, "count": 1},)
