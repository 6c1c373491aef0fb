"""The difference between two versions: what became of each feature, and in which words."""

import geopandas as gpd
import pytest
import shapely
from shapely.affinity import rotate, translate

from geo.errors import CrsError
from layers.diff import CLASSES, difference
from layers.diff.words import direction
from tests.statistics_plan import METRIC, box, line
from tests.versions import PARKS, compare, frame, only, point, row, said

GARDEN = box(0, 0, 246, 500)


def test_a_park_that_grew_says_by_how_much_and_whereto():
    before = row("P1", GARDEN, name_zh="惠山新城中央公园")
    after = row("P1", box(0, 0, 261, 500), name_zh="惠山新城中央公园")
    assert said(before, after) == "惠山新城中央公园：面积 12.30 → 13.05 公顷（+6.1 %），向东扩展"
    assert (
        said(before, after, "en")
        == "惠山新城中央公园: area 12.30 → 13.05 ha (+6.1 %), extended to the east"
    )


def test_figures_are_those_of_the_plane_with_the_ellipsoid_beside():
    change = only([row("P1", GARDEN)], [row("P1", box(0, 0, 261, 500))])
    assert (change.before.area_m2, change.after.area_m2) == (123_000, 130_500)
    assert change.shape.gained_m2 == pytest.approx(7_500)
    assert change.shape.lost_m2 == 0
    assert change.shape.gained_to == pytest.approx(90)
    geod = gpd.GeoSeries([GARDEN], crs=METRIC).to_crs(4490)
    area = abs(geod.crs.get_geod().geometry_area_perimeter(geod.iloc[0])[0])
    assert change.before.geodesic_m2 == pytest.approx(area, rel=1e-6)
    assert change.before.geodesic_m2 != change.before.area_m2


@pytest.mark.parametrize(
    ("bearing", "zh", "en"),
    [
        (0, "北", "north"),
        (44, "东北", "north-east"),
        (90, "东", "east"),
        (140, "东南", "south-east"),
        (180, "南", "south"),
        (225, "西南", "south-west"),
        (271, "西", "west"),
        (315, "西北", "north-west"),
        (359.9, "北", "north"),
    ],
)
def test_there_are_eight_directions(bearing, zh, en):
    assert (direction(bearing).zh, direction(bearing).en) == (zh, en)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (box(0, 100, 246, 500), "面积 12.30 → 9.84 公顷（−20.0 %），南侧缩减"),
        (box(-30, -30, 276, 530), "面积 12.30 → 17.14 公顷（+39.3 %），向四周扩展"),
        (box(60, 0, 306, 500), None),
        (box(100, 0, 400, 500), "面积 12.30 → 15.00 公顷（+22.0 %），向东扩展、西侧缩减"),
        (box(0, 0, 246.5, 500), "面积 12.30 → 12.32 公顷（+0.20 %），向东扩展"),
    ],
)
def test_where_ground_was_gained_and_lost(after, words):
    told = said(row("P1", GARDEN), row("P1", after))
    if words:
        assert told == f"公园P1：{words}"
    else:
        assert "移动" in told


@pytest.mark.parametrize(
    ("east", "north", "words"),
    [
        (0, 60, "向北移动 60 m（方位角 0°）"),
        (25, 25, "向东北移动 35 m（方位角 45°）"),
        (-1500, 0, "向西移动 1.5 km（方位角 270°）"),
    ],
)
def test_a_shape_that_moved_says_how_far_and_whereto(east, north, words):
    assert said(row("P1", GARDEN), row("P1", translate(GARDEN, east, north))) == f"公园P1：{words}"


def test_a_shape_that_moved_and_was_drawn_with_other_corners_has_moved():
    corners = shapely.segmentize(translate(GARDEN, 40, 0), 25)
    assert only([row("P1", GARDEN)], [row("P1", corners)]).kind == "moved"


def test_a_shape_that_turned_is_reshaped():
    assert only([row("P1", GARDEN)], [row("P1", rotate(GARDEN, 30))]).kind == "reshaped"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (GARDEN, shapely.segmentize(GARDEN, 10)),
        (GARDEN, translate(GARDEN, 0.3, 0.2)),
        (line((0, 0), (900, 0)), line((900, 0), (400, 0.1), (0, 0))),
        (point(0, 0), point(0.3, 0.3)),
    ],
)
def test_drawn_anew_is_no_change(before, after):
    found = compare([row("P1", before)], [row("P1", after)])
    assert [one.kind for one in found.changes] == ["redigitised"]
    assert not found.differs
    assert not CLASSES["redigitised"].coloured


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (GARDEN, translate(GARDEN, 0.6, 0), "moved"),
        (box(0, 0, 246, 500), box(0, 0, 246.4, 500), "reshaped"),
        (line((0, 0), (900, 0)), line((0, 0), (450, 0.6), (900, 0)), "reshaped"),
    ],
)
def test_just_beyond_the_tolerance_is_a_change(before, after, kind):
    assert only([row("P1", before)], [row("P1", after)]).kind == kind


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (line((0, 0), (1500, 0)), "长度 1.00 → 1.50 km（+50.0 %），向东延伸"),
        (line((200, 0), (1000, 0)), "长度 1.00 → 0.80 km（−20.0 %），西端缩短"),
        (
            line((0, 0), (500, 300), (1000, 0)),
            "长度 1.00 → 1.17 km（+16.6 %），改线，最大偏移 300 m",
        ),
        (line((-200, 0), (1200, 0)), "长度 1.00 → 1.40 km（+40.0 %），两端延伸"),
    ],
)
def test_lines_are_told_by_their_length(after, words):
    assert said(row("R1", line((0, 0), (1000, 0))), row("R1", after)) == f"公园R1：{words}"


def test_a_point_moves():
    assert said(row("S1", point(0, 0)), row("S1", point(0, -12))) == (
        "公园S1：向南移动 12 m（方位角 180°）"
    )


def test_attributes_are_told_by_the_titles_of_the_catalog():
    before = row("P1", GARDEN, stage="start", year_to=2023, lead=None)
    after = row("P1", GARDEN, stage="complete", year_to=2025, lead="city")
    change = only([before], [after])
    assert change.classes == ("attributes",)
    assert {one.name: (one.before, one.after) for one in change.fields} == {
        "stage": ("start", "complete"),
        "year_to": (2023, 2025),
        "lead": (None, "city"),
    }
    assert "规划阶段 拟启动 → 拟完成" in said(before, after)
    assert "牵头层级 — → 市级" in said(before, after)
    assert "Stage aimed at To start → To complete" in said(before, after, "en")


def test_a_feature_is_reshaped_and_reclassified_at_once():
    before = row("P1", GARDEN)
    after = row("P1", box(0, 0, 261, 500), **{"class": "sports_park"})
    found = compare([before], [after])
    (change,) = found.changes
    assert change.kind == "reshaped"
    assert change.classes == ("reshaped", "reclassified")
    assert (found.counts["reshaped"], found.counts["reclassified"]) == (1, 1)
    assert found.of("reclassified") == (change,)
    assert "；" in said(before, after)


def test_not_known_is_not_a_change():
    blank = [row("P1", GARDEN, lead=None, width=float("nan"), note="  ")]
    assert compare(blank, [row("P1", GARDEN)]).changes == ()


def test_whole_numbers_are_the_same_whatever_holds_them():
    assert compare([row("P1", GARDEN, n=3)], [row("P1", GARDEN, n=3.0)]).changes == ()


def test_lists_are_compared_as_one_value():
    before, after = (row("P1", GARDEN, aliases=names) for names in (["甲"], ["甲", "乙"]))
    assert compare([before], [before]).changes == ()
    assert "别名 甲 → 甲、乙" in said(before, after)


def test_added_and_removed_say_how_large():
    found = compare([row("P1", GARDEN)], [row("P2", box(9000, 0, 9050, 100)), row("P3")])
    assert [(one.kind, one.side.id) for one in found.changes] == [
        ("added", "P2"),
        ("added", "P3"),
        ("removed", "P1"),
    ]
    assert said_all(found) == [
        "公园P2：新增，面积 5,000 ㎡",
        "公园P3：新增，未定位",
        "公园P1：删除，面积 12.3 公顷",
    ]


def said_all(found):
    from layers.diff import sentence

    return [sentence(one).zh for one in found.changes]


def test_a_project_gets_its_place_and_loses_it():
    found = compare([row("P1"), row("P2", GARDEN)], [row("P1", GARDEN), row("P2")])
    assert [one.kind for one in found.changes] == ["located", "located"]
    assert said_all(found) == [
        "公园P1：由未定位变为有图形，面积 12.3 公顷",
        "公园P2：图形已撤去，未定位，面积 12.3 公顷",
    ]
    assert found.drawn.change.gross_m2 == 0


def test_a_schematic_shape_carries_its_mark():
    words = {"geometry_quality": "schematic"}
    told = said(row("P1", GARDEN, **words), row("P1", box(0, 0, 261, 500), **words))
    assert told.endswith("；示意图形")


def test_a_feature_with_a_new_id_is_found_by_its_shape():
    before = [row("P1", GARDEN), row("P2", box(2000, 0, 2100, 100))]
    after = [row("N1", translate(GARDEN, 10, 0), name_zh="公园P1"), before[1]]
    change = only(before, after)
    assert (change.before.id, change.after.id, change.matched) == ("P1", "N1", "geometry")
    assert change.classes == ("moved", "attributes")
    assert change.likeness == pytest.approx(236 / 256)


def test_shapes_are_paired_one_to_one_and_the_most_alike_first():
    before = [row("A", box(0, 0, 100, 100)), row("B", box(10, 0, 110, 100))]
    after = [row("C", box(9, 0, 109, 100))]
    found = compare(before, after)
    assert [(one.kind, one.side.id) for one in found.changes] == [("removed", "A"), ("moved", "C")]
    assert found.changes[1].before.id == "B"


def test_lines_and_points_are_found_by_their_shape_too():
    before = [row("A", line((0, 0), (500, 0))), row("B", point(0, 900))]
    after = [row("C", line((500, 1), (0, 1))), row("D", point(4, 900))]
    found = compare(before, after)
    assert {(one.before.id, one.after.id) for one in found.changes} == {("A", "C"), ("B", "D")}


def test_what_lies_elsewhere_or_is_of_another_kind_is_not_the_same_feature():
    before = [row("A", GARDEN), row("B", point(0, 0))]
    after = [
        row("C", translate(GARDEN, 200, 0)),
        row("D", point(30, 0)),
        row("E", line((0, 0), (246, 0))),
    ]
    kinds = [one.kind for one in compare(before, after).changes]
    assert kinds == ["added"] * 3 + ["removed"] * 2


def test_rows_without_id_are_paired_by_shape_and_may_be_unchanged():
    rows = [row(None, GARDEN, name_zh="甲"), row(None, box(900, 0, 950, 50), name_zh="乙")]
    found = compare(rows, rows[::-1])
    assert (found.changes, found.unchanged) == ((), 2)


def test_the_order_of_rows_is_no_change():
    rows = [row(f"P{number}", box(number * 300, 0, number * 300 + 246, 500)) for number in range(9)]
    found = compare(rows, rows[::-1])
    assert (found.changes, found.unchanged) == ((), 9)


def test_an_invalid_polygon_has_no_area_and_stops_nothing():
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    bow = translate(bow, GARDEN.bounds[0], GARDEN.bounds[1])
    change = only([row("P1", GARDEN)], [row("P1", bow)])
    assert (change.kind, change.after.area_m2) == ("reshaped", None)


def test_an_empty_shape_is_none():
    assert only([row("P1", GARDEN)], [row("P1", shapely.Polygon())]).kind == "located"


def test_empty_versions():
    nothing = frame([row("P1", GARDEN)]).iloc[:0]
    assert difference(nothing, nothing, PARKS, METRIC).changes == ()
    found = difference(nothing, frame([row("P1", GARDEN)]), PARKS, METRIC)
    assert [one.kind for one in found.changes] == ["added"]
    assert found.measured.before.gross_m2 is None
    assert found.measured.change.gross_m2 == 123_000


def test_the_frames_are_left_as_they_were():
    before, after = frame([row("P1", shapely.Polygon())]), frame([row("P1", GARDEN)])
    difference(before, after, PARKS, METRIC)
    assert before.geometry.iloc[0].is_empty


def test_nothing_is_measured_in_degrees():
    with pytest.raises(CrsError):
        difference(frame([row("P1", GARDEN)]), frame([]), PARKS, "EPSG:4326")


def test_a_field_that_the_catalog_does_not_know_is_told_by_its_name():
    assert "note 甲 → 乙" in said(row("P1", GARDEN, note="甲"), row("P1", GARDEN, note="乙"))


def test_a_change_as_json_has_no_numpy():
    import orjson

    change = only([row("P1", GARDEN)], [row("P1", box(0, 0, 261, 500), stage="start")])
    assert orjson.loads(orjson.dumps(change.to_dict()))["class"] == "reshaped"


def test_a_file_read_again_is_what_was_published_of_it(sample):
    """What is about to be published is compared with what is kept."""
    from layers.catalog import Catalog
    from layers.ingest import clean
    from layers.publishing import own_source
    from layers.store import Store

    catalog, store = Catalog.read(sample), Store(sample, software="test")
    for spec in catalog.layers:
        source = own_source(catalog, spec)
        rows, _ = clean(source.path, spec, catalog.zone, answers=source.answers)
        kept = store.frame(spec.id, store.current(spec.id).id)
        found = difference(kept, rows, spec, catalog.zone.metric_crs)
        assert (found.changes, found.unchanged) == ((), len(rows)), spec.id


@pytest.mark.parametrize(
    "after",
    [
        shapely.MultiPolygon([GARDEN]),
        GARDEN.reverse(),
        shapely.Polygon(GARDEN.exterior.coords[2:-1] + GARDEN.exterior.coords[:3]),
    ],
)
def test_the_same_positions_written_otherwise_are_the_same(after):
    found = compare([row("P1", GARDEN)], [row("P1", after)])
    assert (found.changes, found.unchanged) == ((), 1)
