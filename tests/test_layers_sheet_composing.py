"""What stands on a sheet: words that can be read back, embedded fonts, symbols, marks, imprint."""

import re
import subprocess
import sys
import threading

import pytest

from geo.errors import InputError
from layers.drawing import Shape, Words
from layers.plan import Plan
from layers.query import Criteria
from layers.sheet import SheetRequest, compose, fitting_scale
from layers.sheet.furniture import bar_m
from tests import paper


@pytest.fixture(scope="module")
def plan(sample):
    """The published sample."""
    return Plan.open(sample)


@pytest.fixture(scope="module")
def sheet(plan):
    """Its sheet as it comes without a wish."""
    return compose(plan, SheetRequest())


@pytest.fixture(scope="module")
def pdf(sheet, tmp_path_factory):
    """Its PDF as a file."""
    path = tmp_path_factory.mktemp("sheet") / "sheet.pdf"
    path.write_bytes(sheet.write("pdf"))
    return path


def texts(sheet):
    return [item.text for item in sheet.drawing.items if isinstance(item, Words)]


def test_the_text_of_the_pdf_reads_back(pdf):
    text = paper.poppler("pdftotext", pdf, "-layout")
    for words in ("无锡惠山经济开发区", "1:50,000", "图 例", "坐标北", "规划统计，非测绘成果"):
        assert words.replace(" ", "") in text.replace(" ", "").replace("\u3000", "")


def test_every_font_of_the_pdf_is_embedded_and_cut(pdf):
    rows = paper.poppler("pdffonts", pdf).splitlines()[2:]
    assert rows
    for row in rows:
        assert re.search(r"\+NotoSansSC-\w+ +CID TrueType +Identity-H +yes yes yes", row), row


def test_the_svg_carries_its_letters_and_asks_nobody(sheet):
    text = sheet.write("svg").decode()
    assert text.count("@font-face") == 2
    assert "无锡惠山经济开发区</text>" in text
    addresses = set(re.findall(r'(?:href|src)="(?!#)([^"]*)', text))
    assert addresses == set()
    assert not re.search(r"url\((?!#|data:)", text)


def test_the_svg_keeps_its_look_under_a_strict_policy(sheet):
    text = sheet.write("svg").decode()
    assert 'style="' not in text
    assert re.search(r'<text [^>]*font-size="\d', text)
    assert re.search(r'<path [^>]*stroke="#5b2a6e"', text)


def test_a_hole_stays_open(plan, sheet):
    from shapely.geometry import Polygon

    from layers.sheet.symbols import _rings

    twisted = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    outer, hole = _rings(twisted)
    assert Polygon(outer).exterior.is_ccw
    assert not Polygon(hole).exterior.is_ccw


def test_schematic_features_are_dashed_and_marked(plan, sheet):
    drawn = {feature.id: feature for feature in sheet.figure.drawn.features}
    shapes = {i.name: i for i in sheet.drawing.items if isinstance(i, Shape) and i.name}
    assert drawn["R09"].schematic
    assert shapes["feature-R09"].pen.dash
    assert not drawn["R08"].schematic
    assert not shapes["feature-R08"].pen.dash
    assert any("R09" in text for text in texts(sheet))
    named = [text for text in texts(sheet) if text.endswith("（示意）")]
    assert len(named) > 10


def test_the_legend_has_the_colours_of_the_palette(plan, sheet):
    motorway = plan.catalog.palette.styles["roads"].symbols["motorway"].stroke
    shapes = [item for item in sheet.drawing.items if isinstance(item, Shape)]
    strokes = {shape.pen.colour for shape in shapes if shape.pen}
    assert motorway in strokes
    assert "高速公路" in texts(sheet)


def test_the_imprint_names_versions_source_and_what_is_not_drawn(plan, sheet):
    imprint = "".join(sheet.notes).replace("\n", "")
    for layer in ("roads", "parks"):
        assert plan.publication(layer).version in imprint
    assert "EPSG:4549" in imprint
    assert "无审图号" in imprint
    assert "未定位" in imprint
    assert plan.state in imprint
    assert sheet.made_at.date().isoformat() in imprint


def test_the_review_number_stands_there_when_there_is_one(town, published):
    path = town / "catalog.toml"
    text = path.read_text("utf-8").replace("[zone]", '[zone]\nreview_number = "苏S(2026)001号"')
    path.write_text(text, "utf-8")
    sheet = compose(Plan.open(published(town)), SheetRequest("A4"))
    assert sheet.notes[0].startswith("审图号：苏S(2026)001号")


def test_a_filter_is_said_and_kept(plan):
    request = SheetRequest(layers=("roads",), criteria=Criteria(stages=("complete",)))
    sheet = compose(plan, request)
    drawn = {feature.id for feature in sheet.figure.drawn.features}
    assert drawn
    assert all(plan.project(one).stage == "complete" for one in drawn)
    assert "只绘符合所选条件的项目" in sheet.notes


@pytest.fixture(scope="module")
def small(plan):
    """A sheet of the roads alone."""
    return compose(plan, SheetRequest("A4", layers=("roads",)))


def test_the_same_plan_gives_the_same_bytes(small, sample):
    again = compose(Plan.open(sample), SheetRequest("A4", layers=("roads",)))
    for kind in ("pdf", "svg", "png"):
        assert small.write(kind) == again.write(kind)


def test_another_process_gives_the_same_bytes(small, sample, tmp_path):
    code = (
        "import sys;from pathlib import Path;from layers.plan import Plan;"
        "from layers.sheet import *;"
        "asked=SheetRequest('A4', layers=('roads',));"
        "sheet=compose(Plan.open(Path(sys.argv[1])),asked);"
        "Path(sys.argv[2]).write_bytes(sheet.write('pdf'))"
    )
    target = tmp_path / "other.pdf"
    environment = {"PYTHONHASHSEED": "7", "PATH": "", "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code, sample, target], check=True, env=environment)
    assert target.read_bytes() == small.write("pdf")


def test_sheets_are_drawn_in_threads(small):
    found = []
    threads = [threading.Thread(target=lambda: found.append(small.write("svg"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [small.write("svg")] * 3


def test_no_name_hides_another(sheet):
    from layers.sheet.labels import _touch

    window = sheet.figure.frame.window
    boxes = []
    for item in sheet.drawing.items:
        if isinstance(item, Words) and item.window == window:
            x, y = item.start
            boxes.append((x, y - 0.2, x + item.width_mm, y + 1.2))
    pairs = [(a, b) for place, a in enumerate(boxes) for b in boxes[place + 1 :]]
    assert not [pair for pair in pairs if _touch(*pair)]


def test_hostile_names_stay_words(town, published):
    path = town / "streets.geojson"
    name = "龘$<script>&amp;{{7*7}}\\u0007\\\\frac{1}{2}$"
    path.write_text(path.read_text("utf-8").replace("静溪大街改造", name, 1), "utf-8")
    sheet = compose(
        Plan.open(published(town)), SheetRequest("A4", scale=10_000, centre=(104.99, 30.6))
    )
    svg = sheet.write("svg")
    assert b"<script" not in svg
    assert paper.svg_size(svg)
    assert any("U+9F98" in note for note in sheet.notes)
    assert sheet.write("pdf").startswith(b"%PDF")


def test_everything_wrong_is_told_at_once(plan):
    request = SheetRequest("B5", scale=100, layers=("moon",), centre=(0.0, 0.0), title="长" * 99)
    with pytest.raises(InputError) as told:
        compose(plan, request)
    codes = [problem.kind.code for problem in told.value.problems]
    assert codes == ["sheet-paper", "sheet-scale", "sheet-centre", "sheet-title", "sheet-layer"]


@pytest.mark.parametrize(
    ("ground", "paper_mm", "scale"),
    [((1_000, 500), (500, 500), 2_000), ((1_001, 1), (500, 9), 5_000), ((1e6, 1), (9, 9), 50_000)],
)
def test_fitting_scale(ground, paper_mm, scale):
    assert fitting_scale(ground, paper_mm) == scale


@pytest.mark.parametrize(
    ("longest", "scale", "metres"), [(50, 10_000, 400), (50, 50_000, 2_000), (30, 2_000, 40)]
)
def test_scale_bars_have_round_lengths(longest, scale, metres):
    assert bar_m(longest, scale) == metres


@pytest.mark.parametrize("size", ["A2", "A0"])
def test_a_mark_does_not_keep_its_own_name_away(plan, size):
    sheet = compose(plan, SheetRequest(size, layers=("metro", "industry", "stations")))
    assert sheet.figure.unnamed == ()
    assert any("M01" in text for text in texts(sheet))


@pytest.mark.parametrize("size", ["A4", "A0"])
def test_english_sheets(plan, size):
    sheet = compose(plan, SheetRequest(size, landscape=False, lang="en"))
    assert "Legend" in texts(sheet)
    assert any("not a survey result" in note for note in sheet.notes)
