"""The PDF and the DOCX of a report as other programs see them."""

import io
import re
import subprocess
import zipfile

import docx
import numpy as np
import pytest

from layers.plan import Plan
from layers.query import Criteria
from layers.reporting import Picture, compose, write_docx, write_pdf
from layers.statistics import Question
from tests import paper


@pytest.fixture(scope="module")
def report(sample):
    """The report of the roads."""
    return compose(Plan.open(sample), Question(Criteria(layers=("roads",))))


@pytest.fixture(scope="module")
def pdf(report, tmp_path_factory):
    """Its PDF."""
    path = tmp_path_factory.mktemp("report") / "report.pdf"
    path.write_bytes(write_pdf(report))
    return path


@pytest.fixture(scope="module")
def word(report):
    """Its DOCX."""
    return write_docx(report)


def test_the_text_reads_back_on_every_page(pdf):
    pages = paper.poppler("pdftotext", pdf, "-layout").split("\f")[:-1]
    assert len(pages) > 8
    assert all("规划统计，非测绘成果" in page for page in pages)
    assert "惠山大道" in "".join(pages)


def test_every_font_is_embedded_and_cut(pdf):
    rows = paper.poppler("pdffonts", pdf).splitlines()[2:]
    assert rows
    for row in rows:
        assert re.search(r"\+NotoSansSC\S* .*yes yes yes", row), row


def test_the_maps_of_the_pdf_are_true(report, pdf):
    picture = next(block for block in report.blocks if isinstance(block, Picture))
    (road,) = [one for one in picture.drawing.items if getattr(one, "name", "") == "feature-R08"]
    expected = paper.lengths(np.array(road.rings[0]))
    content = pdf.read_bytes()
    # The drawings of these pages are in millimetres: a matrix of 72 / 25.4 stands before each.
    assert any("2.8346 0 0 -2.8346 0" in text for text in paper.pdf_streams(content))
    paths = [path / paper.MM_PER_POINT for path in paper.pdf_paths(content)]
    found = [paper.lengths(path) for path in paths if len(path) == len(expected) + 1]
    assert any(np.allclose(one, expected, atol=0.01) for one in found)


def test_the_pdf_has_an_outline_and_a_title(pdf):
    told = paper.poppler("pdfinfo", pdf)
    assert re.search(r"Title: +无锡惠山经济开发区", told)
    assert b"/Outlines" in pdf.read_bytes()


def test_the_same_report_gives_the_same_bytes(report, pdf, word):
    assert write_pdf(report) == pdf.read_bytes()
    assert write_docx(report) == word


def test_the_docx_has_headings_tables_and_pictures_of_their_size(report, word):
    document = docx.Document(io.BytesIO(word))
    heads = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert heads[0] == "概要"
    assert len(document.tables) > 6
    widths = [shape.width.mm for shape in document.inline_shapes]
    wanted = [block.drawing.width_mm for block in report.blocks if isinstance(block, Picture)]
    assert widths == pytest.approx(wanted, abs=0.01)


def test_the_docx_carries_its_fonts(word):
    archive = zipfile.ZipFile(io.BytesIO(word))
    assert {"word/fonts/font1.odttf", "word/fonts/font2.odttf"} <= set(archive.namelist())
    table = archive.read("word/fontTable.xml").decode()
    key = re.search(r'embedRegular r:id="\w+" w:fontKey="\{([0-9A-F-]+)\}"', table)[1]
    veil = bytes.fromhex(key.replace("-", ""))[::-1] * 2
    head = bytes(a ^ b for a, b in zip(archive.read("word/fonts/font1.odttf"), veil, strict=False))
    assert head[:4] == b"\x00\x01\x00\x00"


def test_libreoffice_opens_the_docx_with_our_font(word, tmp_path):
    soffice = paper.program("soffice", "libreoffice-writer")
    path = tmp_path / "report.docx"
    path.write_bytes(word)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    opened = tmp_path / "report.pdf"
    assert "NotoSansSC-Regular" in paper.poppler("pdffonts", opened)
    assert "规划统计报告" in paper.poppler("pdftotext", opened)
