"""gross - overlap = net, whatever the order; and two figures that were worked by hand."""

from __future__ import annotations

import math

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import CrsError
from geo.overlay import gross_m2, net_m2, overlap_m2, pairs

METRIC = "EPSG:4549"
X, Y = 528_000, 3_506_000


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def frame(*shapes: shapely.Geometry | None) -> gpd.GeoDataFrame:
    names = [f"P{number:02}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame(geometry=list(shapes), crs=METRIC, index=names)


def hectares(value: float) -> float:
    return value / 10_000


def test_two_parks_of_60_and_42_hectares_sharing_12() -> None:
    parks = frame(box(0, 0, 1000, 600), box(800, 0, 1500, 600))
    assert hectares(gross_m2(parks, METRIC)) == pytest.approx(102)
    assert hectares(net_m2(parks, METRIC)) == pytest.approx(90)
    assert hectares(overlap_m2(parks, METRIC)) == pytest.approx(12)
    found = pairs(parks, None, METRIC)
    assert found[["left", "right"]].to_numpy().tolist() == [["P01", "P02"]]
    assert hectares(found["area_m2"][0]) == pytest.approx(12)
    assert math.isnan(found["length_m"][0])


def test_the_same_in_degrees() -> None:
    parks = frame(box(0, 0, 1000, 600), box(800, 0, 1500, 600)).to_crs(4326)
    assert hectares(overlap_m2(parks, METRIC)) == pytest.approx(12, abs=1e-4)


def test_three_layers_over_one_spot_are_not_the_sum_of_their_pairs() -> None:
    stack = frame(*[box(0, 0, 100, 100)] * 3)
    assert overlap_m2(stack, METRIC) == pytest.approx(20_000)
    assert pairs(stack, None, METRIC)["area_m2"].sum() == pytest.approx(30_000)


def test_what_is_no_polygon_counts_nothing() -> None:
    bow_tie = shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])
    rows = frame(box(0, 0, 10, 10), None, shapely.Point(X, Y), bow_tie, shapely.Polygon())
    assert gross_m2(rows, METRIC) == net_m2(rows, METRIC) == 100
    assert pairs(rows, None, METRIC).empty
    assert gross_m2(rows.iloc[1:], METRIC) == net_m2(rows.iloc[1:], METRIC) == 0


def test_touching_is_not_sharing() -> None:
    rows = frame(box(0, 0, 10, 10), box(10, 0, 20, 10), box(20, 10, 30, 20))
    assert pairs(rows, None, METRIC).empty


def test_a_road_through_a_park_shares_its_length() -> None:
    road = shapely.LineString([(X - 50, Y + 5), (X + 500, Y + 5)])
    found = pairs(frame(road), frame(box(0, 0, 100, 10), box(300, 0, 340, 10)), METRIC)
    assert found["right"].tolist() == ["P01", "P02"]
    assert found["length_m"].tolist() == pytest.approx([100, 40])
    assert found["area_m2"].isna().all()


def test_pairs_of_two_frames_and_none() -> None:
    one, two = frame(box(0, 0, 10, 10)), frame(box(5, 0, 15, 10), box(90, 0, 99, 9))
    found = pairs(one, two, METRIC)
    assert found.columns.tolist() == ["left", "right", "area_m2", "length_m"]
    assert found.to_numpy()[:, :3].tolist() == [["P01", "P01", 50.0]]
    assert pairs(one, two.iloc[:0], METRIC).columns.tolist() == found.columns.tolist()


def test_degrees_are_refused() -> None:
    rows = frame(box(0, 0, 1, 1))
    for figure in (gross_m2, net_m2, overlap_m2):
        with pytest.raises(CrsError):
            figure(rows, "EPSG:4326")
    with pytest.raises(CrsError):
        pairs(rows, None, "EPSG:3857")


_EDGE = st.integers(0, 100)


@st.composite
def boxes(draw: st.DrawFn) -> list[shapely.Polygon]:
    edges = draw(st.lists(st.tuples(_EDGE, _EDGE, _EDGE, _EDGE), min_size=1, max_size=8))
    return [box(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1) for a, b, c, d in edges]


@settings(deadline=None, max_examples=60)
@given(boxes(), st.randoms(use_true_random=False))
def test_the_identities(shapes: list[shapely.Polygon], random: object) -> None:
    rows = frame(*shapes)
    gross, net, overlap = (f(rows, METRIC) for f in (gross_m2, net_m2, overlap_m2))
    assert gross - overlap == pytest.approx(net)
    assert overlap >= -1e-6
    assert max(shape.area for shape in shapes) <= net + 1e-6
    mixed = rows.sample(frac=1, random_state=1)
    assert net_m2(mixed, METRIC) == pytest.approx(net)
    assert gross_m2(mixed, METRIC) == pytest.approx(gross)


@settings(deadline=None, max_examples=60)
@given(boxes())
def test_pairs_are_those_that_shapely_finds_one_by_one(shapes: list[shapely.Polygon]) -> None:
    found = pairs(frame(*shapes), None, METRIC)
    expected = [
        one.intersection(two).area
        for place, one in enumerate(shapes)
        for two in shapes[place + 1 :]
        if one.intersection(two).area > 0.01
    ]
    assert sorted(found["area_m2"]) == pytest.approx(sorted(expected))
