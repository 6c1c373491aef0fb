"""Rows of a version: counted, searched and paged as the map's script does with those it has."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import files, tiles
from geo.types import BBox
from layers.projects import Project
from layers.query import Criteria
from layers.rows import RowIndex, Rows
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


def opened(frame, folder, style=STYLE):
    """The rows of a frame, as of a version that is made of it."""
    path = folder / "features.geojson"
    path.write_bytes(files.to_geojson(frame))
    index = RowIndex.of(frame, path)
    names = [name for name in (*NAMES[:-1], "action") if name in frame]
    arrays = tiles.build(frame, name="parcels", fields=names)
    return Rows(arrays, index.words, files.Lines(path, index.lines), style)


@pytest.fixture(scope="module")
def rows(frame, tmp_path_factory):
    return opened(frame, tmp_path_factory.mktemp("parcels"))


def told(rows, start=0, limit=100, **criteria):
    return rows.told(Criteria(**criteria), YEARS, start, limit)


def ids(answer):
    return [json.loads(row)["id"] for row in answer.rows]


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"stages": ("start",)},
        {"years": (2022, 2023)},
        {"years": (2024, 2024), "stages": ("complete",)},
        {"q": "凤翔"},
        {"q": "老 凤"},
        {"q": "fengxiang"},
        {"q": "LFX"},
        {"q": "sy"},
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


def test_a_layer_without_the_usual_fields_has_rows_too(tmp_path):
    shapes = [shapely.Point(120, 31), shapely.Point(120, 32)]
    lamps = gpd.GeoDataFrame({"id": ["L1", "L2"]}, geometry=shapes, crs="EPSG:4326")
    answer = told(
        opened(lamps, tmp_path, Style(symbols={"default": Symbol(stroke="#000000")})), q="l2"
    )
    assert ids(answer) == ["L2"]
    assert answer.undated == 1
    assert answer.groups == ({"properties": {}, "schematic": False, "located": True, "count": 1},)


def select(frame, bbox=None, where=None):
    """The same by geopandas, which looks at every row."""
    if bbox is not None:
        frame = frame[frame.intersects(shapely.box(*bbox.as_tuple()))]
    for name, value in (where or {}).items():
        frame = frame[frame[name] == value]
    return frame


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Two thousand parcels and some roads across them, as a frame and as rows."""
    rng = np.random.default_rng(6)
    west, south = rng.uniform(120, 120.1, 2000), rng.uniform(31, 31.1, 2000)
    shapes = [*shapely.box(west, south, west + 0.002, south + 0.001), None]
    shapes += [shapely.LineString(rng.uniform((120, 31), (120.1, 31.1), (3, 2))) for _ in range(50)]
    count = len(shapes)
    columns = {
        "id": [f"P{number}" for number in range(count)],
        "class": rng.choice(["green", "road"], count),
        "year_from": pd.array(rng.integers(2020, 2026, count), dtype="Int64"),
    }
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    return frame, opened(frame, tmp_path_factory.mktemp("town"))


@pytest.mark.parametrize("number", range(20))
def test_a_box_finds_what_shapely_finds(town, number):
    frame, rows = town
    rng = np.random.default_rng(number)
    west, south = rng.uniform(119.99, 120.1), rng.uniform(30.99, 31.1)
    box = BBox(west, south, west + 10 ** rng.uniform(-4, -1), south + 10 ** rng.uniform(-4, -1))
    found = rows.features(bbox=box)
    wanted = select(frame, bbox=box)
    assert ids(found) == list(wanted["id"])
    assert found.matched == len(wanted)
    assert rows.within(box).tolist() == list(wanted.index)


def test_values_are_wanted_besides(town):
    frame, rows = town
    box = BBox(120.02, 31.02, 120.05, 31.05)
    where = {"class": "road", "year_from": 2022}
    assert ids(rows.features(bbox=box, where=where)) == list(
        select(frame, bbox=box, where=where)["id"]
    )
    assert ids(rows.features(where={"id": "P2000"})) == ["P2000"]
    assert ids(rows.features(where={"class": "2022"})) == []


def test_pages_of_features_follow_each_other_and_are_the_whole(town):
    frame, rows = town
    box = BBox(120.02, 31.02, 120.05, 31.05)
    pages, after = [], 0
    while after is not None:
        page = rows.features(bbox=box, after=after, limit=7)
        pages += ids(page)
        after = page.next
    assert pages == list(select(frame, bbox=box)["id"])
    assert len(page.rows) <= 7


def test_one_row_and_those_beside_it(town):
    frame, rows = town
    assert rows.one("P7")["properties"]["class"] == frame["class"][7]
    assert rows.one("p7") is None
    assert rows.neighbours("P0") == (None, "P1")
    assert rows.neighbours(f"P{len(frame) - 1}") == (f"P{len(frame) - 2}", None)
    assert rows.neighbours("nobody") == (None, None)


def test_a_box_around_everything_leaves_out_what_has_no_place(town):
    frame, rows = town
    found = rows.features(bbox=BBox(100, 20, 130, 40))
    assert ids(found) == list(frame["id"][frame.geometry.notna()])
