"""The report on how opinions were adopted: all of them, the same everywhere, the same each time."""

import csv
import io
import time
import zipfile
from datetime import timedelta

import docx
import openpyxl
import pytest

from geo.errors import NotFound
from layers.export.neutral import restored
from layers.plan import Plan
from layers.reporting import Grid, Picture
from tests import answered, changed, paper
from tests.answered import HOSTILE, LATER, NOTICE
from webapp.consultation import reading, report
from webapp.consultation.report import counting
from webapp.consultation.tables import Decision, Extension, Finalisation, Moderation, Opinion
from webapp.consultation.words import VERDICTS


@pytest.fixture(scope="module")
def changed_sample(sample, tmp_path_factory):
    """The sample with a second version of its parks, and the id of that."""
    from tests.conftest import copy_sources, publish_everything

    folder = tmp_path_factory.mktemp("changed") / "data"
    publish_everything(copy_sources(sample, folder))
    changed.edit(folder, "parks", changed.change_parks)
    return folder, changed.publish_layer(folder, "parks")


@pytest.fixture
def filled(database, changed_sample):
    """A database with the answered consultation, 40 opinions, and the plan."""
    folder, version = changed_sample
    with database.writing() as session:
        answered.fill(session, opinions=40, change=("parks", version))
    return database, Plan.open(folder)


def gathered(filled, **words):
    database, plan = filled
    with database.reading() as session:
        return report.gather(session, plan, NOTICE, LATER)


def grids(found, lang="zh"):
    return [one for one in report.compose(found, lang).blocks if isinstance(one, Grid)]


def named(found, caption, lang="zh"):
    (one,) = [grid for grid in grids(found, lang) if caption in grid.caption]
    return one


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_same_data_give_the_same_tables_bytes_and_hash(filled):
    first, second = gathered(filled), gathered(filled)
    assert first.inputs == second.inputs
    assert grids(first) == grids(second)
    for name in report.FORMATS:
        assert report.write(name, first, "zh") == report.write(name, second, "zh"), name


def test_an_unknown_notice_is_not_found(filled):
    database, plan = filled
    with database.reading() as session, pytest.raises(NotFound):
        report.gather(session, plan, "2020-009", LATER)


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.get(Opinion, 3).__setattr__("words", "别的"),
        lambda session: session.get(Opinion, 4).__setattr__("project", None),
        lambda session: session.get(Moderation, (4, 1)).__setattr__("masks", [[0, 1]]),
        lambda session: session.get(Decision, 2).__setattr__("reason", "别的"),
        lambda session: session.get(Extension, (NOTICE, 1)).__setattr__("reason", "别的"),
        lambda session: reading.notice_of(session, NOTICE).__setattr__("title_zh", "别的"),
    ],
)
def test_whatever_is_told_is_in_the_hash(filled, change):
    before = gathered(filled).inputs
    with filled[0].writing() as session:
        change(session)
    assert gathered(filled).inputs != before


def test_finalising_does_not_change_the_hash(filled):
    before = gathered(filled)
    assert not before.is_final
    with filled[0].writing() as session:
        session.add(
            Finalisation(notice_id=NOTICE, number=1, inputs=before.inputs, by="p", at=LATER)
        )
        reading.notice_of(session, NOTICE).answered_at = LATER
    after = gathered(filled)
    assert after.state == "answered"
    assert after.inputs == before.inputs
    assert after.is_final


def test_every_table_adds_up_to_the_one_tally(filled):
    database, _plan = filled
    found = gathered(filled)
    with database.reading() as session:
        tally = reading.tally(reading.voices(session, NOTICE))
    assert found.tally == tally
    for counts in counting.all_counts(found):
        assert counts.total == tally, counts.id
        if counts.note is None:
            assert sum(one.receipts for _label, one in counts.rows) == tally.receipts
            for verdict in VERDICTS:
                parts = sum(one.by_verdict[verdict] for _label, one in counts.rows)
                assert parts == tally.by_verdict[verdict]
    hidden = counting.withheld(found)
    assert hidden.total.receipts == tally.by_standing["withheld"] == 2


def test_the_totals_of_every_format_are_those_of_the_register(filled):
    found = gathered(filled)
    book = openpyxl.load_workbook(io.BytesIO(report.write("xlsx", found, "zh")))
    assert book["意见及采纳情况"].max_row == 1 + found.tally.receipts
    totals = [cell.value for cell in book["按渠道"][book["按渠道"].max_row]]
    assert totals[:2] == ["合计", found.tally.receipts]
    lines = rows_of(report.write("csv", found, "zh"))
    assert lines[-1] == ["# 行数", str(found.tally.receipts)]
    grid = named(found, "按渠道")
    assert grid.rows[-1][:2] == ("合计", str(found.tally.receipts))
    assert [str(total) for total in totals] == list(grid.rows[-1])
    assert len(named(found, "意见及采纳情况").rows) == found.tally.receipts


def test_every_opinion_stands_there_with_decision_reason_and_body(filled):
    found = gathered(filled)
    header, *rows = rows_of(report.write("csv", found, "zh"))
    opinions = [dict(zip(header, row, strict=True)) for row in rows[: found.tally.receipts]]
    assert [one["编号"] for one in opinions] == [str(n) for n in range(1, 41)]
    for one in opinions:
        assert one["采纳情况"] in {title.zh for title in VERDICTS.values()}
        assert one["理由"]
        assert one["责任单位"] == "规划建设局"


def test_withheld_words_and_masked_ones_and_receipts_stand_nowhere(filled):
    database, _plan = filled
    with database.writing() as session:
        session.get(Opinion, 17).words = "这句话不公开"
        session.get(Opinion, 6).words = "张三希望多种树"
    found = gathered(filled)
    receipts = [one.opinion.receipt for one in found.voices]
    for name in report.FORMATS:
        content = report.write(name, found, "zh")
        if name in {"docx", "xlsx"}:
            archive = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(archive.read(member) for member in archive.namelist())
        for secret in ("这句话不公开", "张三", *receipts):
            assert secret.encode() not in content, (name, secret)
    texts = "\n".join(report.compose(found).texts())
    assert "这句话不公开" not in texts
    assert "■■希望多种树" in texts
    assert "［不公开：侮辱、诽谤］" in texts
    assert not [one for one in receipts if one in texts]


def test_hostile_words_come_back_the_same_from_every_file(filled):
    database, _plan = filled
    with database.writing() as session:
        for number, words in enumerate(HOSTILE, start=18):
            session.get(Opinion, number).words = words
            session.get(Moderation, (number, 1)).masks = []
    found = gathered(filled)
    wanted = [*HOSTILE]
    lines = rows_of(report.write("csv", found, "zh"))
    column = [one.partition("；")[0] for one in lines[0]].index("意见内容")
    assert [restored(row[column]) for row in lines[18:28]] == wanted
    book = openpyxl.load_workbook(io.BytesIO(report.write("xlsx", found, "zh")))
    cells = [row[6] for row in book["意见及采纳情况"].iter_rows(min_row=19, max_row=28)]
    assert [cell.data_type for cell in cells] == ["s"] * 10
    assert [restored(cell.value) for cell in cells] == wanted
    document = docx.Document(io.BytesIO(report.write("docx", found, "zh")))
    (table,) = [one for one in document.tables if "意见内容" in {c.text for c in one.rows[0].cells}]
    told = [table.rows[number].cells[3].text for number in range(18, 28)]
    assert [one.partition("\n［附件")[0] for one in told] == wanted


def test_a_formula_is_none_in_csv(filled):
    lines = rows_of(report.write("csv", gathered(filled), "zh"))
    assert lines[12][6] == "'=1+1"
    assert "防公式" in lines[0][6]
    assert report.write("csv", gathered(filled), "zh").startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in report.write("csv", gathered(filled), "zh")


def test_the_days_are_counted_and_the_article_stands_beside_them(filled):
    texts = "\n".join(report.compose(gathered(filled)).texts())
    assert "自 2026-03-03 起至 2026-04-01 止，计 30 日；法定最短 30 日，符合规定。" in texts
    assert "《中华人民共和国城乡规划法》第二十六条" in texts
    assert "服务中断 1 次，合计 1.0 小时" in texts
    rows = named(gathered(filled), "公示期限的证明").rows
    assert [row[0] for row in rows] == ["发布公示", "公示开始", "服务中断，顺延", "公示截止"]
    assert rows[-1][1] == "2026-04-01 24:00"
    assert "机房停电" in rows[2][2]


def test_too_few_days_are_told(filled):
    with filled[0].writing() as session:
        notice = reading.notice_of(session, NOTICE)
        notice.closes_at -= timedelta(days=1)
    assert "计 29 日；法定最短 30 日，不足。" in "\n".join(report.compose(gathered(filled)).texts())


def test_the_change_of_the_plan_is_measured_and_drawn(filled):
    found = gathered(filled)
    (change,) = found.changes
    grid = named(found, "修改前后")
    assert [row[0] for row in grid.rows][-1] == "全图层合计"
    difference = change.found.drawn
    gained = (difference.after.gross_m2 - difference.before.gross_m2) / 10_000
    assert grid.rows[-1][4] == f"{gained:+.2f} 公顷"
    pictures = [one for one in report.compose(found).blocks if isinstance(one, Picture)]
    assert len(pictures) == 1
    led = [one.opinion.number for one in found.led_to(change)]
    assert led == [5, 10, 15, 20, 25, 30, 35, 40]
    reasons = {row[0]: row[5] for row in named(found, "意见及采纳情况").rows}
    assert "规划修改：第 1 项" in reasons["5"]


def test_a_version_that_is_gone_is_told(filled):
    with filled[0].writing() as session:
        for one in session.query(Decision):
            one.version = one.version and "0123456789ab"
    assert "版本 0123456789ab 已不在版本库中" in "\n".join(report.compose(gathered(filled)).texts())


def test_the_english_report_has_the_same_numbers(filled):
    found = gathered(filled)
    for zh, en in zip(grids(found), grids(found, "en"), strict=True):
        assert len(zh.rows) == len(en.rows)
    assert named(found, "By channel", "en").rows[-1][1:] == named(found, "按渠道").rows[-1][1:]


def test_what_is_unanswered_has_a_column(filled):
    with filled[0].writing() as session:
        session.delete(session.scalars(_decision_of(7)).one())
    found = gathered(filled)
    grid = named(found, "按渠道")
    assert grid.titles[-1] == "未答复"
    assert grid.rows[-1][-1] == "1"


def _decision_of(number):
    from sqlalchemy import select

    return select(Decision).where(Decision.opinion_id == number)


def test_the_pdf_keeps_long_words_on_its_pages_and_the_total_with_its_table(filled, tmp_path):
    database, _plan = filled
    with database.writing() as session:
        for number, words in enumerate(HOSTILE, start=18):
            session.get(Opinion, number).words = words
    path = tmp_path / "report.pdf"
    path.write_bytes(report.write("pdf", gathered(filled), "zh"))
    pages = paper.poppler("pdftotext", path, "-layout").split("\f")[:-1]
    whole = "\n".join(pages)
    assert "行299" in whole
    assert whole.count("一" * 20) >= 90
    for page in pages:
        lines = [line for line in page.splitlines() if line.strip()]
        assert not lines[0].lstrip().startswith("合计"), page[:200]
        starts = [n for n, line in enumerate(lines) if line.lstrip().startswith("合计")]
        assert all(n > 1 for n in starts)


def test_three_hundred_opinions_take_seconds(database, changed_sample):
    folder, version = changed_sample
    with database.writing() as session:
        answered.fill(session, opinions=300, change=("parks", version))
    found = gathered((database, Plan.open(folder)))
    begun = time.monotonic()
    for name in report.FORMATS:
        assert report.write(name, found, "zh")
    assert time.monotonic() - begun < 60
