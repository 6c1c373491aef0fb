"""The differences of the single features add up to the difference of the two statistics."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.diff import difference
from layers.query import Criteria
from layers.statistics import Question, table
from tests.statistics_plan import METRIC, box, line, plan_of
from tests.versions import PARKS, compare, frame, row

NAMES = [f"P{number}" for number in range(12)]
SQUARE_METRE = 1e-3


@st.composite
def features(draw):
    """A version: some of twelve features, with shapes of any kind or none."""
    rows = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        east, north = (draw(st.integers(0, 40)) * 25.0 for _ in range(2))
        wide, high = (draw(st.integers(1, 30)) * 10.3 for _ in range(2))
        shape = draw(
            st.sampled_from(
                [
                    None,
                    box(east, north, east + wide, north + high),
                    line((east, north), (east + wide, north + high)),
                    shapely.Point(528_000 + east, 3_506_000 + north),
                ]
            )
        )
        quality = draw(st.sampled_from(["surveyed", "approximate", "schematic", "illustrative"]))
        kind = draw(st.sampled_from(["wetland_park", "sports_park"]))
        given_id = name if draw(st.booleans()) else f"{name}-{draw(st.integers(0, 3))}"
        words = {"geometry_quality": "none" if shape is None else quality, "class": kind}
        rows.append(row(given_id, shape, **words))
    return rows


@settings(max_examples=150, deadline=None)
@given(before=features(), after=features())
def test_the_sum_of_the_differences_is_the_difference_of_the_sums(before, after):
    found = compare(before, after)
    for balance in (found.drawn, found.measured):
        old, new, change = balance.before, balance.after, balance.change
        assert change.count == new.count - old.count == len(after) - len(before)
        for name in ("length_m", "gross_m2"):
            wanted = (getattr(new, name) or 0) - (getattr(old, name) or 0)
            assert (getattr(change, name) or 0) == pytest.approx(wanted, abs=SQUARE_METRE)


@settings(max_examples=100, deadline=None)
@given(before=features(), after=features())
def test_every_feature_stands_in_the_difference_just_once(before, after):
    found = compare(before, after)
    old = [one.before.row for one in found.changes if one.before]
    new = [one.after.row for one in found.changes if one.after]
    assert len(old) == len(set(old))
    assert len(new) == len(set(new))
    assert len(old) + found.unchanged == len(before)
    assert len(new) + found.unchanged == len(after)
    assert all(one.classes for one in found.changes)


@settings(max_examples=60, deadline=None)
@given(before=features(), after=features())
def test_back_and_forth_is_nothing(before, after):
    there, back = compare(before, after), compare(after, before)
    assert there.counts["added"] == back.counts["removed"]
    assert there.unchanged == back.unchanged
    assert (there.drawn.change.gross_m2 or 0) == pytest.approx(
        -(back.drawn.change.gross_m2 or 0), abs=SQUARE_METRE
    )
    assert compare(before, before).changes == ()


def rows_of(plan):
    """The projects of a plan in memory as rows of a version."""
    shapes = plan.surroundings.metric.geometry
    return [
        row(
            project.id,
            shapes.get(project.id),
            **{name: value for name, value in project.properties.items() if name != "id"},
        )
        for project in plan.projects(Criteria())
    ]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_it_is_the_difference_of_the_statistics_themselves(data):
    plans = []
    for _ in range(2):
        sides = data.draw(st.lists(st.tuples(*(st.integers(1, 400) for _ in range(4))), max_size=6))
        shapes = [box(x, y, x + wide, y + high) for x, y, wide, high in sides]
        mark = {1: {"geometry_quality": "schematic"}}
        plans.append(plan_of([*shapes, None], words=mark if data.draw(st.booleans()) else None))
    found = compare(*map(rows_of, plans))
    for schematic, balance in ((False, found.measured), (True, found.drawn)):
        question = Question(schematic=schematic, group=())
        old, new = (table(plan, question).total for plan in plans)
        assert balance.change.count == new.count - old.count
        assert (balance.change.gross_m2 or 0) == pytest.approx(
            (new.gross_m2 or 0) - (old.gross_m2 or 0), abs=SQUARE_METRE
        )


def test_the_figures_of_the_sample_are_those_of_its_statistics(sample):
    from layers.plan import Plan

    plan = Plan.open(sample)
    for layer in plan.project_layer_ids:
        whole = plan.frame(layer)
        for schematic in (False, True):
            question = Question(criteria=Criteria(layers=(layer,)), schematic=schematic, group=())
            total = table(plan, question).total
            found = difference(
                whole.iloc[:0], whole, plan.catalog.layer(layer), plan.catalog.zone.metric_crs
            )
            change = (found.drawn if schematic else found.measured).change
            assert change.count == total.count
            assert (change.length_m or 0) == pytest.approx(total.length_m or 0, abs=SQUARE_METRE)
            assert (change.gross_m2 or 0) == pytest.approx(total.gross_m2 or 0, abs=SQUARE_METRE)


def test_a_shape_that_is_no_longer_schematic_enters_the_measured_figures():
    shape = box(0, 0, 100, 100)
    found = difference(
        frame([row("P1", shape, geometry_quality="schematic")]),
        frame([row("P1", shape, geometry_quality="surveyed")]),
        PARKS,
        METRIC,
    )
    assert found.measured.change.gross_m2 == 10_000
    assert found.drawn.change.gross_m2 == 0
