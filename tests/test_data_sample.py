"""The sample in data/: facts of the plan and rules of its drawing, read as plain JSON and TOML."""

from __future__ import annotations

import csv
import itertools
import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import LinearRing, MultiPolygon, Point, Polygon, shape
from shapely.geometry.base import BaseGeometry

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
TABLE = ROOT.parent / "shared" / "huishan" / "projects.csv"

PROJECT_LAYERS = {
    "roads": 15,
    "parks": 10,
    "metro": 4,
    "renovation": 3,
    "studies": 8,
    "industry": 7,
    "environment": 3,
}
CONTEXT_LAYERS = ("outline", "districts", "rivers", "main_roads", "stations")
UNLOCATED = {"R07", "R15", "P06", "M03", "M04", "S06", "S08"}
UNLOCATED |= {"I01", "I02", "I06", "I07", "E02", "E03"}
INTEGERS = ("stated_value", "year_from", "year_to", "accuracy_m")
NOT_CARRIED = frozenset({"layer", "geometry_source_id", "remark"})

Feature = dict[str, Any]


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _features(layer: str) -> list[Feature]:
    content = json.loads((DATA / f"{layer}.geojson").read_text(encoding="utf-8"))
    assert content["type"] == "FeatureCollection"
    features: list[Feature] = content["features"]
    return features


CATALOG = _toml("catalog.toml")
PALETTE = _toml("palette.toml")
LAYERS = {layer["id"]: layer for layer in CATALOG["layers"]}
FEATURES = {layer: _features(layer) for layer in LAYERS}
PROJECTS = {
    feature["properties"]["id"]: feature for layer in PROJECT_LAYERS for feature in FEATURES[layer]
}
EVERY = [(layer, feature) for layer, found in FEATURES.items() for feature in found]
LOCATED = [(layer, feature) for layer, feature in EVERY if feature["geometry"] is not None]
TO_METRES = Transformer.from_crs(4326, 4549, always_xy=True).transform


def _name(pair: tuple[str, Feature]) -> str:
    return str(pair[1]["properties"]["id"])


def _shape(feature: Feature) -> BaseGeometry:
    return shape(feature["geometry"])


def _project(project_id: str) -> BaseGeometry:
    return _shape(PROJECTS[project_id])


def _metres(geometry: BaseGeometry) -> BaseGeometry:
    def project(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(TO_METRES(coordinates[:, 0], coordinates[:, 1]))

    return shapely.transform(geometry, project)


def _context(layer: str, feature_id: str) -> BaseGeometry:
    (found,) = (f for f in FEATURES[layer] if f["properties"]["id"] == feature_id)
    return _shape(found)


def _fields(layer: str) -> dict[str, Any]:
    entry = LAYERS[layer]
    return {**CATALOG["fields"][entry["fields_from"]], **entry["fields"]}


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    parts = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    return [part for part in parts if isinstance(part, Polygon)]


# --- catalog and palette ------------------------------------------------------


def test_catalog_lists_twelve_layers_with_their_files() -> None:
    assert set(LAYERS) == {*PROJECT_LAYERS, *CONTEXT_LAYERS}
    assert {entry["file"] for entry in LAYERS.values()} == {
        path.name for path in DATA.glob("*.geojson")
    }


def test_role_follows_from_the_layer() -> None:
    roles = {layer: entry["role"] for layer, entry in LAYERS.items()}
    assert {layer for layer, role in roles.items() if role == "projects"} == set(PROJECT_LAYERS)


def test_every_theme_has_a_layer_and_every_layer_a_theme() -> None:
    themes = [theme["id"] for theme in CATALOG["themes"]]
    assert themes == [
        "roads",
        "parks",
        "metro",
        "renovation",
        "studies",
        "industry",
        "environment",
        "context",
    ]
    assert {entry["theme"] for entry in LAYERS.values()} == set(themes)


@pytest.mark.parametrize("layer", LAYERS)
def test_palette_has_one_symbol_for_each_class(layer: str) -> None:
    style = PALETTE[LAYERS[layer]["style"]]
    assert style["by"] == "class"
    assert list(style["symbols"]) == list(_fields(layer)["class"]["values"])


def test_road_classes_differ_in_width_for_greyscale_print() -> None:
    widths = [symbol["width"] for symbol in PALETTE["roads"]["symbols"].values()]
    assert widths == sorted(set(widths), reverse=True)


def _luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2, of a colour written as #rrggbb."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("layer", [*PROJECT_LAYERS, "stations"])
def test_strokes_of_projects_stand_out_from_the_base(layer: str) -> None:
    """WCAG 2.2, 1.4.11: 3:1 for what carries meaning, here against the darkest district fill."""
    base = min(_luminance(symbol["fill"]) for symbol in PALETTE["districts"]["symbols"].values())
    for value, symbol in PALETTE[layer]["symbols"].items():
        contrast = (base + 0.05) / (_luminance(symbol["stroke"]) + 0.05)
        assert contrast >= 3, (value, round(contrast, 2))


@pytest.mark.parametrize("pair", EVERY, ids=_name)
def test_properties_are_those_of_the_catalog(pair: tuple[str, Feature]) -> None:
    layer, feature = pair
    fields, properties = _fields(layer), feature["properties"]
    assert set(properties) == set(fields)
    for name, field in fields.items():
        value = properties[name]
        if field.get("required"):
            assert value not in (None, ""), name
        if value is not None and "values" in field:
            assert value in field["values"], name


# --- the fifty projects -------------------------------------------------------


def test_fifty_projects_with_unique_ids() -> None:
    assert {layer: len(FEATURES[layer]) for layer in PROJECT_LAYERS} == PROJECT_LAYERS
    assert len(PROJECTS) == 50


def test_ids_are_unique_in_the_whole_sample() -> None:
    ids = [feature["id"] for _, feature in EVERY]
    assert len(set(ids)) == len(ids)
    assert ids == [feature["properties"]["id"] for _, feature in EVERY]


def test_thirteen_projects_have_no_geometry() -> None:
    assert {i for i, feature in PROJECTS.items() if feature["geometry"] is None} == UNLOCATED


@pytest.mark.parametrize("project_id", PROJECTS)
def test_quality_none_is_exactly_no_geometry(project_id: str) -> None:
    properties = PROJECTS[project_id]["properties"]
    located = PROJECTS[project_id]["geometry"] is not None
    assert (properties["geometry_quality"] != "none") is located
    assert (properties["accuracy_m"] is not None) is located


@pytest.mark.parametrize("project_id", PROJECTS)
def test_years_are_whole_or_undated(project_id: str) -> None:
    properties = PROJECTS[project_id]["properties"]
    years = (properties["year_from"], properties["year_to"])
    assert (years == (None, None)) is (properties["year_certainty"] == "undated")
    assert years == (None, None) or 2021 <= years[0] <= years[1] <= 2025
    ambiguous = properties["year_basis"] not in ("annual plan", "undated")
    assert ambiguous is (properties["year_certainty"] == "interpreted")


def test_only_the_two_area_wide_road_works_have_no_class() -> None:
    without = {i for i, f in PROJECTS.items() if f["properties"]["class"] is None}
    assert without == {"R07", "R15"}


def test_floor_area_only_for_the_two_factories() -> None:
    stated = {
        i: (f["properties"]["stated_value"], f["properties"]["stated_kind"])
        for i, f in PROJECTS.items()
        if f["properties"]["stated_value"] is not None
    }
    assert stated == {
        "P10": (400_000, "land"),
        "F01": (18_000, "floor"),
        "F03": (180_000, "floor"),
        "E02": (4, "count"),
    }


def test_misspelling_of_the_source_is_an_alias() -> None:
    assert PROJECTS["R08"]["properties"]["aliases"] == ["风翔高架北延"]


@pytest.mark.skipif(not TABLE.exists(), reason="the project table does not lie beside the checkout")
def test_every_column_of_the_project_table_is_carried_over() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == list(PROJECTS)
    for row in rows:
        properties = PROJECTS[row["id"]]["properties"]
        assert row["id"] in {f["id"] for f in FEATURES[row["layer"]]}
        assert bool(row["remark"]) <= bool(properties["remark_zh"] and properties["remark_en"])
        for column in row.keys() - NOT_CARRIED:
            assert properties[column] == _typed(column, row[column]), (row["id"], column)


def _typed(column: str, text: str) -> object:
    if column == "aliases":
        return [text] if text else []
    if not text:
        return None
    return int(text) if column in INTEGERS else text


# --- geometry -------------------------------------------------------------------


@pytest.mark.parametrize("pair", LOCATED, ids=_name)
def test_geometry_is_valid_and_of_the_declared_type(pair: tuple[str, Feature]) -> None:
    layer, feature = pair
    geometry = _shape(feature)
    assert geometry.is_valid
    assert geometry.is_simple
    assert not geometry.is_empty
    assert geometry.geom_type.removeprefix("Multi") in LAYERS[layer]["geometry"]
    assert not geometry.has_z


@pytest.mark.parametrize("pair", LOCATED, ids=_name)
def test_geometry_lies_within_the_bounds(pair: tuple[str, Feature]) -> None:
    west, south, east, north = CATALOG["zone"]["bounds"]
    assert shapely.box(west, south, east, north).contains(_shape(pair[1]))


@pytest.mark.parametrize("pair", LOCATED, ids=_name)
def test_coordinates_have_at_most_seven_decimals(pair: tuple[str, Feature]) -> None:
    coordinates = shapely.get_coordinates(_shape(pair[1]))
    assert (coordinates.round(7) == coordinates).all()


@pytest.mark.parametrize("pair", LOCATED, ids=_name)
def test_rings_follow_the_right_hand_rule(pair: tuple[str, Feature]) -> None:
    """RFC 7946, 3.1.6: outer rings run counterclockwise, holes clockwise."""
    for polygon in _polygons(_shape(pair[1])):
        assert polygon.exterior.is_ccw
        assert not any(LinearRing(hole).is_ccw for hole in polygon.interiors)


# --- what the drawing promises ------------------------------------------------------


def test_planned_green_has_the_stated_land_area() -> None:
    assert _metres(_project("P10")).area == pytest.approx(400_000, rel=0.005)


def test_concept_plan_and_road_study_of_changan_have_one_extent() -> None:
    assert PROJECTS["S03"]["geometry"] == PROJECTS["S04"]["geometry"]


def test_widening_and_greening_of_xinhui_road_overlap() -> None:
    shared = _metres(_project("R02")).intersection(_metres(_project("P05")))
    assert shared.length == pytest.approx(_metres(_project("R02")).length, rel=0.01)


@pytest.mark.parametrize("project_id", ["P03", "P04", "P05", "P07", "P08", "P09"])
def test_strips_are_polygons(project_id: str) -> None:
    strip = _project(project_id)
    assert strip.geom_type in ("Polygon", "MultiPolygon")
    width_m = _metres(strip).area / (_metres(strip).length / 2)
    assert width_m < 60


@pytest.mark.parametrize(
    ("project_id", "river_id"), [("P07", "RV_XIBEI"), ("P08", "RV_JIEHE"), ("P09", "RV_SCENIC")]
)
def test_riverside_green_lies_beside_the_water(project_id: str, river_id: str) -> None:
    strip, river = _metres(_project(project_id)), _metres(_context("rivers", river_id))
    assert not strip.intersects(river)
    assert strip.distance(river) <= 30


def test_jie_river_green_stays_on_the_bank_of_huishan() -> None:
    strip, outline = _project("P08"), _context("outline", "OUTLINE_HUISHAN")
    outside = _metres(strip.difference(outline)).area
    assert outside / _metres(strip).area < 0.01


@pytest.mark.parametrize("project_id", ["R04", "R05", "R06"])
def test_core_area_roads_lie_in_the_core_area(project_id: str) -> None:
    assert _project("S01").covers(_project(project_id))


def test_core_area_roads_do_not_run_along_another_road() -> None:
    lines = [
        (feature["id"], _metres(_shape(feature)))
        for feature in (*FEATURES["roads"], *FEATURES["main_roads"])
        if feature["geometry"] is not None
    ]
    for (left, one), (right, other) in itertools.combinations(lines, 2):
        if {left, right} & {"R04", "R05", "R06"}:
            assert one.intersection(other.buffer(20)).length < 100, (left, right)


def test_station_study_is_the_circle_round_the_station() -> None:
    circle = _metres(_project("S02"))
    centre = _metres(_context("stations", "ST_YANQIAO"))
    assert isinstance(centre, Point)
    distances = [centre.distance(Point(xy)) for xy in shapely.get_coordinates(circle)]
    assert distances == pytest.approx([800] * len(distances), abs=0.05)


def test_metro_projects_stand_on_the_stations() -> None:
    ends = [Point(xy) for xy in shapely.get_coordinates(_project("M02"))]
    assert ends == [_context("stations", "ST_YANQIAO"), _context("stations", "ST_MAZHEN")]
    assert _project("M01") == ends[0]


def test_districts_touch_and_do_not_overlap() -> None:
    east, central, west = (
        _context("districts", f"D_{name}") for name in ("EAST", "CENTRAL", "WEST")
    )
    for one, other in itertools.combinations((east, central, west), 2):
        assert not shapely.relate_pattern(one, other, "T********")
    assert central.touches(east)
    assert central.touches(west)


@pytest.mark.parametrize(
    ("project_id", "district"),
    [("S01", "CENTRAL"), ("S03", "EAST"), ("S05", "WEST"), ("S07", "WEST"), ("P10", "WEST")],
)
def test_districts_hold_what_the_plan_places_in_them(project_id: str, district: str) -> None:
    holder = _metres(_context("districts", f"D_{district}")).buffer(0.05)
    assert holder.covers(_metres(_project(project_id)))


def test_six_stations() -> None:
    assert len(FEATURES["stations"]) == 6
    assert {f["properties"]["class"] for f in FEATURES["stations"]} == {"line_1", "line_s1"}
