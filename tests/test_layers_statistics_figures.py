"""Figures of many rows at once: each as if it stood alone, and the identities of the areas."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import known_crs
from geo.splitting import split_shapes
from layers.statistics.figures import Figures, measure_each, meeting, meeting_of_parts
from tests.statistics_plan import METRIC, box, line

CRS = known_crs(METRIC)
_EDGE = st.integers(0, 300)


def array(*shapes: shapely.Geometry | None) -> np.ndarray:
    found = np.full(len(shapes), None)
    found[:] = shapes
    return found


@st.composite
def polygons(draw: st.DrawFn) -> np.ndarray:
    """Boxes and triangles, one over another."""
    corner = st.tuples(_EDGE, _EDGE)
    found = draw(st.lists(st.tuples(corner, corner, corner), min_size=1, max_size=9))
    shapes = [shapely.Polygon(line(*corners, corners[0]).coords) for corners in found]
    boxes = [box(a, c, a + 1 + b, c + 1 + d) for (a, b), (c, d), _ in found[::2]]
    return array(*boxes, *(shape for shape in shapes if shape.is_valid and shape.area > 1))


@st.composite
def rows_of(draw: st.DrawFn, number: int) -> list[np.ndarray]:
    """Rows of some of the shapes, a shape in several or in none."""
    members = st.sets(st.integers(0, number - 1), max_size=number)
    found = draw(st.lists(members, min_size=1, max_size=5))
    return [np.array(sorted(row), dtype=int) for row in found]


def measured(shapes: np.ndarray) -> Figures:
    (found,) = measure_each(meeting(shapes), [np.arange(len(shapes))], CRS)
    return found


def close(value: float | None) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-6)


@settings(deadline=None, max_examples=150)
@given(polygons(), st.data())
def test_each_row_is_measured_as_if_it_stood_alone(shapes: np.ndarray, data: st.DataObject) -> None:
    rows = data.draw(rows_of(len(shapes)))
    together = measure_each(meeting(shapes), rows, CRS)
    for members, found in zip(rows, together, strict=True):
        alone = measured(shapes[members])
        if not len(members):
            assert found == alone == Figures(None, None, None, None, None, None, on_grid=False)
            continue
        assert found.gross_m2 == close(shapely.area(shapes[members]).sum())
        assert found.net_m2 == close(shapely.union_all(shapes[members]).area)
        assert found.overlap_m2 == close(found.gross_m2 - found.net_m2)
        assert found.geodesic_m2 == close(alone.geodesic_m2)


@settings(deadline=None, max_examples=150)
@given(polygons(), st.randoms(use_true_random=False))
def test_order_changes_nothing_and_a_second_copy_only_gross(
    shapes: np.ndarray, random: Random
) -> None:
    once = measured(shapes)
    mixed = measured(shapes[random.sample(range(len(shapes)), len(shapes))])
    twice = measured(np.concatenate([shapes, shapes]))
    assert (mixed.gross_m2, mixed.net_m2) == (close(once.gross_m2), close(once.net_m2))
    assert (twice.gross_m2, twice.net_m2) == (close(2 * once.gross_m2), close(once.net_m2))


@settings(deadline=None, max_examples=150)
@given(polygons())
def test_the_districts_sum_to_the_whole(shapes: np.ndarray) -> None:
    zones = array(box(0, 0, 150, 700), box(150, 0, 700, 350), box(150, 350, 700, 700))
    parts = split_shapes(shapes, zones)
    found = meeting_of_parts(meeting(shapes), parts.shapes, parts.owner, parts.zone)
    rows = measure_each(found, [np.flatnonzero(parts.zone == zone) for zone in range(3)], CRS)
    whole = measured(shapes)
    for name in ("gross_m2", "net_m2", "overlap_m2"):
        values = [getattr(row, name) or 0.0 for row in rows]
        assert sum(values) == pytest.approx(getattr(whole, name), abs=0.05)
    assert sum(row.geodesic_m2 or 0 for row in rows) == pytest.approx(whole.geodesic_m2, abs=0.05)


def test_lines_polygons_points_and_what_has_no_shape_in_one_row() -> None:
    bow_tie = shapely.Polygon(line((0, 0), (9, 9), (9, 0), (0, 9)).coords)
    shapes = array(
        line((0, 0), (30, 40)), box(0, 0, 10, 10), None, shapely.Point(1, 1), bow_tie, WIDE
    )
    every, lines, none = measure_each(
        meeting(shapes), [np.arange(6), np.array([0, 2]), np.array([2, 3, 4])], CRS
    )
    assert (every.length_m, every.gross_m2, every.net_m2, every.overlap_m2) == (50, 300, 200, 100)
    assert (lines.length_m, lines.gross_m2) == (50, None)
    assert lines.geodesic_length_m == pytest.approx(50, rel=1e-4)
    assert none == Figures(None, None, None, None, None, None, on_grid=False)
    assert measure_each(meeting(shapes), [], CRS) == ()


WIDE = box(0, 0, 20, 10)
