"""Fields of files that nobody prepared become the fields of a layer, and every change is told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from layers.catalog import Catalog
from layers.mapping import FieldMapping, apply, propose
from layers.mapping.values import convert
from layers.quality import check

SAMPLE = Catalog.read(Path(__file__).parent.parent / "data")
PARKS, ROADS = SAMPLE.layer("parks"), SAMPLE.layer("roads")
#: Names that frames, scripts or templates stumble over.
NASTY = [
    "__proto__",
    "constructor",
    "geometry",
    "fid",
    "{0}",
    "{{7*7}}",
    "a b",
    "",
    "名\u202e称",
    "é" * 300,
]


def frame(columns, shapes=None):
    count = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(
        {name: list(values) for name, values in columns.items()},
        geometry=shapes or [Point(120.3, 31.6)] * count,
        crs="EPSG:4326",
        index=range(1, count + 1),
    )


def codes(problems):
    return [problem.kind.code for problem in problems]


# ---------------------------------------------------------------- proposing


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ("name_zh", "name_zh"),
        ("NAME_ZH", "name_zh"),
        ("项目名称", "name_zh"),
        ("Name (Chinese)", "name_zh"),
        ("名称", "name_zh"),
        ("XMMC", "name_zh"),
        ("xiangmumingcheng", "name_zh"),
        ("建设方式", "action"),
        ("jianshefangshi", "action"),
        ("面积", "stated_value"),
        ("MJ", "stated_value"),
        ("geometry_q", "geometry_quality"),
        ("备注", "remark_zh"),
        ("绿地类型", "class"),
        ("项目编号", "id"),
        ("起始年份", "year_from"),
    ],
)
def test_a_field_is_recognised(source, field):
    found = propose([source, "没人认识的字段"], PARKS)
    assert found.fields == {field: source}
    assert set(found.because) == {field}


def test_a_sure_name_wins_over_a_vague_one_and_each_field_goes_once():
    found = propose(["名称", "项目名称", "编号"], PARKS)
    assert found.fields["name_zh"] == "项目名称"
    assert found.fields["id"] == "编号"
    assert not found.make_ids
    assert len(set(found.fields.values())) == len(found.fields)


def test_of_two_that_fit_alike_neither_is_proposed():
    assert "name_zh" not in propose(["工程名称", "mc"], PARKS).fields


def test_what_was_remembered_wins_as_far_as_it_is_there():
    remembered = FieldMapping(
        fields={"name_zh": "编号", "id": "gone", "sewer": "x"},
        constants={"source": "市局", "sewer": "x"},
        values={"action": {"新": "build"}},
    )
    found = propose(["编号", "项目名称"], PARKS, remembered)
    assert found.fields == {"name_zh": "编号"}
    assert found.constants == {"source": "市局"}
    assert found.values == {"action": {"新": "build"}}
    assert found.make_ids


@given(st.lists(st.text(max_size=12) | st.sampled_from(NASTY), max_size=12))
def test_no_names_break_a_proposal(names):
    found = propose(names, PARKS)
    assert set(found.fields) <= set(PARKS.fields)
    assert set(found.fields.values()) <= set(names)
    assert FieldMapping.from_dict(found.to_dict()) == found


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("1,234.5", "number", 1234.5),
        ("１２３", "number", 123),
        ("1.8万", "integer", 18_000),
        ("18 万平方米", "integer", 180_000),
        ("40㎡", "number", 40),
        ("-3", "integer", -3),
        ("12.5公顷", "number", "12.5公顷"),
        ("1,23", "number", "1,23"),
        ("约40", "number", "约40"),
        ("1.5", "integer", "1.5"),
        ("1e400", "number", "1e400"),
        ("2024年", "year", 2024),
        ("2024年3月", "year", 2024),
        ("2024-05-01", "year", 2024),
        ("2024/5", "year", 2024),
        (date(2024, 5, 1), "year", 2024),
        (datetime(2024, 5, 1, 8, tzinfo=UTC), "year", 2024),
        ("24", "year", "24"),
        ("20240", "year", "20240"),
        ("甲、乙；丙", "list", ["甲", "乙", "丙"]),
        ("", "list", []),
        (7, "text", "7"),
        (7.0, "text", "7"),
        (0.5, "text", "0.5"),
        (date(2024, 5, 1), "text", "2024-05-01"),
        (["甲", "乙"], "text", "甲、乙"),
        (True, "number", True),
    ],
)
def test_a_value_is_converted_or_stays(written, kind, value):
    found = convert(written, kind)
    assert found == value
    assert type(found) is type(value)


@given(st.integers(-(10**12), 10**12))
def test_numbers_come_back_from_how_people_write_them(number):
    assert convert(f"{number:,}", "number") == number
    assert convert(f" {number} ", "integer") == number


@given(st.lists(st.text("甲乙丙abc", min_size=1, max_size=4), min_size=1, max_size=4))
def test_lists_come_back(names):
    assert convert(convert(names, "text"), "list") == names


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans()))
def test_no_value_breaks_a_conversion(value):
    for kind in ("text", "number", "integer", "year", "list"):
        convert(value, kind)


# ---------------------------------------------------------------- applying

GIVEN = {
    "编号": ["P1", "P2", "P3"],
    "名称": ["甲园", "乙园", "丙园"],
    "建设方式": ["新建", "Build", "改造"],
    "面积": ["1.8万", "2,000", None],
    "画图人": ["张", None, "李"],
}
MAPPED = FieldMapping(
    fields={"id": "编号", "name_zh": "名称", "action": "建设方式", "stated_value": "面积"},
    constants={"lead": "zone", "stated_unit": "m2"},
)


def test_a_mapping_gives_the_fields_of_the_layer_and_tells_each_step():
    found, problems = apply(frame(GIVEN), MAPPED, PARKS)
    assert found["id"].tolist() == ["P1", "P2", "P3"]
    assert found["action"].tolist() == ["build", "build", "renew"]
    assert found["stated_value"].tolist() == [18_000, 2_000, None]
    assert found["lead"].tolist() == ["zone"] * 3
    assert found.index.tolist() == [1, 2, 3]
    assert "画图人" not in found
    told = {problem.kind.code: problem for problem in problems}
    assert told["values-translated"].field == "action"
    assert "新建 → build" in told["values-translated"].message("zh")
    assert told["values-converted"].values["count"] == 2
    assert told["field-unmapped"].field == "画图人"


def test_a_required_field_without_a_source_is_one_error_with_a_hint():
    _, problems = apply(frame(GIVEN), MAPPED, PARKS)
    missing = {one.field for one in problems if one.kind.code == "mapping-required"}
    required = {name for name, field in PARKS.fields.items() if field.required}
    assert missing == required - {"id", "name_zh", "action", "lead"}
    assert all(one.hint("zh") and one.hint("en") for one in problems)


def test_a_constant_stands_where_the_file_has_nothing():
    mapping = FieldMapping(fields={"remark_zh": "画图人"}, constants={"remark_zh": "无"})
    found, problems = apply(frame(GIVEN), mapping, PARKS)
    assert found["remark_zh"].tolist() == ["张", "无", "李"]
    assert next(one for one in problems if one.kind.code == "field-constant").values["count"] == 1


def test_a_chosen_translation_wins_over_a_title():
    mapping = FieldMapping(fields={"action": "建设方式"}, values={"action": {"新建": "extend"}})
    assert apply(frame(GIVEN), mapping, PARKS)[0]["action"].tolist() == ["extend", "build", "renew"]


def test_what_no_title_names_stays_and_is_found_by_the_check():
    mapping = FieldMapping(fields={"action": "名称"})
    found, _ = apply(frame(GIVEN), mapping, PARKS)
    assert found["action"].tolist() == ["甲园", "乙园", "丙园"]
    assert "value-not-allowed" in codes(check(found, PARKS))


def test_a_source_that_is_not_there_and_a_target_that_is_not_are_errors():
    mapping = FieldMapping(fields={"name_zh": "mc", "sewer": "名称", "name_en": "geometry"})
    found, problems = apply(frame(GIVEN), mapping, PARKS)
    assert codes(problems).count("mapping-source-missing") == 2
    assert codes(problems).count("mapping-target-unknown") == 1
    assert "name_zh" not in found


def test_ids_are_made_of_names_then_of_shapes_and_stay_when_rows_move():
    names = ["甲园", "甲园", None, None, "乙园"]
    shapes = [Point(120 + n / 10, 31.6) for n in range(5)]
    mapping = FieldMapping(fields={"name_zh": "名称", "id": "号"}, make_ids=True)
    columns = {"名称": names, "号": [None, None, None, None, "B7"]}
    found, problems = apply(frame(columns, shapes), mapping, PARKS)
    ids = found["id"].tolist()
    assert len(set(ids)) == 5
    assert ids[1] == f"{ids[0]}-2"
    assert ids[4] == "B7"
    assert all(one.startswith("parks-") for one in ids[:4])
    told = next(one for one in problems if one.kind.code == "ids-made")
    assert told.values["count"] == 4
    assert told.kind.severity == "warning"
    turned = {name: values[::-1] for name, values in columns.items()}
    again, _ = apply(frame(turned, shapes[::-1]), mapping, PARKS)
    assert set(again["id"]) == set(ids)
    assert again["id"].tolist()[2] == ids[2]


@pytest.mark.parametrize("name", [name for name in NASTY if name != "geometry"])
def test_a_nasty_name_is_told_and_nothing_else(name):
    given = frame({name: ["{value.__class__}"]})
    found, problems = apply(given, FieldMapping(), PARKS)
    assert list(found.columns) == ["geometry"]
    told = next(one for one in problems if one.kind.code == "field-unmapped")
    assert "{value.__class__}" in told.message("zh")
    mapped, _ = apply(given, FieldMapping(fields={"name_zh": name}), PARKS)
    assert mapped["name_zh"].tolist() == ["{value.__class__}"]


CELLS = st.one_of(st.none(), st.text(max_size=8), st.integers(-9999, 9999), st.floats())


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5))
def test_rows_are_never_lost_and_a_second_time_changes_nothing(rows):
    columns = {name: [row[n] for row in rows] for n, name in enumerate(("a", "b", "c"))}
    mapping = FieldMapping(
        fields={"name_zh": "a", "stated_value": "b", "year_from": "c"}, make_ids=True
    )
    once, _ = apply(frame(columns), mapping, PARKS)
    same = FieldMapping(fields={name: name for name in once.columns if name != "geometry"})
    twice, problems = apply(once, same, PARKS)
    assert len(once) == len(rows)
    assert once["id"].is_unique
    for name in ("id", "name_zh", "stated_value", "year_from"):
        assert repr(twice[name].tolist()) == repr(once[name].tolist())
    assert "values-converted" not in codes(problems)
