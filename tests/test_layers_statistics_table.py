"""The table: what it counts, what it measures, and the identities that hold to the square metre."""

from __future__ import annotations

import json
import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError, NotFound
from layers.query import Criteria
from layers.statistics import GROUPS, INDICATORS, MARKS, Question, Row, read_boundary, table
from tests.statistics_plan import X, Y, box, in_degrees, line, plan_of

WEST, EAST = box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)


def by(answer, group: str) -> dict[str | None, Row]:
    return {row.value(group): row for row in answer.rows}


def marks(row: Row) -> set[str]:
    return {mark.id for mark in row.marks}


def figures(row: Row) -> tuple:
    return row.length_m, row.gross_m2, row.net_m2, row.overlap_m2


def hectares(row: Row) -> list[float]:
    return [round(value / 10_000, 9) for value in (row.gross_m2, row.net_m2, row.overlap_m2)]


# ---------------------------------------------------------------- figures worked by hand


def test_two_parks_of_60_and_42_hectares_sharing_12() -> None:
    answer = table(plan_of([box(0, 0, 1000, 600), box(800, 0, 1500, 600)]), Question())
    assert hectares(answer.total) == [102, 90, 12]
    assert hectares(answer.rows[0]) == [102, 90, 12]


def test_the_reach_of_three_stations_a_kilometre_apart() -> None:
    points = [shapely.Point(X + 1000 * n, Y) for n in range(3)]
    circles = plan_of([point.buffer(800, quad_segs=64) for point in points])
    total = table(circles, Question()).total
    assert round(total.gross_m2 / 1e6, 2) == 6.03
    assert round(total.net_m2 / 1e6, 2) == 4.99
    everything = plan_of([box(-5000, -5000, 7000, 5000)], stations=points)
    within = table(everything, Question(within_m=800)).total
    assert within.net_m2 == pytest.approx(total.net_m2)
    lens = 2 * 800**2 * math.acos(1000 / 1600) - 500 * math.sqrt(4 * 800**2 - 1000**2)
    assert within.net_m2 == pytest.approx(3 * math.pi * 800**2 - 2 * lens, rel=2e-4)


def test_a_park_over_two_districts_and_beyond_is_split_at_the_lines() -> None:
    plan = plan_of([box(500, 0, 2500, 100)], districts=[WEST, EAST])
    answer = table(plan, Question(group=("district",)))
    assert [row.value("district") for row in answer.rows] == ["D1", "D2", "outside"]
    assert [row.net_m2 for row in answer.rows] == pytest.approx([50_000, 100_000, 50_000])
    assert [row.count for row in answer.rows] == [1, 1, 1]
    assert [row.share_of_district for row in answer.rows] == [
        pytest.approx(0.05),
        pytest.approx(0.1),
        None,
    ]
    assert (answer.total.count, answer.total.net_m2) == (1, pytest.approx(200_000))
    assert answer.total.share_of_district is None


def test_the_total_is_computed_from_the_whole() -> None:
    words = {0: {"class": "pocket"}, 1: {"class": "wetland"}}
    plan = plan_of([box(0, 0, 100, 100), box(50, 0, 150, 100)], words=words)
    answer = table(plan, Question(group=("class",)))
    assert [row.net_m2 for row in answer.rows] == pytest.approx([10_000, 10_000])
    assert answer.total.net_m2 == pytest.approx(15_000), "the rows overlap each other"


def test_lines_have_lengths_points_are_counted_and_nothing_is_zero_that_is_not_known() -> None:
    total = table(plan_of([line((0, 0), (300, 400))]), Question()).total
    assert figures(total) == (pytest.approx(500), None, None, None)
    assert total.geodesic_m2 is None
    assert total.geodesic_length_m == pytest.approx(500, rel=1e-4)
    point = table(plan_of([shapely.Point(X, Y)]), Question()).total
    assert (point.count, point.measured_ids, *figures(point)) == (1, (), None, None, None, None)
    nothing = table(plan_of([]), Question()).total
    assert (nothing.count, *figures(nothing)) == (0, None, None, None, None)
    assert table(plan_of([]), Question()).rows == ()


def test_the_ellipsoid_stands_beside_the_plane() -> None:
    total = table(plan_of([box(0, 0, 1000, 1000)]), Question()).total
    assert total.geodesic_m2 == pytest.approx(total.net_m2, rel=1e-4)
    assert total.geodesic_m2 != total.net_m2


# ---------------------------------------------------------------- not located, schematic, stated


def test_a_project_without_geometry_is_counted_and_told() -> None:
    row = table(plan_of([box(0, 0, 10, 10), None]), Question()).rows[0]
    assert (row.count, row.unlocated, row.ids) == (2, 1, ("A001", "A002"))
    assert row.measured_ids == ("A001",)
    assert marks(row) == {"unlocated"}


@pytest.mark.parametrize("group", [("class",), ("class", "stage"), ("district",)])
def test_where_a_place_is_asked_for_it_has_a_row_of_its_own(group: tuple[str, ...]) -> None:
    words = {0: {"class": "pocket"}, 1: {"class": "pocket"}}
    plan = plan_of([box(0, 0, 10, 10), None], districts=[WEST, EAST], words=words)
    answer = table(plan, Question(districts=("D1",), group=group))
    assert [row.count for row in answer.rows] == [1, 1]
    lost = answer.rows[-1]
    assert (lost.ids, lost.unlocated, lost.net_m2) == (("A002",), 1, None)
    assert lost.value(group[0]) == "unlocated"
    assert lost.key[0].label.zh == "未定位"
    assert "place_unknown" in marks(lost)
    assert (answer.total.count, answer.total.unlocated) == (2, 1)


def test_what_lies_elsewhere_is_not_counted() -> None:
    plan = plan_of([box(0, 0, 10, 10), box(1500, 0, 1600, 10)], districts=[WEST, EAST])
    answer = table(plan, Question(districts=("D2",)))
    assert answer.total.ids == ("A002",)
    assert answer.total.share_of_district == pytest.approx(0.001)


def test_schematic_shapes_count_and_are_measured_only_when_asked_for() -> None:
    plan = plan_of([box(0, 0, 10, 10), box(5, 0, 15, 10)], quality="schematic")
    row = table(plan, Question()).total
    assert (row.count, row.schematic, row.measured_ids, row.net_m2) == (2, 2, (), None)
    assert marks(row) == {"schematic_left_out"}
    asked = table(plan, Question(schematic=True))
    assert asked.total.net_m2 == pytest.approx(150)
    assert marks(asked.total) == {"schematic"}
    assert {mark.id for mark in asked.marks} == {"not_survey", "schematic"}


def test_schematic_districts_mark_the_whole_table() -> None:
    plan = plan_of([box(0, 0, 10, 10)], districts=[WEST], quality="schematic")
    plan.districts["schematic"] = True
    for question in (Question(group=("district",)), Question(districts=("D1",))):
        assert "districts_schematic" in {mark.id for mark in table(plan, question).marks}
    assert "districts_schematic" not in {mark.id for mark in table(plan, Question()).marks}


def test_stated_figures_are_kept_apart_by_kind() -> None:
    words = {
        0: {"stated_kind": "land", "stated_value": 400_000},
        1: {"stated_kind": "floor", "stated_value": 18_000},
        2: {"stated_kind": "floor", "stated_value": 180_000},
    }
    row = table(plan_of([None, None, None, None], words=words), Question()).total
    assert (row.stated.land, row.stated.floor, row.stated.count) == (400_000, 198_000, None)


def test_a_stated_figure_is_not_split_with_its_shape() -> None:
    words = {0: {"stated_kind": "land", "stated_value": 7}, 1: {}}
    shapes = [box(900, 0, 1100, 10), box(100, 50, 1100, 60)]
    plan = plan_of(shapes, districts=[WEST, EAST], words=words)
    answer = table(plan, Question(group=("district",)))
    assert [row.stated.land for row in answer.rows] == [7, 7]
    assert all("stated_whole" in marks(row) for row in answer.rows)
    assert answer.total.stated.land == 7
    assert "stated_whole" not in marks(answer.total)
    other = table(plan, Question(criteria=Criteria(q="A002"), group=("district",)))
    assert not any("stated_whole" in marks(row) for row in other.rows)


# ---------------------------------------------------------------- groups


def test_every_group_groups() -> None:
    words = {
        0: {
            "class": "pocket",
            "action": "build",
            "stage": "start",
            "lead": "zone",
            "year_from": 2021,
            "year_to": 2022,
        },
        1: {
            "class": "wetland",
            "action": "renew",
            "stage": "study",
            "lead": "city",
            "year_from": 2021,
            "year_to": 2021,
        },
        2: {"class": "of another kind"},
    }
    shapes = [box(0, 0, 10, 10), box(1500, 0, 1600, 10), box(3000, 0, 3010, 10)]
    plan = plan_of(shapes, districts=[WEST, EAST], words=words)
    expected = {
        "layer": ["parks"],
        "class": ["wetland", "pocket", "of another kind"],
        "action": ["build", "renew", None],
        "stage": ["study", "start", None],
        "lead": ["zone", "city", None],
        "phase": ["2021", "2021-2022", None],
        "year": ["2021", "2022", None],
        "district": ["D1", "D2", "outside"],
    }
    assert expected.keys() == GROUPS.keys()
    for group, values in expected.items():
        assert list(by(table(plan, Question(group=(group,))), group)) == values, group


def test_a_project_of_two_years_stands_in_each_of_them() -> None:
    words = {0: {"year_from": 2021, "year_to": 2023}, 1: {"year_from": 2022, "year_to": 2022}}
    plan = plan_of([box(0, 0, 10, 10), box(20, 0, 30, 10)], words=words)
    rows = by(table(plan, Question(group=("year",))), "year")
    assert {year: row.count for year, row in rows.items()} == {"2021": 1, "2022": 2, "2023": 1}
    asked = Question(criteria=Criteria(years=(2022, 2023)), group=("year",))
    assert list(by(table(plan, asked), "year")) == ["2022", "2023"]


def test_groups_within_groups() -> None:
    words = {0: {"class": "pocket"}, 1: {"class": "wetland"}}
    plan = plan_of([box(900, 0, 1100, 10), box(0, 0, 10, 10)], districts=[WEST, EAST], words=words)
    answer = table(plan, Question(group=("district", "class")))
    assert [tuple(key.value for key in row.key) for row in answer.rows] == [
        ("D1", "wetland"),
        ("D1", "pocket"),
        ("D2", "pocket"),
    ]
    assert answer.row(("D2", "pocket")).net_m2 == pytest.approx(1000)
    with pytest.raises(NotFound):
        answer.row(("D2", "wetland"))
    assert table(plan, Question(group=())).rows == ()


def test_leads_and_the_criteria_of_the_map() -> None:
    words = {0: {"lead": "zone", "stage": "start"}, 1: {"lead": "city", "stage": "start"}}
    plan = plan_of([box(0, 0, 10, 10), box(20, 0, 30, 10)], words=words)
    assert table(plan, Question(leads=("city",))).total.ids == ("A002",)
    assert table(plan, Question(criteria=Criteria(stages=("study",)))).total.ids == ()


def test_a_boundary() -> None:
    plan = plan_of([box(0, 0, 100, 100), box(500, 0, 600, 100)])
    boundary = in_degrees(box(50, -50, 200, 200))
    total = table(plan, Question(boundary=boundary)).total
    assert total.ids == ("A001",)
    assert total.net_m2 == pytest.approx(5000, abs=0.01)


# ---------------------------------------------------------------- programs


def test_a_table_is_json_and_its_question_comes_back() -> None:
    plan = plan_of([box(900, 0, 1100, 10), None], districts=[WEST, EAST])
    boundary = in_degrees(box(0, 0, 2000, 50))
    question = Question(
        criteria=Criteria(layers=("parks",), stages=None, years=(2021, 2022), q="A"),
        leads=None,
        districts=("D1",),
        boundary=boundary,
        group=("class", "district"),
        schematic=True,
    )
    told = json.loads(json.dumps(table(plan, question).to_dict()))
    assert Question.from_dict(told["question"]) == question
    assert told["versions"] == {"parks": "0" * 12, "districts": "0" * 12}
    row = told["rows"][0]
    assert row["key"][1] == {"group": "district", "value": "D1", "label": {"zh": "D1", "en": "D1"}}
    assert row["stated"] == {"land": None, "floor": None, "count": None}
    assert row["length_m"] is None


def test_a_question_of_unknown_words_is_refused() -> None:
    with pytest.raises(InputError):
        Question.from_dict({"colour": "red"})


def test_indicators_read_every_figure_of_a_row() -> None:
    words = {0: {"stated_kind": "land", "stated_value": 90}}
    total = table(plan_of([box(0, 0, 10, 10)], words=words), Question()).total
    read = {name: one.value(total) for name, one in INDICATORS.items()}
    assert read["net_m2"] == total.net_m2
    assert read["stated_land_m2"] == 90
    assert {name for name in read if name.endswith("_m2")} >= {"gross_m2", "overlap_m2"}
    for thing in (*INDICATORS.values(), *GROUPS.values()):
        assert all((thing.title.zh, thing.title.en, thing.description.zh, thing.description.en))
    assert all(mark.title.zh and mark.meaning.en for mark in MARKS.values())


# ---------------------------------------------------------------- what cannot be answered


def codes(question: Question, **words) -> list[str]:
    with pytest.raises(InputError) as refused:
        table(plan_of([box(0, 0, 10, 10)], **words), question)
    for problem in refused.value.problems:
        assert problem.message("zh")
        assert problem.hint("en")
    return [problem.kind.code for problem in refused.value.problems]


def test_all_that_is_wrong_is_told_at_once() -> None:
    question = Question(
        criteria=Criteria(layers=("parks", "nowhere"), stages=("never",)),
        leads=("nobody",),
        districts=("D9",),
        within_m=0,
        group=("class", "class", "colour"),
    )
    assert codes(question, districts=[WEST]) == [
        "statistics-unknown",
        "statistics-unknown",
        "statistics-unknown",
        "statistics-unknown",
        "statistics-group-repeated",
        "statistics-unknown",
        "statistics-within",
        "statistics-no-stations",
    ]


def test_a_zone_without_districts_or_stations() -> None:
    assert codes(Question(group=("district",))) == ["statistics-no-districts"]
    assert codes(Question(districts=("D1",))) == ["statistics-no-districts"]
    assert codes(Question(within_m=800)) == ["statistics-no-stations"]
    assert codes(Question(within_m=99_999), stations=[shapely.Point(X, Y)]) == ["statistics-within"]


W, S = 120.30, 31.66


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (shapely.Point(W, S), "boundary-not-polygon"),
        (shapely.Polygon(), "boundary-no-area"),
        (shapely.Polygon([(W, S), (W + 0.01, S), (W, S)]), "boundary-no-area"),
        (shapely.Polygon([(W, S), (W + 0.01, S + 0.01), (W + 0.02, S + 0.02)]), "boundary-no-area"),
        (
            shapely.Polygon([(W, S), (W + 0.01, S + 0.01), (W + 0.01, S), (W, S + 0.01)]),
            "boundary-crossing",
        ),
        (shapely.box(0, 0, 1, 1), "boundary-outside"),
        (shapely.box(S, W, S + 0.01, W + 0.01), "boundary-outside"),
        (shapely.box(W, S, W + 1, S + 0.01), "boundary-outside"),
        (
            shapely.Polygon([(W + n / 1e7, S + (n % 2) / 1e3) for n in range(100_001)]),
            "boundary-vertices",
        ),
        (shapely.Polygon([(W, S), (W, math.inf), (W + 0.01, S)]), "boundary-outside"),
    ],
)
def test_a_boundary_that_cannot_be_used(shape: shapely.Geometry, code: str) -> None:
    assert codes(Question(boundary=shape)) == [code]


SQUARE = [[W, S], [W + 0.01, S], [W + 0.01, S + 0.01], [W, S]]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
        },
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}
            ]
            * 2,
        },
    ],
)
def test_a_boundary_is_read_from_geojson(value: dict) -> None:
    found = read_boundary(json.dumps(value))
    assert found.equals(shapely.Polygon(SQUARE))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "boundary-unreadable"),
        ("[]", "boundary-unreadable"),
        ("7", "boundary-unreadable"),
        ("{}", "boundary-unreadable"),
        ('{"type":"Polygon"}', "boundary-unreadable"),
        ('{"type":"Polygon","coordinates":[[["a","b"]]]}', "boundary-unreadable"),
        ('{"type":"Polygon","coordinates":[[[1,2],[3,4]]]}', "boundary-unreadable"),
        ('{"type":"FeatureCollection","features":[]}', "boundary-unreadable"),
        ('{"type":"FeatureCollection","features":7}', "boundary-unreadable"),
        ('{"type":"Feature","geometry":null}', "boundary-unreadable"),
        ('{"type":"Point","coordinates":[1,2]}', "boundary-not-polygon"),
    ],
)
def test_what_is_no_boundary_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_boundary(text)
    assert refused.value.code == code


# ---------------------------------------------------------------- identities

_EDGE = st.integers(0, 2500)


@st.composite
def boxes(draw: st.DrawFn) -> list[shapely.Polygon]:
    edges = draw(st.lists(st.tuples(_EDGE, _EDGE, _EDGE, _EDGE), min_size=1, max_size=6))
    return [box(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1) for a, b, c, d in edges]


@settings(deadline=None, max_examples=100)
@given(boxes())
def test_gross_less_overlap_is_net_and_the_districts_sum_to_the_whole(shapes: list) -> None:
    answer = table(plan_of(shapes, districts=[WEST, EAST]), Question(group=("district",)))
    total = answer.total
    for row in (*answer.rows, total):
        assert row.gross_m2 - row.overlap_m2 == pytest.approx(row.net_m2, abs=1e-6)
        assert row.overlap_m2 >= 0
        assert row.net_m2 <= total.net_m2 + 0.01, "net of a whole >= net of a part"
    for name in ("gross_m2", "net_m2", "overlap_m2"):
        parts = math.fsum(getattr(row, name) for row in answer.rows)
        assert parts == pytest.approx(getattr(total, name), abs=0.1), name


@settings(deadline=None, max_examples=60)
@given(boxes(), st.randoms(use_true_random=False))
def test_order_changes_nothing_and_doubling_changes_gross_only(shapes: list, random) -> None:
    plain = table(plan_of(shapes), Question()).total
    mixed = list(shapes)
    random.shuffle(mixed)
    assert figures(table(plan_of(mixed), Question()).total) == pytest.approx(
        figures(plain), abs=1e-3
    )
    doubled = table(plan_of([*shapes, *shapes]), Question()).total
    assert doubled.net_m2 == pytest.approx(plain.net_m2, abs=1e-3)
    assert doubled.gross_m2 == pytest.approx(2 * plain.gross_m2, abs=1e-3)


@settings(deadline=None, max_examples=60)
@given(boxes(), boxes())
def test_a_window_and_what_is_around_it_are_the_whole(shapes: list, windows: list) -> None:
    ground = shapely.union_all(windows)
    plan = plan_of(shapes)
    inside = table(plan, Question(boundary=in_degrees(ground))).total
    expected = shapely.union_all(shapes).intersection(ground).area
    # Some metres of a long edge of the window are not straight in both degrees and metres.
    assert (inside.net_m2 or 0.0) == pytest.approx(expected, abs=0.5)
