"""A tile holds the features that a plain clip gives, read by two independent readers."""

import datetime
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon

from geo.errors import NotFound
from geo.tiles import Tile, covering, cut, touching
from geo.tiles.address import BUFFER, EXTENT, to_degrees, to_world
from geo.types import BBox
from tests.tiling import HERE, arrays_of, clipped, decoded, ground, in_tile, square, units

#: Rounding moves a vertex by half a unit each way.
ROUNDED = 0.75


def tile_of(*shapes, tile=HERE, **columns):
    return decoded(cut(arrays_of([in_tile(shape) for shape in shapes], **columns), tile))


def assert_same_ground(got, wanted):
    """Each covers the other to a rounding, slivers thinner than that aside, and so its area."""
    got = ground(got)
    assert got.difference(wanted.buffer(ROUNDED * 1.5)).area == pytest.approx(0, abs=1e-6)
    assert wanted.buffer(-ROUNDED).difference(got.buffer(ROUNDED)).area == pytest.approx(
        0, abs=1e-6
    )
    assert abs(got.area - wanted.area) <= ROUNDED * (wanted.length + 8)


# ---------------------------------------------------------------- single shapes


def test_a_square_inside_is_itself():
    [(shape, attributes)] = tile_of(square(100, 200, 300)).values()
    assert shape.equals(square(100, 200, 300))
    assert attributes == {"id": "P1"}


def test_features_bear_the_number_of_their_row():
    found = tile_of(*[square(700 * n, 700 * n, 300) for n in range(5)])
    assert {row: attributes["id"] for row, (_, attributes) in found.items()} == {
        row: f"P{row}" for row in range(1, 6)
    }


def test_a_square_over_the_edge_is_clipped_at_the_buffer():
    [(shape, _)] = tile_of(square(-1000, -1000, 2000)).values()
    assert shape.equals(shapely.box(-BUFFER, -BUFFER, 1000, 1000))


def test_a_square_around_the_tile_fills_it():
    [(shape, _)] = tile_of(square(-9000, -9000, 20000)).values()
    assert shape.equals(shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER))


def test_a_hole_stays_a_hole():
    pond = square(0, 0, 1000).difference(square(300, 300, 200))
    [(shape, _)] = tile_of(pond).values()
    assert shape.equals(pond)
    assert len(shape.interiors) == 1


def test_a_hole_over_the_edge_stays_open_ground():
    pond = square(-1000, -1000, 3000).difference(square(-500, 100, 1000))
    [(shape, _)] = tile_of(pond).values()
    assert_same_ground(shape, clipped(in_tile(pond)))


def test_a_hole_around_the_whole_tile_leaves_nothing():
    ring = square(-9000, -9000, 20000).difference(square(-8000, -8000, 18000))
    assert cut(arrays_of([in_tile(ring)]), HERE) == b""


def test_a_hole_that_is_nothing_leaves_its_shell():
    pond = square(0, 0, 1000).difference(square(300, 300, 0.3))
    [(shape, _)] = tile_of(pond).values()
    assert shape.equals(square(0, 0, 1000))


def test_a_shell_that_is_nothing_takes_its_hole_along():
    shapes = MultiPolygon(
        [square(10, 10, 0.4).difference(square(10.1, 10.1, 0.2)), square(100, 100, 50)]
    )
    [(shape, _)] = tile_of(shapes).values()
    assert shape.equals(square(100, 100, 50))


def test_what_became_nothing_is_left_out():
    assert cut(arrays_of([in_tile(square(10, 10, 0.3))]), HERE) == b""


def test_shells_run_clockwise_on_the_screen_whichever_way_they_came():
    for shell in (square(0, 0, 100), square(0, 0, 100).reverse()):
        [(shape, _)] = tile_of(shell).values()
        assert shapely.is_ccw(shape.exterior)  # eastward and southward, ccw is clockwise


def test_parts_stay_parts():
    parts = MultiPolygon([square(0, 0, 100), square(500, 500, 100).difference(square(520, 520, 9))])
    [(shape, _)] = tile_of(parts).values()
    assert shape.equals(parts)


def test_a_line_that_leaves_and_comes_back_is_two_pieces():
    line = LineString([(100, 100), (100, -500), (300, -500), (300, 100)])
    [(shape, _)] = tile_of(line).values()
    assert shape.equals(
        MultiLineString([[(100, 100), (100, -BUFFER)], [(300, -BUFFER), (300, 100)]])
    )


def test_a_line_across_without_a_vertex_inside_is_there():
    [(shape, _)] = tile_of(LineString([(-900, 1000), (9000, 1000)])).values()
    assert shape.equals(LineString([(-BUFFER, 1000), (EXTENT + BUFFER, 1000)]))


def test_lines_of_several_parts():
    lines = MultiLineString([[(0, 0), (10, 10)], [(20, 20), (30, 20), (30, 40)]])
    [(shape, _)] = tile_of(lines).values()
    assert shape.equals(lines)


def test_points_of_the_tile_and_its_buffer():
    found = tile_of(Point(5, 5), Point(-BUFFER, 7), Point(-BUFFER - 2, 7))
    assert {row: shape.coords[0] for row, (shape, _) in found.items()} == {
        1: (5, 5),
        2: (-BUFFER, 7),
    }


def test_points_of_several_parts_lose_those_outside():
    [(shape, _)] = tile_of(MultiPoint([(5, 5), (9000, 5), (5, 9)])).values()
    assert shape.equals(MultiPoint([(5, 5), (5, 9)]))


def test_kinds_are_mixed_in_one_layer_and_a_row_without_shape_is_no_feature():
    shapes = [in_tile(square(0, 0, 100)), None, in_tile(LineString([(0, 0), (50, 50)]))]
    found = decoded(cut(arrays_of([*shapes, Polygon(), in_tile(Point(1, 1))]), HERE))
    assert {row: shape.geom_type for row, (shape, _) in found.items()} == {
        1: "Polygon",
        3: "LineString",
        5: "Point",
    }


def test_an_empty_tile_is_empty():
    arrays = arrays_of([in_tile(square(0, 0, 100))])
    assert cut(arrays, Tile(14, 0, 0)) == b""
    assert cut(arrays_of([None]), HERE) == b""
    assert cut(arrays_of([]), HERE) == b""


def test_every_kind_of_attribute():
    found = tile_of(
        square(0, 0, 100),
        square(200, 0, 100),
        whole=[-5, 2**53 + 1],
        broken=[0.25, float("nan")],
        truth=[True, False],
        words=["道路 \N{DESERT}", None],
        day=[datetime.date(2024, 5, 1), None],
        several=[["a", "乙"], None],
    )
    assert found[1][1] == {
        "id": "P1",
        "whole": -5,
        "broken": 0.25,
        "truth": True,
        "words": "道路 \N{DESERT}",
        "day": "2024-05-01",
        "several": '["a","乙"]',
    }
    assert found[2][1] == {"id": "P2", "whole": 2**53 + 1, "truth": False}


def test_arrays_tell_the_same_attributes_as_tiles():
    arrays = arrays_of(
        [in_tile(square(0, 0, 9)), in_tile(square(50, 0, 9))], whole=[-5, 7], x=[1.5, None]
    )
    told = {int(arrays.rows[at]): arrays.attributes(at) for at in range(2)}
    assert told == {1: {"id": "P1", "whole": -5, "x": 1.5}, 2: {"id": "P2", "whole": 7}}


def test_a_value_stands_once_in_a_tile_however_many_have_it():
    shapes = [square(40 * n, 0, 20) for n in range(100)]
    content = cut(arrays_of([in_tile(one) for one in shapes], phase=["building"] * 100), HERE)
    assert content.count(b"building") == 1


@pytest.mark.parametrize("address", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, 8), (3, 0, -1)])
def test_an_address_outside_the_world_is_refused(address):
    with pytest.raises(NotFound, match="no tile"):
        Tile(*address)


# ---------------------------------------------------------------- any shape


PLACE = st.tuples(
    st.floats(-2 * EXTENT, 3 * EXTENT, width=32),
    st.one_of(st.floats(-500, EXTENT + 500, width=32), st.sampled_from([-64.0, 0.0, 4096.0])),
)
RING = st.lists(PLACE, min_size=3, max_size=14)


@st.composite
def nasty_polygons(draw):
    """Spikes, slivers, holes and rings that leave the tile and come back, in tile units.

    Valid ones, here and in degrees: rounding within a difference may put a hole outside its shell,
    and an invalid polygon has no one ground to compare with.
    """
    shell, hole = (
        shapely.make_valid(Polygon(draw(RING)), method="structure", keep_collapsed=False)
        for _ in range(2)
    )
    parts = shapely.get_parts(shapely.difference(shell, hole))
    sound = [part for part in parts if part.is_valid and in_tile(part).is_valid]
    return max(sound, key=shapely.area, default=Polygon())


@settings(max_examples=300, deadline=None)
@given(nasty_polygons())
def test_any_polygon_has_the_ground_of_a_plain_clip(shape):
    moved = in_tile(shape)
    wanted = ground(clipped(moved)) if shape.area else Polygon()
    content = cut(arrays_of([moved]), HERE)
    if not content:
        assert wanted.area <= ROUNDED * (wanted.length + 8)
        return
    [(got, _)] = decoded(content).values()
    assert_same_ground(got, wanted)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-6000, 9000, width=32), st.floats(-600, 4700, width=32)),
        min_size=2,
        max_size=12,
    )
)
def test_any_line_has_the_length_of_a_plain_clip(corners):
    line = in_tile(LineString(corners))
    wanted = clipped(line)
    content = cut(arrays_of([line]), HERE)
    got = next(iter(decoded(content).values()))[0] if content else LineString()
    assert wanted.difference(got.buffer(1.1)).length == pytest.approx(0, abs=0 if content else 2.3)
    assert got.difference(wanted.buffer(1.1)).length == pytest.approx(0, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(nasty_polygons())
def test_neighbours_have_no_seam_and_no_overlap_between_them(shape):
    """What four tiles show of a shape, each its own ground, is the shape."""
    arrays = arrays_of([in_tile(shape)])
    shown = []
    for column in range(-2, 3):
        for row in (-1, 0, 1):
            tile = Tile(HERE.zoom, HERE.column + column, HERE.row + row)
            content = cut(arrays, tile)
            if content:
                [(got, _)] = decoded(content).values()
                own = ground(got).intersection(shapely.box(0, 0, EXTENT, EXTENT))
                shown.append(
                    shapely.transform(
                        own, lambda xy, c=column, r=row: np.add(xy, [c * EXTENT, r * EXTENT])
                    )
                )
    whole = shapely.union_all(shown)
    lost = ground(shape).buffer(-ROUNDED * 2).difference(whole)
    assert lost.area == pytest.approx(0, abs=1e-6)
    assert sum(part.area for part in shown) == pytest.approx(whole.area, abs=1e-6)


def test_neighbours_agree_about_every_vertex_they_share():
    rng = np.random.default_rng(7)
    for _ in range(50):
        middle = np.array([EXTENT, 2000.0])
        shape = Polygon(middle + rng.uniform(-50, 50, (3, 2)))
        arrays = arrays_of([in_tile(shape)])
        east = Tile(HERE.zoom, HERE.column + 1, HERE.row)
        one, other = (next(iter(decoded(cut(arrays, tile)).values()))[0] for tile in (HERE, east))
        moved = shapely.transform(other, lambda xy: np.add(xy, [EXTENT, 0]))
        assert one.equals(moved)


# ---------------------------------------------------------------- other readers


def test_gdal_reads_the_same_features(tmp_path):
    rng = np.random.default_rng(3)
    shapes = [
        *(square(x, y, 90) for x, y in rng.uniform(-200, 4200, (150, 2))),
        square(0, 0, 900).difference(square(100, 100, 300)),
        MultiPolygon([square(2000, 2000, 50), square(2100, 2000, 50)]),
        LineString([(0, 0), (900, 800), (5000, 900)]),
        Point(17, 19),
    ]
    content = cut(arrays_of([in_tile(one) for one in shapes], year=list(range(154))), HERE)
    ours = decoded(content)
    path = tmp_path / "tile.mvt"
    path.write_bytes(content)
    options = {"X": HERE.column, "Y": HERE.row, "Z": HERE.zoom, "CLIP": "NO"}
    theirs = pyogrio.read_dataframe(path, **options)
    assert len(theirs) == len(ours) > 100
    for row in theirs.to_crs("EPSG:4326").itertuples():
        shape, attributes = ours[row.mvt_id]
        assert (row.id, row.year) == (attributes["id"], attributes["year"])
        difference = units(row.geometry).normalize().hausdorff_distance(shape.normalize())
        assert difference < 1e-4


# ---------------------------------------------------------------- boxes of rows


def test_the_rows_of_a_box():
    shapes = [in_tile(square(100 * n, 100 * n, 50)) for n in range(40)]
    arrays = arrays_of(shapes)
    box = BBox(*in_tile(shapely.box(1000, 1000, 1340, 1340)).bounds)
    assert sorted(arrays.rows[touching(arrays, box)].tolist()) == [11, 12, 13, 14]


def test_the_tiles_of_a_box():
    tiles = covering(HERE.bounds(), 15)
    assert set(HERE.children()) <= set(tiles)
    assert covering(BBox(-180, -90, 180, 90), 1) == [
        Tile(1, column, row) for row in (0, 1) for column in (0, 1)
    ]


def test_positions_come_back_from_the_world():
    rng = np.random.default_rng(5)
    degrees = np.column_stack([rng.uniform(-180, 180, 500), rng.uniform(-85, 85, 500)])
    assert to_degrees(to_world(degrees)) == pytest.approx(degrees, abs=1e-11)


# ---------------------------------------------------------------- memory


def test_no_array_is_read_or_written_beyond_its_end(tmp_path):
    """The tests above and those of thinning once more, with every index checked by the compiler."""
    here = Path(__file__)
    chosen = [
        f"{here}::test_any_polygon_has_the_ground_of_a_plain_clip",
        f"{here}::test_any_line_has_the_length_of_a_plain_clip",
        f"{here}::test_kinds_are_mixed_in_one_layer_and_a_row_without_shape_is_no_feature",
        f"{here}::test_every_kind_of_attribute",
        f"{here.with_name('test_geo_tiles_thinning.py')}",
    ]
    checked = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *chosen],
        env={"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path), "PATH": ""},
        cwd=here.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
