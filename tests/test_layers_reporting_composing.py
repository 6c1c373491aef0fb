"""A report says what the statistics say, names its versions, and hides nothing."""

import threading

import pytest

from geo.types import Text
from layers.export import FORMATS, for_kind, write
from layers.plan import Plan
from layers.query import Criteria
from layers.reporting import Grid, Heading, Paragraph, Picture, Title, compose, write_pdf
from layers.reporting.charts import Bar, bars
from layers.reporting.numbers import DASH, area, hectares, km, mu, percent
from layers.statistics import Question, table


@pytest.fixture(scope="module")
def plan(sample):
    """The published sample."""
    return Plan.open(sample)


@pytest.fixture(scope="module")
def report(plan):
    """Its report without a filter."""
    return compose(plan)


@pytest.fixture(scope="module")
def small(plan):
    """The report of the metro alone."""
    return compose(plan, Question(Criteria(layers=("metro",))))


def grids(report):
    return [block for block in report.blocks if isinstance(block, Grid)]


def words_of(report):
    return "\n".join(report.texts())


def test_the_parts_stand_in_their_order(report):
    assert isinstance(report.blocks[0], Title)
    heads = [
        block.text for block in report.blocks if isinstance(block, Heading) and block.level == 1
    ]
    assert heads == [
        "概要", "规划图", "统计表", "重叠", "载明与绘制", "专题分析", "项目名录", "方法与标记",
        "附录：数据来源与版本",
    ]  # fmt: skip


def test_the_tables_are_those_of_the_statistics(plan, report):
    answer = table(plan, Question(group=("layer",)))
    grid = next(grid for grid in grids(report) if grid.caption == "按图层")
    assert len(grid.rows) == len(answer.rows) + 1
    for cells, row in zip(grid.rows, (*answer.rows, answer.total), strict=True):
        assert cells[1:4] == (str(row.count), str(row.unlocated), str(row.schematic))
        assert cells[4:7] == (km(row.length_m), hectares(row.gross_m2), hectares(row.net_m2))


def test_every_project_is_in_the_register(plan, report):
    register = next(grid for grid in grids(report) if grid.caption == "项目名录")
    assert [row[0] for row in register.rows] == [project.id for project in plan.projects()]
    assert len(register.rows) == 50


def test_provenance_names_every_version_and_its_source(plan, report):
    text = words_of(report)
    for layer in plan.layers:
        assert plan.version(layer.id).sha256 in text
        assert plan.publication(layer.id).version in text
    assert "EPSG:4549" in text
    assert plan.state in text


def test_floor_is_not_compared_with_land(report):
    stated = next(grid for grid in grids(report) if grid.caption == "载明与绘制")
    floor = [row for row in stated.rows if row[1] == "建筑面积"]
    assert floor
    assert all(row[3] == DASH and "口径不同，不可比" in row[5] for row in floor)
    assert all("公顷" not in row[2] and "亩" not in row[2] for row in floor)


def test_the_maps_are_true_and_named_by_their_scale(report):
    pictures = [block for block in report.blocks if isinstance(block, Picture)]
    maps = [picture for picture in pictures if "1:" in picture.caption]
    assert len(maps) == 8
    for picture in maps:
        bar = [i for i in picture.drawing.items if getattr(i, "name", "").startswith("scalebar")]
        assert len(bar) == 4


def test_what_has_no_position_is_told_below_its_map(report):
    told = [b.text for b in report.blocks if isinstance(b, Paragraph) and "不在图上" in b.text]
    assert any("R07" in text for text in told)


def test_a_filter_is_kept_and_said(plan):
    question = Question(Criteria(layers=("parks",)), districts=("D_EAST",), within_m=800)
    report = compose(plan, question, "zh")
    title = report.blocks[0]
    assert dict(title.facts)["统计范围"] == "公园绿地 · 东区 · 车站 800 米以内"
    register = next(grid for grid in grids(report) if grid.caption == "项目名录")
    counted = table(plan, question).total.ids
    assert tuple(row[0] for row in register.rows) == counted


def test_english_reports(plan):
    report = compose(plan, Question(Criteria(layers=("roads",))), "en")
    assert "Planning statistics report" in report.title
    assert any(grid.caption == "By Layer" for grid in grids(report))


def test_a_town_without_districts_and_stated_figures(town, published):
    report = compose(Plan.open(published(town)))
    assert "规划文本没有载明数值。" in words_of(report)
    assert not any("片区" in grid.caption for grid in grids(report)[:3])


def test_a_character_outside_the_font_is_told(town, published):
    path = town / "streets.geojson"
    path.write_text(path.read_text("utf-8").replace("静溪大街改造", "龘街改造", 1), "utf-8")
    report = compose(Plan.open(published(town)))
    assert report.lost == ("龘",)
    assert "U+9F98" in report.blocks[-1].text


def test_reports_are_formats_of_the_registry(small, tmp_path):
    assert {one.id for one in for_kind("report")} == {"pdf", "docx"}
    path = tmp_path / "report.pdf"
    write("pdf", small, path)
    assert path.read_bytes() == write_pdf(small)
    assert FORMATS["docx"].filename("report") == "report.docx"


def test_reports_are_written_in_threads(small):
    found = []
    threads = [threading.Thread(target=lambda: found.append(write_pdf(small))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]


def test_unknown_is_a_dash():
    assert {hectares(None), mu(None), km(None), percent(None), area("land", None, "zh")} == {DASH}
    assert (hectares(0.0), hectares(3.0), hectares(12_345.0)) == ("0.00", "0.0003", "1.23")
    assert (mu(10_000), km(1_234), percent(0.051)) == ("15.0", "1.23", "+5.1%")
    assert area("floor", 180_000, "zh") == "18 万㎡"


def test_bars_are_as_long_as_their_values():
    drawing = bars((Bar("甲", 10, "10"), Bar("乙", 5, "5"), Bar("丙", 0, "0")), 100)
    filled = [item for item in drawing.items if getattr(item, "fill", None)]
    long, half = (ring[1][0] - ring[0][0] for item in filled for ring in item.rings)
    assert half == pytest.approx(long / 2)
    assert Text("甲", "a").zh in [getattr(item, "text", "") for item in drawing.items]
