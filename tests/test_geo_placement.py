"""Positions of every kind of Chinese file come back to where they are, and doubt is told."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geo import datum
from geo.errors import CrsError, InputError
from geo.placement import ControlPoint, Known, Placement, fit, lonlat, place, weigh
from geo.types import BBox

GEOD = Geod(ellps="WGS84")
METRIC = "EPSG:4549"
BOUNDS = BBox(120.03, 31.54, 120.41, 31.78)
OUTLINE = shapely.box(120.05, 31.55, 120.40, 31.77)
LONS, LATS = st.floats(120.06, 120.39), st.floats(31.56, 31.76)
#: A grid of places in the zone, none near another.
PLACES = np.array([(120.10 + 0.02 * n, 31.60 + 0.013 * (n % 7)) for n in range(12)])


def metres(one, two):
    return np.asarray(GEOD.inv(*np.asarray(one).T, *np.asarray(two).T)[2])


@cache
def to_plane(code):
    return Transformer.from_crs(4326, code, always_xy=True)


def projected(places, code):
    return np.column_stack(to_plane(code).transform(*places.T))


def shifted(places, name):
    there = {
        "wgs84": lambda x, y: (x, y),
        "gcj02": datum.wgs84_to_gcj02,
        "bd09": datum.wgs84_to_bd09,
    }
    return np.column_stack(there[name](*places.T))


def known(numbers, count=4, landmarks=()):
    pairs = tuple(ControlPoint(*numbers[n].tolist(), *PLACES[n].tolist()) for n in range(count))
    return Known(pairs=pairs, landmarks=tuple(map(tuple, landmarks)))


# ---------------------------------------------------------------- placing


@settings(deadline=None, max_examples=100)
@given(LONS, LATS, st.sampled_from(["gcj02", "bd09"]), st.booleans())
def test_web_map_positions_come_back_within_a_metre(lon, lat, name, swapped):
    there = shifted(np.array([[lon, lat]]), name)
    if swapped:
        there = there[:, ::-1]
    back = lonlat(there, Placement("EPSG:4326", name, swapped))
    assert metres([[lon, lat]], back).max() < 1e-3


@settings(deadline=None, max_examples=100)
@given(LONS, LATS, st.sampled_from([4549, 4528, 4548, 4498, 4509, 32651, 3857]), st.booleans())
def test_plane_positions_come_back_within_a_metre(lon, lat, code, swapped):
    there = projected(np.array([[lon, lat]]), code)
    back = lonlat(there[:, ::-1] if swapped else there, Placement(f"EPSG:{code}", swapped=swapped))
    assert metres([[lon, lat]], back).max() < 1e-3


def test_against_figures_that_others_publish():
    """The test of the coordtransform library (github.com/wandergis/coordtransform, test/app.js)."""
    gcj02, bd09 = (116.41024449916938, 39.91640428150164), (116.41662724378733, 39.922699552216216)
    for name, position in (("gcj02", gcj02), ("bd09", bd09)):
        back = lonlat(np.array([position]), Placement("EPSG:4326", name))
        assert metres([(116.404, 39.915)], back).max() < 1e-3


def frame(shapes, crs):
    return gpd.GeoDataFrame({"id": [f"A{n}" for n in range(len(shapes))]}, geometry=shapes, crs=crs)


def test_a_frame_is_placed_with_every_step_told():
    shapes = [shapely.LineString(shifted(PLACES[:3], "gcj02")), None]
    after, told = place(frame(shapes, "EPSG:4326"), Placement("EPSG:4326", "gcj02"), METRIC)
    assert after.crs == "EPSG:4326"
    assert metres(PLACES[:3], shapely.get_coordinates(after.geometry[0])).max() < 1e-3
    assert after.geometry[1] is None
    assert [problem.kind.code for problem in told] == ["datum-shifted"]
    assert "GCJ-02" in told[0].message("zh")
    moved = metres(PLACES[:3], shifted(PLACES[:3], "gcj02")).mean()
    assert int(told[0].values["metres"]) == pytest.approx(moved, abs=2)


def test_heights_stay_until_they_are_told():
    high = shapely.Point(*shifted(PLACES[:1], "bd09")[0], 12.5)
    after, _ = place(frame([high], "EPSG:4326"), Placement("EPSG:4326", "bd09"), METRIC)
    assert after.geometry[0].z == 12.5


def test_what_has_no_exact_transformation_is_told():
    shapes = [shapely.Point(*projected(PLACES[:1], 4549)[0])]
    for code in ("EPSG:2385", "EPSG:2437"):
        _, told = place(frame(shapes, code), Placement(code), METRIC)
        assert [problem.kind.code for problem in told] == [
            "reprojected",
            "datum-without-parameters",
        ]


def test_a_placement_checks_itself():
    with pytest.raises(CrsError):
        Placement("EPSG:99999")
    with pytest.raises(ValueError, match="datum"):
        Placement("EPSG:4326", "mars")
    with pytest.raises(ValueError, match="control"):
        Placement(METRIC, "gcj02", control=(ControlPoint(0, 0, 120, 31),) * 2)
    with pytest.raises(ValueError, match="finite"):
        ControlPoint(float("nan"), 0, 120, 31)
    with pytest.raises(ValueError, match="degrees"):
        ControlPoint(0, 0, 31, 120)


def test_a_placement_survives_json():
    control = (ControlPoint(0, 0, 120.1, 31.6), ControlPoint(100, 0, 120.2, 31.6))
    for one in (
        Placement("epsg:4549"),
        Placement("EPSG:4326", "bd09", True),
        Placement(METRIC, control=control),
    ):
        assert Placement.from_dict(one.to_dict()) == one
    assert Placement("epsg:4549").is_plain
    assert not Placement("EPSG:4326", "gcj02").is_plain


# ---------------------------------------------------------------- control points

TURNS = st.floats(-180, 180)


def local(places, turn_deg, scale=1.0, mirrored=False):
    """A drawing of these places with its own origin, turned."""
    plane = projected(places, 4549)
    plane = plane - plane[0]
    turned = (plane[:, 0] + 1j * plane[:, 1]) * np.exp(-1j * np.radians(turn_deg)) / scale
    numbers = np.column_stack([turned.real + 1000, turned.imag + 500])
    return numbers[:, ::-1] if mirrored else numbers


def control(numbers, places):
    return tuple(
        ControlPoint(*a.tolist(), *b.tolist()) for a, b in zip(numbers, places, strict=True)
    )


@settings(deadline=None, max_examples=60)
@given(TURNS, st.floats(0.992, 1.008), st.integers(2, 6))
def test_a_turned_drawing_comes_back_by_its_control_points(turn, scale, count):
    drawn = local(PLACES, turn, scale)
    placement = Placement(METRIC, control=control(drawn[:count], PLACES[:count]))
    shapes = [shapely.LineString(drawn)]
    after, told = place(frame(shapes, METRIC), placement, METRIC)
    assert metres(PLACES, shapely.get_coordinates(after.geometry[0])).max() < 0.01
    assert metres(PLACES, lonlat(drawn, placement)).max() < 0.01
    found = fit(placement.control, METRIC)
    assert found.scale == pytest.approx(scale, rel=1e-9)
    codes = [problem.kind.code for problem in told]
    assert codes == ["placed-by-control"] + ([] if found.checked else ["control-unchecked"])
    assert not (found.checked and count == 2)


def test_residuals_are_told():
    drawn = local(PLACES, 30)
    drawn[2] += (4, 0)
    placement = Placement(METRIC, control=control(drawn[:5], PLACES[:5]))
    _, told = place(frame([shapely.LineString(drawn)], METRIC), placement, METRIC)
    assert 1 < float(told[0].values["worst"]) < 4
    assert told[0].values["each"].count(",") == 4


def refusal(numbers, places, **words):
    with pytest.raises(InputError) as error:
        fit(control(numbers, places), METRIC, **words)
    return error.value


def test_control_points_that_cannot_place_are_refused():
    drawn = local(PLACES, 10)
    assert refusal(drawn[:1], PLACES[:1]).code == "control-too-few"
    assert refusal(drawn[[0, 0]], PLACES[:2]).code == "control-coincident"
    assert refusal(drawn[:2], PLACES[[0, 0]]).code == "control-coincident"
    wrong = drawn.copy()
    wrong[3] += (300, 0)
    assert refusal(wrong[:6], PLACES[:6]).code == "control-residual"


@pytest.mark.parametrize(("scale", "unit"), [(0.001, "毫米"), (0.3048, "英尺"), (1000, "千米")])
def test_a_wrong_unit_is_named(scale, unit):
    error = refusal(local(PLACES, 10, scale)[:4], PLACES[:4])
    assert error.code == "control-scale"
    assert unit in error.hint("zh")


def test_a_mirrored_drawing_is_recognised_and_placed_when_swapped():
    drawn = local(PLACES, 10, mirrored=True)
    some = [0, 3, 6, 7, 9]
    assert "北坐标在前" in refusal(drawn[some], PLACES[some]).hint("zh")
    assert fit(control(drawn[some], PLACES[some]), METRIC, swapped=True).rms_m < 1e-3


def test_points_on_one_line_cannot_tell_a_mirrored_drawing():
    drawn = local(PLACES, 10)
    assert not fit(control(drawn[:6], PLACES[:6]), METRIC).checked
    assert fit(control(drawn[:8], PLACES[:8]), METRIC).checked


# ---------------------------------------------------------------- weighing


def test_a_web_map_without_known_places_is_undecided():
    found = weigh(shifted(PLACES, "gcj02"), BOUNDS, OUTLINE, Known(), None)
    assert not found.decided
    assert found.best is None
    assert "不能判定" in found.verdict.zh
    datums = {one.placement.datum for one in found.hypotheses}
    assert datums == {"wgs84", "gcj02", "bd09"}


@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("declared", [None, "EPSG:4326", "EPSG:4490"])
def test_features_of_the_same_name_decide(name, swapped, declared):
    numbers = shifted(PLACES, name)
    numbers = numbers[:, ::-1] if swapped else numbers
    found = weigh(numbers, BOUNDS, OUTLINE, known(numbers), declared)
    assert found.best is not None
    assert found.best.placement == Placement(declared or "EPSG:4326", name, swapped)
    assert found.best.inside == 1
    assert found.best.distance_m < 1


@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
def test_stations_decide(name):
    numbers = shifted(PLACES, name)
    found = weigh(numbers, BOUNDS, OUTLINE, Known(landmarks=tuple(map(tuple, PLACES[2:8]))), None)
    assert found.best is not None
    assert found.best.placement.datum == name
    assert "6" in found.best.sentence.zh


def test_known_places_that_prove_nothing_decide_nothing():
    dense = np.random.default_rng(7).uniform((120.1, 31.6), (120.3, 31.7), (20_000, 2))
    far = [(120.06, 31.56), (120.07, 31.57), (120.06, 31.58), (120.08, 31.56)]
    for numbers, landmarks in ((dense, PLACES[:6]), (PLACES, far)):
        assert not weigh(
            numbers, BOUNDS, OUTLINE, Known(landmarks=tuple(map(tuple, landmarks))), None
        ).decided


def test_one_pair_or_pairs_that_lie_between_decide_nothing():
    numbers = shifted(PLACES, "gcj02")
    assert not weigh(numbers, BOUNDS, OUTLINE, known(numbers, count=1), None).decided
    halfway = (numbers + PLACES) / 2
    pairs = tuple(
        ControlPoint(*a.tolist(), *b.tolist()) for a, b in zip(halfway, PLACES, strict=True)
    )
    assert not weigh(halfway, BOUNDS, OUTLINE, Known(pairs=pairs), None).decided


def test_evidence_that_contradicts_itself_decides_nothing():
    numbers = shifted(PLACES, "gcj02")
    both = Known(known(numbers).pairs, tuple(map(tuple, numbers[:6])))
    found = weigh(numbers, BOUNDS, OUTLINE, both, None)
    assert not found.decided
    assert "不同的假设" in found.verdict.zh


@pytest.mark.parametrize("code", [4549, 4528, 4548, 4498, 4527])
@pytest.mark.parametrize("swapped", [False, True])
def test_zones_are_told_by_where_they_bring_the_file(code, swapped):
    numbers = projected(PLACES, code)
    found = weigh(numbers[:, ::-1] if swapped else numbers, BOUNDS, OUTLINE, Known(), None)
    assert found.best is not None
    assert found.best.placement == Placement(f"EPSG:{code}", swapped=swapped)
    assert found.caution is not None
    assert "1980" in found.caution.en


def test_two_names_of_one_projection_are_one_reading():
    found = weigh(projected(PLACES, 4509), BOUNDS, OUTLINE, Known(), None)
    assert len(found.hypotheses) == 1
    assert "EPSG:4548" in found.hypotheses[0].title.zh
    assert "EPSG:4509" in found.hypotheses[0].title.zh


def test_utm_and_gauss_kruger_of_one_meridian_need_known_places():
    numbers = projected(PLACES, 32651)
    assert not weigh(numbers, BOUNDS, OUTLINE, Known(), None).decided
    found = weigh(numbers, BOUNDS, OUTLINE, known(numbers), None)
    assert found.best is not None
    assert found.best.placement.crs == "EPSG:32651"


def test_web_mercator_may_be_of_a_web_map():
    numbers = projected(shifted(PLACES, "gcj02"), 3857)
    assert not weigh(numbers, BOUNDS, OUTLINE, Known(), None).decided
    found = weigh(numbers, BOUNDS, OUTLINE, known(numbers), None)
    assert found.best is not None
    assert found.best.placement == Placement("EPSG:3857", "gcj02")


def test_a_local_drawing_fits_nowhere_and_what_the_file_declares_stays_listed():
    found = weigh(local(PLACES, 0), BOUNDS, OUTLINE, Known(), "EPSG:4549")
    assert not found.decided
    assert "控制点" in found.verdict.zh
    assert [one.declared for one in found.hypotheses] == [True]
    assert found.hypotheses[0].in_bounds == 0


@pytest.mark.parametrize(
    ("declared", "crs"),
    [
        ("OGC:CRS84", "EPSG:4326"),
        ("epsg:4490", "EPSG:4490"),
        ("ESRI:104111", "EPSG:4326"),
        ("某局坐标系", "EPSG:4326"),
        ("EPSG:4610", "EPSG:4326"),
    ],
)
def test_whatever_a_file_declares_its_numbers_are_weighed(declared, crs):
    numbers = shifted(PLACES, "gcj02")
    found = weigh(numbers, BOUNDS, OUTLINE, known(numbers), declared)
    assert found.best is not None
    assert found.best.placement == Placement(crs, "gcj02")


@pytest.mark.parametrize("numbers", [np.empty((0, 2)), np.full((3, 2), np.nan)])
def test_without_a_position_nothing_is_weighed(numbers):
    found = weigh(numbers, BOUNDS, OUTLINE, Known(), None)
    assert (found.hypotheses, found.decided) == ((), False)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 2), min_size=1, max_size=8
    )
)
def test_no_numbers_break_the_weighing(numbers):
    found = weigh(np.array(numbers), BOUNDS, OUTLINE, known(PLACES), "EPSG:4490")
    for one in found.hypotheses:
        assert 0 <= one.inside <= one.in_bounds <= 1
        assert one.sentence.zh
        assert one.sentence.en
