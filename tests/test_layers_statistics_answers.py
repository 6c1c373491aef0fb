"""Overlaps, stated against drawn, analyses, provenance, and figures on older versions."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely

from geo.errors import InputError, NotFound
from layers.plan import Plan
from layers.query import Criteria
from layers.statistics import (
    ANALYSES,
    NAMES,
    Question,
    analyse,
    answer,
    overlaps,
    provenance,
    stated,
    table,
)
from tests.conftest import ROOT, copy_sources
from tests.statistics_plan import X, Y, box, in_degrees, line, plan_of

WEST, EAST = box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)


@pytest.fixture(scope="module")
def plan(sample: Path) -> Plan:
    return Plan.open(sample)


def marks(answer) -> set[str]:
    return {mark.id for mark in answer.marks}


# ---------------------------------------------------------------- overlaps


def test_three_over_one_spot_are_three_pairs_and_one_overlap() -> None:
    plan = plan_of([box(0, 0, 100, 100)] * 3)
    answer = overlaps(plan, Question())
    assert [(pair.left.id, pair.right.id) for pair in answer.pairs] == [
        ("A001", "A002"),
        ("A001", "A003"),
        ("A002", "A003"),
    ]
    assert sum(pair.area_m2 for pair in answer.pairs) == pytest.approx(30_000)
    assert table(plan, Question()).total.overlap_m2 == pytest.approx(20_000)
    assert [(c.left, c.right, c.pairs) for c in answer.matrix] == [("parks", "parks", 3)]
    assert answer.matrix[0].area_m2 == pytest.approx(10_000), "shared ground, counted once"


def test_a_line_through_a_park_and_a_line_along_a_line() -> None:
    plan = plan_of([box(0, 0, 100, 100), line((-50, 50), (150, 50)), line((90, 50), (300, 50))])
    found = {
        (p.left.id, p.right.id): (p.area_m2, p.length_m) for p in overlaps(plan, Question()).pairs
    }
    assert found == {
        ("A001", "A002"): (None, pytest.approx(100)),
        ("A001", "A003"): (None, pytest.approx(10)),
        ("A002", "A003"): (None, pytest.approx(60)),
    }


def test_only_the_projects_of_a_row() -> None:
    plan = plan_of([box(0, 0, 100, 100)] * 3)
    answer = overlaps(plan, Question(), ids=("A001", "A003"))
    assert [(pair.left.id, pair.right.id) for pair in answer.pairs] == [("A001", "A003")]


def test_only_what_is_shared_within_the_place_that_was_asked_for() -> None:
    plan = plan_of([box(900, 0, 1100, 100)] * 2, districts=[WEST, EAST])
    pair = overlaps(plan, Question(districts=("D1",))).pairs[0]
    assert pair.area_m2 == pytest.approx(10_000)


def test_schematic_pairs_are_listed_and_enter_the_matrix_when_asked_for() -> None:
    plan = plan_of([box(0, 0, 100, 100)] * 2, quality="illustrative")
    answer = overlaps(plan, Question())
    assert (answer.pairs[0].schematic, answer.matrix[0].area_m2) == (True, None)
    assert "schematic_left_out" in marks(answer)
    asked = overlaps(plan, Question(schematic=True))
    assert asked.matrix[0].area_m2 == pytest.approx(10_000)
    assert "schematic" in marks(asked)
    assert json.loads(json.dumps(asked.to_dict()))["pairs"][0]["schematic"] is True


def test_nothing_shares_nothing() -> None:
    for shapes in ([], [None], [box(0, 0, 10, 10), box(10, 0, 20, 10)]):
        answer = overlaps(plan_of(shapes), Question())
        assert (answer.pairs, answer.matrix) == ((), ())


def test_s03_and_s04_share_one_extent(plan: Plan) -> None:
    pairs = {(p.left.id, p.right.id): p for p in overlaps(plan, Question()).pairs}
    s03 = provenance(plan, Question(criteria=Criteria(q="S03"), schematic=True)).row
    assert pairs["S03", "S04"].area_m2 == pytest.approx(s03.net_m2)


# ---------------------------------------------------------------- stated against drawn


def said(kind: str, value: float) -> dict:
    return {"stated_kind": kind, "stated_value": value, "stated_unit": "m2"}


def test_stated_and_drawn_land() -> None:
    shapes = [box(0, 0, 100, 100), box(0, 0, 100, 100), box(0, 0, 100, 100)]
    words = {0: said("land", 10_000), 1: said("land", 9_000)}
    answer = stated(plan_of(shapes, words=words), Question())
    assert [(row.id, row.flagged) for row in answer.rows] == [("A001", False), ("A002", True)]
    assert answer.rows[1].difference == pytest.approx(1 / 9)
    assert answer.rows[1].difference_m2 == pytest.approx(1000)
    assert answer.total.ids == ("A001", "A002")
    assert answer.total.difference_m2 == pytest.approx(1000)


def test_five_per_cent_is_the_tolerance() -> None:
    words = {0: said("land", 10_000 / 1.049), 1: said("land", 10_000 / 1.051)}
    rows = stated(plan_of([box(0, 0, 100, 100)] * 2, words=words), Question()).rows
    assert [row.flagged for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("kind", "shape", "reason"),
    [
        ("floor", box(0, 0, 100, 100), "口径不同，不可比"),
        ("floor", None, "口径不同，不可比"),
        ("count", box(0, 0, 100, 100), "数量与图形不可比"),
        ("land", None, "没有面状图形"),
        ("land", line((0, 0), (9, 9)), "没有面状图形"),
    ],
)
def test_what_cannot_be_compared_is_refused(kind: str, shape, reason: str) -> None:
    answer = stated(plan_of([shape], words={0: said(kind, 10_000)}), Question())
    row = answer.rows[0]
    assert row.reason.zh == reason
    assert (row.drawn_m2, row.geodesic_m2, row.difference, row.flagged) == (None, None, None, False)
    assert (answer.total.ids, answer.total.stated_m2) == ((), None)


def test_schematic_shapes_are_compared_but_enter_no_total_unless_asked_for() -> None:
    words = {0: said("land", 10_000)}
    plan = plan_of([box(0, 0, 100, 100)], words=words, quality="schematic")
    answer = stated(plan, Question())
    assert answer.rows[0].drawn_m2 == pytest.approx(10_000)
    assert (answer.rows[0].schematic, answer.total.drawn_m2) == (True, None)
    assert "schematic_left_out" in marks(answer)
    asked = stated(plan, Question(schematic=True))
    assert (asked.total.schematic, asked.total.stated_m2) == (1, 10_000)
    assert "schematic" in marks(asked)


def test_a_stated_figure_is_compared_with_the_whole_shape() -> None:
    words = {0: said("land", 2000)}
    plan = plan_of([box(900, 0, 1100, 10)], districts=[WEST, EAST], words=words)
    assert stated(plan, Question(districts=("D1",))).rows[0].difference == pytest.approx(0)


def test_the_floor_of_the_factories_is_never_beside_a_drawn_area(plan: Plan) -> None:
    answer = stated(plan, Question(schematic=True))
    floors = [row for row in answer.rows if row.kind == "floor"]
    assert [row.id for row in floors] == ["F01", "F03"]
    assert all(row.drawn_m2 is None and row.reason for row in floors)
    assert answer.total.ids == ("P10",)
    assert json.loads(json.dumps(answer.to_dict()))["tolerance"] == 0.05


# ---------------------------------------------------------------- analyses


def test_every_analysis_answers_on_the_sample(plan: Plan) -> None:
    for name, analysis in ANALYSES.items():
        answer = analyse(plan, name, Question(schematic=True))
        columns = [column.id for column in analysis.columns]
        assert answer.rows
        assert all(list(row) == columns for row in answer.rows), name
        told = json.loads(json.dumps(answer.to_dict()))
        assert told["rows"][0].keys() == set(columns)
        collection = json.loads(answer.geojson())
        assert len(collection["features"]) == len(answer.features) > 0
        assert answer.features.crs.to_epsg() == 4326
        west, south, east, north = answer.features.total_bounds
        assert 119.9 < west < east < 120.5, name
        assert 31.4 < south < north < 31.9, name
        assert analysis.title.en
        assert analysis.method.zh
        assert set(answer.versions) <= set(plan.versions)
    with pytest.raises(NotFound):
        analyse(plan, "astrology", Question())


def test_coverage_is_of_the_union_of_the_catchments() -> None:
    points = [shapely.Point(X, Y), shapely.Point(X + 600, Y)]
    words = {1: {"stated_kind": "floor", "stated_value": 18_000}}
    plan = plan_of([box(-2000, -2000, 3000, 2000), None], stations=points, words=words)
    rows = analyse(plan, "station_coverage", Question()).rows
    assert [row["distance_m"] for row in rows] == [500, 800]
    for row, distance in zip(rows, (500, 800), strict=True):
        lens = 2 * distance**2 * math.acos(300 / distance)
        lens -= 300 * math.sqrt(4 * distance**2 - 600**2)
        union = 2 * math.pi * distance**2 - lens
        assert row["net_m2"] == pytest.approx(union, rel=2e-4)
        assert row["net_share"] == pytest.approx(row["net_m2"] / 20e6)
        assert row["length_m"] is None
    asked = analyse(plan, "station_coverage", Question(within_m=300)).rows
    assert [row["distance_m"] for row in asked] == [300]


def test_what_was_measured_and_lies_elsewhere_is_a_known_zero() -> None:
    far = plan_of([box(5000, 5000, 5100, 5100)], stations=[shapely.Point(X, Y)])
    row = analyse(far, "station_coverage", Question()).rows[0]
    assert (row["count"], row["located"], row["net_m2"], row["length_m"]) == (0, 1, 0, None)


def test_what_lies_within_and_was_not_measured_is_no_zero() -> None:
    words = {0: {"geometry_quality": "schematic"}}
    plan = plan_of(
        [box(0, 0, 100, 100), box(5000, 5000, 5100, 5100)],
        stations=[shapely.Point(X, Y)],
        words=words,
    )
    row = analyse(plan, "station_coverage", Question()).rows[0]
    assert (row["count"], row["net_m2"], row["net_share"]) == (1, None, None)
    counted = analyse(plan, "station_coverage", Question(schematic=True)).rows[0]
    assert counted["net_m2"] == pytest.approx(10_000)


def test_the_pairs_of_a_row_are_looked_up_once_each() -> None:
    """Ids of a row come as a tuple, in which looking up each project would take the square."""

    class Walked(tuple):
        def __contains__(self, one: object) -> bool:
            raise AssertionError("a lookup walks through all ids")

    plan = plan_of([box(0, 0, 100, 100), box(50, 0, 150, 100), box(90, 0, 200, 100)])
    pairs = overlaps(plan, Question(), Walked(("A001", "A002"))).pairs
    assert [(pair.left.id, pair.right.id) for pair in pairs] == [("A001", "A002")]


def test_the_nearest_station_is_the_nearest() -> None:
    points = [shapely.Point(X, Y), shapely.Point(X + 1000, Y)]
    answer = analyse(
        plan_of([box(900, 300, 950, 400), None], stations=points), "nearest_station", Question()
    )
    assert [(row["station"], row["distance_m"]) for row in answer.rows] == [
        ("ST1", pytest.approx(math.hypot(50, 300))),
        (None, None),
    ]
    assert answer.features.geom_type.tolist() == ["LineString"]
    assert "unlocated" in marks(answer)


def test_road_density_and_park_land_by_district() -> None:
    roads = plan_of([line((500, 500), (1500, 500))], layer="roads", districts=[WEST, EAST])
    rows = analyse(roads, "road_density", Question()).rows
    assert [(row["district"], row["density"]) for row in rows] == [
        ("D1", pytest.approx(500)),
        ("D2", pytest.approx(500)),
        (None, None),
    ]
    parks = plan_of([box(900, 0, 1200, 100)] * 2, districts=[WEST, EAST])
    rows = analyse(parks, "park_land", Question()).rows
    assert [row["net_m2"] for row in rows] == pytest.approx([10_000, 20_000, 30_000])
    assert [row["gross_m2"] for row in rows] == pytest.approx([20_000, 40_000, 60_000])
    assert rows[0]["share"] == pytest.approx(0.01)


def test_the_roads_in_reach_of_a_site(plan: Plan) -> None:
    rows = analyse(plan, "renovation_reach", Question()).rows
    reach = plan.catalog.zone.near_m
    assert all(row["distance_m"] <= reach and row["length_m"] > 0 for row in rows)
    near = {(row["site"], row["road"]) for row in rows}
    metric = plan.surroundings.metric
    assert near == {
        (site, road)
        for site in metric.index[metric["layer"] == "renovation"]
        for road in metric.index[metric["layer"] == "roads"]
        if metric.geometry[site].distance(metric.geometry[road]) <= reach
    }


@pytest.mark.parametrize("name", ["station_coverage", "nearest_station"])
def test_a_zone_without_stations_is_told(name: str) -> None:
    with pytest.raises(InputError) as refused:
        analyse(plan_of([box(0, 0, 10, 10)]), name, Question())
    assert refused.value.code == "statistics-no-stations"


def test_a_zone_without_districts_is_told() -> None:
    with pytest.raises(InputError) as refused:
        analyse(plan_of([box(0, 0, 10, 10)]), "park_land", Question())
    assert refused.value.code == "statistics-no-districts"


# ---------------------------------------------------------------- provenance


def test_the_pieces_of_a_row_add_up_to_it(plan: Plan) -> None:
    question = Question(group=("district", "layer"), schematic=True)
    for row in table(plan, question).rows:
        told = provenance(plan, question, tuple(key.value for key in row.key))
        assert told.row == row
        assert {one.id for one in told.contributions} == set(row.ids)
        areas = [one.area_m2 for one in told.contributions if one.area_m2 is not None]
        lengths = [one.length_m for one in told.contributions if one.length_m is not None]
        assert math.fsum(areas) == pytest.approx(row.gross_m2 or 0.0)
        assert math.fsum(lengths) == pytest.approx(row.length_m or 0.0)


def test_provenance_names_every_version_file_and_method(plan: Plan) -> None:
    question = Question(criteria=Criteria(layers=("parks",)), within_m=800, districts=("D_EAST",))
    told = provenance(plan, question)
    assert set(told.versions) == {"parks", "stations", "districts"}
    for origin in told.origins:
        version = plan.version(origin.layer)
        assert (origin.sha256, origin.file) == (version.sha256, version.file)
        assert origin.by == "test"
        assert set(origin.steps) == {"zh", "en"}
    assert told.crs == "EPSG:4549"
    assert told.software.startswith("huitu ")
    assert len(told.methods) >= 4
    said_ = json.loads(json.dumps(told.to_dict()))
    assert Question.from_dict(said_["question"]) == question
    with pytest.raises(NotFound):
        provenance(plan, Question(group=("layer",)), ("nowhere",))


def test_a_boundary_is_part_of_the_provenance(plan: Plan) -> None:
    question = Question(boundary=in_degrees(WEST))
    told = provenance(plan, question).to_dict()
    assert told["question"]["boundary"]["type"] == "Polygon"


# ---------------------------------------------------------------- older versions


def test_an_old_figure_is_found_again(tmp_path: Path, published: Callable[[Path], Path]) -> None:
    folder = published(copy_sources(ROOT / "data", tmp_path / "data"))
    before = Plan.open(folder)
    question = Question(criteria=Criteria(layers=("parks",)), schematic=True)
    old = table(before, question)
    path = folder / "parks.geojson"
    collection = json.loads(path.read_text("utf-8"))
    collection["features"] = [f for f in collection["features"] if f["properties"]["id"] != "P10"]
    path.write_text(json.dumps(collection, ensure_ascii=False), "utf-8")
    published(folder)
    after = Plan.open(folder)
    assert table(after, question).total.net_m2 < old.total.net_m2
    again = table(after.at(old.versions), question)
    assert again.total == old.total
    assert again.versions == old.versions
    assert after.at(before.versions).state == before.state
    now = datetime.now(UTC) + timedelta(seconds=2)
    assert after.as_of(now).versions == after.versions
    assert after.as_of(now - timedelta(days=1)).layers == ()


def test_a_version_that_is_none_is_not_found(plan: Plan) -> None:
    for versions in ({"parks": "000000000000"}, {"parks": "../../x"}, {"nowhere": "0"}):
        with pytest.raises(NotFound):
            plan.at(versions)
    roads = plan.versions["roads"]
    with pytest.raises(NotFound):
        plan.at({"parks": roads})


def test_the_plan_knows_its_districts(plan: Plan) -> None:
    assert plan.districts.index.tolist() == ["D_EAST", "D_CENTRAL", "D_WEST"]
    assert plan.describe()["zone"]["districts"] == "districts"


def test_a_town_without_districts(town: Path, published: Callable[[Path], Path]) -> None:
    plan = Plan.open(published(town))
    assert plan.districts.empty
    assert table(plan, Question()).total.count == len(plan.projects())
    with pytest.raises(InputError):
        table(plan, Question(group=("district",)))
    assert table(plan, Question(within_m=300)).total.count


def test_every_answer_is_json_by_its_name(plan: Plan) -> None:
    question = Question(criteria=Criteria(layers=("parks", "roads")), schematic=True)
    for name in NAMES:
        told = json.loads(json.dumps(answer(plan, name, question)))
        assert Question.from_dict(told["question"]) == question
        assert told["software"].startswith("huitu ")
        assert told["state"] == plan.state
        assert told["versions"].keys() <= plan.versions.keys()
    with pytest.raises(NotFound):
        answer(plan, "astrology", question)
