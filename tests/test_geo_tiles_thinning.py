"""Far away nothing vanishes: the ground of each colour stays, and no tile has too many shapes."""

import numpy as np
import pytest
import shapely
from shapely import LineString, Point

from geo.tiles import Thinning, Tile, build, covering, cut
from geo.tiles.address import EXTENT
from geo.types import BBox
from tests.tiling import HERE, decoded, frame_of, in_tile, square, units

PHASES = ("kept", "building", "planned")


@pytest.fixture(scope="module")
def town():
    """9,000 parcels of three phases, of very different sizes, about a third of the ground."""
    rng = np.random.default_rng(11)
    columns, rows = np.meshgrid(np.arange(100), np.arange(90))
    corner = np.column_stack([columns.ravel(), rows.ravel()]) * 150.0
    edge = rng.gamma(2.0, 40.0, len(corner)).clip(2, 149)
    shapes = [in_tile(square(x, y, side)) for (x, y), side in zip(corner, edge, strict=True)]
    phase = rng.choice(PHASES, len(corner), p=[0.7, 0.25, 0.05]).tolist()
    frame = frame_of(shapes, phase=phase)
    return frame, build(frame, name="parcels", fields=["id", "phase"], group_by=["phase"])


def ground_by_phase(frame, arrays, zoom, thinning=Thinning()):  # noqa: B008 - it is frozen
    """Ground of each phase in units of the zoom, as drawn and as it is; shapes of a tile at most.

    What a tile draws of a shape beyond its edge is its neighbour's, except boxes: they are nobody
    else's.
    """
    areas = shapely.area([units(shape, Tile(zoom, 0, 0)) for shape in frame.geometry])
    drawn, real, most = dict.fromkeys(PHASES, 0.0), dict.fromkeys(PHASES, 0.0), 0
    for tile in covering(BBox(*frame.total_bounds.tolist()), zoom):
        found = decoded(content) if (content := cut(arrays, tile, thinning)) else {}
        most = max(most, len(found))
        for row, (shape, attributes) in found.items():
            is_box = thinning and areas[row - 1] < thinning.smallest**2
            own = shape if is_box else shapely.clip_by_rect(shape, 0, 0, EXTENT, EXTENT)
            drawn[attributes["phase"]] += own.area
    for area, phase in zip(areas, frame["phase"], strict=True):
        real[phase] += area
    return drawn, real, most


@pytest.mark.parametrize("zoom", [8, 9, 10, 11, 12, 13])
def test_the_ground_of_each_colour_stays_within_two_hundredths(town, zoom):
    frame, arrays = town
    drawn, real, _ = ground_by_phase(frame, arrays, zoom)
    assert sum(drawn.values()) == pytest.approx(sum(real.values()), rel=0.02)
    pixel = 256
    for phase in PHASES:
        assert drawn[phase] == pytest.approx(real[phase], rel=0.02, abs=2 * pixel)


def test_without_it_small_shapes_would_be_lost(town):
    frame, arrays = town
    drawn, real, _ = ground_by_phase(frame, arrays, 6, None)
    assert sum(drawn.values()) < 0.95 * sum(real.values())


def test_a_far_tile_has_no_more_shapes_than_it_has_room_for(town):
    frame, arrays = town
    for zoom in (8, 10, 12):
        drawn, _, most = ground_by_phase(frame, arrays, zoom)
        assert most <= sum(drawn.values()) / Thinning().smallest ** 2 + len(PHASES) * 40


@pytest.mark.parametrize("zoom", range(14))
def test_a_layer_never_disappears(zoom):
    shapes = [square(0, 0, 3), square(50, 50, 2), LineString([(9, 9), (12, 9)]), Point(70, 70)]
    frame = frame_of([in_tile(one) for one in shapes], phase=["kept", "planned", "kept", "kept"])
    arrays = build(frame, name="parcels", fields=["id", "phase"], group_by=["phase"])
    up = HERE.zoom - zoom
    tile = Tile(zoom, HERE.column >> up, HERE.row >> up)
    found = decoded(cut(arrays, tile))
    kinds = sorted((shape.geom_type, attributes["phase"]) for shape, attributes in found.values())
    assert ("Polygon", "kept") in kinds
    assert ("Polygon", "planned") in kinds
    assert {"LineString", "Point"} & {kind for kind, _ in kinds}
    for shape, _ in found.values():
        assert shape.geom_type == "Point" or shape.length >= 3


def test_from_fourteen_on_every_shape_is_drawn_as_it_is():
    shapes = [square(40 * n, 0, 3) for n in range(50)]
    frame = frame_of([in_tile(one) for one in shapes])
    arrays = build(frame, name="parcels", fields=["id"])
    assert len(decoded(cut(arrays, HERE))) == 50
    far = Tile(13, HERE.column // 2, HERE.row // 2)
    assert len(decoded(cut(arrays, far))) < 10
    assert len(decoded(cut(arrays, far, Thinning(everything_from=13)))) == 50


def test_a_box_bears_the_number_of_the_largest_it_stands_for():
    frame = frame_of([in_tile(square(30 * n, 0, 6 if n == 7 else 3)) for n in range(9)])
    arrays = build(frame, name="parcels", fields=["id"])
    far = Tile(12, HERE.column // 4, HERE.row // 4)
    assert {attributes["id"] for _, attributes in decoded(cut(arrays, far)).values()} == {"P8"}


def test_the_heavier_of_two_is_kept_where_weights_are_given():
    points = [in_tile(Point(100 + n, 100)) for n in range(9)]
    frame = frame_of(points, people=[3, 1, None, 9, 2, 2, 2, 2, 2])
    far = Tile(12, HERE.column // 4, HERE.row // 4)
    light = build(frame, name="parcels", fields=["id"])
    assert [one["id"] for _, one in decoded(cut(light, far)).values()] == ["P1"]
    heavy = build(frame, name="parcels", fields=["id"], weight="people")
    assert [one["id"] for _, one in decoded(cut(heavy, far)).values()] == ["P4"]


def test_neighbours_choose_the_same_points_where_they_overlap():
    rng = np.random.default_rng(13)
    spots = np.column_stack([EXTENT + rng.uniform(-64, 64, 4000), rng.uniform(0, EXTENT, 4000)])
    near = Tile(13, HERE.column // 2, HERE.row // 2)
    frame = frame_of([in_tile(Point(spot), near) for spot in spots])
    arrays = build(frame, name="parcels", fields=["id"])
    east = Tile(13, near.column + 1, near.row)
    one, other = decoded(cut(arrays, near)), decoded(cut(arrays, east))
    assert 200 < len(one) < 4000 / 2
    # The cells of the buffers are whole ones in both tiles.
    inner = {row for row, (shape, _) in one.items() if abs(shape.x - EXTENT) < 63}
    assert inner <= set(other)
