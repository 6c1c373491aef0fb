"""An exported table can be made again; one that was changed is told at its first difference."""

import csv
import json
import shutil
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import HuituError, InputError, NotFound
from layers.catalog import Catalog
from layers.export import Verdict, features, table_names, tables, verify, write
from layers.plan import Plan
from layers.publishing import own_source, publish
from layers.query import Criteria
from layers.statistics import Question
from layers.store import Store

QUESTION = Question(group=("district", "layer"), schematic=True)


@pytest.fixture(scope="module")
def plan(sample):
    return Plan.open(sample)


def rewritten(path, change):
    """Read a CSV, change its rows, and write it again."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("what", table_names())
@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_every_table_is_reproduced(what, name, plan, tmp_path):
    path = tmp_path / f"made.{name}"
    write(name, tables(what, plan, Question(schematic=True), unit="mu", lang="en"), path)
    verdict = verify(plan, path)
    assert verdict.reproduced, verdict.difference
    assert verdict.rows > 0


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_features_are_reproduced(name, plan, tmp_path):
    criteria = Criteria(layers=("parks", "roads"), years=(2021, 2023), q="路")
    write(name, features(plan, criteria=criteria), tmp_path / "made")
    assert verify(plan, tmp_path / "made").reproduced


def test_the_unlocated_of_a_shapefile_are_reproduced(plan, tmp_path):
    write("shp", features(plan, "roads"), tmp_path / "made.zip")
    shutil.unpack_archive(tmp_path / "made.zip", tmp_path)
    verdict = verify(plan, tmp_path / "unlocated.csv")
    assert verdict.reproduced
    assert verdict.rows == 2


def test_a_changed_figure_is_named(plan, tmp_path):
    path = tmp_path / "made.csv"
    write("csv", tables("statistics", plan, QUESTION), path)

    def change(rows):
        place = rows[0].index("净面积（公顷）")
        number = next(n for n, row in enumerate(rows) if row[0] == "西区" and row[place])
        rows[number][place] = "1234.5"

    difference = verify(plan, rewritten(path, change)).difference
    assert difference is not None
    assert (difference.name, difference.column) == ("西区", "净面积（公顷）")
    assert difference.found == "1234.5"
    assert float(difference.wanted) > 0


def test_a_changed_cell_of_the_second_sheet_is_named(plan, tmp_path):
    path = tmp_path / "made.xlsx"
    write("xlsx", tables("statistics", plan, QUESTION), path)
    book = openpyxl.load_workbook(path)
    book["重叠"]["A3"] = "R99"
    book.save(path)
    difference = verify(plan, path).difference
    assert difference is not None
    assert (difference.sheet.zh, difference.row) == ("重叠", 3)
    assert difference.found == "R99"


def test_a_row_that_is_missing_or_too_many_is_named(plan, tmp_path):
    path = tmp_path / "made.xlsx"
    write("xlsx", tables("statistics", plan, QUESTION), path)
    book = openpyxl.load_workbook(path)
    last = book["统计表"].max_row
    book["统计表"].append(["one more"])
    book.save(path)
    difference = verify(plan, path).difference
    assert difference is not None
    assert (difference.row, difference.wanted) == (last + 1, "—")
    book["统计表"].delete_rows(last, 2)
    book.save(path)
    difference = verify(plan, path).difference
    assert difference is not None
    assert (difference.row, difference.found) == (last, "—")


def test_what_a_spreadsheet_program_does_to_a_csv_changes_nothing(plan, tmp_path):
    """Every line as long as the header, figures with more zeros or fewer."""
    path = tmp_path / "made.csv"
    write("csv", tables("statistics", plan, QUESTION), path)

    def change(rows):
        width = len(rows[0])
        for row in rows:
            row.extend([""] * (width - len(row)))
            for place, cell in enumerate(row):
                if "." in cell and cell.replace(".", "").isdigit():
                    row[place] = cell + "00"

    assert verify(plan, rewritten(path, change)).reproduced


def test_a_later_version_changes_no_verdict(town, published, tmp_path):
    published(town)
    path = tmp_path / "made.csv"
    write("csv", features(Plan.open(town), "gardens"), path)
    source = town / "gardens.geojson"
    source.write_text(source.read_text("utf-8").replace("园", "苑"), "utf-8")
    catalog, store = Catalog.read(town), Store(town, software="test")
    spec = catalog.layer("gardens")
    assert publish(catalog, store, spec, own_source(catalog, spec), by="t", reason="t").version
    plan = Plan.open(town)
    assert verify(plan, path).reproduced
    write("csv", features(plan, "gardens"), tmp_path / "now.csv")
    assert (tmp_path / "now.csv").read_bytes() != path.read_bytes()


def test_a_version_that_is_not_in_the_store_is_told(plan, tmp_path):
    path = tmp_path / "made.csv"
    write("csv", tables("statistics", plan, Question()), path)
    version = plan.publication("parks").version
    path.write_text(path.read_text("utf-8-sig").replace(version, "0" * 12), "utf-8-sig")
    with pytest.raises(NotFound):
        verify(plan, path)


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\r\n1,2\r\n", b"PK\x03\x04 broken", b"\xff\xfe\x00", b'a\r\n\r\n# huitu,"{"\r\n'],
)
def test_what_is_no_export_is_refused(content, plan, tmp_path):
    path = tmp_path / "made.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        verify(plan, path)


def test_a_file_that_is_not_there_is_told(plan, tmp_path):
    with pytest.raises(InputError):
        verify(plan, tmp_path / "none.csv")


def test_a_csv_that_was_cut_short_is_refused(plan, tmp_path):
    path = tmp_path / "made.csv"
    write("csv", tables("statistics", plan, Question()), path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(InputError) as refusal:
        verify(plan, path)
    assert "不完整" in refusal.value.message("zh")


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(name=st.sampled_from(["what", "question", "unit", "lang", "versions"]), value=json_values)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_word_of_a_file_is_believed(name, value, plan, tmp_path):
    """Whatever the machine-readable line holds, the answer is a verdict or a refusal."""
    path = tmp_path / "made.csv"
    write("csv", tables("overlaps", plan, Question(criteria=Criteria(layers=("parks",)))), path)

    def change(rows):
        line = next(row for row in rows if row and row[0] == "# huitu")
        line[1] = json.dumps({**json.loads(line[1]), name: value})

    assert isinstance(answer_of(plan, rewritten(path, change)), Verdict | HuituError)


def answer_of(plan, path):
    try:
        return verify(plan, path)
    except HuituError as error:
        return error


@pytest.fixture(scope="module")
def workbook(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("verify") / "made.xlsx"
    write("xlsx", tables("overlaps", plan, Question(criteria=Criteria(layers=("parks",)))), path)
    return path


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_damaged_workbook_is_never_a_traceback(data, workbook, plan, tmp_path):
    content = bytearray(workbook.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(bytes(content[: data.draw(st.integers(2, len(content)))]))
    assert isinstance(answer_of(plan, path), Verdict | HuituError)


def test_a_workbook_with_declarations_of_its_own_is_refused(workbook, plan, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(path, "w") as target:
        for member in source.infolist():
            content = source.read(member)
            target.writestr(member, content.replace(b"?>", b"?><!DOCTYPE x [<!ENTITY a 'b'>]>", 1))
    with pytest.raises(InputError):
        verify(plan, path)
