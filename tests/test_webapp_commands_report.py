"""``huitu sheet`` and ``huitu report``: files that are whole, mistakes that are told."""

import pytest

from tests import paper
from webapp.cli import main


@pytest.fixture
def huitu(capsys, monkeypatch, sample, tmp_path):
    """Run a command on the sample, in an empty folder: exit code, said, complained."""
    monkeypatch.delenv("HUITU_LANG", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*args):
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([*map(str, args), "--data", str(sample)])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def test_a_sheet_is_written_at_its_scale(huitu, tmp_path):
    options = ("--paper", "a4", "--scale", "1:25,000", "--centre", "R02", "--layers", "roads")
    code, said, _ = huitu("sheet", *options, "-o", "map.svg")
    assert code == 0
    assert "map.svg（A4，1:25000）" in said
    content = (tmp_path / "map.svg").read_bytes()
    assert paper.svg_size(content) == pytest.approx((297, 210), abs=0.01)
    assert "feature-R02" in paper.svg_paths(content)


def test_a_sheet_is_a_pdf_without_a_word(huitu, tmp_path):
    code, _, _ = huitu("sheet", "--paper", "A4", "--portrait", "--layers", "metro")
    assert code == 0
    content = (tmp_path / "sheet.pdf").read_bytes()
    assert paper.pdf_size(content) == pytest.approx((210, 297), abs=0.01)


@pytest.mark.parametrize("name", ["metro.pdf", "metro.docx"])
def test_a_report_has_the_format_of_its_name(huitu, tmp_path, name):
    code, said, _ = huitu("report", "--layers", "metro", "-o", name)
    assert code == 0
    assert name in said
    start = (tmp_path / name).read_bytes()[:4]
    assert start == (b"%PDF" if name.endswith("pdf") else b"PK\x03\x04")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("sheet", "--scale", "ten"), "--scale"),
        (("sheet", "--scale", "99"), "1:99"),
        (("sheet", "--paper", "B5"), "B5"),
        (("sheet", "--centre", "1,x"), "--centre"),
        (("sheet", "--centre", "R07"), "未定位"),
        (("sheet", "--centre", "R99"), "R99"),
        (("sheet", "--layers", "moon"), "moon"),
        (("report", "--layers", "moon"), "moon"),
        (("report", "--format", "odt"), "odt"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(huitu, tmp_path, args, told):
    code, _, complained = huitu(*args)
    assert code in {1, 2}
    assert told in complained
    assert "Traceback" not in complained
    assert list(tmp_path.iterdir()) == []
