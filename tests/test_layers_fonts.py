"""The font of sheets and reports: made at set-up, small, licensed, and open about what it lacks."""

import json
from pathlib import Path

import pytest

from layers import fonts
from layers.fonts.faces import FACES, FOLDER, Face
from layers.fonts.making import PACKAGE, FontError, characters, make

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.file)
def test_set_up_has_made_a_small_face(face):
    assert 1_500_000 < fonts.require(face).stat().st_size < 4_000_000


def test_the_licence_stays_beside_the_faces():
    assert "SIL Open Font License" in (FOLDER / "OFL.txt").read_text("utf-8")


def test_the_package_is_pinned():
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    assert wanted[PACKAGE] == "0.4.3"


def test_gb2312_and_the_units_of_planning_are_there():
    assert len(characters()) > 7_500
    assert fonts.missing("惠山经济开发区 1,200.5 ㎡ 公顷 亩 km² ±0.5 mm “示意” 审图号：①") == ()


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.file)
def test_a_character_that_is_not_there_is_told_and_drawn_as_a_box(face):
    assert fonts.missing("龘园龘", face) == ("龘",)
    assert fonts.shown("龘园\n", face) == "□园 "


def test_a_chinese_character_is_one_em_wide():
    assert fonts.width("惠山", 10) == pytest.approx(20, rel=0.001)
    assert fonts.width("", 10) == 0


def test_outlines_lie_within_the_em():
    rings = fonts.outline("惠山", 10)
    assert len(rings) > 5
    assert all(-2 < x < 22 and -3 < y < 12 for ring in rings for x, y in ring)


def test_a_face_that_was_not_made_names_the_command(tmp_path):
    with pytest.raises(fonts.FontsMissingError) as told:
        fonts.require(Face("none.ttf", 400, "", ""))
    assert "make setup" in told.value.problems[0].hint("en")


def test_a_changed_package_is_refused(tmp_path):
    package = tmp_path / PACKAGE
    package.mkdir(parents=True)
    (package / "LICENSE_FONT").write_text("another licence")
    with pytest.raises(FontError, match="not the file that was reviewed"):
        make(tmp_path, tmp_path)
