"""Which features come first where there is not room for all."""

import numpy as np
import pytest
import shapely

from geo.tiles import build, ranked
from tests.tiling import frame_of, in_tile, square

PHASES = ("kept", "building", "planned")


@pytest.fixture(scope="module")
def town():
    """2,000 parcels of three phases, of very different sizes, and 50 without a place."""
    rng = np.random.default_rng(3)
    corners = np.stack(np.meshgrid(np.arange(50), np.arange(40)), axis=-1).reshape(-1, 2) * 300.0
    edges = rng.gamma(2.0, 60.0, len(corners)).clip(2, 299)
    shapes = [in_tile(square(*corner, edge)) for corner, edge in zip(corners, edges, strict=True)]
    phase = rng.choice(PHASES, len(shapes) + 50, p=[0.9, 0.09, 0.01]).tolist()
    frame = frame_of([*shapes, *[None] * 50], phase=phase)
    return frame, build(frame, name="parcels", fields=["id", "phase"], group_by=["phase"])


def test_each_feature_has_one_place(town):
    _, arrays = town
    assert sorted(ranked(arrays).tolist()) == list(range(2050))


@pytest.mark.parametrize("count", [60, 300, 1200])
def test_the_first_show_the_same_share_of_the_ground_of_each_phase(town, count):
    frame, arrays = town
    rows = arrays.rows[ranked(arrays)[:count]] - 1
    ground = shapely.area(frame.geometry.values)
    taken = np.isin(np.arange(len(frame)), rows)
    wanted = _share(ground, frame["phase"] == "kept", taken)[0]
    for phase in PHASES:
        share, of_largest = _share(ground, frame["phase"] == phase, taken)
        assert share == pytest.approx(wanted, abs=1.5 * of_largest + 0.01)


def _share(ground, own, taken):
    """What part of its ground a phase shows, and what part of it its largest feature is."""
    whole = np.nansum(ground[own])
    return np.nansum(ground[own & taken]) / whole, np.nanmax(ground[own]) / whole


def test_of_what_is_drawn_alike_the_largest_come_first(town):
    frame, arrays = town
    rows = arrays.rows[ranked(arrays)] - 1
    ground = shapely.area(frame.geometry.values)[rows]
    phases = frame["phase"].to_numpy()[rows]
    for phase in PHASES:
        own = ground[(phases == phase) & ~np.isnan(ground)]
        # Square degrees are not alike north and south.
        assert (own[1:] <= own[:-1] * 1.002).all()


def test_points_are_taken_all_over_the_layer():
    places = np.stack(np.meshgrid(np.arange(64), np.arange(64)), axis=-1).reshape(-1, 2) * 60.0
    frame = frame_of([in_tile(shapely.Point(place)) for place in places])
    arrays = build(frame, name="lamps", fields=["id"])
    for count in (16, 64, 256):
        chosen = places[arrays.rows[ranked(arrays)[:count]] - 1]
        quarters = (chosen // 1920).astype(int) @ [1, 2]
        assert np.bincount(quarters, minlength=4).tolist() == [count // 4] * 4
